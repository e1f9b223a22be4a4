"""What a session is about: items of the framework, and the notes that serve them, best first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from assistant.errors import SessionError
from assistant.sessions.session import Audience, SessionRequest
from assistant.understanding.lexicon import content_stems
from corpus.readers.notes import Note
from corpus.structure.graph import Framework, Item, Kind
from corpus.whole import Whole

TOPICS: dict[Audience, frozenset[str]] = {
    "officers": frozenset({"governance", "law", "capacity", "treaty"}),
    "police": frozenset({"investigation", "identification", "reporting"}),
    "teachers": frozenset({"education", "prevention", "helplines", "age-assurance"}),
    "industry": frozenset({"industry", "detection", "transparency", "removal"}),
    "civil-society": frozenset({"support", "survivors", "helplines"}),
    "media": frozenset({"media", "terminology", "survivors"}),
}
"""Topics of notes that speak to an audience first."""

AWAY: dict[Audience, frozenset[str]] = {"teachers": frozenset({"offenders"})}
"""Topics that a session brings to an audience only if they are asked for by name."""

CARE = ("safe-training-sessions", "receiving-a-disclosure", "staff-wellbeing")
"""Notes that every session opens with; they are no topic of it."""

NEARLY = 0.75
"""Share of the best weight from which something speaks of a topic of which nothing says all."""

MOST_PILLARS = 3
"""Items at the top of the framework that a topic alone leads to."""


class Scope(NamedTuple):
    """What a session is about."""

    tops: tuple[Item, ...]
    """Items at the top of the framework, in its order."""

    named: tuple[Item, ...]
    """Titled items below them that it goes through, in the framework's order."""

    notes: tuple[Note, ...]
    """Notes that serve them, best first; none past its review, none of those on care."""


def scope_of(request: SessionRequest, whole: Whole, today: date) -> Scope:
    """Find out what a session is about.

    Raises:
        SessionError: nothing is asked for, or the corpus does not have it.
    """
    framework = whole.framework
    tops = [_top(framework, number) for number in request.pillars]
    named = [_named(framework, one) for one in request.capabilities]
    spoken = _speaking(request.topic, whole) if request.topic.strip() else {}
    if not (tops or named or spoken):
        if request.topic.strip():
            raise SessionError(
                f"Nothing in the corpus speaks of {request.topic!r}; try other words, or choose a"
                " pillar."
            )
        raise SessionError("Say what the session is about: a pillar, a capability or a topic.")
    tops += [framework.top(one.id) for one in named]
    if not tops:
        spoken = spoken | _served_by(whole, spoken)
        tops = _tops_of(framework, spoken)
    tops = sorted(set(tops), key=framework.items.index)
    if not named:
        below = [one for top in tops for one in _titled(framework, top)]
        named = [one for one in below if one.id in spoken and spoken] or below
    named = sorted(set(named), key=framework.items.index)
    notes = _serving(request, whole, tops, named, spoken, today)
    return Scope(tuple(tops), tuple(named), notes)


def top_kind(framework: Framework) -> Kind:
    """Return the numbered kind at the top of the structure."""
    return next(kind for kind in framework.top_kinds if kind.numbered)


def kinds_below(framework: Framework) -> tuple[Kind, ...]:
    """Return the kinds that stand directly under it."""
    top = top_kind(framework)
    return tuple(kind for kind in framework.kinds if kind.parent == top.id)


def _titled(framework: Framework, top: Item) -> list[Item]:
    kinds = [kind for kind in kinds_below(framework) if kind.titled]
    return [one for kind in kinds for one in framework.below(top.id, kind.id)]


def _top(framework: Framework, number: int) -> Item:
    kind = top_kind(framework)
    items = framework.of_kind(kind.id)
    for item in items:
        if item.number == number:
            return item
    numbers = [one.number for one in items if one.number is not None]
    raise SessionError(
        f"The framework has no {kind.singular} {number}; choose {min(numbers)} to {max(numbers)}."
    )


def _named(framework: Framework, text: str) -> Item:
    items = [
        one for top in framework.of_kind(top_kind(framework).id) for one in _titled(framework, top)
    ]
    asked = text.strip().lower()
    for item in items:
        local = item.id.partition(":")[2].lower()
        if asked in (item.id.lower(), local, str(item.number)):
            return item
    kind = framework.kind_by_id[items[0].kind]
    ids = [one.id.partition(":")[2] for one in items]
    raise SessionError(
        f"The framework has no {kind.singular} {text!r}; choose {ids[0]} to {ids[-1]}."
    )


