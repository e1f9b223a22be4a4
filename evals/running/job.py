"""The one run that an installation has at a time: asked and scored in a process of its own.

It stands back: lower priority, and one processor of several, so that nobody who asks in the
meantime is kept waiting. It stops by itself once whoever started it is gone; what was answered
stays. How it stands is told in a file that others read.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from pydantic import SecretStr, ValidationError

from assistant.errors import BatchError, SignpostError
from assistant.home import writing
from assistant.pipeline import Assistant
from assistant.settings import PREFIX, Settings
from corpus.passage import Record
from evals.folder import load_config, write_file
from evals.metrics.score import score_run
from evals.running.run import Chosen, Open, run_chosen
from evals.running.shelf import FOLDER, NAME

STATE, LEARNED, LOCK = ".job.json", ".learned.json", ".job.lock"
"""Files of the runs' folder: how the last job stands, how the last learning ended, and what a job
holds, so that there is one at a time."""

Phase = Literal["opening", "asking", "scoring", "learning", "done", "stopped", "failed"]
GOING: frozenset[Phase] = frozenset({"opening", "asking", "scoring", "learning"})

ONE_AT_A_TIME = "A run is going on; wait for its end, or stop it, and start yours then."
BROKEN = "The run broke off because of a fault in Signpost; start it again, and it goes on."

_EVERY, PATIENCE, NEWS_SECONDS = 0.3, 8, 3600
"""Seconds between two words of a job, that it has to stop by itself (what it has answered is kept
in either case), and for which it is told that it has ended."""

NICE, THREADS = 10, ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""By how much a job stands back where the system has priorities, and variables by which numerical
libraries are held to one thread."""


class Order(Chosen):
    """What a job is to do: which cases are asked, none where a run is scored alone."""

    name: str
    learn: bool = False
    """Name of the run folder; and whether the reader is trained, and nothing is asked."""


class Job(Record):
    """How a job stands."""

    order: Order
    phase: Phase
    pid: int = 0
    """What it is at, or how it ended, and its process."""

    done: int = 0
    total: int = 0
    rate: float = 0.0
    """Cases that were answered, those of earlier calls included, or steps of learning; those in
    all, 0 until they are known; and those a second, opening left out, 0 until one was done."""

    before: dict[str, tuple[int, int]] = {}
    after: dict[str, tuple[int, int]] = {}
    rows: int = 0
    kept: bool = False
    """What the reader in use gets right and of how many, by name, and the one that was trained;
    rows of the operator's own that were learned from, and whether what was learned is kept, and
    read with from the next start on."""

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


class Worker:
    """Does what is ordered, by what `open_asker` opens, and keeps the file up to date."""

    def __init__(self, order: Order, settings: Settings, open_asker: Open = Assistant.open) -> None:
        self._folder, self._settings = settings.home / FOLDER, settings
        self._open, self._parent = open_asker, os.getppid()
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
        order, folder = self._job.order, self._folder / self._job.order.name
        if order.suite:
            run_chosen(order, folder, self._settings, self._progress, self._open)
        self._say(phase="scoring")
        score_run(folder)

    def _progress(self, done: int, total: int, phase: Phase = "asking") -> None:
        now = time.monotonic()
        if os.getppid() != self._parent:
            # Whoever started it is gone.
            raise KeyboardInterrupt
        since, first = self._first = self._first or (now, done)
        rate = (done - first) / (now - since) if done > first else 0.0
        due = now - self._told >= _EVERY or done == total
        self._told = now if due else self._told
        self._say(due, phase=phase, done=done, total=total, rate=rate)

    def _say(self, aloud: bool = True, **changes: object) -> None:
        self._job = self._job.model_copy(update=changes)
        if aloud:
            # So often that no disk is waited for.
            write_file(self._folder / STATE, self._job.model_dump_json() + "\n", lasting=False)


