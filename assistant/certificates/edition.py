"""Editions: a corpus written to one file, read back under its digest, and set beside another."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Self

from pydantic import JsonValue, ValidationError

from assistant.home import reason_of, write_whole
from corpus.errors import CorpusError
from corpus.passage import Corpus, digest_of, refusal_of

FORMAT = 1  # Form in which editions are written; a field taken away or renamed raises it.
_FIELDS = {"format", "digest", "sources", "passages"}


class Edition(NamedTuple):
    """A corpus as it was exported."""

    digest: str
    """The corpus digest that names it; an answer's provenance gives the same."""

    corpus: Corpus
    """Its corpus, of which the digest is another where records have got fields since."""

    @classmethod
    def of(cls, corpus: Corpus) -> Self:
        """Return a corpus as an edition."""
        return cls(corpus.digest, corpus)


def export_edition(corpus: Corpus, path: Path) -> None:
    """Write a corpus to a file, whole or not at all; equal corpora give equal files.

    Raises CorpusError if there is no such folder, it refuses, or what is there is no edition.
    """
    if not path.parent.is_dir():
        raise CorpusError(f"{path.parent} is no folder; make it, or name a file elsewhere.")
    if path.exists():
        said = f"{path} is there already and is no edition; name another file."
        if not path.is_file():
            raise CorpusError(said)
        try:
            _table(path)
        except CorpusError:
            raise CorpusError(said) from None
    # One record a line, so that two editions can be compared as text.
    sources, passages = (
        ",\n".join(json.dumps(row.model_dump(mode="json"), ensure_ascii=False) for row in rows)
        for rows in (corpus.sources, corpus.passages)
    )
    text = f'{{"format": {FORMAT},\n"digest": "{corpus.digest}",\n'
    text += f'"sources": [\n{sources}\n],\n"passages": [\n{passages}\n]}}\n'
    try:
        write_whole(path.resolve(), text.encode(), private=False)
    except OSError as error:
        said = f"{path} cannot be written: {reason_of(error).partition(';')[0]}"
        raise CorpusError(f"{said}; name a file elsewhere.") from None


def load_edition(path: Path) -> Edition:
    """Read an edition and see that its digest is that of its content.

    Raises CorpusError if it is missing, of another form or format, or was changed since.
    """
    table = _table(path)
    number = table.get("format")
    if number != FORMAT:
        said = f"{path} has the edition format {number!r}, but this Signpost reads {FORMAT}"
        raise CorpusError(f"{said}; export it again with the Signpost that you have.")
    held = {name: table[name] for name in table if name not in ("format", "digest")}
    try:
        corpus = Corpus.model_validate(held)
    except ValidationError as error:
        raise CorpusError(f"{path} is no edition: {refusal_of(error)}") from None
    except CorpusError as error:
        raise CorpusError(f"{path} is no edition that holds together: {error}") from None
    # The digest of records as they were written, whatever fields records have today.
    groups = (table["sources"], table["passages"])
    found = digest_of(row for rows in groups if isinstance(rows, list) for row in rows)
    if found != table["digest"]:
        claimed = str(table["digest"])[:12]
        said = f"{path} claims the digest {claimed}, but its content has {found[:12]}"
        raise CorpusError(f"{said}; it was changed since it was exported, so export it again.")
    return Edition(found, corpus)


def _table(path: Path) -> Mapping[str, JsonValue]:
    try:
        table: JsonValue = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = reason_of(error).partition(";")[0]
        raise CorpusError(f"The edition {path} cannot be read: {reason}; name a file.") from None
    except (ValueError, RecursionError):
        raise CorpusError(f"{path} is no edition: it is no JSON; name an exported file.") from None
    found = table if isinstance(table, dict) else {}
    if missing := sorted(_FIELDS - found.keys()):
        raise CorpusError(f"{path} is no edition: it lacks {missing[0]!r}; name an exported file.")
    return found