def _speaking(topic: str, whole: Whole) -> dict[str, float]:
    """Return how well items and notes speak of a topic, by id; only those that do.

    Items count by their own words, notes by title, summary, headings and topics; rare words weigh
    more. What holds every word is kept; where nothing does, what holds the most, as long as the
    corpus knows every word.
    """
    texts = {one.id: f"{one.title} {one.description}" for one in whole.framework.items}
    for note in whole.notes:
        headings = " ".join(section.heading for section in note.sections)
        front = note.front
        texts[front.id] = f"{front.title} {front.summary} {headings} {' '.join(front.topics)}"
    stems = {key: frozenset(content_stems(text)) for key, text in texts.items()}
    glossary = whole.glossary
    term = glossary.term(topic)
    preferred = glossary.term(term.preferred) if term else None
    terms = [one for one in (term, preferred) if one]
    wordings = {topic, *(word for one in terms for word in one.wordings)}
    held_by = list(stems.values())
    found: dict[str, float] = {}
    for wording in sorted(wordings):
        asked = frozenset(content_stems(wording))
        for key, held in stems.items():
            if asked and asked <= held:
                weight = sum((_rarity(one, held_by) for one in asked), 0.0)
                found[key] = max(found.get(key, 0.0), weight)
    return found or _nearest(frozenset(content_stems(topic)), stems, whole)


def _nearest(
    asked: frozenset[str], stems: Mapping[str, frozenset[str]], whole: Whole
) -> dict[str, float]:
    """Return what holds most of some words, with the weight of those; nothing if one is unknown.

    Words that a note says only further down count half.
    """
    bodies = {
        note.front.id: frozenset(content_stems(" ".join(one.text for one in note.sentences)))
        for note in whole.notes
    }
    if not asked or not asked <= frozenset().union(*stems.values(), *bodies.values()):
        return {}
    held = [stems[key] | bodies.get(key, frozenset()) for key in stems]
    weights = {
        key: sum(
            _rarity(word, held) * (1.0 if word in own else 0.5)
            for word in asked & (own | bodies.get(key, frozenset()))
        )
        for key, own in stems.items()
    }
    least = NEARLY * max(weights.values())
    return {key: weight for key, weight in weights.items() if weight >= least}


def _rarity(word: str, texts: Sequence[frozenset[str]]) -> float:
    return math.log(1 + len(texts) / (1 + sum(word in one for one in texts)))


def _served_by(whole: Whole, spoken: dict[str, float]) -> dict[str, float]:
    """Return the main items that the notes on a topic serve, with the weight of the note."""
    found: dict[str, float] = {}
    for note in whole.notes:
        serves = note.front.capabilities[:1] or note.front.pillars[:1]
        for one in serves if note.front.id in spoken else ():
            found[one] = max(found.get(one, 0.0), spoken[note.front.id], spoken.get(one, 0.0))
    return found


def _tops_of(framework: Framework, spoken: dict[str, float]) -> list[Item]:
    """Return the tops that most of what speaks of a topic stands under."""
    weight: dict[str, float] = {}
    kind = top_kind(framework).id
    for key, score in spoken.items():
        if key in framework.item_by_id and framework.top(key).kind == kind:
            top = framework.top(key).id
            weight[top] = weight.get(top, 0.0) + score
    best = sorted(weight, key=lambda one: -weight[one])[:MOST_PILLARS]
    return [framework.item(one) for one in best]


def _serving(
    request: SessionRequest,
    whole: Whole,
    tops: Sequence[Item],
    named: Sequence[Item],
    spoken: dict[str, float],
    today: date,
) -> tuple[Note, ...]:
    top_ids, ids = {one.id for one in tops}, {one.id for one in named}

    def score(note: Note) -> float:
        front = note.front
        main = bool(front.capabilities) and front.capabilities[0] in ids
        about = 3.0 * main + 1.0 * bool(ids.intersection(front.capabilities))
        about += 1.0 * (front.pillars[:1] != () and front.pillars[0] in top_ids)
        stems = set(content_stems(front.title))
        about += max((_share(one, stems) for one in named), default=0.0)
        fits = bool(TOPICS[request.audience].intersection(front.topics))
        said = spoken.get(front.id, 0.0) / max(spoken.values(), default=1.0)
        return about + 1.0 * fits + 6.0 * said

    def serves(note: Note) -> bool:
        front = note.front
        if front.review_by < today or front.id in CARE:
            return False
        away = AWAY.get(request.audience, frozenset()).intersection(front.topics)
        if request.capabilities or (spoken and not request.pillars):
            served = bool(ids.intersection(front.capabilities))
            return front.id in spoken or (served and not (away and not request.capabilities))
        return bool(top_ids.intersection(front.pillars)) and not away

    return tuple(sorted(filter(serves, whole.notes), key=lambda one: (-score(one), one.front.id)))


def _share(item: Item, stems: set[str]) -> float:
    """Return which share of an item's title is among some stems."""
    own = set(content_stems(item.title))
    return len(own & stems) / len(own) if own else 0.0
