import pytest

from assistant.records import Answer, Question
from evals.cases.suites import read_suite
from tests.evaluated import make_run

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture(scope="module")
def asked(assistant):
    suite = read_suite("framework-dev")
    cases = [one for one in suite if one.family == "enumeration"][:8]
    return [(case, assistant.ask(Question(text=case.question))) for case in cases]


@pytest.fixture(scope="module")
def run(asked, tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "good", asked)


@pytest.fixture(scope="module")
def worse(asked, tmp_path_factory):
    """The same, but for quotes that are not at their place, and half of the questions refused."""

    def moved(answer):
        text = answer.model_dump_json().replace('"start":0,', '"start":1,')
        return Answer.model_validate_json(text)

    rows = [(case, answer and moved(answer)) for case, answer in asked]
    rows = [(case, None) for case, _ in rows[:4]] + rows[4:]
    return make_run(tmp_path_factory.mktemp("runs") / "worse", rows)


def test_compare_shows_measures_and_both_answers(run, worse, printed):
    shown = printed("eval", "compare", run, worse)
    assert all(one in shown for one in ("8 cases in both", "Broken:", "REFUSED", " | "))
    row = next(line for line in shown.splitlines() if line.startswith("citations"))
    assert row.split()[2] == "1.000"


def test_the_gate_lets_the_same_run_pass_and_stops_a_worse_one(run, worse, printed, tmp_path):
    file = tmp_path / "baseline.json"
    printed("eval", "baseline", run, "--out", file)
    assert "does not:" not in printed("eval", "gate", run, "--against", file)
    shown = printed("eval", "gate", worse, "--against", file, code=1)
    assert "does not:" in shown
    assert "lost right, citations" in shown


@pytest.mark.parametrize("name", ["report.html", "report.md"])
def test_a_report_is_written_by_the_name_of_the_file(run, worse, tmp_path, printed, name):
    out = tmp_path / name
    assert "8 cases in" in printed("eval", "report", run, "--against", worse, "--out", out)
    start = "<!doctype html>" if name.endswith("html") else "# Evaluation report"
    assert out.read_text(encoding="utf-8").startswith(start)


@pytest.mark.parametrize(
    "arguments",
    [
        "compare {0} {0}",
        "baseline {0} --out {0}/b.json",
        "gate {0} --against {0}",
        "report {0} --out {0}/r.html",
    ],
)
def test_what_is_no_run_is_one_line(tmp_path, refused, arguments):
    refused("eval", *arguments.format(tmp_path).split())
