"""The server: FastAPI with the Gradio page mounted, and headers that keep the page on its host."""

from __future__ import annotations

import errno
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from assistant.errors import SettingsError
from assistant.settings import Settings
from ui import theme
from ui.app import build_app
from ui.ask import Asks

if TYPE_CHECKING:
    from fastapi import FastAPI
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
        "frame-ancestors 'self'",
    )
)

HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
}

CLOSED = (
    "/gradio_api/api/",
    "/gradio_api/call/",
    "/gradio_api/deep_link",
    "/gradio_api/process_recording",
    "/gradio_api/proxy=",
    "/gradio_api/run-history",
    "/gradio_api/run/",
    "/gradio_api/runs",
    "/gradio_api/upload",
    "/gradio_api/vibe-",
    "/monitoring",
)
"""Beginnings of Gradio's paths that this page has no use for."""


class Guarded:
    """Middleware: security headers on every response, and no way to the closed paths."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                theirs = [pair for pair in message["headers"] if pair[0].decode() not in HEADERS]
                message = {**message, "headers": [*theirs, *ours]}
            await send(message)

        if scope["path"].startswith(CLOSED):
            await _not_found(scope, receive, send_guarded)
        else:
            await self._app(scope, receive, send_guarded)


def create_server(assistant: Asks, settings: Settings) -> FastAPI:
    """Return the whole server: the page at `/`, and `/healthz`."""
    blocks = build_app(assistant, settings)
    import gradio as gr
    from fastapi import FastAPI

    server = FastAPI(title="Signpost", docs_url=None, redoc_url=None, openapi_url=None)
    server.add_middleware(Guarded)
    server.add_api_route("/healthz", _health, include_in_schema=False)
    gr.mount_gradio_app(
        server,
        blocks,
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        footer_links=[],
        run_history=False,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        show_error=False,
        max_file_size=1,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=theme.build_theme(),
        css=theme.stylesheet(),
        head=theme.head(),
    )
    return server


def serve(settings: Settings) -> None:
    """Open the assistant and serve the page until the process is stopped.

    Raises:
        SettingsError: the address is in use, or is none of this machine's.
        SignpostError: the assistant cannot be opened.
    """
    import uvicorn

    from assistant.opening import open_assistant

    with listen(settings) as listening:
        assistant = open_assistant(settings)
        # The store and its libraries take seconds to load; the first asker should not wait.
        assistant.warm()
        server = create_server(assistant, settings)
        config = uvicorn.Config(
            server, log_level=settings.log_level.lower(), access_log=False, server_header=False
        )
        sys.stdout.write(f"Signpost is at {address(settings)} (Ctrl+C stops it).\n")
        sys.stdout.flush()
        # uvicorn stops in good order and then raises the signal once more.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])


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
    return f"http://{host}:{settings.port}"


async def _health() -> dict[str, str]:
    return {"status": "ok"}


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    from starlette.responses import PlainTextResponse

    await PlainTextResponse("Not found.\n", status_code=404)(scope, receive, send)
