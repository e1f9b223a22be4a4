"""What a question costs, cold and warm, against embedding it alone."""

import os
import random
import string
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import median, quantiles
from time import perf_counter
from timeit import repeat

from tokenizers import Tokenizer

from assistant.pipeline import Assistant
from assistant.records import Question
from assistant.retrieval.models import load_embedder, shipped_folder
from assistant.settings import Settings
from evals import refusing
from evals.benches.serving import signpost
from evals.cases.suites import read_suite

SUITE, WARMING = "framework-dev", "framework-bank"
EXAMPLE = "What outcomes and partners relate to victim identity protection?"
PROCESSES, TURN = 5, 12

WINDOW, SEED = 254, 1
"""Tokens of a window beside the two that open and close it; and of what is drawn by chance."""

_REPEATED = {
    "clauses that ask": "and when is it, ",
    "clauses that carry over": "and the partners of P3 ",
    "whole questions": "Which outcomes belong to C12? ",
    "short sentences": "I saw it. ",
    "years": "in 2024 ",
    "names": "Interpol Europol NCMEC ",
    "punctuation": "Why?!,;. ",
}


@refusing
def main() -> None:
    """Measure everything in one run, and print the times."""
    settings = Settings.from_environment()
    warming, questions = ([one.question for one in read_suite(n)] for n in (WARMING, SUITE))
    cold = process_times(["ask", "--", EXAMPLE], settings)
    helped = process_times(["--help"], settings)
    assistant = Assistant.open(settings)

    def ask(text: str) -> object:
        return assistant.ask(Question(text=text))

    embedder = load_embedder(settings)
    # What is behind LlamaIndex's seam: sentence-transformers on torch.
    windows = in_windows(embedder.load().get_text_embedding_batch)
    calls = {"ask": ask, "embed": embedder.embed, "torch": embedder.load().get_text_embedding}
    timed = warm_times(warming, questions, calls)
    half = {name: median(times) for name, times in timed.items()}
    inputs = worst_inputs(settings.max_question_chars)

    def quickest(call: Callable[[str], object]) -> dict[str, float]:
        """Return the least of three times for each input, in milliseconds, garbage included."""
        once = partial(repeat, setup="import gc; gc.enable()", number=1, repeat=3)
        return {name: 1000 * min(once(partial(call, text))) for name, text in inputs.items()}

    cost, apart = quickest(ask), quickest(windows)
    worst = max(cost, key=cost.__getitem__)
    dear = max(cost, key=lambda name: cost[name] / apart[name])
    rows = [
        (f"signpost --help, process, median of {PROCESSES}", f"{helped:.0f} ms"),
        (f"signpost ask, cold process, median of {PROCESSES}", f"{cold:.0f} ms"),
        (f"warm ask, median of {len(questions)} questions", f"{half['ask']:.2f} ms"),
        # Questions about a topic are embedded, others need not be.
        ("warm ask, 95th percentile", f"{quantiles(timed['ask'], n=20)[-1]:.2f} ms"),
        ("  embedding it alone, as answers do", f"{half['embed']:.2f} ms"),
        ("  embedding it alone, sentence-transformers on torch", f"{half['torch']:.2f} ms"),
        ("warm ask / embedding on torch", f"{half['ask'] / half['torch']:.2f}"),
        ("cold ask / signpost --help", f"{cold / helped:.1f}"),
        (f"greatest length, dearest of {len(cost)}: {worst}", f"{cost[worst]:.0f} ms"),
        ("  against the median of ordinary ones", f"{cost[worst] / half['ask']:.1f}"),
        (f"  against embedding it uncut: {dear}", f"{cost[dear] / apart[dear]:.1f}"),
    ]
    sys.stdout.writelines(f"{name:<64}{value:>10}\n" for name, value in rows)


def worst_inputs(length: int) -> dict[str, str]:
    """Return questions of so many characters that cost most, by what they are made of."""
    chance = random.Random(SEED)
    words = ""
    while len(words) < length or not words:
        words += "".join(chance.choices(string.ascii_lowercase, k=chance.randint(3, 10))) + " "
    made = {name: one * (length // len(one) + 1) for name, one in _REPEATED.items()} | {
        "words that are none": words,
        "the same with capitals": words.title(),
        "numbers": " ".join(str(chance.randint(1, 9999)) for _ in range(length)),
    }
    return {name: text[:length].strip() for name, text in made.items()}


def process_times(arguments: Sequence[str], settings: Settings) -> float:
    """Return the median wall time of a `signpost` process; one more goes first, to fill caches."""
    command = [*signpost(), *arguments]
    own = os.environ | {"SIGNPOST_HOME": str(settings.home)}
    # It says by itself what is wrong.
    run = partial(subprocess.run, command, env=own, stdout=subprocess.PIPE, check=True)
    return 1000 * median(repeat(run, number=1, repeat=PROCESSES + 1)[1:])


def warm_times(
    warming: Sequence[str], questions: Sequence[str], calls: Mapping[str, Callable[[str], object]]
) -> dict[str, list[float]]:
    """Return the times of each call in the order of the questions, each of them timed once.

    Other questions go first, to warm the calls: no cache then holds an answer that is timed. The
    calls take turns on a few questions at a time, so that what slows the machine slows them all; on
    single questions, threads that torch leaves spinning would slow whatever comes next.
    """
    for call in calls.values():
        for text in warming:
            call(text)
    times: dict[str, list[float]] = {name: [] for name in calls}
    for first in range(0, len(questions), TURN):
        for name, call in calls.items():
            for text in questions[first : first + TURN]:
                start = perf_counter()
                call(text)
                times[name].append(1000 * (perf_counter() - start))
    return times


def in_windows(encode: Callable[[list[str]], object]) -> Callable[[str], object]:
    """Return what embeds a text whole, in windows of 256 tokens."""
    tokenizer = Tokenizer.from_file(str(shipped_folder() / "tokenizer.json"))
    tokenizer.enable_truncation(WINDOW)
    tokenizer.no_padding()

    def windows(text: str) -> object:
        first = tokenizer.encode(text, add_special_tokens=False)
        spans = (one.offsets for one in (first, *first.overflowing))
        return encode([text[part[0][0] : part[-1][1]] for part in spans])

    return windows


if __name__ == "__main__":
    raise SystemExit(main())
