"""The fitting of the verifier, on a small made-up set: what it learns, and what it writes down."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import BatchError
from assistant.home import sha256_of_file
from assistant.retrieval.encoder import Matrix
from evals.training.fit_verifier import (
    LIKENESS,
    WORDS,
    DataSet,
    area,
    fit,
    read_set,
    remembering,
    report,
    share_found,
)
from tests.fakes import HashingEmbedding

MODEL = HashingEmbedding(model_name="hashing")
THINGS = "ships pilots cooks lists coats bread lamps ropes sails masts".split()
DEEDS = "carry paint mend sell wash count".split()


def encode(texts: Sequence[str]) -> Matrix:
    return np.array(MODEL.get_text_embedding_batch(list(texts)), dtype=np.float32)


def rows(seed: int) -> list[dict[str, str]]:
    """Sixty claims: a true one repeats a sentence, a false one has words of its own."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(60):
        one, other, third, deed = (*random.permutation(THINGS)[:3], DEEDS[number % len(DEEDS)])
        context = f"The {one} of the {other} {deed} well. Rain fell in {2000 + number}."
        is_true = bool(random.integers(2))
        claim = f"The {one} {deed} well" if is_true else f"The {third} of Neptune rest in 1999"
        label = "supported" if is_true else "unsupported"
        made.append({"group": str(number // 2), "context": context, "claim": claim, "label": label})
    return made


def written(folder: Path, name: str, seed: int) -> Path:
    path = folder / name
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows(seed))
    return path


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> tuple[DataSet, DataSet]:
    folder = tmp_path_factory.mktemp("data")
    return (
        read_set(written(folder, "one.gz", 1), "One", encode, pooled=False),
        read_set(written(folder, "other.gz", 2), "Other", encode, pooled=True),
    )


def test_what_is_measured_has_a_row_for_each_pair(sets: tuple[DataSet, DataSet]) -> None:
    assert sets[0].measured.shape == (60, len(WORDS) + len(LIKENESS))


def test_a_claim_counts_by_its_best_context(sets: tuple[DataSet, DataSet]) -> None:
    scores = np.arange(60.0)
    labels, best, groups = sets[1].units(scores)
    assert len(labels) == len(groups) == 30
    assert best.tolist() == scores[1::2].tolist()


def test_the_fit_tells_true_from_false_and_says_what_it_saw(
    sets: tuple[DataSet, DataSet],
) -> None:
    support = fit(sets)
    assert [one.name for one in support.fitted_from] == ["One", "Other"]
    assert support.fitted_from[0].sha256 == sha256_of_file(sets[0].file)
    assert support.words.measures["letters"].weight > 0.0
    assert support.words.measures["missing_names"].weight < 0.0
    assert support.words.unsupported <= support.words.supported


def test_the_same_data_give_the_same_weights(sets: tuple[DataSet, DataSet]) -> None:
    assert fit(sets) == fit(sets)


def test_the_report_has_intervals_for_each_set(sets: tuple[DataSet, DataSet]) -> None:
    lines = report(sets, fit(sets), encode, 20)
    assert len([line for line in lines if "fitted on the other" in line]) == 2
    assert len([line for line in lines if "the whole verifier" in line]) == 4
    assert all("(n " in line for line in lines if ": " in line)


def test_the_area_of_a_perfect_score_is_one(sets: tuple[DataSet, DataSet]) -> None:
    one = sets[0]
    assert area(one, one.labels.astype(float)).value == 1.0
    assert area(one, share_found(one)).value > 0.9


def test_a_text_is_encoded_once() -> None:
    seen: list[str] = []

    def counted(texts: Sequence[str]) -> Matrix:
        seen.extend(texts)
        return encode(texts)

    remembered = remembering(counted)
    first, second = remembered(["a", "b", "a"]), remembered(["b"])
    assert seen == ["a", "b"]
    assert np.array_equal(first[1], second[0])


def test_data_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BatchError, match=r"missing\.gz"):
        read_set(tmp_path / "missing.gz", "Missing", encode, pooled=False)
