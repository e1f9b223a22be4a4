"""What participants do in a session: questions to discuss, and one exercise for the audience."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from assistant.answer import Statement
from assistant.citations import note
from assistant.session import Audience, Exercise, Level, Step, Talk
from assistant.session_quotes import Quotes
from assistant.session_scope import Scope, kinds_below
from assistant.subjects import name_of
from corpus.structure import Kind

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


_HARDER = "Then write the strongest objection of a sceptical listener, and your reply."
"""What an advanced group does beside the task."""


class _Plan(NamedTuple):
    """An exercise: what it is called, what is made, how, and what good work shows."""

    title: str
    task: str
    steps: tuple[str, str, str]
    look_for: str


_PLANS: dict[Audience, _Plan] = {
    "officers": _Plan(
        "Where do we stand?",
        "In groups of three or four, sort the cards into three rows for your country: in place,"
        " begun, missing. Then choose the one missing card that matters most.",
        (
            "Sort the cards into three rows; where you do not know, write who would.",
            "For the card that matters most, write the first step, who decides it, and the partner"
            " it needs.",
            "Each group shows its card and its first step in two minutes.",
        ),
        "A first step that somebody in the room can take, a named office that decides it, and a"
        " partner from the page; what nobody knows is written down as not known.",
    ),
    "police": _Plan(
        "Who does what, and in what order?",
        "In groups of three or four, write on each card which unit does it now, with whom, and what"
        " stands in the way. No real case is told.",
        (
            "Go through the cards: which unit, with whom, what stands in the way.",
            "Choose the card with the most in the way, and write what would clear it: a rule, a"
            " tool, training, or an agreement.",
            "Each group reports one obstacle and what would clear it.",
        ),
        "Obstacles that are named exactly, a partner outside the police, and care for the child"
        " beside the search for the offender.",
    ),
    "teachers": _Plan(
        "One message, three listeners",
        "In groups of three or four, choose one card and say it three times in your own words: to a"
        " colleague, to parents, and, where it fits, to children of an age that you teach.",
        (
            "Choose a card, and agree what it says before you put it in other words.",
            "Write the three versions; check each against the card, so that nothing is added and"
            " nothing frightens.",
            "Each group reads one version aloud; the others say for whom it is.",
        ),
        "Words that fit the age, no blame for a child, no promise to keep a secret, and where to"
        " turn at the end.",
    ),
    "industry": _Plan(
        "A walk through our service",
        "In groups of three or four, take a service that you know and hold it against each card:"
        " done and shown, done and not shown, not done.",
        (
            "Hold the service against each card; write where a reader outside could see it.",
            "Choose one card that is not done or not shown, and write who owns it, what changes"
            " first, and how one would tell.",
            "Each group reports one change and its measure.",
        ),
        "An owner inside the company, a measure that can be published, and no detail of how"
        " protection could be got round.",
    ),
    "civil-society": _Plan(
        "Who stands beside the child?",
        "In groups of three or four, lay the cards along the way of a child from the first call for"
        " help to life afterwards, and mark where nobody stands.",
        (
            "Lay the cards along the way; write on each who offers it where you work.",
            "For one gap, write who could fill it, what they would need, and how survivors would"
            " have a say.",
            "Each group shows its way and one gap.",
        ),
        "A gap that is named without blame, a partner who could fill it, and survivors who are"
        " asked and not displayed.",
    ),
    "media": _Plan(
        "The words of the story",
        "In groups of three or four, take the cards as the facts of a story. Write a headline and"
        " three sentences that a survivor could read without harm.",
        (
            "Choose three cards; mark what each says and what it leaves open.",
            "Write headline and sentences; check terms against the glossary, and take out whatever"
            " could tell who a victim is.",
            "Groups swap and look for a word to change and a source to name.",
        ),
        "Preferred terms, a source for each fact, nothing that identifies a victim, and where to"
        " find help.",
    ),
}


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
    told = [one for one in messages if one.kind == "guidance"]
    # What stands further in says what is done; an opening says what a thing is.
    told.sort(key=lambda one: one.citations[0].locator == "opening")
    for message in told[: max(0, count - 1)]:
        text = f"The guidance says: \u201c{message.text}\u201d What follows from that {where}?"
        beside = [one for one in told if one.section == message.section and one != message]
        talk = Talk(question=note(text, message.citations), points=(message, *beside))
        found.append(talk)
    return tuple(_mixed(found, count))


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
    """Return the exercise of an audience; its steps take `minutes` together."""
    framework = quotes.whole.framework
    plan = _PLANS[audience]
    items = [
        one
        for top in scope.tops
        for kind in kinds_below(framework)
        if not kind.titled and not kind.shared
        for one in framework.below(top.id, kind.id)
    ]
    cards = [quotes.statement(one, name_of(framework, framework.top(one.id))) for one in items]
    if audience in ("teachers", "media"):
        cards = [one for one in messages if one.kind == "guidance"] or cards
    # Words that are doubted are for the trainer to explain, not to work with.
    sure = [one for one in cards if not any(cited.doubts for cited in one.citations)]
    cards = sure if len(sure) >= FEWEST else cards
    most = min(CARDS, max(FEWEST, minutes // 3))
    kept = rng.sample(cards, min(most, len(cards)))
    cards = [one for one in cards if one in kept]
    text = plan.task
    if level == "advanced":
        text += f" {_HARDER}"
    steps = zip(_shares(minutes), plan.steps, strict=True)
    return Exercise(
        title=plan.title,
        task=note(text),
        steps=tuple(Step(minutes=one, text=step) for one, step in steps),
        cards=tuple(cards),
        look_for=note(plan.look_for),
    )


def _shares(minutes: int) -> tuple[int, int, int]:
    """Share minutes out: reading and sorting, work, report.

    >>> _shares(15)
    (4, 7, 4)
    """
    first, last = minutes * 3 // 10, minutes * 3 // 10
    return first, minutes - first - last, last
