"""A line that is full, a rate, the switch, and a Redis that is none, or goes and comes back."""

import asyncio
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
from ui.access import rights, service_state
from ui.access.rights import LONG, Full, Rate, Turns
from ui.access.service_state import SWITCH_FILE, RedisState, State, Switch, Switched
from ui.words.phrases import say


@pytest.fixture(autouse=True)
def _asked_at_once_and_for_long(monkeypatch):
    monkeypatch.setattr(service_state, "PAUSE", 0.0)
    monkeypatch.setattr(service_state, "PATIENCE", 20.0)


def called(*tickets):
    return [ticket.due.is_set() for ticket in tickets]


def test_so_many_are_served_at_once_so_many_wait_and_the_next_is_refused():
    turns = Turns(2, 1)
    first, second, third = (turns.join(user, 0) for user in "abc")
    assert called(first, second, third) == [True, True, False]
    with pytest.raises(Full):
        turns.join("d", 0)
    first.leave()
    first.leave()
    assert called(third, turns.join("d", 0)) == [True, False]
    # A fault inside gives the place back.
    turns = Turns(2, 0)
    for _ in range(5):
        with pytest.raises(ValueError, match="fault"), turns.join("a", 0):
            raise ValueError("fault")


def test_users_who_wait_together_take_turns_and_who_asks_much_waits_for_who_asks_little():
    turns = Turns(2, 10)
    busy = [turns.join("busy", 0) for _ in range(4)]
    other = turns.join("other", 0)
    assert called(*busy, other) == [True, True, False, False, False]
    busy[0].leave()
    assert called(*busy, other) == [True, True, False, False, True]
    turns = Turns(2, 10)
    held = [turns.join("held", 0) for _ in range(2)]
    waiting = {name: turns.join(name[0], 0) for name in ("a1", "a2", "a3", "b1", "b2")}
    order = []
    while waiting:
        held.pop().leave()
        order += [name for name, ticket in waiting.items() if ticket.due.is_set()]
        held.append(waiting.pop(order[-1]))
    assert order == ["a1", "b1", "a2", "b2", "a3"]


def test_long_questions_leave_a_place_to_short_ones():
    turns = Turns(3, 10)
    long = [turns.join(user, LONG + 1) for user in "abc"]
    short = turns.join("d", LONG)
    assert called(*long, short) == [True, True, False, True]
    short.leave()
    assert not long[2].due.is_set()
    long[0].leave()
    assert long[2].due.is_set()


@pytest.mark.parametrize(
    ("patience", "left", "given"), [(0.05, False, False), (60.0, True, False), (60.0, False, True)]
)
def test_a_coroutine_waits_and_comes_in_but_not_for_ever_or_after_leaving(
    monkeypatch, patience, left, given
):
    monkeypatch.setattr(rights, "PATIENCE", patience)
    monkeypatch.setattr(rights, "TICK", 0.01)
    turns = Turns(2, 1)
    held = [turns.join("a", 0) for _ in range(2)]

    async def has_left():
        return left

    async def wait():
        with turns.join("b", 0) as ticket:
            if given:
                asyncio.get_running_loop().call_later(0.05, held.pop().leave)
            await ticket.come(has_left)

    for _ in range(2):
        if given:
            asyncio.run(wait())
        else:
            with pytest.raises(Full):
                asyncio.run(wait())
    # Whoever came in or gave up holds no place.
    assert turns.join("c", 0).due.is_set() == given


def test_each_user_has_a_rate_of_their_own_over_all_servers(monkeypatch, open_state):
    now = 1_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    rate, other = Rate(2, open_state()), Rate(2, open_state())
    assert [server.seconds_to_wait("a") for server in (rate, other)] == [0, 0]
    assert 1 <= rate.seconds_to_wait("a") <= 60
    assert rate.seconds_to_wait("b") == 0
    now += 61
    assert rate.seconds_to_wait("a") == 0


# The switch, and Redis: off, read-only and on again, without a restart.


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
def test_what_is_no_redis_is_one_sentence_without_its_password(
    url, told, port, home, refused, monkeypatch
):
    monkeypatch.setenv("SIGNPOST_STATE_URL", url.format(port=port))
    for command in (("switch",), ("switch", "off")):
        said = refused(*command)
        assert told in said
        assert "hunter2" not in said
    monkeypatch.setitem(sys.modules, "redis", None)
    assert "install the extra: replicas" in refused("switch")


def test_while_redis_is_away_nobody_is_let_in_and_after_it_all_goes_on(
    stopping, port, tmp_path, caplog
):
    caplog.set_level(logging.WARNING, service_state.__name__)
    add_accounts(tmp_path)
    url = f"redis://127.0.0.1:{port}"
    settings = Settings(home=tmp_path, access="accounts", state_url=url)
    with (
        serving(FakeAssistant(), settings) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):

        def entered():
            return client.post("/sign-in", data={"name": "officer", "password": PASSWORD})

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


def test_another_server_sees_at_once_how_it_was_set(open_state):
    ours, theirs = Switch(open_state()), Switch(open_state())
    assert ours.now() == Switched(state=State.ON)
    theirs.set(State.OFF, " back\n at nine ")
    assert ours.now() == Switched(state=State.OFF, message="back at nine")
    assert ours.now().told() == "back at nine"
    theirs.set(State.READ_ONLY)
    assert ours.now().state is State.READ_ONLY
    assert "read-only" in ours.now().told()
    theirs.set(State.ON)
    assert (ours.now().state, ours.now().told()) == (State.ON, "")


def test_it_is_on_where_nobody_has_used_it_and_off_where_its_file_cannot_be_read(tmp_path):
    with pytest.raises(StoreError, match="too long"):
        Switch(tmp_path).set(State.OFF, "x" * 501)
    assert Switch(tmp_path).now() == Switched(state=State.ON)
    assert list(tmp_path.iterdir()) == []
    for kept in ("", "{", '{"state": "maybe"}'):
        (tmp_path / SWITCH_FILE).write_text(kept)
        found = Switch(tmp_path).now()
        assert (found.state, found.readable) == (State.OFF, False)
