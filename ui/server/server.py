"""The server: FastAPI with the Gradio page and the HTTP API, behind one guard."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import sys
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from importlib.resources import files
from typing import TYPE_CHECKING, cast

import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from assistant.errors import AccessError, SettingsError
from assistant.opening import open_assistant
from assistant.settings import Settings
from corpus.checks.signposting import Signposting
from evals.running.job import Jobs
from ui.access.accounts import Accounts, Sessions
from ui.access.guard import HEADERS, Guard, told
from ui.access.identity import Identity, Open, Proxied, SignedIn, is_local
from ui.access.rights import FUNCTIONS, USER, Rate
from ui.access.service_state import ServiceState, Switch, open_state
from ui.look import templates
from ui.look.templates import shipped_texts
from ui.pages.app import WORKSPACES, Frame, build_app
from ui.pages.library_keeper import Keeper
from ui.server.api import add_health, build_api
from ui.server.tools import Tools, Work, add_mcp
from ui.server.workspace_routes import build_evaluate, build_library, build_workspaces
from ui.service.desk import Desk, Serves
from ui.words.phrases import say, speak

if TYPE_CHECKING:
    from gradio import Blocks

logger = logging.getLogger(__name__)

HEAD_SECONDS = 20  # How long the head of a request may take to arrive, a first or a later one.


def create_server(
    assistant: Serves, settings: Settings, state: ServiceState | None = None
) -> FastAPI:
    """Return the whole server: page, HTTP API, sign-in, health, and MCP where it is set.

    It closes the `state` that it shares with others in the end; if none is given, the settings
    say which. `SettingsError` if what they say of language or proxy cannot be used, `AccessError`
    if the proxy's secret cannot be read, `ExtraMissing` without what speaks to other assistants.
    """
    speak(settings.language)
    desk = Desk(settings, assistant.corpus)
    shared = state or open_state(settings)
    switch = Switch(shared)
    identity: Identity
    if with_accounts := settings.access == "accounts":
        accounts = Accounts(settings.home)
        identity = SignedIn(accounts, Sessions(accounts, settings.session_minutes, shared))
    else:
        identity = Proxied(settings) if settings.access == "proxy" else Open()
    # Before Gradio is imported, which reads its environment then.
    said = notice(settings, shipped_texts())
    blocks = build_app(assistant, settings, desk, said)
    server = FastAPI(
        title="Signpost",
        description="Cited answers on ending the sexual exploitation and abuse of children online.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=_lifespan,
    )
    jobs = Jobs(settings)
    # A run that goes on stops with its server, and can be taken up again.
    server.state.stopping, server.state.parts = False, (desk, jobs, shared)
    add_problems(server)
    add_health(server, settings, switch)
    tools = Tools(assistant, settings, desk, Work(desk.turns))
    frame = Frame(accounts=with_accounts, notice=said)
    keeper = Keeper(assistant.corpus, settings)
    for routes in (
        build_api(tools, switch),
        build_evaluate(tools, jobs, frame),
        build_workspaces(tools, frame),
        build_library(keeper, switch, frame, tools.work),
    ):
        server.include_router(routes)
    if isinstance(identity, SignedIn):
        identity.add_to(server)
    rate = Rate(settings.rate, shared)
    server.state.mcp = None
    if settings.mcp:
        add_mcp(server, tools, rate)
    # From so many bytes it pays; the next levels cost more than they save.
    server.add_middleware(Compression, minimum_size=1000, compresslevel=6)
    # The last that is added is the first that is met.
    server.add_middleware(
        Guard,
        identity=identity,
        hosts=allowed_hosts(settings),
        switch=switch,
        rate=rate,
        https=bool(settings.tls_certificate),
        functions=functions_of(blocks),
    )
    _mount(server, blocks, settings)
    return server


def serve(settings: Settings) -> None:
    """Open the assistant and serve the page until the process is stopped.

    `SignpostError` if the address or the assistant cannot be used, or it may not be served so.
    """
    check_place(settings, shipped_texts())
    with listen(settings) as listening:
        # First, because opening the rest takes seconds.
        state = open_state(settings)
        assistant = open_assistant(settings)
        # The store and its libraries take seconds to load; the first asker should not wait.
        assistant.warm()
        server = create_server(assistant, settings, state)
        config = uvicorn.Config(
            server,
            log_level=settings.log_level.lower(),
            access_log=False,
            server_header=False,
            # Who sends a request is found out by `identity.py`, and never believed of a header.
            proxy_headers=False,
            http=PatientForAWhile,
            limit_concurrency=1000,  # connections at the same time; it refuses more
            timeout_graceful_shutdown=10,  # seconds that requests may go on once it is to stop
            ws="none",
            ssl_certfile=settings.tls_certificate or None,
            ssl_keyfile=settings.tls_key or None,
        )
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        scheme = "https" if settings.tls_certificate else "http"
        sys.stdout.write(f"Signpost is at {scheme}://{host}:{settings.port} (Ctrl+C stops it).\n")
        sys.stdout.flush()
        # uvicorn stops in good order and then raises the signal once more.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])


def check_place(settings: Settings, signposting: Signposting) -> None:
    """Refuse to serve where somebody could come who should not, with an `AccessError`.

    The page would be open to others, its name is not set, its texts are unsigned, nobody could
    sign in, or a file of the certificate is missing.
    """
    if settings.access == "accounts" and not Accounts(settings.home).all():
        raise AccessError(
            "Nobody has an account yet; add one with: signpost accounts add NAME --role admin"
        )
    if bool(settings.tls_certificate) != bool(settings.tls_key):
        raise AccessError(
            "SIGNPOST_TLS_CERTIFICATE and SIGNPOST_TLS_KEY belong together; set both."
        )
    for path in (settings.tls_certificate, settings.tls_key):
        if path and not os.access(path, os.R_OK):
            raise AccessError(f"{path} cannot be read; give the certificate and its key as PEM.")
    if is_public(settings):
        _check_public(settings, signposting)


def _check_public(settings: Settings, signposting: Signposting) -> None:
    if settings.access == "open":
        raise AccessError(
            f"Serving on {settings.host} to others would let anybody in; set"
            " SIGNPOST_ACCESS=accounts or SIGNPOST_ACCESS=proxy, or serve on 127.0.0.1 alone."
        )
    if not settings.allowed_hosts.strip(" ,"):
        raise AccessError(
            "Serving to others needs the names that users call Signpost by; set"
            " SIGNPOST_ALLOWED_HOSTS, such as signpost.example.org."
        )
    if not signposting.signed and not settings.accept_unsigned:
        raise AccessError(
            "No safeguarding lead has signed the signposting texts, so that they are served on this"
            " machine only; have them signed, or set SIGNPOST_ACCEPT_UNSIGNED=true."
        )


def is_public(settings: Settings) -> bool:
    """Return whether the page can be reached from elsewhere: by its address, its name, a proxy."""
    named = bool(settings.allowed_hosts.strip(" ,"))
    return named or settings.access == "proxy" or not is_local(settings.host)


def notice(settings: Settings, signposting: Signposting) -> str:
    """Return what every reader of this installation should know; empty for nothing."""
    return say("page.unsigned") if is_public(settings) and not signposting.signed else ""


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """Return the names that a request may call the server by, in small letters, without ports."""
    named = (name.strip().strip("[]").lower() for name in settings.allowed_hosts.split(","))
    return frozenset(("127.0.0.1", "::1", "localhost", *filter(None, named)))


def listen(settings: Settings) -> socket.socket:
    """Return a socket that listens as set; `SettingsError` if the address is in use or not ours."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=128)
    except OSError as error:
        place = f"{settings.host}:{settings.port}"
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(
                f"Port {settings.port} on {settings.host} is in use; stop what uses it, or choose"
                " another with SIGNPOST_PORT."
            ) from None
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(f"The page cannot be served on {place}: {reason}.") from None


