"""What a language model is asked to judge, and its verdicts as rows of `judged.jsonl`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from corpus.passage import Record, sha256_of
from evals.cases.case import Split
from evals.folder import JUDGED, read_rows

Part = Literal["claims", "statements", "answers", "swapped"]
"""Labelled claims beside their text, statements of answers beside their quotes, answers beside
their question, and answers beside the question of another case."""


class Terms(Record):
    """What all rows of a file have in common."""

    model: str
    """Name of the model."""

    split: Split
    """The split that claims and answers are of."""

    seed: int
    """What they were drawn and exchanged by."""


class Judged(Record):
    """One thing that is judged, and what others say of it."""

    id: str
    """Unlike that of every other thing of a run."""

    part: Part
    """What it is."""

    unit: str
    """What it hangs together with: the text of a claim, or the case."""

    gold: bool | None
    """What is right; none where nobody says so."""

    checker: bool | None
    """What the checker says, by words alone; none of an answer as a whole."""

    yes_first: bool
    """Whether yes is named before no in what is asked."""


class Item(Judged):
    """The same, before it is judged."""

    system: str
    """The rules that go before."""

    request: str
    """What is asked."""

    @property
    def digest(self) -> str:
        """Of all that the model is told, so that a changed question is asked again."""
        return sha256_of(f"{self.system}\n{self.request}")


class JudgedRow(Judged):
    """A row of `judged.jsonl`; it holds no words, neither of the case nor of the model."""

    digest: str
    """Of what was asked."""

    terms: Terms
    """By which model, and what was drawn."""

    verdict: bool | None
    """Yes or no; none where the model said anything else."""

    seconds: float
    """That it took."""

    @classmethod
    def of(cls, item: Item, terms: Terms, verdict: bool | None, seconds: float) -> JudgedRow:
        """Return what is kept of an item that was judged."""
        told = {one: getattr(item, one) for one in (*Judged.model_fields, "digest")}
        return cls(**told, terms=terms, verdict=verdict, seconds=seconds)


def load_judged(folder: Path) -> tuple[JudgedRow, ...]:
    """Read what a model said of a run; nothing if none was asked.

    Raises:
        BatchError: a line is not in its form.
    """
    return read_rows(folder / JUDGED, JudgedRow, "verdict")
