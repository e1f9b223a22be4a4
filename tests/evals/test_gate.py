import pytest

from evals.comparing.baseline import Baseline, CaseValues
from evals.comparing.gate import judge
from evals.metrics.measures import RISK_NOT_RIGHT, Values

HIT: Values = {"right": True, "recall": 1.0, "citations": 1.0, "seconds": 0.1}
MISS: Values = {"right": False, "recall": 0.0, "citations": 1.0, "seconds": 0.1}


def side(wrong: int = 0, family: str = "facets", **changed: Values) -> Baseline:
    """Return the scores of 60 cases, the first of them wrong, and some changed by id."""
    values = {f"c{at}": MISS if at < wrong else HIT for at in range(60)} | changed
    return Baseline(
        suite="made",
        edition="e" * 64,
        settings_digest="s" * 64,
        made="2026-11-25T00:00:00+00:00",
        metrics={},
        cases={
            name: CaseValues(family=family, split="development", case="same", values=one)
            for name, one in values.items()
        },
    )


def test_a_run_that_is_the_same_passes_and_says_what_it_could_have_seen():
    verdict = judge(side(), side())
    assert verdict.passed
    assert verdict.fewest is not None
    assert 5 < verdict.fewest < 12
    assert verdict.detectable is not None
    assert verdict.detectable > verdict.fewest / 60


def test_a_drop_that_is_more_than_chance_fails_and_a_smaller_one_does_not():
    assert judge(side(), side(wrong=3)).passed
    verdict = judge(side(), side(wrong=12))
    assert not verdict.passed
    assert {"right", "recall"} <= {one.measure for one in verdict.drops}
    assert len(verdict.comparison.broken) == 12


def test_as_many_broken_as_the_gate_names_are_enough_and_one_less_is_not():
    fewest = judge(side(), side()).fewest
    assert fewest is not None
    assert not judge(side(), side(wrong=fewest)).passed
    assert judge(side(), side(wrong=fewest - 1)).passed


@pytest.mark.parametrize("family", ["safeguarding", "injection", "injection-canary"])
def test_one_broken_case_of_a_family_that_must_hold_fails(family):
    verdict = judge(side(family=family), side(wrong=1, family=family))
    assert not verdict.passed
    assert [one.id for one in verdict.hard] == ["c0"]
    assert judge(side(wrong=1, family=family), side(family=family)).passed


@pytest.mark.parametrize("measure", ["citations", "tiers apart"])
def test_one_fall_of_a_measure_that_must_hold_fails(measure):
    whole, part = HIT | {measure: 1.0}, HIT | {measure: 0.5}
    verdict = judge(side(c59=whole), side(c59=part))
    assert [one.id for one in verdict.hard] == ["c59"]
    assert judge(side(c59=part), side(c59=whole)).passed


def test_many_measures_are_tested_more_strictly_than_one():
    names = [f"m{at}" for at in range(20)]

    def of(wrong: int) -> Baseline:
        more = {f"c{at}": HIT | {n: at >= wrong for n in names[:1]} for at in range(60)}
        rest = {name: 1.0 for name in names[1:]}
        return side(**{name: values | rest for name, values in more.items()})

    alone = judge(of(0), of(6))
    assert alone.comparison.measures["m0"].p_lower == 1 / 64
    assert alone.passed  # 1 in 64 would be enough for one measure, and is not among 23


def test_a_case_that_was_not_asked_again_or_was_edited_fails():
    whole = side()
    fewer = whole.model_copy(update={"cases": dict(list(whole.cases.items())[1:])})
    verdict = judge(whole, fewer)
    assert (verdict.passed, verdict.missing) == (False, ("c0",))
    assert judge(fewer, whole).passed  # a new case has nothing to be worse than
    edited = whole.cases["c1"].model_copy(update={"case": "other"})
    other = whole.model_copy(update={"cases": whole.cases | {"c1": edited}})
    assert judge(whole, other).missing == ("c1",)


def test_confidence_that_no_longer_tells_right_from_wrong_fails():
    def of(*, turned: bool) -> Baseline:
        plain = side(wrong=20)
        cases = {
            name: one.model_copy(update={"ranked": {RISK_NOT_RIGHT: (at >= 20, sure)}})
            for at, (name, one) in enumerate(plain.cases.items())
            for sure in [1.0 - at / 60 if turned else at / 60]
        }
        return plain.model_copy(update={"cases": cases})

    verdict = judge(of(turned=False), of(turned=True))
    assert [one.measure for one in verdict.drops] == [RISK_NOT_RIGHT]
    assert judge(of(turned=True), of(turned=False)).passed


def test_time_is_not_gated():
    slow = side(**{f"c{at}": HIT | {"seconds": 9.0} for at in range(60)})
    verdict = judge(side(), slow)
    assert verdict.comparison.measures["seconds"].higher == 60
    assert verdict.passed
