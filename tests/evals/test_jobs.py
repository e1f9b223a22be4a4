import os
import re
import time
from types import SimpleNamespace

import pytest
from filelock import FileLock

from assistant.errors import BatchError
from assistant.settings import Settings
from evals.cases.own_cases import OwnCases
from evals.folder import ANSWERS, SCORES
from evals.metrics import score
from evals.running import job, shelf
from evals.running.shelf import FOLDER, Shelf
from tests.evaluated import Player, gated_command, made_case, open_gate

ORDER = job.Order(name="a-run", suite="own")


@pytest.fixture
def home(tmp_path):
    own = OwnCases(tmp_path)
    for number in range(4):
        own.save(made_case(f"own-{number:03d}"))
    (tmp_path / FOLDER).mkdir()
    return tmp_path


@pytest.fixture
def jobs(home):
    made = job.Jobs(Settings(home=home), gated_command)
    yield made
    made.stop()


def until(is_so, seconds=60):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "It did not come to that."
        time.sleep(0.02)


def phase(jobs):
    job = jobs.now()
    return job.phase if job else ""


def test_a_run_goes_on_by_itself_is_stopped_at_once_and_goes_on_again(home, jobs):
    assert jobs.now() is None
    open_gate(home, 2)
    jobs.start(ORDER)
    until(lambda: Shelf(home).names() != () and Shelf(home).entry("a-run").answered == 2)
    other = job.Jobs(Settings(home=home), gated_command)
    for one in (jobs, other):
        with pytest.raises(BatchError, match=re.escape(job.ONE_AT_A_TIME)):
            one.start(ORDER.model_copy(update={"name": "another"}))
    other.close()
    assert phase(jobs) in job.GOING
    # Another process, such as a server that was started anew, can stop it too.
    assert other.stop() is True
    until(lambda: phase(jobs) == "stopped")
    until(lambda: not jobs.stop())
    assert Shelf(home).entry("a-run").answered == 2
    open_gate(home, 4)
    jobs.start(ORDER)
    until(lambda: phase(jobs) == "done")
    assert Shelf(home).entry("a-run").whole


def test_a_job_that_is_killed_counts_as_stopped_and_one_that_breaks_as_failed(home, jobs):
    started = jobs.start(ORDER)
    until(lambda: phase(jobs) == "opening" and (home / FOLDER / "a-run").exists())
    os.kill(started.pid, 9)
    until(lambda: phase(jobs) == "stopped")
    OwnCases(home).save(made_case("own-000", question="Break?"))
    open_gate(home, 4)
    jobs.start(ORDER.model_copy(update={"name": "broken"}))
    until(lambda: phase(jobs) == "failed")
    assert jobs.now().sentence == job.BROKEN


def test_the_job_has_the_settings_of_its_server(home, monkeypatch):
    monkeypatch.setenv("SIGNPOST_RISK", "0.2")
    env = {}

    def opened(command, **given):
        env.update(given["env"])
        return SimpleNamespace(pid=1, poll=lambda: 0, wait=lambda: 0)

    monkeypatch.setattr(job.subprocess, "Popen", opened)
    job.Jobs(Settings(home=home, risk=0.3), job.command_of).start(ORDER)
    assert (env["SIGNPOST_RISK"], env["SIGNPOST_HOME"]) == ("0.3", str(home))


@pytest.fixture(autouse=True)
def _labelled_claims_are_judged_elsewhere(monkeypatch):
    monkeypatch.setattr(score, "judges_on_development", dict)


def work(home, asker, **order):
    given = job.Order.model_validate({"name": "a-run", "suite": "own", **order})
    return job.Worker(given, Settings(home=home), lambda _: asker).work()


def test_a_job_that_is_interrupted_keeps_its_answers_goes_on_and_is_scored(home):
    assert work(home, Player(3, KeyboardInterrupt())) == 130
    told = job.read_job(home / FOLDER)
    assert (told.phase, told.done, Shelf(home).entry("a-run").answered) == ("stopped", 2, 2)
    assert work(home, Player(3, RuntimeError("asked too much"))) == 0
    told = job.read_job(home / FOLDER)
    assert (told.phase, told.done, told.total) == ("done", 4, 4)
    (home / FOLDER / "a-run" / "summary.json").unlink()
    assert work(home, Player(1, RuntimeError("asked")), suite="") == 0
    assert Shelf(home).open("a-run").cases


def test_a_job_whose_parent_is_gone_stops(home, monkeypatch):
    parents = iter([1, 1, 2])
    monkeypatch.setattr(job.os, "getppid", lambda: next(parents))
    assert work(home, Player()) == 130
    assert Shelf(home).entry("a-run").answered == 2


def test_what_keeps_an_order_from_being_done_is_told(home, monkeypatch, capsys):
    monkeypatch.setattr(job, "stand_back", lambda: None)
    monkeypatch.setenv("SIGNPOST_HOME", str(home))
    assert job.main([ORDER.model_copy(update={"family": "nothing"}).model_dump_json()]) == 1
    told = job.read_job(home / FOLDER)
    assert (told.phase, "No case of 'own'" in told.sentence) == ("failed", True)
    with pytest.raises(BatchError, match="That is no order"):
        job.main(["nonsense"])
    for changes, said in ({"name": "../a"}, "Name the run"), ({"suite": "no-such"}, "no-such"):
        with pytest.raises(BatchError, match=said):
            job.Jobs(Settings(home=home)).start(ORDER.model_copy(update=changes))
    monkeypatch.setattr(job, "FileLock", lambda path, timeout: FileLock(path, timeout=0))
    with FileLock(home / FOLDER / job.LOCK):
        assert work(home, Player()) == 1
    assert job.ONE_AT_A_TIME in capsys.readouterr().err


def test_runs_are_listed_with_their_scores_and_no_other_name_leads_anywhere(own_runs):
    (own_runs / FOLDER / "link").symlink_to(own_runs / FOLDER / "before", target_is_directory=True)
    found = Shelf(own_runs).entries()
    assert {one.name for one in found} == {"before", "after"}
    assert all(one.whole and one.summary and one.summary.asked == one.answered for one in found)
    for name in ("../shelf", "before/..", ".", "", "link", "/etc", "before\n"):
        with pytest.raises(BatchError, match="There is no run"):
            Shelf(own_runs).open(name)


def test_scores_that_are_broken_or_older_than_an_answer_or_too_large_are_refused_and_a_cut_line(
    own_runs, monkeypatch
):
    (own_runs / FOLDER / "before" / SCORES).write_text("{}\n")
    with pytest.raises(BatchError, match="score it again"):
        Shelf(own_runs).open("before")
    path = own_runs / FOLDER / "before" / ANSWERS
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    found = Shelf(own_runs).entry("before")
    assert (found.answered, found.whole) == (whole.count(b"\n") - 1, False)
    with pytest.raises(BatchError, match="was not scored"):
        Shelf(own_runs).open("before")
    monkeypatch.setattr(shelf, "MOST_BYTES", 100)
    path.write_bytes(whole)  # What was read already is kept until it changes.
    with pytest.raises(BatchError, match="is larger than"):
        Shelf(own_runs).open("before")
    assert Shelf(own_runs).entries() == ()
