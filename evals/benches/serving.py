"""Programs of this machine, started for a measurement and ended after it.

Run by itself, with MODEL PYTHON COMMAND, it serves a small real model for the tests.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

import httpx

from assistant.settings import Settings
from evals.cases.case import load_split

START_SECONDS, STOP_SECONDS = 300, 60
"""How long programs may take to start, several at once, and one to end once it is told to."""

NAME = "qwen2.5-coder-1.5b-instruct"
CONTEXT = 4096
UNSERVED = "The model's server did not start; see whether llama-cpp-python is installed."


@contextmanager
def started(
    environment: Mapping[str, str], prepare: Callable[[Mapping[str, str]], object] = dict
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve a copy of this machine's index as long as the context lasts; yields address and server.

    `prepare` is given the environment of commands that the server's home is made ready with.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        copy_home(Settings.from_environment().home, home)
        own = {**os.environ, "SIGNPOST_HOME": str(home)}
        prepare(own)
        address = f"http://127.0.0.1:{(port := free_port())}"
        command = [*signpost(), "serve", "--port", str(port)]
        failure = f"The server was not ready after {START_SECONDS} seconds."
        ready = partial(answers, f"{address}/readyz")
        with running(command, ready, failure, {**own, **environment}) as server:
            yield address, server


@contextmanager
def running(
    command: Sequence[str],
    ready: Callable[[], bool],
    failure: str,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program as long as the context lasts, which begins when it is ready.

    If it never is, this process ends with `failure` and the end of the log. The log gets all that
    it writes, in whose folder it runs; without one, its errors go where those of this process go.
    """
    with log.open("ab") if log else nullcontext() as told:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=log.parent if log else None,
            stdout=told or subprocess.DEVNULL,
            stderr=told,
        )
    try:
        until = time.monotonic() + START_SECONDS
        while not ready():
            if process.poll() is not None or time.monotonic() > until:
                sys.exit(f"{failure} {log.read_text()[-2000:] if log else ''}".strip())
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=STOP_SECONDS)


def answers(address: str) -> bool:
    """Tell whether an address is there and answers well."""
    try:
        return httpx.get(address, timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def copy_home(built: Path, home: Path) -> None:
    """Copy what answers questions, and nothing of what was asked."""
    home.mkdir(parents=True)
    for part in ("index", "models", "passages"):
        if (built / part).is_dir():
            shutil.copytree(built / part, home / part)


def signpost() -> list[str]:
    """Return the command, as this interpreter runs it."""
    return [sys.executable, "-m", "ui.cli.main"]


def free_port() -> int:
    """Return a port that nobody uses at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def memory_of(pid: int, what: str = "VmRSS") -> int:
    """Return the memory that a process holds, or `VmHWM` the most it did, in MiB; 0 if unknown."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text("utf-8").splitlines() if status.exists() else []
    return next((int(one.split()[1]) // 1024 for one in lines if one.startswith(what)), 0)


def questions_alone() -> list[str]:
    """Return the development questions that stand alone, without earlier turns."""
    return [case.question for case in load_split("development") if not case.turns]


def main(model: str, python: str, *command: str) -> int:
    """Serve a model, by a Python that has llama-cpp-python, while a command runs; its exit code."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/v1"
    serve = [python, "-m", "llama_cpp.server", "--host", "127.0.0.1", "--port", str(port)]
    serve += ["--model", model, "--model_alias", NAME, "--n_ctx", str(CONTEXT)]
    # A second question must not cut off the first.
    serve += ["--interrupt_requests", "False"]
    # Nothing of this project is to be taken for a package of the server's own.
    own = {name: held for name, held in os.environ.items() if name != "PYTHONPATH"}
    with running(serve, lambda: answers(f"{url}/models"), UNSERVED, own, Path(os.devnull)):
        told = {"SIGNPOST_LLM_URL": url, "TEST_LLM_URL": url, "SIGNPOST_LLM_MODEL": NAME}
        return subprocess.run(command, env=os.environ | told, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
