"""What stands before every request: host, switch, the tables of who may do what, and limits.

It also sets the headers of every response, and takes away those that Gradio is not to see.
"""

import asyncio
import hmac
import json
import logging
import re
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import SignpostError
from ui.access.identity import Identity, Refused, SignedIn
from ui.access.rights import (
    BODY_SECONDS,
    BYTES_A_SECOND,
    FUNCTIONS,
    USER,
    Rate,
    Right,
    Route,
    User,
    routes_at,
)
from ui.access.service_state import State, Switch
from ui.look.templates import door_page
from ui.words.phrases import say

logger = logging.getLogger(__name__)

_SESSION = re.compile(r"[A-Za-z0-9_-]{8,64}")

JOIN = "/gradio_api/queue/join"
QUEUE = "/gradio_api/queue/data"
HEARTBEAT = "/gradio_api/heartbeat/"

MOST_STREAMS = 40
"""Streams that a user may hold open at once; each open page holds one, and each question one."""

HEADERS = {
    # Gradio compiles its templates and writes its configuration into the page as a script, hence
    # the two "unsafe" words; nothing but this server is ever a source.
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'"
    "; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:"
    "; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'"
    "; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

_CORS = b"access-control-"

_STEERING = (b"x-forwarded-", b"x-gradio-", b"forwarded")
"""Beginnings of headers by which Gradio would let a request say where the page is."""

FIXED = ("/assets/", "/static/", "/favicon.ico", "/theme.css")
"""Beginnings of paths whose content tells nothing, and may be kept by a browser."""

HASHED = "/assets/"
"""Beginning of paths whose names hold a hash of their content, which therefore never changes."""

YEAR = 365 * 24 * 3600


class Denied(HTTPException):
    """A request that is answered here, with a status, one sentence and headers."""


@dataclass
class Guard:
    """Middleware: lets a request through, or answers it."""

    app: ASGIApp
    identity: Identity
    hosts: frozenset[str]
    """Names by which the server may be called."""

    switch: Switch
    rate: Rate
    https: bool = False
    """Whether browsers are told to come over HTTPS only."""

    functions: Mapping[int, tuple[Right, int]] = field(default_factory=dict)
    """Functions of the page, by the number that Gradio gave them: what each asks for, and how many
    values it takes, each a text or nothing."""

    _streams: Counter[str] = field(default_factory=Counter)
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, headed(scope["path"], send, https=self.https))
        # Nothing here speaks in web sockets; without an answer the server closes one.

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = HTTPConnection(scope)
        try:
            receive = await self._checked(request, receive)
            with self._streaming(request):
                if scope["path"] == JOIN:
                    send = _telling_busy(send)
                await self.app(unsteered(scope), receive, send)
        except Denied as denied:
            await self._answer(request, denied)(scope, receive, send)

    async def _checked(self, request: HTTPConnection, receive: Receive) -> Receive:
        method, path = request.scope["method"], request.scope["path"]
        route = _route(method, path)
        if route.path in ("/healthz", "/readyz"):
            return receive
        hosts = request.headers.getlist("host")
        host = hosts[0] if len(hosts) == 1 else ""
        # Without its port and brackets.
        name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
        if name.strip("[]").lower() not in self.hosts:
            raise Denied(400, say("refusal.host"))
        switched = self.switch.now()
        if switched.state is State.OFF:
            after = "600" if switched.readable else "5"
            raise Denied(503, switched.told(), {"retry-after": after})
        if method not in ("GET", "HEAD"):
            _check_origin(request)
        user = self._user(request, route)
        request.scope[USER] = user
        if route.writes and switched.state is State.READ_ONLY:
            raise Denied(503, switched.told(), {"retry-after": "600"})
        if user and route.counted:
            self._count(user)
        return await self._received(request, receive, user, route.most_bytes)

    async def _received(
        self, request: HTTPConnection, receive: Receive, user: User | None, most: int
    ) -> Receive:
        """Return what hands on the body; what concerns a page is made its user's own."""
        if request.scope["method"] in ("GET", "HEAD"):
            if user:
                self._own_stream(request, user)
            return receive
        body = await _read_body(request, receive, most)
        if user and request.scope["path"] == JOIN:
            body = self._call(body, user)
            sized = (b"content-length", b"transfer-encoding")
            kept = [one for one in request.scope["headers"] if one[0] not in sized]
            request.scope["headers"] = [*kept, (sized[0], str(len(body)).encode())]
        read: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return read.pop() if read else await receive()

        return replay

    def _user(self, request: HTTPConnection, route: Route) -> User | None:
        try:
            user = self.identity.of(request)
        except Refused as refused:
            raise Denied(403, str(refused)) from None
        except SignpostError as error:
            # Its words name places on this machine.
            logger.warning("Nobody can be told apart: %s", error)
            raise Denied(503, say("refusal.unusable")) from None
        if route.right is Right.NOTHING:
            return user
        if user is None:
            raise Denied(401, say("refusal.signed_out"), {"www-authenticate": "Bearer"})
        if not user.may(route.right):
            raise Denied(403, say("refusal.role", role=user.role))
        return user

    def _count(self, user: User) -> None:
        try:
            seconds = self.rate.seconds_to_wait(user.name)
        except SignpostError as error:
            logger.warning("Nothing can be counted: %s", error)
            raise Denied(503, say("switch.unreadable"), {"retry-after": "5"}) from None
        if seconds:
            raise Denied(429, say("refusal.rate", n=seconds), {"retry-after": str(seconds)})

    def _own_stream(self, request: HTTPConnection, user: User) -> None:
        """Let a stream of the page be that of its user's own session, whatever it is called."""
        scope = request.scope
        path: str = scope["path"]
        if path.startswith(HEARTBEAT):
            scope["path"] = HEARTBEAT + self._own(path.removeprefix(HEARTBEAT), user)
            scope["raw_path"] = scope["path"].encode()
        elif path == QUEUE:
            named = request.query_params.getlist("session_hash")
            session = self._own(named[0] if len(named) == 1 else None, user)
            scope["query_string"] = f"session_hash={session}".encode()

    def _call(self, body: bytes, user: User) -> bytes:
        """Return a call of a function of the page as Gradio may have it: plain values alone.

        Gradio takes whatever else stands there for files to be read, sessions, and more.
        """
        try:
            call = json.loads(body)
        except (ValueError, RecursionError):
            call = None
        if not isinstance(call, dict):
            raise Denied(400, say("refusal.strange"))
        number = call.get("fn_index")
        called = self.functions.get(number) if type(number) is int else None
        if called is None:
            raise Denied(404, say("refusal.no_function"))
        right, inputs = called
        if not user.may(right):
            raise Denied(403, say("refusal.role", role=user.role))
        data = call.get("data")
        fits = isinstance(data, list) and len(data) == inputs
        if not fits or not all(one is None or type(one) is str for one in data or ()):
            raise Denied(400, say("refusal.strange"))
        trigger = call.get("trigger_id")
        own = {
            "data": data,
            "fn_index": number,
            "session_hash": self._own(call.get("session_hash"), user),
            "trigger_id": trigger if type(trigger) is int else None,
        }
        self._count(user)
        return json.dumps(own).encode()

    def _own(self, session: object, user: User) -> str:
        """Return the session of a user by a name that no other user's can have."""
        if not isinstance(session, str) or not _SESSION.fullmatch(session):
            raise Denied(400, say("refusal.no_session"))
        keyed = hmac.new(self._key, user.name.encode(), "sha256").hexdigest()
        return f"{keyed[:32]}{session}"

    @contextmanager
    def _streaming(self, request: HTTPConnection) -> Iterator[None]:
        """Count the streams that a user holds open."""
        user: User | None = request.scope.get(USER)
        path: str = request.scope["path"]
        if user is None or not (path == QUEUE or path.startswith(HEARTBEAT)):
            yield
            return
        if self._streams[user.name] >= MOST_STREAMS:
            raise Denied(429, say("refusal.pages"), {"retry-after": "60"})
        self._streams[user.name] += 1
        try:
            yield
        finally:
            self._streams[user.name] -= 1
            if not self._streams[user.name]:
                del self._streams[user.name]

    def _answer(self, request: HTTPConnection, denied: Denied) -> Response:
        status, told, headers = denied.status_code, denied.detail, denied.headers
        # Forms of pages are sent to addresses of the API.
        if "text/html" not in request.headers.get("accept", ""):
            # `detail` is what Gradio's page shows.
            return JSONResponse({"error": told, "detail": told}, status, headers)
        if status == 401 and isinstance(self.identity, SignedIn):
            return RedirectResponse("/sign-in", 303)
        return HTMLResponse(door_page("told", told), status, headers)


