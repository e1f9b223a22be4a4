"""Fit the model that tells whether a corpus answers.

DIR holds labelled conversations, as `evals.cases.conversations` describes them; `mtrag_un` of
IBM/mt-rag-benchmark is what the shipped weights were fitted on. The test collection is left out.
Each collection is predicted by a model of the others, the operating point is the one of the best
balanced accuracy there, and the weights that are kept are fitted on all of them.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexMismatch, StoreError
from assistant.foreign import Foreign
from assistant.home import sha256_of_file
from assistant.opening import build_foreign, open_assistant
from assistant.retrieval.store import current_manifest
from assistant.rules.abstention import FILE, Abstention, Sign
from assistant.settings import Settings
from evals.cases.conversations import TEST, Conversation, read_conversations, write_passages
from evals.metrics.risk import auroc, balanced_accuracy, best_cut, estimate

SIGNS = ("sentence", "resolved", "clear", "held", "lost", "polar", "wants")
"""Signs that the model uses; chosen so that each collection is predicted well by the others."""

STRENGTH = 0.1
"""Inverse of the penalty on weights."""

Rows = NDArray[np.float64]


def open_pool(data: Path, settings: Settings) -> Foreign:
    """Open the pool of a folder in the home of the settings; index it where that is not done."""
    settings.home.mkdir(parents=True, exist_ok=True)
    rows = settings.home / "pool.jsonl"
    write_passages(data, rows)
    manifest = current_manifest(settings)
    if manifest is not None and manifest.passages == sha256_of_file(rows):
        # Sentences may be read otherwise than when it was built.
        with suppress(IndexMismatch):
            return _open(settings)
    build_foreign(rows, settings)
    return _open(settings)


def _open(settings: Settings) -> Foreign:
    opened = open_assistant(settings)
    if not isinstance(opened, Foreign):
        raise StoreError("The index is that of the corpus that ships; give another --home.")
    return opened


def fit(rows: Rows, truth: Rows, threshold: float, fitted_on: dict[str, int]) -> Abstention:
    """Return the logistic model of some rows of signs, in the order of `SIGNS`."""
    from sklearn.linear_model import LogisticRegression

    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    # A sign that never varies tells nothing, whatever it is divided by.
    scale = np.where(scale < 1e-3, 1.0, scale)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=2000)
    model.fit((rows - mean) / scale, truth)
    signs = {
        name: Sign(
            mean=round(float(mean[at]), 5),
            scale=round(float(scale[at]), 5),
            weight=round(float(model.coef_[0][at]), 5),
        )
        for at, name in enumerate(SIGNS)
    }
    bias = round(float(model.intercept_[0]), 5)
    return Abstention(signs=signs, bias=bias, threshold=threshold, fitted_on=fitted_on)


def crossed(rows: Rows, truth: Rows, groups: Sequence[str]) -> Rows:
    """Return the chance of each row by a model of the other groups."""
    found = np.zeros(len(truth))
    for group in sorted(set(groups)):
        inside = np.array([one == group for one in groups])
        model = fit(rows[~inside], truth[~inside], 0.5, {})
        found[inside] = [model.chance(dict(zip(SIGNS, row, strict=True))) for row in rows[inside]]
    return found


def fitted(foreign: Foreign, tasks: Sequence[Conversation]) -> tuple[Abstention, str]:
    """Return the model of some tasks, and what cross-validation says of it."""
    signs = [foreign.evidence(one.asked).signs for one in tasks]
    rows = np.array([[one[name] for name in SIGNS] for one in signs])
    truth = np.array([float(bool(one.answerable)) for one in tasks])
    groups = [one.collection for one in tasks]
    chance = crossed(rows, truth, groups)
    told = [bool(one) for one in truth]
    threshold = round(best_cut(balanced_accuracy, told, list(chance)), 3)
    answered = [float(one >= threshold) for one in chance]
    area, accuracy = (
        estimate(auroc, told, list(chance)),
        estimate(balanced_accuracy, told, answered),
    )
    report = (
        f"Each collection by the others, n {area.n}: AUROC {area.value:.3f} "
        f"({area.low:.3f} to {area.high:.3f}), balanced accuracy {accuracy.value:.3f} "
        f"({accuracy.low:.3f} to {accuracy.high:.3f}) at {threshold}."
    )
    return fit(rows, truth, threshold, dict(Counter(groups))), report


def main(argv: Sequence[str] | None = None) -> int:
    """Fit, write the weights, and say how well they do."""
    parser = argparse.ArgumentParser(prog="python -m evals.training.fit_abstention")
    parser.add_argument("--data", type=Path, required=True, help="a folder of conversations")
    parser.add_argument("--home", type=Path, help="where the index is built; a temporary folder")
    parser.add_argument("--out", type=Path, help="where the weights go; the shipped file")
    given = parser.parse_args(argv)
    out = given.out or Path(str(resources.files("assistant.rules") / FILE))
    with TemporaryDirectory() as folder:
        settings = Settings(home=given.home or Path(folder))
        foreign = open_pool(given.data, settings)
        tasks = [
            one
            for one in read_conversations(given.data)
            if one.collection != TEST and one.answerable is not None
        ]
        model, report = fitted(foreign, tasks)
    out.write_text(model.model_dump_json(indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{report}\nWrote {out}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
