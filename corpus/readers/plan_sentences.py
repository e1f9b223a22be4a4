"""Sentences as plans write them, labelled with what they do for an item of the framework."""

from __future__ import annotations

from collections.abc import Collection
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

from pydantic import Field

from corpus.errors import CorpusError
from corpus.passage import Record
from corpus.readers.questions import read_rows

FILE = "plan_sentences.jsonl"
"""Name of the file, beside `framework.toml`; a framework may be without."""

Judgement = Literal["addressed", "touched_on", "not_found"]
"""How much of an item is said: an action that would bring it about, a word about its subject or a
part of it, or nothing, whatever words are used."""


class PlanSentence(Record):
    """A sentence with its label."""

    item: str
    """The item that it is about, or sounds as if it were."""

    judgement: Judgement
    """What it does for the item."""

    text: Annotated[str, Field(min_length=5, max_length=600)]
    """The sentence, written for this purpose."""


def shipped_plan_sentences() -> Traversable:
    """Return the folder with the sentences that ship."""
    return files("corpus") / "framework"


def read_plan_sentences(folder: Traversable, items: Collection[str]) -> tuple[PlanSentence, ...]:
    """Read labelled sentences; none where the folder has no such file.

    Raises:
        CorpusError: a line is no row, or names an unknown item.
    """
    path = folder / FILE
    if not path.is_file():
        return ()
    full = {short: one for one in items for short in (one, one.partition(":")[2])}
    found = []
    for number, row in enumerate(read_rows(path, PlanSentence), start=1):
        if row.item not in full:
            raise CorpusError(f"{FILE}, line {number}: there is no item {row.item!r}; rename it.")
        found.append(row.model_copy(update={"item": full[row.item]}))
    return tuple(found)
