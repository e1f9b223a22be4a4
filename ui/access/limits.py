"""What keeps one user, or many at once, from taking the machine: a rate, and a waiting line."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

BODY_BYTES = 256 * 1024
"""Longest body of a request, in bytes: a question after a long conversation."""

EXPORT_BYTES = 4 * 1024 * 1024
"""The same where answers are sent back, twenty at most."""

BODY_SECONDS = 20
"""How long a body may take to arrive."""


class Full(Exception):
    """Nobody more can wait."""


class Rate:
    """Counts what each user asks in a minute, each moment anew."""

    def __init__(self, per_minute: int) -> None:
        """Let each user ask `per_minute` times in any 60 seconds."""
        self._item = RateLimitItemPerMinute(per_minute)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def seconds_to_wait(self, user: str) -> int:
        """Count one; return 0, or, if it is one too many, after how many seconds there is room."""
        if self._limiter.hit(self._item, user):
            return 0
        reset = self._limiter.get_window_stats(self._item, user).reset_time
        return max(1, math.ceil(reset - time.time()))


class Line:
    """A line before a few places: so many are served at once, so many wait, the next is refused."""

    def __init__(self, at_once: int, waiting: int) -> None:
        """Open a line."""
        self._at_once = at_once
        self._waiting = waiting
        self._inside = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn, and hold the place while inside.

        Raises:
            Full: nobody more can wait.
        """
        import anyio

        if self._inside >= self._at_once + self._waiting:
            raise Full
        self._inside += 1
        try:
            if not hasattr(self, "_places"):
                # Made here, since it belongs to the loop that it is used in.
                self._places = anyio.Semaphore(self._at_once)
            async with self._places:
                yield
        finally:
            self._inside -= 1
