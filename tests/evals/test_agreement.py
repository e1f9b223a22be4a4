import pytest
from sklearn.metrics import cohen_kappa_score

from assistant.errors import BatchError
from evals.agreement import LENIENT, Judged, agreement, confusion, disagreements


def judged(verdict, *, right, weight, name="a"):
    return Judged(id=name, family="facets", right=right, weight=weight, verdict=verdict, why="So.")


@pytest.fixture
def rows():
    return [
        *[judged("right", right=True, weight=15.0)] * 50,
        *[judged("partly", right=True, weight=15.0)] * 10,
        *[judged("right", right=False, weight=4.0)] * 6,
        *[judged("wrong", right=False, weight=4.0)] * 54,
    ]


def test_agreement_is_that_of_all_answers_and_not_of_the_sample(rows):
    one = agreement(rows)
    assert (one.n, one.answers) == (120, 1140)
    assert one.by_suite == pytest.approx(900 / 1140)
    assert one.agree.value == pytest.approx((50 * 15 + 54 * 4) / 1140)
    assert one.by_reading.value == pytest.approx((50 * 15 + 6 * 4) / 1140)
    assert (one.lax.value, one.strict.value) == pytest.approx((10 / 60, 6 / 60))


def test_kappa_is_the_weighted_kappa_of_the_library(rows):
    suite = [one.right for one in rows]
    reading = [one.verdict == "right" for one in rows]
    weights = [one.weight for one in rows]
    expected = cohen_kappa_score(suite, reading, sample_weight=weights)
    assert agreement(rows).kappa.value == pytest.approx(expected)


def test_what_is_right_in_part_counts_as_it_is_told(rows):
    assert agreement(rows, LENIENT).lax.value == 0


def test_intervals_hold_the_value_and_keep_a_width_where_nothing_disagrees():
    rows = [judged("right", right=True, weight=9)] * 10 + [judged("wrong", right=False, weight=1)]
    one = agreement(rows)
    assert one.agree.value == 1
    assert one.agree.low < 0.95
    assert one.lax.low < 0.01 < one.lax.high


def test_a_larger_sample_has_a_narrower_interval(rows):
    few, many = agreement(rows[::10]), agreement(rows)
    assert many.agree.high - many.agree.low < few.agree.high - few.agree.low


def test_one_stratum_alone_says_nothing(rows):
    with pytest.raises(BatchError, match="holds right and on others"):
        agreement([one for one in rows if one.right])


def test_confusion_counts_and_weighs(rows):
    cells = confusion(rows)
    assert cells[True, "partly"] == (10, 150.0)
    assert cells[False, "wrong"] == (54, 216.0)


def test_a_verdict_of_partly_agrees_with_a_suite_that_says_not_right():
    told = [
        judged("partly", right=False, weight=1, name="same"),
        judged("partly", right=True, weight=1, name="lax"),
        judged("right", right=False, weight=1, name="strict"),
    ]
    assert [one.id for one in disagreements(told)] == ["lax", "strict"]
