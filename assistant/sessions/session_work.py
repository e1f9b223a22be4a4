"""What participants do in a session: questions to discuss, and situations to judge."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.citing.citations import note
from assistant.records import Statement
from assistant.sessions.session import Audience, Exercise, Level, Step, Talk
from assistant.sessions.session_quotes import Quotes
from assistant.sessions.session_scope import TOPICS, Scope, kinds_below
from assistant.sessions.situations import Situations
from assistant.understanding.naming import name_of
from corpus.structure.graph import Kind

JUDGED = 3
"""Situations of an exercise."""

WORK: dict[Audience, str] = {
    "officers": "in the ministry or agency that you work for",
    "police": "in your unit",
    "teachers": "in your school",
    "industry": "in the service that you run",
    "civil-society": "in your organisation",
    "media": "in your newsroom",
}
"""Where an audience works, as a question says it."""

_ASKS = (
    "What follows from that {where}?",
    "Who would have to know that {where}, and how would they learn of it?",
    "What stands in the way of that {where}, and who could clear it?",
    "What would you check before you say so {where}?",
)
"""What is asked about a sentence of guidance, in turn."""


def talks_of(
    quotes: Quotes, scope: Scope, messages: Sequence[Statement], count: int, audience: Audience
) -> tuple[Talk, ...]:
    """Return up to `count` questions for discussion, each with points that the sources give."""
    framework = quotes.whole.framework
    where = WORK[audience]
    page, guidance = [], []
    for top in scope.tops:
        for kind in kinds_below(framework):
            items = framework.below(top.id, kind.id)
            if items:
                text = _question(kind, name_of(framework, top), where)
                points = tuple(quotes.statement(one) for one in items if not kind.titled)
                points = points or tuple(quotes.entry(one) for one in items)
                page.append(Talk(question=note(text, [quotes.title(top)]), points=points))
    told = _worth_talking(scope, [one for one in messages if one.kind == "guidance"], audience)
    for at, message in enumerate(told[: max(0, count - 1)]):
        asks = _ASKS[at % len(_ASKS)].format(where=where)
        text = f"The guidance says: \u201c{message.text}\u201d {asks}"
        beside = [one for one in told if one.section == message.section and one != message]
        guidance.append(Talk(question=note(text, message.citations), points=(message, *beside)))
    found: list[Talk] = []
    while len(found) < count and (page or guidance):
        found += [queue.pop(0) for queue in (page, guidance) if queue]
    return tuple(found[:count])


def _worth_talking(scope: Scope, told: Sequence[Statement], audience: Audience) -> list[Statement]:
    """Return sentences of guidance, what is best talked about first, each note's once at first."""
    speak = {
        one.front.title for one in scope.notes if TOPICS[audience].intersection(one.front.topics)
    }
    # What stands further in says what is done; an opening says what a thing is.
    ordered = sorted(
        told, key=lambda one: (one.section not in speak, one.citations[0].locator == "opening")
    )
    sections = [one.section for one in ordered]
    turns = [sections[:at].count(one) for at, one in enumerate(sections)]
    return [ordered[at] for at in sorted(range(len(ordered)), key=lambda at: turns[at])]


def _question(kind: Kind, name: str, where: str) -> str:
    if kind.titled:
        return f"Which of the {kind.plural} of {name} is weakest {where}, and how do you know?"
    if kind.shared:
        return (
            f"Which of the {kind.plural} that the page lists for {name} do you work with, and who"
            " is missing at your table?"
        )
    return (
        f"Choose one of the {kind.plural} that the page lists for {name}. By what would you see"
        f" {where} that it is reached?"
    )


def exercises_of(chosen: Situations, minutes: int, level: Level) -> tuple[Exercise, ...]:
    """Return exercises of three situations each, those that bear most on the session first.

    The steps of each take `minutes` together.
    """
    situations = chosen.exercise
    last = max(0, len(situations) - JUDGED)
    starts = dict.fromkeys(min(JUDGED * at, last) for at in range(len(TASKS)))
    return tuple(
        Exercise(
            title="Three situations to judge" + (f", set {number}" if number > 1 else ""),
            task=note(f"{task} {HARDER}" if level == "advanced" else task),
            steps=steps_of(minutes, STEPS),
            situations=tuple(map(chosen.talk, situations[start : start + JUDGED])),
            look_for=note(LOOK_FOR),
        )
        for number, (start, task) in enumerate(zip(starts, TASKS, strict=False), 1)
    )


def steps_of(minutes: int, texts: Sequence[str]) -> tuple[Step, ...]:
    """Return three steps that take `minutes` together."""
    pairs = zip(_shares(minutes), texts, strict=True)
    return tuple(Step(minutes=one, text=text) for one, text in pairs)


def _shares(minutes: int) -> tuple[int, int, int]:
    """Share minutes out: reading, judging, debrief.

    >>> _shares(15)
    (3, 6, 6)
    """
    first, last = minutes // 5, minutes * 2 // 5
    return first, minutes - first - last, last


TASKS = tuple(
    "The situations are invented. In groups of three or four, say what you would do in each,"
    f" {asked}, and why."
    for asked in ("what you would not do", "whom you would ask first", "what you would write down")
)
"""What participants do, in one set of situations and another."""

HARDER = "Then write the strongest objection of a sceptical listener, and your reply."
"""What an advanced group does beside the task."""

STEPS = (
    "Each reads the three situations alone and notes a first judgement.",
    "The group agrees on a reply to each, and on the reason.",
    "Compare with the sentences of the guidance, one situation at a time.",
)
"""How they do it."""

LOOK_FOR = (
    "A reply that somebody in the room could give, and a reason that one of the sentences carries;"
    " where local rules say more, the group knows whom to ask."
)
"""What good work shows."""
