"""What is asked of the Evaluate workspace: its address, read with care."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args
from urllib.parse import urlencode

from corpus.passage import Record

PATH = "/evaluate"
"""Address of the workspace."""

LONGEST = 200
"""Characters of a value that are read."""

Show = Literal[
    "runs", "figures", "families", "cases", "plots", "compare", "own", "form", "reports", "learn"
]

Verdict = Literal["", "wrong", "right", "broken", "fixed"]

SHOWN: tuple[Show, ...] = get_args(Show)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


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
