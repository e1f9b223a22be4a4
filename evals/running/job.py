"""One run in a process of its own: asked and scored, with its state in a file that others read.

It stands back: lower priority, and one processor of several, so that nobody who asks in the
meantime is kept waiting. It stops by itself once whoever started it is gone; what was answered
stays.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from pydantic import ValidationError

from assistant.errors import BatchError, SignpostError
from assistant.settings import Settings
from corpus.passage import Record
from evals.cases.case import Split
from evals.cases.own_cases import SUITE, OwnCases
from evals.folder import load_config, write_file
from evals.running.run import Chosen, Open, run_chosen
from evals.running.shelf import FOLDER

STATE = ".job.json"
"""File of the runs' folder that says how the last job stands."""

LOCK = ".job.lock"
"""File that a job holds, so that there is one at a time."""

LEARNED = ".learned.json"
"""File of the runs' folder that says how the last learning ended."""

Phase = Literal["opening", "asking", "scoring", "learning", "done", "stopped", "failed"]

GOING: frozenset[Phase] = frozenset({"opening", "asking", "scoring", "learning"})

ONE_AT_A_TIME = "A run is going on; wait for its end, or stop it, and start yours then."

BROKEN = "The run broke off because of a fault in Signpost; start it again, and it goes on."

NICE = 10
"""By how much a job stands back where the system has priorities."""

_EVERY = 0.3


class Order(Record):
    """What a job is to do."""

    name: str
    """Name of the run folder."""

    learn: bool = False
    """Whether the reader is trained, and nothing is asked."""

    suite: str = ""
    """The suite; empty where a run is scored alone."""

    split: Split | None = None
    family: str | None = None
    limit: int | None = None

    def chosen(self, home: Path) -> Chosen:
        """Return which cases are asked."""
        own = OwnCases(home).path if self.suite == SUITE else None
        return Chosen(
            suite=self.suite, split=self.split, family=self.family, limit=self.limit, cases=own
        )


class Job(Record):
    """How a job stands."""

    order: Order
    phase: Phase
    """What it is at, or how it ended."""

    pid: int = 0
    done: int = 0
    """Cases that were answered, those of earlier calls included; or steps of learning."""

    total: int = 0
    """Cases or steps in all; 0 until they are known."""

    rate: float = 0.0
    """Cases or steps a second, opening left out; 0 until one was done."""

    before: dict[str, tuple[int, int]] = {}
    """What the reader in use gets right and of how many, by name, where one was trained."""

    after: dict[str, tuple[int, int]] = {}
    """The same of the one that was trained."""

    rows: int = 0
    """Rows of the operator's own that were learned from."""

    kept: bool = False
    """Whether what was learned is kept, and read with from the next start on."""

    sentence: str = ""
    """Why it failed."""

    @property
    def seconds_left(self) -> float | None:
        """How long asking will take at the rate so far; none until that is known."""
        return (self.total - self.done) / self.rate if self.rate else None


def read_job(folder: Path, name: str = STATE) -> Job | None:
    """Return what a file of a runs' folder says; none where there is none."""
    try:
        return Job.model_validate_json((folder / name).read_bytes())
    except (OSError, ValidationError):
        return None


def write_job(folder: Path, job: Job) -> None:
    """Say how a job stands.

    Raises:
        BatchError: the folder cannot be written.
    """
    write_file(folder / STATE, job.model_dump_json() + "\n")


class Worker:
    """Does what is ordered, and keeps the file up to date."""

    def __init__(self, order: Order, settings: Settings, open_asker: Open | None = None) -> None:
        """Keep what is to be done; `open_asker` opens what answers, the assistant if left out."""
        self._folder = settings.home / FOLDER
        self._settings = settings
        self._open = open_asker
        self._parent = os.getppid()
        self._job = Job(order=order, phase="opening", pid=os.getpid())
        self._told = 0.0
        self._first: tuple[float, int] | None = None

    def work(self) -> int:
        """Ask and score; return 0, 1 after a failure, or 130 where it was stopped."""
        # A server that was started in the background may hand down that interruptions are ignored.
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            with FileLock(self._folder / LOCK, timeout=5):
                return self._guarded()
        except Timeout:
            sys.stderr.write(f"signpost: {ONE_AT_A_TIME}\n")
            return 1

    def _guarded(self) -> int:
        try:
            self._say(phase="opening")
            self._do()
            self._say(phase="done")
        except SignpostError as error:
            self._say(phase="failed", sentence=str(error))
            return 1
        except KeyboardInterrupt:
            self._say(phase="stopped")
            return 130
        except BaseException:
            # Told on stderr as well, by whoever runs this.
            self._say(phase="failed", sentence=BROKEN)
            raise
        return 0

    def _do(self) -> None:
        from evals.metrics.score import score_run

        order, folder = self._job.order, self._folder / self._job.order.name
        if order.suite:
            chosen, tell = order.chosen(self._settings.home), self._progress
            run_chosen(chosen, folder, self._settings, progress=tell, open_asker=self._open)
        self._say(phase="scoring")
        score_run(folder)

    def _progress(self, done: int, total: int, phase: Phase = "asking") -> None:
        now = time.monotonic()
        if os.getppid() != self._parent:
            # Whoever started it is gone.
            raise KeyboardInterrupt
        self._first = self._first or (now, done)
        since, first = self._first
        rate = (done - first) / (now - since) if done > first else 0.0
        change = {"phase": phase, "done": done, "total": total, "rate": rate}
        self._job = self._job.model_copy(update=change)
        if now - self._told >= _EVERY or done == total:
            self._told = now
            self._say()

    def _say(self, **changes: object) -> None:
        self._job = self._job.model_copy(update=changes)
        write_job(self._folder, self._job)


def stand_back() -> None:
    """Lower this process's priority, and leave it one processor where there are several."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    if hasattr(os, "sched_setaffinity"):
        own = sorted(os.sched_getaffinity(0))
        if len(own) > 1:
            os.sched_setaffinity(0, {own[-1]})


def resumed(folder: Path) -> Order:
    """Return the order by which a run folder goes on.

    Raises:
        BatchError: it is no run folder.
    """
    config = load_config(folder)
    return Order(
        name=folder.name,
        suite=config.suite,
        split=config.split,  # type: ignore[arg-type]  # written from a Split, checked on reading
        family=config.family,
        limit=config.limit,
    )


def main(argv: Sequence[str] | None = None, worker: type[Worker] = Worker) -> int:
    """Do one order, given as JSON: `python -m evals.running.job ORDER`."""
    given = sys.argv[1:] if argv is None else list(argv)
    try:
        order = Order.model_validate(json.loads(given[0]))
    except (IndexError, ValueError):
        raise BatchError("That is no order; give one as JSON.") from None
    stand_back()
    return worker(order, Settings.from_environment()).work()


if __name__ == "__main__":
    sys.exit(main())
