import pytest

from assistant.errors import BatchError
from evals.comparing.baseline import Baseline
from evals.comparing.compare import compare, compare_runs
from evals.comparing.report import gather
from tests.made_runs import make_run

GOLD = {"outcomes": ["gsr:P3-O4"]}


@pytest.fixture
def runs(make_case, make_answer, tmp_path):
    """Two runs: one case broken, one fixed, one the same, one of the test split broken."""
    hit, miss = make_answer("gsr:P3-O4"), make_answer("gsr:P3-O1")
    names = {"broken": "facets", "fixed": "facets", "same": "topic", "unseen": "topic"}
    cases = {
        name: make_case(
            name, family=family, gold=GOLD, split="test" if name == "unseen" else "development"
        )
        for name, family in names.items()
    }
    first = {"broken": hit, "fixed": miss, "same": hit, "unseen": hit}
    second = {"broken": miss, "fixed": hit, "same": hit, "unseen": miss}
    return tuple(
        make_run(tmp_path / name, [(cases[one], answer) for one, answer in answers.items()])
        for name, answers in (("a", first), ("b", second))
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
    change = found.broken[0]
    assert change.before is not None
    assert change.after is not None
    assert "gsr:P3-O4" in change.before.text
    assert "gsr:P3-O1" in change.after.text
    assert "recall outcomes" in change.lost
    assert found.broken[1].before is None
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
    gold = {"outcomes": ["gsr:P3-O4"]}
    cases = [make_case("right", gold=gold), make_case("wrong", gold=gold)]
    unseen = make_case("unseen", gold={"facts": ["note:barnahus#1"]}, split="test")
    told = [(cases[0], hit), (cases[1], miss), (unseen, miss)]
    run = make_run(tmp_path / "run", told, seconds=0.2)
    other = make_run(tmp_path / "other", [(cases[0], hit), (cases[1], hit)])

    def gathered(**fields):
        return gather(run, **({"against": other} | fields))

    return gathered


def test_a_report_holds_each_case_that_may_be_read_beside_another_run_or_alone(report):
    found = report()
    assert [one.case.id for one in found.told] == ["right", "wrong"]
    assert (found.held_out, found.summary.asked) == (1, 3)
    assert len(report(held_out=True).told) == 3
    assert found.seconds == (0.2, 0.2, 0.2)
    assert [one.id for one in report().comparison.broken] == ["wrong"]
    assert report(against=None).comparison is None


def test_what_is_asked_and_cited_is_counted_item_by_item(report):
    covered = {one.id: one for one in report().covered}
    outcome = covered["gsr:P3-O4"]
    assert (outcome.asked, outcome.right, outcome.citing, outcome.citations) == (2, 1, 1, 2)
    assert (outcome.kind, outcome.group) == ("outcomes", "Victim support services and empowerment")
    assert covered["gsr:C12"].citing == 2
    assert covered["gsr:C12"].asked == 0
    assert covered["note:barnahus"].asked == 1
    assert "gsr:P3" not in covered
