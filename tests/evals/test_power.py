import pytest

from evals.comparing.power import detectable_mean, detectable_rate, fewest


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
