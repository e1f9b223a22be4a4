"""The calls to a language model for one answer: few, within one deadline, ended together."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from threading import Event
from time import monotonic
from typing import Protocol

from assistant.wording.endpoint import Failure, failure_of, failures
from assistant.wording.flow import Flow

logger = logging.getLogger(__name__)

MOST = 2
"""Calls for an answer at most."""


class Line(Protocol):
    """A way to a model for one call."""

    def pieces(self, system: str, user: str) -> Iterator[str]:
        """Ask it, and give its text piece by piece."""

    def stop(self) -> None:
        """End the call from another thread."""


Connect = Callable[[float], Line]
"""Gives a way to a model for one call that takes so many seconds at most."""


class Calls:
    """What one answer may ask of a model."""

    def __init__(self, connect: Connect, seconds: float) -> None:
        """Start the clock; nothing is sent yet."""
        self.made = 0
        self.deadline = monotonic() + seconds
        self._connect = connect
        self._called_off = Event()
        self._flow: Flow | None = None

    @property
    def are_left(self) -> bool:
        """Whether another may be made."""
        return self.made < MOST

    @property
    def called_off(self) -> bool:
        """Whether whoever asked wants no more of them."""
        return self._called_off.is_set()

    @property
    def seconds(self) -> float:
        """Seconds that are left; below 0 once the deadline has passed."""
        return self.deadline - monotonic()

    def begin(self, system: str, request: str) -> Flow:
        """Make a call; whoever takes it closes it."""
        self.made += 1
        line = self._connect(max(0.1, self.seconds))
        flow = Flow(lambda: line.pieces(system, request), line.stop, self.deadline, failures())
        self._flow = flow
        if self.called_off:
            flow.cancel()
        return flow

    def wait(self, seconds: float) -> None:
        """Wait, unless they are called off."""
        self._called_off.wait(seconds)

    def cancel(self) -> None:
        """Call them off from another thread: the one that runs is ended, and none follows."""
        self._called_off.set()
        if self._flow is not None:
            self._flow.cancel()

    def failure(self, error: Exception) -> Failure:
        """Say why a call failed."""
        logger.debug("The call failed: %s", type(error).__name__)
        return Failure("cancelled") if self.called_off else failure_of(error)
