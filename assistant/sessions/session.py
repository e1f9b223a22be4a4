"""The records of a training session: the request, the agenda, the quiz, and what is cited."""

from collections.abc import Iterator
from typing import Literal, get_args

from assistant.records import Dropped, Statement
from corpus.passage import Record, Source

Audience = Literal["officers", "police", "teachers", "industry", "civil-society", "media"]
Level = Literal["introductory", "advanced"]
Part = Literal["objectives", "messages", "discussion", "exercise", "quiz", "glossary"]
"""What can be left out; the opening, the care notes and the sources are always there."""

AUDIENCES: tuple[Audience, ...] = get_args(Audience)
LEVELS: tuple[Level, ...] = get_args(Level)
PARTS: tuple[Part, ...] = get_args(Part)  # All of them, the parts in the order of a session.

Relation = Literal["fits", "preferred"]
"""What a quiz asks of its subject; `session_quiz` says when an option is true."""


class SessionRequest(Record):
    """What a session is to be about, for whom, and how long."""

    pillars: tuple[int, ...] = ()
    capabilities: tuple[str, ...] = ()
    """Numbers of items at the top of the framework, and items below them, by id or number: `C12`,
    `12`, `gsr:C12`."""

    topic: str = ""
    minutes: int = 60
    """Length, breaks included, 30 to 240."""

    audience: Audience = "officers"
    level: Level = "introductory"
    parts: tuple[Part, ...] = PARTS
    seed: int = 0
    """Which of many equal choices is made; the same seed gives the same session."""


class AgendaLine(Record):
    """A stretch of the session."""

    start: int
    minutes: int
    block: str
    """What kind of stretch it is: `opening`, `page`, `break`."""

    title: str
    does: Statement

    @property
    def end(self) -> int:
        """Minutes from the beginning at which it ends."""
        return self.start + self.minutes


class Column(Record):
    """Items of one kind under an item at the top of the framework."""

    top: str
    kind: str
    items: tuple[Statement, ...]
    """Each quoted: its title, or its words where it has none."""


class Talk(Record):
    """A question for discussion, with what the sources say on it, for the trainer to bring in."""

    question: Statement
    points: tuple[Statement, ...]


class Step(Record):
    """A step of an exercise."""

    minutes: int
    text: str


class Exercise(Record):
    """Situations to judge, in groups."""

    title: str
    task: Statement
    steps: tuple[Step, ...]
    situations: tuple[Talk, ...]
    """Invented situations, each with the sentences of guidance that decide it."""

    look_for: Statement


class Option(Record):
    """A possible answer of a quiz, and the words that show whether it is right."""

    text: str
    right: bool
    about: str
    evidence: Statement
    """Passage that it stands in, and verbatim words that hold `text`, with their citation."""

    why: str


class QuizItem(Record):
    """A question of the quiz with its key."""

    id: str
    """Place in the quiz: `Q1`."""

    relation: Relation
    subject: str
    """Of what it is asked: a situation, or an entry of the glossary."""

    stem: Statement
    options: tuple[Option, ...]
    good: str = ""
    """A good reply in our own words, to a situation."""


class Session(Record):
    """A training session, whole; every statement in it was verified."""

    request: SessionRequest
    title: str
    subjects: tuple[str, ...]
    objectives: tuple[Statement, ...]
    """What participants can do at the end; the section is the block of the agenda that it has."""

    agenda: tuple[AgendaLine, ...] = ()
    """In order, without gap or overlap; the minutes add up to the length."""

    columns: tuple[Column, ...]
    care: tuple[Statement, ...]
    messages: tuple[Statement, ...]
    """The framework's words first, then guidance."""

    talks: tuple[Talk, ...]
    exercise: Exercise | None
    quiz: tuple[QuizItem, ...]
    facilitator: tuple[Statement, ...] = ()
    glossary: tuple[Statement, ...] = ()
    """The terms used; the section is the term."""

    sources: tuple[Source, ...] = ()
    """Those that it cites, each with the works that the cited sentences rest on."""

    dropped: tuple[Dropped, ...] = ()
    today: str
    """Day as of which sources are within their review, ISO 8601."""

    corpus: str
    composer: str
    checker: str


def said_in(value: object) -> Iterator[Statement]:
    """Yield the statements in a record, or in several, in the order in which they are read."""
    if isinstance(value, Statement):
        yield value
    elif isinstance(value, tuple):
        for held in value:
            yield from said_in(held)
    elif isinstance(value, Record):
        yield from said_in(tuple(dict(value).values()))
