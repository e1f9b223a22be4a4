"""A line that is full, a rate, the switch, a Redis that goes and comes back, servers killed."""

import asyncio
import json
import logging
import os
import shutil
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from functools import partial

import httpx
import pytest

from assistant.settings import Settings
from evals.benches.bench import worst_inputs
from evals.benches.replicas import PROGRAMS, redis_server, service
from evals.benches.serving import answers, free_port, running, signpost
from tests.ui.conftest import EXAMPLE
from tests.ui.fake_answer import FakeAssistant
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
    for _ in range(3):
        with pytest.raises(ValueError, match="fault"), turns.join("a", 0):
            raise ValueError("fault")


def test_users_who_wait_together_take_turns_and_who_asks_much_waits_for_who_asks_little():
    turns = Turns(2, 10)
    busy = [turns.join("busy", 0) for _ in range(4)]
    other = turns.join("other", 0)
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
    assert called(long[2]) == [False]
    long[0].leave()
    assert called(long[2]) == [True]


@pytest.mark.parametrize(("patience", "left"), [(0.05, False), (60.0, True)])
def test_a_coroutine_waits_not_for_ever_nor_after_leaving(monkeypatch, patience, left):
    monkeypatch.setattr(rights, "PATIENCE", patience)
    monkeypatch.setattr(rights, "TICK", 0.01)
    turns = Turns(2, 1)
    held = [turns.join("a", 0) for _ in range(2)]

    async def has_left():
        return left

    async def wait():
        with turns.join("b", 0) as ticket:
            await ticket.come(has_left)

    with pytest.raises(Full):
        asyncio.run(wait())
    # Whoever gave up holds no place in the line.
    assert called(*held, turns.join("c", 0)) == [True, True, False]


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


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("redis://:hunter2@127.0.0.1:{port}", "cannot be used: Error 111"),
        ("redis://:hunter2@127.0.0.1:many", "is no address of a Redis"),
        ("redis://127.0.0.1:{port}?hunter2=1", "is no address of a Redis"),
    ],
)
def test_what_is_no_redis_is_told_without_its_password(url, told, home, refused, monkeypatch):
    monkeypatch.setenv("SIGNPOST_STATE_URL", url.format(port=free_port()))
    said = refused("switch", "off")
    assert (told in said, "hunter2" in said) == (True, False)
    monkeypatch.setitem(sys.modules, "redis", None)
    assert "install the extra: replicas" in refused("switch")


def test_while_redis_is_away_nobody_is_let_in_and_after_it_all_goes_on(redis_url, tmp_path, caplog):
    caplog.set_level(logging.WARNING, service_state.__name__)
    add_accounts(tmp_path)
    port, stopping = free_port(), ExitStack()
    url = stopping.enter_context(redis_server(tmp_path, port))
    settings = Settings(home=tmp_path, access="accounts", state_url=url)
    with (
        stopping,
        serving(FakeAssistant(), settings) as address,
        httpx.Client(base_url=address, timeout=60) as client,
        closing(RedisState(url)) as state,
    ):
        switch = Switch(state)

        def entered():
            return client.post("/sign-in", data={"name": "officer", "password": PASSWORD})

        def asked():
            return client.post("/api/ask", json={"question": EXAMPLE})

        assert (entered().status_code, asked().status_code) == (303, 200)
        switch.set(State.READ_ONLY)
        assert switch.now().state is State.READ_ONLY
        stopping.close()
        for response in (entered(), client.post("/sign-out"), asked()):
            assert response.status_code == 503
            assert say("switch.unreadable") in response.text
        assert client.get("/readyz").json() == {"status": "switch cannot be read"}
        assert client.get("/healthz").status_code == 200
        assert ["cannot be used" in one.message for one in caplog.records] == [True]
        assert not switch.now().readable
        with redis_server(tmp_path, port):
            # What it was switched to is remembered by who knew it; other things are gone.
            assert switch.now().state is State.READ_ONLY
            switch.set(State.ON)
            assert client.get("/readyz").status_code == 200
            codes = (asked().status_code, entered().status_code, asked().status_code)
            assert codes == (401, 303, 200)
    assert "answers again" in caplog.records[-1].message


def test_another_server_sees_at_once_how_it_was_set(open_state):
    ours, theirs = Switch(open_state()), Switch(open_state())
    assert ours.now() == Switched(state=State.ON)
    theirs.set(State.OFF, " back\n at nine ")
    assert ours.now() == Switched(state=State.OFF, message="back at nine")
    theirs.set(State.READ_ONLY)
    assert ours.now().state is State.READ_ONLY
    assert "read-only" in ours.now().told()
    theirs.set(State.ON)
    assert (ours.now().state, ours.now().told()) == (State.ON, "")


