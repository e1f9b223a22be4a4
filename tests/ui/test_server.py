"""The guard and the server: who is let in, what every response carries, where it may be served."""

import json
import re
import socket
from contextlib import ExitStack, closing
from types import SimpleNamespace

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
from ui.access.guard import HEADERS
from ui.access.rights import BODY_BYTES
from ui.access.service_state import State, Switch
from ui.pages.app import WORKSPACES
from ui.server import server as module
from ui.server.server import check_place, create_server, functions_of, listen, notice, serve
from ui.words.phrases import say

SERVED = {"allowed_hosts": "signpost.example.org, [2001:db8::1]", "rate": 1000}
JOIN = "gradio_api/queue/join"
HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"


def ask(address, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(f"{address}/api/ask", json={"question": EXAMPLE}, headers=named)


def test_every_response_carries_the_security_headers_and_only_fixed_files_are_kept(address):
    for path in ("/", "/healthz", "/theme.css", "/api/editions", "/no"):
        response = httpx.get(f"{address}{path}")
        for name, value in HEADERS.items():
            assert response.headers.get_list(name) == [value]
        assert (response.headers.get("cache-control") == "no-store") == (path != "/theme.css")
    file = re.search(r"assets/index-[\w-]+\.css", httpx.get(address).text)[0]
    for path, kept in ((file, True), ("assets/nothing-at-all.js", False)):
        response = httpx.get(f"{address}/{path}")
        told = response.headers.get("cache-control", "")
        assert ("immutable" in told, "no-store" in told) == (kept, not kept)
    assert response.json()["error"]


def test_the_server_answers_to_its_names_and_a_name_that_somebody_points_here_is_refused(address):
    for host in ("127.0.0.1:1", "localhost", "[2001:db8::1]:8443", "SIGNPOST.example.org:443"):
        assert ask(address, host=host).status_code == 200
    for host in ("evil.example", "signpost.example.org.evil.example", "", "0", "127.0.0.1:1/x"):
        assert ask(address, host=host).status_code == 400
        assert httpx.get(f"{address}/healthz", headers={"host": host}).status_code == 200


def test_what_another_site_sends_is_refused_and_nothing_is_given_to_it(address):
    for headers in (
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "https://evil.example", "sec_fetch_site": "same-origin"},
    ):
        response = ask(address, **headers)
        assert (response.status_code, response.json()["error"]) == (403, say("refusal.other_site"))
    for ours in ({"sec_fetch_site": "same-origin"}, {"origin": address}):
        assert ask(address, **ours).status_code == 200
    # Nor does the browser let another site in, or a header say where the page is.
    named = {"host": "signpost.example.org", "origin": "https://evil.example"}
    for path in ("", "/theme.css", "/api/editions"):
        headers = httpx.get(f"{address}{path}", headers=named).headers
        assert not [name for name in headers if name.startswith("access-control")]
    steered = {"x-gradio-server": "http://evil.example"}
    assert "http://evil.example" not in httpx.get(address, headers=steered).text
    asked = {**named, "access-control-request-method": "POST"}
    assert httpx.request("OPTIONS", f"{address}/api/ask", headers=asked).status_code == 405


def test_a_path_with_something_behind_it_is_another(address):
    for ending in ("%0a", "%0d", "%00", "/", "%20"):
        for path in (JOIN, "api/ask", "healthz"):
            assert httpx.post(f"{address}/{path}{ending}", json={}).status_code == 404


