"""The places of a session that a trainer may change, each with what stands in it."""

from __future__ import annotations

from typing import Literal

from assistant.citing import ground
from assistant.records import Statement
from assistant.sessions.session import Exercise, Part, QuizItem, Talk
from assistant.sessions.session_agenda import ORDER
from assistant.sessions.session_build import Chosen
from assistant.sessions.session_content import TURN
from corpus.passage import Record

Author = Literal["", "reworded", "own"]
"""Who wrote the words: nobody but Signpost, a trainer whose words the sources still carry, or a
trainer alone."""

Where = Literal["objectives", "care", "messages", "discussion", "exercise", "quiz"]
"""Parts with places that may be changed."""

Value = Statement | Talk | Exercise | QuizItem
"""What may stand in a place."""


class Slot(Record):
    """One place of a session."""

    id: str
    """The part and the place that it had at first: `messages-3`."""

    part: Where
    value: Value
    """What stands in it."""

    source: Value
    """The same in the words that were made for it."""

    shown: tuple[str, ...]
    """The words that stood in it one after the other; none of them comes back as another."""

    removed: bool = False
    author: Author = ""

    @property
    def words(self) -> Statement:
        """The statement that a reader takes for the item."""
        return words_of(self.value)

    @property
    def tier(self) -> str:
        """What it stays with when it is moved: the framework's words, guidance, or neither."""
        return self.words.kind if self.part == "messages" else ""


_WORDS = {Talk: "question", Exercise: "task", QuizItem: "stem"}
"""By kind of item, the field that can be reworded."""


def words_of(value: Value) -> Statement:
    """Return the statement of an item that can be reworded."""
    if isinstance(value, Statement):
        return value
    words: Statement = getattr(value, _WORDS[type(value)])
    return words


def with_words(value: Value, words: Statement) -> Value:
    """Return an item in other words."""
    if isinstance(value, Statement):
        return words
    return value.model_copy(update={_WORDS[type(value)]: words})


def author_of(statement: Statement) -> Author:
    """Return who wrote a statement of a session.

    What the checker does not support stands in a session only where a trainer wrote it.
    """
    if statement.verdict == "unsupported":
        return "own"
    if statement.kind != "note" and not ground.is_quoted(statement):
        return "reworded"
    return ""


def slots_of(chosen: Chosen) -> list[Slot]:
    """Return the places of a session, in the order of its parts."""
    parts: dict[Where, tuple[Value, ...]] = {
        "objectives": chosen.objectives,
        "care": tuple(one for one in chosen.care if one.section == TURN),
        "messages": chosen.messages,
        "discussion": chosen.talks,
        "exercise": (chosen.exercise,) if chosen.exercise else (),
        "quiz": chosen.quiz,
    }
    return [
        Slot(id=f"{part}-{at}", part=part, value=one, source=one, shown=(words_of(one).text,))
        for part, values in parts.items()
        for at, one in enumerate(values, 1)
    ]


def chosen_of(first: Chosen, slots: list[Slot], order: tuple[Part, ...] = ORDER) -> Chosen:
    """Return what stands in the places that are left; parts without any are told."""
    left = [one for one in slots if not one.removed]
    turn = iter([one.words for one in left if one.part == "care"])
    return Chosen(
        objectives=tuple(one.words for one in left if one.part == "objectives"),
        care=tuple(next(turn) if one.section == TURN else one for one in first.care),
        # What a trainer wrote alone belongs to no tier and stands after both.
        messages=tuple(
            one.words
            for tier in ("framework", "guidance", "note")
            for one in left
            if one.part == "messages" and one.tier == tier
        ),
        talks=tuple(one.value for one in left if isinstance(one.value, Talk)),
        exercise=next((one.value for one in left if isinstance(one.value, Exercise)), None),
        quiz=tuple(one.value for one in left if isinstance(one.value, QuizItem)),
        order=order,
        emptied=frozenset({one.part for one in slots} - {one.part for one in left}),
    )
