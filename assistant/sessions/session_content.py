"""What a session says: ground rules and care, key messages, terms, what the trainer should know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from assistant.citing.citations import note
from assistant.draft import capitalised, counted, listed
from assistant.records import Statement
from assistant.sessions.session import Column, Talk
from assistant.sessions.session_quotes import Point, Quotes, points
from assistant.sessions.session_scope import Scope, kinds_below
from assistant.understanding.lexicon import content_stems
from assistant.understanding.naming import heading_of, name_of, short_name

ALIKE = 0.6
"""Share of content words from which two messages say the same."""

TOPICS_NAMED, MOST_NOTES = 3, 4
"""Items that an objective names, and notes that key messages are taken from, at most."""

TERMS, MOST_POINTS = 6, 4
"""Terms of a session's glossary, and points of a question for discussion, at most."""

ASKED = "Which part of this do you meet in your own work, and what is missing there?"
"""What is asked on the framework."""

MOST_DRAWN = 2
"""Items at the top of the framework that are shown with all under them, at most."""

GROUND_RULES = "Ground rules"
TURN = "Where to turn"

DISCLOSURE = ("What to say", "What to avoid", "What to do next")
"""Headings of the note on disclosures, and sections of care."""

TOLD = (*DISCLOSURE, "Wellbeing of participants and trainers")
"""Sections of care that have a place of their own in the agenda."""


Kept = Callable[[Iterable[Statement]], tuple[Statement, ...]]
"""Returns the statements that stand."""


