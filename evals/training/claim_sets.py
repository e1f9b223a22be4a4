"""Sets of labelled claims with their contexts, measured, and the area under their ROC curve."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel
from tqdm import tqdm

from assistant.citing.alignment import Alignment, measures
from assistant.citing.claims import read_claim, read_context
from assistant.citing.verifier import Encode, likeness
from assistant.errors import BatchError
from assistant.understanding.lexicon import words_of

WORDS = ("neighbours", "letters", "amounts", "missing_names")
LIKENESS = ("best_likeness", "mean_likeness")

RESAMPLES, SEED = 2000, 20_261_125

Numbers = NDArray[np.float64]


class Pair(BaseModel):
    """A row of the data; the fields that are used."""

    context: str
    claim: str
    label: str
    group: str = ""
    question: str = ""


@dataclass(frozen=True)
class DataSet:
    """A set of labelled pairs, measured."""

    name: str
    file: Path
    pairs: list[Pair]
    measured: Numbers
    """Shape (pairs, measures): `WORDS`, then `LIKENESS`."""

    pooled: bool
    """Whether the rows of a group are contexts of one claim, which counts by its best."""

    @property
    def labels(self) -> NDArray[np.bool_]:
        """Whether each pair is labelled as supported."""
        return np.array([pair.label == "supported" for pair in self.pairs])

    @property
    def groups(self) -> list[str]:
        """What must not be divided between fitting and scoring."""
        return [pair.group or pair.question for pair in self.pairs]

    def units(self, scores: Numbers) -> tuple[NDArray[np.bool_], Numbers, list[str]]:
        """Return label, score and group of each claim."""
        if not self.pooled:
            return self.labels, scores, self.groups
        best: dict[str, tuple[bool, float]] = {}
        for group, label, score in zip(self.groups, self.labels, scores, strict=True):
            known = best.get(group, (False, -np.inf))
            best[group] = (bool(label) or known[0], max(known[1], float(score)))
        labels = np.array([label for label, _ in best.values()])
        return labels, np.array([score for _, score in best.values()]), list(best)


class Area(NamedTuple):
    """An area under the ROC curve with its 95 % bootstrap interval over groups."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        """Return it as it is printed."""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}] (n {self.n})"


def read_set(file: Path, name: str, encode: Encode, *, pooled: bool) -> DataSet:
    """Read and measure a set.

    Raises:
        BatchError: the file cannot be read.
    """
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            pairs = [Pair.model_validate(json.loads(line)) for line in lines]
    except OSError as error:
        raise BatchError(f"The data file {file} cannot be read: {error.strerror}.") from None
    rows = [measure(pair, encode) for pair in tqdm(pairs, desc=name, disable=None)]
    return DataSet(name, file, pairs, np.array(rows), pooled)


def measure(pair: Pair, encode: Encode) -> list[float]:
    """Return what is measured of a pair, in the order of `WORDS` and `LIKENESS`."""
    alignment = Alignment(read_claim(pair.claim), read_context(pair.context))
    measured = measures(alignment) | likeness(alignment, encode)
    return [measured[name] for name in (*WORDS, *LIKENESS)]


def remembering(encode: Encode) -> Encode:
    """Return an encoder that keeps what it has encoded, because contexts share sentences."""
    known: dict[str, NDArray[np.float32]] = {}

    def encoded(texts: Sequence[str]) -> NDArray[np.float32]:
        if new := [text for text in dict.fromkeys(texts) if text not in known]:
            known.update(zip(new, encode(new), strict=True))
        return np.stack([known[text] for text in texts])

    return encoded


def share_found(one: DataSet) -> Numbers:
    """Return the share of the claim's words that the context holds."""

    def words(text: str) -> set[str]:
        return {word for word, _, _ in words_of(text)}

    pairs = ((words(pair.claim), words(pair.context)) for pair in one.pairs)
    return np.array([len(claim & held) / max(1, len(claim)) for claim, held in pairs])


def area(one: DataSet, scores: Numbers, resamples: int = RESAMPLES) -> Area:
    """Return the area over claims, with an interval from resampled groups."""
    labels, scored, groups = one.units(scores)
    names = list(dict.fromkeys(groups))
    members = [np.flatnonzero(np.array(groups) == name) for name in names]
    random = np.random.default_rng(SEED)
    areas = []
    for _ in range(resamples):
        drawn = np.concatenate([members[at] for at in random.integers(len(names), size=len(names))])
        if 0 < labels[drawn].sum() < len(drawn):
            areas.append(under_curve(labels[drawn], scored[drawn]))
    low, high = np.percentile(areas, [2.5, 97.5])
    return Area(under_curve(labels, scored), float(low), float(high), len(labels))


def under_curve(labels: NDArray[np.bool_], scores: Numbers) -> float:
    """Return the chance that a supported claim scores above one that is not; ties count half.

    The statistic of Mann and Whitney 1947, Annals of Mathematical Statistics 18:50-60, section 2.

    >>> under_curve(np.array([True, False, True, False]), np.array([0.9, 0.1, 0.5, 0.5]))
    0.875
    """
    from scipy.stats import rankdata  # type: ignore[import-untyped]

    true = int(labels.sum())
    ranks = rankdata(scores)[labels].sum() - true * (true + 1) / 2
    return float(ranks / (true * (len(labels) - true)))
