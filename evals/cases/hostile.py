"""Hostile passages, and Signpost over a corpus that has them in it."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from assistant.errors import IndexMismatch, IndexMissing
from assistant.pipeline import Assistant
from assistant.retrieval.models import load_embedder
from assistant.retrieval.search import Retriever
from assistant.retrieval.store import Index
from assistant.settings import Settings
from corpus.passage import Record
from corpus.readers.notes import Marked, Note, Section
from corpus.readers.questions import read_rows
from corpus.text import sentences_in
from corpus.whole import Whole

FILE = Path(__file__).parent / "injection" / "passages.jsonl"


class Hostile(Record):
    """A passage that gives orders or passes itself off as something else."""

    id: str
    title: str
    """What it claims to be about."""

    text: str
    kind: str
    """What it tries: `order`, `forged citation`."""


def read_hostile() -> tuple[Hostile, ...]:
    """Return the hostile passages that ship, in order."""
    return tuple(read_rows(FILE, Hostile))


def hostile_note(whole: Whole, passages: Sequence[Hostile] | None = None) -> Note:
    """Return passages, those that ship if none is given, as a guidance note, a section each.

    Its front matter is that of the first note of a corpus, title and id aside.
    """
    front = whole.notes[0].front.model_copy(update={"id": "hostile", "title": "Hostile passages"})
    sections = []
    for one in passages or read_hostile():
        texts = (span.of(one.text) for span in sentences_in(one.text))
        marked = tuple(Marked(text=text, marks=("signpost",)) for text in texts)
        sections.append(Section(heading=one.title, paragraphs=(marked,)))
    return Note(front=front, sections=tuple(sections), sha256="0" * 64)


def hostile_whole(passages: Sequence[Hostile] | None = None) -> Whole:
    """Return the corpus that ships with a `hostile_note` in it, as if it had been let through."""
    whole = Whole.read()
    notes = (*whole.notes, hostile_note(whole, passages))
    return Whole(framework=whole.framework, notes=notes, glossary=whole.glossary)


def open_hostile(settings: Settings) -> Assistant:
    """Open Signpost over that corpus; its index is built beside the other the first time.

    Vectors of unchanged passages are taken from the index that is there. SignpostError if the
    model, the store or the home folder cannot be used.
    """
    whole = hostile_whole()
    # Never on a server, whose pointer says what answers everybody.
    own = settings.model_copy(update={"home": settings.home / "hostile", "chroma_url": ""})
    embedder, corpus = load_embedder(settings), whole.corpus
    try:
        index = Index.open(corpus, embedder, own)
    except (IndexMissing, IndexMismatch):
        # What is in it is not embedded again, and no model exported.
        for name, copied in (("index", shutil.copy2), ("models", os.link)):
            if (settings.home / name).is_dir() and not (own.home / name).exists():
                shutil.copytree(settings.home / name, own.home / name, copy_function=copied)
        Index.build(corpus, embedder, own)
        index = Index.open(corpus, embedder, own)
    return Assistant(whole, Retriever(index, own))
