"""What stands between the connection and the pages: time limits, compression, health, errors."""

import asyncio
import logging
import os
from typing import cast

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from assistant.settings import Settings
from ui.access.headers import HEADERS
from ui.access.service_state import State, Switch
from ui.look.templates import told_page
from ui.service.workspaces import WORKSPACES
from ui.words.catalogue import say

HEAD_SECONDS = 20
"""How long the head of a request may take to arrive, a first or a later one."""


class PatientForAWhile(H11Protocol):
    """HTTP by h11, which bounds the length of a head; here its time is bounded too.

    Between two requests uvicorn's own limit holds as long as nothing arrives.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what arrives; stop waiting once it is a whole head."""
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            self._wait()
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request like any other: with a sentence, and all headers."""
        import h11

        refusal = _told(400, say("problem.no_request"), {**HEADERS, "connection": "close"})
        for event in (
            h11.Response(status_code=400, headers=refusal.raw_headers),
            h11.Data(data=bytes(refusal.body)),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _wait(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self._end)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _end(self) -> None:
        self._deadline = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()


class Compression(GZipMiddleware):
    """Middleware that compresses what is named here, for whoever takes it so."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer: ASGIApp = super().__call__ if is_compressed(scope) else self.app
        await answer(scope, receive, send)


def is_compressed(scope: Scope) -> bool:
    """Tell whether the answer to a request may be compressed; Gradio compresses its own files."""
    if scope["type"] != "http":
        return False
    path: str = scope["path"]
    if any(path == workspace.path for workspace in WORKSPACES):
        return True
    return scope["method"] in ("GET", "HEAD") and path.startswith(
        ("/api/docs", "/api/openapi.json")
    )


def add_health(server: FastAPI, settings: Settings, switch: Switch) -> None:
    """Add `/healthz` and `/readyz`, which anybody may call by any name."""

    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def readyz() -> JSONResponse:
        status = "ready"
        if server.state.stopping:
            status = "stopping"
        elif (switched := switch.now()).state is State.OFF:
            status = "switched off" if switched.readable else "switch cannot be read"
        elif not os.access(settings.home, os.R_OK | os.W_OK):
            status = "home folder cannot be written"
        return JSONResponse({"status": status}, 200 if status == "ready" else 503)

    for path, answer in (("/healthz", healthz), ("/readyz", readyz)):
        server.add_api_route(path, answer, methods=["GET", "HEAD"], include_in_schema=False)


logger = logging.getLogger(__name__)


def add_problems(server: FastAPI) -> None:
    """Let a server answer every error with `{"error": sentence, "detail": sentence}`."""

    async def invalid(request: Request, error: Exception) -> Response:
        first = cast("RequestValidationError", error).errors()[0]
        if first["type"] == "extra_forbidden":
            return _told(422, say("problem.unknown_field"))
        place = ".".join(str(part) for part in first["loc"] if part != "body")
        what = place or say("problem.request")
        return _told(422, say("problem.refused", what=what, why=first["msg"]))

    async def refused(request: Request, error: Exception) -> Response:
        known = cast("HTTPException", error)
        if _wants_page(request):
            return HTMLResponse(told_page(str(known.detail)), known.status_code)
        return _told(known.status_code, str(known.detail), known.headers)

    async def broken(request: Request, error: Exception) -> Response:
        # The words of a fault may hold those of a question.
        logger.error("A fault in %s: %s.", request.url.path, type(error).__name__)
        if _wants_page(request):
            return HTMLResponse(told_page(say("problem.fault")), 500)
        return _told(500, say("problem.fault"))

    server.add_exception_handler(RequestValidationError, invalid)
    server.add_exception_handler(HTTPException, refused)
    server.add_exception_handler(Exception, broken)


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _told(status: int, sentence: str, headers: object = None) -> JSONResponse:
    extra = dict(headers) if isinstance(headers, dict) else None
    return JSONResponse({"error": sentence, "detail": sentence}, status, extra)
