"""What a session is about: items of the framework, and the notes that serve them, best first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import chain, zip_longest
from typing import NamedTuple

from assistant.draft import listed
from assistant.errors import SessionError
from assistant.sessions.session import SessionRequest
from assistant.sessions.session_quotes import CARE, Point, points
from assistant.understanding.lexicon import content_stems
from assistant.understanding.naming import name_of
from corpus.readers.notes import Note
from corpus.structure.graph import Framework, Item, Kind
from corpus.whole import Whole

NEARLY = 0.75
"""Share of the best weight from which something speaks of a topic of which nothing says all."""

TOPICAL = 0.25
"""What it adds that a note is marked with a topic, beside that it holds the words."""

MOST_PILLARS = 3
"""Items at the top of the framework that a topic alone leads to."""

MOST_NAMED, FOREMOST, NEAREST = 3, 4, 2
"""Items below them that a topic leads to; notes, the best first, that say which; and notes of which
those on the same item come after them."""


class Scope(NamedTuple):
    """What a session is about."""

    tops: tuple[Item, ...]
    """Items at the top of the framework, in its order."""

    named: tuple[Item, ...]
    """Titled items below them that it goes through, in the framework's order."""

    notes: tuple[Note, ...]
    """Notes that serve them, best first; none past its review, none of those on care."""

    missing: tuple[str, ...] = ()
    """What was asked for and not found, each as a sentence for the trainer."""


def scope_of(request: SessionRequest, whole: Whole, today: date) -> Scope:
    """Find out what a session is about.

    Raises:
        SessionError: nothing is asked for, or the corpus does not have it.
    """
    framework = whole.framework
    tops = [_top(framework, number) for number in request.pillars]
    named = [_named(framework, one) for one in request.capabilities]
    topic = request.topic.strip()
    fitting = _fitting(request, whole, today)
    parts = {one: _speaking(one, whole, fitting) for one in _parts(topic, whole)}
    spoken = {key: weight for found in parts.values() for key, weight in found.items()}
    if not (tops or named or spoken):
        if topic:
            raise SessionError(
                f"Nothing in the corpus speaks of {topic!r}; try other words, or choose a pillar."
            )
        raise SessionError("Say what the session is about: a pillar, a capability or a topic.")
    tops += [framework.top(one.id) for one in named]
    if not tops:
        tops = _tops_of(framework, _served_by(fitting, spoken) or spoken)
    tops = sorted(set(tops), key=framework.items.index)
    below = [one for top in tops for one in _titled(framework, top)]
    below = [one for one in below if _suits(one, whole, fitting)] or below
    queues, missing = [], []
    for part, found in parts.items():
        queue = _serving(request, tops, named or below, found, fitting)
        if not any(one.front.id in found for one in queue):
            # What a pillar lacks, the best note of another brings in.
            others = [one for one in fitting if one.front.id in found]
            queue = _ranked(others, tops, below, found)[:1]
            missing.append(_lacking(part, tops, found, queue, framework))
        queues.append(queue)
    mixed = (one for row in zip_longest(*queues) for one in row if one)
    notes = tuple({one.front.id: one for one in mixed}.values())
    notes = notes or _serving(request, tops, named or below, {}, fitting)
    if not named and spoken:
        serves = [key for one in notes[:FOREMOST] for key in one.front.capabilities[:1]]
        own = [one for one in below if one.id in serves]
        own = own or [one for one in below if one.id in spoken] or below
        named = sorted(own, key=lambda one: serves.index(one.id) if one.id in serves else 9)
    named = sorted(set(named[:MOST_NAMED] if spoken else named or below), key=framework.items.index)
    return Scope(tuple(tops), tuple(named), notes, tuple(missing))


def _suits(item: Item, whole: Whole, fitting: Sequence[Note]) -> bool:
    """Tell whether a third of the notes that are mainly on an item fit the audience."""
    own = [one for one in whole.notes if one.front.capabilities[:1] == (item.id,)]
    return sum(one in fitting for one in own) * 3 >= len(own)


def _lacking(
    part: str,
    tops: Sequence[Item],
    found: Mapping[str, float],
    others: Sequence[Note],
    framework: Framework,
) -> str:
    """Return the sentence that says what is missing on a part of a topic."""
    if not found:
        return f"The corpus has nothing on \u201c{part}\u201d; the session leaves it out."
    under = listed([name_of(framework, one) for one in tops])
    text = f"No note for this audience speaks of \u201c{part}\u201d under {under}"
    return text + ("; what is said of it is from elsewhere." if others else ".")


def _parts(topic: str, whole: Whole) -> list[str]:
    """Return what a topic joins with “and”, unless something in the corpus has all of it as title.

    No topic has no parts.
    """
    asked = set(content_stems(topic))
    titles = [one.title for one in whole.framework.items]
    titles += [one.front.title for one in whole.notes]
    parts = [one.strip() for one in topic.replace(",", " and ").split(" and ") if one.strip()]
    is_whole = any(asked <= set(content_stems(one)) for one in titles)
    return [topic] if topic and (is_whole or len(parts) < 2) else parts


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


