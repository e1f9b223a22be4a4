"""Two servers behind nginx, with one Chroma server and one Redis: a kill, a swap, a limit."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from assistant.retrieval.store import current_manifest
from assistant.settings import Settings
from evals.benches.bench import worst_inputs
from evals.benches.load import through_the_queue
from evals.benches.replicas import PROGRAMS, SECRET, service
from evals.benches.serving import free_port, signpost
from tests.ui.conftest import EXAMPLE
from ui.access.service_state import State

pytestmark = pytest.mark.slow

RATE = 8

AWAY = "The server that was answering has stopped. Nothing is lost; ask again."


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    if missing := [name for name in PROGRAMS if shutil.which(name) is None]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    given = {"rate": str(RATE), "log_level": "INFO"}
    with service(tmp_path_factory.mktemp("service"), 2, **given) as found:
        yield found


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
        command = [*signpost(), "switch", state.value]
        subprocess.run(command, env=servers.environment, check=True, capture_output=True)
        found = [straight(server, state.value).status_code for server in (one, other)]
        assert found == [wanted] * 2


def test_an_index_that_is_built_once_answers_on_both_without_a_restart(servers):
    build = [*signpost(), "index", "build"]
    subprocess.run(build, env=servers.environment, check=True, capture_output=True)
    built = current_manifest(Settings(chroma_url=servers.environment["SIGNPOST_CHROMA_URL"]))
    assert built is not None
    for server in servers.servers:
        soon(server, 200, f"The index {built.build} answers from now on.")


def test_a_server_whose_corpus_is_another_says_so(servers, tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"id": "a", "title": "A", "text": "Another text."}) + "\n")
    home = {**servers.environment, "SIGNPOST_HOME": str(tmp_path / "home")}
    shutil.copytree(servers.servers[0].home / "models", tmp_path / "home" / "models")
    build = [*signpost(), "index", "build", "--passages", str(rows)]
    subprocess.run(build, env=home, check=True, capture_output=True)
    for server in servers.servers:
        soon(server, 503)
        told = straight(server, "late").json()["error"]
        assert "another corpus" in told
        assert told.endswith("update this one")
    back = [*signpost(), "index", "rollback"]
    subprocess.run(back, env=servers.environment, check=True, capture_output=True)
    for server in servers.servers:
        soon(server, 200)


def test_without_redis_a_server_does_not_start(servers):
    nowhere = {**servers.environment, "SIGNPOST_STATE_URL": "redis://127.0.0.1:1"}
    command = [*signpost(), "serve", "--port", str(free_port())]
    ended = subprocess.run(command, env=nowhere, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "Redis at 127.0.0.1:1 cannot be used" in ended.stderr


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
    export = [*signpost(), "audit", "export", tmp_path / "counts.json", *homes]
    subprocess.run(export, env=servers.environment, check=True, capture_output=True)
