import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import balanced_accuracy_score

from evals import statistics

TRUTH = [True] * 40 + [False] * 20


def test_a_rate_does_not_claim_certainty_and_what_is_not_scored_is_no_zero():
    perfect = statistics.rate([True] * 20)
    assert (perfect.value, perfect.high) == (1.0, pytest.approx(1.0))
    assert perfect.low == pytest.approx(0.839, abs=0.001)  # Wilson: n / (n + z squared)
    none = statistics.rate([None, None])
    assert (none.value, none.n, none.unscored, none.low, none.method) == (None, 0, 2, None, "none")
    mean = statistics.mean([1.0, None, 1.0])
    assert (mean.value, mean.unscored) == (1.0, 1)
    difference = statistics.compare_means([])
    assert (difference.n, difference.p) == (0, None)
    assert statistics.compare_areas([], []).n == 0
    assert not any(map(statistics.detectable_mean, ([0.0] * 9, [-1.0] * 9, [-0.2, -0.4])))


def test_only_what_changed_decides_about_a_share_or_a_mean() -> None:
    few = statistics.compare_rates([(1, 0)] * 6 + [(1, 1)] * 4)
    many = statistics.compare_rates([(1, 0)] * 6 + [(1, 1)] * 400)
    assert few.p == many.p == 0.03125
    rose = statistics.compare_rates([(0, 1)] * 8 + [(1, 1)] * 8)
    assert (rose.p_lower, rose.change) == (1.0, 0.5)
    assert rose.model_dump()["p"] == 2 * rose.p_higher < 0.02
    fell = statistics.compare_means([(1.0, 0.9)] * 5 + [(0.5, 0.5)] * 50)
    assert fell.p_lower == pytest.approx(1 / 32)  # all five signs alike
    assert fell.low <= fell.change <= fell.high <= 0.0
    # Newcombe 1998, table II, method 10: 36 both, 12 the first alone, 2 the second alone.
    low, high = statistics.newcombe([(1, 1)] * 36 + [(1, 0)] * 12 + [(0, 1)] * 2)
    assert (round(-high, 4), round(-low, 4)) == (0.0569, 0.3404)


def test_confidence_is_measured_with_an_interval_and_worse_the_other_way_round() -> None:
    sure = [(at % 3 > 0, at / 40 if at % 3 else at / 80) for at in range(30)]
    worse = statistics.compare_areas(sure, [(good, 1.0 - confidence) for good, confidence in sure])
    assert worse.after > worse.before
    assert worse.p_higher < 0.05
    assert statistics.compare_areas(sure, sure).p == 1.0
    refusing = statistics.estimate(statistics.refusal_f1, [(one, 0.0) for one in TRUTH])
    assert refusing.value == pytest.approx(0.5)
    assert refusing.low < 0.5 < refusing.high
    parted = [0.9] * 40 + [0.1] * 20
    assert statistics.best_cut(balanced_accuracy_score, TRUTH, parted) == pytest.approx(0.5)


def test_the_power_at_the_detectable_fall_is_that_which_a_simulation_finds():
    fall = statistics.detectable_rate(80, 0.25)
    draw = np.random.default_rng(7)
    moves = draw.multinomial(80, [(0.25 + fall) / 2, (0.25 - fall) / 2, 0.75], size=20_000)
    p = stats.binom.sf(moves[:, 0] - 1, moves[:, 0] + moves[:, 1], 0.5)
    assert np.mean(p <= 0.05) == pytest.approx(0.8, abs=0.01)
