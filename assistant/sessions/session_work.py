"""What participants do in a session: questions to discuss, and one exercise for the audience."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from assistant.citing.citations import note
from assistant.records import Statement
from assistant.rules.subjects import name_of
from assistant.sessions.session import Audience, Exercise, Level, Step, Talk
from assistant.sessions.session_exercises import HARDER, PLANS, Plan
from assistant.sessions.session_quotes import Quotes
from assistant.sessions.session_scope import TOPICS, Scope, kinds_below
from corpus.structure.graph import Kind

CARDS, FEWEST = 10, 4
"""Cards of an exercise, at most and, where there are as many, at least."""

_WORK: dict[Audience, str] = {
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

_BINDS = re.compile(
    r"\b(?:must|should|need|needs|requires?|demands?|advises?|recommends?|asks?|obliges?|matters?|"
    r"because|warns?|lacks?|too few|however|although)\b"
)
"""Words of a sentence that asks something of somebody or gives a reason: matter to talk about."""

_SPEAK = 0.5
"""Share of the notes on a matter that speak to an audience from which it is the audience's own."""

_ALWAYS: frozenset[Audience] = frozenset({"officers", "teachers", "media"})
"""Audiences whose own work any matter can be."""


def talks_of(
    quotes: Quotes, scope: Scope, messages: Sequence[Statement], count: int, audience: Audience
) -> tuple[Talk, ...]:
    """Return up to `count` questions for discussion, each with points that the sources give."""
    framework = quotes.whole.framework
    where = _WORK[audience]
    found = []
    for top in scope.tops:
        for kind in kinds_below(framework):
            items = framework.below(top.id, kind.id)
            if items:
                text = _question(kind, name_of(framework, top), where)
                points = tuple(quotes.statement(one) for one in items if not kind.titled)
                points = points or tuple(quotes.entry(one) for one in items)
                found.append(Talk(question=note(text, [quotes.title(top)]), points=points))
    told = _worth_talking(scope, [one for one in messages if one.kind == "guidance"], audience)
    for at, message in enumerate(told[: max(0, count - 1)]):
        asks = _ASKS[at % len(_ASKS)].format(where=where)
        text = f"The guidance says: \u201c{message.text}\u201d {asks}"
        beside = [one for one in told if one.section == message.section and one != message]
        talk = Talk(question=note(text, message.citations), points=(message, *beside))
        found.append(talk)
    return tuple(_mixed(found, count))


def _worth_talking(scope: Scope, told: Sequence[Statement], audience: Audience) -> list[Statement]:
    """Return sentences of guidance, what is best talked about first, each note's once at first."""
    speak = {
        one.front.title for one in scope.notes if TOPICS[audience].intersection(one.front.topics)
    }
    # What stands further in says what is done; an opening says what a thing is.
    ordered = sorted(
        told,
        key=lambda one: (
            one.section not in speak,
            not _BINDS.search(one.text),
            one.citations[0].locator == "opening",
        ),
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


def _mixed(talks: Sequence[Talk], count: int) -> list[Talk]:
    """Return up to `count` talks, those on the page and those on guidance in turn."""
    page = [one for one in talks if one.points[0].kind == "framework"]
    guidance = [one for one in talks if one.points[0].kind != "framework"]
    found: list[Talk] = []
    while len(found) < count and (page or guidance):
        for queue in (page, guidance):
            if queue and len(found) < count:
                found.append(queue.pop(0))
    return found


def exercise_of(
    quotes: Quotes,
    scope: Scope,
    messages: Sequence[Statement],
    minutes: int,
    *,
    audience: Audience,
    level: Level,
    rng: Random,
) -> Exercise:
    """Return the exercise that fits an audience best; its steps take `minutes` together."""
    first = exercises_of(quotes, scope, messages, minutes, audience=audience, level=level, rng=rng)
    return first[0]


def exercises_of(
    quotes: Quotes,
    scope: Scope,
    messages: Sequence[Statement],
    minutes: int,
    *,
    audience: Audience,
    level: Level,
    rng: Random,
) -> tuple[Exercise, ...]:
    """Return the exercises of an audience, the one that fits best first.

    Where few of the notes speak to an audience, others act, and it is asked for its share.
    """
    speaks = [bool(TOPICS[audience].intersection(one.front.topics)) for one in scope.notes]
    own, beside = PLANS[audience]
    is_own = audience in _ALWAYS or sum(speaks) >= _SPEAK * len(speaks)
    plans = (own, beside) if is_own else (beside, own)
    return tuple(_exercise(quotes, scope, messages, minutes, one, level, rng) for one in plans)


def _exercise(
    quotes: Quotes,
    scope: Scope,
    messages: Sequence[Statement],
    minutes: int,
    plan: Plan,
    level: Level,
    rng: Random,
) -> Exercise:
    cards = _cards(quotes, scope, messages, plan)
    most = min(CARDS, max(FEWEST, minutes // 3))
    kept = rng.sample(cards, min(most, len(cards)))
    text = f"{plan.task} {HARDER}" if level == "advanced" else plan.task
    return Exercise(
        title=plan.title,
        task=note(text),
        steps=steps_of(minutes, plan.steps),
        cards=tuple(one for one in cards if one in kept),
        look_for=note(plan.look_for),
    )


def _cards(
    quotes: Quotes, scope: Scope, messages: Sequence[Statement], plan: Plan
) -> list[Statement]:
    """Return what an exercise may be worked with."""
    framework = quotes.whole.framework
    items = [
        one
        for top in scope.tops
        for kind in kinds_below(framework)
        if not kind.titled and not kind.shared
        for one in framework.below(top.id, kind.id)
    ]
    cards = [quotes.statement(one, name_of(framework, framework.top(one.id))) for one in items]
    if plan.cards == "guidance":
        cards = [one for one in messages if one.kind == "guidance"] or cards
    # Words that are doubted are for the trainer to explain, not to work with.
    sure = [one for one in cards if not any(cited.doubts for cited in one.citations)]
    return sure if len(sure) >= FEWEST else cards


def steps_of(minutes: int, texts: Sequence[str]) -> tuple[Step, ...]:
    """Return three steps that take `minutes` together."""
    pairs = zip(_shares(minutes), texts, strict=True)
    return tuple(Step(minutes=one, text=text) for one, text in pairs)


def _shares(minutes: int) -> tuple[int, int, int]:
    """Share minutes out: reading and sorting, work, report.

    >>> _shares(15)
    (4, 7, 4)
    """
    first, last = minutes * 3 // 10, minutes * 3 // 10
    return first, minutes - first - last, last
