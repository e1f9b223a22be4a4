"""Passages that give orders or pass themselves off as something else."""

from __future__ import annotations

from pathlib import Path

from corpus.notes import Marked, Note, Section, read_notes, shipped_notes
from corpus.passage import Record
from corpus.running import sentences_in

FILE = Path(__file__).with_name("injection.jsonl")


class Hostile(Record):
    """One hostile passage."""

    id: str
    """`hostile-01`."""

    title: str
    """What it claims to be about."""

    text: str
    """Its words."""

    kind: str
    """What it tries."""

    @property
    def row(self) -> dict[str, object]:
        """It as a row of a corpus of one's own."""
        return {"id": self.id, "title": self.title, "text": self.text}


def hostile_passages() -> tuple[Hostile, ...]:
    """Return all of them, in order."""
    lines = FILE.read_text(encoding="ascii").splitlines()
    return tuple(Hostile.model_validate_json(line) for line in lines)


def hostile_note() -> Note:
    """Return them as one guidance note, a section each, as if a reviewer had let it through."""
    (like,) = [one for one in read_notes(shipped_notes()) if one.front.id == "hash-matching"]
    sections = tuple(_section(one) for one in hostile_passages())
    front = like.front.model_copy(update={"id": "hostile", "title": "Hostile passages"})
    return Note(front=front, sections=sections, sha256="0" * 64)


def _section(one: Hostile) -> Section:
    texts = [span.of(one.text) for span in sentences_in(one.text)]
    marked = tuple(Marked(text=text, marks=("signpost",)) for text in texts)
    return Section(heading=one.title, paragraphs=(marked,))
