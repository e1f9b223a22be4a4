"""The guard: hosts, other sites, lengths, rates, the switch, and what every response carries."""

from contextlib import ExitStack, closing

import httpx
import pytest

from assistant.settings import Settings
from tests.ui.fake_answer import EXAMPLE, FakeAssistant
from tests.ui.served import Slow, add_accounts, events, join, serving, signed_in
from ui.access.guard import HEADERS, functions_of
from ui.access.limits import BODY_BYTES
from ui.access.service_state import State, Switch
from ui.words.catalogue import say

pytestmark = pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting':DeprecationWarning")


SERVED = {"allowed_hosts": "signpost.example.org, [2001:db8::1]", "rate": 1000}


@pytest.fixture
def switch(served_home):
    switch = Switch(served_home)
    yield switch
    switch.set(State.ON)


def ask(address, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(f"{address}/api/ask", json={"question": EXAMPLE}, headers=named)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/healthz", 200), ("/theme.css", 200), ("/api/editions", 200), ("/no", 404)],
)
def test_every_response_carries_the_security_headers(address, path, status):
    response = httpx.get(f"{address}{path}")
    assert response.status_code == status
    assert {name: response.headers.get_list(name) for name in HEADERS} == {
        name: [value] for name, value in HEADERS.items()
    }


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost", "[::1]:7860", "[2001:db8::1]:8443"])
def test_the_server_answers_to_its_names(address, host):
    for name in (host, "signpost.example.org", "SIGNPOST.example.org:443"):
        assert ask(address, host=name).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "signpost.example.org.evil.example", "", "0"])
def test_a_name_that_somebody_points_here_is_refused(address, host):
    response = ask(address, host=host)
    assert response.status_code == 400
    assert "SIGNPOST_ALLOWED_HOSTS" in response.json()["error"]
    assert httpx.get(f"{address}/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "https://public.example", "sec_fetch_site": "same-origin"},
    ],
)
def test_what_another_site_sends_is_refused(address, headers):
    response = ask(address, **headers)
    assert response.status_code == 403
    assert response.json()["error"] == say("refusal.other_site")
    for ours in ({"sec_fetch_site": "same-origin"}, {"origin": address}):
        assert ask(address, **ours).status_code == 200


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
    preflight = httpx.request("OPTIONS", f"{address}/api/ask", headers=asked)
    assert preflight.status_code == 405


def test_a_body_that_is_too_long_is_refused_however_it_is_sent(address):
    def pieces():
        for _ in range(BODY_BYTES // 1024 + 1):
            yield b" " * 1024

    for body in (b" " * (BODY_BYTES + 1), pieces()):
        response = httpx.post(f"{address}/api/ask", content=body)
        assert response.status_code == 413
        assert response.json()["error"] == "That is too long; send 256 KiB at most."
    just = httpx.post(f"{address}/api/ask", content=b" " * BODY_BYTES)
    assert just.status_code == 422


def test_calls_of_the_page_that_cannot_be_read_are_refused(address):
    for body in (b"", b"[1]", b"{", b"\xff", b"[" * 100_000):
        response = httpx.post(f"{address}/gradio_api/queue/join", content=body)
        assert response.status_code == 400


@pytest.mark.parametrize(
    "data",
    [
        [{"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}, None],
        [[EXAMPLE], None],
        [EXAMPLE, {"talk": 1}],
        [EXAMPLE],
        [EXAMPLE, None, None],
        [7, None],
        [True, None],
        [EXAMPLE, [EXAMPLE]],
        EXAMPLE,
    ],
)
def test_a_call_of_the_page_holds_what_its_parts_give_and_nothing_else(
    address, served_home, data, caplog
):
    call = {"data": data, "fn_index": 0, "session_hash": "strange-data"}
    response = httpx.post(f"{address}/gradio_api/queue/join", json=call)
    assert response.status_code == 400
    assert EXAMPLE not in response.text
    assert caplog.messages == []
    assert not [one for one in (served_home / "page").rglob("*") if one.is_file()]


@pytest.mark.parametrize("ending", ["%0a", "%0d", "%00", "%7f", "%0a%0a", "/", "%20"])
def test_a_path_with_something_behind_it_is_another_path(address, ending):
    call = {"data": [EXAMPLE, None], "fn_index": 0, "session_hash": "another-path"}
    for path in ("gradio_api/queue/join", "api/ask", "healthz"):
        response = httpx.post(f"{address}/{path}{ending}", json=call)
        assert response.status_code == 404


def test_a_user_holds_so_many_streams_open_and_no_more(address, monkeypatch):
    monkeypatch.setattr("ui.access.guard.MOST_STREAMS", 2)
    with httpx.Client(base_url=address) as client, ExitStack() as streams:
        for number in range(2):
            opened = client.stream("GET", f"/gradio_api/heartbeat/stream-{number}")
            assert streams.enter_context(opened).status_code == 200
        refused = client.get("/gradio_api/heartbeat/stream-3")
        assert refused.status_code == 429
        assert "too many pages open" in refused.json()["error"]


def test_switched_off_it_says_so_to_everybody(address, switch):
    switch.set(State.OFF, "Back on Monday.")
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


def test_a_question_beyond_the_rate_is_refused_for_that_user_alone(tmp_path):
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
        assert trainer.post("/api/ask", json=question).status_code == 200


def test_the_page_is_told_when_there_is_no_room_to_wait(tmp_path):
    slow = Slow()

    with (
        serving(slow, Settings(home=tmp_path, waiting=1)) as address,
        httpx.Client(base_url=address) as client,
    ):
        joined = [join(client, 0, f"crowded-{number}", EXAMPLE, None) for number in range(12)]
        slow.leave.set()
        taken = [number for number, one in enumerate(joined) if one.status_code == 200]
        told = [str(events(client, f"crowded-{number}")) for number in taken]
    # Who comes in slowly finds room in Gradio's queue, and is told by the page.
    away = [one for one in told if say("refusal.busy") in one]
    refused = [one for one in joined if one.status_code != 200]
    assert len(away) + len(refused) > 0
    for one in refused:
        assert (one.status_code, one.json()["error"]) == (503, say("refusal.busy"))
        assert one.headers["retry-after"] == "5"
    answered = [one for one in told if "Preserve the anonymity of victims" in one]
    assert answered
    assert len(answered) + len(away) == len(taken)


def test_read_only_answers_and_changes_no_password(tmp_path):
    add_accounts(tmp_path)
    Switch(tmp_path).set(State.READ_ONLY)
    with (
        serving(FakeAssistant(), Settings(home=tmp_path, access="accounts")) as address,
        closing(signed_in(address, "officer")) as officer,
    ):
        assert officer.post("/api/ask", json={"question": EXAMPLE}).status_code == 200
        refused = officer.post("/account", data={"current": "x", "fresh": "y"})
        assert refused.status_code == 503
        assert "read-only" in refused.text


@pytest.mark.parametrize("other", [("a_new_one", ()), ("ask", ("Textbox", "File"))])
def test_a_function_unknown_to_the_table_or_fed_with_no_text_starts_no_server(other):
    with pytest.raises(KeyError):
        functions_of({0: ("ask", ("Textbox", "Textbox")), 1: other})
