"""The body of a request: whole, in time and not too long, or refused in one sentence."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from ui.access.limits import BODY_BYTES, BODY_SECONDS, BYTES_A_SECOND
from ui.words.catalogue import say

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from starlette.types import Message, Receive


class Denied(Exception):
    """A request that is answered here, with a status and one sentence."""

    def __init__(self, status: int, sentence: str, **headers: str) -> None:
        """Keep what is answered; underscores in names of headers stand for hyphens."""
        super().__init__(sentence)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


async def read_body(request: HTTPConnection, receive: Receive, most: int = BODY_BYTES) -> bytes:
    """Return the body of a request, of `most` bytes at most.

    Raises:
        Denied: it is too long, broke off, or took too long to arrive.
    """
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


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return what hands on a body that was read."""
    told = False

    async def replay() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def object_of(body: bytes) -> dict[str, object]:
    """Return the JSON object that a body is.

    Raises:
        Denied: it is none.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Denied(400, say("refusal.strange"))
    return found


def with_length(headers: list[tuple[bytes, bytes]], length: int) -> list[tuple[bytes, bytes]]:
    """Return headers that say how long another body is."""
    sized = (b"content-length", b"transfer-encoding")
    return [*(one for one in headers if one[0] not in sized), (sized[0], str(length).encode())]
