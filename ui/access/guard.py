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
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import SignpostError
from ui.access.identity import Identity, Refused, SignedIn
from ui.access.rights import BODY_SECONDS, BYTES_A_SECOND, USER, Rate, Right, Route, User, routes_at
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

    functions: Mapping[int, int] = field(default_factory=dict)
    """How many values each function of the page takes, each a text or nothing, by the number that
    Gradio gave it."""

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
                    send = _telling_busy(request, receive, send)
                await self.app(unsteered(scope), receive, send)
        except HTTPException as denied:
            answer = told(request, denied)
            if denied.status_code == 401 and isinstance(self.identity, SignedIn):
                # Programs are told that they need a token.
                door = RedirectResponse(f"/sign-in?to={request.url.path}", 303)
                answer = door if wants_page(request) else answer
            await answer(scope, receive, send)

    async def _checked(self, request: HTTPConnection, receive: Receive) -> Receive:
        method, path = request.scope["method"], request.scope["path"]
        route = _route(method, path)
        if route.path in ("/healthz", "/readyz"):
            return receive
        hosts = request.headers.getlist("host")
        host = hosts[0] if len(hosts) == 1 else ""
        name, colon, port = host.rpartition(":")
        if not colon or host.endswith("]"):
            name, port = host, ""
        if name.strip("[]").lower() not in self.hosts or not (port.isdecimal() or not port):
            raise HTTPException(400, say("refusal.host"))
        switched = self.switch.now()
        if switched.state is State.OFF:
            after = "600" if switched.readable else "5"
            raise HTTPException(503, switched.told(), {"retry-after": after})
        if method not in ("GET", "HEAD"):
            _check_origin(request)
        user = self._user(request, route)
        request.scope[USER] = user
        if route.writes and switched.state is State.READ_ONLY:
            raise HTTPException(503, switched.told(), {"retry-after": "600"})
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
            raise HTTPException(403, str(refused)) from None
        except SignpostError as error:
            # Its words name places on this machine.
            logger.warning("Nobody can be told apart: %s", error)
            raise HTTPException(503, say("refusal.unusable")) from None
        if route.right is Right.NOTHING:
            return user
        if user is None:
            raise HTTPException(401, say("refusal.signed_out"), {"www-authenticate": "Bearer"})
        if not user.may(route.right):
            raise HTTPException(403, say("refusal.role", role=user.role))
        return user

    def _count(self, user: User) -> None:
        try:
            seconds = self.rate.seconds_to_wait(user.name)
        except SignpostError as error:
            logger.warning("Nothing can be counted: %s", error)
            raise HTTPException(503, say("switch.unreadable"), {"retry-after": "5"}) from None
        if seconds:
            raise HTTPException(429, say("refusal.rate", n=seconds), {"retry-after": str(seconds)})

    def _own_stream(self, request: HTTPConnection, user: User) -> None:
        """Let a stream of the page be that of its user's own session, whatever it is called."""
        scope = request.scope
        path: str = scope["path"]
        if path.startswith(HEARTBEAT):
            scope["path"] = HEARTBEAT + self._own(path.removeprefix(HEARTBEAT), user)
            scope["raw_path"] = scope["path"].encode()
        elif path == QUEUE:
            named = request.query_params.getlist("session_hash")
            session = self._own(named[0] if len(named) == 1 else "", user)
            scope["query_string"] = f"session_hash={session}".encode()

    def _call(self, body: bytes, user: User) -> bytes:
        """Return a call of a function of the page as its user's own, and count it.

        It holds plain values alone: Gradio takes whatever else stands there for files to be read,
        sessions, and more.
        """
        try:
            call = json.loads(body)
        except (ValueError, RecursionError):
            call = None
        if not isinstance(call, dict):
            raise HTTPException(400, say("refusal.strange"))
        number, data, trigger = (call.get(one) for one in ("fn_index", "data", "trigger_id"))
        if type(number) is not int or number not in self.functions:
            raise HTTPException(404, say("refusal.no_function"))
        fits = isinstance(data, list) and len(data) == self.functions[number]
        if not fits or not all(one is None or type(one) is str for one in data or ()):
            raise HTTPException(400, say("refusal.strange"))
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
            raise HTTPException(400, say("refusal.no_session"))
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
            raise HTTPException(429, say("refusal.pages"), {"retry-after": "60"})
        self._streams[user.name] += 1
        try:
            yield
        finally:
            self._streams -= Counter((user.name,))  # which keeps none at 0


def told(request: HTTPConnection | None, why: HTTPException) -> Response:
    """Return why a request is refused: as a page to whoever wants one, as JSON to all others.

    Forms of pages are sent to addresses of the API too.
    """
    sentence, status = str(why.detail), why.status_code
    if request and wants_page(request):
        return HTMLResponse(door_page("told", sentence), status, why.headers)
    # `detail` is what Gradio's page shows.
    return JSONResponse({"error": sentence, "detail": sentence}, status, why.headers)


def wants_page(request: HTTPConnection) -> bool:
    """Tell whether whoever sends a request reads its answer in a browser."""
    return "text/html" in request.headers.get("accept", "")


def _route(method: str, path: str) -> Route:
    found = routes_at(path)
    wanted = "GET" if method == "HEAD" else method
    if route := next((one for one in found if one.method == wanted), None):
        return route
    if found:
        allowed = ", ".join(route.method for route in found)
        raise HTTPException(405, say("refusal.method"), {"allow": allowed})
    raise HTTPException(404, say("refusal.nothing"))


def _check_origin(request: HTTPConnection) -> None:
    """Refuse what another site's page makes a browser send; a token comes from no page."""
    origin = request.headers.get("origin", "")
    ours = not origin or origin.partition("://")[2] == request.headers.get("host", "")
    # Browsers of today say whence they come; where a proxy changes the name, the origin tells.
    site = request.headers.get("sec-fetch-site", "same-origin")
    if not ours or site not in ("same-origin", "none"):
        raise HTTPException(403, say("refusal.other_site"))


def _telling_busy(request: HTTPConnection, receive: Receive, send: Send) -> Send:
    """Put our sentence in the place of Gradio's where its queue is full."""
    full = False

    async def telling(message: Message) -> None:
        nonlocal full
        if full:
            return
        full = message["type"] == "http.response.start" and message["status"] == 503
        if full:
            busy = told(request, HTTPException(503, say("refusal.busy"), {"retry-after": "5"}))
            await busy(request.scope, receive, send)
        else:
            await send(message)

    return telling


async def _read_body(request: HTTPConnection, receive: Receive, most: int) -> bytes:
    """Return a body of `most` bytes at most, unless it is longer, slow, or broke off."""
    too_long = HTTPException(413, say("refusal.too_long", most=most // 1024))
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdecimal() or int(length) > most:
        raise too_long
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS + most // BYTES_A_SECOND):
            async for piece in Request(request.scope, receive).stream():
                body += piece
                if len(body) > most:
                    raise too_long
    except ClientDisconnect:
        raise HTTPException(400, say("refusal.broke_off")) from None
    except TimeoutError:
        raise HTTPException(408, say("refusal.too_slow")) from None
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
            if not path.startswith(FIXED) or message["status"] >= 400:
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
