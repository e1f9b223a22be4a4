"""What participants do in a session: questions to discuss, and exercises for each audience."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random
from typing import Literal, NamedTuple

from assistant.citing.citations import note
from assistant.records import Statement
from assistant.sessions.session import Audience, Exercise, Level, Step, Talk
from assistant.sessions.session_quotes import Quotes
from assistant.sessions.session_scope import TOPICS, Scope, kinds_below
from assistant.understanding.naming import name_of
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


HARDER = "Then write the strongest objection of a sceptical listener, and your reply."
"""What an advanced group does beside the task."""


class Plan(NamedTuple):
    """An exercise: its name, the task, three steps, what good work shows, what is on the cards."""

    title: str
    task: str
    steps: tuple[str, str, str]
    look_for: str
    cards: Literal["items", "guidance"] = "items"


_OFFICERS = (
    Plan(
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
    Plan(
        "Three sentences for a decision",
        "In groups of three or four, choose the three cards that bear most on your country and"
        " write three sentences for whoever decides: what the matter is, what the sources say,"
        " what you ask for.",
        (
            "Choose three cards; mark for each what it says and what it leaves open.",
            "Write the three sentences, name the source of each fact, and add one line on what the"
            " sources do not say.",
            "Each group reads its sentences; the others ask one question that a minister would"
            " ask.",
        ),
        "A fact with its source and its date, no claim that no card carries, and one decision that"
        " somebody can take.",
        "guidance",
    ),
)
_POLICE = (
    Plan(
        "Who does what, and in what order?",
        "In groups of three or four, write on each card which unit does it now, with whom, and"
        " what stands in the way. No real case is told.",
        (
            "Go through the cards: which unit, with whom, what stands in the way.",
            "Choose the card with the most in the way, and write what would clear it: a rule, a"
            " tool, training, or an agreement.",
            "Each group reports one obstacle and what would clear it.",
        ),
        "Obstacles that are named exactly, a partner outside the police, and care for the child"
        " beside the search for the offender.",
    ),
    Plan(
        "What we give, what we need",
        "In groups of three or four, take each card as an aim that others work for too. Write what"
        " police can give towards it and what police need in return. No real case is told.",
        (
            "Sort the cards: police lead, police help, others lead.",
            "For one card where police help, write what is given, what is asked for, and which"
            " rule on data allows it.",
            "Each group reports one exchange and what it still waits for.",
        ),
        "A partner by name or kind, an exchange in both directions, a rule that allows it, and no"
        " detail of methods.",
    ),
)
_TEACHERS = (
    Plan(
        "One message, three listeners",
        "In groups of three or four, choose one card and say it three times in your own words: to"
        " a colleague, to parents, and, where it fits, to children of an age that you teach.",
        (
            "Choose a card, and agree what it says before you put it in other words.",
            "Write the three versions; check each against the card, so that nothing is added and"
            " nothing frightens.",
            "Each group reads one version aloud; the others say for whom it is.",
        ),
        "Words that fit the age, no blame for a child, no promise to keep a secret, and where to"
        " turn at the end.",
        "guidance",
    ),
    Plan(
        "Lesson, staff room, parents' evening",
        "In groups of three or four, sort the cards by where they belong: a lesson, a rule for"
        " staff, a talk with parents, or not with us. Then plan a quarter of an hour on one of"
        " them.",
        (
            "Sort the cards, and say why a card is not for pupils where it is not.",
            "Plan a quarter of an hour on one card: what is said, what is asked, who is at hand if"
            " somebody is upset.",
            "Each group tells its plan in two minutes.",
        ),
        "No fear and no detail, an age that is named, a colleague at hand, and where to turn at"
        " the end.",
        "guidance",
    ),
)
_INDUSTRY = (
    Plan(
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
    Plan(
        "What will be asked of us?",
        "In groups of three or four, take each card as something that others work for. Write what"
        " they could ask of your service, who would answer, and what may not be handed out.",
        (
            "Go through the cards: what could be asked of us, by whom, how often.",
            "For one request, write who answers within which time, on which legal ground, and what"
            " is missing today.",
            "Each group reports one request and what would be changed before it comes.",
        ),
        "A named role that answers, a legal ground, a time, and a word on what users are told; no"
        " detail of how protection could be got round.",
    ),
)
_CIVIL_SOCIETY = (
    Plan(
        "Who stands beside the child?",
        "In groups of three or four, lay the cards along the way of a child from the first call"
        " for help to life afterwards, and mark where nobody stands.",
        (
            "Lay the cards along the way; write on each who offers it where you work.",
            "For one gap, write who could fill it, what they would need, and how survivors would"
            " have a say.",
            "Each group shows its way and one gap.",
        ),
        "A gap that is named without blame, a partner who could fill it, and survivors who are"
        " asked and not displayed.",
    ),
    Plan(
        "A request that can be answered",
        "In groups of three or four, choose one card and turn it into a request to whoever can"
        " decide on it: what you ask for, of whom, and by which sign you would see that it was"
        " done.",
        (
            "Choose a card; write what is in place where you work, and what is not known.",
            "Write the request in three sentences, with the source of each fact and the part that"
            " survivors had in it.",
            "Each group reads its request; the others answer as the office that gets it.",
        ),
        "One office, one request, a sign that can be seen from outside, and no story of a child.",
        "guidance",
    ),
)
_MEDIA = (
    Plan(
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
        "guidance",
    ),
    Plan(
        "Before we publish",
        "In groups of three or four, take the cards as claims that reach your desk. Write for each"
        " what you would check before it is printed, and with whom.",
        (
            "Sort the cards: safe to print as it stands, to be checked, to be left out.",
            "For one card to be checked, write the question, whom it goes to, and what you print"
            " if no answer comes.",
            "Each group reports one check; the others look for what could tell who a victim is.",
        ),
        "The first publisher of a figure and its year, a term that fits, nobody pushed to speak,"
        " and where to find help.",
        "guidance",
    ),
)

PLANS: dict[Audience, tuple[Plan, Plan]] = {
    "officers": _OFFICERS,
    "police": _POLICE,
    "teachers": _TEACHERS,
    "industry": _INDUSTRY,
    "civil-society": _CIVIL_SOCIETY,
    "media": _MEDIA,
}
"""Of each audience: the exercise where it acts itself, then the one where it stands beside."""
