"""What stands around the pages: compression, what a browser keeps, connections that say nothing."""

import gzip
import json
import re
import socket

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.ui.fake_answer import EXAMPLE
from tests.ui.served import listening
from ui.access.headers import HEADERS
from ui.server import middleware
from ui.server.middleware import PatientForAWhile, is_compressed
from ui.service.workspaces import WORKSPACES

pytestmark = pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting':DeprecationWarning")

SERVED = {}

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"


def test_pages_are_sent_compressed_to_whoever_takes_it(address):
    for path in [*(one.path for one in WORKSPACES), "/api/openapi.json"]:
        with httpx.stream("GET", f"{address}{path}", timeout=30) as packed:
            raw = b"".join(packed.iter_raw())
        assert packed.headers["content-encoding"] == "gzip", path
        assert "accept-encoding" in packed.headers["vary"].lower()
        plain = httpx.get(f"{address}{path}", headers={"accept-encoding": "identity"}, timeout=30)
        assert "content-encoding" not in plain.headers
        # Gradio names the components of each page anew, so that the two are not quite the same.
        assert abs(len(gzip.decompress(raw)) - len(plain.content)) < 100
        assert len(raw) < len(plain.content) / 2


def test_answers_sign_in_and_streams_are_left_as_they_are(address):
    answer = httpx.post(f"{address}/api/ask", json={"question": EXAMPLE}, timeout=30)
    assert len(answer.content) > 1000
    assert "content-encoding" not in answer.headers
    for method, path in (
        ("GET", "/sign-in"),
        ("GET", "/account"),
        ("POST", "/api/library/check"),
        ("GET", "/gradio_api/queue/data"),
        ("GET", "/api/me"),
    ):
        assert not is_compressed({"type": "http", "method": method, "path": path})
    assert not is_compressed({"type": "lifespan"})


def test_files_that_never_change_are_kept_by_browsers_and_nothing_else(address):
    page = httpx.get(address, timeout=30)
    assert page.headers["cache-control"] == "no-store"
    asked = httpx.post(f"{address}/api/ask", json={"question": EXAMPLE})
    assert asked.headers["cache-control"] == "no-store"
    assert httpx.get(f"{address}/theme.css").headers.get("cache-control") != "no-store"
    file = re.search(r"assets/index-[\w-]+\.css", page.text)[0]
    kept = httpx.get(f"{address}/{file}").headers["cache-control"]
    assert kept == "private, max-age=31536000, immutable"
    gone = httpx.get(f"{address}/assets/nothing-at-all.js")
    assert "immutable" not in gone.headers.get("cache-control", "")
    sign = httpx.get(f"{address}/favicon.ico")
    assert sign.headers["content-type"] == "image/svg+xml"
    assert b"<svg" in sign.content


@pytest.fixture
def place(monkeypatch):
    monkeypatch.setattr(middleware, "HEAD_SECONDS", 0.4)

    async def slow(_):
        await anyio.sleep(1.0)
        return PlainTextResponse("answered")

    app = Starlette(routes=[Route("/", slow)])
    with listening(lambda port: app, http=PatientForAWhile) as port:
        yield "127.0.0.1", port


@pytest.mark.parametrize("sent", [b"", b"GET", HEAD])
def test_whoever_sends_no_whole_head_is_cut_off(place, sent):
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


def test_a_head_without_an_end_is_refused(place):
    with socket.create_connection(place, timeout=20) as connection:
        connection.sendall(HEAD + b"X: " + b"a" * 100_000)
        assert b"400" in connection.recv(1000)
