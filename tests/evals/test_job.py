import json
import os
from pathlib import Path

import pytest
from filelock import FileLock

from assistant.errors import BatchError
from assistant.records import Answer, Question
from assistant.settings import Settings
from evals.cases.own_cases import OwnCases
from evals.metrics import score
from evals.running import job
from evals.running.asking import Asker
from evals.running.job import LOCK, ONE_AT_A_TIME, Job, Order, Worker, main, read_job, resumed
from evals.running.shelf import FOLDER, Shelf
from tests.evaluated import made_case, right_answer


class Player:
    """Answers rightly, and does something before one case."""

    def __init__(self, at: int = 0, error: BaseException | None = None) -> None:
        self._left = at
        self._error = error

    def ask(self, question: Question) -> Answer:
        self._left -= 1
        if self._error and self._left == 0:
            raise self._error
        return right_answer()


@pytest.fixture(autouse=True)
def _labelled_claims_are_judged_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score, "judges_on_development", dict)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    own = OwnCases(tmp_path)
    for number in range(4):
        own.save(made_case(f"own-{number:03d}"))
    (tmp_path / FOLDER).mkdir()
    return tmp_path


def work(home: Path, asker: Asker, **order: object) -> int:
    given = Order.model_validate({"name": "a-run", "suite": "own", **order})
    return Worker(given, Settings(home=home), lambda _: asker).work()


def test_a_job_asks_scores_and_says_so(home: Path) -> None:
    assert work(home, Player()) == 0
    told = read_job(home / FOLDER)
    assert told
    assert (told.phase, told.done, told.total, told.pid) == ("done", 4, 4, os.getpid())
    assert Shelf(home).open("a-run").entry.whole


def test_a_job_that_is_interrupted_keeps_its_answers_and_goes_on(home: Path) -> None:
    assert work(home, Player(3, KeyboardInterrupt())) == 130
    told = read_job(home / FOLDER)
    assert told
    assert (told.phase, told.done) == ("stopped", 2)
    assert Shelf(home).entry("a-run").answered == 2
    order = resumed(home / FOLDER / "a-run")
    assert order == Order(name="a-run", suite="own")
    assert work(home, Player(3, RuntimeError("asked too much"))) == 0
    assert Shelf(home).open("a-run").entry.answered == 4


def test_what_keeps_a_job_from_being_done_is_told(home: Path) -> None:
    assert work(home, Player(), family="nothing") == 1
    told = read_job(home / FOLDER)
    assert told
    assert told.phase == "failed"
    assert "No case of 'own'" in told.sentence


def test_a_fault_is_told_in_a_sentence_of_its_own(home: Path) -> None:
    with pytest.raises(RuntimeError):
        work(home, Player(2, RuntimeError("inside")))
    told = read_job(home / FOLDER)
    assert told
    assert (told.phase, told.sentence) == ("failed", job.BROKEN)


def test_a_second_job_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(job, "FileLock", lambda path, timeout: FileLock(path, timeout=0))
    with FileLock(home / FOLDER / LOCK):
        assert work(home, Player()) == 1
    assert ONE_AT_A_TIME in capsys.readouterr().err
    assert not (home / FOLDER / "a-run").exists()


def test_a_job_whose_parent_is_gone_stops(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parents = iter([1, 1, 2])
    monkeypatch.setattr(job.os, "getppid", lambda: next(parents))
    assert work(home, Player()) == 130
    assert Shelf(home).entry("a-run").answered == 2


def test_the_time_left_follows_from_the_rate() -> None:
    told = Job(order=Order(name="a"), phase="asking", done=10, total=40, rate=2.0)
    assert told.seconds_left == 15.0
    assert told.model_copy(update={"rate": 0.0}).seconds_left is None


def test_a_run_is_scored_alone(home: Path) -> None:
    work(home, Player())
    (home / FOLDER / "a-run" / "summary.json").unlink()
    assert work(home, Player(1, RuntimeError("asked")), suite="") == 0
    assert Shelf(home).open("a-run").scores


def test_the_command_takes_an_order_as_json(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(job, "stand_back", lambda: calls.append("back"))
    monkeypatch.setenv("SIGNPOST_HOME", str(home))
    order = {"name": "a-run", "suite": "own", "family": "nothing"}
    assert main([json.dumps(order)]) == 1
    assert calls == ["back"]
    with pytest.raises(BatchError, match="That is no order"):
        main(["nonsense"])
