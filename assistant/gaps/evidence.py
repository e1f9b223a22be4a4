"""What a plan says near each item of a framework: its likest sentences, and figures of them.

The yardstick holds the items, and what their texts mean as vectors.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import accumulate
from typing import NamedTuple, Self

import numpy as np
import scipy  # type: ignore[import-untyped]  # it ships no types; its parts load when used
from numpy.typing import NDArray

from assistant.answering.sentences import Sentence
from assistant.citing.verifier import Encode
from assistant.gaps.findings import JUDGEMENTS
from assistant.retrieval.encoder import Matrix, Vector, unit
from assistant.understanding.lexicon import content_stems
from corpus.passage import Passage
from corpus.readers.page import PlanSentence
from corpus.structure.graph import Framework, Item

Shares = NDArray[np.float64]
"""Shape (sentences, items): how near each sentence of a plan is to each item."""

Read = Callable[[Sequence[tuple[str, str]]], NDArray[np.float64]]
"""Questions with texts to what the pair model's two heads say, shape (pairs, 2)."""

PART, COMMON = 0.7, 0.7
"""What a sentence that only touches on an item counts for in its centre; and how much of what a
sentence is near to all items is taken off: some are near to everything."""

DEPTH = 6  # Sentences of a plan that are weighed for each item.
LIKEST = {"wording": 1, "likest": 2, "partly": 2, "trap": 1}
"""How many of what an item is said by count, the likest, by what it is."""

SHARPNESS, TWINS = 10.0, 4
"""What nearness is multiplied by before the items share a sentence out among themselves, and power
of the likeness of two items by which they do not contend for one."""

ABOVE, AROUND = 2, (1.0, 1.0, 0.0, 1.0, 1.0)
"""Headings next above a sentence that are read with it, and how much the two sentences before it,
itself, and the two behind tell of what it stands among."""

READ = ("section", "sentence")
"""What the heads of the pair model say of an item's everyday wording and a sentence."""


class Yardstick(NamedTuple):
    """Items, in reading order, with vectors of their texts."""

    items: tuple[Item, ...]
    statements: tuple[str, ...]
    everyday: tuple[str, ...]
    """The framework's own words of each, and an everyday wording, or the same where it has none."""

    meaning: Matrix
    centre: Matrix
    """Of the statements, and of all that says the item (statement, wordings, and labelled
    sentences); shape (items, dimension)."""

    said: dict[str, tuple[Matrix, ...]]
    """By item, `wording`: of its everyday wordings (of its statement where it has none); `likest`,
    `partly`: of labelled sentences that address it, or touch on it (of its wordings where there are
    none); and `trap`: of those that only sound like it."""

    background: Matrix
    """Of all these texts: how near sentences usually are to an item."""

    @classmethod
    def of(cls, framework: Framework, rows: Sequence[PlanSentence], encode: Encode) -> Self:
        """Encode what the items of a framework say and mean; there may be no labelled sentences."""
        items = judged_items(framework)
        statements = tuple(map(statement_of, items))
        labelled = defaultdict[tuple[str, str], list[str]](list)
        for row in rows:
            labelled[row.item, row.judgement].append(row.text)
        also = [framework.passage_by_id[item.id].also for item in items]
        given = (labelled[item.id, one] for one in JUDGEMENTS for item in items)
        groups = [statements, *also, *given]
        matrix = encode([text for texts in groups for text in texts])
        meaning, *others = np.split(matrix, [*accumulate(map(len, groups))][:-1])
        worded, does, touches, misleading = (
            tuple(others[start : start + len(items)]) for start in range(0, len(others), len(items))
        )
        centre = [
            own + w.sum(axis=0) + d.sum(axis=0) + PART * t.sum(axis=0)
            for own, w, d, t in zip(meaning, worded, does, touches, strict=True)
        ]

        def filled(some: Sequence[Matrix], instead: Iterable[Matrix]) -> tuple[Matrix, ...]:
            pairs = zip(some, instead, strict=True)
            return tuple(own if len(own) else other for own, other in pairs)

        wording = filled(worded, meaning[:, None])
        likest, partly = filled(does, wording), filled(touches, wording)
        return cls(
            items=items,
            statements=statements,
            everyday=tuple((*some, said)[0] for some, said in zip(also, statements, strict=True)),
            meaning=meaning,
            centre=unit(np.stack(centre)),
            said={"wording": wording, "likest": likest, "partly": partly, "trap": misleading},
            background=matrix,
        )


def judged_items(framework: Framework) -> tuple[Item, ...]:
    """Return what a plan is held against: unshared items under the first kind, else those of it."""
    top = framework.top_kinds[0]
    kinds = {one.id for one in framework.kinds if one.parent == top.id and not one.shared}
    kinds = kinds or {top.id}
    return tuple(one for one in framework.items if one.kind in kinds)


def statement_of(item: Item) -> str:
    """Return an item's own words as one statement."""
    return ". ".join(filter(None, (item.title, item.description)))


class Near(NamedTuple):
    """A sentence of a plan that may speak of an item: which, from 0, and what tells whether."""

    place: int
    figures: dict[str, float]
    odds: float = 0.0
    does: float = 0.0
    """Log-odds that it speaks of the item, and that it addresses it, once they are weighed."""

    @property
    def chance(self) -> float:
        """How likely it is that it speaks of the item, 0 to 1."""
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, self.odds))))


