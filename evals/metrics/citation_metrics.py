"""Citation recall and precision by ALCE's definition, whoever judges what carries what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple, TypeVar

C = TypeVar("C")

Pair = tuple[int, int]
"""How many of how many."""


class Cited(NamedTuple):
    """What the citations of one statement are worth."""

    carried: bool
    """Whether all of them together carry the statement: its citation recall."""

    relevant: tuple[bool, ...]
    """Whether each counts for citation precision, in order."""


def cited(citations: Sequence[C], carries: Callable[[Sequence[C]], bool]) -> Cited:
    """Judge the citations of a statement.

    Gao et al. 2023, "Enabling large language models to generate text with citations" (EMNLP),
    section 3. A statement is recalled if it has citations and all of them together carry it. A
    citation is irrelevant if it does not carry the statement by itself and the others carry it
    without it; it is precise if it is not irrelevant and the statement is recalled.

    Args:
        citations: of the statement, in order.
        carries: whether some of the citations carry the statement.

    >>> held = {"a": {"reports", "fell"}, "b": {"fell"}, "c": set()}
    >>> def both(some): return {"reports", "fell"} <= set().union(*(held[one] for one in some))
    >>> cited(["a", "c"], both)
    Cited(carried=True, relevant=(True, False))
    >>> cited(["b", "c"], both)
    Cited(carried=False, relevant=(False, False))
    """
    if not citations or not carries(citations):
        return Cited(False, (False,) * len(citations))
    if len(citations) == 1:
        return Cited(True, (True,))
    others = [[*citations[:place], *citations[place + 1 :]] for place in range(len(citations))]
    relevant = tuple(
        carries([one]) or not carries(rest) for one, rest in zip(citations, others, strict=True)
    )
    return Cited(True, relevant)


def citation_recall(judged: Sequence[Cited]) -> Pair | None:
    """Return the statements that their citations carry, and all; `None` without statements.

    >>> citation_recall([Cited(True, (True,)), Cited(False, ())])
    (1, 2)
    """
    return (sum(one.carried for one in judged), len(judged)) if judged else None


def citation_precision(judged: Sequence[Cited]) -> Pair | None:
    """Return the citations that are precise, and all; `None` without citations.

    >>> citation_precision([Cited(True, (True, False)), Cited(False, (False,))])
    (1, 3)
    """
    each = [one for statement in judged for one in statement.relevant]
    return (sum(each), len(each)) if each else None


def by_gold(citations: Sequence[Sequence[str]], fitting: Collection[str]) -> list[Cited]:
    """Judge citations by gold in place of a checker: a passage carries if it fits the question.

    A statement is recalled if one of its citations fits, and a citation is precise if it fits.

    Args:
        citations: ids of the passages that each statement cites.
        fitting: ids that are gold or as good, notes by what stands before `#`.

    >>> by_gold([["gsr:C12", "gsr:P1"], ["note:barnahus#2"], []], {"gsr:C12", "note:barnahus"})
    [Cited(carried=True, relevant=(True, False)), Cited(carried=True, relevant=(True,)), \
Cited(carried=False, relevant=())]
    """
    judged = []
    for ids in citations:
        fits = tuple(one in fitting or one.partition("#")[0] in fitting for one in ids)
        judged.append(Cited(any(fits), fits))
    return judged
