"""Several servers of one service, with the real programs: what is lost when one is killed.

It starts `redis-server`, `chroma run`, some `signpost serve` and `nginx` on this machine, with the
upstreams that `docs/operating.md` gives. nginx stands for the single sign-on: it names as user
whom the header `X-User` names.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from assistant.safety.tally import Tally
from evals.benches.load import Seen, User, steady, word_of
from evals.benches.serving import STOP_SECONDS, copy_home, free_port, signpost
from evals.cases.case import load_split
from evals.estimate import percentile

PROGRAMS = ("redis-server", "nginx")
"""What is not in the lock, and comes from the system."""

BEGIN_SECONDS = 300
"""How long programs may take to start, all at once."""

GUIDE = Path(__file__).parents[2] / "docs" / "operating.md"

HEADING = "## Several servers"

SECRET = "0123456789abcdef" * 2
"""What nginx and the servers share."""

NGINX = """daemon off;
pid {folder}/nginx.pid;
error_log stderr error;
{user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {upstream}
    server {{
        listen 127.0.0.1:{port};
        set $known_user $http_x_user;
        client_max_body_size 4m;
        location / {{
            error_page 502 504 = @away;
            add_header X-Served-By $upstream_addr always;
            proxy_set_header X-Forwarded-User $known_user;
            proxy_set_header X-Forwarded-Groups admin;
            proxy_set_header X-Signpost-Proxy {secret};
            proxy_set_header Host $http_host;
            proxy_set_header Connection "";
            proxy_http_version 1.1;
            proxy_buffering off;
            proxy_read_timeout 120s;
            proxy_connect_timeout 2s;
            proxy_pass http://signpost;
        }}
        {away}
    }}
}}
"""


@dataclass
class Server:
    """One server of the service."""

    port: int
    home: Path
    log: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            command = [*signpost(), "serve", "--port", str(self.port)]
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=subprocess.DEVNULL, stderr=log
            )

    def wait(self) -> None:
        """Wait until it is ready."""
        address = f"http://127.0.0.1:{self.port}/readyz"
        if self.process is not None:
            _wait(self.process, lambda: _answers(address), self.log)

    def end(self, how: signal.Signals) -> None:
        """End it, if it runs."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=STOP_SECONDS)
            self.process = None


@dataclass
class Service:
    """Servers behind nginx."""

    address: str
    """That of nginx."""

    servers: Sequence[Server]
    """Each in a home of its own."""

    environment: Mapping[str, str]
    """Settings of any command of this service; its home is that of the first server."""

    def records(self) -> int:
        """Return how many answers stand in the audit logs, or are counted in their place."""
        logs = [path for one in self.servers for path in (one.home / "audit").glob("*.jsonl")]
        counted = [day.values() for one in self.servers for day in Tally(one.home).read().values()]
        return sum(path.read_bytes().count(b"\n") for path in logs) + sum(map(sum, counted))


@contextmanager
def running(command: Sequence[str], ready: Callable[[], bool], log: Path) -> Iterator[None]:
    """Run a program as long as the context lasts, which begins when it is ready."""
    with log.open("ab") as told:
        process = subprocess.Popen(
            command,
            stdout=told,
            stderr=told,
            cwd=log.parent,
            env=os.environ | {"ANONYMIZED_TELEMETRY": "False"},
        )
    try:
        _wait(process, ready, log)
        yield
    finally:
        process.terminate()
        process.wait(timeout=STOP_SECONDS)


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    """Wait until a program is ready; what it wrote is told if it never is."""
    until = time.monotonic() + BEGIN_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{log.stem} did not start: {log.read_text()[-2000:]}")
        time.sleep(0.05)


@contextmanager
def redis_server(folder: Path, port: int = 0) -> Iterator[str]:
    """Run a Redis that keeps nothing on the disk; yields its address."""
    import redis

    chosen = port or free_port()
    url = f"redis://127.0.0.1:{chosen}"
    quiet = ("--bind", "127.0.0.1", "--save", "", "--dir", str(folder))

    def ready() -> bool:
        with redis.Redis.from_url(url) as asked:
            try:
                return bool(asked.ping())
            except redis.RedisError:
                return False

    command = ["redis-server", "--port", str(chosen), *quiet]
    with running(command, ready, folder / "redis.log"):
        yield url


@contextmanager
def service(folder: Path, count: int, **given: str) -> Iterator[Service]:
    """Run a whole service of `count` servers with the settings `given`.

    Its index is built once, on the Chroma server; all that is written goes into the folder.
    """
    with ExitStack() as stack:
        chroma, ports = free_port(), [free_port() for _ in range(count)]
        url = f"http://127.0.0.1:{chroma}"
        program = str(Path(sys.executable).with_name("chroma"))
        words = f"run --host 127.0.0.1 --port {chroma} --path".split()
        command, log = [program, *words, str(folder / "chroma")], folder / "chroma.log"
        stack.enter_context(running(command, lambda: _answers(f"{url}/api/v2/heartbeat"), log))
        secret = folder / "secret"
        secret.write_text(SECRET)
        secret.chmod(0o600)
        common = {
            **os.environ,
            "SIGNPOST_CHROMA_URL": url,
            "SIGNPOST_STATE_URL": stack.enter_context(redis_server(folder)),
            "SIGNPOST_ACCESS": "proxy",
            "SIGNPOST_ALLOWED_HOSTS": "localhost",
            "SIGNPOST_ACCEPT_UNSIGNED": "true",
            "SIGNPOST_PROXY_SECRET_FILE": str(secret),
            **{f"SIGNPOST_{name.upper()}": value for name, value in given.items()},
        }
        servers = []
        for port in ports:
            home = folder / f"home-{port}"
            own = {**common, "SIGNPOST_HOME": str(home)}
            servers.append(Server(port, home, folder / f"server-{port}.log", own))
        subprocess.run(
            [*signpost(), "index", "build"],
            env=servers[0].environment,
            check=True,
            capture_output=True,
        )
        for server in servers[1:]:
            copy_home(servers[0].home, server.home)
        for server in servers:
            server.start()
            stack.callback(server.end, signal.SIGTERM)
        for server in servers:
            server.wait()
        address = stack.enter_context(_nginx(folder, ports))
        yield Service(address, servers, servers[0].environment)


