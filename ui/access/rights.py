"""Who may do what, and how much at once: roles, rights, a rate, a waiting line.

Here is the one table of every route and every function of the page. What the tables do not name,
nobody may reach; `guard.py` holds to them.
"""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from threading import Event, Lock
from typing import NamedTuple

from limits import RateLimitItemPerMinute
from limits.strategies import MovingWindowRateLimiter
from starlette.routing import compile_path

from corpus.passage import sha256_of
from ui.access.service_state import ServiceState

BODY_BYTES = 256 * 1024
"""Longest body of a request, in bytes: a question after a long conversation."""

LONGEST_NAME = 255  # Bytes of one name in a path, as of a file.

EXPORT_BYTES = 4 * 1024 * 1024  # The same where answers are sent back, twenty at most.
PLAN_BYTES = 32 * 1024 * 1024
"""The same where plans are sent, two at most, a third longer than their files."""

UPLOAD_BYTES = 65 * 1024 * 1024
"""The same where documents are sent: as much as the largest file that is read, and its frame."""

MOST_FILES = 50  # Documents that may be sent at once.
BODY_SECONDS = 20  # How long a body may take to arrive, beside its length.
BYTES_A_SECOND = 512 * 1024  # Bytes that may arrive in a second more.
PLACES = max(2, os.cpu_count() or 1)  # Pieces of work at a time; each takes a processor.
LONG = 400
"""Characters from which a question is long; it may wait for others, and others not for it."""

PATIENCE = 60.0  # Seconds that somebody waits at most.
TICK = 1.0  # Seconds at most until it is noticed that whoever waited has left.
PAGE = "page"  # Who asks on the page where it has no accounts.
USER = "signpost.user"  # Where the scope of a request holds whoever sends it.


class Role(StrEnum):
    """What somebody is here for; the later one holds where a person has several."""

    OFFICER = "officer"
    TRAINER = "trainer"
    EVALUATOR = "evaluator"
    ADMIN = "admin"


class Right(StrEnum):
    """What a route asks of whoever calls it."""

    NOTHING = "nothing"
    """Anybody may, signed in or not."""

    ASK = "ask"
    """Ask, search and read sources."""

    MEASURE = "measure"
    """See how the service is used, in counts, and evaluate it."""

    RUN = "run"
    """Switch the service, and keep its library."""


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.OFFICER: frozenset({Right.NOTHING, Right.ASK}),
    Role.TRAINER: frozenset({Right.NOTHING, Right.ASK}),
    Role.EVALUATOR: frozenset({Right.NOTHING, Right.ASK, Right.MEASURE}),
    Role.ADMIN: frozenset(Right),
}


class User(NamedTuple):
    """Whoever sends a request."""

    name: str
    """Under which records of the audit log can be found and removed."""

    role: Role

    def may(self, right: Right) -> bool:
        """Return whether they may do what asks for `right`."""
        return right in RIGHTS[self.role]


class Route(NamedTuple):
    """One way into the server."""

    method: str
    """`GET`, which `HEAD` follows, `POST` or `PUT`."""

    path: str
    """With parameters in braces, as Starlette writes them."""

    right: Right
    writes: bool = False
    """Whether it changes what is kept; refused while the service is read-only."""

    counted: bool = False
    """Whether each call counts towards the questions that a user may send in a minute."""

    most_bytes: int = BODY_BYTES


