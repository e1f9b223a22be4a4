"""What the structure says of a quiz's options: true, false, or nothing; no absence counts as false.

| asks | of | an option is true if | and false if |
|---|---|---|---|
| `fits` | a situation | its sentence asks for the reply | its sentence rules the reply out |
| `expands` | an abbreviation | it is its expansion | it is that of an unrelated one |
| `preferred` | a wording to avoid | it is to be used instead | another wording's, not this one's |
"""

from __future__ import annotations

from collections.abc import Iterable

from assistant.citing import ground
from assistant.sessions.session import Option, QuizItem
from assistant.sessions.situations import decides, reply_of
from corpus.structure.terms import Glossary, Term, plain
from corpus.whole import Whole


def truth(relation: str, subject: str, option: Option, whole: Whole) -> bool | None:
    """Return whether an option is true of its subject, or `None` where the structure is silent."""
    if relation == "fits":
        reply = reply_of(subject, option.text)
        return reply.fits if reply and decides(reply, option.evidence, whole) else None
    return _worded(relation, subject, option, whole.glossary)


def related(glossary: Glossary, one: Term, other: Term) -> bool:
    """Tell whether two entries may mean the same, or one the wider of the other."""
    words = {plain(word) for word in (*one.wordings, one.preferred, one.under, *one.loose) if word}
    others = {plain(word) for word in (*other.wordings, other.preferred, other.under, *other.loose)}
    if words.intersection(others - {""}):
        return True
    return set(plain(one.expansion).split()) == set(plain(other.expansion).split())


def _worded(relation: str, subject: str, option: Option, glossary: Glossary) -> bool | None:
    asked, other = glossary.by_id.get(subject), glossary.by_id.get(option.about)
    if asked is None or other is None:
        return None
    if relation == "expands":
        if not asked.expansion or option.text != other.expansion:
            return None
        if asked == other:
            return True
        return None if related(glossary, asked, other) else False
    own, theirs = glossary.instead_of(asked), glossary.instead_of(other)
    if not own or option.text != theirs or asked.status != "avoid":
        return None
    if asked == other:
        return True
    return None if own == theirs or related(glossary, asked, other) else False


def faults(item: QuizItem, whole: Whole) -> tuple[str, ...]:
    """Return why a quiz item cannot stand, each as one sentence; empty if it can."""
    return tuple(_faults(item, whole))


def _faults(item: QuizItem, whole: Whole) -> Iterable[str]:
    keys = [one for one in item.options if one.right]
    wrong = [one for one in item.options if not one.right]
    if len(keys) != 1:
        yield "It does not have one key."
    if len(wrong) < 2:
        yield "It has fewer than two distractors."
    if len({plain(one.text) for one in item.options}) < len(item.options):
        yield "Two of its options are the same."
    for option in item.options:
        yield from _option_faults(item, option, whole)
    _, lost = ground.check((item.stem,), whole.corpus.by_id)
    if lost or not item.stem.citations:
        yield f"Its question does not stand: {lost[0].reason if lost else 'it cites nothing.'}"


def _option_faults(item: QuizItem, option: Option, whole: Whole) -> Iterable[str]:
    if truth(item.relation, item.subject, option, whole) is not option.right:
        told = "true" if option.right else "false"
        yield f"The structure does not say that \u201c{option.text}\u201d is {told}."
    kept, lost = ground.check((option.evidence,), whole.corpus.by_id)
    if lost or kept[0].verdict != "supported":
        yield f"The words behind \u201c{option.text}\u201d do not stand."
    elif item.relation != "fits" and option.text not in option.evidence.text:
        yield f"\u201c{option.text}\u201d is not among the words that it cites."
    elif option.evidence.past_review:
        yield f"The source of \u201c{option.text}\u201d is past its review."