def stand_back() -> None:
    """Lower this process's priority, and leave it one processor where there are several."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    if hasattr(os, "sched_setaffinity"):
        own = sorted(os.sched_getaffinity(0))
        if len(own) > 1:
            os.sched_setaffinity(0, {own[-1]})


def resumed(folder: Path) -> Order:
    """Return the order by which a run folder goes on; BatchError if it is no run folder."""
    kept = load_config(folder).model_dump(include={"suite", "split", "family", "limit"})
    return Order.model_validate({"name": folder.name, **kept})


def command_of(order: Order) -> Sequence[str]:
    """Return the command line that does an order."""
    module = "evals.training.learning" if order.learn else "evals.running.job"
    return (sys.executable, "-m", module, order.model_dump_json())


class Jobs:
    """The run of a home: one at a time, whichever process started it."""

    def __init__(
        self, settings: Settings, command: Callable[[Order], Sequence[str]] = command_of
    ) -> None:
        self._settings, self._folder, self._command = settings, settings.home / FOLDER, command
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
        if self._told_to_stop or code in (None, 0, 130, -2, -9):
            return job.model_copy(update={"phase": "stopped"})
        return job.model_copy(update={"phase": "failed", "sentence": BROKEN})

    def news(self) -> Job | None:
        """Return how the last job stands, but for one that ended over an hour ago."""
        job = self.now()
        with suppress(OSError):
            age = time.time() - (self._folder / STATE).stat().st_mtime
            return None if job and job.phase not in GOING and age > NEWS_SECONDS else job
        return job

    def start(self, order: Order) -> Job:
        """Start a job, and return as it stands at first.

        BatchError if one is going on, the run may not be called so, or no case is left to ask;
        StoreError if the folder of the runs cannot be written.
        """
        if not NAME.fullmatch(order.name):
            raise BatchError("Name the run with letters, digits, hyphens and full stops.")
        if order.suite:
            order.read(self._settings.home)
        with self._lock:
            if self._is_going():
                raise BatchError(ONE_AT_A_TIME)
            with writing(self._folder):
                self._folder.mkdir(parents=True, exist_ok=True)
            job = Job(order=order, phase="opening")
            self._told_to_stop = False
            write_file(self._folder / STATE, job.model_dump_json() + "\n", lasting=False)
            command, env = self._command(order), _environment(self._settings)
            null = subprocess.DEVNULL
            self._process = subprocess.Popen(command, env=env, stdin=null, stdout=null, stderr=null)
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
            if process is None or process.poll() is not None:
                job = read_job(self._folder)
                if job is None or not job.pid:
                    return False
                # It holds the lock, so that the number is that of no other process.
                with suppress(ProcessLookupError):
                    os.kill(job.pid, signal.SIGINT)
                return True
            process.send_signal(signal.SIGINT)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            return True

    def close(self) -> None:
        """Stop the job of this process, and none that another one started."""
        if self._process is not None and self._process.poll() is None:
            self.stop()

    def _is_going(self) -> bool:
        if self._process is not None and self._process.poll() is None:
            return True
        if not (self._folder / LOCK).exists():
            return False
        with suppress(Timeout), FileLock(self._folder / LOCK, timeout=0):
            return False
        return True


def _environment(settings: Settings) -> Mapping[str, str]:
    """Return the environment of a job: that of this process, with the settings as they are here."""
    kept = {name: one for name, one in os.environ.items() if not name.startswith(PREFIX)}
    for name, value in settings.model_dump(exclude_defaults=True).items():
        text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        kept[f"{PREFIX}{name.upper()}"] = text
    kept[f"{PREFIX}HOME"] = str(settings.home.resolve())
    paths = [str(Path(__file__).parents[2]), kept.get("PYTHONPATH", "")]
    threads = dict.fromkeys(THREADS, "1")
    return {**kept, **threads, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def main(argv: Sequence[str] | None = None, worker: type[Worker] = Worker) -> int:
    """Do one order, given as JSON: `python -m evals.running.job ORDER`."""
    try:
        order = Order.model_validate_json((sys.argv[1:] if argv is None else argv)[0])
    except (IndexError, ValueError):
        raise BatchError("That is no order; give one as JSON.") from None
    stand_back()
    return worker(order, Settings.from_environment()).work()


if __name__ == "__main__":
    sys.exit(main())
