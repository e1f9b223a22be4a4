"""The guard and the server: who is let in, what every response carries, where it may be served."""

import gzip
import json
import re
import socket
from contextlib import ExitStack, closing

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
from assistant.remarks import FeedbackLog
from assistant.settings import Settings
from corpus.checks.signposting import read_signposting, shipped_signposting
from evals.benches.serving import free_port
from tests.ui.fake_answer import EXAMPLE, FakeAssistant, in_a_loop
from tests.ui.served import Slow, add_accounts, events, join, listening, serving, signed_in
from ui.access.accounts import Accounts
from ui.access.guard import HEADERS, functions_of
from ui.access.rights import BODY_BYTES, Role
from ui.access.service_state import State, Switch
from ui.pages.app import WORKSPACES
from ui.server import server as module
from ui.server.server import check_place, create_server, listen, notice, serve
from ui.words.phrases import say

SERVED = {"allowed_hosts": "signpost.example.org, [2001:db8::1]", "rate": 1000}

JOIN = "gradio_api/queue/join"

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"


def ask(address, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(f"{address}/api/ask", json={"question": EXAMPLE}, headers=named)


def test_every_response_carries_the_security_headers(address):
    for path in ("/", "/healthz", "/theme.css", "/api/editions", "/no"):
        response = httpx.get(f"{address}{path}")
        assert response.status_code == (404 if path == "/no" else 200)
        assert {name: response.headers.get_list(name) for name in HEADERS} == {
            name: [value] for name, value in HEADERS.items()
        }


def test_the_server_answers_to_its_names_and_a_name_that_somebody_points_here_is_refused(address):
    for host in (
        *("127.0.0.1:1", "localhost", "[::1]:7860", "[2001:db8::1]:8443"),
        *("signpost.example.org", "SIGNPOST.example.org:443"),
    ):
        assert ask(address, host=host).status_code == 200
    for host in ("evil.example", "signpost.example.org.evil.example", "", "0"):
        response = ask(address, host=host)
        assert response.status_code == 400
        assert "SIGNPOST_ALLOWED_HOSTS" in response.json()["error"]
        assert httpx.get(f"{address}/healthz", headers={"host": host}).status_code == 200


def test_what_another_site_sends_is_refused_and_a_path_with_something_behind_it_is_another(address):
    for headers in (
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "https://public.example", "sec_fetch_site": "same-origin"},
    ):
        response = ask(address, **headers)
        assert response.status_code == 403
        assert response.json()["error"] == say("refusal.other_site")
    for ours in ({"sec_fetch_site": "same-origin"}, {"origin": address}):
        assert ask(address, **ours).status_code == 200
    call = {"data": [EXAMPLE, None], "fn_index": 0, "session_hash": "another-path"}
    for ending in ("%0a", "%0d", "%00", "%7f", "%0a%0a", "/", "%20"):
        for path in (JOIN, "api/ask", "healthz"):
            assert httpx.post(f"{address}/{path}{ending}", json=call).status_code == 404


@pytest.mark.parametrize("host", ["127.0.0.1", "signpost.example.org"])
def test_no_other_site_is_let_in_by_the_browser(address, host):
    headers = {"host": host, "origin": "https://evil.example"}
    for path in ("/", "/theme.css", "/api/editions"):
        response = httpx.get(f"{address}{path}", headers=headers)
        assert not [name for name in response.headers if name.startswith("access-control")]
    # Nor does a header say where the page is.
    named = {"x-gradio-server": "http://evil.example", "host": host}
    assert "http://evil.example" not in httpx.get(address, headers=named).text
    asked = {**headers, "access-control-request-method": "POST"}
    assert httpx.request("OPTIONS", f"{address}/api/ask", headers=asked).status_code == 405


