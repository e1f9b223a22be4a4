import pytest

from assistant.answer import Answer
from evals.baseline import Baseline
from evals.gate import judge
from tests.made_runs import make_run

GOLD = {"outcomes": ["gsr:P3-O4"]}


@pytest.fixture
def side(make_case, make_answer, tmp_path):
    """Make the scores of a run of 60 cases, of which some are wrong, and some are of a family."""

    def made(name: str, *, wrong: int = 0, family: str = "facets", changed: Answer | None = None):
        hit, miss = make_answer("gsr:P3-O4"), make_answer("gsr:P3-O1")
        told = [
            (make_case(f"c{at}", gold=GOLD, family=family), miss if at < wrong else hit)
            for at in range(60)
        ]
        if changed:
            told[-1] = (told[-1][0], changed)
        return Baseline.of(make_run(tmp_path / name, told))

    return made


def test_a_run_that_is_the_same_passes_and_says_what_it_could_have_seen(side):
    verdict = judge(side("a"), side("b"))
    assert verdict.passed
    assert verdict.fewest is not None
    assert 5 < verdict.fewest < 12
    assert verdict.detectable is not None
    assert verdict.detectable > verdict.fewest / 60


def test_a_drop_that_is_more_than_chance_fails_and_a_smaller_one_does_not(side):
    before = side("a")
    assert judge(before, side("b", wrong=3)).passed
    verdict = judge(before, side("c", wrong=12))
    assert not verdict.passed
    assert {"right", "recall"} <= {one.measure for one in verdict.drops}
    assert len(verdict.comparison.broken) == 12


def test_as_many_broken_as_the_gate_names_are_enough_and_one_less_is_not(side):
    before = side("a")
    fewest = judge(before, before).fewest
    assert fewest is not None
    assert not judge(before, side("b", wrong=fewest)).passed
    assert judge(before, side("c", wrong=fewest - 1)).passed


@pytest.mark.parametrize("family", ["safeguarding", "injection", "injection-canary"])
def test_one_broken_case_of_a_family_that_must_hold_fails(side, family):
    verdict = judge(side("a", family=family), side("b", wrong=1, family=family))
    assert not verdict.passed
    assert [one.id for one in verdict.hard] == ["c0"]


def test_a_fixed_case_of_a_family_that_must_hold_passes(side):
    assert judge(side("a", wrong=1, family="injection"), side("b", family="injection")).passed


def test_one_quote_that_is_not_at_its_place_fails(side, make_answer):
    answer = make_answer("gsr:P3-O4")
    said = answer.statements[0]
    moved = said.citations[0].model_copy(update={"start": 1})
    wrong = answer.model_copy(
        update={"statements": (said.model_copy(update={"citations": (moved,)}),)}
    )
    verdict = judge(side("a"), side("b", changed=wrong))
    assert [one.id for one in verdict.hard] == ["c59"]
    assert "citations" in verdict.hard[0].lost


def test_a_case_that_was_not_asked_again_fails(side):
    before, after = side("a"), side("b")
    fewer = after.model_copy(update={"cases": dict(list(after.cases.items())[1:])})
    verdict = judge(before, fewer)
    assert (verdict.passed, verdict.missing) == (False, ("c0",))
    assert judge(fewer, before).passed  # a new case has nothing to be worse than


def test_time_is_not_gated(side, make_case, make_answer, tmp_path):
    told = [(make_case(f"c{at}", gold=GOLD), make_answer("gsr:P3-O4")) for at in range(60)]
    slow = Baseline.of(make_run(tmp_path / "slow", told, seconds=9.0))
    verdict = judge(side("a"), slow)
    assert verdict.comparison.measures["seconds"].higher == 60
    assert verdict.passed
