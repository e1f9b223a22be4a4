"""Fit the verifier's weights: `python -m evals.training.fit_verifier --data DIR`.

`DIR` holds two public data sets as gzipped JSON Lines; neither is part of the project:

- `wice_dev.jsonl.gz`: WiCE (Kamoi et al. 2023, EMNLP), oracle chunks, development split; rows with
  `group` (a claim stands in several rows, once for each context), `context`, `claim`, `label`;
- `expertqa_claims.jsonl.gz`: claims of ExpertQA (Malaviya et al. 2024, NAACL) with the passages
  they cite; rows with `question`, `context`, `claim`, `label`.

The label is `supported` or `unsupported`. It writes `support.json` and prints the area
under the ROC curve, by grouped cross-validation and from one set to the other, beside that of the
share of the claim's words that the context holds. The same data give the same file.
"""

import argparse
import gzip
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve
from tqdm import tqdm

from assistant.citing.claims import Alignment, measures, read_claim, read_context
from assistant.citing.verifier import (
    FILE,
    Encode,
    FittedFrom,
    Logistic,
    Support,
    Verifier,
    Weighing,
    likeness,
)
from assistant.errors import BatchError
from assistant.home import sha256_of_file
from assistant.retrieval.models import load_embedder
from assistant.settings import Settings
from assistant.understanding.lexicon import words_of
from evals.statistics import Estimate

WORDS = ("neighbours", "letters", "amounts", "missing_names")
LIKENESS = ("best_likeness", "mean_likeness")

RESAMPLES, SEED = 2000, 20_261_125

Numbers = NDArray[np.float64]

VERSION = "aligned-1"

INVERSE_PENALTY = 0.03
"""`C` of the logistic regression, by cross-validation among 0.003, 0.01, 0.03, 0.1, 0.3 and 1."""

FOLDS = 5


class Pair(BaseModel):
    """A row of the data; the fields that are used."""

    context: str
    claim: str
    label: str
    group: str = ""
    question: str = ""


class DataSet(NamedTuple):
    """A set of labelled pairs, measured."""

    name: str
    file: Path
    pairs: list[Pair]
    measured: Numbers
    """Shape (pairs, measures): `WORDS`, then `LIKENESS`."""

    pooled: bool
    """Whether the rows of a group are contexts of one claim, which counts by its best."""

    labels: NDArray[np.bool_]
    """Whether each pair is labelled as supported."""

    groups: list[str]
    """What must not be divided between fitting and scoring, of each pair."""

    def units(self, scores: Numbers) -> tuple[NDArray[np.bool_], Numbers, list[str]]:
        """Return label, score and group of each claim."""
        if not self.pooled:
            return self.labels, scores, self.groups
        best: dict[str, tuple[bool, float]] = {}
        for group, label, score in zip(self.groups, self.labels, scores, strict=True):
            known = best.get(group, (False, -np.inf))
            best[group] = (bool(label) or known[0], max(known[1], float(score)))
        labels, highest = zip(*best.values(), strict=True)
        return np.array(labels), np.array(highest), list(best)


def read_set(file: Path, name: str, encode: Encode, *, pooled: bool) -> DataSet:
    """Read and measure a set.

    Raises:
        BatchError: the file cannot be read.
    """
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            pairs = [Pair.model_validate_json(line) for line in lines]
    except OSError as error:
        raise BatchError(f"The data file {file} cannot be read: {error.strerror}.") from None
    rows = []
    for pair in tqdm(pairs, desc=name, disable=None):
        alignment = Alignment(read_claim(pair.claim), read_context(pair.context))
        measured = measures(alignment) | likeness(alignment, encode)
        rows.append([measured[one] for one in (*WORDS, *LIKENESS)])
    labels = np.array([pair.label == "supported" for pair in pairs])
    groups = [pair.group or pair.question for pair in pairs]
    return DataSet(name, file, pairs, np.array(rows), pooled, labels, groups)


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
    texts = ((pair.claim, pair.context) for pair in one.pairs)
    words = [[{word for word, _, _ in words_of(text)} for text in pair] for pair in texts]
    return np.array([len(claim & held) / max(1, len(claim)) for claim, held in words])


