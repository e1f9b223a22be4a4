"""How a run or learning goes: what is done, how fast, how long it takes, what was answered last."""

from __future__ import annotations

from typing import NamedTuple

from evals.running.job import GOING, Job
from evals.running.shelf import Shelf
from ui.words.catalogue import say

LATEST = 3
"""Answers that are shown while a run goes on."""


class Progress(NamedTuple):
    """How the last job stands, as it is shown."""

    job: Job
    title: str
    """What it is at, or how it ended."""

    said: str
    """How much is done, how fast, and how long it will take; empty once it has ended."""

    latest: tuple[tuple[str, str], ...] = ()
    """Status and question of what was answered last; none of cases that are held out."""

    @property
    def going(self) -> bool:
        """Whether it goes on."""
        return is_going(self.job)

    @classmethod
    def of(cls, job: Job | None, shelf: Shelf) -> Progress | None:
        """Return how a job stands; none where there is none."""
        if job is None:
            return None
        if not is_going(job):
            return cls(job, _ended(job), "")
        run = job.order.name
        # Cases that are held out are read by nobody on the way either.
        open_to_all = job.order.split == "development" and job.phase == "asking"
        rows = shelf.latest(run, LATEST) if open_to_all else ()
        latest = tuple(
            (one.answer.status, one.answer.question or say("evaluate.not_kept"))
            for one in rows
            if one.answer
        )
        return cls(job, say(f"evaluate.phase_{job.phase}", run=run), counted(job), latest)


def is_going(job: Job | None) -> bool:
    """Return whether a job goes on."""
    return job is not None and job.phase in GOING


def counted(job: Job) -> str:
    """Return how much is done, how fast, and how long it will take, in a sentence."""
    if job.phase not in ("asking", "learning") or not job.total:
        return say("evaluate.wait_scoring" if job.phase == "scoring" else "evaluate.wait")
    key = "evaluate.steps" if job.phase == "learning" else "evaluate.done"
    done = say(key, done=f"{job.done:,}", total=f"{job.total:,}")
    if job.seconds_left is None:
        return done
    rate = "" if job.order.learn else say("evaluate.rate", rate=f"{job.rate:.1f}")
    return " ".join(filter(None, (done, rate, time_left(job.seconds_left))))


def time_left(seconds: float) -> str:
    """Return how long it will take, to the minute, or under a minute to ten seconds."""
    if seconds < 60:
        return say("evaluate.seconds_left", n=max(10, -(-round(seconds) // 10) * 10))
    return say("evaluate.minutes_left", n=-(-round(seconds) // 60))


def _ended(job: Job) -> str:
    counts = {"done": f"{job.done:,}", "total": f"{job.total:,}"}
    how = job.phase if not job.order.learn else f"learn_{job.phase}"
    return say(f"evaluate.ended_{how}", run=job.order.name, why=job.sentence, **counts)
