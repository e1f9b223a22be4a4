"""What stands before every request: host, switch, the tables of who may do what, and limits."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response

from assistant.errors import SignpostError
from ui.access import FUNCTIONS, Function, Right, Route, User, methods_for, route_for
from ui.door import told_page
from ui.identity import Identity, Refused
from ui.limits import BODY_BYTES, BODY_SECONDS, BUSY, Rate
from ui.switch import State, Switch

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio compiles its templates and writes its configuration into the page as a script, hence the
# two "unsafe" words; nothing but this server is ever a source.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""On every response."""

_CORS = b"access-control-"

FIXED = ("/assets/", "/static/", "/favicon.ico", "/theme.css")
"""Beginnings of paths whose content tells nothing, and may be kept by a browser."""

USER = "signpost.user"
"""Where the scope of a request holds whoever sends it."""

SIGNED_OUT = "You are not signed in; sign in, in another tab if you wish, and ask again."

JOIN = "/gradio_api/queue/join"

MOST_SESSIONS = 10_000
"""Sessions of pages whose owner is known; the one that was used longest ago goes first."""


class Denied(Exception):
    """A request that is answered here, with a status and one sentence."""

    def __init__(self, status: int, sentence: str, **headers: str) -> None:
        """Keep what is answered; underscores in names of headers stand for hyphens."""
        super().__init__(sentence)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass
class Doors:
    """What the guard holds requests against."""

    identity: Identity
    """Tells who sends a request."""

    hosts: frozenset[str]
    """Names by which the server may be called."""

    switch: Switch
    """Whether the service is on."""

    rate: Rate
    """What a user may ask in a minute."""

    sign_in: bool = False
    """Whether somebody who is nobody can sign in here."""

    https: bool = False
    """Whether browsers are told to come over HTTPS only."""

    functions: Mapping[int, Function] = field(default_factory=dict)
    """Functions of the page, by the number that Gradio gave them."""


