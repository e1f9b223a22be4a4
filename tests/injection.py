"""Passages that give orders or pass themselves off as something else."""

from pathlib import Path

from corpus.readers.notes import read_notes, shipped_notes
from evals.cases import hostile

FILE = Path(__file__).with_name("injection.jsonl")


class Hostile(hostile.Hostile):
    """One hostile passage, `hostile-01`."""

    @property
    def row(self):
        """It as a row of a corpus of one's own."""
        return {"id": self.id, "title": self.title, "text": self.text}


def hostile_passages():
    """Return all of them, in order."""
    lines = FILE.read_text(encoding="ascii").splitlines()
    return tuple(Hostile.model_validate_json(line) for line in lines)


def hostile_note():
    """Return them as one guidance note, a section each, as if a reviewer had let it through."""
    (like,) = [one for one in read_notes(shipped_notes()) if one.front.id == "hash-matching"]
    return hostile.note_of(hostile_passages(), like)