def functions_of(blocks: Blocks) -> dict[int, int]:
    """Return how many values each function of the page takes, by the number that Gradio gave it.

    `KeyError` if the table does not name one, or it takes something else than texts.
    """
    # Others run in the browser.
    found = {number: one for number, one in blocks.fns.items() if one.fn is not None}
    for one in found.values():
        inputs = {type(value).__name__ for value in one.inputs}
        if one.api_name not in FUNCTIONS or inputs - {"Textbox"}:
            raise KeyError(one.api_name)
    return {number: len(one.inputs) for number, one in found.items()}


def _mount(server: FastAPI, blocks: Blocks, settings: Settings) -> None:
    import gradio as gr

    with warnings.catch_warnings():
        # Gradio says so of every app with several pages, even where that mode is off.
        warnings.filterwarnings("ignore", "SSR mode is not supported", UserWarning)
        gr.mount_gradio_app(
            server,
            blocks,
            path="/",
            server_name=settings.host,
            server_port=settings.port,
            # So that a function of the page is told who calls it.
            auth_dependency=lambda request: request.scope[USER].name,
            footer_links=[],
            run_history=False,
            app_kwargs={"openapi_url": None, "exception_handlers": server.exception_handlers},
            show_error=False,
            max_file_size=1,
            ssr_mode=False,
            enable_monitoring=False,
            pwa=False,
            favicon_path=str(files("ui") / "assets" / "favicon.svg"),
            mcp_server=False,
            theme=templates.build_theme(),
            css=templates.stylesheet("signpost", "ask", by_machine=False),
            head=templates.head(),
        )


