"""The corpus as a whole: what ships, read as one, and what in it rests on a passage."""

from functools import cached_property
from typing import Self

from corpus.passage import Corpus, Record
from corpus.readers.glossary import Glossary, read_glossary, shipped_glossary
from corpus.readers.notes import ON, Note, read_notes, shipped_notes
from corpus.readers.page import read_framework, shipped_framework
from corpus.structure.graph import Framework, Link


class Backlinks(Record):
    """All that leads to a passage from within the corpus, in reading order."""

    sentences: tuple[tuple[str, str], ...]
    """Those that rest on it, each behind the id of its passage."""

    about: tuple[str, ...]
    """Sources of the notes that say they serve it, and entries of the glossary about it, by id."""

    links: tuple[Link, ...]
    """Links from or to it that its source does not print, strongest first."""


class Whole(Record):
    """Framework, notes and glossary, each as its reader gives it."""

    framework: Framework
    notes: tuple[Note, ...]
    glossary: Glossary

    @classmethod
    def read(cls) -> Self:
        """Read what ships; CorpusError if a file of it is not in its form."""
        return cls(
            framework=read_framework(shipped_framework()),
            notes=read_notes(shipped_notes()),
            glossary=read_glossary(shipped_glossary()),
        )

    @cached_property
    def corpus(self) -> Corpus:
        """All passages: the framework's, then the notes', then the glossary's."""
        parts: tuple[Framework | Note | Glossary, ...]
        parts = (self.framework, *self.notes, self.glossary)
        held = [(part.source, part.passages) for part in parts]
        sources = tuple(source for source, passages in held if passages)
        passages = tuple(passage for _, passages in held for passage in passages)
        return Corpus(sources=sources, passages=passages)

    def backlinks(self, passage_id: str) -> Backlinks:
        """Collect what leads to a passage."""
        sentences, about = [], []
        for passage in self.corpus.passages:
            for span, grounds in zip(passage.sentences, passage.grounds, strict=False):
                if passage_id in grounds:
                    sentences.append((passage.id, span.of(passage.text)))
            if passage.facets.get(f"about:{passage_id}") == ON:
                is_note = passage.facets.get("kind") == "note"
                about.append(passage.source_id if is_note else passage.id)
        links = self.framework.links_of(passage_id)
        return Backlinks(sentences=tuple(sentences), about=tuple(dict.fromkeys(about)), links=links)
