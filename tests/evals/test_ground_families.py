import pytest

from assistant.citing.verifier import Verifier
from corpus.whole import Whole
from evals.cases.ground_families import SPLITS, GroundCase, rates, read_ground_cases

CASES = {split: read_ground_cases(split) for split in SPLITS}
ALL = (*CASES["development"], *CASES["test"])
CONTROL = "control"
FAMILIES = sorted({case.family for case in ALL} - {CONTROL})


@pytest.fixture(scope="module")
def told():
    return {split: rates(CASES[split], Verifier.open()) for split in SPLITS}


def test_cases_are_many_unlike_no_quotes_and_cite_what_is_there():
    sizes = {family: sum(case.family == family for case in ALL) for family in FAMILIES}
    assert len(sizes) == 8
    assert min(sizes.values()) >= 20
    assert sum(case.family == CONTROL for case in ALL) >= 40
    assert len({case.id for case in ALL}) == len(ALL)
    first = {
        split: {case.passages[0].partition("#")[0] for case in CASES[split]} for split in SPLITS
    }
    assert len(first["development"] & first["test"]) <= 6  # second passages of mixed claims
    assert [case.id for case in ALL if case.claim in case.context] == []
    known = Whole.read().corpus.by_id
    assert [one for case in ALL for one in case.passages if one not in known] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_most_changes_of_a_family_are_noticed(family, told):
    development, test = told["development"][family], told["test"][family]
    assert (development.value or 0.0) >= 0.85
    assert (test.value or 0.0) >= 0.7


def test_most_rewordings_are_let_through_and_what_is_not_supported_is_noticed(told):
    assert (told["development"][CONTROL].value or 0.0) >= 0.95
    assert (told["test"][CONTROL].value or 0.0) >= 0.8
    case = GroundCase(
        id="a",
        family="negation",
        split="development",
        passages=(),
        context="Pilots do not sleep at sea.",
        claim="Pilots sleep at sea.",
        verdict="unsupported",
    )
    assert rates([case], Verifier.open())["negation"].value == 1.0
