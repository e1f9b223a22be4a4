"""A conversation: what the page sends along, what its browser keeps, and how that is read again.

The server keeps nothing of it. What comes back from a browser is read as if anybody had written it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from pydantic import Field, ValidationError

from assistant.citing import ground
from assistant.errors import QuestionError
from assistant.ingestion import LONGEST_NAME
from assistant.records import Answer, Filters
from corpus.errors import CorpusError
from corpus.passage import Corpus, Record
from ui.pages.answer.render import answer_as_html, stale_as_html, turn_as_html
from ui.pages.ask.actions import actions_as_html
from ui.words.catalogue import say

if TYPE_CHECKING:
    from assistant.citing.fidelity import Faithful

MOST_TURNS = 20
"""Turns that a conversation keeps; the oldest go first."""

MOST_TURN_CHARS = 8000
"""Characters of earlier questions that go along with one; the oldest are left out."""

MOST_NUMBER = 10**6
"""Highest number of a turn."""


class Sent(Record):
    """What the page sends along with a question."""

    turns: tuple[str, ...] = ()
    """Earlier questions of the conversation, oldest first."""

    number: int = Field(1, ge=1, le=MOST_NUMBER)
    """Which turn of it this is."""

    filters: Filters = Filters()
    """What the answer is to be narrowed to."""

    policy: bool = False
    """Whether the asker says that a withheld message is a policy question."""

    library: str = Field("", max_length=LONGEST_NAME)
    """A library of documents that is asked too; empty for none."""

    @classmethod
    def read(cls, text: str | None) -> Sent:
        """Read what the page sent; nothing stands for a first question.

        Raises:
            QuestionError: it is none of ours.
        """
        try:
            return cls.model_validate_json(text) if text else cls()
        except ValidationError:
            raise QuestionError(say("refusal.strange")) from None


class Turn(Record):
    """A question that was answered, as a browser keeps it."""

    number: int = Field(ge=1, le=MOST_NUMBER)
    """Its place in the conversation, whatever was dropped since."""

    question: str
    """As typed, personal data masked."""

    answer: Answer
    """Likewise."""

    library: str = ""
    """That was asked too. Documents may be seen by few, so that its turn ends with its page."""

    turns: tuple[str, ...] = ()
    """Earlier questions that a library was told, so that it can be asked again."""


def newest(questions: Iterable[str]) -> tuple[str, ...]:
    """Return the last questions that are neither too many nor too long together, oldest first."""
    kept: list[str] = []
    room = MOST_TURN_CHARS
    for question in reversed(tuple(questions)[-MOST_TURNS:]):
        room -= len(question)
        if room < 0:
            break
        kept.append(question)
    return tuple(reversed(kept))


def restored_as_html(text: str | None, corpus: Corpus) -> str:
    """Return kept turns as they are shown again.

    A turn that this edition does not carry is told to be from an earlier one; what is no turn, and
    what should not have been kept, is left out.
    """
    return "".join(_drawn(turn, corpus) for turn in _turns(text))


def _turns(text: str | None) -> Iterable[Turn]:
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return
    for one in found[:MOST_TURNS] if isinstance(found, list) else ():
        try:
            turn = Turn.model_validate(one)
        except (ValueError, RecursionError):
            continue
        if not turn.answer.signposting:
            yield turn


def _drawn(turn: Turn, corpus: Corpus) -> str:
    answer = turn.answer
    faithful = _faithful() if answer.provenance.checker == ground.WORDED else None
    try:
        # Whether every statement is still carried by what it cites.
        holds = not ground.check(answer.statements, corpus.by_id, faithful)[1]
        actions = actions_as_html(answer, corpus) if holds else ""
        html = answer_as_html(answer, corpus, actions) if holds else ""
    except CorpusError:
        html = ""
    return turn_as_html(html or stale_as_html(turn.question), turn.number)


@cache
def _faithful() -> Faithful:
    from assistant.citing.fidelity import Faithful

    return Faithful.open()
