"""The server: where it may be served, what is compressed and kept, connections that say nothing."""

import gzip
import json
import re
import socket

import anyio
import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from assistant.errors import AccessError, SettingsError
from assistant.pipeline import Assistant
from assistant.settings import Settings
from corpus.checks.signposting import read_signposting, shipped_signposting
from evals.benches.serving import free_port
from tests.ui.fake_answer import EXAMPLE, FakeAssistant, in_a_loop
from tests.ui.served import PASSWORD, listening, serving
from ui.access.accounts import Accounts
from ui.access.guard import HEADERS
from ui.access.rights import Role
from ui.pages.app import WORKSPACES
from ui.server import server as module
from ui.server.server import check_place, create_server, listen, notice, serve
from ui.words.catalogue import say

pytestmark = pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting':DeprecationWarning")

SERVED = {}

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("page"))
    return in_a_loop(lambda: create_server(FakeAssistant(), settings))


@pytest.fixture(scope="module")
def client(server):
    address = "http://127.0.0.1"
    with TestClient(server, address, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield Settings(port=listening.getsockname()[1])


def test_the_page_is_at_the_root(client):
    assert "Signpost" in client.get("/").text


def test_gradio_keeps_its_extras_off(server):
    (mounted,) = (route for route in server.routes if isinstance(route, Mount))
    config = mounted.app.get_blocks().config
    assert config["footer_links"] == []
    assert not config.get("vibe_mode")
    for name in ("run_history", "analytics_enabled", "mcp_server", "show_error"):
        assert config[name] is False


def test_it_is_not_ready_once_it_is_stopping(server, client):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}
    server.state.stopping = True
    assert client.get("/readyz").status_code == 503
    server.state.stopping = False


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_no_documentation_page_that_loads_from_outside_is_served(client, path):
    assert client.get(path).status_code in (404, 405)


def test_a_port_in_use_is_one_sentence_with_the_way_out(taken):
    with pytest.raises(SettingsError, match=rf"^Port {taken.port} [^\n]*SIGNPOST_PORT\.$"):
        listen(taken)


def test_an_address_of_another_machine_is_one_sentence():
    with pytest.raises(SettingsError, match=r"^[^\n]*192\.0\.2\.1:[^\n]*\.$"):
        listen(Settings(host="192.0.2.1"))


def test_the_address_can_be_opened_in_a_browser():
    assert module.address(Settings(port=8123)) == "http://127.0.0.1:8123"
    assert module.address(Settings(host="::1")) == "http://[::1]:7860"


def test_serving_prints_one_line_and_listens_where_it_says(monkeypatch, capsys, tmp_path, taken):
    port = free_port()
    served = []
    monkeypatch.setattr(Assistant, "open", lambda settings: FakeAssistant())
    monkeypatch.setattr(
        uvicorn.Server, "run", lambda self, sockets: served.append(sockets[0].getsockname())
    )
    in_a_loop(lambda: serve(Settings(home=tmp_path, port=port)))
    assert served == [("127.0.0.1", port)]
    assert capsys.readouterr().out == (
        f"Signpost is at http://127.0.0.1:{port} (Ctrl+C stops it).\n"
    )
    with pytest.raises(SettingsError):
        serve(taken)


ABROAD = Settings(host="0.0.0.0", access="proxy", allowed_hosts="a.example", accept_unsigned=True)


@pytest.fixture
def unsigned():
    return read_signposting(shipped_signposting())


def test_what_ships_is_served_to_this_machine_as_it_is(unsigned):
    check_place(Settings(), unsigned)
    assert notice(Settings(), unsigned) == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"access": "open"}, "SIGNPOST_ACCESS"),
        ({"access": "open", "host": "127.0.0.1"}, "SIGNPOST_ACCESS"),
        ({"allowed_hosts": " , "}, "SIGNPOST_ALLOWED_HOSTS"),
        ({"accept_unsigned": False}, "SIGNPOST_ACCEPT_UNSIGNED=true"),
        ({"accept_unsigned": False, "host": "127.0.0.1"}, "SIGNPOST_ACCEPT_UNSIGNED=true"),
        ({"access": "accounts"}, "signpost accounts"),
        ({"tls_key": "key.pem"}, "SIGNPOST_TLS"),
        ({"tls_key": "no.pem", "tls_certificate": "no.pem"}, r"no\.pem"),
    ],
)
def test_it_is_not_served_where_somebody_could_come_who_should_not(
    tmp_path, unsigned, changes, said
):
    settings = ABROAD.model_copy(update={"home": tmp_path, **changes})
    with pytest.raises(AccessError, match=said):
        check_place(settings, unsigned)


def test_served_abroad_with_unsigned_texts_the_page_says_so(unsigned, tmp_path):
    check_place(ABROAD, unsigned)
    assert notice(ABROAD, unsigned) == say("page.unsigned")
    review = {"reviewed_by": "A lead", "reviewed_on": "2026-11-25"}
    signed = unsigned.model_copy(update={**review, "reviewed_digest": unsigned.digest})
    assert notice(ABROAD, signed) == ""
    check_place(ABROAD.model_copy(update={"accept_unsigned": False}), signed)
    Accounts(tmp_path).add("a", Role.ADMIN, PASSWORD)
    check_place(ABROAD.model_copy(update={"access": "accounts", "home": tmp_path}), unsigned)
    settings = ABROAD.model_copy(update={"home": tmp_path, "proxy_from": "127.0.0.1"})
    headers = {"X-Forwarded-User": "a", "X-Forwarded-Groups": "officer"}
    with serving(FakeAssistant(), settings) as served:
        assert say("page.unsigned") in httpx.get(served, headers=headers).text
        assert httpx.get(served).status_code == 403


# Compression, what a browser keeps, and connections


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
        assert not module.is_compressed({"type": "http", "method": method, "path": path})
    assert not module.is_compressed({"type": "lifespan"})


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
    monkeypatch.setattr(module, "HEAD_SECONDS", 0.4)

    async def slow(_):
        await anyio.sleep(1.0)
        return PlainTextResponse("answered")

    app = Starlette(routes=[Route("/", slow)])
    with listening(lambda port: app, http=module.PatientForAWhile) as port:
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
