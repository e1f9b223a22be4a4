"""Where answers are handed to whoever asked: timed, recorded, and as a language model words them.

It stands here, and not in the assistant, so that evaluation runs, benches and searches, which ask
thousands of questions that nobody waits for, leave the log alone.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from threading import Event, Thread
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakValueDictionary

from assistant.errors import StoreError
from assistant.ingestion import visible_library
from assistant.records import Answer, Question, Statement
from assistant.remarks import FeedbackLog
from assistant.safety.audit import AuditLog
from assistant.safety.personal import Finder
from ui.access.rights import PLACES, TICK, Turns

if TYPE_CHECKING:
    from assistant.foreign import Foreign, LibraryTier
    from assistant.pipeline import Assistant
    from assistant.settings import Settings
    from assistant.wording.generative import Writing
    from corpus.passage import Corpus

LOCAL = "local"  # Who asks on the command line.

Serves: TypeAlias = "Assistant | Foreign | LibraryTier"
"""What answers: over the corpus that ships, a text of one's own, or with a library beside it."""


def beside(assistant: Serves, settings: Settings, library: str, role: str) -> Serves:
    """Return what answers with a library beside it, if one is named.

    `LibraryError` if there is none that the role may see, `SignpostError` if it cannot be opened.
    """
    if not library:
        return assistant
    from assistant.foreign import open_library

    return open_library(assistant, visible_library(settings, library, role))


class Growing(Thread):
    """One answer on its way to one reader.

    It is worded to its end in a thread of its own, whoever reads along, so that it becomes whole
    and is recorded once, also where its reader has left.
    """

    def __init__(self, words: Writing, user: str, done: Callable[[Answer], None]) -> None:
        """Begin to word an answer for a user; `done` is called once with the whole."""
        super().__init__(name="growing", daemon=True)
        self.token = secrets.token_urlsafe(16)
        """What stops it; told to its reader alone."""

        self.words, self.user, self._done = words, user, done
        self._settled: list[Statement] = []
        self._news, self._is_over = Event(), False
        self.start()

    @property
    def model(self) -> str:
        """Name of the model that is asked; empty where none is."""
        return self.words.model if self.words.reads or self.words.asked else ""

    @property
    def answer(self) -> Answer:
        """The whole answer; waits for it. `RuntimeError` if a fault ended it before."""
        self.join()
        answer: Answer | None = getattr(self.words, "answer", None)
        if answer is None:
            raise RuntimeError("The answer did not become whole.")
        return answer

    def __iter__(self) -> Iterator[tuple[Statement, ...]]:
        """Give what stands so far: whenever more does, and after a tick, until all does."""
        while True:
            self._news.wait(TICK)
            self._news.clear()
            if self._is_over:
                return
            yield tuple(self._settled)

    def stop(self) -> None:
        """End the call to the model at once; the rest stands in the sources' own words."""
        self.words.cancel()

    def run(self) -> None:
        """Word it; called by its thread."""
        try:
            for statement in self.words:
                self._settled.append(statement)
                self._news.set()
            self._done(self.words.answer)
        finally:
            self._is_over = True
            self._news.set()


class Desk:
    """Hands answers out, and records each."""

    def __init__(self, settings: Settings, corpus: Corpus) -> None:
        """Open the log; what is past its time is removed."""
        self._log = AuditLog(settings)
        self._corpus = corpus
        self._told = False
        # Each is forgotten once it is whole and nobody reads it any more.
        self._growing: WeakValueDictionary[str, Growing] = WeakValueDictionary()
        self.turns = Turns(PLACES, settings.waiting)
        self._try(self._log.start)
        self._try(FeedbackLog(settings).start)

    def grow(self, words: Writing, user: str, start: float) -> Growing:
        """Return an answer as it grows, begun at `start`, in seconds of `perf_counter`.

        It is recorded once, when it is whole; who stops it or leaves lets it become whole at once.
        """
        growing = Growing(words, user, lambda answer: self.record(answer, user, start))
        self._growing[growing.token] = growing
        return growing

    def stop(self, token: str, user: str) -> None:
        """Stop the answer of a token if it is this user's."""
        growing = self._growing.get(token)
        if growing and growing.user == user:
            growing.stop()

    def close(self) -> None:
        """Stop all that is being worded, and let it be recorded, within two seconds."""
        left = list(self._growing.values())
        for growing in left:
            growing.stop()
        until = monotonic() + 2.0
        for growing in left:
            growing.join(max(0.0, until - monotonic()))

    def record(self, answer: Answer, user: str, start: float) -> None:
        """Record an answer that was begun at `start`; a log that fails loses no answer."""
        add = partial(self._log.add, answer, user=user, seconds=perf_counter() - start)
        self._try(lambda: add(masked=lambda one: self._finder.masked(one)))

    @cached_property
    def _finder(self) -> Finder:
        return Finder(self._corpus)

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except (StoreError, OSError) as error:
            if not self._told:
                self._told = True
                said = str(error).rstrip(".")
                sys.stderr.write(f"signpost: No audit record was written: {said}.\n")


@dataclass(frozen=True)
class Recorded:
    """An assistant whose every answer to one user is recorded."""

    assistant: Serves
    desk: Desk
    user: str

    @property
    def corpus(self) -> Corpus:
        """The edition that answers cite."""
        return self.assistant.corpus

    def ask(self, question: Question, today: date | None = None) -> Answer:
        """Answer a question as of a day; `SignpostError` if it cannot be answered."""
        start = perf_counter()
        answer = self.assistant.ask(question, today)
        # What was withheld may still be about somebody in danger: nothing of it is written.
        if not question.policy:
            self.desk.record(answer, self.user, start)
        return answer

    def write(self, question: Question) -> Growing | None:
        """Answer a question as a language model words it; none where no model is set."""
        start = perf_counter()
        words = None if question.policy else self.assistant.write(question)
        return None if words is None else self.desk.grow(words, self.user, start)