class Guard:
    """Middleware: lets a request through, or answers it."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        """Stand before an application."""
        self._app = app
        self._doors = doors
        self._owners: OrderedDict[str, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, self._headed(scope, send))
        # Nothing here speaks in web sockets; without an answer the server closes one.

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = HTTPConnection(scope)
        try:
            receive = await self._checked(request, receive)
        except Denied as denied:
            await self._answer(request, denied)(scope, receive, send)
            return
        if scope["path"] == JOIN:
            send = _telling_busy(send)
        await self._app(scope, receive, send)

    async def _checked(self, request: HTTPConnection, receive: Receive) -> Receive:
        method, path = request.scope["method"], request.scope["path"]
        route = _route(method, path)
        if path in ("/healthz", "/readyz"):
            return receive
        self._check_host(request)
        switched = self._doors.switch.now()
        if switched.state is State.OFF:
            raise Denied(503, switched.told(), retry_after="600")
        if method not in ("GET", "HEAD"):
            _check_origin(request)
        user = self._user(request, route)
        request.scope[USER] = user
        if route.writes and switched.state is State.READ_ONLY:
            raise Denied(503, switched.told(), retry_after="600")
        if user and route.counted:
            self._count(user)
        if method in ("GET", "HEAD"):
            self._check_page(request, user)
            return receive
        body = await _body(request, receive)
        if user and path.startswith("/gradio_api/"):
            self._check_call(path, body, user)
        return _replayed(body, receive)

    def _check_host(self, request: HTTPConnection) -> None:
        hosts = request.headers.getlist("host")
        if len(hosts) != 1 or _name_of(hosts[0]) not in self._doors.hosts:
            raise Denied(
                400,
                "Signpost is not known by that name; its operator can allow it with"
                " SIGNPOST_ALLOWED_HOSTS.",
            )

    def _user(self, request: HTTPConnection, route: Route) -> User | None:
        try:
            user = self._doors.identity.of(request)
        except Refused as refused:
            raise Denied(403, str(refused)) from None
        except SignpostError as error:
            raise Denied(503, str(error)) from None
        if route.right is Right.NOTHING:
            return user
        if user is None:
            raise Denied(401, SIGNED_OUT, www_authenticate="Bearer")
        if not user.may(route.right):
            raise Denied(403, f"That is not for the role {user.role}; ask an administrator.")
        return user

    def _count(self, user: User) -> None:
        if seconds := self._doors.rate.seconds_to_wait(user.name):
            raise Denied(
                429,
                f"That is more questions than a user may ask in a minute; wait {seconds} seconds.",
                retry_after=str(seconds),
            )

    def _check_page(self, request: HTTPConnection, user: User | None) -> None:
        path = request.scope["path"]
        if not user or not path.startswith("/gradio_api/"):
            return
        start = "/gradio_api/heartbeat/"
        named = path.removeprefix(start) if path.startswith(start) else ""
        self._own(named or request.query_params.get("session_hash", ""), user)

    def _check_call(self, path: str, body: bytes, user: User) -> None:
        """Hold what the page sends to Gradio against the table of functions, and the session."""
        call = _object(body)
        self._own(call.get("session_hash"), user)
        if path != JOIN:
            return
        number = call.get("fn_index")
        function = self._doors.functions.get(number) if type(number) is int else None
        if function is None:
            raise Denied(404, "The page has no such function; load it anew.")
        if not user.may(function.right):
            raise Denied(403, f"That is not for the role {user.role}; ask an administrator.")
        if function.counted:
            self._count(user)

    def _own(self, session: object, user: User) -> None:
        """Let a session of a page belong to whoever used it first."""
        if not isinstance(session, str) or not 8 <= len(session) <= 64:
            raise Denied(400, "The page sent no session; load it anew.")
        owner = self._owners.setdefault(session, user.name)
        self._owners.move_to_end(session)
        while len(self._owners) > MOST_SESSIONS:
            self._owners.popitem(last=False)
        if owner != user.name:
            raise Denied(403, "That session is somebody else's; load the page anew.")

    def _answer(self, request: HTTPConnection, denied: Denied) -> Response:
        path, wants = request.scope["path"], request.headers.get("accept", "")
        if path.startswith(("/api/", "/gradio_api/")) or "text/html" not in wants:
            # `detail` is what Gradio's page shows.
            content = {"error": str(denied), "detail": str(denied)}
            return JSONResponse(content, denied.status, denied.headers)
        if denied.status == 401 and self._doors.sign_in:
            return RedirectResponse("/sign-in", 303)
        return Response(told_page(str(denied)), denied.status, denied.headers, "text/html")

    def _headed(self, scope: Scope, send: Send) -> Send:
        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Gradio lets other sites read its answers where it is called by a public name.
                kept = [one for one in message["headers"] if not one[0].startswith(_CORS)]
                headers = MutableHeaders(raw=kept)
                for name, value in HEADERS.items():
                    headers[name] = value
                if self._doors.https:
                    headers["strict-transport-security"] = "max-age=31536000"
                if not scope["path"].startswith(FIXED):
                    headers["cache-control"] = "no-store"
                message = {**message, "headers": headers.raw}
            await send(message)

        return headed


def functions_of(names: Mapping[int, str]) -> dict[int, Function]:
    """Return what the table says of each function of a page.

    Args:
        names: `api_name` of each function, by the number that Gradio gave it.

    Raises:
        KeyError: the table does not name one.
    """
    return {number: FUNCTIONS[name] for number, name in names.items()}


def _route(method: str, path: str) -> Route:
    route = route_for(method, path)
    if route is None and (methods := methods_for(path)):
        raise Denied(405, "That address takes no such request.", allow=", ".join(methods))
    if route is None:
        raise Denied(404, "There is nothing at that address.")
    return route


def _name_of(host: str) -> str:
    """Return the name in a `Host` header, without port and brackets."""
    name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
    return name.strip("[]").lower()


def _check_origin(request: HTTPConnection) -> None:
    """Refuse what another site's page makes a browser send; a token comes from no page."""
    origin = request.headers.get("origin", "")
    ours = not origin or origin.partition("://")[2] == request.headers.get("host", "")
    # Browsers of today say it themselves.
    site = request.headers.get("sec-fetch-site", "same-origin" if ours else "cross-site")
    if site not in ("same-origin", "none"):
        raise Denied(403, "That was sent by the page of another site; use Signpost's own.")


async def _body(request: HTTPConnection, receive: Receive) -> bytes:
    too_long = Denied(413, f"That is too long; send {BODY_BYTES // 1024} KiB at most.")
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdecimal() or int(length) > BODY_BYTES:
        raise too_long
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            more = True
            while more:
                message = await receive()
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > BODY_BYTES:
                    raise too_long
    except TimeoutError:
        raise Denied(408, "The request took too long to arrive; send it again.") from None
    return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    told = False

    async def replay() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _object(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Denied(400, "The page sent something that cannot be read; load it anew.")
    return found


def _telling_busy(send: Send) -> Send:
    """Put our sentence in the place of Gradio's where its queue is full."""
    full = False

    async def telling(message: Message) -> None:
        nonlocal full
        if message["type"] == "http.response.start":
            full = message["status"] == 503
            if full:
                content = json.dumps({"error": BUSY, "detail": BUSY}).encode()
                headers = MutableHeaders(raw=list(message["headers"]))
                headers["content-length"] = str(len(content))
                headers["retry-after"] = "5"
                await send({**message, "headers": headers.raw})
                await send({"type": "http.response.body", "body": content})
                return
        if not full:
            await send(message)

    return telling
