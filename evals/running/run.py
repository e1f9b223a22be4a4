"""Ask the questions of a suite into a run folder; scoring is a step of its own.

What answers is Signpost, or any command that reads questions and writes Answer JSON.
"""

import json
import platform
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryFile
from time import perf_counter
from typing import IO, Any, NamedTuple, cast

from pydantic import ValidationError

from assistant.citing.verifier import Verifier
from assistant.errors import BatchError, QuestionError
from assistant.pipeline import Assistant
from assistant.records import Answer, Draft, Question, Scope
from assistant.retrieval.models import load_embedder
from assistant.settings import Settings
from corpus.passage import Corpus, Record, digest_of
from corpus.whole import Whole
from evals import folder as files
from evals.cases.case import Case, Split, load_cases
from evals.cases.hostile import open_hostile, read_hostile
from evals.cases.own_cases import SUITE, OwnCases
from evals.cases.suites import read_suite

_PACKAGES = (
    "signpost chromadb llama-index-core llama-index-retrievers-bm25 "
    "llama-index-vector-stores-chroma numpy onnxruntime rapidfuzz sentence-transformers torch"
).split()

UNTOLD: Mapping[str, Any] = {
    **Draft(status="answered", scope=Scope(), composer="").model_dump(exclude={"composer"}),
    "resolved_question": "",
    "dropped": (),
    "signposting": None,
    "provenance": dict.fromkeys(
        ("corpus", "settings", "embedder", "weights", "composer", "checker", "time"), ""
    ),
}
"""Fields of an answer that another system may leave out, and what stands for them."""

Open = Callable[[Settings], Assistant]  # Opens what is evaluated.


class Chosen(Record):
    """Which cases are asked, and by what."""

    suite: str = ""
    split: Split | None = None
    family: str | None = None
    limit: int | None = None
    """What alone is asked; all where none is given."""

    cases: Path | None = None
    command: str = ""
    """A file whose cases are asked in place of the suite's, and what answers in the place of
    Signpost; see `by_command`."""

    @property
    def title(self) -> str:
        """The suite, or the name of the file."""
        return self.cases.stem if self.cases else self.suite

    def read(self, home: Path) -> tuple[Case, ...]:
        """Read the cases, those of the suite `own` from the home.

        BatchError if they are not in their form, or none is left.
        """
        file = self.cases or (OwnCases(home).path if self.suite == SUITE else None)
        every = load_cases(file) if file else read_suite(self.suite)
        kept = [case for case in every if self.split in (None, case.split)]
        if self.command:
            # Claims for the checker, and questions over hostile passages, are Signpost's own.
            kept = [case for case in kept if not (case.context or case.over)]
        found = tuple(case for case in kept if self.family in (None, case.family))[: self.limit]
        if not found:
            names = ", ".join(sorted({case.family for case in kept})) or "none"
            raise BatchError(
                f"No case of {self.title!r} is of the split {self.split or 'any'!r} and the family "
                f"{self.family or 'any'!r}; the families of that split are {names}."
            )
        return found


class RunSummary(NamedTuple):
    """What a call did; the answers that are `kept` were already there."""

    kept: int
    asked: int
    seconds: float


def run_chosen(
    chosen: Chosen,
    out: Path,
    settings: Settings,
    progress: Callable[[int, int], None] = lambda done, total: None,
    open_asker: Open = Assistant.open,
) -> RunSummary:
    """Ask cases into a run folder, and keep answers that an interrupted call left.

    BatchError if the cases are not in their form, none is left to ask, or `out` holds another run
    or something else; SignpostError if what answers cannot be opened, or fails.
    """
    cases = chosen.read(settings.home)
    kept = _opened(out, _config(chosen, cases, settings), cases)
    left, seconds = [case for case in cases if case.id not in kept], 0.0
    if left:
        if chosen.command:
            rows = by_command(chosen.command, left, Whole.read().corpus)
        else:
            rows = one_by_one(left, settings, open_asker)
        start = perf_counter()
        with (out / files.ANSWERS).open("a", encoding="utf-8", newline="\n") as file:
            try:
                for done, row in enumerate(rows, len(kept) + 1):
                    file.write(files.lines_of([row]))
                    file.flush()
                    progress(done, len(cases))
            finally:
                # The time of a call that is interrupted counts too.
                seconds = perf_counter() - start
                _note(out, seconds=files.load_config(out).seconds + seconds)
    if not files.load_config(out).finished:
        _note(out, finished=_now())
    return RunSummary(len(kept), len(left), seconds)


