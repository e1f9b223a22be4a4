"""How well personal data is noticed: the marks of cases, recall and false alarms."""

import pytest

from assistant.safety.personal import KINDS, Finder
from evals.cases.personal_cases import (
    SPLITS,
    PersonalCase,
    Read,
    alarms,
    main,
    read_personal_cases,
    recalls,
    surplus,
)

CASES = (
    PersonalCase(id="1", marked="I am {name:Jane Doe}, {email:jane@example.org}."),
    PersonalCase(id="2", marked="Write to {email:nowhere} about C12."),
    PersonalCase(id="3", marked="What is C12?"),
)


@pytest.fixture(scope="module")
def finder():
    return Finder.shipped()


def test_recall_surplus_and_false_alarms_are_counted_by_kind(finder):
    told = recalls(CASES, finder)
    assert (told["name"].value, told["name"].n) == (1.0, 1)
    assert (told["email"].value, told["email"].n) == (0.5, 2)
    assert (told["all"].n, told["phone"].value) == (3, None)
    cases = [PersonalCase(id="1", marked="{name:Jane Doe} has jane@example.org")]
    assert surplus(cases, finder).value == 0.5
    assert alarms(["What is C12?", "I am Jane Doe"], finder).value == 0.5


@pytest.mark.parametrize("split", SPLITS)
def test_cases_are_many_and_of_every_kind(split):
    cases = read_personal_cases(split)
    read = [Read.of(case) for case in cases]
    assert len({case.id for case in cases}) == len(cases)
    assert sum(bool(one.marks) for one in read) >= 75
    assert sum(not one.marks for one in read) >= 75
    assert {mark.kind for one in read for mark in one.marks} == set(KINDS)
    assert not any("{" in one.text for one in read)


def test_no_question_is_in_both_splits_and_development_stays_as_good_as_it_was(capsys, monkeypatch):
    one, other = ({case.marked for case in read_personal_cases(split)} for split in SPLITS)
    assert one.isdisjoint(other)
    monkeypatch.setattr("sys.argv", ["personal", "--split", "development", "--misses"])
    main()
    rows = capsys.readouterr().out.splitlines()
    recall = next(row for row in rows if "recall, all" in row)
    alarm = next(row for row in rows if "shipped cases" in row)
    assert float(recall.split()[3]) >= 0.98
    assert float(alarm.split()[5]) <= 0.005
