import threading
from pathlib import Path

import pytest

from assistant.errors import BatchError
from corpus.whole import Whole
from evals.cases import own_cases
from evals.cases.case import Gold, load_cases
from evals.cases.own_cases import (
    OwnCases,
    checked,
    listed_gold,
    sorted_gold,
)
from evals.running.run import Chosen
from tests.evaluated import made_case


def test_a_saved_case_is_a_line_that_the_suite_reads_and_replaces_one_of_its_id(tmp_path):
    own = OwnCases(tmp_path)
    assert own.read() == ()
    assert own.save(made_case("own-001")) is False
    assert load_cases(own.path) == (made_case("own-001"),)
    assert Chosen(suite="own", cases=own.path).name == "own"
    own.save(made_case("own-002"))
    assert own.save(made_case("own-001", question="Another?")) is True
    assert [one.question for one in own.read()] == ["Another?", "Question own-002?"]
    assert own.remove("own-001") is True
    assert own.remove("own-001") is False
    assert [one.id for one in own.read()] == ["own-002"]
    own.remove("own-002")
    assert own.read() == ()


def test_cases_saved_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    own = OwnCases(tmp_path)
    writers = [
        threading.Thread(target=own.save, args=(made_case(f"own-{n:03d}"),)) for n in range(12)
    ]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert len(own.read()) == 12


def test_the_file_holds_so_many_cases_and_is_not_written_over_broken(tmp_path, monkeypatch):
    monkeypatch.setattr(own_cases, "MOST_CASES", 1)
    own = OwnCases(tmp_path)
    own.save(made_case("own-001"))
    own.save(made_case("own-001", question="Another?"))
    with pytest.raises(BatchError, match="remove one first"):
        own.save(made_case("own-002"))
    own.path.write_text("broken\n")
    with pytest.raises(BatchError):
        own.save(made_case("own-002"))
    assert own.path.read_text() == "broken\n"


def test_gold_is_sorted_by_kind_and_listed_again(whole: Whole) -> None:
    ids = ("note:barnahus#1", "gsr:P3-O4", "gsr:C12", "gsr:P3-W1", "gsr:P3", "gsr:P3-O4")
    found = sorted_gold(ids, whole.framework)
    assert found["outcomes"] == ("gsr:P3-O4",)
    assert found["facts"] == ("note:barnahus#1",)
    assert set(listed_gold(Gold.model_validate(found))) == set(ids)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("id", {"id": "Own 1"}),
        ("question", {"question": ""}),
        ("family", {"family": "Two words"}),
        ("type", {"type": "guess"}),
        ("gold", {"gold": {"outcomes": ["gsr:P9-O1"]}}),
        ("allowed", {"gold": {"allowed": ["note:nothing"]}}),
        ("gold.value", {"gold": {"value": "seven"}}),
        ("gold.value", {"gold": {"value": "7"}, "answerable": False}),
        ("must_not_contain", {"must_contain": ["A"], "must_not_contain": ["a"]}),
        ("question", {"question": "x" * 5000}),
    ],
)
def test_what_is_wrong_is_told_by_its_field(field, changes, whole):
    values = made_case("own-001").model_dump() | changes
    case, problems = checked(values, whole)
    assert case is None
    assert list(problems) == [field]
    assert problems[field].endswith(".")