def test_a_body_that_is_too_long_is_refused_however_it_is_sent(address):
    pieces = (b" " * 1024 for _ in range(BODY_BYTES // 1024 + 1))
    for body in (b" " * (BODY_BYTES + 1), pieces):
        response = httpx.post(f"{address}/api/ask", content=body)
        assert response.status_code == 413
        assert response.json()["error"] == "That is too long; send 256 KiB at most."
    assert httpx.post(f"{address}/api/ask", content=b" " * BODY_BYTES).status_code == 422


def test_a_call_of_the_page_holds_what_its_parts_give_and_nothing_else(
    address, served_home, caplog
):
    for body in (b"", b"[1]", b"{", b"\xff", b"[" * 100_000):
        assert httpx.post(f"{address}/{JOIN}", content=body).status_code == 400
    for data in (
        [{"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}, None],
        *([[EXAMPLE], None], [EXAMPLE, {"talk": 1}], [EXAMPLE], [EXAMPLE, None, None]),
        *([7, None], [True, None], [EXAMPLE, [EXAMPLE]], EXAMPLE),
    ):
        call = {"data": data, "fn_index": 0, "session_hash": "strange-data"}
        response = httpx.post(f"{address}/{JOIN}", json=call)
        assert response.status_code == 400
        assert EXAMPLE not in response.text
    assert caplog.messages == []
    assert not [path for path in (served_home / "page").rglob("*") if path.is_file()]


def test_a_user_holds_so_many_streams_open_and_no_more(address, monkeypatch):
    monkeypatch.setattr("ui.access.guard.MOST_STREAMS", 2)
    with httpx.Client(base_url=address) as client, ExitStack() as streams:
        for number in range(2):
            opened = client.stream("GET", f"/gradio_api/heartbeat/stream-{number}")
            assert streams.enter_context(opened).status_code == 200
        refused = client.get("/gradio_api/heartbeat/stream-3")
        assert refused.status_code == 429
        assert "too many pages open" in refused.json()["error"]


def test_switched_off_it_says_so_to_everybody(tmp_path):
    switch = Switch(tmp_path)
    switch.set(State.OFF, "Back on Monday.")
    with serving(FakeAssistant(), Settings(home=tmp_path)) as address:
        response = ask(address)
        assert (response.status_code, response.json()["error"]) == (503, "Back on Monday.")
        page = httpx.get(address, headers={"accept": "text/html"})
        assert page.status_code == 503
        assert "Back on Monday." in page.text
        for method in ("GET", "HEAD"):
            assert httpx.request(method, f"{address}/healthz").status_code == 200
        ready = httpx.get(f"{address}/readyz")
        assert (ready.status_code, ready.json()) == (503, {"status": "switched off"})
        switch.set(State.ON)
        assert ask(address).status_code == 200
        assert httpx.get(f"{address}/readyz").json() == {"status": "ready"}


def test_a_question_beyond_the_rate_is_refused_and_read_only_answers_and_changes_nothing(tmp_path):
    add_accounts(tmp_path)
    settings = Settings(home=tmp_path, access="accounts", rate=2)
    question = {"question": EXAMPLE}
    with (
        serving(FakeAssistant(), settings) as address,
        closing(signed_in(address, "officer")) as officer,
        closing(signed_in(address, "trainer")) as trainer,
    ):
        assert officer.post("/api/ask", json=question).status_code == 200
        assert join(officer, 0, "officers-own", EXAMPLE, None).status_code == 200
        for refused in (
            officer.post("/api/search", json=question),
            join(officer, 0, "officers-own", EXAMPLE, None),
        ):
            assert refused.status_code == 429
            seconds = int(refused.headers["retry-after"])
            assert 1 <= seconds <= 60
            assert refused.json()["detail"] == say("refusal.rate", n=seconds)
        assert officer.get("/api/docs").status_code == 200
        Switch(tmp_path).set(State.READ_ONLY)
        assert trainer.post("/api/ask", json=question).status_code == 200
        for path in ("/account", "/api/feedback"):
            refused = trainer.post(path, data={"current": "x", "fresh": "y"})
            assert refused.status_code == 503
            assert "read-only" in refused.text
    assert FeedbackLog(settings).newest() == ()


def test_the_page_is_told_when_there_is_no_room_to_wait(tmp_path):
    slow = Slow()
    with (
        serving(slow, Settings(home=tmp_path, waiting=1)) as address,
        httpx.Client(base_url=address) as client,
    ):
        joined = [join(client, 0, f"crowded-{number}", EXAMPLE, None) for number in range(12)]
        slow.leave.set()
        taken = [number for number, call in enumerate(joined) if call.status_code == 200]
        told = [str(events(client, f"crowded-{number}")) for number in taken]
    # Who comes in slowly finds room in Gradio's queue, and is told by the page.
    away = [said for said in told if say("refusal.busy") in said]
    refused = [call for call in joined if call.status_code != 200]
    assert len(away) + len(refused) > 0
    for call in refused:
        assert (call.status_code, call.json()["error"]) == (503, say("refusal.busy"))
        assert call.headers["retry-after"] == "5"
    answered = [said for said in told if "Preserve the anonymity of victims" in said]
    assert answered
    assert len(answered) + len(away) == len(taken)


def test_a_function_unknown_to_the_table_or_fed_with_no_text_starts_no_server():
    for other in (("a_new_one", ()), ("ask", ("Textbox", "File"))):
        with pytest.raises(KeyError):
            functions_of({0: ("ask", ("Textbox", "Textbox")), 1: other})


# Where it may be served, what is compressed and kept, connections that say nothing


def test_gradio_keeps_its_extras_off_and_nothing_is_ready_once_it_is_stopping(tmp_path):
    server = in_a_loop(lambda: create_server(FakeAssistant(), Settings(home=tmp_path)))
    (mounted,) = (route for route in server.routes if isinstance(route, Mount))
    config = mounted.app.get_blocks().config
    assert config["footer_links"] == []
    assert not config.get("vibe_mode")
    for name in ("run_history", "analytics_enabled", "mcp_server", "show_error"):
        assert config[name] is False
    with TestClient(server, "http://127.0.0.1", raise_server_exceptions=False) as client:
        assert "Signpost" in client.get("/").text
        for path in ("/docs", "/redoc", "/openapi.json"):
            assert client.get(path).status_code in (404, 405)
        assert client.get("/readyz").json() == {"status": "ready"}
        server.state.stopping = True
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").json() == {"status": "ok"}


def test_serving_prints_one_line_and_listens_where_it_says_or_refuses_in_a_sentence(
    monkeypatch, capsys, tmp_path
):
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
    assert module.address(Settings(host="::1")) == "http://[::1]:7860"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        taken = Settings(port=listening.getsockname()[1])
        for use in (listen, serve):
            with pytest.raises(SettingsError, match=rf"^Port {taken.port} .*SIGNPOST_PORT\.$"):
                use(taken)
    with pytest.raises(SettingsError, match=r"^.*192\.0\.2\.1:.*\.$"):
        listen(Settings(host="192.0.2.1"))


ABROAD = Settings(host="0.0.0.0", access="proxy", allowed_hosts="a.example", accept_unsigned=True)


@pytest.fixture
def unsigned():
    return read_signposting(shipped_signposting())


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


def test_served_abroad_with_unsigned_texts_the_page_says_so_and_to_this_machine_it_does_not(
    unsigned, tmp_path
):
    for settings, told in ((Settings(), ""), (ABROAD, say("page.unsigned"))):
        check_place(settings, unsigned)
        assert notice(settings, unsigned) == told
    review = {"reviewed_by": "A lead", "reviewed_on": "2026-11-25"}
    signed = unsigned.model_copy(update={**review, "reviewed_digest": unsigned.digest})
    assert notice(ABROAD, signed) == ""
    check_place(ABROAD.model_copy(update={"accept_unsigned": False}), signed)
    Accounts(tmp_path).add("a", Role.ADMIN, "three plain words")
    check_place(ABROAD.model_copy(update={"access": "accounts", "home": tmp_path}), unsigned)
    settings = ABROAD.model_copy(update={"home": tmp_path, "proxy_from": "127.0.0.1"})
    headers = {"X-Forwarded-User": "a", "X-Forwarded-Groups": "officer"}
    with serving(FakeAssistant(), settings) as served:
        assert say("page.unsigned") in httpx.get(served, headers=headers).text
        assert httpx.get(served).status_code == 403


def test_pages_are_sent_compressed_to_whoever_takes_it_and_nothing_else_is(address):
    for path in [*(workspace.path for workspace in WORKSPACES), "/api/openapi.json"]:
        with httpx.stream("GET", f"{address}{path}", timeout=30) as packed:
            raw = b"".join(packed.iter_raw())
        assert packed.headers["content-encoding"] == "gzip", path
        assert "accept-encoding" in packed.headers["vary"].lower()
        plain = httpx.get(f"{address}{path}", headers={"accept-encoding": "identity"}, timeout=30)
        assert "content-encoding" not in plain.headers
        # Gradio names the components of each page anew, so that the two are not quite the same.
        assert abs(len(gzip.decompress(raw)) - len(plain.content)) < 100
        assert len(raw) < len(plain.content) / 2
    answer = httpx.post(f"{address}/api/ask", json={"question": EXAMPLE}, timeout=30)
    assert len(answer.content) > 1000
    assert "content-encoding" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
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
def connection(monkeypatch):
    monkeypatch.setattr(module, "HEAD_SECONDS", 0.4)

    async def slow(_):
        await anyio.sleep(1.0)
        return PlainTextResponse("answered")

    app = Starlette(routes=[Route("/", slow)])
    with (
        listening(lambda port: app, http=module.PatientForAWhile) as port,
        socket.create_connection(("127.0.0.1", port), timeout=20) as connection,
    ):
        yield connection


@pytest.mark.parametrize(
    ("sent", "told"),
    [(b"", b""), (b"GET", b""), (HEAD, b""), (HEAD + b"X: " + b"a" * 100_000, b"400")],
)
def test_whoever_sends_no_whole_head_is_cut_off_or_refused(connection, sent, told):
    connection.sendall(sent)
    said = connection.recv(1000)
    assert (told in said, bool(said)) == (True, bool(told))


@pytest.mark.parametrize("sent", [b"GARBAGE\r\n\r\n", b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n"])
def test_what_is_no_request_is_refused_with_a_sentence_and_all_headers(connection, sent):
    connection.sendall(sent)
    said = b"".join(iter(lambda: connection.recv(4096), b"")).decode()
    head, _, body = said.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 400 ")
    assert all(f"{name}: {value}" in head for name, value in HEADERS.items())
    assert json.loads(body)["error"]


def test_an_answer_that_takes_longer_is_given_and_the_connection_goes_on(connection):
    for _ in range(2):
        connection.sendall(HEAD + b"\r\n")
        said = b""
        while b"answered" not in said:
            said += connection.recv(1000)
    connection.sendall(b"GET")
    assert connection.recv(100) == b""
