"""An operator's library beside the corpus: one question, and two answers that stay apart."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.answering.decide import NOT_OUTRIGHT
from assistant.citing.citations import note
from assistant.draft import ranked
from assistant.errors import LibraryError
from assistant.foreign import Foreign
from assistant.ingestion import Library, beside, corpus_of
from assistant.records import (
    CLOSEST,
    NO_FILTERS,
    Answer,
    Filters,
    Found,
    Question,
    Statement,
    Status,
)
from assistant.retrieval.store import Index, store_of
from corpus.passage import Corpus

if TYPE_CHECKING:
    from assistant.pipeline import Assistant
    from assistant.safety.triage import Heard

COMPOSER = "library-1"
"""Stands for the library in the name of what composed an answer."""

_GIVEN: tuple[Status, ...] = ("answered", "partial")

_SILENT = "The library {} does not answer this; what comes nearest in it is cited."

_ONLY_OWN = "The framework and the guidance notes do not answer this."

_BELOW = (
    "The library {} answers this, below. The framework and the guidance notes do not say it "
    "outright; the closest they come:"
)

_CLOSEST = NOT_OUTRIGHT.partition(". ")[2]

_NOT_OUTRIGHT = "The library {} does not say this outright. The closest it comes:"

_FRAMED = frozenset({"pillars", "facets", "audience"})
"""Filters by what the framework and notes declare, and no document does."""


_Asks = Callable[[Question, date | None], Answer]
"""Answers a question as of a day."""


class LibraryTier:
    """Answers from framework and guidance as ever, and apart from that from one library."""

    def __init__(self, main: Assistant, foreign: Foreign, corpus: Corpus, name: str) -> None:
        """Put an open library beside an open assistant."""
        self.main = main
        self.name = name
        self._foreign = foreign
        self.corpus = corpus
        self.settings = main.settings

    @classmethod
    def open(cls, main: Assistant, library: Library) -> LibraryTier:
        """Open a library beside an assistant, with the models that this has loaded.

        Raises:
            LibraryError: the library holds nothing.
            SignpostError: its index is damaged, or was built with another model.
        """
        files = library.held()
        if not files:
            raise LibraryError(
                f"The library {library.name} holds nothing; fill it with: signpost ingest PATH"
                f" --library {library.name}"
            )
        corpus = corpus_of(files)
        index = Index.open(corpus, main.embedder, library.settings)
        foreign = Foreign(corpus, index, main.embedder, main.settings, reader=main.reader)
        return cls(main, foreign, beside(main.corpus, corpus), library.name)

    def warm(self) -> None:
        """Load now what the first question would load."""
        self.main.warm()
        self._foreign.warm()

    def find(
        self, text: str, k: int, turns: Sequence[str] = (), filters: Filters = NO_FILTERS
    ) -> Found:
        """Return the passages that fit best: `k` of what ships, then `k` of the library.

        Raises:
            QuestionError: the text is empty, too long or no text, or a filter names what is not
                there.
        """
        rest, asks_main, asks_library = _parted(filters)
        found = self.main.find(text, k, turns, rest) if asks_main else None
        if not asks_library or (found and found.signposting and not found.hits):
            return found or Found(hits=())
        own = self._foreign.find(text, k, turns)
        hits = (*(found.hits if found else ()), *own.hits)
        signposting = found.signposting if found else own.signposting
        return Found(hits=ranked(hits), signposting=signposting)

    def hear(self, text: str) -> Heard:
        """Triage words that are no question, such as a comment on an answer."""
        return self.main.hear(text)

    def write(self, question: Question) -> None:
        """Give nothing: an answer with a library is shown when it is whole."""
        del question

    def ask(self, question: Question, today: date | None = None) -> Answer:
        """Answer a question from what ships, and apart from that from the library.

        Raises:
            QuestionError: the question is empty, too long or not text, or a filter names what is
                not there.
        """
        return self._joined(question, self.main.ask, self._foreign.ask, today)

    def quoted(self, question: Question, today: date | None = None) -> Answer:
        """Answer like `ask`, in the sources' own words whatever model is set."""
        return self._joined(question, self.main.quoted, self._foreign.quoted, today)

    def _joined(
        self, question: Question, main: _Asks, library: _Asks, today: date | None
    ) -> Answer:
        rest, asks_main, asks_library = _parted(question.filters)
        bare = question.model_copy(update={"filters": NO_FILTERS})
        if not asks_main:
            return self._told(library(bare, today), question)
        answer = main(question.model_copy(update={"filters": rest}), today)
        withheld = answer.signposting is not None and answer.status not in _GIVEN
        if withheld or answer.status == "declined":
            return answer
        answer = self._told(answer, question)
        return _beside(answer, library(bare, today), self.name) if asks_library else answer

    def _told(self, answer: Answer, question: Question) -> Answer:
        """Return an answer with the edition that it cites, and the filters that were asked for."""
        provenance = answer.provenance.model_copy(update={"corpus": self.corpus.digest})
        return answer.model_copy(update={"provenance": provenance, "filters": question.filters})


