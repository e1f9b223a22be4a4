"""Invented national plans, each with a label for every item of the framework."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from assistant.errors import BatchError
from assistant.gaps.findings import Judgement
from corpus.passage import Record
from corpus.readers.documents import Document, read_document
from corpus.readers.questions import read_rows

FOLDER = Path(__file__).parent / "plans"
"""Where they are: `NAME.md`, and beside it `NAME.gold.jsonl`."""

OTHER = "other_matters.markdown"
"""Chapters on other matters, in words of the framework: with them a plan says what it said."""

TEST = frozenset("cfhijk")
"""Names of those that nothing is fitted on and that are scored as totals only."""


class ItemGold(Record):
    """What a plan says of an item, as its author holds."""

    item: str
    judgement: Judgement
    """How much of it the plan says."""

    quotes: tuple[str, ...] = ()
    """Sentences of the plan that say it, verbatim; one is enough."""


class PlanCase(NamedTuple):
    """A plan with its labels."""

    name: str
    """Name of its file, without the ending."""

    plan: Document
    gold: dict[str, ItemGold]
    """By item."""


def load_plans(*, test: bool) -> list[PlanCase]:
    """Read the plans for development, or those for the test, by name.

    Raises:
        BatchError: a label quotes what the plan does not say.
    """
    found = []
    for path in sorted(FOLDER.glob("*.md")):
        if (path.stem in TEST) == test:
            plan, gold = read_document(path), path.with_suffix(".gold.jsonl")
            rows = list(read_rows(gold, ItemGold))
            said = " ".join(" ".join(one.text for one in plan.sections).split())
            for row in rows:
                for quote in row.quotes:
                    if " ".join(quote.split()) not in said:
                        raise BatchError(f"{gold}: {path.name} does not say {quote!r}; quote it.")
            found.append(PlanCase(path.stem, plan, {one.item: one for one in rows}))
    return found


def other_matters() -> Document:
    """Return the chapters on other matters, which answer no item."""
    return read_document(FOLDER / OTHER)
