"""A server of this machine, started for a measurement in a home of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from assistant.settings import Settings

START_SECONDS = 120
"""How long the server may take to start."""

STOP_SECONDS = 60
"""How long it may take to end once it is told to."""


@contextmanager
def started(
    environment: Mapping[str, str], prepare: Callable[[Mapping[str, str]], object] = dict
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve a copy of this machine's index as long as the context lasts; yields address and server.

    Args:
        environment: settings beside those of this process.
        prepare: is given the environment of commands that the server's home is made ready with.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        copy_home(Settings.from_environment().home, home)
        port = free_port()
        own = {**os.environ, "SIGNPOST_HOME": str(home)}
        prepare(own)
        command = [*signpost(), "serve", "--port", str(port)]
        given = {**own, **environment}
        with subprocess.Popen(command, env=given, stdout=subprocess.DEVNULL) as server:
            try:
                address = f"http://127.0.0.1:{port}"
                wait(address)
                yield address, server
            finally:
                server.send_signal(signal.SIGTERM)
                server.wait(timeout=STOP_SECONDS)


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


def wait(address: str) -> None:
    """Wait until a server is ready; end the process if it never is."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            if httpx.get(f"{address}/readyz", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    sys.exit(f"The server was not ready after {START_SECONDS} seconds.")


def memory_of(pid: int, what: str = "VmRSS") -> int:
    """Return the memory that a process holds, or `VmHWM` the most it did, in MiB; 0 if unknown."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text("utf-8").splitlines() if status.exists() else []
    return next((int(one.split()[1]) // 1024 for one in lines if one.startswith(what)), 0)