def _config(chosen: Chosen, cases: Sequence[Case], settings: Settings) -> files.RunConfig:
    versions = {"python": platform.python_version()} | dict.fromkeys(_PACKAGES, "not installed")
    for package in _PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            versions[package] = metadata.version(package)
    return files.RunConfig(
        suite=chosen.title,
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


def _opened(out: Path, config: files.RunConfig, cases: Sequence[Case]) -> set[str]:
    """Make the run folder, or return the ids that the same run has answered already."""
    if (out / files.CONFIG).exists():
        aside = {"started", "finished", "settings", "seconds"}  # times and places
        held = files.load_config(out)
        if config.model_dump(exclude=aside) != held.model_dump(exclude=aside):
            raise BatchError(f"{out} holds another run; give a new folder, or remove this one.")
    elif out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BatchError(f"{out} is no run folder and is not empty; give a new folder.")
    else:
        _note(out, config)
    rows = files.load_answers(out)
    files.write_file(out / files.CASES, files.lines_of(cases))
    # Written anew: what an interruption cut off would run into the next line.
    files.write_file(out / files.ANSWERS, files.lines_of(rows))
    return {row.id for row in rows}


def _note(out: Path, config: files.RunConfig | None = None, **changes: object) -> None:
    changed = (config or files.load_config(out)).model_copy(update=changes)
    files.write_file(out / files.CONFIG, changed.model_dump_json(indent=2) + "\n")


def one_by_one(
    cases: Sequence[Case], settings: Settings, open_asker: Open
) -> Iterator[files.AnswerRow]:
    """Open what the cases need, and then answer each, timed, when its row is taken.

    SignpostError if something cannot be opened.
    """
    # Each once and now, so that no question pays for it.
    askers = {
        over: open_hostile(settings) if over else open_asker(settings)
        for over in {case.over for case in cases if not case.context}
    }
    checker = None
    if any(case.context for case in cases):
        checker = Verifier(encode=load_embedder(settings).embed_all)

    def answered(case: Case) -> files.AnswerRow:
        if checker and case.context:
            return timed(case, lambda _: verdict_as_answer(case, checker))
        return timed(case, askers[case.over].ask)

    return map(answered, cases)


def timed(case: Case, ask: Callable[[Question], Answer]) -> files.AnswerRow:
    """Ask a case; a question that is refused has no answer and says why."""
    start, answer, error = perf_counter(), None, ""
    try:
        answer = ask(Question(text=case.question, turns=case.turns))
    except QuestionError as refusal:
        error = str(refusal)
    return files.AnswerRow(id=case.id, answer=answer, error=error, seconds=perf_counter() - start)


def verdict_as_answer(case: Case, checker: Verifier) -> Answer:
    """Return the checker's verdict on a claim as an answer with one statement: the claim."""
    claim, judged = case.question, checker.verify(case.context, case.question)
    said = {"text": claim, "kind": "document", "citations": ()}
    own = {
        **dict.fromkeys(("question", "resolved_question"), claim),
        "statements": [{**said, "verdict": judged.verdict, "support": judged.support}],
        "scope": {"operation": "verify"},
        "provenance": {**UNTOLD["provenance"], "composer": "verifier", "checker": "verifier"},
    }
    return Answer.model_validate({**UNTOLD, **own})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def by_command(command: str, cases: Sequence[Case], corpus: Corpus) -> Iterator[files.AnswerRow]:
    """Let a command answer cases, and yield its rows as they come.

    It reads rows `{"id", "question", "turns"}` on its standard input, one JSON object a line, and
    writes rows `{"id", "answer", "seconds"}` to its standard output, in any order, one for each
    question. It is started without a shell. BatchError if it cannot be started, fails, writes what
    is no row, answers what was not asked or twice, or leaves a question out.
    """
    left = {case.id: case for case in cases}
    asked = [case.model_dump_json(include={"id", "question", "turns"}) + "\n" for case in cases]
    with TemporaryFile("w+", encoding="utf-8") as questions:
        questions.writelines(asked)
        questions.seek(0)
        try:
            process = Popen(shlex.split(command), stdin=questions, stdout=PIPE, encoding="utf-8")
        except (OSError, ValueError, IndexError) as error:
            raise BatchError(f"The command {command!r} cannot be started: {error}.") from None
        with process:
            try:
                for line in cast("IO[str]", process.stdout):  # it is there, since it was asked for
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
    of what it cites first. ValidationError if what it wrote is no answer.
    """
    statements = []
    for one in given.get("statements", ()):
        citations = [_citation(each, corpus) for each in one.get("citations", ())]
        kind = citations[0].get("tier", "document") if citations else "document"
        statements.append({"kind": kind, **one, "citations": citations})
    hits = [
        {"rank": rank, "score": 0.0, "ranks": {}}
        | ({"passage_id": one} if isinstance(one, str) else one)
        for rank, one in enumerate(given.get("hits", ()), 1)
    ]
    nearest = [_citation(one, corpus) for one in given.get("nearest", ())]
    own = {"statements": statements, "hits": hits, "nearest": nearest}
    return Answer.model_validate({**UNTOLD, "question": question, **given, **own})


def _row(line: str, left: dict[str, Case], corpus: Corpus) -> files.AnswerRow:
    try:
        row = json.loads(line)
        case = left.pop(row["id"])
        answer = whole_answer(row["answer"], case.question, corpus)
        return files.AnswerRow(id=case.id, answer=answer, seconds=row["seconds"])
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        said = str(error).splitlines()[0]
        raise BatchError(
            f"The command wrote {line.strip()[:80]!r}, which is no row with the id of a question "
            f"not yet answered, an answer and its seconds: {said}."
        ) from None


def _citation(given: Mapping[str, Any], corpus: Corpus) -> dict[str, Any]:
    # One of a passage that is not there is let through, so that it counts as not exact.
    place = {"source_id": "", "locator": "", "tier": "document"}
    if passage := corpus.by_id.get(str(given.get("passage_id"))):
        place = {"source_id": passage.source_id, "locator": passage.locator}
        place["tier"] = corpus.source_by_id[passage.source_id].tier
    return {**place, **given}
