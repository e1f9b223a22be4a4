import socket

import httpx
import pytest
import uvicorn
from starlette.routing import Mount
from starlette.testclient import TestClient

from assistant.errors import AccessError, SettingsError
from assistant.pipeline import Assistant
from assistant.settings import Settings
from corpus.checks.signposting import read_signposting, shipped_signposting
from evals.benches.serving import free_port
from tests.ui.fake_answer import FakeAssistant, in_a_loop
from tests.ui.served import PASSWORD, serving
from ui.access.accounts import Accounts
from ui.access.rights import Role
from ui.server.server import address, check_place, create_server, listen, notice, serve
from ui.words.catalogue import say


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
    assert address(Settings(port=8123)) == "http://127.0.0.1:8123"
    assert address(Settings(host="::1")) == "http://[::1]:7860"


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
