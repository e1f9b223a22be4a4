"""Everyday wordings as passages of their own, so that a question finds what it means."""

from __future__ import annotations

from corpus.passage import Corpus, Passage, Span, sha256_of

MARK = "~"
"""Stands between a passage's id and the number of one of its wordings: `gsr:C12~2`."""

FACET = "wording"
"""Facet of a wording: the id of the passage whose meaning it puts in other words."""

SUFFIX = "-wordings"
"""Ends the name of the collection that holds a tier's wordings."""


def with_wordings(corpus: Corpus) -> Corpus:
    """Return the corpus with a passage for each wording, after those that are quoted."""
    wordings = [
        _wording(passage, number, text)
        for passage in corpus.passages
        for number, text in enumerate(passage.also, start=1)
    ]
    return Corpus(sources=corpus.sources, passages=(*corpus.passages, *wordings))


def meant_by(passage_id: str) -> str:
    """Return the passage that a wording stands for, or the passage itself.

    >>> meant_by("gsr:C12~2"), meant_by("gsr:C12")
    ('gsr:C12', 'gsr:C12')
    """
    return passage_id.partition(MARK)[0]


def _wording(passage: Passage, number: int, text: str) -> Passage:
    return Passage(
        id=f"{passage.id}{MARK}{number}",
        source_id=passage.source_id,
        locator=passage.locator,
        heading_path=passage.heading_path,
        text=text,
        sentences=(Span(start=0, end=len(text)),),
        facets=passage.facets | {FACET: passage.id},
        text_sha256=sha256_of(text),
    )
