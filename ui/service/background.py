"""Work that goes on in the background while pages come and go: one of a kind at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Generic, Literal, TypeVar

from assistant.errors import SignpostError
from corpus.passage import Record
from ui.words.catalogue import say

T = TypeVar("T")

Report = Callable[[int, int], None]
"""Called with what is done and with all that is to be done."""


class Stand(Record):
    """How a job stands."""

    state: Literal["idle", "running", "done", "failed"] = "idle"
    """`idle` before the first run."""

    done: int = 0
    total: int = 0
    """How much there is to do; 0 where that is not known yet."""

    began: str = ""
    """When it began, ISO 8601 in UTC."""

    ended: str = ""
    """When it ended, ISO 8601 in UTC; empty while it runs."""

    said: str = ""
    """Why it failed, as one sentence."""


class Job(Generic[T]):
    """A piece of work that can be started again once it has ended."""

    def __init__(self, work: Callable[[Report], T]) -> None:
        """Keep the work."""
        self._work = work
        self._lock = threading.Lock()
        self._stand = Stand()
        self._thread: threading.Thread | None = None
        self.result: T | None = None
        """What the last run that did not fail returned."""

    @property
    def stand(self) -> Stand:
        """How it stands."""
        return self._stand

    def start(self) -> bool:
        """Start it in a thread; return whether it was not running already."""
        with self._lock:
            if self._stand.state == "running":
                return False
            self._stand = Stand(state="running", began=_now())
            # A daemon, so that a server that is told to stop does not wait for it: whatever a job
            # writes must bear being cut off.
            self._thread = threading.Thread(target=self._run, name="job", daemon=True)
            self._thread.start()
            return True

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it has ended."""
        if self._thread:
            self._thread.join(seconds)

    def _run(self) -> None:
        # A fault of our own is told too; its words, which may hold anything, are not.
        how = {"state": "failed", "said": say("problem.fault")}
        try:
            self.result = self._work(self._report)
            how = {"state": "done"}
        except SignpostError as error:
            how = {"state": "failed", "said": str(error)}
        finally:
            self._stand = self._stand.model_copy(update={"ended": _now(), **how})

    def _report(self, done: int, total: int) -> None:
        self._stand = self._stand.model_copy(update={"done": done, "total": total})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
