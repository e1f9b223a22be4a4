"""A corpus of somebody else's, read from a file of rows, each with an id, a title and a text."""

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from corpus.errors import CorpusError
from corpus.passage import Corpus, Passage, Source, fault_of, sha256_of
from corpus.text import sentences_in, with_items

KIND = "passage"  # Value of the facet `kind` of what was read from rows.
TILDE = "~"  # Before the number of what stands for a passage in the index; no id may end so.


class PassageRow(BaseModel, frozen=True):
    """One line, of an id unlike every other; fields not named here are let through unread."""

    id: str = Field(min_length=1)
    title: str | None = None
    text: str


def read_bytes(path: Path) -> bytes:
    """Return the content of a file of passages; CorpusError if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or "the operating system refuses"
        raise CorpusError(f"{path} cannot be read: {reason}; name a file of passages.") from None


def parse_rows(data: bytes, name: str) -> Corpus:
    """Return the passages of a file; blank lines are passed over.

    Raises CorpusError that names the line if one is no row, has no words, or an earlier one's id.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CorpusError(f"{name} is not UTF-8; save it as UTF-8 text.") from None
    seen, rows = dict[str, int](), list[PassageRow]()
    # Not `splitlines`, which also parts at signs that JSON allows inside a string.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            place = f"{name}, line {number}"
            rows.append(row := _row(place, line))
            if (first := seen.setdefault(row.id, number)) != number:
                said = f"the id {row.id!r} is already on line {first}; rename one."
                raise CorpusError(f"{place}: {said}")
    if not rows:
        raise CorpusError(f"{name} holds no passages; write one JSON object a line.")
    return corpus_of_rows(rows)


def corpus_of_rows(rows: Sequence[PassageRow]) -> Corpus:
    """Return rows as a corpus: each is a source of one passage, under the row's own id."""
    sources, passages = list[Source](), list[Passage]()
    for number, row in enumerate(rows, start=1):
        title, digest = " ".join((row.title or "").split()), sha256_of(row.text)
        sources.append(Source(id=row.id, title=title or row.id, sha256=digest, tier="document"))
        passages.append(
            Passage(
                id=row.id,
                source_id=row.id,
                locator=f"row {number}",
                heading_path=(title,) if title else (),
                text=row.text,
                sentences=with_items(row.text, sentences_in(row.text)),
                facets={"tier": "document", "source": row.id, "kind": KIND},
                text_sha256=digest,
            )
        )
    return Corpus(sources=tuple(sources), passages=tuple(passages))


def _row(place: str, line: str) -> PassageRow:
    wanted = "write an object with id, title and text."
    try:
        row = PassageRow.model_validate(json.loads(line))
    except ValidationError as error:
        raise CorpusError(f"{place}: {fault_of(error)}; {wanted}") from None
    except (ValueError, RecursionError):
        raise CorpusError(f"{place}: it is no JSON; {wanted}") from None
    try:
        f"{row.id}{row.title}{row.text}".encode()
    except UnicodeEncodeError:
        raise CorpusError(f"{place}: it holds half of a character; write whole ones.") from None
    if not any(sign.isalnum() for sign in row.text):
        said = f"the text of {row.id!r} holds no words; write some, or leave the row out."
        raise CorpusError(f"{place}: {said}")
    _, tilde, number = row.id.rpartition(TILDE)
    if not row.id.strip() or (tilde and number.isdecimal()):
        said = f"the id {row.id!r} is blank or ends in a tilde and a number; rename it."
        raise CorpusError(f"{place}: {said}")
    return row
