"""The files of a run folder, which join asking and scoring."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import JsonValue, ValidationError

from assistant.errors import BatchError
from assistant.home import read_text, reason_of, write_whole
from assistant.records import Answer
from corpus.passage import Record

CONFIG, CASES, ANSWERS = "run.json", "cases.jsonl", "answers.jsonl"
SCORES, SUMMARY = "scores.jsonl", "summary.json"


class RunConfig(Record):
    """`run.json`: all that a run was made with."""

    suite: str
    cases: str
    count: int
    """Name of the suite or of a case file, digest of the cases, in order, and their number."""

    family: str | None
    limit: int | None
    """What alone was asked; none for all."""

    settings: dict[str, JsonValue]
    settings_digest: str
    """Every setting, places and ports included, and a digest of those that can change an answer."""

    edition: str
    versions: dict[str, str]
    """Digest of the corpus, and version of Python and each package that can change an answer."""

    started: str
    finished: str = ""
    """When it was begun, ISO 8601 in UTC, and when its last case was asked; empty until then."""

    split: str | None = None
    """Only this split was asked; none for all."""

    command: str = ""
    hostile: str = ""
    """The command that answered; empty for Signpost. Digest of the hostile passages that stood in
    the corpus of some cases; empty without."""

    seconds: float = 0.0
    """Time from the first question of each call to its last, added up; opening is left out."""


class AnswerRow(Record):
    """A line of `answers.jsonl`."""

    id: str
    answer: Answer | None
    """The answer; none where the question was refused."""

    error: str = ""
    seconds: float


def load_config(folder: Path) -> RunConfig:
    """Read the `run.json` of a run folder.

    BatchError if there is none, or it is not in its form.
    """
    path = folder / CONFIG
    try:
        return RunConfig.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        raise BatchError(f"{folder} is no run folder: its run.json cannot be read.") from None


def load_answers(folder: Path) -> tuple[AnswerRow, ...]:
    """Read the answers of a run folder; a last line that was cut off is left out.

    BatchError if another line is not in its form.
    """
    path, rows = folder / ANSWERS, []
    text = read_text(path, BatchError, "The file", "remove it") if path.exists() else ""
    try:
        for line in text.split("\n")[:-1]:
            rows.append(AnswerRow.model_validate_json(line))
    except ValidationError:
        raise BatchError(f"{path}:{len(rows) + 1} is no answer; remove the line.") from None
    return tuple(rows)


def lines_of(records: Sequence[Record]) -> str:
    """Return records as JSONL."""
    return "".join(record.model_dump_json() + "\n" for record in records)


def write_file(path: Path, text: str, *, lasting: bool = True) -> None:
    """Write a file whole or not at all, and make its folder; BatchError if it cannot be written."""
    try:
        write_whole(path, text.encode(), private=False, lasting=lasting)
    except OSError as error:
        reason = reason_of(error).partition(";")[0]
        raise BatchError(f"{path} cannot be written: {reason}; name a place elsewhere.") from None
