import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from assistant.errors import BatchError
from assistant.settings import Settings
from evals.cases.own_cases import OwnCases
from evals.running import jobs as module
from evals.running.job import BROKEN, GOING, ONE_AT_A_TIME, STATE, Job, Order, read_job, write_job
from evals.running.jobs import Jobs, command_of
from evals.running.shelf import FOLDER, Shelf
from tests.evaluated import gated_command, made_case, open_gate

ORDER = Order(name="a-run", suite="own")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    own = OwnCases(tmp_path)
    for number in range(4):
        own.save(made_case(f"own-{number:03d}"))
    return tmp_path


@pytest.fixture
def jobs(home: Path) -> Iterator[Jobs]:
    made = Jobs(Settings(home=home), gated_command)
    yield made
    made.stop()


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "It did not come to that."
        time.sleep(0.02)


def phase(jobs: Jobs) -> str:
    job = jobs.now()
    return job.phase if job else ""


def test_a_run_goes_on_by_itself_is_stopped_at_once_and_goes_on_again(
    home: Path, jobs: Jobs
) -> None:
    assert jobs.now() is None
    open_gate(home, 2)
    jobs.start(ORDER)
    until(lambda: Shelf(home).names() != () and Shelf(home).entry("a-run").answered == 2)
    other = Jobs(Settings(home=home), gated_command)
    assert phase(other) in GOING
    for one in (jobs, other):
        with pytest.raises(BatchError, match=re.escape(ONE_AT_A_TIME)):
            one.start(ORDER.model_copy(update={"name": "another"}))
    other.close()
    assert phase(jobs) in GOING
    # Another process, such as a server that was started anew, can stop it too.
    assert other.stop() is True
    until(lambda: phase(jobs) == "stopped")
    until(lambda: not jobs.stop())
    assert Shelf(home).entry("a-run").answered == 2
    open_gate(home, 4)
    jobs.start(ORDER)
    until(lambda: phase(jobs) == "done")
    assert Shelf(home).open("a-run").entry.whole


def test_a_job_that_is_killed_counts_as_stopped_and_one_that_breaks_as_failed(
    home: Path, jobs: Jobs
) -> None:
    started = jobs.start(ORDER)
    until(lambda: phase(jobs) == "opening" and (home / FOLDER / "a-run").exists())
    os.kill(started.pid, 9)
    until(lambda: phase(jobs) == "stopped")
    OwnCases(home).save(made_case("own-000", question="Break?"))
    open_gate(home, 4)
    jobs.start(ORDER.model_copy(update={"name": "broken"}))
    until(lambda: phase(jobs) == "failed")
    job = jobs.now()
    assert job
    assert job.sentence == BROKEN


def test_a_process_that_cannot_start_is_told(home: Path) -> None:
    jobs = Jobs(Settings(home=home), lambda _: (sys.executable, "-c", "raise SystemExit(3)"))
    jobs.start(ORDER)
    until(lambda: phase(jobs) == "failed")


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (Order(name="../a", suite="own"), "Name the run"),
        (Order(name="", suite="own"), "Name the run"),
        (Order(name="a", suite="nothing"), "There is no suite"),
        (Order(name="a", suite="own", family="nothing"), "No case of 'own'"),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_starts(
    order: Order, sentence: str, home: Path, jobs: Jobs
) -> None:
    with pytest.raises(BatchError, match=sentence):
        jobs.start(order)
    assert read_job(home / FOLDER) is None


def test_the_job_has_the_settings_of_its_server(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNPOST_RISK", "0.2")
    got: list[dict[str, str]] = []

    class Popen:
        pid = 1

        def __init__(self, command: Sequence[str], env: dict[str, str], **rest: object) -> None:
            got.append(env)

        def poll(self) -> int:
            return 0

    monkeypatch.setattr(module.subprocess, "Popen", Popen)
    Jobs(Settings(home=home, risk=0.3), command_of).start(ORDER)
    (env,) = got
    assert (env["SIGNPOST_RISK"], env["SIGNPOST_HOME"]) == ("0.3", str(home))
    assert env["OMP_NUM_THREADS"] == "1"
    assert "SIGNPOST_K" not in env


def test_the_end_of_a_job_is_told_for_an_hour(home: Path, jobs: Jobs) -> None:
    (home / FOLDER).mkdir()
    write_job(home / FOLDER, Job(order=ORDER, phase="done"))
    assert jobs.news()
    os.utime(home / FOLDER / STATE, (0, 0))
    assert jobs.news() is None
    assert jobs.now()


def test_the_command_is_that_of_the_job() -> None:
    assert command_of(ORDER)[1:3] == ("-m", "evals.running.job")
    assert ONE_AT_A_TIME
