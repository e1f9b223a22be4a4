"""The runs of an installation: which there are, and what of one is asked for."""

import os
import re
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from assistant.errors import BatchError
from assistant.home import stamp_of
from corpus.passage import Record
from evals.cases.case import load_cases
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

WRITTEN = 2  # Place of the time of the content, in nanoseconds, in what `stamp_of` returns.

Looked = tuple[Path, tuple[tuple[int, ...], ...]]
"""A run folder, and a stamp of each of its files, empty for what is missing; what is read is kept
while the stamps stay."""


class Entry(Record):
    """A run, as it is listed."""

    name: str
    config: RunConfig
    answered: int
    summary: Summary | None
    """Its scores; none where it was not scored since its last answer."""

    written: float
    """When its last answer was written, in seconds since the epoch; 0 without any."""

    @property
    def written_lately(self) -> bool:
        """Whether its answers were written within the last minute."""
        return time.time() - self.written < STILL_SECONDS

    @property
    def whole(self) -> bool:
        """Whether all its cases were answered."""
        return self.answered >= self.config.count


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
        return _entry(self._looked(name))

    def open(self, name: str) -> Scores:
        """Return a run with the scores of its cases, without what was answered.

        BatchError if there is none of that name, it was not scored, or it cannot be read.
        """
        return _opened(self._looked(name))

    def row(self, name: str, case_id: str) -> AnswerRow | None:
        """Return the answer to one case without reading the others; none if there is none.

        BatchError if there is no such run, or the line is no answer.
        """
        path, begins = self.place(name) / ANSWERS, f'{{"id":"{case_id}"'.encode()
        if not path.exists():
            return None
        with _bounded(path).open("rb") as file:
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
        return _compared(self._looked(before), self._looked(after))

    def place(self, name: str) -> Path:
        """Return the folder of a run; BatchError if there is none of that name."""
        # No name that matches leads anywhere else.
        if not self._is_there(name):
            raise BatchError(f"There is no run {name[:80]!r}; choose one from the list.")
        return self.folder / name

    def _is_there(self, name: str) -> bool:
        path = self.folder / name
        return bool(NAME.fullmatch(name)) and not path.is_symlink() and (path / CONFIG).is_file()

    def _looked(self, name: str) -> Looked:
        folder = self.place(name)
        files = (ANSWERS, SCORES, SUMMARY, CASES, CONFIG)
        return folder, tuple(_stamp(folder / file) for file in files)


def _stamp(path: Path) -> tuple[int, ...]:
    with suppress(OSError):
        return stamp_of(path)
    return ()


def _bounded(path: Path) -> Path:
    """Return a file that is about to be read; BatchError if it is too large."""
    if path.exists() and path.stat().st_size > MOST_BYTES:
        raise BatchError(
            f"{path.name} of the run {path.parent.name} is larger than {MOST_BYTES >> 20} MiB;"
            " read it with: signpost eval report"
        )
    return path


@lru_cache(maxsize=64)
def _entry(looked: Looked) -> Entry:
    folder, (answers, scores, made, *_) = looked
    config, summary, answered = load_config(_bounded(folder / CONFIG).parent), None, 0
    # Made after the last answer, or of no worth.
    if answers and scores and made and made[WRITTEN] >= answers[WRITTEN]:
        with suppress(OSError, ValidationError):
            summary = Summary.model_validate_json(_bounded(folder / SUMMARY).read_bytes())
            answered = summary.asked
    if answers and summary is None:
        with _bounded(folder / ANSWERS).open("rb") as file:
            # A last line that was cut off is left out.
            answered = sum(line.startswith(b'{"id":"') and line.endswith(b"\n") for line in file)
    written = answers[WRITTEN] / 1e9 if answers else 0.0
    return Entry(
        name=folder.name, config=config, answered=answered, summary=summary, written=written
    )


@lru_cache(maxsize=8)
def _opened(looked: Looked) -> Scores:
    entry, (folder, _) = _entry(looked), looked
    if entry.summary is None:
        raise BatchError(f"The run {entry.name} was not scored; score it first.")
    try:
        with _bounded(folder / SCORES).open("rb") as file:
            scores = tuple(Score.model_validate_json(line) for line in file if line.strip())
    except (OSError, ValidationError):
        raise BatchError(
            f"The scores of the run {entry.name} cannot be read; score it again."
        ) from None
    asked = {case.id: case for case in load_cases(_bounded(folder / CASES))}
    return Scores(asked=asked, cases=scores, summary=entry.summary)


@lru_cache(maxsize=8)
def _compared(before: Looked, after: Looked) -> Comparison:
    return compare(Baseline.of(_opened(before)), Baseline.of(_opened(after)))
