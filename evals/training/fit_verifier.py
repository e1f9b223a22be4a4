"""Fit the verifier's weights: `python -m evals.training.fit_verifier --data DIR`.

`DIR` holds two public data sets as gzipped JSON Lines; neither is part of the project:

- `wice_dev.jsonl.gz`: WiCE (Kamoi et al. 2023, EMNLP), oracle chunks, development split; rows with
  `group` (a claim stands in several rows, once for each context), `context`, `claim`, `label`;
- `expertqa_claims.jsonl.gz`: claims of ExpertQA (Malaviya et al. 2024, NAACL) with the passages
  they cite; rows with `question`, `context`, `claim`, `label`.

The label is `supported` or `unsupported`. The same data give the same `support.json`.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, Self

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
from assistant.home import sha256_of_file
from assistant.retrieval.models import load_embedder
from assistant.settings import Settings
from assistant.understanding.lexicon import words_of
from evals.cases.conversations import gzipped_rows
from evals.statistics import Estimate, Numbers, estimate

WORDS = ("neighbours", "letters", "amounts", "missing_names")
LIKENESS = ("best_likeness", "mean_likeness")
SEED = 20_261_125
VERSION = "aligned-1"
INVERSE_PENALTY = 0.03  # `C`, by cross-validation among 0.003, 0.01, 0.03, 0.1, 0.3 and 1.
FOLDS = 5

Truth = NDArray[np.bool_]


class Pair(BaseModel):
    """A row of the data; the fields that are used."""

    context: str
    claim: str
    label: str
    group: str = ""
    question: str = ""


class DataSet(NamedTuple):
    """A set of labelled pairs, measured."""

    told: FittedFrom
    pairs: NDArray[np.object_]
    """Of `Pair`, shape (pairs,)."""

    measured: Numbers
    """Shape (pairs, measures): `WORDS`, then `LIKENESS`."""

    pooled: bool
    """Whether the rows of a group are contexts of one claim, which counts by its best."""

    @property
    def labels(self) -> Truth:
        """Whether each pair is labelled as supported."""
        return np.array([pair.label == "supported" for pair in self.pairs])

    @property
    def groups(self) -> list[str]:
        """What must not be divided between fitting and scoring, of each pair."""
        return [pair.group or pair.question for pair in self.pairs]

    def part(self, kept: Truth) -> Self:
        """Return some of the pairs."""
        return self._replace(pairs=self.pairs[kept], measured=self.measured[kept])

    def units(self, scores: Numbers) -> tuple[Truth, Numbers, list[str]]:
        """Return label, score and group of each claim."""
        if not self.pooled:
            return self.labels, scores, self.groups
        best: dict[str, Numbers] = {}
        for group, *one in zip(self.groups, self.labels, scores, strict=True):
            best[group] = np.maximum(best.get(group, one), one)
        labels, highest = np.array([*best.values()]).T
        return labels > 0, highest, list(best)


def read_set(file: Path, name: str, encode: Encode, *, pooled: bool) -> DataSet:
    """Read and measure a set; `BatchError` where the file cannot be read."""
    pairs, rows = [Pair.model_validate(row) for row in gzipped_rows(file)], []
    for pair in tqdm(pairs, desc=name, disable=None):
        alignment = Alignment(read_claim(pair.claim), read_context(pair.context))
        measured = measures(alignment) | likeness(alignment, encode)
        rows.append([measured[measure] for measure in (*WORDS, *LIKENESS)])
    supported = sum(pair.label == "supported" for pair in pairs)
    digest = sha256_of_file(file)
    told = FittedFrom(name=name, rows=len(pairs), supported=supported, sha256=digest)
    return DataSet(told, np.array(pairs, dtype=np.object_), np.array(rows), pooled)


def remembering(encode: Encode) -> Encode:
    """Return an encoder that keeps what it has encoded, because contexts share sentences."""
    known: dict[str, NDArray[np.float32]] = {}

    def encoded(texts: Sequence[str]) -> NDArray[np.float32]:
        if new := [text for text in dict.fromkeys(texts) if text not in known]:
            known.update(zip(new, encode(new), strict=True))
        return np.stack([known[text] for text in texts])

    return encoded


def share_found(data: DataSet) -> Numbers:
    """Return the share of the claim's words that the context holds."""
    texts = ((pair.claim, pair.context) for pair in data.pairs)
    words = [[{word for word, _, _ in words_of(text)} for text in pair] for pair in texts]
    return np.array([len(claim & held) / max(1, len(claim)) for claim, held in words])


def area(data: DataSet, scores: Numbers) -> Estimate:
    """Return the area over claims, with an interval from resampled groups."""
    labels, scored, groups = data.units(scores)
    return estimate(roc_auc_score, [*zip(labels, scored, strict=True)], groups)


def fit(sets: Sequence[DataSet]) -> Support:
    """Fit both regressions on all sets together."""
    return Support(
        version=VERSION,
        words=_logistic(sets, WORDS),
        meaning=_logistic(sets, (*WORDS, *LIKENESS)),
        fitted_from=tuple(data.told for data in sets),
    )


