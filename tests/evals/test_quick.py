import pytest

from assistant.errors import BatchError
from evals.cases.case import load_cases
from evals.comparing.baseline import Baseline
from evals.comparing.quick import choose, main, those_of
from tests.made_runs import make_run


@pytest.fixture
def cases(make_case):
    families = ("facets", "topic", "safeguarding")
    return [make_case(f"{name}-{at}", family=name) for name in families for at in range(10)]


def test_some_of_each_family_are_chosen_in_their_order_and_more_of_what_must_hold(cases):
    chosen = choose(cases, each=2, hard=5)
    counts = {
        name: sum(one.family == name for one in chosen) for name in ("facets", "safeguarding")
    }
    assert counts == {"facets": 2, "safeguarding": 5}
    assert [one.id for one in chosen] == [one.id for one in cases if one in chosen]


def test_the_choice_hangs_on_ids_and_not_on_what_else_there_is(cases):
    alone = choose([one for one in cases if one.family == "topic"], each=3)
    assert alone == tuple(one for one in choose(cases, each=3) if one.family == "topic")


def test_the_cases_of_a_baseline_are_found_again(cases, make_answer, tmp_path):
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
