"""Connections that say nothing, or too slowly, are ended; others are left in peace."""

import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from ui.access.headers import HEADERS
from ui.server import middleware as connections
from ui.server.middleware import PatientForAWhile

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.4)

    async def slow(_: object) -> PlainTextResponse:
        await anyio_sleep(1.0)
        return PlainTextResponse("answered")

    app = Starlette(routes=[Route("/", slow)])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, http=PatientForAWhile, log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        until = time.monotonic() + 30
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        yield listening.getsockname()
        server.should_exit = True
        thread.join(timeout=10)


async def anyio_sleep(seconds: float) -> None:
    import anyio

    await anyio.sleep(seconds)


@pytest.mark.parametrize("sent", [b"", b"GET", HEAD])
def test_whoever_sends_no_whole_head_is_cut_off(place: tuple[str, int], sent: bytes) -> None:
    with socket.create_connection(place, timeout=20) as connection:
        connection.sendall(sent)
        assert connection.recv(100) == b""


@pytest.mark.parametrize("sent", [b"GARBAGE\r\n\r\n", b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n"])
def test_what_is_no_request_is_refused_with_a_sentence_and_all_headers(place, sent):
    with socket.create_connection(place, timeout=20) as connection:
        connection.sendall(sent)
        said = b"".join(iter(lambda: connection.recv(4096), b"")).decode()
    head, _, body = said.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 400 ")
    assert all(f"{name}: {value}" in head for name, value in HEADERS.items())
    assert json.loads(body)["error"]


def test_an_answer_that_takes_longer_is_given_and_the_connection_goes_on(place):
    with socket.create_connection(place, timeout=20) as connection:
        for _ in range(2):
            connection.sendall(HEAD + b"\r\n")
            said = b""
            while b"answered" not in said:
                said += connection.recv(1000)
        connection.sendall(b"GET")
        assert connection.recv(100) == b""


def test_a_head_without_an_end_is_refused(place: tuple[str, int]) -> None:
    with socket.create_connection(place, timeout=20) as connection:
        connection.sendall(HEAD + b"X: " + b"a" * 100_000)
        assert b"400" in connection.recv(1000)
