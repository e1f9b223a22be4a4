"""Passages that give orders or pass themselves off as something else."""

from pathlib import Path

from corpus.readers.questions import read_rows
from evals.cases.hostile import Hostile

FILE = Path(__file__).with_name("injection.jsonl")


def hostile_passages():
    return tuple(read_rows(FILE, Hostile))
