"""The runs of an installation: which there are, and what of one is asked for."""

import os
import re
import time
from contextlib import suppress
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import NamedTuple, cast

from pydantic import ValidationError

from assistant.errors import BatchError
from assistant.home import stamp_of
from corpus.passage import Record
from evals.cases.case import Case, load_cases
from evals.comparing.compare import Baseline, Comparison, compare
from evals.folder import ANSWERS, CASES, CONFIG, SCORES, SUMMARY, AnswerRow, RunConfig, load_config
from evals.metrics.score import Scores
from evals.metrics.scores import Score, Summary

FOLDER = "runs"  # Folder of the home that holds them.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")

MOST_RUNS, MOST_BYTES, LATEST_BYTES = 400, 512 * 2**20, 2**18
"""Runs that are told of, of more the newest; size of the largest file of a run that is read; and
bytes of the end of a file of answers that are read to show the latest."""

STILL_SECONDS = 60
"""A run whose answers were written so lately may still be written by somebody else."""

Stamp = tuple[int, ...]


class Entry(Record):
    """A run, as it is listed."""

    name: str
    config: RunConfig
    answered: int
    summary: Summary | None
    """Its scores; none where it was not scored since its last answer."""

    written_lately: bool
    """Whether its answers were written within the last minute."""

    @property
    def whole(self) -> bool:
        """Whether all its cases were answered."""
        return self.answered >= self.config.count


class Opened(NamedTuple):
    """A run that was scored."""

    entry: Entry
    scores: tuple[Score, ...]
    cases: dict[str, Case]
    """As it is listed, with its summary; scores of each case, in the order in which they were
    asked; and the cases by id."""


class Shelf:
    """The run folders of a home."""

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER

    def names(self) -> tuple[str, ...]:
        """Return the names of all runs, that which was written last first."""
        paths = self.folder.iterdir() if self.folder.is_dir() else ()
        found = [(path.stat().st_mtime, path.name) for path in paths if self._is_there(path.name)]
        return tuple(name for _, name in sorted(found, reverse=True)[:MOST_RUNS])

    def entries(self) -> tuple[Entry, ...]:
        """Return all runs, that which was begun last first; what cannot be read is left out."""
        found = []
        for name in self.names():
            with suppress(BatchError):
                found.append(self.entry(name))
        return tuple(sorted(found, key=lambda one: one.config.started, reverse=True))

    def entry(self, name: str) -> Entry:
        """Return one run; BatchError if there is none of that name, or it cannot be read."""
        folder = self.place(name)
        config = load_config(folder)
        answers = _bounded(folder / ANSWERS)
        made = _bounded(folder / SUMMARY)
        # Made after the last answer, or of no worth.
        fresh = made and answers and made[2] >= answers[2] and _bounded(folder / SCORES)
        summary = _summary(folder / SUMMARY, made) if fresh else None
        return Entry(
            name=name,
            config=config,
            answered=summary.asked if summary else _answered(folder / ANSWERS, answers),
            summary=summary,
            written_lately=bool(answers) and time.time() - answers[2] / 1e9 < STILL_SECONDS,
        )

    def open(self, name: str) -> Opened:
        """Return a run with the scores of its cases.

        BatchError if there is none of that name, it was not scored, or it cannot be read.
        """
        entry = self.entry(name)
        if entry.summary is None:
            raise BatchError(f"The run {name} was not scored; score it first.")
        scores, cases = self.place(name) / SCORES, self.place(name) / CASES
        return Opened(entry, _scores(scores, _bounded(scores)), _cases(cases, _bounded(cases)))

    def row(self, name: str, case_id: str) -> AnswerRow | None:
        """Return the answer to one case without reading the others; none if there is none.

        BatchError if there is no such run, or the line is no answer.
        """
        path, begins = self.place(name) / ANSWERS, f'{{"id":"{case_id}"'.encode()
        if not _bounded(path):
            return None
        with path.open("rb") as file:
            lines = (one for one in file if one.startswith(begins) and one.endswith(b"\n"))
            line = next(lines, None)
        try:
            return AnswerRow.model_validate_json(line) if line else None
        except ValidationError:
            raise BatchError(f"The answer to {case_id} in the run {name} cannot be read.") from None

    def latest(self, name: str, most: int) -> tuple[AnswerRow, ...]:
        """Return what was answered last, the newest first; none where nothing was."""
        try:
            with (self.folder / name / ANSWERS).open("rb") as file:
                start = max(0, file.seek(0, os.SEEK_END) - LATEST_BYTES)
                file.seek(start)
                # A first line may be cut off, and the last may not be whole yet.
                lines = file.read().split(b"\n")[bool(start) : -1]
            return tuple(AnswerRow.model_validate_json(one) for one in lines[: -most - 1 : -1])
        except (OSError, ValidationError):
            return ()

    def compare(self, before: str, after: str) -> Comparison:
        """Compare two scored runs, without what was said.

        BatchError if one is missing or not scored, or they have no case in common.
        """
        files = product((before, after), (SCORES, CASES, ANSWERS))
        stamps = tuple(_bounded(self.place(name) / file) for name, file in files)
        return _compared(self.folder, before, after, stamps)

    def place(self, name: str) -> Path:
        """Return the folder of a run; BatchError if there is none of that name."""
        # No name that matches leads anywhere else.
        if not self._is_there(name):
            raise BatchError(f"There is no run {name[:80]!r}; choose one from the list.")
        return self.folder / name

    def _is_there(self, name: str) -> bool:
        path = self.folder / name
        return bool(NAME.fullmatch(name)) and not path.is_symlink() and (path / CONFIG).is_file()


def _bounded(path: Path) -> Stamp:
    """Return what tells a file from its later self; empty where there is none."""
    try:
        stamp = stamp_of(path)
    except OSError:
        return ()
    if stamp[1] > MOST_BYTES:
        raise BatchError(
            f"{path.name} of the run {path.parent.name} is larger than {MOST_BYTES >> 20} MiB;"
            " read it with: signpost eval report"
        )
    return stamp


@lru_cache(maxsize=64)
def _summary(path: Path, stamp: Stamp) -> Summary | None:
    try:
        return Summary.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


@lru_cache(maxsize=8)
def _scores(path: Path, stamp: Stamp) -> tuple[Score, ...]:
    try:
        with path.open("rb") as file:
            return tuple(Score.model_validate_json(line) for line in file if line.strip())
    except (OSError, ValidationError):
        raise BatchError(
            f"The scores of the run {path.parent.name} cannot be read; score it again."
        ) from None


@lru_cache(maxsize=8)
def _cases(path: Path, stamp: Stamp) -> dict[str, Case]:
    return {case.id: case for case in load_cases(path)}


@lru_cache(maxsize=64)
def _answered(path: Path, stamp: Stamp) -> int:
    """Return the number of answers; a last line that was cut off is left out."""
    if not stamp:
        return 0
    with path.open("rb") as file:
        return sum(line.startswith(b'{"id":"') and line.endswith(b"\n") for line in file)


@lru_cache(maxsize=8)
def _compared(folder: Path, before: str, after: str, stamps: tuple[Stamp, ...]) -> Comparison:
    def made(name: str) -> Baseline:
        entry, scores, _ = Shelf(folder.parent).open(name)
        summary = cast("Summary", entry.summary)  # what is opened has one
        return Baseline.of(folder / name, Scores(cases=scores, summary=summary))

    return compare(made(before), made(after))
