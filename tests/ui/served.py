"""A server that really listens, with accounts for each role, and what asks it."""

import json
import socket
import threading
import time
from contextlib import contextmanager
from functools import partial

import httpx
import uvicorn
from argon2 import PasswordHasher

from tests.ui.fake_answer import FakeAssistant, in_a_loop
from ui.access.accounts import Accounts
from ui.access.rights import Role
from ui.server.server import create_server

PASSWORD = "three plain words"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # So that tests do not wait.
SECRET = "0123456789abcdef0123456789abcdef"


@contextmanager
def listening(build, **given):
    """Run what `build` makes for a port, a free one, in a thread; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
        config = uvicorn.Config(build(port), log_level="critical", access_log=False, **given)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [place]}, daemon=True)
        thread.start()
        until = time.monotonic() + 30
        while not server.started and time.monotonic() < until:
            time.sleep(0.05)
        yield port
        server.should_exit = server.force_exit = True
        thread.join(timeout=10)


@contextmanager
def serving(assistant, settings):
    """Serve the page for an assistant on a free port; yields its address."""

    def build(port):
        placed = settings.model_copy(update={"port": port})
        return in_a_loop(partial(create_server, assistant, placed))

    with listening(build, proxy_headers=False) as port:
        yield f"http://127.0.0.1:{port}"


class Slow(FakeAssistant):
    """One that answers when it is let go."""

    def __init__(self, **given):
        super().__init__(**given)
        self.leave = threading.Event()

    def ask(self, question, today=None):
        self.leave.wait(20)
        return super().ask(question, today)


def add_accounts(home):
    """Give each role an account of its own name; return their tokens."""
    accounts = Accounts(home, QUICK)
    for role in Role:
        accounts.add(role, role, PASSWORD)
    return {role: accounts.new_token(role) for role in Role}


def signed_in(address, name):
    client = httpx.Client(base_url=address)
    answer = client.post("/sign-in", data={"name": name, "password": PASSWORD})
    assert answer.status_code == 303
    return client


def status_of(client, method, path, **given):
    """Return the status of a request, whatever comes after it, for some answers never end."""
    with client.stream(method, path, **given) as answer:
        return answer.status_code


def join(client, function, session, *data):
    """Put a call of a function of the page into Gradio's queue."""
    call = {"data": list(data), "fn_index": function, "session_hash": session, "trigger_id": None}
    return client.post("/gradio_api/queue/join", json=call)


def events(client, session):
    """Return what Gradio's queue tells a session, up to the end of its call."""
    told = []
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as lines:
        for line in lines.iter_lines():
            if line.startswith("data:"):
                told.append(json.loads(line.removeprefix("data:")))
                if told[-1]["msg"] in ("process_completed", "close_stream", "unexpected_error"):
                    break
    return told