@asynccontextmanager
async def _lifespan(server: FastAPI) -> AsyncIterator[None]:
    async with server.state.mcp.run() if server.state.mcp else nullcontext():
        yield
    server.state.stopping = True
    for part in server.state.parts:
        part.close()


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
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self._deadline:
            self._deadline.cancel()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request like any other: with a sentence, and all headers."""
        import h11

        headers = {**HEADERS, "cache-control": "no-store", "connection": "close"}
        refusal = told(None, HTTPException(400, say("problem.no_request"), headers))
        for event in (
            h11.Response(status_code=400, headers=refusal.raw_headers),
            h11.Data(data=bytes(refusal.body)),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _wait(self) -> None:
        """Let a head arrive in time, from the end of what was asked before or its first byte."""
        if self.cycle is None or self.cycle.response_complete:
            close = self.transport.close
            self._deadline = self._deadline or self.loop.call_later(HEAD_SECONDS, close)
        elif self._deadline:
            self._deadline.cancel()
            self._deadline = None


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
    of_docs = path.startswith(("/api/docs", "/api/openapi.json"))
    is_page = any(path == workspace.path for workspace in WORKSPACES)
    return is_page or (of_docs and scope["method"] in ("GET", "HEAD"))


def add_problems(server: FastAPI) -> None:
    """Let a server answer every error with `{"error": sentence, "detail": sentence}`."""

    async def invalid(request: Request, error: Exception) -> Response:
        first = cast("RequestValidationError", error).errors()[0]
        # What is no JSON is at fault at a character, and in no field.
        parts = first["loc"] if first["type"] != "json_invalid" else ()
        what = ".".join(str(one) for one in parts if one != "body") or say("problem.request")
        said = say("problem.refused", what=what, why=first["msg"])
        if first["type"] == "extra_forbidden":
            said = say("problem.unknown_field")
        return told(request, HTTPException(422, said))

    async def refused(request: Request, error: Exception) -> Response:
        return told(request, cast("HTTPException", error))

    async def broken(request: Request, error: Exception) -> Response:
        # The words of a fault may hold those of a question.
        logger.error("A fault in %s: %s.", request.url.path, type(error).__name__)
        return told(request, HTTPException(500, say("problem.fault")))

    server.add_exception_handler(RequestValidationError, invalid)
    server.add_exception_handler(HTTPException, refused)
    server.add_exception_handler(Exception, broken)
