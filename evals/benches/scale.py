"""A library of 20,000 passages: what it costs to take in, to keep and to ask.

Its documents are made anew from sentences of invented plans. Every batch of texts goes
straight through the encoder once more when it is embedded, so that both are timed on a machine
that is equally busy.
"""

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

from assistant.foreign import LibraryTier
from assistant.ingestion import Library
from assistant.pipeline import Assistant
from assistant.records import Question
from assistant.retrieval.encoder import Matrix
from assistant.retrieval.models import Embedder, load_embedder
from assistant.settings import Settings
from corpus.readers.documents import read_document
from evals.benches.bench import TURN, warm_times
from evals.benches.serving import copy_home, memory_of, signpost

SEED, QUESTIONS = 23, 60  # Of all that is drawn by chance, and how many are asked.

IN_A_FILE, SIZES = 200, (1_000, 20_000)
"""Passages of a document, of the library that is compared with, and of the large one."""

PLANS = Path(__file__).parents[1] / "cases" / "plans"  # Invented; their sentences are drawn.


def sentences() -> list[str]:
    """Return the sentences of the invented plans, a line each."""
    plans = (read_document(path) for path in sorted(PLANS.glob("*.md")))
    found = (one for plan in plans for one in plan.passages("plan"))
    return [" ".join(span.of(one.text).split()) for one in found for span in one.sentences]


def documents(passages: int) -> Iterator[tuple[str, str]]:
    """Give documents of so many passages in all, as names and Markdown."""
    chance, said = random.Random(SEED), sentences()
    for first in range(0, passages, IN_A_FILE):
        lines = [f"# Plan number {first + 1}"]
        for number in range(first, min(first + IN_A_FILE, passages)):
            lines.append(f"## Matter {number + 1}")
            lines.append(" ".join(chance.choices(said, k=chance.randint(2, 6))))
        yield f"plan-{first + 1:05}.md", "\n\n".join(lines) + "\n"


class Twice(Embedder):
    """The embedder of a home, which times every batch once more through the encoder alone."""

    def __init__(self, settings: Settings) -> None:
        self._once = once = load_embedder(settings)
        super().__init__(once.name, once.weights_sha256, once.dimension, once.load)
        self.alone = 0.0

    def embed_all(self, texts: Sequence[str]) -> Matrix:
        """Return the vectors of passages."""
        rows = self._once.embed_all(texts)
        start = perf_counter()
        self._once.embed_all(texts)
        self.alone += perf_counter() - start
        return rows


def take_in(home: Path, files: Path) -> str:
    """Take a folder of documents into a library of its name, and tell what that cost."""
    embedder = Twice(Settings(home=home))
    library = Library(Settings(home=home), files.name)
    times = [perf_counter()]
    done = library.change(
        [files], (), lambda: embedder, told=lambda *_: times.append(perf_counter())
    )
    reading, building = times[-1] - times[0], perf_counter() - times[-1] - embedder.alone
    disk = sum(one.stat().st_size for one in library.folder.rglob("*") if one.is_file())
    return (
        f"{done.texts} texts: the encoder alone {embedder.alone:.0f} s, building {building:.0f} s"
        f" ({embedder.alone / building:.2f} of its rate), reading {reading:.0f} s (with it"
        f" {embedder.alone / (building + reading):.2f}); most memory"
        f" {memory_of(os.getpid(), 'VmHWM')} MiB, disk {disk / 2**20:.0f} MiB"
    )


def kill(home: Path, files: Path) -> str:
    """Kill an ingest once it has embedded something, run it again, and tell what that embedded."""
    command = [*signpost(), "ingest", str(files), "--library", "killed"]
    environment = {**os.environ, "SIGNPOST_HOME": str(home)}
    kept = home / "libraries" / "killed" / "index" / "encoded"
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and not any(kept.rglob("*.npz")):
            sleep(0.05)
        process.kill()
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return f"killed, and run again: {again.stdout.splitlines()[-1]}"


def ask(home: Path, names: Sequence[str]) -> str:
    """Ask libraries the same questions in turns, and tell what they cost."""
    settings = Settings(home=home)
    main = Assistant.open(settings)
    main.warm()
    main.ask(Question(text="warm"))
    lines: list[str] = []
    calls: dict[str, Callable[[str], object]] = {}
    for name in names:
        start, before = perf_counter(), memory_of(os.getpid())
        tier = LibraryTier(main, Library(settings, name))
        tier.warm()
        more = memory_of(os.getpid()) - before
        lines.append(f"{name} passages: opened in {perf_counter() - start:.1f} s, {more} MiB more")
        calls[name] = partial(lambda tier, text: tier.ask(Question(text=text)), tier)
    said = random.Random(SEED + 1).sample(sentences(), QUESTIONS + TURN)
    asked = [f"Where is it said: {one}?" for one in said]
    times = warm_times(asked[:TURN], asked[TURN:], calls)
    halves = [median(times[name]) for name in names]
    told = ", ".join(f"{half:.0f} ms of {name}" for name, half in zip(names, halves, strict=True))
    return "\n".join([*lines, f"a question costs {told}: {halves[-1] / halves[0]:.2f} times"])


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure libraries with the index and models of the home."""
    with TemporaryDirectory() as name:
        folder, home = Path(name), Path(name) / "home"
        copy_home(Settings.from_environment().home, home)
        for size in SIZES:
            (files := folder / str(size)).mkdir()
            for file, text in documents(size):
                (files / file).write_text(text, "utf-8")
        _say(kill(home, folder / str(SIZES[0])))
        # Each in a process of its own, whose memory is that of the one thing.
        with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as pool:
            for size in SIZES:
                _say(pool.submit(take_in, home, folder / str(size)).result())
            _say(pool.submit(ask, home, [str(size) for size in SIZES]).result())


if __name__ == "__main__":
    main()