ROUTES = (
    Route("GET", "/healthz", Right.NOTHING),
    Route("GET", "/readyz", Right.NOTHING),
    Route("GET", "/robots.txt", Right.NOTHING),
    Route("GET", "/favicon.ico", Right.NOTHING),
    Route("GET", "/sign-in", Right.NOTHING),
    Route("POST", "/sign-in", Right.NOTHING),
    Route("POST", "/sign-out", Right.NOTHING),
    Route("GET", "/account", Right.ASK),
    Route("POST", "/account", Right.ASK, writes=True),
    Route("GET", "/api/me", Right.ASK),
    Route("POST", "/api/ask", Right.ASK, counted=True),
    # Whoever asked too often may still stop what was asked.
    Route("POST", "/api/ask/stop", Right.ASK),
    Route("POST", "/api/ask/restored", Right.ASK, counted=True, most_bytes=EXPORT_BYTES),
    Route("POST", "/api/search", Right.ASK, counted=True),
    Route("POST", "/api/export", Right.ASK, counted=True, most_bytes=EXPORT_BYTES),
    Route("GET", "/api/passages/{passage_id:path}", Right.ASK),
    Route("GET", "/api/documents/{library}/{source}/{page}", Right.ASK),
    Route("GET", "/api/editions", Right.ASK),
    Route("GET", "/api/docs", Right.ASK),
    Route("GET", "/api/docs/{name}", Right.ASK),
    Route("GET", "/api/openapi.json", Right.ASK),
    Route("POST", "/api/feedback", Right.ASK, writes=True, counted=True),
    Route("GET", "/api/feedback", Right.MEASURE),
    Route("POST", "/api/session/{form}", Right.ASK, counted=True),
    # Each call of a tool that asks counts, and not each message.
    Route("POST", "/mcp", Right.ASK),
    Route("GET", "/api/usage", Right.MEASURE),
    Route("GET", "/api/evaluate/own.jsonl", Right.MEASURE),
    Route("POST", "/api/evaluate/runs", Right.MEASURE, writes=True),
    # Whoever may not change anything may still stop what takes the machine.
    Route("POST", "/api/evaluate/stop", Right.MEASURE),
    Route("POST", "/api/evaluate/learn", Right.MEASURE, writes=True),
    Route("POST", "/api/evaluate/cases", Right.MEASURE, writes=True, counted=True),
    Route("GET", "/api/switch", Right.RUN),
    Route("PUT", "/api/switch", Right.RUN),
    Route("POST", "/api/library/check", Right.RUN),
    Route("POST", "/api/library/build", Right.RUN, writes=True),
    Route("POST", "/api/library/rollback", Right.RUN, writes=True),
    Route("POST", "/api/library/editions", Right.RUN, writes=True),
    Route("POST", "/api/library/documents", Right.RUN, writes=True, most_bytes=UPLOAD_BYTES),
    Route("POST", "/api/library/remove", Right.RUN, writes=True),
    Route("POST", "/api/library/roles", Right.RUN, writes=True),
    # A service that is read-only must be able to be switched on again.
    Route("POST", "/api/library/switch", Right.RUN),
    Route("GET", "/framework", Right.ASK),
    Route("GET", "/prepare", Right.ASK),
    Route("POST", "/prepare", Right.ASK, counted=True, most_bytes=EXPORT_BYTES),
    Route("GET", "/gaps", Right.ASK),
    Route("POST", "/gaps", Right.ASK, counted=True, most_bytes=PLAN_BYTES),
    Route("GET", "/evaluate", Right.MEASURE),
    Route("GET", "/library", Right.RUN),
    # Of Gradio, what the page needs and nothing else.
    Route("GET", "/", Right.ASK),
    Route("GET", "/theme.css", Right.ASK),
    Route("GET", "/assets/{path:path}", Right.ASK),
    Route("GET", "/static/{path:path}", Right.ASK),
    Route("GET", "/gradio_api/heartbeat/{session_hash}", Right.ASK),
    Route("GET", "/gradio_api/queue/data", Right.ASK),
    Route("POST", "/gradio_api/queue/join", Right.ASK),
)

FUNCTIONS = ("ask",)
"""Functions that whoever may ask calls through Gradio's queue, by their `api_name`; each call
counts as a question."""

_COMPILED = tuple((route, compile_path(route.path)[0]) for route in ROUTES)


