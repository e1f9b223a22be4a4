"""The server: FastAPI with the Gradio page and the HTTP API, behind one guard."""

from __future__ import annotations

import errno
import os
import socket
import sys
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from importlib.resources import files
from typing import TYPE_CHECKING

from assistant.errors import AccessError, SettingsError
from assistant.settings import Settings
from ui.access.accounts import Accounts
from ui.access.guard import USER, Doors, Guard, functions_of
from ui.access.identity import Identity, Open, Proxied, SignedIn, is_local
from ui.access.limits import Rate
from ui.access.service_state import open_state
from ui.access.signed_in import Sessions
from ui.access.switch import Switch
from ui.look import theme
from ui.look.frame import shipped_texts
from ui.pages.app import build_app
from ui.server.middleware import Compression
from ui.service.desk import Desk
from ui.words.catalogue import say, speak

if TYPE_CHECKING:
    from fastapi import FastAPI
    from gradio import Blocks
    from starlette.requests import Request

    from corpus.checks.signposting import Signposting
    from ui.access.rights import User
    from ui.access.service_state import ServiceState
    from ui.service.seams import Serves

STOPPING_SECONDS = 10
"""How long requests may go on after the server was told to stop."""

MOST_CONNECTIONS = 1000
"""Connections at the same time; the server refuses more."""

OWN_NAMES = frozenset({"127.0.0.1", "::1", "localhost"})
"""Names of this machine for itself."""


def create_server(
    assistant: Serves, settings: Settings, state: ServiceState | None = None
) -> FastAPI:
    """Return the whole server: page, HTTP API, sign-in, health, and MCP where it is set.

    Args:
        assistant: answers and searches.
        settings: of this process.
        state: what it shares with others, and closes in the end; as the settings say if none is
            given.

    Raises:
        SettingsError: what the settings say of language or proxy cannot be used.
        AccessError: the proxy's secret cannot be read.
        ExtraMissing: other assistants may call it, and what speaks to them is not installed.
    """
    speak(settings.language)
    desk = Desk(settings, assistant.corpus)
    shared = state or open_state(settings)
    switch = Switch(shared)
    accounts, sessions = _accounts(settings, shared)
    # Before Gradio is imported, which reads its environment then.
    told = notice(settings, shipped_texts())
    blocks = build_app(assistant, settings, desk, told)
    from fastapi import FastAPI

    from evals.running.job import Jobs
    from ui.access.sign_in import SignIn
    from ui.pages.library.library_keeper import Keeper
    from ui.pages.plain import Frame
    from ui.server.api import build_api, build_ask
    from ui.server.described import describe
    from ui.server.evaluate_routes import build_evaluate
    from ui.server.library_api import build_library
    from ui.server.middleware import add_health, add_problems
    from ui.server.tools import Tools
    from ui.server.work import Work
    from ui.server.workspace_routes import build_workspaces

    server = FastAPI(
        title="Signpost",
        description="Cited answers on ending the sexual exploitation and abuse of children online.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=_lifespan,
    )
    server.state.stopping, server.state.shared = False, shared
    describe(server)
    add_problems(server)
    add_health(server, settings, switch)
    work = Work(desk.turns)
    tools = Tools(assistant, settings, desk, work)
    server.include_router(build_api(assistant, settings, tools, work, switch))
    server.state.underway = desk.underway
    server.include_router(build_ask(desk.underway))
    server.state.jobs = Jobs(settings)
    frame = Frame(accounts=settings.access == "accounts", notice=told)
    server.include_router(build_evaluate(assistant, settings, desk, work, server.state.jobs, frame))
    server.include_router(build_workspaces(assistant, settings, work, frame))
    server.include_router(build_library(Keeper(assistant.corpus, settings), switch, frame, work))
    if accounts and sessions:
        SignIn(accounts, sessions).add_to(server)
    rate = Rate(settings.rate, shared)
    server.state.mcp = None
    if settings.mcp:
        from ui.server.mcp_server import add_mcp

        add_mcp(server, tools, rate)
    doors = Doors(
        identity=_identity(settings, accounts, sessions),
        hosts=allowed_hosts(settings),
        switch=switch,
        rate=rate,
        sign_in=accounts is not None,
        https=bool(settings.tls_certificate),
        functions=functions_of(_functions(blocks)),
    )
    server.add_middleware(Compression)
    # The last that is added is the first that is met.
    server.add_middleware(Guard, doors=doors)
    _mount(server, blocks, settings)
    return server


