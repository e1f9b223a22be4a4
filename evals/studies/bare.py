"""The language model that is set, alone with the whole page: `signpost eval run --command`.

It shows what Signpost adds: the model has the framework's page in its prompt and no retrieval, no
composer and no guard. It reads and writes the rows of `evals.running.command`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from time import perf_counter
from typing import IO, Any

from assistant.errors import BatchError, SettingsError, SignpostError
from assistant.settings import Settings
from assistant.wording.endpoint import Endpoint, failures
from corpus.passage import Passage
from corpus.readers.page import shipped_framework
from corpus.whole import Whole
from evals.peers.peer_score import plain, sentences_in

PAGE = "source.txt"

REFUSAL = "The page does not say."

_REFUSES = re.compile(r"\b(does not|doesn't) (say|mention|answer|provide|contain|specify|state)\b")
"""It is also taken to refuse where it says so in words of its own."""

SYSTEM = """\
You answer questions about one page, which is printed below. Answer from the page alone. \
Write each thing that belongs to the answer word for word as it stands on the page, one a line, \
each line beginning with "- ". Leave nothing out and add nothing. If the page does not answer the \
question, write only: {refusal}

The page
{page}"""
"""What it is told; the question follows."""


def prompt_of(question: str, turns: Sequence[str]) -> str:
    """Return a question after those before it."""
    before = [f"Earlier question: {one}" for one in turns]
    return "\n".join([*before, f"Question: {question}"])


def answer_of(written: str, passages: Sequence[Passage]) -> dict[str, Any]:
    """Return what the model wrote as the answer that `command.whole_answer` completes.

    Each line is a statement that cites the sentences of the page that stand in it word for word;
    a line that holds none cites nothing.

    >>> answer_of("the page does not say", ())["status"]
    'not_covered'
    """
    lines = [plain(line) for line in written.splitlines() if line.strip()]
    if not lines or (len(lines) == 1 and _REFUSES.search(lines[0])):
        return {"status": "not_covered", "reason": "coverage_gap", "statements": []}
    told = [{"text": line, "citations": [*_cited(line, passages)]} for line in lines if line]
    return {"status": "answered", "statements": told}


def _cited(line: str, passages: Sequence[Passage]) -> Iterator[dict[str, Any]]:
    for passage in passages:
        for span in sentences_in(line, passage):
            words = span.of(passage.text)
            yield {"passage_id": passage.id, "start": span.start, "end": span.end, "quote": words}


def answer_all(questions: Iterable[str], out: IO[str], settings: Settings) -> None:
    """Answer rows as they come.

    Raises:
        SignpostError: no model is set, or it cannot be asked.
    """
    if not settings.llm_url:
        raise SettingsError("No language model is set; set SIGNPOST_LLM_URL.")
    endpoint = Endpoint(settings)
    endpoint.check_installed()
    page = (shipped_framework() / PAGE).read_text(encoding="utf-8")
    system = SYSTEM.format(refusal=REFUSAL, page=page)
    passages = Whole.read().framework.passages
    for row in (json.loads(line) for line in questions if line.strip()):
        start = perf_counter()
        written = _written(
            endpoint, settings.llm_timeout_s, system, prompt_of(row["question"], row["turns"])
        )
        answer, took = answer_of(written, passages), perf_counter() - start
        told = {"id": row["id"], "answer": answer, "seconds": took}
        out.write(json.dumps(told, ensure_ascii=False) + "\n")
        out.flush()


def _written(endpoint: Endpoint, seconds: float, system: str, prompt: str) -> str:
    line = endpoint.connect(seconds)
    try:
        return "".join(line.pieces(system, prompt))
    except failures() as error:
        raise BatchError(f"The model failed ({type(error).__name__}); run it again.") from None
    finally:
        line.stop()


def main() -> int:
    """Answer the questions on standard input, and return the exit code."""
    try:
        answer_all(sys.stdin, sys.stdout, Settings.from_environment())
    except SignpostError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