def routes_at(path: str) -> tuple[Route, ...]:
    """Return the routes that a path may take, one for each method; none if it takes none."""
    # A pattern's end also matches before a last line break, behind which a path is another one; a
    # file system that is asked for a longer name raises an error.
    if not path.isprintable() or max(map(len, path.encode().split(b"/"))) > LONGEST_NAME:
        return ()
    return tuple(route for route, pattern in _COMPILED if pattern.match(path))


class Full(Exception):
    """Nobody more can wait."""


class Rate:
    """Counts what each user asks in a minute, each moment anew."""

    def __init__(self, per_minute: int, state: ServiceState) -> None:
        """Let each user ask `per_minute` times in any 60 seconds, of all servers that share it."""
        self._item = RateLimitItemPerMinute(per_minute)
        self._state = state
        self._limiter = MovingWindowRateLimiter(state.counts)

    def seconds_to_wait(self, user: str) -> int:
        """Count one; return 0, or, if it is one too many, after how many seconds there is room.

        `StoreError` where what servers share does not answer.
        """
        named = sha256_of(user)
        with self._state.reached():
            if self._limiter.hit(self._item, named):
                return 0
            reset = self._limiter.get_window_stats(self._item, named).reset_time
        return max(1, math.ceil(reset - time.time()))


@dataclass(eq=False)
class Ticket(AbstractContextManager["Ticket"]):
    """A place in the line, and then one at the work; leaving gives it to the next."""

    turns: Turns
    user: str
    is_long: bool
    due: Event = field(default_factory=Event)
    """Set once its turn has come."""

    async def come(self, has_left: Callable[[], Awaitable[bool]] | None = None) -> None:
        """Wait as a coroutine; `Full` if it takes too long, or whoever waited has left."""
        began = looked = time.monotonic()
        while not self.due.is_set():
            await asyncio.sleep(0.01)
            now = time.monotonic()
            if now - began > PATIENCE:
                raise Full
            if has_left and now - looked > TICK:
                looked = now
                if await has_left():
                    raise Full

    def leave(self, *_: object) -> None:
        """Give the place, at the work or in the line, to the next; twice changes nothing."""
        self.turns.leave(self)

    __exit__ = leave


class Turns:
    """A line before a few places, for threads and for coroutines.

    Next is whoever has fewest at work, then whoever was served longest ago, then whoever came
    first. What is long never takes the last place.
    """

    def __init__(self, places: int, waiting: int) -> None:
        """Open a line before two places at least."""
        self._places = places
        self._room = places + waiting
        self._lock = Lock()
        self._waiting: list[Ticket] = []
        self._working: list[Ticket] = []
        self._served: dict[str, int] = {}
        self._turn = count(1)

    def join(self, user: str, size: int) -> Ticket:
        """Stand in the line; `Full` if nobody more can wait."""
        with self._lock:
            if len(self._waiting) + len(self._working) >= self._room:
                raise Full
            ticket = Ticket(self, user, size > LONG)
            self._waiting.append(ticket)
            self._call()
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Give back the place of a ticket."""
        with self._lock:
            for tickets in (self._waiting, self._working):
                if ticket in tickets:
                    tickets.remove(ticket)
            self._call()

    def _call(self) -> None:
        """Let the next ones work while there are places. The lock is held."""

        def rank(ticket: Ticket) -> tuple[int, int]:
            own = sum(other.user == ticket.user for other in self._working)
            return own, self._served.get(ticket.user, 0)

        while len(self._working) < self._places:
            has_room = sum(ticket.is_long for ticket in self._working) < self._places - 1
            free = [ticket for ticket in self._waiting if has_room or not ticket.is_long]
            if not free:
                break
            # Of those that are equal, the one that came first.
            ticket = min(free, key=rank)
            self._waiting.remove(ticket)
            self._working.append(ticket)
            self._served[ticket.user] = next(self._turn)
            ticket.due.set()
        if not self._waiting and not self._working:
            # Who was served when counts only among those who wait together.
            self._served.clear()
