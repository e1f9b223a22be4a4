"""A Redis that is not there, is none, or goes away and comes back: closed, told, and mended."""

import logging
import sys
from contextlib import ExitStack, closing

import httpx
import pytest

from assistant.errors import StoreError
from assistant.settings import Settings
from evals.benches.replicas import redis_server
from evals.benches.serving import free_port
from tests.ui.fake_answer import EXAMPLE, FakeAssistant
from tests.ui.served import PASSWORD, add_accounts, serving
from ui.access import service_state
from ui.access.service_state import SWITCH_FILE, RedisState, State, Switch, Switched
from ui.words.catalogue import say


@pytest.fixture(autouse=True)
def _asked_at_once_and_for_long(monkeypatch):
    monkeypatch.setattr(service_state, "PAUSE", 0.0)
    monkeypatch.setattr(service_state, "PATIENCE", 20.0)


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def stopping(redis_url, port, tmp_path):
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


# The switch: off, read-only and on again, without a restart


def test_it_is_on_where_nobody_has_used_it(tmp_path):
    assert Switch(tmp_path).now() == Switched(state=State.ON)
    assert list(tmp_path.iterdir()) == []


def test_another_server_sees_at_once_how_it_was_set(open_state):
    ours, theirs = Switch(open_state()), Switch(open_state())
    assert ours.now().state is State.ON
    theirs.set(State.OFF, " back\n at nine ")
    assert ours.now() == Switched(state=State.OFF, message="back at nine")
    assert ours.now().told() == "back at nine"
    theirs.set(State.READ_ONLY)
    assert ours.now().state is State.READ_ONLY
    assert "read-only" in ours.now().told()
    theirs.set(State.ON)
    assert ours.now().state is State.ON
    assert ours.now().told() == ""


@pytest.mark.parametrize("kept", ["", "{", '{"state": "maybe"}'])
def test_a_file_that_cannot_be_read_is_off(tmp_path, kept):
    (tmp_path / SWITCH_FILE).write_text(kept)
    found = Switch(tmp_path).now()
    assert (found.state, found.readable) == (State.OFF, False)


def test_a_message_has_an_end(tmp_path):
    with pytest.raises(StoreError, match="too long"):
        Switch(tmp_path).set(State.OFF, "x" * 501)
    assert Switch(tmp_path).now().state is State.ON
