"""Passages that give orders or pass themselves off as something else."""

from pathlib import Path

from corpus.readers.questions import read_rows
from evals.cases import hostile

FILE = Path(__file__).with_name("injection.jsonl")


class Hostile(hostile.Hostile):
    @property
    def row(self):
        """It as a row of a corpus of one's own."""
        return {"id": self.id, "title": self.title, "text": self.text}


def hostile_passages():
    return tuple(read_rows(FILE, Hostile))
