"""Several servers of one service, with the real programs.

They are `redis-server`, `chroma run`, some `signpost serve` and `nginx` on this machine, with the
upstreams that `docs/operating.md` gives. nginx stands for the single sign-on: it names as user
whom the header `X-User` names.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from assistant.safety.journal import Tally
from evals.benches.serving import STOP_SECONDS, answers, copy_home, free_port, running, signpost

PROGRAMS = ("redis-server", "nginx")  # What is not in the lock, and comes from the system.
GUIDE = Path(__file__).parents[2] / "docs" / "operating.md"
SECRET = "0123456789abcdef" * 2  # What nginx and the servers share.

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


class Server(NamedTuple):
    """One server of the service."""

    port: int
    home: Path
    process: subprocess.Popen[bytes]

    def end(self, how: signal.Signals) -> None:
        """End it."""
        self.process.send_signal(how)
        self.process.wait(timeout=STOP_SECONDS)


class Service(NamedTuple):
    """Servers behind the address of nginx, each in a home of its own."""

    address: str
    servers: Sequence[Server]

    def records(self) -> int:
        """Return how many answers stand in the audit logs, or are counted in their place."""
        logs = [path for one in self.servers for path in (one.home / "audit").glob("*.jsonl")]
        counted = [day.values() for one in self.servers for day in Tally(one.home).read().values()]
        return sum(path.read_bytes().count(b"\n") for path in logs) + sum(map(sum, counted))


@contextmanager
def redis_server(folder: Path, port: int = 0) -> Iterator[str]:
    """Run a Redis that keeps nothing on the disk; yields its address."""
    import redis

    chosen = port or free_port()
    url = f"redis://127.0.0.1:{chosen}"
    quiet = ("--bind", "127.0.0.1", "--save", "", "--dir", str(folder))

    def ready() -> bool:
        with suppress(redis.RedisError), redis.Redis.from_url(url) as asked:
            return bool(asked.ping())
        return False

    command = ["redis-server", "--port", str(chosen), *quiet]
    with running(command, ready, "Redis did not start:", log=folder / "redis.log"):
        yield url


@contextmanager
def service(folder: Path, count: int) -> Iterator[Service]:
    """Run a whole service of `count` servers; all that is written goes into the folder.

    Its index is built once, on the Chroma server.
    """
    with ExitStack() as stack:
        chroma, ports = free_port(), [free_port() for _ in range(count)]
        url = f"http://127.0.0.1:{chroma}"
        program = str(Path(sys.executable).with_name("chroma"))
        words = f"run --host 127.0.0.1 --port {chroma} --path".split()
        command, log = [program, *words, str(folder / "chroma")], folder / "chroma.log"
        quiet = os.environ | {"ANONYMIZED_TELEMETRY": "False"}
        beats, failure = f"{url}/api/v2/heartbeat", "Chroma did not start:"
        stack.enter_context(running(command, lambda: answers(beats), failure, quiet, log))
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
        }
        homes = [folder / f"home-{port}" for port in ports]
        first = {**common, "SIGNPOST_HOME": str(homes[0])}
        subprocess.run([*signpost(), "index", "build"], env=first, check=True, capture_output=True)
        for home in homes[1:]:
            copy_home(homes[0], home)
        servers = []
        for port, home in zip(ports, homes, strict=True):
            own, log = {**common, "SIGNPOST_HOME": str(home)}, folder / f"server-{port}.log"
            serve = [*signpost(), "serve", "--port", str(port)]
            ready = partial(answers, f"http://127.0.0.1:{port}/readyz")
            process = stack.enter_context(
                running(serve, ready, "The server did not start:", own, log)
            )
            servers.append(Server(port, home, process))
        yield Service(stack.enter_context(_nginx(folder, ports)), servers)


@contextmanager
def _nginx(folder: Path, ports: Sequence[int]) -> Iterator[str]:
    port = free_port()
    section = GUIDE.read_text(encoding="utf-8").partition("\n## Several servers\n")[2]
    # Its first block is the upstream, the second the place for whoever is cut off.
    upstream, away = (one.partition("```")[0] for one in section.split("```nginx\n")[1:3])
    servers = [line for line in upstream.splitlines() if line.strip().startswith("server ")]
    given = [
        line.replace(line.split()[1], f"127.0.0.1:{own}", 1)
        for line, own in zip(servers * len(ports), ports, strict=False)
    ]
    path = folder / "nginx.conf"
    path.write_text(
        NGINX.format(
            folder=folder,
            user="user root;" if os.getuid() == 0 else "",
            upstream=upstream.replace("\n".join(servers), "\n".join(given)),
            port=port,
            secret=SECRET,
            away=away,
        )
    )
    address = f"http://127.0.0.1:{port}"
    command = ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(path)]
    failure, log = "nginx did not start:", folder / "nginx.log"
    with running(command, lambda: answers(f"{address}/healthz"), failure, log=log):
        yield address
