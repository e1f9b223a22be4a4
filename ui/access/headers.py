"""Headers: those of every response, and those of a request that Gradio is not to see."""

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Scope, Send

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
"""On every response."""

_CORS = b"access-control-"

_STEERING = (b"x-forwarded-", b"x-gradio-", b"forwarded")
"""Beginnings of headers by which Gradio would let a request say where the page is."""

FIXED = ("/assets/", "/static/", "/favicon.ico", "/theme.css")
"""Beginnings of paths whose content tells nothing, and may be kept by a browser."""

HASHED = "/assets/"
"""Beginning of paths whose names hold a hash of their content, which therefore never changes."""

YEAR = 31_536_000
"""In seconds."""


def headed(path: str, send: Send, *, https: bool) -> Send:
    """Return what sends a response with the headers of every response."""

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            # Gradio lets other sites read its answers where it is called by a public name.
            kept = [one for one in message["headers"] if not one[0].startswith(_CORS)]
            headers = MutableHeaders(raw=kept)
            for name, value in HEADERS.items():
                headers[name] = value
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
