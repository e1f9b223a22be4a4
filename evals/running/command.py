"""Any other system as what is evaluated: a command that reads questions and writes Answer JSON."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from threading import Thread
from typing import IO, Any, cast

from pydantic import ValidationError

from assistant.errors import BatchError
from assistant.records import Answer
from corpus.passage import Corpus
from evals.cases.case import Case
from evals.folder import AnswerRow

UNTOLD: Mapping[str, Any] = {
    "resolved_question": "",
    "status": "answered",
    "reason": "",
    "scope": {},
    "parts": [],
    "statements": [],
    "completeness": [],
    "dropped": [],
    "hits": [],
    "nearest": [],
    "follow_ups": [],
    "signposting": None,
    "provenance": dict.fromkeys(
        ("corpus", "settings", "embedder", "weights", "composer", "checker", "time"), ""
    ),
}
"""Fields of an answer that another system may leave out, and what stands for them."""


def can_be_asked(case: Case) -> bool:
    """Return whether a case is a question over the corpus that ships, which any system can answer.

    Claims for the checker, and questions over hostile passages, are Signpost's own.
    """
    return not case.context and not case.over


def by_command(command: str, cases: Sequence[Case], corpus: Corpus) -> Iterator[AnswerRow]:
    """Let a command answer cases, and yield its rows as they come.

    It reads rows `{"id", "question", "turns"}` on its standard input, one JSON object a line, and
    writes rows `{"id", "answer", "seconds"}` to its standard output, in any order, one for each
    question. It is started without a shell.

    Raises:
        BatchError: it cannot be started, fails, writes what is no row, answers what was not asked
            or twice, or leaves a question out.
    """
    left = {case.id: case for case in cases}
    try:
        process = subprocess.Popen(
            shlex.split(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
    except (OSError, ValueError, IndexError) as error:
        raise BatchError(f"The command {command!r} cannot be started: {error}.") from None
    with process:
        # Both are there, since both were asked for.
        questions, rows = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
        Thread(target=_write, args=(questions, cases), daemon=True).start()
        try:
            for line in rows:
                if line.strip():
                    yield _row(line, left, corpus)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise BatchError(f"The command {command!r} ended with {process.returncode}.")
    if left:
        raise BatchError(f"The command {command!r} left out {len(left)}, such as {min(left)!r}.")


def whole_answer(given: Mapping[str, Any], question: str, corpus: Corpus) -> Answer:
    """Return an answer of another system with what it need not say filled in.

    It has to give `statements`, each with a `text` and `citations` of `passage_id`, `start`, `end`
    and `quote`; `status` where it is not `answered`; `hits`, best first, as records or as ids,
    `resolved_question` and `confidence` to have retrieval, follow-ups and risk scored. Source,
    place and tier of a citation are those of the passage, and the kind of a statement is the tier
    of what it cites first.

    Raises:
        ValidationError: what it wrote is no answer.
    """
    statements = []
    for one in given.get("statements", ()):
        citations = [_citation(each, corpus) for each in one.get("citations", ())]
        kind = citations[0].get("tier", "document") if citations else "document"
        statements.append({"kind": kind, **one, "citations": citations})
    hits = []
    for rank, one in enumerate(given.get("hits", ()), 1):
        told = {"passage_id": one} if isinstance(one, str) else one
        hits.append({"rank": rank, "score": 0.0, "ranks": {}, **told})
    nearest = [_citation(one, corpus) for one in given.get("nearest", ())]
    own = {"statements": statements, "hits": hits, "nearest": nearest}
    return Answer.model_validate({**UNTOLD, "question": question, **given, **own})


def _write(file: IO[str], cases: Sequence[Case]) -> None:
    # It may have ended, or been ended, before it has read everything; its exit code tells why.
    with suppress(BrokenPipeError, ValueError), file:
        for case in cases:
            row = {"id": case.id, "question": case.question, "turns": case.turns}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()


def _row(line: str, left: dict[str, Case], corpus: Corpus) -> AnswerRow:
    try:
        row = json.loads(line)
        case = left.pop(row["id"])
        answer = whole_answer(row["answer"], case.question, corpus)
        return AnswerRow(id=case.id, answer=answer, seconds=row["seconds"])
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        said = str(error).splitlines()[0]
        raise BatchError(
            f"The command wrote {line.strip()[:80]!r}, which is no row with the id of a question "
            f"not yet answered, an answer and its seconds: {said}."
        ) from None


def _citation(given: Mapping[str, Any], corpus: Corpus) -> dict[str, Any]:
    passage = corpus.by_id.get(str(given.get("passage_id")))
    if passage is None:
        # Let through, so that it counts as a citation that is not exact.
        return {"source_id": "", "locator": "", "tier": "document", **given}
    tier = corpus.source_by_id[passage.source_id].tier
    return {"source_id": passage.source_id, "locator": passage.locator, "tier": tier, **given}