def _speaking(topic: str, whole: Whole, fitting: Sequence[Note]) -> dict[str, float]:
    """Return how well items and notes speak of a topic, by id; only those that do.

    Items count by their own words, notes by title, summary, headings and topics. What holds every
    word is kept, and a note with them in its title weighs up to twice as much; where no note that
    fits does, what holds the most, rare words first, as long as the corpus knows every word.
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
    fronts = [one.front for one in whole.notes]
    titles = {one.id: frozenset(content_stems(one.title)) for one in fronts}
    topics = {one.id: frozenset(content_stems(" ".join(one.topics))) for one in fronts}
    found: dict[str, float] = {}
    for wording in wordings:
        asked = frozenset(content_stems(wording))
        for key, held in stems.items():
            if asked and asked <= held:
                # What is called so is about it.
                title = titles.get(key, frozenset())
                own = len(asked & title) * (1 / len(asked) + 1 / max(1, len(title))) / 2
                own += TOPICAL * (asked <= topics.get(key, frozenset()))
                found[key] = max(found.get(key, 0.0), 1.0 + own)
    ids = {one.front.id for one in fitting}
    if not ids.intersection(found):
        either = ids if found else ids | {key for key in stems if key not in titles}
        open_ = {key: stems[key] for key in stems if key in either}
        found = _nearest(frozenset(content_stems(topic)), open_, whole) | found
    return {key: weight / max(found.values()) for key, weight in found.items()}


def _nearest(
    asked: frozenset[str], stems: Mapping[str, frozenset[str]], whole: Whole
) -> dict[str, float]:
    """Return what holds most of some words, with the weight of those; nothing if one is unknown.

    Words that a note says only further down, or is asked with, count half.
    """
    bodies = {
        note.front.id: frozenset(
            content_stems(" ".join((*(one.text for one in note.sentences), *chain(*note.asked))))
        )
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


def _served_by(notes: Sequence[Note], spoken: dict[str, float]) -> dict[str, float]:
    """Return the main items that the notes on a topic serve, with the weight of the note."""
    found: dict[str, float] = {}
    for note in notes:
        serves = note.front.capabilities[:1] or note.front.pillars[:1]
        for one in serves if note.front.id in spoken else ():
            found[one] = found.get(one, 0.0) + spoken[note.front.id] + spoken.get(one, 0.0)
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
    return [framework.item(one) for one in best if weight[one] * 2 >= weight[best[0]]]


def _fitting(request: SessionRequest, whole: Whole, today: date) -> list[Note]:
    """Return the notes that a session for an audience may use; what is named brings its own."""
    asked = {one.upper().removeprefix("GSR:").removeprefix("C") for one in request.capabilities}
    return [
        one
        for one in whole.notes
        if one.front.review_by >= today
        and one.front.id not in CARE
        and (
            request.audience in points().note.get(one.front.id, Point()).audiences
            or any(key.removeprefix("gsr:C") in asked for key in one.front.capabilities[:1])
        )
    ]


def _serving(
    request: SessionRequest,
    tops: Sequence[Item],
    named: Sequence[Item],
    spoken: dict[str, float],
    fitting: Sequence[Note],
) -> tuple[Note, ...]:
    """Return the notes that serve what a session is about, best first."""
    top_ids, ids = {one.id for one in tops}, {one.id for one in named}
    best = sorted(fitting, key=lambda one: -spoken.get(one.front.id, 0.0))[:NEAREST]
    main = {key for one in best if one.front.id in spoken for key in one.front.capabilities[:1]}

    def serves(note: Note) -> bool:
        front = note.front
        under = bool(top_ids.intersection(front.pillars))
        if request.capabilities:
            return front.id in spoken or bool(ids.intersection(front.capabilities))
        if spoken:
            close = front.id in spoken or bool(main.intersection(front.capabilities[:1]))
            return close and (under or not request.pillars)
        return under

    return _ranked(list(filter(serves, fitting)), tops, named, spoken)


def _ranked(
    notes: Sequence[Note],
    tops: Sequence[Item],
    named: Sequence[Item],
    spoken: dict[str, float],
) -> tuple[Note, ...]:
    """Return notes in the order in which they suit a session."""
    top_ids, ids = {one.id for one in tops}, {one.id for one in named}

    def score(note: Note) -> float:
        front = note.front
        about = 3.0 * bool(ids.intersection(front.capabilities[:1]))
        about += 1.0 * bool(ids.intersection(front.capabilities))
        about += 1.0 * bool(top_ids.intersection(front.pillars[:1]))
        stems = set(content_stems(front.title))
        about += 0.0 if spoken else max((_share(one, stems) for one in named), default=0.0)
        return about + 6.0 * spoken.get(front.id, 0.0)

    # A note for few audiences is nearer to their work.
    few = {key: len(point.audiences) for key, point in points().note.items()}
    return tuple(
        sorted(notes, key=lambda one: (-score(one), few.get(one.front.id, 0), one.front.id))
    )


def _share(item: Item, stems: set[str]) -> float:
    """Return which share of an item's title is among some stems."""
    own = set(content_stems(item.title))
    return len(own & stems) / len(own) if own else 0.0