def area(one: DataSet, scores: Numbers, resamples: int = RESAMPLES) -> Estimate:
    """Return the area over claims, with an interval from resampled groups."""
    labels, scored, groups = one.units(scores)
    names = list(dict.fromkeys(groups))
    members = [np.flatnonzero(np.array(groups) == name) for name in names]
    random = np.random.default_rng(SEED)
    areas = []
    for _ in range(resamples):
        drawn = np.concatenate([members[at] for at in random.integers(len(names), size=len(names))])
        if 0 < labels[drawn].sum() < len(drawn):
            areas.append(float(roc_auc_score(labels[drawn], scored[drawn])))
    low, high = map(float, np.percentile(areas, [2.5, 97.5]))
    value = float(roc_auc_score(labels, scored))
    return Estimate(value=value, n=len(labels), unscored=0, low=low, high=high, method="bootstrap")


def fit(sets: Sequence[DataSet]) -> Support:
    """Fit both regressions on all sets together."""
    return Support(
        version=VERSION,
        words=_logistic(sets, WORDS),
        meaning=_logistic(sets, (*WORDS, *LIKENESS)),
        fitted_from=tuple(
            FittedFrom(
                name=one.name,
                rows=len(one.pairs),
                supported=int(one.labels.sum()),
                sha256=sha256_of_file(one.file),
            )
            for one in sets
        ),
    )


def _logistic(sets: Sequence[DataSet], names: Sequence[str]) -> Logistic:
    """Fit one regression, and choose its thresholds on scores of claims that it was not fitted on.

    Each set counts alike, whatever its size, and has an intercept of its own; the one that is kept
    is their mean, because nothing is known of the share of true claims elsewhere. Supported is
    what lies from the best divide on, which has the largest sum of sensitivity and specificity
    (Youden 1950, Cancer 3:32); unsupported, what lies under nine tenths of the true claims.
    """
    width = len(names)
    fitted = _regression([one.measured[:, :width] for one in sets], [one.labels for one in sets])
    scores = [np.zeros(len(one.pairs)) for one in sets]
    for left_out, left in _folded(sets, width):
        for one, out, scored in zip(sets, left, scores, strict=True):
            scored[out] = left_out.scores(one.measured[out, :width])
    units = [one.units(scored) for one, scored in zip(sets, scores, strict=True)]
    labels = np.concatenate([told for told, _, _ in units])
    claims = np.concatenate([scored for _, scored, _ in units])
    false, true, cuts = roc_curve(labels, claims)
    supported = float(cuts[np.argmax(true - false)])
    unsupported = min(float(np.quantile(claims[labels], 0.1)), supported)
    return fitted.as_logistic(names, unsupported, supported)


class _Fitted(NamedTuple):
    """A regression as plain numbers."""

    centre: Numbers
    spread: Numbers
    weights: Numbers
    intercept: float

    def scores(self, rows: Numbers) -> Numbers:
        """Return the probability for each row."""
        odds = (rows - self.centre) / self.spread @ self.weights + self.intercept
        scores: Numbers = 1.0 / (1.0 + np.exp(-odds))
        return scores

    def as_logistic(self, names: Sequence[str], unsupported: float, supported: float) -> Logistic:
        """Return it as a record; six digits are more than the data carry."""
        rows = np.column_stack([self.centre, self.spread, self.weights]).tolist()
        kept = [[round(one, 6) for one in row] for row in rows]
        return Logistic(
            intercept=round(self.intercept, 6),
            measures={
                name: Weighing(centre=centre, spread=spread, weight=weight)
                for name, (centre, spread, weight) in zip(names, kept, strict=True)
            },
            unsupported=round(unsupported, 3),
            supported=round(supported, 3),
        )


