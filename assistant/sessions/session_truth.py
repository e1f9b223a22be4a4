"""What the structure says of a quiz's options: true, false, or nothing; no absence counts as false.

| asks | of | an option is true if | and false if |
|---|---|---|---|
| `fits` | a situation | its sentence asks for the reply | its sentence rules the reply out |
| `belongs` | an item at the top | it stands under it | it is of the same kind under another |
| `under` | an item | the item stands under it | it is another item at the top |
| `described` | an item | it is its description | it is the description of another |
| `expands` | an abbreviation | it is its expansion | it is that of an unrelated one |
| `preferred` | a wording to avoid | it is to be used instead | another wording's, not this one's |
| `gap` | a sentence with one year | it is that year | it is another year |
| `named` | a sentence that names one body it rests on | it is that body | it is another |
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from assistant.citing import ground
from assistant.citing.citations import cite_from
from assistant.records import Citation
from assistant.sessions.session import Option, QuizItem
from assistant.sessions.situations import decides, reply_of
from assistant.understanding.lexicon import content_stems
from corpus.structure.graph import Framework, Item
from corpus.structure.terms import Glossary, Term, plain
from corpus.text import whole_words
from corpus.whole import Whole

YEAR = re.compile(r"(?<![\d/.-])(?:19|20)\d\d(?![\d/-])")
"""A year in running text."""

GAP = "_____"
"""Stands for the year in the sentence of a quiz."""


def truth(relation: str, subject: str, option: Option, whole: Whole) -> bool | None:
    """Return whether an option is true of its subject, or `None` where the structure is silent."""
    if relation == "fits":
        reply = reply_of(subject, option.text)
        return reply.fits if reply and decides(reply, option.evidence, whole) else None
    if relation in ("expands", "preferred"):
        return _worded(relation, subject, option, whole.glossary)
    if relation in ("gap", "named"):
        return _gapped(relation, subject, option, whole)
    return _placed(relation, subject, option, whole.framework)


def _placed(relation: str, subject: str, option: Option, framework: Framework) -> bool | None:
    """Tell whether an option is true of an item, by where it stands and what it is called."""
    items = framework.item_by_id
    if subject not in items or option.about not in items:
        return None
    asked, item = items[subject], items[option.about]
    if relation == "belongs":
        return _belongs(framework, asked, item) if option.text == item.label else None
    if relation == "under":
        top = item if option.text == item.title and not item.parent else None
        return framework.top(subject) == top if top else None
    if relation == "described":
        same = asked.kind == item.kind and option.text == item.description
        return asked.description == option.text if same else None
    return None


def _belongs(framework: Framework, top: Item, item: Item) -> bool | None:
    if framework.top(item.id) == top:
        return True
    # The same partner may be named under several tops in other words: then nothing is certain.
    own = framework.below(top.id, item.kind)
    entities = {entity for one in own for entity in one.entities}
    if entities.intersection(item.entities) or any(one.label == item.label for one in own):
        return None
    words = {stem for one in own for stem in content_stems(one.label)}
    if framework.kind_by_id[item.kind].shared and words.intersection(content_stems(item.label)):
        return None
    # Neither is it where our own reading ties the item to the other top.
    ends = {end for link in framework.links_of(item.id) for end in (link.source, link.target)}
    tied = any(framework.top(end) == top for end in ends)
    return None if tied else False


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


def _gapped(relation: str, subject: str, option: Option, whole: Whole) -> bool | None:
    """Tell whether an option is the one year, or the one body, that a sentence names."""
    place, _, number = subject.rpartition("@")
    passage = whole.corpus.by_id.get(place)
    if passage is None or not number.isdigit() or int(number) >= len(passage.sentences):
        return None
    cited = cite_from(whole.corpus, place, passage.sentences[int(number)])
    if relation == "gap":
        years = YEAR.findall(cited.quote)
        known = len(years) == 1 and YEAR.fullmatch(option.text)
        return bool(option.text == years[0]) if known else None
    body = body_in(cited, whole)
    if not body or option.text not in whole.corpus.publishers:
        return None
    # A body that stands behind the sentence without being named in it is no wrong answer.
    behind = {one.publisher for one in cited.references}
    if option.text != body and any(_overlap(option.text, one) for one in behind):
        return None
    return option.text == body


def body_in(cited: Citation, whole: Whole) -> str:
    """Return the one publisher that a sentence names, if it rests on a work of it; else nothing."""
    named = _names(whole.corpus.publishers).findall(cited.quote)
    if len(named) != 1 or all(one.publisher != named[0] for one in cited.references):
        return ""
    return str(named[0])


@lru_cache(maxsize=4)
def _names(publishers: frozenset[str]) -> re.Pattern[str]:
    """Return what finds the names of publishers in a text, the longer of two that overlap."""
    return whole_words(publishers)


def _overlap(one: str, other: str) -> bool:
    """Tell whether two names share a word that is written large."""
    words, others = (
        {word.strip("()[],.;:'\u2019\"") for word in name.replace("-", " ").split()}
        for name in (one, other)
    )
    return any(word[:1].isupper() for word in words & others)


def faults(item: QuizItem, whole: Whole) -> tuple[str, ...]:
    """Return why a quiz item cannot stand, each as one sentence; empty if it can."""
    return tuple(_faults(item, whole))


def _faults(item: QuizItem, whole: Whole) -> Iterable[str]:
    keys = [one for one in item.options if one.right]
    wrong = [one for one in item.options if not one.right]
    if not keys or (item.form == "single" and len(keys) != 1):
        yield "It does not have the key that its form asks for."
    if len(wrong) < 2:
        yield "It has fewer than two distractors."
    if not item.closed_set:
        yield "Its options come from no closed set."
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
