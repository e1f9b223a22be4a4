from collections import Counter, defaultdict
from statistics import fmean

import pytest

from assistant.citing.verifier import Verifier
from assistant.safety.personal import KINDS, Finder
from corpus.whole import Whole
from evals.cases import personal_cases
from evals.cases.case import SPLITS
from evals.cases.suites import read_ground_cases

CASES = {split: read_ground_cases(split) for split in SPLITS}
ALL = (*CASES["development"], *CASES["test"])
CONTROL = "control"
FAMILIES = sorted({case.family for case in ALL} - {CONTROL})


@pytest.fixture(scope="module")
def told():
    """The share of right verdicts by split and family; all but `supported` are one."""
    verifier = Verifier.open()
    right = defaultdict(list)
    for case in ALL:
        supported = verifier.verify(case.context, case.claim).verdict == "supported"
        right[case.split, case.family].append(supported == (case.verdict == "supported"))
    return {named: fmean(verdicts) for named, verdicts in right.items()}


def test_cases_are_many_unlike_no_quotes_and_cite_what_is_there():
    sizes = Counter(case.family for case in ALL)
    assert len(FAMILIES) == 8
    assert min(sizes.values()) >= 20
    assert sizes[CONTROL] >= 40
    assert len({case.id for case in ALL}) == len(ALL)
    first = {
        split: {case.passages[0].partition("#")[0] for case in CASES[split]} for split in SPLITS
    }
    assert len(first["development"] & first["test"]) <= 6  # second passages of mixed claims
    assert [case.id for case in ALL if case.claim in case.context] == []
    known = Whole.read().corpus.by_id
    assert [one for case in ALL for one in case.passages if one not in known] == []


@pytest.mark.parametrize(
    ("family", "development", "test"),
    [*((family, 0.85, 0.7) for family in FAMILIES), (CONTROL, 0.95, 0.8)],
)
def test_most_changes_of_a_family_are_noticed_and_rewordings_let_through(
    family, development, test, told
):
    assert told["development", family] >= development
    assert told["test", family] >= test


def test_recall_surplus_and_false_alarms_are_counted_by_kind():
    finder = Finder.shipped()
    texts = ("I am {name:Jane Doe}, {email:jane@example.org}.", "Write to {email:nowhere}.")
    told = personal_cases.recalls(
        [personal_cases.PersonalCase(id="1", marked=one) for one in (*texts, "What is C12?")],
        finder,
    )
    assert (told["name"].value, told["name"].n) == (1.0, 1)
    assert (told["email"].value, told["email"].n) == (0.5, 2)
    assert (told["all"].n, told["phone"].value) == (3, None)
    cases = [personal_cases.PersonalCase(id="1", marked="{name:Jane Doe} has jane@example.org")]
    assert personal_cases.surplus(cases, finder).value == 0.5
    assert personal_cases.alarms(["What is C12?", "I am Jane Doe"], finder).value == 0.5


def test_cases_are_many_of_every_kind_and_development_stays_as_good_as_it_was(capsys):
    marked = []
    for split in SPLITS:
        cases = personal_cases.read_personal_cases(split)
        read = [personal_cases.Read.of(case) for case in cases]
        assert len({case.id for case in cases}) == len(cases)
        assert min(sum(bool(one.marks) is kind for one in read) for kind in (True, False)) >= 75
        assert {mark.kind for one in read for mark in one.marks} == set(KINDS)
        assert not any("{" in one.text for one in read)
        marked.append({case.marked for case in cases})
    assert marked[0].isdisjoint(marked[1])
    personal_cases.main(["development"])
    rows = capsys.readouterr().out.splitlines()
    recall = next(row for row in rows if "recall, all" in row)
    alarm = next(row for row in rows if "shipped cases" in row)
    assert float(recall.split()[3]) >= 0.98
    assert float(alarm.split()[5]) <= 0.005
