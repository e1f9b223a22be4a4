"""What pages and programs need of an assistant, as protocols: answers, searches, words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from assistant.records import NO_FILTERS, Answer, Filters, Found, Question

if TYPE_CHECKING:
    from assistant.safety.triage import Heard
    from assistant.settings import Settings
    from assistant.wording.generative import Writing
    from corpus.passage import Corpus

Words: TypeAlias = "Writing"
Grows = TypeVar("Grows", covariant=True)


def beside(assistant: Serves, settings: Settings, library: str, role: str) -> Serves:
    """Return what answers with a library beside it, if one is named.

    `LibraryError` if there is none that the role may see, `SignpostError` if it cannot be opened.
    """
    if not library:
        return assistant
    from assistant.ingestion import visible_library
    from assistant.opening import with_library

    return with_library(assistant, visible_library(settings, library, role))


class Hands(Protocol[Grows]):
    """What the page needs of whoever answers; `Grows` is an answer while a model words it."""

    @property
    def corpus(self) -> Corpus:
        """The edition that answers cite."""

    def ask(self, question: Question) -> Answer:
        """Answer a question."""

    def write(self, question: Question) -> Grows | None:
        """Answer a question as a language model words it; none where no model is set."""


class Quotes(Hands[Words], Protocol):
    """What the check needs of an assistant."""

    def quoted(self, question: Question) -> Answer:
        """Answer a question in the sources' own words, whether or not a model could word it."""

    def hear(self, text: str) -> Heard:
        """Tell what triage makes of words that are no question."""


class Serves(Quotes, Protocol):
    """What the server needs of an assistant: answers and searches."""

    def find(
        self, text: str, k: int, turns: Sequence[str] = (), filters: Filters = NO_FILTERS
    ) -> Found:
        """Return the passages that fit a text best, of those that filters leave."""
