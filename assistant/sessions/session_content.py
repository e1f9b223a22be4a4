"""What a session says: ground rules and care, key messages, terms, what the trainer should know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from random import Random

from assistant.citing.citations import note
from assistant.draft import capitalised, counted, listed
from assistant.errors import SessionError
from assistant.records import Statement
from assistant.sessions.session import Column, Level
from assistant.sessions.session_quotes import Quotes
from assistant.sessions.session_scope import CARE, Scope, kinds_below
from assistant.understanding.lexicon import content_stems
from assistant.understanding.naming import heading_of, name_of, short_name
from corpus.readers.notes import Note
from corpus.structure.graph import Item

LONGEST = 260
"""Characters of a key message, at most."""

ALIKE = 0.6
"""Share of content words from which two messages say the same."""

TERMS = 6
"""Terms that a session's glossary holds, at most."""

TOPICS_NAMED, FEW = 2, 2
"""Notes, and items of the framework, that an objective names, at most."""

MOST_DRAWN = 2
"""Items at the top of the framework that are shown with all under them, at most."""

LIMITS = 5
"""Notes whose limits the trainer is told, the best first."""

GROUND_RULES = "Ground rules"
WELLBEING = "Wellbeing of participants and trainers"
TURN = "Where to turn"

_RULES = (
    "You may leave the room at any time without giving a reason, and come back when you like.",
    "Nobody is asked about experiences of their own, and no real case or child is named.",
    "What is said here stays here, except where a child is at risk: then it is passed on.",
    "No images, no recordings, and no details of abuse.",
)
_TURN = (
    "If a child is in danger now, call the local emergency number.",
    "Safeguarding lead here: __________. Local police: __________.",
    "Child protection service: __________. National helpline: __________.",
    "Support for participants and trainers: __________.",
)
DISCLOSURE = ("What to say", "What to avoid", "What to do next")
"""Headings of the note on disclosures, and sections of care."""


def care_of(quotes: Quotes) -> tuple[Statement, ...]:
    """Return the ground rules, how a disclosure is handled, and wellbeing.

    Raises:
        SessionError: a note that they rest on is missing or past its review.
    """
    safe, disclosure, wellbeing = (_care_note(quotes, one) for one in CARE)
    rules = [note(text, section=GROUND_RULES) for text in _RULES]
    turn = [note(text, section=TURN) for text in _TURN]
    told = [
        one
        for heading in DISCLOSURE
        for one in _under(heading, quotes.sentences(disclosure, heading))
    ]
    distress = [
        *quotes.sentences(wellbeing, "")[:1],
        *quotes.sentences(wellbeing, "Staff in distress"),
    ]
    return (
        *rules,
        *_under(GROUND_RULES, quotes.sentences(safe, "What stays out")[-1:]),
        *turn,
        *told,
        *_under(DISCLOSURE[-1], quotes.sentences(safe, "During and after")[1:3]),
        *_under(WELLBEING, distress),
    )


def _care_note(quotes: Quotes, name: str) -> Note:
    for one in quotes.whole.notes:
        if one.front.id == name and one.front.review_by >= quotes.today:
            return one
    raise SessionError(
        f"No session can be made: the note {name!r} is missing or past its review; see to it first."
    )


