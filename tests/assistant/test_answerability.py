"""The gate of guidance: its weights, its chances, its operating points."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.answerability import SIGNS, Gate, Weighing
from assistant.answering.sections import FIGURES, PAIR
from assistant.home import sha256_of_file
from assistant.retrieval.encoder import WEIGHTS
from assistant.retrieval.rerank import tuned_path


def test_the_shipped_gate_weighs_the_figures_that_there_are_and_lets_through_by_risk() -> None:
    gate = Gate.shipped(0.1)
    assert tuple(gate.signs.weights) == FIGURES
    assert tuple(gate.answers.weights) == (SIGNS, *PAIR)
    assert gate.field.weights.keys() <= {*FIGURES}
    assert gate.made_from["encoder"] == WEIGHTS
    assert gate.made_from["pairs"] == sha256_of_file(tuned_path())
    weights = Gate.shipped(0.1).answers.weights
    assert sum(weights[name][2] for name in PAIR) > 0
    assert weights[SIGNS][2] > 0
    risks = [0.03, 0.05, 0.1, 0.2, 0.5, 1.0]
    cuts = [Gate.shipped(risk).threshold for risk in risks]
    assert cuts == sorted(cuts, reverse=True)
    curve = Gate.shipped(0.1).curve
    assert [one.false for one in curve] == sorted((one.false for one in curve), reverse=True)
    assert [one.answered for one in curve] == sorted((one.answered for one in curve), reverse=True)
    assert (Gate.open().threshold, Gate.open().field_threshold) == (0.0, 0.0)


@given(st.lists(st.floats(-50.0, 50.0), min_size=len(FIGURES), max_size=len(FIGURES)))
def test_a_chance_is_a_probability(values: list[float]) -> None:
    figures = dict(zip(FIGURES, values, strict=True)) | dict.fromkeys(PAIR, 0.0)
    gate = Gate.shipped(0.1)
    assert 0.0 <= gate.chance(figures) <= 1.0
    assert 0.0 <= gate.field.chance(figures) <= 1.0


def test_a_weighing_is_a_logistic_regression() -> None:
    one = Weighing(weights={"a": (1.0, 2.0, 3.0)}, bias=-1.0)
    assert one.odds({"a": 2.0}) == pytest.approx(0.5)
    assert one.chance({"a": 2.0}) == pytest.approx(1 / (1 + math.exp(-0.5)))
