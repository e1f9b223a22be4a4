from pathlib import Path

import pytest

from assistant.pipeline import Assistant
from assistant.records import Answer, Question
from evals.cases.case import Case, load_suite
from tests.made_runs import make_run
from ui.cli.main import main

Told = list[tuple[Case, Answer | None]]


@pytest.fixture(scope="module")
def told(assistant: Assistant) -> Told:
    suite = load_suite("framework-dev")
    cases = [one for one in suite if one.family == "enumeration"][:8]
    return [(case, assistant.ask(Question(text=case.question))) for case in cases]


@pytest.fixture(scope="module")
def run(told: Told, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("runs") / "good", told)


@pytest.fixture(scope="module")
def worse(told: Told, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, but for quotes that are not at their place, and half of the questions refused."""

    def moved(answer: Answer) -> Answer:
        text = answer.model_dump_json().replace('"start":0,', '"start":1,')
        return Answer.model_validate_json(text)

    rows: Told = [(case, answer and moved(answer)) for case, answer in told]
    rows = [(case, None) for case, _ in rows[:4]] + rows[4:]
    return make_run(tmp_path_factory.mktemp("runs") / "worse", rows)


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path / "home"))


def test_compare_shows_measures_and_both_answers(run, worse, capsys):
    assert main(["eval", "compare", str(run), str(worse)]) == 0
    shown = capsys.readouterr().out
    assert "8 cases in both" in shown
    assert "Broken:" in shown
    assert "REFUSED" in shown
    assert " | " in shown
    row = next(line for line in shown.splitlines() if line.startswith("citations"))
    assert row.split()[2] == "1.000"


def test_the_gate_lets_the_same_run_pass_and_stops_a_worse_one(run, worse, capsys, tmp_path):
    file = tmp_path / "baseline.json"
    assert main(["eval", "baseline", str(run), "--out", str(file)]) == 0
    capsys.readouterr()
    assert main(["eval", "gate", str(run), "--against", str(file)]) == 0
    assert "does not:" not in capsys.readouterr().out
    assert main(["eval", "gate", str(worse), "--against", str(file)]) == 1
    shown = capsys.readouterr().out
    assert "does not:" in shown
    assert "lost right, citations" in shown


def test_a_share_that_is_none_is_wrong_usage(run, capsys):
    with pytest.raises(SystemExit) as leaving:
        main(["eval", "gate", str(run), "--against", str(run), "--alpha", "5"])
    assert leaving.value.code == 2
    assert "--alpha" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("name", ["report.html", "report.md"])
def test_a_report_is_written_by_the_name_of_the_file(run, worse, tmp_path, capsys, name):
    out = tmp_path / name
    told = ["eval", "report", str(run), "--against", str(worse), "--out", str(out)]
    assert main(told) == 0
    assert "8 cases in" in capsys.readouterr().out
    start = "<!doctype html>" if name.endswith("html") else "# Evaluation report"
    assert out.read_text(encoding="utf-8").startswith(start)


def test_what_is_no_run_is_one_line(tmp_path, capsys):
    for told in (
        ["compare", str(tmp_path), str(tmp_path)],
        ["baseline", str(tmp_path), "--out", str(tmp_path / "b.json")],
        ["gate", str(tmp_path), "--against", str(tmp_path)],
        ["report", str(tmp_path), "--out", str(tmp_path / "r.html")],
    ):
        assert main(["eval", *told]) == 1
        assert len(capsys.readouterr().err.splitlines()) == 1
