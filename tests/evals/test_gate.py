from collections import Counter
from functools import partial

import pytest

from assistant.errors import BatchError
from evals.cases.case import load_cases
from evals.comparing.compare import Baseline, CaseValues, compare, compare_runs
from evals.comparing.gate import choose, judge, main, those_of
from evals.comparing.report import gather
from evals.metrics.scores import RISK_NOT_RIGHT, Values
from tests.made_runs import make_run

HIT: Values = {"right": True, "recall": 1.0, "citations": 1.0, "seconds": 0.1}
MISS: Values = {"right": False, "recall": 0.0, "citations": 1.0, "seconds": 0.1}


def side(wrong=0, family="facets", **changed):
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


def test_a_drop_that_is_more_than_chance_fails_and_the_fewest_are_named():
    verdict = judge(side(), side())
    assert verdict.passed
    assert 5 < verdict.fewest < 12
    assert verdict.detectable > verdict.fewest / 60
    assert not judge(side(), side(wrong=verdict.fewest)).passed
    assert judge(side(), side(wrong=verdict.fewest - 1)).passed
    verdict = judge(side(), side(wrong=12))
    assert not verdict.passed
    assert {"right", "recall"} <= {one.measure for one in verdict.drops}
    assert len(verdict.comparison.broken) == 12


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
    def of(*, turned):
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


@pytest.fixture
def cases(make_case):
    families = ("facets", "topic", "safeguarding")
    return [make_case(f"{name}-{at}", family=name) for name in families for at in range(10)]


def test_some_of_each_family_are_chosen_and_a_baseline_s_found_again(cases, make_answer, tmp_path):
    chosen = choose(cases, each=2, hard=5)
    assert Counter(one.family for one in chosen) == {"facets": 2, "topic": 2, "safeguarding": 5}
    assert [one.id for one in chosen] == [one.id for one in cases if one in chosen]
    kept = [(case, make_answer("gsr:C12")) for case in cases[:4]]
    baseline = Baseline.of(make_run(tmp_path / "run", kept))
    assert those_of(baseline, cases) == tuple(cases[:4])
    with pytest.raises(BatchError, match="make a new baseline"):
        those_of(baseline, cases[5:])


def test_the_subset_that_ships_is_of_development_alone(tmp_path, capsys):
    assert main(["--out", str(tmp_path / "cases.jsonl"), "--each", "1"]) == 0
    chosen = load_cases(tmp_path / "cases.jsonl")
    assert {case.split for case in chosen} == {"development"}
    assert f"{len(chosen)} cases" in capsys.readouterr().out


def test_a_baseline_comes_back_from_its_file_as_it_was_but_for_the_time(runs, tmp_path):
    made = Baseline.of(runs[0])
    made.save(tmp_path / "baseline.json")
    back = Baseline.load(tmp_path / "baseline.json")
    kept = {name: one for name, one in made.cases["fixed"].values.items() if name != "seconds"}
    assert back.cases["fixed"].values == kept
    assert back.cases["same"].values["right"] is True
    assert (back.edition, back.settings_digest) == (made.edition, made.settings_digest)
    assert back.metrics["right"].value == 0.75
    lines = (tmp_path / "baseline.json").read_text(encoding="utf-8").splitlines()
    assert sum('"family":' in line for line in lines) == 4


def test_a_case_is_known_by_what_it_asks_and_not_by_who_wrote_it(make_case, make_answer, tmp_path):
    def digest(name, **fields):
        told = [(make_case("a", **fields), make_answer("gsr:C12"))]
        return Baseline.of(make_run(tmp_path / name, told)).cases["a"].case

    plain = digest("1")
    assert digest("2", author="somebody else", note="Why.") == plain
    assert digest("3", gold={"outcomes": ["gsr:P3-O4"]}) != plain
    assert digest("4", turns=("Before?",)) != plain


GOLD = {"outcomes": ["gsr:P3-O4"]}