def _logistic(sets: Sequence[DataSet], names: Sequence[str]) -> Logistic:
    """Fit one regression, and choose its thresholds on scores of claims that it was not fitted on.

    Each set counts alike, whatever its size, and has an intercept of its own; the one that is kept
    is their mean, because nothing is known of the share of true claims elsewhere. Supported is
    what lies from the best divide on, which has the largest sum of sensitivity and specificity
    (Youden 1950, Cancer 3:32); unsupported, what lies under nine tenths of the true claims.
    """
    scores = _left_out(sets, names, _scores)
    units = [data.units(scored) for data, scored in zip(sets, scores, strict=True)]
    labels = np.concatenate([told for told, _, _ in units])
    claims = np.concatenate([scored for _, scored, _ in units])
    false, true, cuts = roc_curve(labels, claims)
    supported = float(cuts[np.argmax(true - false)])
    unsupported = min(float(np.quantile(claims[labels], 0.1)), supported)
    cuts = {"unsupported": round(unsupported, 3), "supported": round(supported, 3)}
    return _regression(sets, names).model_copy(update=cuts)


def _scores(fitted: Logistic, data: DataSet) -> Numbers:
    rows = (dict(zip((*WORDS, *LIKENESS), row, strict=True)) for row in data.measured)
    return np.array([fitted.score(row) for row in rows])


def _regression(sets: Sequence[DataSet], names: Sequence[str]) -> Logistic:
    """Fit on the first measures, which are these; thresholds are still open.

    Six digits are more than the data carry.
    """
    rows = [data.measured[:, : len(names)] for data in sets]
    together = np.concatenate(rows)
    centre, spread = together.mean(axis=0), together.std(axis=0)
    spread = np.where(spread > 0.0, spread, 1.0)  # a measure that never differs tells nothing
    lengths = np.array([*map(len, rows)])
    which = np.repeat(np.arange(float(len(rows))), lengths)
    counted = np.repeat(len(together) / len(rows) / lengths, lengths)
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=5000)
    inputs = np.column_stack([(together - centre) / spread, which])
    model.fit(inputs, np.concatenate([data.labels for data in sets]), sample_weight=counted)
    *weights, of_set = model.coef_[0]
    columns = np.column_stack([centre, spread, weights]).round(6).tolist()
    return Logistic(
        intercept=round(float(model.intercept_[0] + of_set * (len(rows) - 1) / 2), 6),
        measures={
            name: Weighing(centre=middle, spread=width, weight=weight)
            for name, (middle, width, weight) in zip(names, columns, strict=True)
        },
        unsupported=0.0,
        supported=0.0,
    )


def _left_out(
    sets: Sequence[DataSet], names: Sequence[str], scored: Callable[[Logistic, DataSet], Numbers]
) -> list[Numbers]:
    """Score the pairs of each set by regressions on some measures that their groups are not in."""
    random = np.random.default_rng(SEED)
    folds = []
    for data in sets:
        groups = list(dict.fromkeys(data.groups))
        places = dict(zip(groups, random.permutation(len(groups)) % FOLDS, strict=True))
        folds.append(np.array([places[group] for group in data.groups]))
    scores = [np.zeros(len(data.pairs)) for data in sets]
    for fold in range(FOLDS):
        kept = [data.part(at != fold) for data, at in zip(sets, folds, strict=True)]
        fitted = _regression(kept, names)
        for data, at, found in zip(sets, folds, scores, strict=True):
            found[at == fold] = scored(fitted, data.part(at == fold))
    return scores


def report(sets: Sequence[DataSet], support: Support, encode: Encode) -> list[str]:
    """Return the areas as lines of text."""
    lines, every = [], (*WORDS, *LIKENESS)
    for data in sets:
        away = _regression([other for other in sets if other is not data], every)
        lines += [
            data.told.name,
            f"  share of words found: {area(data, share_found(data))}",
            f"  meaning, fitted on the other: {area(data, _scores(away, data))}",
        ]
    for label, names, meaning in (("words", WORDS, None), ("meaning", every, encode)):
        verified = partial(_verified, support, meaning)
        for data, scores in zip(sets, _left_out(sets, names, verified), strict=True):
            told = area(data, scores)
            lines.append(f"{data.told.name}, {label}, the whole verifier, left out: {told}")
    return lines


def _verified(support: Support, encode: Encode | None, fitted: Logistic, data: DataSet) -> Numbers:
    """Return what the whole verifier says of each pair with the weights that were fitted."""
    shipped = support.meaning if encode else support.words
    cuts = {"unsupported": shipped.unsupported, "supported": shipped.supported}
    logistic = fitted.model_copy(update=cuts)
    verifier = Verifier(support.model_copy(update={"words": logistic, "meaning": logistic}), encode)
    return np.array([verifier.verify(one.context, one.claim).support for one in data.pairs])


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
