import json

import pytest

from assistant.errors import BatchError
from evals.comparing.baseline import Baseline
from tests.made_runs import make_run


@pytest.fixture
def folder(make_case, make_answer, tmp_path):
    right = make_case("a", gold={"outcomes": ["gsr:P3-O4"]}, family="facets")
    wrong = make_case("b", gold={"outcomes": ["gsr:P3-O1"]}, family="topic")
    answer = make_answer("gsr:P3-O4")
    return make_run(tmp_path / "run", [(right, answer), (wrong, answer)])


def test_a_baseline_comes_back_from_its_file_as_it_was_but_for_the_time(folder, tmp_path):
    made = Baseline.of(folder)
    made.save(tmp_path / "baseline.json")
    back = Baseline.load(tmp_path / "baseline.json")
    assert back.cases["b"].values == {
        name: one for name, one in made.cases["b"].values.items() if name != "seconds"
    }
    assert back.cases["a"].values["right"] is True
    assert (back.edition, back.settings_digest) == (made.edition, made.settings_digest)
    assert back.metrics["right"].value == 0.5


def test_a_baseline_file_has_a_line_for_each_case(folder, tmp_path):
    path = tmp_path / "baseline.json"
    Baseline.of(folder).save(path)
    assert list(json.loads(path.read_text(encoding="utf-8"))["cases"]) == ["a", "b"]
    lines = path.read_text(encoding="utf-8").splitlines()
    assert sum('"family":' in line for line in lines) == 2


def test_a_run_folder_is_read_as_a_baseline(folder):
    assert Baseline.load(folder) == Baseline.of(folder)


def test_a_case_is_known_by_what_it_asks_and_not_by_who_wrote_it(make_case, make_answer, tmp_path):
    def digest(name: str, **fields: object) -> str:
        told = [(make_case("a", **fields), make_answer("gsr:C12"))]
        return Baseline.of(make_run(tmp_path / name, told)).cases["a"].case

    plain = digest("1")
    assert digest("2", author="somebody else", note="Why.") == plain
    assert digest("3", gold={"outcomes": ["gsr:P3-O4"]}) != plain
    assert digest("4", turns=("Before?",)) != plain


def test_what_is_no_baseline_is_refused_with_what_makes_one(tmp_path):
    (tmp_path / "no.json").write_text("{}", encoding="utf-8")
    for name in ("no.json", "nowhere.json"):
        with pytest.raises(BatchError, match="signpost eval baseline RUN"):
            Baseline.load(tmp_path / name)
