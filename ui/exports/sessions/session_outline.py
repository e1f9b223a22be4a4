"""A session as a reader sees it, block by block: the handout, the trainer's guide, the key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from assistant.records import Citation, Statement
from assistant.sessions.session import AgendaLine, QuizItem, Session
from assistant.sessions.session_agenda import ORDER
from assistant.sessions.session_slots import Author, author_of
from corpus.passage import Reference
from ui.words.catalogue import say
from ui.words.phrases import clean, day

Shape = Literal["title", "heading", "subheading", "text", "bullet", "step", "agenda", "page"]
"""What a block looks like; `page` starts a new page."""

LETTERS = "ABCDEFGH"
"""Letters of the options of a quiz."""

MESSAGES = {
    "framework": "What the framework says",
    "guidance": "What guidance adds",
    "note": "In the trainer's own words",
}
"""What key messages stand under, by their kind."""

AUTHORS: Mapping[Author, str] = {
    "": "",
    "own": "(The trainer's own words, not checked.)",
    "reworded": "(In the trainer's words; the source carries them.)",
}
"""What stands behind words that a trainer wrote."""

PARTS_OF = {"page": "messages", "guidance": "messages"}
"""To which part a stretch of the agenda belongs that is called otherwise."""

TIERS = {"framework": "Framework text", "guidance": "Guidance note"}
"""What sources of a tier are called."""


class Block(NamedTuple):
    """A piece of a document."""

    shape: Shape
    """What it looks like."""

    text: str = ""
    """Its words."""

    marks: tuple[int, ...] = ()
    """Numbers of the places that it cites."""

    lead: str = ""
    """What stands before the words: times, a letter, a term."""


class Places:
    """Numbers the places that a session cites, in order of first citation."""

    def __init__(self) -> None:
        """Start with none."""
        self._cited: dict[str, list[Citation]] = {}

    def marks(self, statement: Statement) -> tuple[int, ...]:
        """Return the numbers of what a statement cites."""
        for one in statement.citations:
            self._cited.setdefault(one.passage_id, []).append(one)
        order = list(self._cited)
        return tuple(dict.fromkeys(order.index(one.passage_id) + 1 for one in statement.citations))

    def blocks(self, session: Session) -> list[Block]:
        """Return the list of places, a line for each number, and the works that they rest on."""
        by_id = {one.id: one for one in session.sources}
        found = [Block("heading", "Sources")]
        works: dict[tuple[str, str], Reference] = {}
        for number, cited in enumerate(self._cited.values(), 1):
            source = by_id[cited[0].source_id]
            text = f"{source.title}, {source.publisher}, {cited[0].locator}. {TIERS[source.tier]}"
            text += f", checked {day(source.as_of)}." if source.as_of else "."
            rests = [ref for one in cited for ref in one.references]
            works |= {(one.publisher, one.title): one for one in rests}
            publishers = "; ".join(dict.fromkeys(one.publisher for one in rests))
            text += f" Rests on: {publishers}." if publishers else ""
            found.append(Block("bullet", clean(text), (), f"[{number}]"))
        if works:
            found.append(Block("subheading", "Published works that the guidance rests on"))
        return found + [Block("bullet", _work(works[key])) for key in sorted(works)]


def _work(work: Reference) -> str:
    told = (work.publisher, work.title, str(work.year or ""), work.url)
    return clean(f"{', '.join(filter(None, told))}.")


def handout(session: Session) -> list[Block]:
    """Return what participants get; the quiz stands apart, since the rest gives answers away."""
    places = Places()
    found = [*_opening(session), Block("heading", "Agenda")]
    found += [_agenda(one) for one in session.agenda]
    found += _listed("What you will be able to do", session.objectives, places)
    found += _sections(session.care, places)
    drawn = {"messages": _messages, "discussion": _asked, "exercise": _exercise}
    for part in [one for one in order_of(session) if one in drawn]:
        found += drawn[part](session, places)
    found += _terms(session, places)
    found += [*places.blocks(session), Block("text", NOTICE_OF_SESSION)]
    return [*found, *_questions(session)]


def guide(session: Session) -> list[Block]:
    """Return what the trainer gets; the answer key stands apart on a page of its own."""
    places = Places()
    found = [*_opening(session, "Facilitator guide: "), *_sections(session.facilitator, places)]
    found.append(Block("heading", "Agenda"))
    for line in session.agenda:
        found += [_agenda(line), Block("text", line.does.text)]
    found += _listed("Objectives", session.objectives, places)
    found += _sections(session.care, places)
    drawn = {"messages": _messages, "discussion": _led, "exercise": _watched}
    for part in [one for one in order_of(session) if one in drawn]:
        found += drawn[part](session, places)
    found += _terms(session, places)
    if session.dropped:
        found.append(Block("heading", "Left out because it could not be verified"))
        found += [Block("bullet", f"{one.text} ({one.reason})") for one in session.dropped]
    key = _key(session, places)
    return [*found, *places.blocks(session), Block("text", NOTICE_OF_SESSION), *key]


NOTICE_OF_SESSION = (
    say("phrase.notice")
    .replace("answer", "session")
    .replace("source", "sources")
    .replace("it.", "them.")
)
"""Stands at the end of each document."""


def times(line: AgendaLine) -> str:
    """Return from when to when a line lasts, in hours and minutes from the beginning.

    >>> from assistant.citing.citations import note
    >>> line = AgendaLine(start=55, minutes=10, block="quiz", title="Quiz", does=note("Ask."))
    >>> times(line)
    '0:55 to 1:05'
    """
    return f"{_clock(line.start)} to {_clock(line.end)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def _opening(session: Session, lead: str = "") -> list[Block]:
    request = session.request
    text = (
        f"A training session of {request.minutes} minutes for {request.audience.replace('-', ' ')}"
        f", {request.level}. Seed {request.seed}; corpus {session.corpus[:12]}, as of"
        f" {day(session.today)}."
    )
    return [Block("title", f"{lead}{session.title}"), Block("text", text)]


def _agenda(line: AgendaLine) -> Block:
    return Block("agenda", f"{line.title} ({line.minutes} min)", (), times(line))


def order_of(session: Session) -> tuple[str, ...]:
    """Return the parts that take time in the order of the agenda."""
    held = (PARTS_OF.get(one.block, one.block) for one in session.agenda)
    return tuple(dict.fromkeys(one for one in held if one in ORDER))


def authored(statement: Statement) -> str:
    """Return the words of a statement with what a reader should know of who wrote them."""
    return " ".join(filter(None, (statement.text, AUTHORS[author_of(statement)])))


def _said(statement: Statement, places: Places) -> Block:
    text = authored(statement)
    text += f" (As of {day(statement.as_of)}.)" if statement.as_of else ""
    return Block("bullet", clean(text), places.marks(statement))


def _listed(heading: str, statements: Sequence[Statement], places: Places) -> list[Block]:
    if not statements:
        return []
    return [Block("heading", heading), *(_said(one, places) for one in statements)]


def _sections(statements: Iterable[Statement], places: Places) -> list[Block]:
    by: dict[str, list[Statement]] = {}
    for one in statements:
        by.setdefault(one.section, []).append(one)
    return [block for heading, said in by.items() for block in _listed(heading, said, places)]


def _messages(session: Session, places: Places) -> list[Block]:
    found: list[Block] = []
    for tier, heading in MESSAGES.items():
        said = [one for one in session.messages if one.kind == tier]
        found += [Block("heading", heading)] if said else []
        section = ""
        for one in said:
            if one.section != section:
                section = one.section
                found.append(Block("subheading", section))
            found.append(_said(one, places))
    return found


def _asked(session: Session, places: Places) -> list[Block]:
    """Return what participants read of the discussion."""
    if not session.talks:
        return []
    asked = [_said(one.question, places) for one in session.talks]
    return [Block("heading", "Questions to discuss"), *asked]


def _led(session: Session, places: Places) -> list[Block]:
    """Return what the trainer reads of the discussion."""
    found = [Block("heading", "Discussion")] if session.talks else []
    for talk in session.talks:
        found += [Block("subheading", authored(talk.question), places.marks(talk.question))]
        found += [_said(one, places) for one in talk.points]
    return found


def _watched(session: Session, places: Places) -> list[Block]:
    """Return the exercise with what good work shows."""
    if session.exercise is None:
        return []
    good = Block("text", session.exercise.look_for.text, (), "What good work shows:")
    return [*_exercise(session, places), good]


def _exercise(session: Session, places: Places) -> list[Block]:
    made = session.exercise
    if made is None:
        return []
    found = [Block("heading", f"Exercise: {made.title}"), Block("text", authored(made.task))]
    found += [Block("step", one.text, (), f"{one.minutes} min") for one in made.steps]
    found.append(Block("subheading", "Cards"))
    return [*found, *(_said(one, places) for one in made.cards)]


def _questions(session: Session) -> list[Block]:
    found = [Block("page"), Block("heading", "Quiz")] if session.quiz else []
    for item in session.quiz:
        found.append(Block("subheading", f"{item.id[1:]}. {item.stem.text}"))
        if item.form == "short":
            found.append(Block("text", "Answer: ____________________"))
            continue
        found += [
            Block("bullet", option.text, (), f"{letter}.")
            for letter, option in zip(LETTERS, item.options, strict=False)
        ]
    return found


def _key(session: Session, places: Places) -> list[Block]:
    if not session.quiz:
        return []
    found = [Block("page"), Block("heading", "Answer key"), Block("text", "Keep this page apart.")]
    for item in session.quiz:
        found.append(Block("subheading", f"{item.id[1:]}. {item.stem.text}"))
        found.append(Block("text", key_of(item), (), "Key:"))
        found += [
            Block(
                "bullet",
                f"{option.text}: {'right' if option.right else 'wrong'}. {option.why}",
                places.marks(option.evidence),
                f"{letter}." if item.form != "short" else "",
            )
            for letter, option in zip(LETTERS, item.options, strict=False)
        ]
    return found


def key_of(item: QuizItem) -> str:
    """Return the key as one line: letters, or what may be written."""
    if item.form == "short":
        return " or ".join(item.accepted or (item.options[0].text,))
    pairs = zip(LETTERS, item.options, strict=False)
    return ", ".join(letter for letter, option in pairs if option.right)


def _terms(session: Session, places: Places) -> list[Block]:
    found = [Block("heading", "Terms used")] if session.glossary else []
    return found + [
        Block("bullet", one.text, places.marks(one), f"{one.section}:") for one in session.glossary
    ]
