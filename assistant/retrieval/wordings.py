"""What stands for a passage in the index beside itself: its everyday wordings, its sentences."""

from corpus.passage import Corpus, Passage, Span, sha256_of
from corpus.text import sentence_runs

MARK = "~"  # Stands between a passage's id and the number of a wording or sentence: `gsr:C12~2`.
FACET = "wording"  # Facet of a wording: the id of the passage whose meaning it puts in other words.
PIECE = 30  # Words of a document's pieces; the shorter, the better sentences are told apart.
SUFFIX = "-wordings"  # Ends the name of the collection that holds a tier's wordings.


def with_wordings(corpus: Corpus) -> Corpus:
    """Return the corpus with a passage for each wording, after those that are quoted.

    A passage of running text has its sentences for wordings: a question is often answered by one
    of several, and the vector of the whole hides it. A long document has its pieces, since a model
    reads no more than the beginning of a long text; of its sentences there are too many.
    """
    wordings = [
        Passage(
            id=f"{passage.id}{MARK}{number}",
            source_id=passage.source_id,
            locator=passage.locator,
            heading_path=passage.heading_path,
            text=text,
            sentences=(Span(start=0, end=len(text)),),
            facets=passage.facets | {FACET: passage.id},
            text_sha256=sha256_of(text),
        )
        for passage in corpus.passages
        for number, text in enumerate(wordings_of(passage), start=1)
    ]
    return Corpus(sources=corpus.sources, passages=(*corpus.passages, *wordings))


def embedded_text(passage: Passage) -> str:
    """Return what of a passage is embedded: its words, and nothing of its facets.

    A section of a note or a document gets the titles above it in front, which say what it is about.
    """
    if passage.facets["tier"] == "framework" or FACET in passage.facets:
        return passage.text
    return ". ".join((*passage.heading_path, passage.text))


def wordings_of(passage: Passage) -> tuple[str, ...]:
    """Return the everyday wordings of a passage, after the sentences of one of running text.

    The questions that it answers come last.
    """
    tier = passage.facets["tier"]
    if tier == "framework":
        return passage.also
    if tier == "document":
        spans = pieces_of(passage)
        pieces = [". ".join((*passage.heading_path, one.of(passage.text))) for one in spans]
        return (*passage.also, *(pieces if len(pieces) > 1 else ()))
    sentences = (span.of(passage.text) for span in passage.sentences)
    return (*sentences, *passage.also, *passage.asked)


def pieces_of(passage: Passage) -> tuple[Span, ...]:
    """Return the pieces of a document's passage that have a vector each: a sentence or some."""
    return sentence_runs(passage.text, passage.sentences, PIECE)


def sentence_ids(passage: Passage) -> list[str]:
    """Return the ids that the sentences of a passage of running text have in the index."""
    return [f"{passage.id}{MARK}{number}" for number, _ in enumerate(passage.sentences, start=1)]


def question_ids(passage: Passage) -> list[str]:
    """Return the ids that the questions a passage answers have in the index."""
    first = 1 + len(passage.sentences) + len(passage.also)
    return [f"{passage.id}{MARK}{number}" for number, _ in enumerate(passage.asked, start=first)]


def meant_by(passage_id: str) -> str:
    """Return the passage that a wording stands for, or the passage itself.

    >>> meant_by("gsr:C12~2"), meant_by("gsr:C12")
    ('gsr:C12', 'gsr:C12')
    """
    meant, mark, number = passage_id.rpartition(MARK)
    return meant if mark and number.isdecimal() else passage_id
