"""Who may do what: roles, rights, and the one table of every route and every function of the page.

What the tables do not name, nobody may reach; `guard.py` holds to them.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from starlette.routing import compile_path

from ui.access.limits import BODY_BYTES, EXPORT_BYTES, PLAN_BYTES, UPLOAD_BYTES

PAGE = "page"
"""Who asks on the page where it has no accounts."""

USER = "signpost.user"
"""Where the scope of a request holds whoever sends it."""


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


FUNCTIONS: Mapping[str, Right] = {"ask": Right.ASK, "ask_restored": Right.ASK}
"""What each function that the page calls through Gradio's queue asks for, by its `api_name`; each
call counts as a question."""

_COMPILED = tuple((route, compile_path(route.path)[0]) for route in ROUTES)


def routes_at(path: str) -> tuple[Route, ...]:
    """Return the routes that a path may take, one for each method; none if it takes none."""
    # A pattern's end also matches before a last line break, behind which a path is another one.
    if not path.isprintable():
        return ()
    return tuple(route for route, pattern in _COMPILED if pattern.match(path))