def functions_of(found: Mapping[int, tuple[str, tuple[str, ...]]]) -> dict[int, tuple[Right, int]]:
    """Return what the table says of each function of a page, by the number that Gradio gave it.

    Of each is given its `api_name` and the kinds of component that it takes its values from;
    `KeyError` if the table does not name it, or it takes something else than texts.
    """
    if odd := [name for name, inputs in found.values() if set(inputs) - {"Textbox"}]:
        raise KeyError(odd[0])
    return {number: (FUNCTIONS[name], len(given)) for number, (name, given) in found.items()}


def _route(method: str, path: str) -> Route:
    found = routes_at(path)
    wanted = "GET" if method == "HEAD" else method
    if route := next((one for one in found if one.method == wanted), None):
        return route
    if found:
        allowed = ", ".join(route.method for route in found)
        raise Denied(405, say("refusal.method"), {"allow": allowed})
    raise Denied(404, say("refusal.nothing"))


def _check_origin(request: HTTPConnection) -> None:
    """Refuse what another site's page makes a browser send; a token comes from no page."""
    origin = request.headers.get("origin", "")
    ours = not origin or origin.partition("://")[2] == request.headers.get("host", "")
    # Browsers of today say whence they come; where a proxy changes the name, the origin tells.
    site = request.headers.get("sec-fetch-site", "same-origin")
    if not ours or site not in ("same-origin", "none"):
        raise Denied(403, say("refusal.other_site"))


