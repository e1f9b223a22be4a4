"""The calls to a language model for one answer: few, within one deadline, ended together."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import Protocol

from assistant.wording.endpoint import Failure, failure_of, failures

logger = logging.getLogger(__name__)

MOST = 2
"""Calls for an answer at most."""


class Line(Protocol):
    """A way to a model for one call."""

    def pieces(self, system: str, user: str) -> Iterator[str]:
        """Ask it, and give its text piece by piece."""

    def stop(self) -> None:
        """End the call from another thread, whatever it waits for; may be called again."""


Connect = Callable[[float], Line]
"""Gives a way to a model for one call that takes so many seconds at most."""

_Pieces = SimpleQueue[str | Failure | None]
"""What a call gives: its text, then why it failed, or none where it is whole."""


class Calls:
    """What one answer may ask of a model."""

    def __init__(self, connect: Connect, seconds: float) -> None:
        """Start the clock; nothing is sent yet."""
        self.made = 0
        self._deadline = monotonic() + seconds
        self._connect = connect
        self._called_off = Event()
        self._pieces: _Pieces = SimpleQueue()
        self._line: Line | None = None

    @property
    def are_left(self) -> bool:
        """Whether another may be made."""
        return self.made < MOST

    @property
    def seconds(self) -> float:
        """Seconds that are left; below 0 once the deadline has passed."""
        return self._deadline - monotonic()

    def read(self, system: str, request: str) -> Generator[str | Failure, None, None]:
        """Make a call, in a thread of its own, and give its text piece by piece.

        It is over when this is, whatever the reason, and never makes its reader wait past the
        deadline. Where it fails or is called off, why is the last that is given.
        """
        if self._called_off.is_set():
            yield Failure("cancelled")
            return
        self.made += 1
        line = self._connect(max(0.1, self.seconds))
        pieces = self._pieces = SimpleQueue()
        self._line, over = line, Event()
        if self._called_off.is_set():
            self.cancel()

        told = line.pieces(system, request)
        Thread(target=self._pump, args=(told, pieces, over), name="wording", daemon=True).start()
        try:
            while isinstance(piece := self._next(pieces), str):
                yield piece
            if piece is not None:
                yield Failure("cancelled") if self._called_off.is_set() else piece
        finally:
            over.set()
            line.stop()

    def _pump(self, told: Iterator[str], pieces: _Pieces, over: Event) -> None:
        end: Failure | None = Failure("failed")
        try:
            for piece in told:
                if over.is_set() or self._called_off.is_set():
                    break
                pieces.put(piece)
            end = None
        except failures() as error:
            logger.debug("The call failed: %s", type(error).__name__)
            end = failure_of(error)
        finally:
            pieces.put(end)

    def _next(self, pieces: _Pieces) -> str | Failure | None:
        left = self.seconds
        try:
            return pieces.get(timeout=left) if left > 0 else Failure("timeout")
        except Empty:
            return Failure("timeout")

    def wait(self, seconds: float) -> None:
        """Wait, unless they are called off."""
        self._called_off.wait(seconds)

    def cancel(self) -> None:
        """Call them off from another thread: the one that runs is ended, and none follows."""
        self._called_off.set()
        self._pieces.put(Failure("cancelled"))
        if self._line is not None:
            self._line.stop()
