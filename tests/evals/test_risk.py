"""Metrics of knowing when not to answer."""

from __future__ import annotations

import numpy as np
import pytest

from evals.metrics.risk import abstention_f1, aurc, auroc, balanced_accuracy, best_cut, estimate

TRUTH = [True] * 40 + [False] * 20
SURE = [0.9] * 40 + [0.1] * 20


def test_a_perfect_score_is_one_with_an_interval_that_says_so() -> None:
    found = estimate(auroc, TRUTH, SURE)
    assert (found.value, found.low, found.high, found.n) == (1.0, 1.0, 1.0, 60)


def test_a_score_that_knows_nothing_is_a_half() -> None:
    assert estimate(auroc, TRUTH, [0.5] * 60).value == 0.5
    assert estimate(balanced_accuracy, TRUTH, [1.0] * 60).value == 0.5


def test_refusing_all_has_the_f1_of_the_share_that_should_be() -> None:
    found = estimate(abstention_f1, TRUTH, [0.0] * 60)
    assert found.value == pytest.approx(0.5)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.5 < found.high


def test_the_best_cut_parts_what_can_be_parted() -> None:
    assert best_cut(balanced_accuracy, TRUTH, SURE) == pytest.approx(0.5)
    assert best_cut(balanced_accuracy, TRUTH, [0.5] * 60) == 0.5


def test_the_area_under_risk_is_lower_for_a_better_order() -> None:
    truth = np.array([1.0, 0.0])
    assert aurc(truth, np.array([0.9, 0.1])) < aurc(truth, np.array([0.1, 0.9]))
