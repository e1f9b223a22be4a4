"""What the user gets when the language model misbehaves: `python -m evals.studies.misbehaviour`."""

from __future__ import annotations

import argparse
import logging
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import NamedTuple

from assistant.errors import SignpostError
from assistant.pipeline import Assistant
from assistant.records import Answer, Question
from assistant.safety.personal import Finder
from assistant.settings import Settings
from assistant.wording.generative import Generative
from corpus.passage import Corpus
from evals.studies.misbehaviours import MISBEHAVIOURS, FakeEndpoint, Misbehaviour

QUESTION = "What outcomes and partners relate to victim identity protection?"
TIMEOUT_S = 2.0


class Outcome(NamedTuple):
    """What came of one misbehaviour."""

    name: str
    """What the model did."""

    answer: Answer
    """What the user got."""

    same: bool
    """Whether it rests on the same quotes, each once, and counts the same as without a model."""

    calls: int
    """Calls that the endpoint saw."""

    seconds: float
    """Until the user had it."""


def play(
    misbehaviour: Misbehaviour,
    base: Answer,
    corpus: Corpus,
    settings: Settings,
    seconds: float = TIMEOUT_S,
) -> Outcome:
    """Word one answer by a model that misbehaves.

    Args:
        misbehaviour: what it does.
        base: the answer in the sources' own words.
        corpus: that it cites.
        settings: of this process; the address is the misbehaving endpoint's.
        seconds: the timeout.
    """
    with _served(misbehaviour) as (url, endpoint):
        told = {"llm_url": url, "llm_model": "made-up", "llm_timeout_s": seconds}
        own = settings.model_copy(update=told)
        generative = Generative.open(own, corpus.by_id, Finder.of(corpus))
        start = perf_counter()
        answer = generative.write(base).finish()
        took = perf_counter() - start
    return Outcome(
        misbehaviour.name,
        answer,
        same_content(base, answer),
        endpoint.calls if endpoint else 0,
        took,
    )


def same_content(one: Answer, other: Answer) -> bool:
    """Tell whether two answers rest on the same quotes and counts, and say as much."""
    fields = ("status", "reason", "completeness", "dropped", "hits", "nearest", "parts", "scope")
    cited = [
        sorted((c.passage_id, c.start, c.end) for said in each.statements for c in said.citations)
        for each in (one, other)
    ]
    return cited[0] == cited[1] and all(getattr(one, f) == getattr(other, f) for f in fields)


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the outcomes as a Markdown table."""
    rows = [
        "| the model | the user gets | same content | calls | seconds |",
        "|---|---|---|---|---|",
    ]
    rows += [
        f"| {one.name} | {_told(one.answer)} | {'yes' if one.same else 'NO'} | {one.calls} "
        f"| {one.seconds:.2f} |"
        for one in outcomes
    ]
    return "\n".join(rows)


def _told(answer: Answer) -> str:
    wording = answer.provenance.wording
    if wording is None:
        return "the sources' words; the model was not asked"
    if wording.cause:
        return f"the sources' words, labelled `{wording.cause}`"
    told = f"{wording.kept} sentences of the model"
    rest = {
        "copied": wording.copied,
        "right when told": wording.retried,
        "quotes in place of a wrong sentence": wording.replaced,
        "quotes put back": wording.put_back,
    }
    return ", ".join([told, *(f"{count} {name}" for name, count in rest.items() if count)])


@contextmanager
def _served(misbehaviour: Misbehaviour) -> Iterator[tuple[str, FakeEndpoint | None]]:
    if misbehaviour.script:
        with FakeEndpoint(*misbehaviour.script) as endpoint:
            yield endpoint.url, endpoint
        return
    with socket.socket() as free:  # bound and not listened on: nobody else takes the port
        free.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{free.getsockname()[1]}/v1", None


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.studies.misbehaviour", description=__doc__
    )
    parser.add_argument("--question", default=QUESTION, help="what is asked")
    parser.add_argument("--timeout", type=float, default=TIMEOUT_S, help="seconds")
    given = parser.parse_args(arguments)
    logging.getLogger("assistant.wording.writing").setLevel(logging.ERROR)
    try:
        settings = Settings.from_environment().model_copy(update={"llm_url": ""})
        assistant = Assistant.open(settings)
        base = assistant.ask(Question(text=given.question))
        corpus = assistant.corpus
        play(MISBEHAVIOURS[0], base, corpus, settings)  # loads what the first call would load
        outcomes = [play(one, base, corpus, settings, given.timeout) for one in MISBEHAVIOURS]
    except SignpostError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{given.question} (timeout {given.timeout:g} s)\n\n{table(outcomes)}\n")
    return 0 if all(one.same for one in outcomes) else 1


if __name__ == "__main__":
    raise SystemExit(main())
