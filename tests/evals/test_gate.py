import pytest

from assistant.errors import BatchError
from evals.cases.case import load_cases
from evals.comparing.compare import Baseline, CaseValues, compare
from evals.comparing.gate import HARD_MEASURES, judge, main
from evals.metrics.score import score_run
from evals.metrics.scores import RISK_NOT_RIGHT, Values
from tests.evaluated import made_case, make_run

HIT: Values = {"right": True, "recall": 1.0, "citations": 1.0, "seconds": 0.1}
MISS: Values = {"right": False, "recall": 0.0, "citations": 1.0, "seconds": 0.1}


def side(wrong=0, family="facets", **changed):
    """Return the scores of 60 cases, the first of them wrong, and some changed by id."""
    values = {f"c{at}": MISS if at < wrong else HIT for at in range(60)} | changed
    plain = {"suite": "made", "edition": "e" * 64, "settings_digest": "s" * 64, "metrics": {}}
    told = {"family": family, "split": "development", "case": "same"}
    cases = {name: CaseValues(values=one, **told) for name, one in values.items()}
    return Baseline(made="2026-11-25T00:00:00+00:00", cases=cases, **plain)


def test_a_drop_that_is_more_than_chance_fails_and_the_fewest_are_named():
    verdict = judge(side(), side())
    assert verdict.passed
    assert 5 < verdict.fewest < 12
    assert verdict.detectable > verdict.fewest / 60
    assert not judge(side(), side(wrong=verdict.fewest)).passed
    assert judge(side(), side(wrong=verdict.fewest - 1)).passed
    verdict = judge(side(), side(wrong=12))
    assert {"right", "recall"} <= verdict.drops.keys()
    assert len(verdict.comparison.broken) == 12


def test_one_broken_case_of_a_family_and_one_fall_of_a_measure_that_must_hold_fail():
    families, measures = ("safeguarding", "injection", "injection-canary"), HARD_MEASURES
    pairs = [(side(family=name), side(wrong=1, family=name)) for name in families]
    pairs += [(side(c0=HIT | {n: 1.0}), side(c0=HIT | {n: 0.5})) for n in measures]
    for good, bad in pairs:
        verdict = judge(good, bad)
        assert not verdict.passed
        assert [one.id for one in verdict.hard] == ["c0"]
        assert judge(bad, good).passed
    assert measures == ("citations", "tiers apart")


def test_a_case_that_was_not_asked_again_or_was_edited_fails():
    whole = side()
    fewer = whole.model_copy(update={"cases": dict(list(whole.cases.items())[1:])})
    verdict = judge(whole, fewer)
    assert (verdict.passed, verdict.missing) == (False, ("c0",))
    assert judge(fewer, whole).passed  # a new case has nothing to be worse than
    edited = whole.cases["c1"].model_copy(update={"case": "other"})
    other = whole.model_copy(update={"cases": whole.cases | {"c1": edited}})
    assert judge(whole, other).missing == ("c1",)
    assert compare(whole, other).edited == ("c1",)
    with pytest.raises(BatchError, match="no case in common"):
        compare(whole, whole.model_copy(update={"cases": {"x": edited}}))


def test_confidence_that_no_longer_tells_right_from_wrong_fails():
    def of(sure):
        plain = side(wrong=20)
        cases = {
            name: one.model_copy(update={"ranked": {RISK_NOT_RIGHT: (at >= 20, sure(at / 60))}})
            for at, (name, one) in enumerate(plain.cases.items())
        }
        return plain.model_copy(update={"cases": cases})

    rising, falling = of(lambda share: share), of(lambda share: 1.0 - share)
    assert [*judge(rising, falling).drops] == [RISK_NOT_RIGHT]
    assert judge(falling, rising).passed


def test_the_subset_that_ships_is_of_development_alone_and_a_baseline_s_is_found_again(tmp_path):
    path, out = tmp_path / "baseline.json", tmp_path / "cases.jsonl"
    assert main(["--out", str(out)]) == 0
    chosen = load_cases(out)
    assert {case.split for case in chosen} == {"development"}
    held = dict.fromkeys([one.id for one in chosen[:4]], side().cases["c0"])
    baseline = side().model_copy(update={"cases": held})
    baseline.save(path)
    assert '"seconds"' not in path.read_text(encoding="utf-8")
    assert (main(["--of", str(path), "--out", str(out)]), load_cases(out)) == (0, chosen[:4])
    baseline.model_copy(update={"cases": {}}).save(path)
    with pytest.raises(BatchError, match="make a new baseline"):
        main(["--of", str(path), "--out", str(out)])


def test_a_case_is_known_by_what_it_asks_and_not_by_who_wrote_it(make_answer, tmp_path):
    digests = []
    for changed in {}, {"author": "somebody else"}, {"turns": ["Before?"]}:
        told = [(made_case("a", **changed), make_answer("gsr:C12"))]
        run = make_run(tmp_path / str(len(digests)), told)
        digests.append(Baseline.of(score_run(run)).cases["a"].case)
    assert digests[0] == digests[1] != digests[2]


def test_cases_are_paired_and_their_answers_stand_side_by_side_unless_held_out(
    make_answer, tmp_path
):
    hit, miss = make_answer("gsr:P3-O4"), make_answer("gsr:P3-O1")
    cases = [made_case("broken"), made_case("fixed"), made_case("same", family="topic")]
    cases += [made_case("unseen", family="topic", split="test")]
    sides = {"a": (hit, miss, hit, hit), "b": (miss, hit, hit, miss)}
    runs = [
        Baseline.of(score_run(make_run(tmp_path / name, [*zip(cases, sides[name], strict=True)])))
        for name in "ab"
    ]
    found = compare(*runs)
    assert [one.id for one in found.broken] == ["broken", "unseen"]
    assert [one.id for one in found.fixed] == ["fixed"]
    assert (found.cases, found.unchanged) == (4, 1)
    right = found.measures["right"]
    assert (right.before, right.after) == (0.75, 0.5)
    assert found.families["topic"].change == -0.5
    change, unseen = found.broken
    assert "gsr:P3-O4" in change.before.text
    assert "gsr:P3-O1" in change.after.text
    assert "recall outcomes" in change.lost
    assert unseen.before is None
    assert compare(*runs, held_out=True).broken[1].before is not None
