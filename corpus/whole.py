"""The corpus as a whole: what ships, read as one."""

from __future__ import annotations

from functools import cached_property
from typing import Self

from corpus.passage import Corpus, Record
from corpus.readers.entries import glossary_passages, glossary_source
from corpus.readers.glossary import Glossary, read_glossary, shipped_glossary
from corpus.readers.notes import Note, read_notes, shipped_notes
from corpus.readers.page import read_framework, shipped_framework
from corpus.structure.graph import Framework


class Whole(Record):
    """Framework, notes and glossary, each as its reader gives it."""

    framework: Framework
    notes: tuple[Note, ...]
    """Guidance beside it, by id."""

    glossary: Glossary

    @classmethod
    def read(cls) -> Self:
        """Read what ships.

        Raises:
            CorpusError: a file of it is not in its form.
        """
        return cls(
            framework=read_framework(shipped_framework()),
            notes=read_notes(shipped_notes()),
            glossary=read_glossary(shipped_glossary()),
        )

    @cached_property
    def corpus(self) -> Corpus:
        """All passages: the framework's, then the notes', then the glossary's."""
        notes = [note for note in self.notes if note.passages]
        entries = glossary_passages(self.glossary)
        return Corpus(
            sources=(
                self.framework.source,
                *(note.source for note in notes),
                *((glossary_source(self.glossary),) if entries else ()),
            ),
            passages=(
                *self.framework.passages,
                *(passage for note in notes for passage in note.passages),
                *entries,
            ),
        )