def messages_of(
    quotes: Quotes, scope: Scope, count: int, level: Level, rng: Random
) -> tuple[Statement, ...]:
    """Return the key messages: items of the framework, then up to `count` of guidance.

    Each note gives a sentence in turn, the best note first. An introductory session takes openings
    first; an advanced one what stands further in.
    """
    framework = quotes.whole.framework
    items = _chosen(scope.named, count, rng)
    found = [quotes.entry(one, heading_of(framework, framework.top(one.id))) for one in items]
    guidance: list[Statement] = []
    queues = [_ordered(quotes, one, level) for one in scope.notes[: max(3, count // 2)]]
    while len(guidance) < count and any(queues):
        for queue in queues:
            one = next((one for one in queue if is_new(one, guidance)), None)
            if one:
                guidance.append(one)
                queue.remove(one)
            else:
                queue.clear()
            if len(guidance) == count:
                break
    order = {one.front.title: at for at, one in enumerate(scope.notes)}
    guidance.sort(key=lambda one: (order[one.section], quotes.place(one)))
    return (*found, *guidance)


def _chosen(items: Sequence[Item], count: int, rng: Random) -> list[Item]:
    """Return up to `count` items in their order."""
    kept = rng.sample(list(items), min(len(items), max(count, 3)))
    return sorted(kept, key=items.index)


def _ordered(quotes: Quotes, note_: Note, level: Level) -> list[Statement]:
    """Return what a note may give: in reading order, or first what stands further in."""
    fits = [
        one for one in quotes.published(note_) if len(one.text) <= LONGEST and not one.past_review
    ]
    # What rests on the framework alone repeats what the session says of it.
    carried = [one for one in fits[1:] if one.citations[0].references]
    return [*fits[:1], *carried] if level == "introductory" else [*carried, *fits[:1]]


def is_new(statement: Statement, others: Iterable[Statement]) -> bool:
    """Tell whether a statement says something that the others do not."""
    words = set(content_stems(statement.text))
    return all(
        len(words & held) < ALIKE * min(len(words), len(held))
        for held in (set(content_stems(one.text)) for one in others)
        if held and words
    )


def objectives_of(
    quotes: Quotes, scope: Scope, messages: Sequence[Statement], parts: Collection[str]
) -> tuple[Statement, ...]:
    """Return what participants can do at the end: notes that cite what they are about.

    The section of each is the block of the agenda in which it is learned.
    """
    framework = quotes.whole.framework
    said = [one for one in messages if one.kind == "guidance"]
    first = list({one.section: one for one in said}.values())[:TOPICS_NAMED]
    named = scope.named
    tops = listed([name_of(framework, one) for one in scope.tops])
    found = [note("Say what to do, and what to avoid, when somebody discloses abuse.", (), "care")]
    if "messages" in parts:
        many = counted(len(named), framework.kind_by_id[named[0].kind])
        asks = f"Explain in plain words what the framework asks for under {tops}: {many}."
        if len(named) <= FEW:
            asks = f"Explain in plain words: {listed([one.title for one in named])}."
        found.append(note(asks, [quotes.title(one) for one in named], "page"))
    if first:
        text = f"Say what guidance adds on {listed([one.section for one in first])}."
        found.append(note(text, [one.citations[0] for one in first], "guidance"))
    if "exercise" in parts:
        text = "Judge a situation by what the guidance says, and give the reason."
        found.append(note(text, (), "exercise"))
    found.append(note("Name one step for your own work, and the partner it needs.", (), "close"))
    return tuple(found)


def columns_of(quotes: Quotes, scope: Scope) -> tuple[Column, ...]:
    """Return all that the framework lists under an item at the top, by kind.

    Of more than two, those that the best note serves are taken.
    """
    framework = quotes.whole.framework
    tops = scope.tops
    if len(tops) > MOST_DRAWN and scope.notes:
        serves = scope.notes[0].front.pillars
        tops = tuple(one for one in tops if one.id in serves) or tops
    return tuple(
        Column(
            top=heading_of(framework, top),
            kind=kind.plural,
            items=tuple(quotes.label(one) for one in items),
        )
        for top in tops[:MOST_DRAWN]
        for kind in kinds_below(framework)
        if (items := framework.below(top.id, kind.id))
    )


def facilitator_of(
    quotes: Quotes, scope: Scope, used: Sequence[Statement]
) -> tuple[Statement, ...]:
    """Return what the trainer should know: of the day, of the page, and the limits of the notes."""
    framework = quotes.whole.framework
    before = "Before the session"
    safe = _care_note(quotes, CARE[0])
    found = _under(before, quotes.sentences(safe, "Before the session")[:2])
    found += [
        note(
            "Print one handout for each participant; its last page is the quiz.",
            (),
            before,
        ),
        note(
            "Ask the host for a quiet room near by, and for a second person who can leave with a"
            " participant.",
            (),
            before,
        ),
    ]
    page = "About the page"
    tops = listed([short_name(framework, one) for one in scope.tops])
    found.append(
        note(
            f"The page ties what it lists to {tops} as a whole, not to a single"
            f" {framework.kind_by_id[scope.named[0].kind].singular}; do not present one as the"
            " answer to another.",
            (),
            page,
        )
    )
    doubts = dict.fromkeys(
        doubt for one in used for cited in one.citations for doubt in cited.doubts
    )
    found += [
        note(f"A doubt about the page's words. {capitalised(one)}", (), page) for one in doubts
    ]
    days = sorted({one.as_of for one in used if one.as_of})
    if days:
        day = date.fromisoformat(f"{days[0]}-01"[:10])
        on = f"{day.day} {day:%B %Y}" if len(days[0]) == 10 else f"{day:%B %Y}"
        text = f"Figures and legal status in this session go back to {on}; check them before use."
        found.append(note(text, (), "What changes"))
    cited = {one.source_id for statement in used for one in statement.citations}
    for one in [one for one in scope.notes if one.source.id in cited][:LIMITS]:
        found += _under("Limits of the sources", quotes.sentences(one, "Limits")[:1])
    return tuple(found)


def glossary_of(quotes: Quotes, text: str) -> tuple[Statement, ...]:
    """Return the entries of the first terms that a text uses, by term."""
    glossary = quotes.whole.glossary
    own = {one.singular for one in quotes.whole.framework.kinds}
    used = [
        one
        for one in glossary.terms
        if one.status == "use"
        and one.term not in own
        and (one.expansion or one.note)
        and any(quotes.mentions(text, word) for word in one.wordings)
    ]
    # What is met first is explained first; other wordings of a term come after it.
    used.sort(key=lambda one: text.lower().find(one.term.lower()) % (len(text) + 1))
    entries = [quotes.term(one) for one in used[:TERMS]]
    return tuple(sorted(entries, key=lambda one: one.section.lower()))


def _under(section: str, statements: Iterable[Statement]) -> list[Statement]:
    return [one.model_copy(update={"section": section}) for one in statements]
