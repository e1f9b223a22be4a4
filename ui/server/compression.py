"""What the server sends compressed: pages and views, and nothing in which a secret could stand.

A response that holds a secret beside words that an attacker chose can be guessed by its length once
it is compressed (BREACH; Gluck, Harris and Prado 2013). No response of Signpost holds one: cookies
and tokens travel in headers, and no page has a token in it. Signing in, passwords, answers and
streams are left as they are all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.middleware.gzip import GZipMiddleware

from ui.service.workspaces import WORKSPACES

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PAGES = frozenset(workspace.path for workspace in WORKSPACES)

VIEWS = ("/api/library/", "/api/docs", "/api/openapi.json")
"""Beginnings of other paths; Gradio compresses its own files."""

SMALLEST = 1000
"""Bytes from which it pays."""

LEVEL = 6
"""Of gzip; the next ones cost more than they save."""


class Compression:
    """Middleware that compresses what is named here, for whoever takes it so."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self._app = app
        self._compressed = GZipMiddleware(app, SMALLEST, LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        app = self._compressed if is_compressed(scope) else self._app
        await app(scope, receive, send)


def is_compressed(scope: Scope) -> bool:
    """Tell whether the answer to a request may be compressed."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    path: str = scope["path"]
    return path in PAGES or path.startswith(VIEWS)
