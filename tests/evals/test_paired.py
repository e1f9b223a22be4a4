import pytest

from evals.paired import (
    compare_means,
    compare_rates,
    detectable_mean,
    detectable_rate,
    fewest,
    newcombe,
)


def test_newcombes_interval_is_that_of_his_paper():
    # Newcombe 1998, table II, method 10: 36 both, 12 the first alone, 2 the second alone.
    low, high = newcombe([(1, 1)] * 36 + [(1, 0)] * 12 + [(0, 1)] * 2)
    assert (round(-high, 4), round(-low, 4)) == (0.0569, 0.3404)


def test_a_share_that_did_not_move_still_has_an_interval():
    low, high = newcombe([(1, 1)] * 20)
    assert low < -0.1
    assert high > 0.1


def test_only_cases_that_changed_decide_about_a_share():
    few = compare_rates([(1, 0)] * 6 + [(1, 1)] * 4)
    many = compare_rates([(1, 0)] * 6 + [(1, 1)] * 400)
    assert few.p == many.p == 0.03125
    assert (few.lower, few.higher) == (6, 0)


def test_a_rise_is_no_fall():
    rose = compare_rates([(0, 1)] * 8 + [(1, 1)] * 8)
    assert rose.p_lower == 1.0
    assert rose.p_higher is not None
    assert rose.p_higher < 0.01
    assert rose.change == 0.5


def test_a_mean_is_tested_by_exchanging_before_and_after():
    fell = compare_means([(1.0, 0.9)] * 5 + [(0.5, 0.5)] * 50)
    assert fell.p_lower == pytest.approx(1 / 32)  # all five signs alike
    assert fell.low is not None
    assert fell.high is not None
    assert fell.change is not None
    assert fell.low <= fell.change <= fell.high <= 0.0


def test_one_changed_case_of_a_mean_is_told_and_proves_nothing():
    one = compare_means([(1.0, 0.0)] + [(1.0, 1.0)] * 9)
    assert (one.lower, one.p_lower) == (1, 0.5)


def test_what_has_nothing_to_score_is_counted_apart():
    assert compare_rates([None, (1, 1)]).unscored == 1
    none = compare_means([None, None])
    assert (none.n, none.unscored, none.before, none.p, none.test) == (0, 2, None, None, "none")


def test_a_smaller_fall_is_detectable_with_more_cases_and_a_greater_one_when_more_moves():
    small, large = detectable_rate(100, 0.0), detectable_rate(1000, 0.0)
    noisy = detectable_rate(100, 0.3)
    assert small is not None
    assert large is not None
    assert noisy is not None
    assert large < small < noisy


def test_the_power_at_the_detectable_fall_is_that_which_a_simulation_finds():
    import numpy as np
    from scipy import stats

    fall = detectable_rate(80, 0.25)
    assert fall is not None
    draw = np.random.default_rng(7)
    moves = draw.multinomial(80, [(0.25 + fall) / 2, (0.25 - fall) / 2, 0.75], size=20_000)
    p = stats.binom.sf(moves[:, 0] - 1, moves[:, 0] + moves[:, 1], 0.5)
    assert np.mean(p <= 0.05) == pytest.approx(0.8, abs=0.01)


def test_too_few_cases_detect_nothing():
    assert fewest(4) is None
    assert fewest(5) == 5
    assert detectable_rate(4, 0.0) is None
    assert detectable_mean([0.0, 0.0]) is None