def serve(settings: Settings) -> None:
    """Open the assistant and serve the page until the process is stopped.

    Raises:
        SettingsError: the address is in use, or is none of this machine's.
        AccessError: the page may not be served so.
        SignpostError: the assistant cannot be opened.
    """
    import uvicorn

    from assistant.opening import open_assistant
    from ui.server.middleware import PatientForAWhile

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
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=STOPPING_SECONDS,
            ws="none",
            ssl_certfile=settings.tls_certificate or None,
            ssl_keyfile=settings.tls_key or None,
        )
        sys.stdout.write(f"Signpost is at {address(settings)} (Ctrl+C stops it).\n")
        sys.stdout.flush()
        # uvicorn stops in good order and then raises the signal once more.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])


def check_place(settings: Settings, signposting: Signposting) -> None:
    """Refuse to serve where somebody could come who should not.

    Raises:
        AccessError: the page would be open to others, its name is not set, its texts are unsigned,
            nobody could sign in, or a file of the certificate is missing.
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
    named = (one.strip().strip("[]").lower() for one in settings.allowed_hosts.split(","))
    return OWN_NAMES | frozenset(filter(None, named))


def listen(settings: Settings) -> socket.socket:
    """Return a socket that listens on the address in the settings.

    Raises:
        SettingsError: the address is in use, or is none of this machine's.
    """
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


def address(settings: Settings) -> str:
    """Return the address to open in a browser."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    scheme = "https" if settings.tls_certificate else "http"
    return f"{scheme}://{host}:{settings.port}"


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
            auth_dependency=_name_of_caller,
            footer_links=[],
            run_history=False,
            app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
            show_error=False,
            max_file_size=1,
            ssr_mode=False,
            enable_monitoring=False,
            pwa=False,
            favicon_path=str(files("ui") / "assets" / "favicon.svg"),
            mcp_server=False,
            theme=theme.build_theme(),
            css=theme.stylesheet("signpost", "ask", by_machine=False),
            head=theme.head(),
        )


def _accounts(settings: Settings, state: ServiceState) -> tuple[Accounts | None, Sessions | None]:
    if settings.access != "accounts":
        return None, None
    accounts = Accounts(settings.home)
    return accounts, Sessions(accounts, settings.session_minutes, state)


def _identity(settings: Settings, accounts: Accounts | None, sessions: Sessions | None) -> Identity:
    if accounts and sessions:
        return SignedIn(accounts, sessions)
    return Proxied(settings) if settings.access == "proxy" else Open()


def _functions(blocks: Blocks) -> dict[int, tuple[str, tuple[str, ...]]]:
    """Return name and inputs of each function that runs here, and not in the browser."""
    return {
        number: (str(one.api_name), tuple(type(value).__name__ for value in one.inputs))
        for number, one in blocks.fns.items()
        if one.fn is not None
    }


def _name_of_caller(request: Request) -> str:
    user: User = request.scope[USER]
    return user.name


@asynccontextmanager
async def _lifespan(server: FastAPI) -> AsyncIterator[None]:
    async with server.state.mcp.run() if server.state.mcp else nullcontext():
        yield
    server.state.stopping = True
    server.state.underway.close()
    # A run that goes on stops with its server, and can be taken up again.
    server.state.jobs.close()
    server.state.shared.close()
