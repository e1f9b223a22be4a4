from __future__ import annotations

import socket

import pytest
import uvicorn
from starlette.testclient import TestClient

from assistant.errors import SettingsError
from assistant.pipeline import Assistant
from assistant.settings import Settings
from tests.ui.fake_answer import EXAMPLE, FakeAssistant, in_a_loop
from ui.server import CLOSED, HEADERS, address, create_server, listen, serve


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("page"))
    server = in_a_loop(lambda: create_server(FakeAssistant(), settings))
    with TestClient(server, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield Settings(port=listening.getsockname()[1])


@pytest.mark.parametrize("path", ["/", "/healthz", "/config", "/theme.css", "/no/such/page"])
def test_every_response_carries_the_security_headers(client, path):
    response = client.get(path)
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS


def test_health_is_one_word(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_the_page_is_at_the_root(client):
    response = client.get("/")
    assert response.status_code == 200
    assert "<title>" in response.text or "Signpost" in response.text


def test_gradio_keeps_its_extras_off(client):
    config = client.get("/config").json()
    assert config["footer_links"] == []
    assert config["run_history"] is False
    assert config["analytics_enabled"] is False
    assert config["mcp_server"] is False
    assert not config.get("vibe_mode")
    assert config["show_error"] is False


@pytest.mark.parametrize("path", CLOSED)
def test_what_the_page_has_no_use_for_is_closed(client, path):
    assert client.post(path, content=b"x").status_code == 404
    assert client.get(f"{path}x").status_code == 404


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_no_documentation_page_that_loads_from_outside_is_served(client, path):
    assert client.get(path).status_code in (404, 405)


@pytest.mark.parametrize("route", ["run", "api", "call"])
def test_the_question_cannot_be_asked_past_the_queue(client, route):
    response = client.post(f"/gradio_api/{route}/show", json={"data": [EXAMPLE]})
    assert response.status_code >= 400
    assert "anonymity" not in response.text


def test_a_port_in_use_is_one_sentence_with_the_way_out(taken):
    with pytest.raises(
        SettingsError, match=rf"^Port {taken.port} .* is in use; .*SIGNPOST_PORT\.$"
    ):
        listen(taken)


def test_an_address_of_another_machine_is_one_sentence():
    with pytest.raises(SettingsError, match=r"^The page cannot be served on 192\.0\.2\.1:.*\.$"):
        listen(Settings(host="192.0.2.1"))


def test_the_address_can_be_opened_in_a_browser():
    assert address(Settings(port=8123)) == "http://127.0.0.1:8123"
    assert address(Settings(host="::1")) == "http://[::1]:7860"


def test_serving_prints_one_line_and_listens_where_it_says(monkeypatch, capsys, tmp_path, taken):
    port = _free_port()
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


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]
