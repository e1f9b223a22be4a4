"""What participants do in a session: questions to discuss, and situations to judge."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from assistant.citing.citations import note
from assistant.records import Statement
from assistant.sessions.session import Exercise, Level, Step, Talk
from assistant.sessions.session_content import is_new
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
    quotes: Quotes, scope: Scope, told: Sequence[Statement], judged: Collection[str], count: int
) -> tuple[Talk, ...]:
    """Return up to `count` questions for discussion, each with points that the sources give.

    None is on a note of `judged`, which has a situation; no point is among what is `told`.
    """
    found = []
    for one in scope.notes:
        ask = points().note.get(one.front.id, Point()).ask
        said = [point for point in quotes.points(one) if is_new(point, told)][:MOST]
        if ask and said and one.front.id not in judged:
            found.append(Talk(question=note(ask, said[0].citations), points=tuple(said)))
    cites = [cited for one in told if one.kind == "framework" for cited in one.citations]
    if cites:
        found.append(Talk(question=note(ASKED, cites), points=()))
    return tuple(found[:count])


def exercises_of(chosen: Situations, minutes: int, level: Level) -> tuple[Exercise, ...]:
    """Return exercises of one to three situations each, those that bear most on the session first.

    The steps of each take `minutes` together; a situation takes seven.
    """
    situations, told = chosen.exercise, points()
    count = situations_in(minutes)
    last = max(0, len(situations) - count)
    starts = dict.fromkeys(min(count * at, last) for at in range(len(told.tasks)))
    return tuple(
        Exercise(
            title="Situations to judge" + (f", set {number}" if number > 1 else ""),
            task=note(task),
            steps=steps_of(
                minutes, told.steps if level == "introductory" else (*told.steps, told.harder)
            ),
            situations=tuple(map(chosen.talk, situations[start : start + count])),
            look_for=note(told.look_for),
        )
        for number, (start, task) in enumerate(zip(starts, told.tasks, strict=False), 1)
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
