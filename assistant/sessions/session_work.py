"""What participants do in a session: questions to discuss, and situations to judge."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from assistant.citing.citations import note
from assistant.records import Statement
from assistant.sessions.session import Exercise, Level, Step, Talk
from assistant.sessions.session_quotes import Point, Quotes, points
from assistant.sessions.session_scope import Scope
from assistant.sessions.situations import Situations

JUDGED, EACH = 3, 7
"""Situations of an exercise at most, and the minutes that each takes with its debrief."""

MOST = 4
"""Points of a question, at most."""

ASKED = "Which part of this do you meet in your own work, and what is missing there?"
"""What is asked on the framework."""


def talks_of(
    quotes: Quotes, scope: Scope, messages: Sequence[Statement], count: int
) -> tuple[Talk, ...]:
    """Return up to `count` questions for discussion, each with points that the sources give.

    What was said as a key message comes last of the points.
    """
    found, told = [], {one.text for one in messages}
    for one in scope.notes:
        ask = points().note.get(one.front.id, Point()).ask
        said = sorted(quotes.points(one), key=lambda one: one.text in told)
        if ask and said:
            found.append(Talk(question=note(ask, said[0].citations), points=tuple(said[:MOST])))
    said = [one for one in messages if one.kind == "framework"]
    if said:
        cites = [cited for one in said for cited in one.citations]
        found.append(Talk(question=note(ASKED, cites), points=tuple(said)))
    return tuple(found[:count])


def exercises_of(chosen: Situations, minutes: int, level: Level) -> tuple[Exercise, ...]:
    """Return exercises of one to three situations each, those that bear most on the session first.

    The steps of each take `minutes` together; a situation takes seven.
    """
    situations = chosen.exercise
    count = situations_in(minutes)
    last = max(0, len(situations) - count)
    starts = dict.fromkeys(min(count * at, last) for at in range(len(TASKS)))
    return tuple(
        Exercise(
            title="Situations to judge" + (f", set {number}" if number > 1 else ""),
            task=note(task),
            steps=steps_of(minutes, STEPS if level == "introductory" else (*STEPS, HARDER)),
            situations=tuple(map(chosen.talk, situations[start : start + count])),
            look_for=note(LOOK_FOR),
        )
        for number, (start, task) in enumerate(zip(starts, TASKS, strict=False), 1)
    )


def situations_in(minutes: int) -> int:
    """Return how many situations an exercise of a length has."""
    return max(1, min(JUDGED, minutes // EACH))


def steps_of(minutes: int, texts: Sequence[str]) -> tuple[Step, ...]:
    """Return steps that take `minutes` together: the first half as long as each of the others.

    >>> [one.minutes for one in steps_of(15, ("Read.", "Judge.", "Compare."))]
    [3, 6, 6]
    """
    first = minutes // (2 * len(texts) - 1)
    ends = [first + (minutes - first) * at // (len(texts) - 1) for at in range(len(texts))]
    lengths = [first, *(end - start for start, end in pairwise(ends))]
    return tuple(Step(minutes=one, text=text) for one, text in zip(lengths, texts, strict=True))


TASKS = tuple(
    "The situations are invented. In groups of three or four, say what you do in each,"
    f" {asked}, and why."
    for asked in ("what you do not do", "whom you ask first", "what you write down")
)
"""What participants do, in one set of situations and another."""

HARDER = "Write the strongest objection to one of your replies, and answer it."
"""What an advanced group does last."""

STEPS = (
    "Each reads the situations alone and notes a first judgement.",
    "The group agrees on a reply to each, and on the reason.",
    "Compare with the sentences of the guidance, one situation at a time.",
)
"""How they do it."""

LOOK_FOR = (
    "A reply that somebody in the room could give, and a reason that one of the sentences carries;"
    " where local rules say more, the group knows whom to ask."
)
"""What good work shows."""
