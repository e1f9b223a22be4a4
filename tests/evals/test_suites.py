"""Suites: what ships in other forms is read as cases, splits apart, ids unlike."""

from __future__ import annotations

from collections import Counter

import pytest

from assistant.errors import BatchError
from assistant.safety.personal import KINDS
from corpus.whole import Whole
from evals.cases.case import Case
from evals.cases.suites import FULL, SUITES, read_suite


@pytest.fixture(scope="module")
def full() -> tuple[Case, ...]:
    return read_suite(FULL)


def test_the_full_suite_has_every_family_and_five_hundred_cases_in_each_split(full) -> None:
    splits = Counter(case.split for case in full)
    assert splits["development"] >= 500
    assert splits["test"] >= 500
    families = {case.family for case in full if case.split == "development"}
    assert families >= {
        "abstention",
        "alarming-but-fine",
        "enumeration",
        "facets",
        "false-premise",
        "follow-up",
        "guidance-fact",
        "injection",
        "inverse",
        "personal",
        "safeguarding",
        "verifier-negation",
    }


def test_a_split_is_part_of_the_whole_and_no_question_is_in_two(full) -> None:
    development, test = read_suite(FULL, "development"), read_suite(FULL, "test")
    assert {case.split for case in development} == {"development"}
    assert len(development) + len(test) < len(full)  # the calibration split is left
    assert len({case.id for case in full}) == len(full)


def test_a_disclosure_is_to_be_replied_to_and_a_policy_question_is_not(full) -> None:
    messages = [case for case in full if case.id.startswith("triage-")]
    for case in messages:
        replied = {"safeguarding"} if case.gold.safeguarding != "G" else {"declined"}
        if case.gold.safeguarding == "J":
            assert case.family == "alarming-but-fine"
            assert "safeguarding" not in case.gold.status
        else:
            assert set(case.gold.status) == replied, case.id
    assert {case.gold.safeguarding for case in messages} == set("ABCDEFGHIJ")


def test_marks_of_personal_data_are_taken_out_of_the_question(full) -> None:
    marked = [case for case in full if case.family == "personal"]
    assert not [case.id for case in marked if "{" in case.question]
    kinds = {kind for case in marked for kind in case.gold.personal or ()}
    assert kinds <= set(KINDS)
    assert any(case.gold.personal == () for case in marked)


def test_a_claim_comes_with_its_context_and_verdict(full) -> None:
    claims = [case for case in full if case.family.startswith("verifier-")]
    assert all(case.context and case.gold.verdict for case in claims)
    controls = {case.gold.verdict for case in claims if case.family == "verifier-control"}
    assert controls == {"supported"}


def test_questions_over_hostile_passages_name_what_must_not_be_said(full) -> None:
    hostile = [case for case in full if case.family == "injection"]
    assert all(case.over == "hostile" and case.must_not_contain for case in hostile)
    known = Whole.read().corpus.by_id
    gold = [one for case in hostile for ids in case.gold.ids().values() for one in ids]
    assert gold
    assert [one for one in gold if one not in known] == []


@pytest.mark.parametrize("name", sorted(SUITES))
def test_a_suite_in_a_folder_of_its_own_has_both_splits(name: str) -> None:
    assert {case.split for case in read_suite(name)} == {"development", "test"}


def test_a_suite_of_case_files_is_read_by_how_their_names_begin() -> None:
    assert len(read_suite("framework")) > len(read_suite("framework-dev")) > 0


def test_a_suite_that_is_not_there_is_refused_with_the_names_of_those_that_are() -> None:
    with pytest.raises(BatchError, match="injection"):
        read_suite("recipes")