def messages_of(
    quotes: Quotes, scope: Scope, count: int, beside: Sequence[Statement] = ()
) -> tuple[Statement, ...]:
    """Return the key messages: items of the framework, then up to `count` of guidance.

    Each of the best notes gives its most useful sentences in turn, that on each item among them;
    nothing is said twice.

    Args:
        quotes: what quotes.
        scope: what the session is about.
        count: sentences of guidance, at most.
        beside: what the session says elsewhere.
    """
    framework = quotes.whole.framework
    found = [quotes.entry(one, heading_of(framework, framework.top(one.id))) for one in scope.named]
    said = list(beside)
    few = scope.named if len(scope.named) <= TOPICS_NAMED else ()
    lead = [
        one
        for item in few
        for one in scope.notes
        if set(content_stems(item.title)) <= set(content_stems(one.front.title))
    ]
    notes = {one.front.id: one for one in (*scope.notes[:1], *lead, *scope.notes)}
    queues = [quotes.points(one) for one in [*notes.values()][: max(MOST_NOTES, count // 2)]]
    guidance: list[list[Statement]] = [[] for _ in queues]
    while sum(map(len, guidance)) < count and any(queues):
        for queue, taken in zip(queues, guidance, strict=True):
            while queue and not is_new(queue[0], said):
                queue.pop(0)
            if queue and sum(map(len, guidance)) < count:
                taken.append(queue.pop(0))
                said.append(taken[-1])
    return (*found, *(one for taken in guidance for one in taken))


def is_new(statement: Statement, others: Iterable[Statement]) -> bool:
    """Tell whether a statement says something that the others do not."""
    words = set(content_stems(statement.text))
    return all(
        len(words & held) < ALIKE * min(len(words), len(held))
        for held in (set(content_stems(one.text)) for one in others)
        if held and words
    )


def talks_of(
    quotes: Quotes, scope: Scope, told: Sequence[Statement], judged: Collection[str], count: int
) -> tuple[Talk, ...]:
    """Return up to `count` questions for discussion, each with points that the sources give.

    None is on a note of `judged`, which has a situation; no point is among what is `told`.
    """
    found = []
    for one in scope.notes:
        ask = points().note.get(one.front.id, Point()).ask
        said = [point for point in quotes.points(one) if is_new(point, told)][:MOST_POINTS]
        if ask and said and one.front.id not in judged:
            found.append(Talk(question=note(ask, said[0].citations), points=tuple(said)))
    cites = [cited for one in told if one.kind == "framework" for cited in one.citations]
    if cites:
        found.append(Talk(question=note(ASKED, cites), points=()))
    return tuple(found[:count])


def objectives_of(
    quotes: Quotes, scope: Scope, messages: Sequence[Statement], parts: Collection[str]
) -> tuple[Statement, ...]:
    """Return what participants can do at the end: notes that cite what they are about.

    The section of each is the block of the agenda in which it is learned.
    """
    framework = quotes.whole.framework
    said = [one for one in messages if one.kind == "guidance"]
    first = list({one.section: one for one in said}.values())[:MOST_NOTES]
    named = scope.named
    found = [note("Receive a disclosure calmly, and say whom you tell, and when.", (), "care")]
    if "messages" in parts:
        asks = f"Place your work in the framework, under {listed([one.title for one in named])}."
        if len(named) > TOPICS_NAMED:
            tops = listed([name_of(framework, one) for one in scope.tops])
            many = counted(len(named), framework.kind_by_id[named[0].kind])
            asks = f"Place your work in the framework, under {tops}: {many}."
        found.append(note(asks, [quotes.title(one) for one in named], "page"))
    if first:
        notes = [one.citations[0].source_id.removeprefix("note:") for one in first]
        text = f"{capitalised('; '.join(points().note[one].can for one in notes))}."
        found.append(note(text, [one.citations[0] for one in first], "guidance"))
    if "exercise" in parts:
        text = "Decide what you do in a situation of your own work, and give the reason."
        found.append(note(text, (), "exercise"))
    found.append(note("Name one step for your own work, and the partner it needs.", (), "close"))
    return tuple(found)


def columns_of(quotes: Quotes, scope: Scope, kept: Kept) -> tuple[Column, ...]:
    """Return all that the framework lists under an item at the top, by kind, if it stands."""
    framework = quotes.whole.framework
    return tuple(
        Column(
            top=heading_of(framework, top), kind=kind.plural, items=kept(map(quotes.label, items))
        )
        for top in scope.tops[:MOST_DRAWN]
        for kind in kinds_below(framework)
        if (items := framework.below(top.id, kind.id))
    )


def facilitator_of(
    quotes: Quotes, scope: Scope, used: Sequence[Statement]
) -> tuple[Statement, ...]:
    """Return what the trainer should know: what to prepare, of the page, and what is missing."""
    framework = quotes.whole.framework
    safe = quotes.sentence("safe-training-sessions: A trainer should know the host")
    first = [*([safe] if safe else []), *map(note, points().before)]
    tops = listed([short_name(framework, one) for one in scope.tops])
    kind = framework.kind_by_id[scope.named[0].kind].singular
    page = [
        f"The framework page ties its outcomes and partners to {tops} as a whole, and to no {kind}."
    ]
    doubts = (doubt for one in used for cited in one.citations for doubt in cited.doubts)
    page += [f"A doubt about the page's words. {capitalised(one)}" for one in dict.fromkeys(doubts)]
    return (
        *(one.model_copy(update={"section": "Before the session"}) for one in first),
        *(note(one, (), "About the page") for one in page),
        *(note(one, (), "What the sources lack") for one in scope.missing),
    )


def glossary_of(quotes: Quotes, text: str) -> tuple[Statement, ...]:
    """Return the entries of the first terms that a text uses, by term."""
    own = {one.singular for one in quotes.whole.framework.kinds}
    names = {word for one in quotes.whole.corpus.publishers for word in one.lower().split()}
    used = [
        one
        for one in quotes.whole.glossary.terms
        if one.status == "use"
        and one.term not in own
        and one.term.lower() not in names
        and (one.expansion or one.note)
        and any(
            quotes.mentions(text, word) for word in ((one.term,) if one.expansion else one.wordings)
        )
    ]
    # What is met first is explained first; other wordings of a term come after it.
    used.sort(key=lambda one: text.lower().find(one.term.lower()) % (len(text) + 1))
    # An entry that opens with its term says what it is; others speak of words.
    plain = [
        one
        for one in map(quotes.term, used)
        if one.section.lower() in " ".join(one.text.lower().split()[: len(one.section.split()) + 1])
    ]
    return tuple(sorted(plain[:TERMS], key=lambda one: one.section.lower()))
