"""The server killed in the middle of answers and of writing its log: the next start is clean."""

import json
import os
import signal
import threading
from contextlib import contextmanager

import httpx
import pytest

from evals.benches.serving import answers, free_port, running
from tests.ui.conftest import EXAMPLE, SIGNPOST

pytestmark = pytest.mark.slow

KILLS = 5


@contextmanager
def served(home):
    """Serve a home in a process of its own; yields it and its address, once it is ready."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "SIGNPOST_HOME": str(home), "SIGNPOST_RATE": "10000"}
    command = [str(SIGNPOST), "serve", "--port", str(port)]
    with running(
        command, lambda: answers(f"{address}/readyz"), "Not ready.", environment
    ) as server:
        yield server, address


def ask_until_it_is_gone(address, answered):
    try:
        with httpx.Client(base_url=address, timeout=30) as client:
            while True:
                response = client.post("/api/ask", json={"question": EXAMPLE})
                if response.status_code == 200:
                    answered.release()
    except httpx.HTTPError:
        return


def test_after_each_kill_it_starts_and_no_record_is_torn(own_home):
    given = 0
    for _ in range(KILLS):
        answered = threading.Semaphore(0)
        with served(own_home) as (server, address):
            askers = [
                threading.Thread(target=ask_until_it_is_gone, args=(address, answered))
                for _ in range(4)
            ]
            for asker in askers:
                asker.start()
            for _ in range(20):
                assert answered.acquire(timeout=60)
                given += 1
            server.send_signal(signal.SIGKILL)
            for asker in askers:
                asker.join(timeout=60)
    with served(own_home) as (server, address):
        answer = httpx.post(f"{address}/api/ask", json={"question": EXAMPLE}, timeout=30)
        assert answer.json()["completeness"][0]["listed"] == 5
        server.send_signal(signal.SIGTERM)
        # Stopped in good order, it ends by the signal that it was sent.
        assert server.wait(timeout=30) == -signal.SIGTERM
    lines = [
        line
        for path in sorted((own_home / "audit").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]
    ]
    records = [json.loads(line) for line in lines]
    assert len(records) > given
    assert {record["status"] for record in records} == {"answered"}
