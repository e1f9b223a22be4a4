"""Ask the questions of a suite into a run folder; scoring is a step of its own."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from time import perf_counter
from typing import Protocol

from assistant.answer import Answer, Question
from assistant.errors import BatchError, QuestionError
from assistant.settings import Settings
from corpus.passage import Record, digest_of
from corpus.whole import Whole
from evals.case import Case, load_cases, load_suite
from evals.folder import (
    ANSWERS,
    CASES,
    CONFIG,
    AnswerRow,
    RunConfig,
    lines_of,
    load_answers,
    load_config,
    write_file,
)

Progress = Callable[[int, int], None]
"""Called with cases done and cases in all."""

_PACKAGES = (
    "signpost",
    "chromadb",
    "llama-index-core",
    "llama-index-retrievers-bm25",
    "llama-index-vector-stores-chroma",
    "numpy",
    "onnxruntime",
    "rapidfuzz",
    "sentence-transformers",
    "torch",
)


class Asker(Protocol):
    """What is evaluated: whatever answers a question."""

    def ask(self, question: Question) -> Answer:
        """Answer a question."""


class RunSummary(Record):
    """What a call did."""

    folder: Path
    """The run folder."""

    cases: int
    """Cases of the run."""

    kept: int
    """Answers that were already there."""

    asked: int
    """Questions asked by this call."""

    seconds: float
    """Time that asking them took."""


def run_suite(
    suite: str,
    out: Path,
    settings: Settings,
    *,
    limit: int | None = None,
    family: str | None = None,
    cases: Path | None = None,
    progress: Progress | None = None,
    open_asker: Callable[[Settings], Asker] | None = None,
) -> RunSummary:
    """Ask every case of a suite, and keep answers that an interrupted call left.

    Args:
        suite: name of the suite; `framework` is every case file whose name begins so.
        out: the run folder; made if it is not there.
        settings: what to answer with.
        limit: ask only the first so many cases.
        family: ask only the cases of this family.
        cases: ask the cases of this file in place of the suite's.
        progress: called after each case.
        open_asker: what opens the thing that is evaluated; the assistant by default.

    Raises:
        BatchError: the cases are not in their form, none is left to ask, or `out` holds another
            run or something else.
        SignpostError: the assistant cannot be opened.
    """
    chosen = _chosen(suite, cases, family, limit)
    config = _config(cases.stem if cases else suite, chosen, settings, family=family, limit=limit)
    kept = _opened(out, config, chosen)
    left = [case for case in chosen if case.id not in kept]
    seconds = 0.0
    if left:
        asker = (open_asker or _assistant)(settings)
        seconds = _ask_all(asker, left, out, lambda done: _tell(progress, len(kept) + done, chosen))
    _finish(out)
    return RunSummary(
        folder=out, cases=len(chosen), kept=len(kept), asked=len(left), seconds=seconds
    )


def _chosen(
    suite: str, path: Path | None, family: str | None, limit: int | None
) -> tuple[Case, ...]:
    cases = load_cases(path) if path else load_suite(suite)
    chosen = tuple(case for case in cases if family in (None, case.family))[:limit]
    if not chosen:
        names = ", ".join(sorted({case.family for case in cases}))
        raise BatchError(f"No case is of the family {family!r}; there are {names}.")
    return chosen


def _config(
    suite: str,
    cases: Sequence[Case],
    settings: Settings,
    *,
    family: str | None,
    limit: int | None,
) -> RunConfig:
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = "not installed"
    return RunConfig(
        suite=suite,
        cases=digest_of(cases),
        count=len(cases),
        family=family,
        limit=limit,
        settings=json.loads(settings.model_dump_json()),
        settings_digest=settings.digest(),
        edition=Whole.read().corpus.digest,
        versions=versions,
        started=_now(),
    )


def _opened(out: Path, config: RunConfig, cases: Sequence[Case]) -> frozenset[str]:
    """Make the run folder, or return the ids that the same run has answered already."""
    if (out / CONFIG).exists():
        if not config.names_same_run(load_config(out)):
            raise BatchError(f"{out} holds another run; give a new folder, or remove this one.")
    elif out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BatchError(f"{out} is no run folder and is not empty; give a new folder.")
    else:
        write_file(out / CONFIG, config.model_dump_json(indent=2) + "\n")
    rows = load_answers(out)
    write_file(out / CASES, lines_of(cases))
    # Written anew: what an interruption cut off would run into the next line.
    write_file(out / ANSWERS, lines_of(rows))
    return frozenset(row.id for row in rows)


def _finish(out: Path) -> None:
    config = load_config(out)
    if not config.finished:
        done = config.model_copy(update={"finished": _now()})
        write_file(out / CONFIG, done.model_dump_json(indent=2) + "\n")


def _ask_all(asker: Asker, cases: Sequence[Case], out: Path, tell: Callable[[int], None]) -> float:
    seconds = 0.0
    with (out / ANSWERS).open("a", encoding="utf-8", newline="\n") as file:
        for done, case in enumerate(cases, 1):
            row = _ask(asker, case)
            seconds += row.seconds
            file.write(lines_of([row]))
            file.flush()
            tell(done)
    return seconds


def _ask(asker: Asker, case: Case) -> AnswerRow:
    start = perf_counter()
    answer, error = None, ""
    try:
        answer = asker.ask(Question(text=case.question, turns=case.turns))
    except QuestionError as refusal:
        error = str(refusal)
    return AnswerRow(id=case.id, answer=answer, error=error, seconds=perf_counter() - start)


def _assistant(settings: Settings) -> Asker:
    from assistant.pipeline import Assistant

    return Assistant.open(settings)


def _tell(progress: Progress | None, done: int, cases: Sequence[Case]) -> None:
    if progress is not None:
        progress(done, len(cases))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