def _regression(rows: Sequence[Numbers], labels: Sequence[NDArray[np.bool_]]) -> _Fitted:
    together = np.concatenate(rows)
    centre, spread = together.mean(axis=0), together.std(axis=0)
    spread = np.where(spread > 0.0, spread, 1.0)  # a measure that never differs tells nothing
    lengths = np.array([*map(len, rows)])
    which = np.repeat(np.arange(float(len(rows))), lengths)
    counted = np.repeat(len(together) / len(rows) / lengths, lengths)
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=5000)
    inputs = np.column_stack([(together - centre) / spread, which])
    model.fit(inputs, np.concatenate(labels), sample_weight=counted)
    *weights, of_set = model.coef_[0]
    middle = of_set * (len(rows) - 1) / 2
    return _Fitted(centre, spread, np.array(weights), float(model.intercept_[0] + middle))


def _folded(
    sets: Sequence[DataSet], columns: int
) -> Iterator[tuple[_Fitted, list[NDArray[np.bool_]]]]:
    """Go through the folds: a regression, and for each set which pairs it has not seen."""
    random = np.random.default_rng(SEED)
    folds = []
    for one in sets:
        names = list(dict.fromkeys(one.groups))
        places = dict(zip(names, random.permutation(len(names)) % FOLDS, strict=True))
        folds.append(np.array([places[group] for group in one.groups]))
    for fold in range(FOLDS):
        left = [at == fold for at in folds]
        kept = list(zip(sets, left, strict=True))
        rows = [one.measured[~out, :columns] for one, out in kept]
        yield _regression(rows, [one.labels[~out] for one, out in kept]), left


def report(
    sets: Sequence[DataSet], support: Support, encode: Encode, resamples: int = RESAMPLES
) -> list[str]:
    """Return the areas as lines of text, with intervals from so many resamples."""
    lines = []
    for one in sets:
        lines += [one.name, f"  share of words found: {area(one, share_found(one), resamples)}"]
        others = [other for other in sets if other is not one]
        away = _regression([other.measured for other in others], [other.labels for other in others])
        shown = area(one, away.scores(one.measured), resamples)
        lines.append(f"  meaning, fitted on the other: {shown}")
    ways = (("words", WORDS, None), ("meaning", (*WORDS, *LIKENESS), encode))
    for label, names, meaning in ways:
        judged = _verified(sets, names, support, meaning)
        for one, scores in zip(sets, judged, strict=True):
            told = area(one, scores, resamples)
            lines.append(f"{one.name}, {label}, the whole verifier, left out: {told}")
    return lines


def _verified(
    sets: Sequence[DataSet], names: Sequence[str], support: Support, encode: Encode | None
) -> list[Numbers]:
    """Return what the whole verifier says of each pair, with its group left out of the weights."""
    shipped = support.meaning if encode else support.words
    scores = [np.zeros(len(one.pairs)) for one in sets]
    for fitted, left in _folded(sets, len(names)):
        logistic = fitted.as_logistic(names, shipped.unsupported, shipped.supported)
        changed = support.model_copy(update={"words": logistic, "meaning": logistic})
        verifier = Verifier(changed, encode)
        for one, out, scored in zip(sets, left, scores, strict=True):
            for at in np.flatnonzero(out):
                pair = one.pairs[at]
                scored[at] = verifier.verify(pair.context, pair.claim).support
    return scores


def main() -> None:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(description="Fit the verifier's weights.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    folder = parser.parse_args().data
    encode = remembering(load_embedder(Settings.from_environment()).embed_all)
    sets = (
        read_set(folder / "wice_dev.jsonl.gz", "WiCE, development", encode, pooled=True),
        read_set(folder / "expertqa_claims.jsonl.gz", "ExpertQA, claims", encode, pooled=False),
    )
    support = fit(sets)
    path = Path(__file__).parents[2] / "assistant" / "citing" / FILE
    path.write_text(support.model_dump_json(indent=1) + "\n", encoding="utf-8")
    sys.stdout.writelines(f"{line}\n" for line in report(sets, support, encode))


if __name__ == "__main__":
    main()
