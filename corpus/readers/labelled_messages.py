"""Labelled messages: what people type who ask no policy question, and what only looks like it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated

from pydantic import Field

from corpus.passage import Record
from corpus.readers.questions import Split, rows_of
from corpus.structure.faults import Problem


class LabelledMessage(Record):
    """A message with the case that answers it."""

    id: Annotated[str, Field(pattern=r"^[a-z]{1,2}-\d{4}$")]
    """The author's letters and a number."""

    message: Annotated[str, Field(min_length=1, max_length=2000)]
    """As it is typed; a plain statement, nothing graphic."""

    case: Annotated[str, Field(pattern="^[A-J]$")]
    """Letter of the case in `signposting.toml`; `J` for a policy question and all else."""

    language: Annotated[str, Field(pattern="^[a-z]{2}$")]
    manner: str
    """Whose way of writing it is, or what is particular about it: `teen`, `wrapped`, `office`."""

    twin: str = ""
    """The message on the same matter that differs in what makes one of the two a real case."""

    author: Annotated[str, Field(pattern="^[a-z]{1,2}$")]
    """One or two letters, never a name."""

    split: Split


def shipped_messages() -> Traversable:
    """Return the folder of the labelled messages that ship with Signpost."""
    return files("corpus") / "questions" / "messages"


def read_messages(folder: Traversable) -> tuple[LabelledMessage, ...]:
    """Read the messages of a folder by `rows_of`."""
    return rows_of(folder, LabelledMessage)


def message_faults(rows: Sequence[LabelledMessage]) -> Iterator[Problem]:
    """Say what does not hold of messages: ids, texts that stand twice, twins, splits."""
    by_id = {row.id: row for row in rows}
    texts: dict[str, str] = {}
    splits: dict[str, str] = {}
    for row in rows:
        said = " ".join(row.message.lower().split())
        twin = by_id.get(row.twin)
        if by_id[row.id] is not row:
            yield _fault(row, "has an id that stands twice; rename one")
        if texts.setdefault(said, row.id) != row.id:
            yield _fault(row, f"says what {texts[said]} says; keep one")
        if splits.setdefault(row.author, row.split) != row.split:
            yield _fault(row, f"is {row.split}, and others of {row.author} are not; keep one split")
        if row.twin and (twin is None or twin.twin != row.id):
            yield _fault(row, f"has the twin {row.twin}, which is not paired with it; correct one")


def _fault(row: LabelledMessage, said: str) -> Problem:
    return Problem(id=row.id, message=f"The message {row.id} {said}.")
