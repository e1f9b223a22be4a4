"""Starting, stopping and watching the one run that an installation may have at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import SecretStr

from assistant.errors import BatchError
from assistant.home import writing
from assistant.settings import PREFIX, Settings
from evals.running.job import (
    BROKEN,
    GOING,
    LEARNED,
    LOCK,
    ONE_AT_A_TIME,
    STATE,
    Job,
    Order,
    read_job,
    write_job,
)
from evals.running.shelf import FOLDER, NAME

PATIENCE = 8
"""Seconds that a job has to stop by itself; what it has answered is kept in either case."""

NEWS_SECONDS = 3600
"""How long it is told that a job has ended."""

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""Variables by which numerical libraries are held to one thread."""

Command = Callable[[Order], Sequence[str]]
"""Returns the command line of the process that does an order."""


def command_of(order: Order) -> Sequence[str]:
    """Return the command line that does an order."""
    module = "evals.training.learning" if order.learn else "evals.running.job"
    return (sys.executable, "-m", module, order.model_dump_json())


class Jobs:
    """The run of a home: one at a time, whichever process started it."""

    def __init__(self, settings: Settings, command: Command = command_of) -> None:
        """Keep the place; nothing is made yet."""
        self._settings = settings
        self._folder = settings.home / FOLDER
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._told_to_stop = False

    def now(self) -> Job | None:
        """Return how the last job stands; none where there was none.

        One whose process is gone without a word was stopped.
        """
        job = read_job(self._folder)
        if job is None or job.phase not in GOING or self._is_going():
            return job
        # Once more: its last word may have come in between.
        job = read_job(self._folder) or job
        if job.phase not in GOING:
            return job
        code = self._process.poll() if self._process is not None else None
        failed = not self._told_to_stop and code not in (None, 0, 130, -2, -9)
        change = {"phase": "failed", "sentence": BROKEN} if failed else {"phase": "stopped"}
        return job.model_copy(update=change)

    def news(self) -> Job | None:
        """Return how the last job stands, but for one that ended over an hour ago."""
        job = self.now()
        if job is None or job.phase in GOING:
            return job
        with suppress(OSError):
            if time.time() - (self._folder / STATE).stat().st_mtime > NEWS_SECONDS:
                return None
        return job

    def learned(self) -> Job | None:
        """Return how the last learning ended; none where there was none."""
        return read_job(self._folder, LEARNED)

    def start(self, order: Order) -> Job:
        """Start a job, and return as it stands at first.

        Raises:
            BatchError: one is going on, the run may not be called so, or no case is left to ask.
            StoreError: the folder of the runs cannot be written.
        """
        if not NAME.fullmatch(order.name):
            raise BatchError("Name the run with letters, digits, hyphens and full stops.")
        if order.suite:
            order.chosen(self._settings.home).read()
        with self._lock:
            if self._is_going():
                raise BatchError(ONE_AT_A_TIME)
            with writing(self._folder):
                self._folder.mkdir(parents=True, exist_ok=True)
            job = Job(order=order, phase="opening")
            self._told_to_stop = False
            write_job(self._folder, job)
            self._process = subprocess.Popen(
                self._command(order),
                env=_environment(self._settings),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            # However and whenever it ends, it leaves no process behind that nobody waited for.
            threading.Thread(target=self._process.wait, daemon=True).start()
            return job.model_copy(update={"pid": self._process.pid})

    def stop(self) -> bool:
        """Stop the job that goes on, at once; return whether there was one."""
        with self._lock:
            if not self._is_going():
                return False
            process = self._process
            # However it ends then: an interruption can come at a time when it is told otherwise.
            self._told_to_stop = True
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                return True
            job = read_job(self._folder)
            if job is None or not job.pid:
                return False
            # It holds the lock, so that the number is that of no other process.
            with suppress(ProcessLookupError):
                os.kill(job.pid, signal.SIGINT)
            return True

    def close(self) -> None:
        """Stop the job of this process, and none that another one started."""
        if self._process is not None and self._process.poll() is None:
            self.stop()

    def _is_going(self) -> bool:
        if self._process is not None and self._process.poll() is None:
            return True
        path = self._folder / LOCK
        if not path.exists():
            return False
        try:
            with FileLock(path, timeout=0):
                return False
        except Timeout:
            return True


def _environment(settings: Settings) -> Mapping[str, str]:
    """Return the environment of a job: that of this process, with the settings as they are here."""
    kept = {name: one for name, one in os.environ.items() if not name.startswith(PREFIX)}
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        if value != field.get_default():
            text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            kept[f"{PREFIX}{name.upper()}"] = text
    kept[f"{PREFIX}HOME"] = str(settings.home.resolve())
    paths = [str(Path(__file__).parents[2]), kept.get("PYTHONPATH", "")]
    threads = dict.fromkeys(THREADS, "1")
    return {**kept, **threads, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
