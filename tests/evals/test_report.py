import pytest

from evals.comparing.report import gather
from tests.made_runs import make_run


@pytest.fixture
def report(make_case, make_answer, tmp_path):
    hit, miss = make_answer("gsr:P3-O4", "gsr:P3-O4"), make_answer("gsr:C12")
    gold = {"outcomes": ["gsr:P3-O4"]}
    cases = [make_case("right", gold=gold), make_case("wrong", gold=gold)]
    unseen = make_case("unseen", gold={"facts": ["note:barnahus#1"]}, split="test")
    told = [(cases[0], hit), (cases[1], miss), (unseen, miss)]
    run = make_run(tmp_path / "run", told, seconds=0.2)
    other = make_run(tmp_path / "other", [(cases[0], hit), (cases[1], hit)])

    def gathered(**fields):
        return gather(run, **({"against": other} | fields))

    return gathered


def test_a_report_holds_each_case_that_may_be_read_and_counts_the_others(report):
    found = report()
    assert [one.case.id for one in found.told] == ["right", "wrong"]
    assert (found.held_out, found.summary.asked) == (1, 3)
    assert len(report(held_out=True).told) == 3
    assert found.seconds == (0.2, 0.2, 0.2)


def test_what_is_asked_and_cited_is_counted_item_by_item(report):
    covered = {one.id: one for one in report().covered}
    outcome = covered["gsr:P3-O4"]
    assert (outcome.asked, outcome.right, outcome.citing, outcome.citations) == (2, 1, 1, 2)
    assert (outcome.kind, outcome.group) == ("outcomes", "Victim support services and empowerment")
    assert covered["gsr:C12"].citing == 2
    assert covered["gsr:C12"].asked == 0
    assert covered["note:barnahus"].asked == 1
    assert "gsr:P3" not in covered


def test_a_report_may_stand_beside_another_run_or_alone(report):
    assert [one.id for one in report().comparison.broken] == ["wrong"]
    assert report(against=None).comparison is None