def test_a_body_that_is_too_long_is_refused_however_it_is_sent(address):
    pieces = (b" " * 1024 for _ in range(BODY_BYTES // 1024 + 1))
    for body in (b" " * (BODY_BYTES + 1), pieces):
        assert httpx.post(f"{address}/api/ask", content=body).status_code == 413
    refused = httpx.post(f"{address}/api/ask", content=b" " * BODY_BYTES)
    assert (refused.status_code, refused.json()["error"][:12]) == (422, "The request ")


def test_a_call_of_the_page_holds_what_its_parts_give_and_nothing_else(
    address, served_home, caplog
):
    for body in (b"", b"[1]", b"{", b"\xff", b"[" * 100_000):
        assert httpx.post(f"{address}/{JOIN}", content=body).status_code == 400
    for data in (
        [{"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}, None],
        *([EXAMPLE, {"talk": 1}], [EXAMPLE], [EXAMPLE, None, None], [7, None], EXAMPLE),
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
        assert client.get("/gradio_api/heartbeat/stream-3").status_code == 429


def test_switched_off_it_says_so_to_everybody(address, served_home):
    switch = Switch(served_home)
    switch.set(State.OFF, "Back on Monday.")
    refused = ask(address)
    page = httpx.get(address, headers={"accept": "text/html"})
    states = [httpx.get(f"{address}/{path}") for path in ("healthz", "readyz")]
    switch.set(State.ON)
    assert (refused.status_code, refused.json()["error"]) == (503, "Back on Monday.")
    assert (page.status_code, "Back on Monday." in page.text) == (503, True)
    assert [one.status_code for one in states] == [200, 503]
    assert states[1].json() == {"status": "switched off"}
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
        searched = officer.post("/api/search", json=question)
        for refused in (searched, join(officer, 0, "officers-own", EXAMPLE, None)):
            assert refused.status_code == 429
            assert 1 <= int(refused.headers["retry-after"]) <= 60
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
    answered = [said for said in told if "Preserve the anonymity of victims" in said]
    assert 0 < len(answered) == len(taken) - len(away) < len(joined)
    for call in joined:
        found = (call.status_code, call.json().get("error"), call.headers.get("retry-after"))
        assert call.status_code == 200 or found == (503, say("refusal.busy"), "5")


def test_a_function_unknown_to_the_table_or_fed_with_no_text_starts_no_server():
    file = type("File", (), {})()
    for name, inputs in (("a_new_one", []), ("ask", [file])):
        function = SimpleNamespace(fn=len, api_name=name, inputs=inputs)
        with pytest.raises(KeyError):
            functions_of(SimpleNamespace(fns={0: function}))


def test_gradio_keeps_its_extras_off_and_nothing_is_ready_once_it_is_stopping(tmp_path):
    server = in_a_loop(lambda: create_server(FakeAssistant(), Settings(home=tmp_path)))
    (mounted,) = (route for route in server.routes if isinstance(route, Mount))
    config = mounted.app.get_blocks().config
    assert not any(config[name] for name in ("run_history", "mcp_server", "show_error"))
    with TestClient(server, "http://127.0.0.1", raise_server_exceptions=False) as client:
        assert client.get("/readyz").json() == {"status": "ready"}
        server.state.stopping = True
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").json() == {"status": "ok"}


def test_it_listens_where_it_says_or_refuses_in_a_sentence(monkeypatch, capsys, tmp_path):
    port, served = free_port(), []
    monkeypatch.setattr(Assistant, "open", lambda settings: FakeAssistant())
    monkeypatch.setattr(
        uvicorn.Server, "run", lambda self, sockets: served.append(sockets[0].getsockname())
    )
    in_a_loop(lambda: serve(Settings(home=tmp_path, port=port)))
    assert served == [("127.0.0.1", port)]
    assert f"http://127.0.0.1:{port} " in capsys.readouterr().out
    taken = pytest.raises(SettingsError, match=rf"^Port {port} .*SIGNPOST_PORT\.$")
    with socket.create_server(("127.0.0.1", port)), taken:
        serve(Settings(port=port))
    with pytest.raises(SettingsError, match=r"^.*192\.0\.2\.1:.*\.$"):
        listen(Settings(host="192.0.2.1"))


ABROAD = Settings(host="0.0.0.0", access="proxy", allowed_hosts="a.example", accept_unsigned=True)

UNSIGNED = read_signposting(shipped_signposting())


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
def test_it_is_not_served_where_somebody_could_come_who_should_not(tmp_path, changes, said):
    settings = ABROAD.model_copy(update={"home": tmp_path, **changes})
    with pytest.raises(AccessError, match=said):
        check_place(settings, UNSIGNED)


def test_served_abroad_with_unsigned_texts_the_page_says_so_and_else_it_does_not(tmp_path):
    for settings, told in ((Settings(), ""), (ABROAD, say("page.unsigned"))):
        check_place(settings, UNSIGNED)
        assert notice(settings, UNSIGNED) == told
    review = {"reviewed_by": "A lead", "reviewed_on": "2026-11-25"}
    signed = UNSIGNED.model_copy(update={**review, "reviewed_digest": UNSIGNED.digest})
    assert notice(ABROAD, signed) == ""
    check_place(ABROAD.model_copy(update={"accept_unsigned": False}), signed)
    add_accounts(tmp_path)
    check_place(ABROAD.model_copy(update={"access": "accounts", "home": tmp_path}), UNSIGNED)
    settings = ABROAD.model_copy(update={"home": tmp_path, "proxy_from": "127.0.0.1"})
    headers = {"X-Forwarded-User": "a", "X-Forwarded-Groups": "officer"}
    with serving(FakeAssistant(), settings) as served:
        assert say("page.unsigned") in httpx.get(served, headers=headers).text
        assert httpx.get(served).status_code == 403


def test_pages_may_be_compressed_and_nothing_that_holds_a_secret(address):
    assert httpx.get(f"{address}/framework").headers["content-encoding"] == "gzip"
    closed = ("/sign-in", "/account", "/api/me", "/api/ask", "/gradio_api/queue/data")
    for path in (*(one.path for one in WORKSPACES), "/api/openapi.json", *closed):
        scope = {"type": "http", "method": "GET", "path": path}
        assert module.is_compressed(scope) == (path not in closed)


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
    ("sent", "told"), [(b"", b""), (HEAD, b""), (HEAD + b"X: " + b"a" * 100_000, b"400")]
)
def test_whoever_sends_no_whole_head_is_cut_off_or_refused(connection, sent, told):
    connection.sendall(sent)
    said = connection.recv(1000)
    assert (told in said, bool(said)) == (True, bool(told))


def test_what_is_no_request_is_refused_with_a_sentence_and_all_headers(connection):
    connection.sendall(b"GARBAGE\r\n\r\n")
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