def _telling_busy(send: Send) -> Send:
    """Put our sentence in the place of Gradio's where its queue is full."""
    full = False

    async def telling(message: Message) -> None:
        nonlocal full
        if full:
            return
        full = message["type"] == "http.response.start" and message["status"] == 503
        if not full:
            await send(message)
            return
        told = say("refusal.busy")
        content = json.dumps({"error": told, "detail": told}).encode()
        headers = MutableHeaders(raw=list(message["headers"]))
        headers["content-length"] = str(len(content))
        headers["retry-after"] = "5"
        await send({**message, "headers": headers.raw})
        await send({"type": "http.response.body", "body": content})

    return telling


async def _read_body(request: HTTPConnection, receive: Receive, most: int) -> bytes:
    """Return a body of `most` bytes at most; `Denied` if it is longer, slow, or broke off."""
    too_long = Denied(413, say("refusal.too_long", most=most // 1024))
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdecimal() or int(length) > most:
        raise too_long
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS + most // BYTES_A_SECOND):
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Denied(400, say("refusal.broke_off"))
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > most:
                    raise too_long
    except TimeoutError:
        raise Denied(408, say("refusal.too_slow")) from None
    return bytes(body)


def headed(path: str, send: Send, *, https: bool) -> Send:
    """Return what sends a response with the headers of every response."""

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            # Gradio lets other sites read its answers where it is called by a public name.
            kept = [one for one in message["headers"] if not one[0].startswith(_CORS)]
            headers = MutableHeaders(raw=kept)
            headers.update(HEADERS)
            if https:
                headers["strict-transport-security"] = f"max-age={YEAR}"
            if not path.startswith(FIXED):
                headers["cache-control"] = "no-store"
            elif path.startswith(HASHED) and message["status"] in (200, 304):
                headers["cache-control"] = f"private, max-age={YEAR}, immutable"
            message = {**message, "headers": headers.raw}
        await send(message)

    return with_headers


def unsteered(scope: Scope) -> Scope:
    """Return a request without what would tell Gradio of another address than the one it has."""
    proto = dict(scope["headers"]).get(b"x-forwarded-proto", b"").decode("latin-1")
    kept = [one for one in scope["headers"] if not one[0].lower().startswith(_STEERING)]
    # Whether the browser speaks HTTPS to a proxy concerns that browser alone.
    scheme = proto if proto in ("http", "https") else scope["scheme"]
    return {**scope, "headers": kept, "scheme": scheme}
