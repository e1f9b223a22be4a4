"""Ask the questions of a suite into a run folder; scoring is a step of its own."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from assistant.errors import BatchError, QuestionError
from assistant.records import Answer, Question, Statement
from assistant.settings import Settings
from corpus.passage import Record, digest_of
from corpus.whole import Whole
from evals.cases.case import Case, Split, load_cases
from evals.cases.hostile import open_hostile, read_hostile
from evals.cases.suites import read_suite
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
from evals.running.command import UNTOLD, by_command, can_be_asked

if TYPE_CHECKING:
    from assistant.citing.verifier import Verifier

Progress = Callable[[int, int], None]

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


CHECKER = "verifier"
"""Composer of the answer that holds a verdict on a claim."""


class Asker(Protocol):
    """What is evaluated: whatever answers a question."""

    def ask(self, question: Question) -> Answer:
        """Answer a question."""


Open = Callable[[Settings], Asker]
"""Opens what is evaluated."""


class Chosen(Record):
    """Which cases are asked, and by what."""

    suite: str
    split: Split | None = None
    family: str | None = None
    limit: int | None = None
    """What alone is asked; all where none is given."""

    cases: Path | None = None
    """A file whose cases are asked in place of the suite's."""

    command: str = ""
    """What answers in the place of Signpost; see `evals.running.command`."""

    @property
    def name(self) -> str:
        """The suite, or the name of the file."""
        return self.cases.stem if self.cases else self.suite

    def read(self) -> tuple[Case, ...]:
        """Read the cases.

        Raises:
            BatchError: they are not in their form, or none is left.
        """
        every = load_cases(self.cases) if self.cases else read_suite(self.suite)
        kept = [case for case in every if self.split in (None, case.split)]
        if self.command:
            kept = [case for case in kept if can_be_asked(case)]
        found = tuple(case for case in kept if self.family in (None, case.family))[: self.limit]
        if not found:
            names = ", ".join(sorted({case.family for case in kept})) or "none"
            raise BatchError(
                f"No case of {self.name!r} is of the split {self.split or 'any'!r} and the family "
                f"{self.family or 'any'!r}; the families of that split are {names}."
            )
        return found


class RunSummary(Record):
    """What a call did."""

    folder: Path
    cases: int
    kept: int
    """Answers that were already there."""

    asked: int
    seconds: float


def run_chosen(
    chosen: Chosen,
    out: Path,
    settings: Settings,
    *,
    progress: Progress | None = None,
    open_asker: Open | None = None,
) -> RunSummary:
    """Ask cases into a run folder, and keep answers that an interrupted call left.

    Raises:
        BatchError: the cases are not in their form, none is left to ask, or `out` holds another
            run or something else.
        SignpostError: what answers cannot be opened, or fails.
    """
    cases = chosen.read()
    kept = _opened(out, _config(chosen, cases, settings), cases)
    left = [case for case in cases if case.id not in kept]
    seconds = 0.0
    if left:
        rows = (
            by_command(chosen.command, left, Whole.read().corpus)
            if chosen.command
            else one_by_one(left, settings, open_asker or _open_assistant)
        )
        seconds = _keep(rows, out, lambda done: progress and progress(len(kept) + done, len(cases)))
    config = load_config(out)
    if not config.finished:
        _note(out, config.model_copy(update={"finished": _now()}))
    return RunSummary(
        folder=out, cases=len(cases), kept=len(kept), asked=len(left), seconds=seconds
    )


def _config(chosen: Chosen, cases: Sequence[Case], settings: Settings) -> RunConfig:
    versions = {"python": platform.python_version()} | dict.fromkeys(_PACKAGES, "not installed")
    for package in _PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            versions[package] = metadata.version(package)
    return RunConfig(
        suite=chosen.name,
        cases=digest_of(cases),
        count=len(cases),
        **chosen.model_dump(include={"family", "limit", "split", "command"}),
        hostile=digest_of(read_hostile()) if any(case.over for case in cases) else "",
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
        _note(out, config)
    rows = load_answers(out)
    write_file(out / CASES, lines_of(cases))
    # Written anew: what an interruption cut off would run into the next line.
    write_file(out / ANSWERS, lines_of(rows))
    return frozenset(row.id for row in rows)


def _keep(rows: Iterable[AnswerRow], out: Path, tell: Callable[[int], object]) -> float:
    """Write rows as they come; return the time that it took, opening left out, also to `run.json`.

    The time of a call that is interrupted is kept too.
    """
    start = perf_counter()
    with (out / ANSWERS).open("a", encoding="utf-8", newline="\n") as file:
        try:
            for done, row in enumerate(rows, 1):
                file.write(lines_of([row]))
                file.flush()
                tell(done)
        finally:
            seconds = perf_counter() - start
            config = load_config(out)
            _note(out, config.model_copy(update={"seconds": config.seconds + seconds}))
    return seconds


def _note(out: Path, config: RunConfig) -> None:
    write_file(out / CONFIG, config.model_dump_json(indent=2) + "\n")


def one_by_one(cases: Sequence[Case], settings: Settings, open_asker: Open) -> Iterator[AnswerRow]:
    """Open what the cases need, and then answer each, timed, when its row is taken.

    A question that is refused has no answer and says why.

    Raises:
        SignpostError: something cannot be opened.
    """
    asked = [case for case in cases if not case.context]
    # Each once and now, so that no question pays for it.
    askers = {
        over: open_hostile(settings) if over else open_asker(settings)
        for over in {case.over for case in asked}
    }
    checker = None
    if len(asked) < len(cases):
        from assistant.citing.verifier import Verifier
        from assistant.retrieval.models import load_embedder

        checker = Verifier.open(load_embedder(settings).embed_all)

    def answered(case: Case) -> AnswerRow:
        start = perf_counter()
        answer, error = None, ""
        try:
            if checker and case.context:
                answer = verdict_as_answer(case, checker)
            else:
                answer = askers[case.over].ask(Question(text=case.question, turns=case.turns))
        except QuestionError as refusal:
            error = str(refusal)
        return AnswerRow(id=case.id, answer=answer, error=error, seconds=perf_counter() - start)

    return map(answered, cases)


def verdict_as_answer(case: Case, checker: Verifier) -> Answer:
    """Return the checker's verdict on a claim as an answer with one statement: the claim."""
    judged = checker.verify(case.context, case.question)
    claim = Statement(
        text=case.question,
        kind="document",
        citations=(),
        verdict=judged.verdict,
        support=judged.support,
    )
    own = {
        "question": case.question,
        "resolved_question": case.question,
        "statements": [claim],
        "scope": {"operation": "verify"},
        "provenance": {**UNTOLD["provenance"], "composer": CHECKER, "checker": CHECKER},
    }
    return Answer.model_validate({**UNTOLD, **own})


def _open_assistant(settings: Settings) -> Asker:
    from assistant.pipeline import Assistant

    return Assistant.open(settings)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
