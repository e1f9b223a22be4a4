"""Many users at once on a real server: crossed sessions, errors, times.

It starts `signpost serve` here in a home of its own, with an account for each user. Half of them
ask over the HTTP API, half as the page does, through Gradio's queue; each question ends in a word
that is its asker's alone, and an answer that holds another's is a crossed session. Then more come
at once than can wait, and are told so.
"""

import argparse
import asyncio
import json
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import httpx

from assistant.settings import Settings
from evals.benches.bench import worst_inputs
from evals.benches.serving import memory_of, questions_alone, signpost, started
from evals.statistics import percentile

PASSWORD = "only for this load test"

LETTERS = "bcdfghjklmnpqrstvwxz"
"""Of which a user's word is made, so that it is no word of any question."""

BURST = 4  # How many times as many as can be served or wait come at once in the end.


class User(NamedTuple):
    """One user, who has an account, with what tells the API so and a word of their own."""

    name: str
    headers: Mapping[str, str]
    word: str


@dataclass
class Seen:
    """What the users met."""

    words: frozenset[str]
    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    crossed: int = 0
    """Answers that hold another user's word."""

    silent: int = 0
    """Answers without a word: a message that met a reviewed reply has no question to carry it."""

    def note(self, user: User, start: float, status: str, text: str) -> None:
        """Count with what status and words a user's question was answered."""
        self.statuses[status] += 1
        self.seconds.append(time.monotonic() - start)
        found = self.words & set(re.findall(rf"[{LETTERS}]{{12}}", text))
        self.crossed += bool(found - {user.word})
        self.silent += status == "200" and user.word not in found


def main() -> int:
    """Run the load and print what was met."""
    parser = argparse.ArgumentParser(prog="python -m evals.benches.load", description=__doc__)
    parser.add_argument("--users", type=int, default=20, help="users at once (20)")
    parser.add_argument("--worst", type=int, default=0, help="users who ask the dearest (0)")
    parser.add_argument("--seconds", type=int, default=120, help="how long (120)")
    given = parser.parse_args()
    questions = questions_alone()
    users: list[User] = []

    def register(environment: Mapping[str, str]) -> None:
        users.extend(_user(number, environment) for number in range(given.users))

    settings = {"SIGNPOST_ACCESS": "accounts", "SIGNPOST_RATE": "10000"}
    with started(settings, register) as (address, server):
        before = memory_of(server.pid)
        seen = asyncio.run(_steady(address, users, questions, given.seconds, given.worst))
        after = memory_of(server.pid)
        told = asyncio.run(_burst(address, users, questions))
    asked = seen.statuses.total()
    half, most = (percentile(seen.seconds, share).value for share in (50, 95))
    lines = [
        f"{given.users} users for {given.seconds} s: {asked} questions,"
        f" {asked - seen.statuses['200']} failed ({dict(seen.statuses)})",
        f"answers that hold another user's word: {seen.crossed}; without a word: {seen.silent}",
        f"seconds: p50 {half:.2f}, p95 {most:.2f}; {asked / given.seconds:.1f} a second",
        f"memory of the server: {before} MiB before, {after} MiB after",
        "more at once than can wait:",
        *(f"  {count} x {status}" for status, count in told.most_common()),
        f"exit code of the server when told to stop: {server.returncode}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    # Stopped in good order, it ends by the signal that it was sent.
    return 1 if seen.crossed or server.returncode not in (0, -signal.SIGTERM) else 0


async def _steady(
    address: str, users: Sequence[User], questions: Sequence[str], seconds: float, worst: int
) -> Seen:
    """Let all users ask for a while, half over the API and half as the page does.

    The first `worst` users ask the dearest questions, whose times are not among the others.
    """
    words = frozenset(user.word for user in users)
    seen, dear = Seen(words), Seen(words)
    longest = Settings.from_environment().max_question_chars - len(LETTERS)
    dearest = [*worst_inputs(longest).values()]
    until = time.monotonic() + seconds

    async def ask(number: int, user: User) -> None:
        chance, by_page = random.Random(number), bool(number % 2)
        texts, met = (dearest, dear) if number < worst else (questions, seen)
        headers = {} if by_page else user.headers
        async with httpx.AsyncClient(base_url=address, headers=headers, timeout=120) as client:
            start = time.monotonic()
            form = {"name": user.name, "password": PASSWORD}
            if by_page and (signed := await client.post("/sign-in", data=form)).status_code != 303:
                met.note(user, start, f"sign-in {signed.status_code}", "")
                return
            turns: list[str] = []
            while (start := time.monotonic()) < until:
                asked = f"{chance.choice(texts)} {user.word}"
                if by_page:
                    told = await through_the_queue(client, f"load{user.word}", asked)
                else:
                    body = {"question": asked, "turns": turns[-3:]}
                    answer = await client.post("/api/ask", json=body)
                    told = str(answer.status_code), answer.text
                met.note(user, start, *told)
                turns.append(asked)

    await asyncio.gather(*(ask(number, user) for number, user in enumerate(users)))
    if worst:
        most = percentile(dear.seconds, 95).value
        sys.stdout.write(f"the dearest: {dict(dear.statuses)}, p95 {most:.2f} s\n")
    return seen


async def through_the_queue(client: httpx.AsyncClient, session: str, asked: str) -> tuple[str, str]:
    """Ask as the page does; return the status and all that the queue says of it."""
    call = {"data": [asked, None], "fn_index": 0, "session_hash": session, "trigger_id": None}
    joined = await client.post("/gradio_api/queue/join", json=call)
    if joined.status_code != 200:
        return str(joined.status_code), joined.text
    told = []
    query = {"session_hash": session}
    async with client.stream("GET", "/gradio_api/queue/data", params=query) as lines:
        async for line in lines.aiter_lines():
            told.append(line)
            if '"process_completed"' in line:
                done = json.loads(line.removeprefix("data:"))
                return "200" if done["success"] else "fault", "\n".join(told)
    return "cut off", "\n".join(told)


async def _burst(address: str, users: Sequence[User], questions: Sequence[str]) -> Counter[str]:
    """Let more come at once than can wait; count the statuses, and the sentences that refuse."""
    at_once = BURST * (Settings.from_environment().waiting + 4)
    told: Counter[str] = Counter()
    limits = httpx.Limits(max_connections=at_once)

    async def one(client: httpx.AsyncClient, number: int) -> None:
        user = users[number % len(users)]
        body = {"question": questions[number % len(questions)]}
        answer = await client.post("/api/ask", json=body, headers=user.headers)
        said = "" if answer.status_code == 200 else f": {answer.json()['error']}"
        told[f"{answer.status_code}{said}"] += 1

    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        await asyncio.gather(*(one(client, number) for number in range(at_once)))
    return told


def _user(number: int, environment: Mapping[str, str]) -> User:
    def accounts(*words: str, typed: str = "") -> str:
        command = [*signpost(), "accounts", words[0], name, *words[1:]]
        done = subprocess.run(
            command, env=environment, input=typed, text=True, check=True, capture_output=True
        )
        return done.stdout.strip()

    name, chance = f"user{number}", random.Random(f"word {number}")
    accounts("add", "--role", "officer", typed=PASSWORD)
    headers = {"authorization": f"Bearer {accounts('token')}"}
    return User(name, headers, "".join(chance.choices(LETTERS, k=12)))


if __name__ == "__main__":
    sys.exit(main())
