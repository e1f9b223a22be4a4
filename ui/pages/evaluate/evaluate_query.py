"""What is asked of the Evaluate workspace by its address, and what that leaves of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, Literal, NamedTuple, TypeVar, get_args
from urllib.parse import urlencode

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

SHOWN: tuple[Show, ...] = get_args(Show)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

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

    page: int = 1
    """Page of a list, from 1."""

    held: bool = False
    """Whether cases that are held out were asked for, on this view alone."""

    report: str = ""
    """Id of what a user reported."""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Query:
        """Return what an address asks for; what cannot be read counts as not there."""
        values: dict[str, object] = {
            name: given.get(name, "")[:LONGEST]
            for name in ("run", "against", "case", "family", "type", "words", "report")
        }
        show, verdict, page = given.get("show", ""), given.get("verdict", ""), given.get("page", "")
        if show in SHOWN:
            values["show"] = show
        elif values["run"]:
            values["show"] = "figures"
        if verdict in VERDICTS:
            values["verdict"] = verdict
        if page.isascii() and page.isdecimal():
            values["page"] = max(1, int(page[:6]))
        return cls.model_validate({**values, "held": given.get("held") == "yes"})

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
