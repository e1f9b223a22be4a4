"""A Redis that is not there, is none, or goes away and comes back: closed, told, and mended."""

import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest

from assistant.settings import Settings
from evals.benches.replicas import redis_server
from evals.benches.serving import free_port
from tests.ui.fake_answer import EXAMPLE, FakeAssistant
from tests.ui.served import PASSWORD, add_accounts, serving
from ui.access import service_state
from ui.access.service_state import RedisState
from ui.access.switch import State, Switch
from ui.words.catalogue import say


@pytest.fixture(autouse=True)
def _asked_at_once_and_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_state, "PAUSE", 0.0)
    monkeypatch.setattr(service_state, "PATIENCE", 20.0)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def stopping(redis_url: str, port: int, tmp_path: Path) -> Iterator[ExitStack]:
    """A Redis of a test, which is gone once this is closed."""
    with ExitStack() as stack:
        stack.enter_context(redis_server(tmp_path, port))
        yield stack


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("redis://:hunter2@127.0.0.1:{port}", "cannot be used: Error 111"),
        ("redis://:hunter2@127.0.0.1:many", "is no address of a Redis"),
        ("http://:hunter2@127.0.0.1:{port}", "is no address of a Redis"),
        ("redis://127.0.0.1:{port}?hunter2=1", "is no address of a Redis"),
    ],
)
@pytest.mark.parametrize("command", [("switch",), ("switch", "off")])
def test_what_is_no_redis_is_one_sentence_without_its_password(
    url, told, command, port, home, refused, monkeypatch
):
    monkeypatch.setenv("SIGNPOST_STATE_URL", url.format(port=port))
    said = refused(*command)
    assert told in said
    assert "hunter2" not in said


def test_without_the_package_one_sentence_says_what_to_install(home, refused, monkeypatch):
    monkeypatch.setenv("SIGNPOST_STATE_URL", "redis://127.0.0.1")
    monkeypatch.setitem(sys.modules, "redis", None)
    assert "install the extra: replicas" in refused("switch")


def test_while_redis_is_away_nobody_is_let_in_and_after_it_all_goes_on(
    stopping, port, tmp_path, caplog
):
    caplog.set_level(logging.WARNING, service_state.__name__)
    add_accounts(tmp_path)
    url = f"redis://127.0.0.1:{port}"
    settings = Settings(home=tmp_path, access="accounts", state_url=url)
    form = {"name": "officer", "password": PASSWORD}
    with (
        serving(FakeAssistant(), settings) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):

        def entered():
            return client.post("/sign-in", data=form)

        def asked():
            return client.post("/api/ask", json={"question": EXAMPLE})

        assert (entered().status_code, asked().status_code) == (303, 200)
        stopping.close()
        for response in (entered(), client.post("/sign-out"), asked()):
            assert response.status_code == 503
            assert say("switch.unreadable") in response.text
        assert client.get("/readyz").json() == {"status": "switch cannot be read"}
        assert client.get("/healthz").status_code == 200
        assert ["cannot be used" in one.message for one in caplog.records] == [True]
        with redis_server(tmp_path, port):
            assert client.get("/readyz").status_code == 200
            # What was not kept on a disk is gone: sign in again.
            codes = (asked().status_code, entered().status_code, asked().status_code)
            assert codes == (401, 303, 200)
    assert "answers again" in caplog.records[-1].message


def test_what_a_redis_forgets_of_the_switch_a_server_remembers(stopping, port, tmp_path):
    with closing(RedisState(f"redis://127.0.0.1:{port}")) as state:
        switch = Switch(state)
        switch.set(State.READ_ONLY)
        assert switch.now().state is State.READ_ONLY
        stopping.close()
        assert not switch.now().readable
        with redis_server(tmp_path, port):
            assert switch.now().state is State.READ_ONLY
            switch.set(State.ON)
            assert switch.now().state is State.ON
