"""Lists of the workspace: cases that filters leave, and one page of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from evals.cases.case import Case
from evals.comparing.compare import Change, Comparison
from evals.metrics.scores import Score
from ui.pages.evaluate.evaluate_query import Query

PAGE_OF = 25
"""Entries of a list that stand on one page."""

T = TypeVar("T")


class Listed(NamedTuple, Generic[T]):
    """One page of a list."""

    items: Sequence[T]
    """What stands on it."""

    first: int
    """Place of its first entry, from 1."""

    last: int
    """Place of its last entry."""

    total: int
    """Entries of the whole list."""

    before: str
    """Address of the page before; empty on the first."""

    after: str
    """Address of the next page; empty on the last."""

    @classmethod
    def of(cls, found: Sequence[T], query: Query) -> Listed[T]:
        """Return the page that is asked for, or the last one."""
        pages = max(1, -(-len(found) // PAGE_OF))
        page = min(query.page, pages)
        start = (page - 1) * PAGE_OF
        items = found[start : start + PAGE_OF]
        return cls(
            items=items,
            first=start + 1,
            last=start + len(items),
            total=len(found),
            before=query.address(page=page - 1) if page > 1 else "",
            after=query.address(page=page + 1) if page < pages else "",
        )


def changes_of(comparison: Comparison | None) -> Mapping[str, Change]:
    """Return the cases that changed between two runs, by id."""
    return {one.id: one for one in comparison.changes} if comparison else {}


def is_readable(one: Score, query: Query) -> bool:
    """Return whether a case may be shown: it may be tuned by, or was asked for deliberately."""
    return query.held or one.split == "development"


def fits(one: Score, query: Query, changes: Mapping[str, Change]) -> bool:
    """Return whether the filters leave a case."""
    change = changes.get(one.id)
    verdicts = {
        "": True,
        "wrong": not one.right,
        "right": one.right,
        "broken": change is not None and change.was_right and not change.is_right,
        "fixed": change is not None and change.is_right and not change.was_right,
    }
    return (
        verdicts[query.verdict]
        and query.family in ("", one.family)
        and query.type in ("", one.type)
        and has_words(one, query.words)
    )


def has_words(one: Score | Case, words: str) -> bool:
    """Return whether id, family and question of a case hold all words."""
    text = f"{one.id} {one.family} {one.question}".casefold()
    return all(word in text for word in words.casefold().split())
