"""The fitted weights: what ships, and how it scores."""

from __future__ import annotations

import pytest

from assistant.citing.support import Logistic, Weighing, shipped_support

ONE = Logistic(
    intercept=0.0,
    measures={"words": Weighing(centre=0.5, spread=0.25, weight=1.0)},
    supported=0.6,
    unsupported=0.4,
)


def test_a_measure_at_its_centre_leaves_the_odds_even() -> None:
    assert ONE.score({"words": 0.5}) == 0.5


def test_one_spread_more_is_its_weight_in_log_odds() -> None:
    assert ONE.score({"words": 0.75}) == pytest.approx(0.7311, abs=1e-4)


def test_a_measure_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        ONE.score({})


def test_the_shipped_weights_say_what_they_were_fitted_from() -> None:
    support = shipped_support()
    assert [(one.rows, one.supported) for one in support.fitted_from] == [(1030, 339), (1684, 1206)]
    assert all(len(one.sha256) == 64 for one in support.fitted_from)


@pytest.mark.parametrize("name", ["words", "meaning"])
def test_the_shipped_thresholds_are_in_order(name: str) -> None:
    logistic: Logistic = getattr(shipped_support(), name)
    assert 0.0 < logistic.unsupported < logistic.supported < 1.0


def test_likeness_counts_only_with_meaning() -> None:
    support = shipped_support()
    added = set(support.meaning.measures) - set(support.words.measures)
    assert added == {"best_likeness", "mean_likeness"}
    assert all(support.meaning.measures[name].weight > 0.0 for name in added)
