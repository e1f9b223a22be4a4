"""The reading of a framework page: `framework.toml` as records, each with its source lines."""

from __future__ import annotations

import hashlib
import tomllib
from importlib.resources.abc import Traversable
from typing import Literal

from pydantic import ValidationError

from corpus.errors import CorpusError
from corpus.passage import Confidence, Correction, Doubt, Lines, Record
from corpus.structure.graph import Frame, Item, Strength

READING_FILE = "framework.toml"
"""Name of the file that holds the reading."""


class Bullet(Record):
    """An icon that was read as text; it counts only at the start of its lines, before a space."""

    glyph: str
    """The characters; empty where a bullet is missing."""

    lines: tuple[int, ...]
    """Source lines that start with it."""

    confidence: Confidence
    """How sure it is that it means nothing."""

    basis: str


class Layout(Record):
    """Spaces, blank lines and line ends that carry no meaning."""

    form: Literal["space", "blank", "split", "slash"]
    """A space before the first word, a blank line inside an item, a name over several lines, a
    line end after a slash."""

    lines: tuple[Lines, ...]
    confidence: Confidence
    """How sure it is that they mean nothing."""

    basis: str


class Label(Record):
    """Words printed beside the page's flow, which start nothing."""

    lines: Lines
    text: str
    kind: str
    """Kind of the items that they stand beside."""


class Decision(Record):
    """What the reading decided where no single line shows it."""

    items: tuple[str, ...]
    decision: str
    confidence: Confidence
    basis: str


class ItemReading(Item):
    """One item as read, with its lines; the source's id may be left out of its own: `C12`."""

    title_lines: Lines | None = None
    """Source lines of the title; none if it is lost and a correction restores it."""

    description_lines: Lines | None = None
    """Source lines of the description."""

    sentence: int | None = None
    """Which sentence of its lines the description is, from 1, where they hold several."""

    entry: int | None = None
    """Which entry of the list in its lines the description is, from 1."""

    also: tuple[str, ...] = ()
    """Everyday wordings of what it means, to match questions by; never quoted."""

    inferred: dict[str, str] = {}
    """What is known of it although it is not printed; a passage has it as `inferred_` facets."""

    corrections: tuple[Correction, ...] = ()
    """What was changed; one with nothing printed restores, one that reads empty leaves out."""

    doubts: tuple[Doubt, ...] = ()
    """What is kept as printed although it is suspected."""

    @property
    def text(self) -> str:
        """The words of its passage: title and description on a line each."""
        return "\n".join(part for part in (self.title, self.description) if part)

    @property
    def omissions(self) -> tuple[Correction, ...]:
        """Corrections that leave whole lines out."""
        return tuple(fix for fix in self.corrections if fix.printed and not fix.reads)

    @property
    def lines(self) -> Lines | None:
        """All its source lines, those it leaves out included; none if it is not printed."""
        parts = [part for part in (self.title_lines, self.description_lines) if part]
        parts += [fix.lines for fix in self.omissions]
        if not parts:
            return None
        return Lines(first=min(p.first for p in parts), last=max(p.last for p in parts))


class LinkReading(Record):
    """Ties from one item to others that the source does not print."""

    source: str
    targets: tuple[str, ...]
    """Item ids of another kind, the closest first."""

    strength: Strength


class Reading(Frame):
    """A whole `framework.toml`; the fields are those of Framework, with the lines."""

    file: str
    """The source text, beside `framework.toml`."""

    bullets: tuple[Bullet, ...] = ()
    """Icons to leave out."""

    layout: tuple[Layout, ...] = ()
    """Blanks and line ends to overlook."""

    labels: tuple[Label, ...] = ()
    """Words beside the flow."""

    decisions: tuple[Decision, ...] = ()
    """What no single line shows."""

    items: tuple[ItemReading, ...]
    """In reading order."""

    links: tuple[LinkReading, ...] = ()
    """Inferred ties."""

    def glyph_at(self, line: int) -> str:
        """Return the bullet that a source line starts with, empty if it has none."""
        return next((b.glyph for b in self.bullets if line in b.lines), "")


def load_reading(folder: Traversable) -> Reading:
    """Read `framework.toml`, with the source's id in front of every item id.

    Raises:
        CorpusError: the file is missing, is no TOML, or lacks or misspells a field.
    """
    try:
        table = tomllib.loads((folder / READING_FILE).read_text(encoding="utf-8"))
    except OSError:
        raise CorpusError(f"{folder} holds no {READING_FILE}; name the folder with one.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"{READING_FILE} is no valid TOML ({error}); correct it there.") from None
    try:
        return _with_full_ids(Reading.model_validate(table))
    except ValidationError as error:
        raise CorpusError(_first_fault(error, table)) from None


def load_lines(folder: Traversable, file: str) -> tuple[tuple[str, ...], str]:
    """Return the lines of a source text as they stand, and the SHA-256 of the file.

    Raises:
        CorpusError: the file is missing or is not UTF-8.
    """
    try:
        data = (folder / file).read_bytes()
        # Only "\n" ends a line, as an editor counts; `splitlines` would also split at others.
        text = data.decode("utf-8").removesuffix("\n")
        return tuple(text.split("\n")), hashlib.sha256(data).hexdigest()
    except OSError:
        said = f"The source text {file!r} is missing; put it beside {READING_FILE}."
        raise CorpusError(said) from None
    except UnicodeDecodeError:
        raise CorpusError(f"The source text {file!r} is not UTF-8; save it as UTF-8.") from None


def _with_full_ids(reading: Reading) -> Reading:
    mark = f"{reading.source.id}:"

    def full(item_id: str) -> str:
        return item_id if not item_id or item_id.startswith(mark) else mark + item_id

    items = (
        item.model_copy(update={"id": full(item.id), "parent": full(item.parent)})
        for item in reading.items
    )
    links = (
        link.model_copy(
            update={"source": full(link.source), "targets": tuple(map(full, link.targets))}
        )
        for link in reading.links
    )
    decisions = (
        decision.model_copy(update={"items": tuple(map(full, decision.items))})
        for decision in reading.decisions
    )
    parts = {"items": tuple(items), "links": tuple(links), "decisions": tuple(decisions)}
    return reading.model_copy(update=parts)


def _first_fault(error: ValidationError, table: dict[str, object]) -> str:
    first = error.errors(include_url=False)[0]
    path = [str(part) for part in first["loc"]]
    if len(path) > 1 and path[1].isdigit():
        rows, place = table.get(path[0]), int(path[1])
        row = rows[place] if isinstance(rows, list) else None
        path[1] = str((isinstance(row, dict) and row.get("id")) or f"number {place + 1}")
    said = first["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{READING_FILE} is not in its form at {' '.join(path)}: {said}; correct it there."
