import pytest

from evals.estimate import mean, percentile, rate, ratio


def test_a_rate_without_cases_has_no_value_and_says_how_many_went_unscored():
    none = rate([None, None])
    assert (none.value, none.n, none.unscored, none.low, none.method) == (None, 0, 2, None, "none")


def test_an_interval_for_a_perfect_rate_does_not_claim_certainty():
    perfect = rate([True] * 20)
    assert perfect.value == 1.0
    assert perfect.high == pytest.approx(1.0)
    assert perfect.low == pytest.approx(0.839, abs=0.001)  # Wilson: n / (n + z squared)


def test_unscored_cases_are_counted_and_never_taken_for_zero():
    assert mean([1.0, None, 1.0]).value == 1.0
    assert mean([1.0, None, 1.0]).unscored == 1
    assert mean([]).n == 0


def test_a_bootstrap_interval_holds_the_mean_and_comes_out_the_same_again():
    values = [0.0, 0.25, 0.5, 1.0, 1.0, 1.0]
    first = mean(values)
    assert first == mean(values)
    assert first.low is not None
    assert first.high is not None
    assert first.low <= first.value <= first.high


def test_one_case_has_a_value_but_no_interval():
    single = ratio([(1.0, 4.0)])
    assert (single.value, single.n, single.low, single.method) == (0.25, 1, None, "none")


def test_a_ratio_weighs_cases_by_size_and_leaves_out_empty_ones():
    assert ratio([(1, 1), (0, 9), (0, 0)]).value == pytest.approx(0.1)
    assert ratio([(1, 1), (0, 9), (0, 0)]).unscored == 1


def test_a_percentile_of_nothing_is_none():
    assert percentile([], 95).value is None
    assert percentile([5.0], 95).value == 5.0
