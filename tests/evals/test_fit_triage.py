"""Fitting triage: what is fitted on, that layers survive packing, and how thresholds are chosen."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.safety.recognition import CASES, LANGUAGES, Layer, Recognition
from assistant.safety.triage import judged
from evals.cases.messages import misspelt, read_messages
from evals.training.fit_triage import (
    Data,
    Example,
    Reading,
    chance_of,
    examples,
    fit,
    read,
    threshold,
    told,
)
from tests.fakes import hashing_embedder


@pytest.fixture(scope="module")
def all_examples() -> list[Example]:
    return examples()


def reading(case: str, chance: float) -> Reading:
    row = np.full(10, chance / 9, dtype=np.float32)
    row[CASES.index("J")] = 1.0 - chance
    return Reading(Example("text", case, "en", "written", ("id",)), (row,))


def test_examples_are_written_ones_the_suites_variants_and_patterns(all_examples) -> None:
    assert {one.kind for one in all_examples} == {"written", "suite", "variant", "pattern"}
    assert {one.case for one in all_examples} == set(CASES)


def test_a_variant_names_everything_that_it_was_made_of(all_examples) -> None:
    assert all(one.groups for one in all_examples if one.kind != "pattern")
    assert {len(one.groups) for one in all_examples if one.kind == "variant"} == {1, 2}


def test_what_is_drawn_for_a_message_depends_on_it_alone() -> None:
    drawn = [misspelt("somebody pretended to be kind", chance_of("a message")) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert chance_of("a message").random() != chance_of("another").random()


def test_only_messages_in_the_languages_of_the_replies_are_fitted_on(all_examples) -> None:
    assert {one.language for one in all_examples} == set(LANGUAGES)
    written = sum(one.kind == "written" for one in all_examples)
    assert written < len(read_messages("development"))


def test_a_packed_layer_is_read_back_within_half_a_step() -> None:
    chance = np.random.default_rng(0)
    layer = Layer(chance.normal(size=(20, 3)).astype(np.float32), np.ones(3, np.float32))
    again = Layer.unpack(layer.pack())
    step = np.abs(layer.weights).max(axis=0) / 127
    assert (np.abs(again.weights - layer.weights) <= step / 2 + 1e-6).all()
    assert again.bias.tolist() == [1.0, 1.0, 1.0]


def test_the_threshold_keeps_the_share_of_false_alarms() -> None:
    readings = [reading("J", place / 100) for place in range(100)]
    assert threshold(readings, 0.05) == pytest.approx(0.95)


def test_what_the_folds_say_is_told_by_case() -> None:
    readings = [reading(letter, 0.9) for letter in CASES[:-1]] + [reading("J", 0.1)]
    suite = Reading(readings[-1].example._replace(kind="suite"), readings[-1].readings)
    lines = told([*readings, suite]).splitlines()
    assert lines[0].startswith("threshold for 1%")
    assert "recall 1.000" in lines[1]
    assert "false alarms 0.000 written" in lines[1]


def test_a_small_fit_tells_what_it_was_fitted_on_apart(all_examples) -> None:
    embedder = hashing_embedder()
    written = [one for one in all_examples if one.kind == "written"][::4]
    model = fit(Data.of(written, embedder), embedder.weights_sha256, networks=1)
    assert isinstance(model, Recognition)
    right = sum(
        (judged(read(model, one.text, embedder), 0.5)[1] != ()) == (one.case != "J")
        for one in written
    )
    assert right / len(written) > 0.85
