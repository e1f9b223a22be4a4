"""What a plan is held against: the items of a framework, and what their texts mean as vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from assistant.retrieval.encoder import Matrix, unit

if TYPE_CHECKING:
    from corpus.readers.page import PlanSentence
    from corpus.structure.graph import Framework, Item

PART = 0.7
"""What a sentence that only touches on an item counts for in its centre."""


class Yardstick(NamedTuple):
    """Items, in reading order, with vectors of their texts."""

    items: tuple[Item, ...]
    statements: tuple[str, ...]
    """The framework's own words of each."""

    everyday: tuple[str, ...]
    """An everyday wording of each, or the statement where there is none."""

    meaning: Matrix
    """Of the statements, shape (items, dimension)."""

    centre: Matrix
    """Of all that says the item: statement, wordings, and labelled sentences."""

    wordings: tuple[Matrix, ...]
    """By item, of its everyday wordings; of its statement where it has none."""

    addressing: tuple[Matrix, ...]
    """By item, of labelled sentences that address it; of its wordings where there are none."""

    touching: tuple[Matrix, ...]
    """By item, of those that touch on it; of its wordings where there are none."""

    misleading: tuple[Matrix, ...]
    """By item, of those that only sound like it."""

    background: Matrix
    """Of all these texts: how near sentences usually are to an item."""

    @classmethod
    def of(
        cls,
        framework: Framework,
        rows: Sequence[PlanSentence],
        encode: Callable[[Sequence[str]], Matrix],
    ) -> Self:
        """Encode what the items of a framework say and mean.

        Args:
            framework: any.
            rows: labelled sentences about its items; there may be none.
            encode: texts to vectors of unit norm.
        """
        items = judged_items(framework)
        statements = tuple(map(statement_of, items))
        labelled: dict[tuple[str, str], list[str]] = {}
        for row in rows:
            labelled.setdefault((row.item, row.judgement), []).append(row.text)
        also = [list(framework.passage_by_id[one.id].also) for one in items]
        groups = [list(statements), *also]
        for judgement in ("addressed", "touched_on", "not_found"):
            groups += [labelled.get((one.id, judgement), []) for one in items]
        matrix = encode([text for some in groups for text in some])
        named = zip(also, statements, strict=True)
        ends = [*accumulate(map(len, groups))]
        meaning, *others = np.split(matrix, ends[:-1])
        by = [others[start : start + len(items)] for start in range(0, len(others), len(items))]
        own = [meaning[at : at + 1] for at in range(len(items))]
        wordings = [_or(*one) for one in zip(by[0], own, strict=True)]
        centre = [
            one.sum(axis=0) + worded.sum(axis=0) + does.sum(axis=0) + PART * touches.sum(axis=0)
            for one, worded, does, touches in zip(own, *by[:3], strict=True)
        ]
        return cls(
            items=items,
            statements=statements,
            everyday=tuple((*also, said)[0] for also, said in named),
            meaning=meaning,
            centre=unit(np.stack(centre)),
            wordings=tuple(wordings),
            addressing=tuple(_or(*one) for one in zip(by[1], wordings, strict=True)),
            touching=tuple(_or(*one) for one in zip(by[2], wordings, strict=True)),
            misleading=tuple(by[3]),
            background=matrix,
        )


def judged_items(framework: Framework) -> tuple[Item, ...]:
    """Return the items that a plan is held against, in reading order.

    They are what stands directly under the first kind of the structure and is not shared, as an
    actor is; where nothing stands under it, the items of that kind.
    """
    top = framework.top_kinds[0]
    kinds = {one.id for one in framework.kinds if one.parent == top.id and not one.shared}
    kinds = kinds or {top.id}
    return tuple(one for one in framework.items if one.kind in kinds)


def statement_of(item: Item) -> str:
    """Return an item's own words as one statement."""
    return ". ".join(filter(None, (item.title, item.description)))


def _or(rows: Matrix, otherwise: Matrix) -> Matrix:
    return rows if len(rows) else otherwise