def places_of(passages: Iterable[Passage]) -> tuple[Sentence, ...]:
    """Return the sentences of passages, in reading order."""
    spans = ((one, *numbered) for one in passages for numbered in enumerate(one.sentences))
    return tuple(Sentence(passage, span, number) for passage, number, span in spans)


def evidence_of(
    places: Sequence[Sentence], yardstick: Yardstick, committing: Vector, encode: Encode, read: Read
) -> list[tuple[Near, ...]]:
    """Return for each item the nearest sentences of a plan, one at least, the nearest first.

    In the direction of `committing` lie sentences that say what is done, not what is wished for.
    """
    texts = [one.text for one in places]
    headed = [": ".join((*one.passage.heading_path[-ABOVE:], one.text)) for one in places]
    said, under = encode(texts), encode(headed)
    parts = nearness(said, under, texts, yardstick)
    parts["commits"] = np.repeat((said @ committing)[:, None], len(yardstick.items), axis=1)
    order = np.argsort(-parts["own"], axis=0, kind="stable")[:DEPTH].T
    pairs = zip(yardstick.everyday, order, strict=True)
    odds = iter(read([(wording, texts[place]) for wording, row in pairs for place in row]).tolist())

    def near(place: int, at: int) -> Near:
        figures = {name: float(part[place, at]) for name, part in parts.items()}
        return Near(place, figures | dict(zip(READ, next(odds), strict=True)))

    return [tuple(near(place, at) for place in row) for at, row in enumerate(order.tolist())]


def nearness(
    said: Matrix, under: Matrix, texts: Sequence[str], yardstick: Yardstick
) -> dict[str, Shares]:
    """Return how near sentences are to items, in several ways, by name.

    `said` are the vectors of `texts`, and `under` those of the same under their headings.
    """

    def likenesses(said: Matrix, under: Matrix) -> tuple[dict[str, Shares], Shares]:
        found = {
            "meaning": said @ yardstick.meaning.T,
            "centre": said @ yardstick.centre.T,
            "headed": under @ yardstick.centre.T,
            **{name: likest(said, texts, LIKEST[name]) for name, texts in yardstick.said.items()},
        }
        parts = {name: part.astype(np.float64) for name, part in found.items()}
        nearest: Shares = parts["centre"] + 0.5 * (parts["likest"] + parts["wording"])
        return parts, nearest + 0.3 * parts["headed"] + 0.25 * parts["partly"]

    parts, whole = likenesses(said, under)
    parts["words"] = shared_words(texts, yardstick.statements)
    whole = whole + 0.2 * parts["words"]
    field = whole.mean(axis=1, keepdims=True)
    own = whole - COMMON * field
    usual = likenesses(yardstick.background, yardstick.background)[1]
    usual = usual - COMMON * usual.mean(axis=1, keepdims=True)
    twins = np.maximum(yardstick.centre @ yardstick.centre.T, 0.0) ** TWINS
    contending = 1.0 - twins + np.eye(len(twins)) * twins
    raised = np.exp(SHARPNESS * (own - own.max(axis=1, keepdims=True)))
    field = field + np.zeros_like(own)
    return parts | {
        "field": field,
        "field_among": _among(field),
        "own": own,
        "share": raised / raised.sum(axis=1, keepdims=True),
        "share_of_unlike": raised / (raised @ contending.T),
        "stands_out": (own - usual.mean(axis=0)) / (usual.std(axis=0) + 1e-6),
        "among": _among(own),
    }


def likest(said: Matrix, texts: Sequence[Matrix], count: int) -> Shares:
    """Return for each item the mean of the greatest cosines with its texts, 0 where it has none."""
    columns = np.zeros((len(said), len(texts)))
    for at, rows in enumerate(texts):
        if len(rows):
            columns[:, at] = np.sort(said @ rows.T, axis=1)[:, -count:].mean(axis=1)
    return columns


def _among(own: Shares) -> Shares:
    """Return the mean nearness of the sentences around each; of one alone, its own."""
    around = partial(scipy.ndimage.correlate1d, weights=AROUND, axis=0, mode="constant")
    counts = around(np.ones((len(own), 1)))
    return np.where(counts > 0.0, around(own) / np.maximum(counts, 1.0), own)


def shared_words(sentences: Sequence[str], statements: Sequence[str]) -> Shares:
    """Return the share of each statement's words that each sentence holds, by weight.

    A word weighs log((N + 1) / (n + 0.5)) with N texts, n of which hold it (Robertson and Zaragoza
    2009, section 3.1), the statements among the texts.

    >>> shared_words(["The gate is lit.", "Ships leave."], ["lit gate", "ships"]).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    said = [frozenset(content_stems(one)) for one in (*sentences, *statements)]
    stems = sorted(frozenset().union(*said[len(sentences) :]))
    table = np.array([[one in some for one in stems] for some in said], dtype=np.float64)
    weight = np.log((len(said) + 1) / (table.sum(axis=0) + 0.5))
    held, needs = table[: len(sentences)], table[len(sentences) :] * weight
    whole = needs.sum(axis=1)
    shares: Shares = (held @ needs.T) / np.where(whole == 0.0, 1.0, whole)
    return shares
