"""What is asked of the Evaluate workspace by its address, and what that leaves of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Generic, Literal, NamedTuple, TypeVar
from urllib.parse import urlencode

from pydantic import Field, ValidationError

from corpus.passage import Record
from evals.cases.case import Case
from evals.comparing.compare import Change
from evals.metrics.scores import Score

PATH = "/evaluate"
"""Address of the workspace."""

LONGEST = 200
"""Characters of a value that are read."""

PAGE_OF = 25
"""Entries of a list that stand on one page."""

Show = Literal[
    "runs", "figures", "families", "cases", "plots", "compare", "own", "form", "reports", "learn"
]

Verdict = Literal["", "wrong", "right", "broken", "fixed"]

T = TypeVar("T")


class Query(Record):
    """One view of the workspace; what is not there is empty."""

    show: Show = "runs"
    run: str = ""
    against: str = ""
    """Name of the run that it is compared with."""

    case: str = ""
    verdict: Verdict = ""
    family: str = ""
    type: str = ""
    words: str = ""
    """Only cases that hold these words in question, id or family."""

    page: int = Field(1, ge=1)
    """Page of a list, from 1."""

    held: bool = False
    """Whether cases that are held out were asked for, on this view alone."""

    report: str = ""
    """Id of what a user reported."""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Query:
        """Return what an address asks for; what cannot be read counts as not there."""
        read: dict[str, object] = {"show": "figures"} if given.get("run") else {}
        for name in given.keys() & cls.model_fields.keys() - {"held"}:
            with suppress(ValidationError):
                read |= cls.model_validate({name: given[name][:LONGEST]}).model_dump(include={name})
        return cls.model_validate({**read, "held": given.get("held") == "yes"})

    def address(self, **changes: object) -> str:
        """Return the address of this view with some values changed."""
        changed = self.model_copy(update=changes)
        values = changed.model_dump(exclude_defaults=True)
        if changed.run and changed.show == "figures":
            values.pop("show")
        if values.pop("held", False):
            values["held"] = "yes"
        return f"{PATH}?{urlencode(values)}" if values else PATH


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


def is_readable(one: Score, query: Query) -> bool:
    """Return whether a case may be shown: it may be tuned by, or was asked for deliberately."""
    return query.held or one.split == "development"


def fits(one: Score, query: Query, changes: Mapping[str, Change]) -> bool:
    """Return whether the filters leave a case."""
    verdicts = {"right" if one.right else "wrong"}
    if (change := changes.get(one.id)) and change.was_right != change.is_right:
        verdicts.add("fixed" if change.is_right else "broken")
    return (
        query.verdict in {"", *verdicts}
        and query.family in ("", one.family)
        and query.type in ("", one.type)
        and has_words(one, query.words)
    )


def has_words(one: Score | Case, words: str) -> bool:
    """Return whether id, family and question of a case hold all words."""
    text = f"{one.id} {one.family} {one.question}".casefold()
    return all(word in text for word in words.casefold().split())
