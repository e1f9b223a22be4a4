"""Where answers are handed to whoever asked: timed, and recorded in the audit log.

It stands here, and not in the assistant, so that evaluation runs, benches and searches, which ask
thousands of questions that nobody waits for, leave the log alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING

from assistant.errors import StoreError
from assistant.safety.audit import AuditLog
from assistant.safety.feedback import FeedbackLog
from ui.access.limits import PLACES, Turns
from ui.service.growing import Underway

if TYPE_CHECKING:
    from assistant.records import Answer, Question
    from assistant.safety.personal import Finder
    from assistant.settings import Settings
    from assistant.wording.generative import Writing
    from corpus.passage import Corpus
    from ui.service.growing import Growing
    from ui.service.seams import Hands

LOCAL = "local"
"""Who asks on the command line."""


class Desk:
    """Hands answers out, and records each."""

    def __init__(self, settings: Settings, corpus: Corpus) -> None:
        """Open the log; what is past its time is removed."""
        self._log = AuditLog(settings)
        self._corpus = corpus
        self._told = False
        self.underway = Underway()
        self.turns = Turns(PLACES, settings.waiting)
        self._try(self._log.start)
        self._try(FeedbackLog(settings).start)

    def give(self, ask: Callable[[], Answer], user: str) -> Answer:
        """Return what `ask` answers, once that is recorded; a log that fails loses no answer."""
        start = perf_counter()
        answer = ask()
        self._record(answer, user, perf_counter() - start)
        return answer

    def write(self, write: Callable[[], Writing | None], user: str) -> Growing | None:
        """Return the answer that `write` begins as it grows; none where no model is set.

        It is recorded once, when it is whole; who stops it or leaves lets it become whole at once.
        """
        start = perf_counter()
        words = write()
        if words is None:
            return None
        return self.underway.begin(
            words, user, lambda answer: self._record(answer, user, perf_counter() - start)
        )

    def kept(self, answer: Answer) -> Answer:
        """Return an answer as it may be written to a file: personal data masked."""
        return self._finder.masked(answer) if answer.personal else answer

    def _record(self, answer: Answer, user: str, seconds: float) -> None:
        self._try(
            lambda: self._log.add(
                answer,
                user=user,
                seconds=seconds,
                masked=lambda one: self._finder.masked(one),
            )
        )

    @cached_property
    def _finder(self) -> Finder:
        from assistant.safety.personal import Finder

        return Finder.of(self._corpus)

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except (StoreError, OSError) as error:
            if not self._told:
                self._told = True
                said = str(error).rstrip(".")
                sys.stderr.write(f"signpost: No audit record was written: {said}.\n")


class Recorded:
    """An assistant whose every answer to one user is recorded."""

    def __init__(self, assistant: Hands[Writing], desk: Desk, user: str) -> None:
        """Put a desk before an assistant."""
        self._assistant = assistant
        self._desk = desk
        self._user = user

    @property
    def corpus(self) -> Corpus:
        """The edition that answers cite."""
        return self._assistant.corpus

    def ask(self, question: Question) -> Answer:
        """Answer a question.

        Raises:
            SignpostError: it cannot be answered.
        """
        if question.policy:
            # What was withheld may still be about somebody in danger: nothing of it is written.
            return self._assistant.ask(question)
        return self._desk.give(lambda: self._assistant.ask(question), self._user)

    def write(self, question: Question) -> Growing | None:
        """Answer a question as a language model words it; none where no model is set.

        Raises:
            SignpostError: it cannot be answered.
        """
        if question.policy:
            return None
        return self._desk.write(lambda: self._assistant.write(question), self._user)