@contextmanager
def _nginx(folder: Path, ports: Sequence[int]) -> Iterator[str]:
    port = free_port()
    upstream, away = documented()
    servers = [line for line in upstream.splitlines() if line.strip().startswith("server ")]
    given = [
        line.replace(line.split()[1], f"127.0.0.1:{own}", 1)
        for line, own in zip(servers * len(ports), ports, strict=False)
    ]
    text = NGINX.format(
        folder=folder,
        user="user root;" if os.getuid() == 0 else "",
        upstream=upstream.replace("\n".join(servers), "\n".join(given)),
        port=port,
        secret=SECRET,
        away=away,
    )
    path = folder / "nginx.conf"
    path.write_text(text)
    address = f"http://127.0.0.1:{port}"
    command = ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(path)]
    with running(command, lambda: _answers(f"{address}/healthz"), folder / "nginx.log"):
        yield address


def documented() -> tuple[str, str]:
    """Return what the guide gives for nginx: the upstream, and the place for who is cut off."""
    section = GUIDE.read_text(encoding="utf-8").partition(f"\n{HEADING}\n")[2].partition("\n## ")[0]
    first, second = (block.partition("```")[0] for block in section.split("```nginx\n")[1:])
    return first, second


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def main() -> int:
    """Measure two servers, the death of one of them, and the other alone; print what was met."""
    parser = argparse.ArgumentParser(prog="python -m evals.benches.replicas", description=__doc__)
    parser.add_argument("--users", type=int, default=20, help="users at once (20)")
    parser.add_argument("--seconds", type=int, default=120, help="how long over both (120)")
    parser.add_argument("--apart", type=int, default=60, help="how long over one (60)")
    arguments = parser.parse_args()
    if missing := [one for one in PROGRAMS if shutil.which(one) is None]:
        sys.exit(f"{', '.join(missing)} must be installed first.")
    questions = [case.question for case in load_split("development") if not case.turns]
    users = [
        User(f"user{number}", {"x-user": f"user{number}"}, word_of(number))
        for number in range(arguments.users)
    ]
    with (
        tempfile.TemporaryDirectory() as folder,
        service(Path(folder), 2, rate="10000") as found,
    ):

        def measure(what: str, asking: Coroutine[None, None, Seen]) -> tuple[float, int]:
            """Return the answers a second, and how many are lost: not given, or not recorded."""
            before, began = found.records(), time.monotonic()
            seen = asyncio.run(asking)
            rate = seen.statuses["200"] / (time.monotonic() - began)
            half, most = (percentile(seen.seconds, share).value for share in (50, 95))
            records, asked = found.records() - before, sum(seen.statuses.values())
            lost = max(0, seen.statuses["200"] - records) + seen.crossed
            sys.stdout.write(
                f"{what}: {asked} questions, {rate:.1f} answers a second, p50 {half:.2f} s, p95"
                f" {most:.2f} s; {dict(seen.statuses)}; another's words: {seen.crossed}; records:"
                f" {records}, lost: {lost}\n"
            )
            sys.stdout.flush()
            return rate, lost + asked - seen.statuses["200"]

        asking, told = partial(steady, found.address, users, questions), Counter[str]()
        both, lost = measure("two servers", asking(arguments.seconds))
        _, unanswered = measure("one is killed", _killed(found, users, questions, told))
        sys.stdout.writelines(f"  {times} x {said}\n" for said, times in told.items())
        alone, more = measure("one server", asking(arguments.apart))
        sys.stdout.write(f"two servers against one: {both / alone:.2f} times the answers\n")
    return 1 if lost + unanswered + more else 0


async def _killed(
    found: Service, users: Sequence[User], questions: Sequence[str], told: Counter[str]
) -> Seen:
    """Kill the second server while all users ask; each asks again at once where an answer broke."""
    seen = Seen()
    async with httpx.AsyncClient(base_url=found.address, timeout=120) as client:

        async def ask(number: int, user: User) -> None:
            body = {"question": questions[number % len(questions)]}
            for _ in range(3):
                began = time.monotonic()
                answer = await client.post("/api/ask", json=body, headers=user.headers)
                if answer.status_code != 200:
                    said = f"{answer.status_code} {answer.text.strip()}"
                    answer = await client.post("/api/ask", json=body, headers=user.headers)
                    told[f"{said}; asked again at once: {answer.status_code}"] += 1
                seen.statuses[str(answer.status_code)] += 1
                seen.seconds.append(time.monotonic() - began)

        asking = asyncio.gather(*(ask(number, user) for number, user in enumerate(users)))
        await asyncio.sleep(1.0)
        found.servers[1].end(signal.SIGKILL)
        await asking
    return seen


if __name__ == "__main__":
    sys.exit(main())
