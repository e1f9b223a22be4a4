"""What a plan says near each item of a framework: its likest sentences, and figures of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.lexicon import content_stems
from corpus.passage import Passage, Span
from corpus.structure.graph import Framework, Item

if TYPE_CHECKING:
    from assistant.retrieval.encoder import Matrix

Shares = NDArray[np.float64]
"""Shape (sentences, items): how near each sentence of a plan is to each item."""

Encode = Callable[[Sequence[str]], "Matrix"]
"""Texts to vectors of unit norm, in order."""

Read = Callable[[Sequence[tuple[str, str]]], NDArray[np.float64]]
"""Pairs of a statement and a sentence to the pair model's log-odds, shape (pairs, heads)."""

DEPTH = 8
"""Sentences of a plan that are read together with each item."""

SHARPNESS = 20.0
"""What nearness is multiplied by before the items share a sentence out among themselves."""

WORDS = 0.3
"""What shared words count for beside likeness in meaning."""

ABOVE = 2
"""Headings next above a sentence that are read with it."""


class Place(NamedTuple):
    """A sentence of a plan where it stands."""

    passage: Passage
    """The paragraph, the item of a list, or the row of a table."""

    span: Span
    """Where in its text."""

    @property
    def text(self) -> str:
        """Its words."""
        return self.span.of(self.passage.text)

    @property
    def headed(self) -> str:
        """Its words under the headings next above it."""
        return ": ".join((*self.passage.heading_path[-ABOVE:], self.text))


class Near(NamedTuple):
    """A sentence of a plan that may speak of an item."""

    place: int
    """Which of the plan's sentences, from 0."""

    score: float
    """How near it is, by meaning and words."""

    figures: dict[str, float]
    """What tells whether it says what the item does."""


class Evidence(NamedTuple):
    """What a plan says near an item."""

    item: Item
    """The item."""

    near: tuple[Near, ...]
    """The nearest sentences, the nearest first."""

    figures: dict[str, float]
    """What is told of the item by the plan as a whole."""


class Nearness(NamedTuple):
    """How near sentences are to items, in several ways."""

    meaning: Shares
    """Cosine with the item's own words."""

    wording: Shares
    """Greatest cosine with one of its everyday wordings."""

    headed: Shares
    """Cosine of the sentence under its headings with the item's own words."""

    words: Shares
    """Share of the weight of the item's words that the sentence holds, 0 to 1."""

    @property
    def score(self) -> Shares:
        """All of them as one."""
        alike: Shares = (self.meaning + self.wording + self.headed) / 3
        return alike + WORDS * self.words


def judged_items(framework: Framework) -> tuple[Item, ...]:
    """Return the items that a plan is held against, in reading order.

    They are what stands directly under the first kind of the structure and is not shared, as an
    actor is; where nothing stands under it, the items of that kind.
    """
    top = framework.top_kinds[0]
    kinds = {one.id for one in framework.kinds if one.parent == top.id and not one.shared}
    kinds = kinds or {top.id}
    return tuple(one for one in framework.items if one.kind in kinds)


def places_of(passages: Iterable[Passage]) -> tuple[Place, ...]:
    """Return the sentences of passages, in reading order."""
    return tuple(Place(passage, span) for passage in passages for span in passage.sentences)


def statement_of(item: Item) -> str:
    """Return an item's own words as one statement."""
    return ". ".join(filter(None, (item.title, item.description)))


def nearness(
    places: Sequence[Place], framework: Framework, items: Sequence[Item], encode: Encode
) -> Nearness:
    """Return how near sentences are to items."""
    own = [statement_of(one) for one in items]
    also = [framework.passage_by_id[one.id].also or (statement_of(one),) for one in items]
    bare, headed = [one.text for one in places], [one.headed for one in places]
    said, under = encode(bare), encode(headed)
    meant, worded = encode(own), encode([one for some in also for one in some])
    starts = np.cumsum([0, *map(len, also[:-1])])
    wording = np.maximum.reduceat(said @ worded.T, starts, axis=1)
    parts = (said @ meant.T, wording, under @ meant.T)
    return Nearness(*(one.astype(np.float64) for one in parts), shared_words(bare, own))


def shared_words(sentences: Sequence[str], statements: Sequence[str]) -> Shares:
    """Return the share of each statement's words that each sentence holds, by weight.

    A word weighs log((N + 1) / (n + 0.5)) with N texts, n of which hold it (Robertson and Zaragoza
    2009, section 3.1), the statements among the texts.
    """
    held = [frozenset(content_stems(one)) for one in sentences]
    wanted = [frozenset(content_stems(one)) for one in statements]
    among = Counter(stem for some in (*held, *wanted) for stem in some)
    stems = {stem: at for at, stem in enumerate(sorted({one for some in wanted for one in some}))}
    total = len(held) + len(wanted) + 1
    weight = np.array([math.log(total / (among[one] + 0.5)) for one in stems])

    def table(texts: Sequence[frozenset[str]]) -> NDArray[np.float64]:
        rows = np.zeros((len(texts), len(stems)))
        for at, some in enumerate(texts):
            rows[at, [stems[one] for one in some if one in stems]] = 1.0
        return rows

    needs = table(wanted) * weight
    whole = needs.sum(axis=1)
    shares: Shares = (table(held) @ needs.T) / np.where(whole == 0.0, 1.0, whole)
    return shares


def evidence_of(
    near: Nearness, items: Sequence[Item], places: Sequence[Place], read: Read
) -> list[Evidence]:
    """Return for each item the nearest sentences, with figures of each and of the plan."""
    score = near.score
    order = np.argsort(-score, axis=0, kind="stable")[:DEPTH]
    pairs = [
        (statement_of(item), places[place].headed)
        for at, item in enumerate(items)
        for place in order[:, at]
    ]
    odds = read(pairs).reshape(len(items), len(order), -1)
    shared = np.exp(SHARPNESS * (score - score.max(axis=1, keepdims=True)))
    shared /= shared.sum(axis=1, keepdims=True)
    parts = {**near._asdict(), "score": score, "own": shared}
    found = []
    for at, item in enumerate(items):
        rows = tuple(
            Near(
                int(place),
                float(score[place, at]),
                {name: float(part[place, at]) for name, part in parts.items()}
                | {"section": float(read_as[0]), "sentence": float(read_as[1])},
            )
            for place, read_as in zip(order[:, at], odds[at], strict=True)
        )
        column = score[:, at]
        figures = {
            "stands_out": float((column.max() - column.mean()) / (column.std() + 1e-6)),
            "owned": float(shared[:, at].sum()),
            "length": math.log(len(places)),
        }
        found.append(Evidence(item, rows, figures))
    return found