@pytest.fixture
def runs(make_case, make_answer, tmp_path):
    """Two runs: one case broken, one fixed, one the same, one of the test split broken."""
    hit, miss = make_answer("gsr:P3-O4"), make_answer("gsr:P3-O1")
    cases = [
        make_case("broken", gold=GOLD),
        make_case("fixed", gold=GOLD),
        make_case("same", gold=GOLD, family="topic"),
        make_case("unseen", gold=GOLD, family="topic", split="test"),
    ]
    sides = {"a": (hit, miss, hit, hit), "b": (miss, hit, hit, miss)}
    return tuple(
        make_run(tmp_path / name, list(zip(cases, answers, strict=True)))
        for name, answers in sides.items()
    )


def test_cases_are_paired_and_their_answers_stand_side_by_side_unless_held_out(runs):
    found = compare_runs(*runs)
    assert [one.id for one in found.broken] == ["broken", "unseen"]
    assert [one.id for one in found.fixed] == ["fixed"]
    assert (found.cases, found.unchanged) == (4, 1)
    right = found.measures["right"]
    assert (right.before, right.after, right.lower, right.higher) == (0.75, 0.5, 2, 1)
    assert found.families["facets"].n == 2
    assert found.families["topic"].change == -0.5
    change, unseen = found.broken
    assert "gsr:P3-O4" in change.before.text
    assert "gsr:P3-O1" in change.after.text
    assert "recall outcomes" in change.lost
    assert unseen.before is None
    assert compare_runs(*runs, held_out=True).broken[1].before is not None


def test_cases_of_one_run_and_edited_ones_are_named_not_compared(make_case, make_answer, tmp_path):
    answer = make_answer("gsr:P3-O4")

    def side(name, *cases):
        return Baseline.of(make_run(tmp_path / name, [(case, answer) for case in cases]))

    both = make_case("both")
    before = side("a", both, make_case("old"), make_case("edited"))
    after = side("b", both, make_case("new"), make_case("edited", "Another question?"))
    found = compare(before, after)
    assert (found.only_before, found.only_after, found.edited) == (("old",), ("new",), ("edited",))
    assert found.cases == 1
    with pytest.raises(BatchError, match="no case in common"):
        compare(side("c", make_case("x")), side("d", make_case("y")))


@pytest.fixture
def report(make_case, make_answer, tmp_path):
    hit, miss = make_answer("gsr:P3-O4", "gsr:P3-O4"), make_answer("gsr:C12")
    right, wrong = make_case("right", gold=GOLD), make_case("wrong", gold=GOLD)
    unseen = make_case("unseen", gold={"facts": ["note:barnahus#1"]}, split="test")
    run = make_run(tmp_path / "run", [(right, hit), (wrong, miss), (unseen, miss)], seconds=0.2)
    other = make_run(tmp_path / "other", [(right, hit), (wrong, hit)])
    return partial(gather, run, against=other)


def test_a_report_holds_each_case_that_may_be_read_beside_another_run_or_alone(report):
    found = report()
    assert [one.case.id for one in found.told] == ["right", "wrong"]
    assert (found.held_out, found.summary.asked) == (1, 3)
    assert len(report(held_out=True).told) == 3
    assert found.seconds == (0.2, 0.2, 0.2)
    assert [one.id for one in found.comparison.broken] == ["wrong"]
    assert report(against=None).comparison is None


def test_what_is_asked_and_cited_is_counted_item_by_item(report):
    covered = {one.id: one for one in report().covered}
    outcome = covered["gsr:P3-O4"]
    assert (outcome.asked, outcome.right, outcome.citing, outcome.citations) == (2, 1, 1, 2)
    assert (outcome.kind, outcome.group) == ("outcomes", "Victim support services and empowerment")
    assert (covered["gsr:C12"].citing, covered["gsr:C12"].asked) == (2, 0)
    assert covered["note:barnahus"].asked == 1
    assert "gsr:P3" not in covered
