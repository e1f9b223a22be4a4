"""Words as a model gives them, in a thread of their own, until a deadline or a stop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic

logger = logging.getLogger(__name__)

Start = Callable[[], Iterator[str]]
"""Begins a call and gives its text piece by piece; may wait, and may fail."""


class Stopped(Exception):
    """A call was called off by whoever asked."""


class Flow:
    """One call to a model; it never makes its reader wait past the deadline."""

    def __init__(
        self,
        start: Start,
        stop: Callable[[], None],
        deadline: float,
        failures: tuple[type[Exception], ...],
    ) -> None:
        """Keep what to call.

        Args:
            start: begins the call.
            stop: ends it from another thread, whatever it waits for; may be called again.
            deadline: on the clock of `time.monotonic`.
            failures: what the call may raise.
        """
        self._start = start
        self._stop = stop
        self._deadline = deadline
        self._failures = failures
        self._stopped = Event()
        self._pieces: SimpleQueue[str | Exception | None] = SimpleQueue()

    def __iter__(self) -> Iterator[str]:
        """Give the text piece by piece; the call is over when this is, whatever the reason.

        Raises:
            TimeoutError: the deadline has passed.
            Stopped: it was called off.
            Exception: one of the failures.
        """
        Thread(target=self._pump, name="wording", daemon=True).start()
        try:
            while True:
                piece = self._next()
                if piece is None:
                    return
                yield piece
        finally:
            self.close()

    def cancel(self) -> None:
        """Call it off, from any thread: the reader is told at once, and the call is ended."""
        self._stopped.set()
        self._pieces.put(Stopped())
        self._stop()

    def close(self) -> None:
        """End the call."""
        self._stopped.set()
        self._stop()

    def _next(self) -> str | None:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        try:
            piece = self._pieces.get(timeout=left)
        except Empty:
            raise TimeoutError from None
        if isinstance(piece, Exception):
            raise piece
        return piece

    def _pump(self) -> None:
        end: Exception | None = RuntimeError("the call died")
        try:
            for piece in self._start():
                if self._stopped.is_set():
                    break
                self._pieces.put(piece)
            end = None
        except self._failures as error:
            end = error
        finally:
            self._pieces.put(end)
