"""Servers killed in the middle of answers: one alone, and one of two behind nginx."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest

from assistant.retrieval.store import current_manifest
from assistant.settings import Settings
from evals.benches.bench import worst_inputs
from evals.benches.load import through_the_queue
from evals.benches.replicas import PROGRAMS, SECRET, service
from evals.benches.serving import answers, free_port, running, signpost
from tests.ui.conftest import EXAMPLE, write_rows
from ui.access.service_state import State

pytestmark = pytest.mark.slow

KILLS = 5

RATE = 8

AWAY = "The server that was answering has stopped. Nothing is lost; ask again."


def test_after_each_kill_a_server_alone_starts_and_no_record_is_torn(own_home):
    address = f"http://127.0.0.1:{free_port()}"
    ready = f"{address}/readyz"
    environment = {**os.environ, "SIGNPOST_HOME": str(own_home), "SIGNPOST_RATE": "10000"}
    serve = [*signpost(), "serve", "--port", address.rpartition(":")[2]]

    def served():
        return running(serve, lambda: answers(ready), "Not ready.", environment)

    def ask_until_it_is_gone(answered):
        with httpx.Client(timeout=30) as client, suppress(httpx.HTTPError):
            while True:
                response = client.post(f"{address}/api/ask", json={"question": EXAMPLE})
                if response.status_code == 200:
                    answered.release()

    for _ in range(KILLS):
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
    assert len(records) > 20 * KILLS
    assert {record["status"] for record in records} == {"answered"}


# Two servers behind nginx, with one Chroma server and one Redis: a kill, a swap, a limit.


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    if missing := [name for name in PROGRAMS if shutil.which(name) is None]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    given = {"rate": str(RATE), "log_level": "INFO"}
    with service(tmp_path_factory.mktemp("service"), 2, **given) as found:
        yield found


def command(*arguments, env):
    subprocess.run([*signpost(), *arguments], env=env, check=True, capture_output=True)


def call(address, user, path="/api/ask", text=EXAMPLE):
    named = {"x-user": user}
    return httpx.post(f"{address}{path}", json={"question": text}, headers=named, timeout=120)


def straight(server, user):
    """Search on one server, as nginx would ask it."""
    headers = {"x-forwarded-user": user, "x-forwarded-groups": "officer"}
    headers["x-signpost-proxy"] = SECRET
    address = f"http://127.0.0.1:{server.port}/api/search"
    return httpx.post(address, json={"question": EXAMPLE}, headers=headers, timeout=60)


def users_of(found, server, many):
    """Return users whom nginx sends to a server."""
    chosen = []
    for number in range(100):
        user = f"{os.urandom(2).hex()}{number}"
        answer = httpx.get(f"{found.address}/api/me", headers={"x-user": user}, timeout=60)
        if answer.headers["x-served-by"] == f"127.0.0.1:{server.port}":
            chosen.append(user)
        if len(chosen) == many:
            return chosen
    raise AssertionError("nginx sends nobody there")


def soon(server, status, said=""):
    """Wait until a server answers so, and its log says so; it looks every two seconds."""
    until, log = time.monotonic() + 60, server.log.read_text
    while straight(server, str(time.time())).status_code != status or said not in log():
        assert time.monotonic() < until
        time.sleep(0.5)


def test_a_limit_and_the_switch_hold_over_both(servers):
    one, other = servers.servers
    statuses = [straight((one, other)[turn % 2], "ada").status_code for turn in range(RATE + 2)]
    assert statuses == [200] * RATE + [429] * 2
    for state, wanted in ((State.OFF, 503), (State.ON, 200)):
        command("switch", state.value, env=servers.environment)
        found = [straight(server, state.value).status_code for server in (one, other)]
        assert found == [wanted] * 2


def test_an_index_that_is_built_once_answers_on_both_without_a_restart(servers):
    command("index", "build", env=servers.environment)
    built = current_manifest(Settings(chroma_url=servers.environment["SIGNPOST_CHROMA_URL"]))
    assert built is not None
    for server in servers.servers:
        soon(server, 200, f"The index {built.build} answers from now on.")


def test_a_server_whose_corpus_is_another_says_so(servers, tmp_path):
    rows = write_rows(tmp_path / "rows.jsonl", {"id": "a", "title": "A", "text": "Another text."})
    home = {**servers.environment, "SIGNPOST_HOME": str(tmp_path / "home")}
    shutil.copytree(servers.servers[0].home / "models", tmp_path / "home" / "models")
    command("index", "build", "--passages", rows, env=home)
    for server in servers.servers:
        soon(server, 503)
        told = straight(server, "late").json()["error"]
        assert "another corpus" in told
        assert told.endswith("update this one")
    command("index", "rollback", env=servers.environment)
    for server in servers.servers:
        soon(server, 200)


def test_killed_in_mid_answer_whoever_waited_is_told_and_answered_by_the_other(servers, tmp_path):
    before = servers.records()
    one, other = servers.servers
    # A user's limit goes along.
    (cut, spent), (kept,) = users_of(servers, one, 2), users_of(servers, other, 1)
    assert [straight(one, spent).status_code for _ in range(RATE)] == [200] * RATE
    dear = max(worst_inputs(2000).values(), key=len)[:2000]
    # Held up until the questions are there, so that it is killed while it answers.
    assert one.process
    one.process.send_signal(signal.SIGSTOP)
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(call, servers.address, user, "/api/ask", dear) for user in (cut, kept)]
        time.sleep(3.0)
        one.process.send_signal(signal.SIGCONT)
        time.sleep(0.05)
        one.end(signal.SIGKILL)
        assert call(servers.address, spent, "/api/search").status_code == 429
        broken, whole = (answer.result() for answer in asked)
    assert (broken.status_code, broken.json()["error"]) == (503, AWAY)
    assert broken.headers["retry-after"] == "1"
    assert whole.status_code == 200
    again = call(servers.address, cut)
    assert (again.status_code, again.json()["completeness"][0]["listed"]) == (200, 5)
    assert again.headers["x-served-by"].endswith(f"127.0.0.1:{other.port}")

    async def page():  # it asks on, though its stream was on the server that is gone
        named = {"x-user": cut}
        async with httpx.AsyncClient(base_url=servers.address, headers=named, timeout=60) as page:
            return (await through_the_queue(page, "a" * 12, EXAMPLE))[0]

    assert asyncio.run(page()) == "200"
    assert servers.records() - before == 3
    homes = [word for server in servers.servers for word in ("--home", server.home)]
    command("audit", "export", tmp_path / "counts.json", *homes, env=servers.environment)
