import pytest

from evals.comparing.paired import compare_areas, compare_means, compare_rates, newcombe


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


def test_confidence_that_ranks_the_other_way_round_is_worse():
    sure = [(at % 3 > 0, at / 40 if at % 3 else at / 80) for at in range(30)]
    turned = [(good, 1.0 - confidence) for good, confidence in sure]
    worse = compare_areas(sure, turned)
    assert worse.before is not None
    assert worse.after is not None
    assert worse.after > worse.before
    assert worse.p_higher is not None
    assert worse.p_higher < 0.05
    assert compare_areas(sure, sure).p == 1.0
    assert compare_areas([], []).n == 0
