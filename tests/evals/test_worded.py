"""What a model did to the answers of a run is counted as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.records import Answer, Statement, Wording
from evals.studies.worded import main, pairs_of
from tests.evaluated import made_case, right_answer
from tests.made_runs import make_run


def with_model(answer: Answer, wording: Wording, *statements: Statement) -> Answer:
    provenance = answer.provenance.model_copy(update={"wording": wording})
    told = {"provenance": provenance, "statements": statements or answer.statements}
    return answer.model_copy(update=told)


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    """Two runs over three cases: one worded, one where the model failed, one never given to it."""
    plain = right_answer()
    (said,) = plain.statements
    anew = said.model_copy(update={"text": "Also, identity is protected."})
    told = Wording(model="small", calls=2, kept=1)
    failed = Wording(model="small", cause="timeout", calls=1)
    cases = [made_case(name) for name in ("worded", "failed", "left")]
    worded = [with_model(plain, told, anew), with_model(plain, failed), plain]
    run = make_run(tmp_path / "run", [*zip(cases, worded, strict=True)], seconds=40.0)
    return run, make_run(tmp_path / "without", [(case, plain) for case in cases])


def test_each_answer_that_was_given_to_the_model_is_set_beside_the_other(
    runs: tuple[Path, Path],
) -> None:
    one, other = pairs_of(*runs)
    assert (one.id, other.id) == ("worded", "failed")
    assert one.same
    assert other.same
    assert "citations exact" not in one.differs
    assert other.differs == ()


def test_what_came_of_them_is_told(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*map(str, runs), "--show", "1"]) == 0
    told = capsys.readouterr().out
    assert "model: 2, calls 3" in told
    assert "as without it: 1.000" in told
    assert "kept 1, retried 0" in told
    assert "timeout: 1" in told
    assert "within 30 seconds: 0.000" in told
    assert "  Also, identity is protected." in told


def test_an_answer_that_lost_something_fails_the_run(
    runs: tuple[Path, Path], tmp_path: Path
) -> None:
    plain = right_answer()
    lost = with_model(plain, Wording(model="small", calls=1, kept=1))
    short = lost.model_copy(update={"statements": ()})
    cases = [made_case(name) for name in ("worded", "failed", "left")]
    run = make_run(tmp_path / "lost", [(case, short) for case in cases])
    assert main([str(run), str(runs[1])]) == 1


def test_a_run_without_a_model_is_told(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(runs[1]), str(runs[1])]) == 1
    assert "model" in capsys.readouterr().err
