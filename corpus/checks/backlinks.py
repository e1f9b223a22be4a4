"""What rests on a passage: sentences that name it, notes and entries about it, inferred links."""

from __future__ import annotations

from corpus.passage import Corpus, Record
from corpus.readers.notes import ON
from corpus.structure.graph import Framework, Link


class Citing(Record):
    """A sentence of the corpus that rests on a passage."""

    passage_id: str
    """Where the sentence stands."""

    sentence: str


class Backlinks(Record):
    """All that leads to a passage from within the corpus."""

    sentences: tuple[Citing, ...]
    """Sentences that rest on it, in reading order."""

    about: tuple[str, ...]
    """Sources of the notes that say they serve it, and entries of the glossary about it, by id."""

    links: tuple[Link, ...]
    """Links from or to it that its source does not print, strongest first."""

    @classmethod
    def to(cls, passage_id: str, corpus: Corpus, framework: Framework) -> Backlinks:
        """Collect what leads to a passage."""
        sentences = (
            Citing(passage_id=passage.id, sentence=span.of(passage.text))
            for passage in corpus.passages
            for span, grounds in zip(passage.sentences, passage.grounds, strict=False)
            if passage_id in grounds
        )
        about = (
            passage.source_id if passage.facets.get("kind") == "note" else passage.id
            for passage in corpus.passages
            if passage.facets.get(f"about:{passage_id}") == ON
        )
        return cls(
            sentences=tuple(sentences),
            about=tuple(dict.fromkeys(about)),
            links=framework.links_of(passage_id),
        )
