"""What commands share: days, widths, progress, and files of questions or claims."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import ClassVar, TypeVar

from pydantic import BaseModel, Field, ValidationError
from tqdm import tqdm

from assistant.errors import BatchError
from assistant.home import check_free, read_text, write_whole
from assistant.records import NO_FILTERS, Filters
from corpus.errors import SignpostError
from corpus.passage import fault_of

R = TypeVar("R", "Row", "Pair")


class Row(BaseModel, frozen=True):
    """A question of a batch, with the earlier ones; other fields are let through unread."""

    what: ClassVar = (
        "question",
        "an id and a question, and at most turns and filters (pillars, facets, tiers, audience)",
    )
    id: str = Field(min_length=1)
    question: str
    turns: tuple[str, ...] = ()
    filters: Filters = NO_FILTERS


class Pair(BaseModel, frozen=True):
    """A claim and its context; other fields are let through unread."""

    what: ClassVar = ("claim", "an id, a context and a claim")
    id: str = Field(min_length=1)
    context: str
    claim: str


def read_rows(path: Path, kind: type[R]) -> list[tuple[int, R]]:
    """Return the rows of a file with their line numbers; blank lines are passed over.

    `BatchError` if the file cannot be read, or a line, which it names, is no row.
    """
    what, wanted = kind.what
    text = read_text(path, BatchError, "The batch file", f"name a file of rows with {wanted}")
    rows: list[tuple[int, R]] = []
    for number, line in enumerate(text.split("\n"), 1):
        try:
            rows += [(number, kind.model_validate_json(line))] if line.strip() else []
        except ValidationError as error:
            said = f"{path}, line {number}: {fault_of(error)}; write {wanted}."
            raise BatchError(said) from None
    if not rows:
        raise BatchError(f"The batch file {path} holds no {what}; write one JSON object a line.")
    seen = dict[str, int]()
    for number, row in rows:
        if (first_at := seen.setdefault(row.id, number)) != number:
            said = f"the id {row.id!r} is already on line {first_at}."
            raise BatchError(f"{path}, line {number}: {said}")
    return rows


def write_rows(
    path: Path, rows: list[tuple[int, R]], work: Callable[[int, R], dict[str, object]], what: str
) -> None:
    """Write what `work` makes of rows to a new file, which is there only when all of it is.

    On a terminal's stderr a bar shows how far it is, if that takes more than two seconds.
    `BatchError` if a file is there already, or no folder.
    """
    shown = tqdm(rows, desc=what, unit="row", delay=2, disable=not sys.stderr.isatty())
    made = ({"id": row.id, **work(number, row)} for number, row in shown)
    lines = (f"{json.dumps(one, ensure_ascii=False)}\n".encode() for one in made)
    if path.is_fifo() or path.is_char_device():
        # To a pipe or a terminal, what comes is written as it comes.
        with path.open("wb") as file:
            file.writelines(lines)
    else:
        check_free(path, BatchError)
        write_whole(path, lines, private=False)


EVERY = 10.0  # Seconds between two lines of progress where there is no terminal.


@contextmanager
def meter(before: str, during: str) -> Iterator[Callable[[int, int], None]]:
    """Yield what is told how much is done, of how much: shown by a bar, or a line now and then."""
    shown = sys.stderr.isatty()
    look = None if shown else "{desc}{n:,} of {total:,}, about {remaining} left\n"
    pace, delay = (0.1, 0.0) if shown else (EVERY, EVERY)
    with tqdm(desc=before, bar_format="{l_bar}", mininterval=pace, delay=delay, miniters=1) as bar:

        def show(done: int, total: int) -> None:
            bar.bar_format, bar.total = look, total
            bar.set_description(during, refresh=False)
            bar.update(done - bar.n)

        yield show


def read_day(text: str | None) -> date:
    """Read a day as typed; today if none is; `SignpostError` if it is no day."""
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SignpostError(f"{text!r} is no day; write it as 2027-08-01.") from None


def terminal_width() -> int:
    """Return how many characters a line for this terminal may have."""
    return min(shutil.get_terminal_size((88, 24)).columns, 100)
