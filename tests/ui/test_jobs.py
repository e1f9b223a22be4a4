"""Work in the background: one of a kind at a time, and how it ended is told."""

import threading

import pytest

from assistant.errors import StoreError
from ui.pages.library.library_keeper import Job
from ui.words.catalogue import say


def test_a_job_tells_how_far_it_is_and_runs_once_at_a_time():
    reached, go_on = threading.Event(), threading.Event()

    def work(report):
        report(3, 7)
        reached.set()
        assert go_on.wait(10)
        return "built"

    job = Job(work)
    assert job.stand.state == "idle"
    assert job.start()
    assert reached.wait(10)
    assert (job.stand.state, job.stand.done, job.stand.total) == ("running", 3, 7)
    assert not job.start()
    go_on.set()
    job.wait(10)
    assert (job.stand.state, job.result) == ("done", "built")
    assert job.stand.ended >= job.stand.began


def test_a_job_that_fails_says_why_and_keeps_what_came_before():
    told = iter(["first", StoreError("The disk is full; make room.")])

    def work(report):
        now = next(told)
        if isinstance(now, Exception):
            raise now
        return now

    job = Job(work)
    for _ in range(2):
        assert job.start()
        job.wait(10)
    assert (job.stand.state, job.stand.said) == ("failed", "The disk is full; make room.")
    assert job.result == "first"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_our_own_is_told_without_its_words():
    def work(report):
        raise RuntimeError("words of a question")

    job = Job(work)
    job.start()
    job.wait(10)
    assert (job.stand.state, job.stand.said) == ("failed", say("problem.fault"))