def test_it_is_on_where_nobody_has_used_it_and_off_where_its_file_cannot_be_read(tmp_path):
    assert Switch(tmp_path).now() == Switched(state=State.ON)
    assert list(tmp_path.iterdir()) == []
    for kept in ("", "{", '{"state": "maybe"}'):
        (tmp_path / SWITCH_FILE).write_text(kept)
        found = Switch(tmp_path).now()
        assert (found.state, found.readable) == (State.OFF, False)


# Servers killed in the middle of answers: one alone, and one of two behind nginx.


@pytest.mark.slow
def test_after_each_kill_a_server_alone_starts_and_no_record_is_torn(own_home):
    address = f"http://127.0.0.1:{free_port()}"
    ready = f"{address}/readyz"
    environment = {**os.environ, "SIGNPOST_HOME": str(own_home), "SIGNPOST_RATE": "10000"}
    serve = [*signpost(), "serve", "--port", address.rpartition(":")[2]]
    served = partial(running, serve, lambda: answers(ready), "Not ready.", environment)

    def ask_until_it_is_gone(answered):
        with httpx.Client(timeout=30) as client, suppress(httpx.HTTPError):
            while True:
                response = client.post(f"{address}/api/ask", json={"question": EXAMPLE})
                if response.status_code == 200:
                    answered.release()

    kills = 3
    for _ in range(kills):
        answered = threading.Semaphore(0)
        # The pool ends last, for it waits until the server is gone.
        with ThreadPoolExecutor(4) as pool, served() as server:
            asking = pool.map(ask_until_it_is_gone, [answered] * 4)
            for _ in range(20):
                assert answered.acquire(timeout=60)
            server.send_signal(signal.SIGKILL)
            assert list(asking) == [None] * 4
    with served() as server:
        answer = httpx.post(f"{address}/api/ask", json={"question": EXAMPLE}, timeout=30)
        assert answer.json()["completeness"][0]["listed"] == 5
        server.send_signal(signal.SIGTERM)
        # Stopped in good order, it ends by the signal that it was sent.
        assert server.wait(timeout=30) == -signal.SIGTERM
    logs = [path.read_text(encoding="utf-8") for path in (own_home / "audit").glob("*.jsonl")]
    records = [json.loads(line) for log in logs for line in log.split("\n")[:-1]]
    assert len(records) > 20 * kills
    assert {record["status"] for record in records} == {"answered"}


@pytest.fixture
def servers(tmp_path):
    """Two servers behind nginx, with one Chroma server and one Redis."""
    if missing := [name for name in PROGRAMS if shutil.which(name) is None]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    with service(tmp_path, 2) as found:
        yield found


def call(address, user, text):
    asked = {"json": {"question": text}, "headers": {"x-user": user}}
    return httpx.post(f"{address}/api/ask", timeout=120, **asked)


def user_of(found, server):
    """Return a user whom nginx sends to a server."""
    for number in range(100):
        user = f"{os.urandom(2).hex()}{number}"
        answer = httpx.get(f"{found.address}/api/me", headers={"x-user": user}, timeout=60)
        if answer.headers["x-served-by"] == f"127.0.0.1:{server.port}":
            return user
    raise AssertionError("nginx sends nobody there")


@pytest.mark.slow
def test_killed_in_mid_answer_whoever_waited_is_told_and_answered_by_the_other(servers):
    before = servers.records()
    one, other = servers.servers
    cut, kept = (user_of(servers, server) for server in (one, other))
    dear = max(worst_inputs(2000).values(), key=len)[:2000]
    # Held up until the questions are there, so that it is killed while it answers.
    assert one.process
    one.process.send_signal(signal.SIGSTOP)
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(call, servers.address, user, dear) for user in (cut, kept)]
        time.sleep(3.0)
        one.process.send_signal(signal.SIGCONT)
        time.sleep(0.05)
        one.end(signal.SIGKILL)
        broken, whole = (answer.result() for answer in asked)
    assert (broken.status_code, broken.headers["retry-after"]) == (503, "1")
    assert "The server that was answering has stopped." in broken.json()["error"]
    assert whole.status_code == 200
    again = call(servers.address, cut, EXAMPLE)
    assert (again.status_code, again.json()["completeness"][0]["listed"]) == (200, 5)
    assert again.headers["x-served-by"].endswith(f"127.0.0.1:{other.port}")
    assert servers.records() - before == 2