class OpenLibraries:
    """The libraries of one running assistant, each opened with the first question for it."""

    def __init__(self, main: Assistant) -> None:
        """Open none yet."""
        self._main = main
        self._opened: dict[str, tuple[Hashable, LibraryTier]] = {}
        self._lock = threading.Lock()

    def tier(self, library: Library) -> LibraryTier:
        """Return a library as it is now beside the assistant; who asks must be allowed to see it.

        Raises:
            SignpostError: it holds nothing, or its index cannot be used.
        """
        mark = store_of(library.settings).mark()
        with self._lock:
            opened = self._opened.get(library.name)
            if opened is None or opened[0] != mark:
                opened = self._opened[library.name] = (mark, LibraryTier.open(self._main, library))
            return opened[1]


@lru_cache(maxsize=2)
def open_libraries(main: Assistant) -> OpenLibraries:
    """Return the libraries of a running assistant, which all who ask it share."""
    return OpenLibraries(main)


def _parted(filters: Filters) -> tuple[Filters, bool, bool]:
    """Return filters for what ships, and whether it and the library are asked.

    What narrows by the framework's own kinds leaves nothing of documents, which declare none.
    """
    tiers = filters.tiers
    rest = tuple(one for one in tiers if one != "document")
    framed = any(getattr(filters, name) for name in _FRAMED)
    asks_main = not tiers or bool(rest)
    asks_library = not framed and (not tiers or "document" in tiers)
    return filters.model_copy(update={"tiers": rest}), asks_main, asks_library


def _beside(answer: Answer, own: Answer, name: str) -> Answer:
    """Set the library's answer behind that of what ships, each under headings of its tier."""
    said = [one for one in own.statements if one.citations]
    first = answer.statements
    if own.status == "answered" and answer.is_closest:
        first = tuple(_named(one, _BELOW.format(name)) for one in first)
    elif own.status in _GIVEN and answer.status not in _GIVEN:
        first = (note(_ONLY_OWN),)
    if own.is_closest:
        said = [_named(one, _NOT_OUTRIGHT.format(name)) for one in said]
    if own.status not in _GIVEN:
        # Beside an answer of the sources that ship, so that nobody takes silence for neglect.
        told = note(_SILENT.format(name), own.nearest[:1])
        said = [told] if answer.status in _GIVEN and own.nearest else []
    # Under a heading, so that none of the library opens an answer.
    headings = (one.section or f"In the library {name}" for one in said)
    headed = (
        one.model_copy(update={"section": section})
        for one, section in zip(said, headings, strict=True)
    )
    answers = [one for one in (answer, own) if one.status in _GIVEN]
    outright = [one for one in answers if one.status == "answered" and not one.is_closest]
    leading = next(iter((*outright, *answers)), answer)
    composer = CLOSEST if leading.is_closest else f"{answer.provenance.composer}+{COMPOSER}"
    return answer.model_copy(
        update={
            "status": leading.status,
            "reason": leading.reason,
            "confidence": leading.confidence,
            "statements": (*first, *headed),
            "dropped": (*answer.dropped, *own.dropped),
            "hits": ranked([*answer.hits, *own.hits]),
            "nearest": () if answers else (*answer.nearest, *own.nearest),
            "provenance": answer.provenance.model_copy(update={"composer": composer}),
        }
    )


def _named(statement: Statement, said: str) -> Statement:
    """Return a statement; of the note that opens what comes closest, which sources are meant."""
    opens = statement.kind == "note" and statement.text.endswith(_CLOSEST)
    return statement.model_copy(update={"text": said}) if opens else statement
