"""The families of changes: their cases, and what the verifier notices of them."""

import pytest

from assistant.citing.verifier import Verifier
from corpus.whole import Whole
from evals.cases.case import SPLITS
from evals.cases.suites import read_ground_cases

CASES = {split: read_ground_cases(split) for split in SPLITS}
ALL = (*CASES["development"], *CASES["test"])
CONTROL = "control"
FAMILIES = sorted({case.family for case in ALL} - {CONTROL})


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, float]]:
    """The share of right verdicts by split and family; all but `supported` are one."""
    verifier = Verifier.open()
    right: dict[str, dict[str, list[bool]]] = {split: {} for split in SPLITS}
    for case in ALL:
        supported = verifier.verify(case.context, case.claim).verdict == "supported"
        verdicts = right[case.split].setdefault(case.family, [])
        verdicts.append(supported == (case.verdict == "supported"))
    return {
        split: {family: sum(held) / len(held) for family, held in families.items()}
        for split, families in right.items()
    }


def test_each_family_has_twenty_cases_and_there_are_forty_controls() -> None:
    sizes = {family: sum(case.family == family for case in ALL) for family in FAMILIES}
    assert len(sizes) == 8
    assert min(sizes.values()) >= 20
    assert sum(case.family == CONTROL for case in ALL) >= 40


def test_ids_are_unlike_and_no_note_is_in_both_splits() -> None:
    assert len({case.id for case in ALL}) == len(ALL)
    first = {
        split: {case.passages[0].partition("#")[0] for case in CASES[split]} for split in SPLITS
    }
    assert len(first["development"] & first["test"]) <= 6  # second passages of mixed claims


def test_claims_are_no_quotes_of_their_context() -> None:
    assert [case.id for case in ALL if case.claim in case.context] == []


def test_cases_cite_passages_that_are_there() -> None:
    known = Whole.read().corpus.by_id
    assert [one for case in ALL for one in case.passages if one not in known] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_most_changes_of_a_family_are_noticed(family, told):
    assert told["development"][family] >= 0.85
    assert told["test"][family] >= 0.7


def test_most_rewordings_are_let_through(told: dict[str, dict[str, float]]) -> None:
    assert told["development"][CONTROL] >= 0.95
    assert told["test"][CONTROL] >= 0.8
