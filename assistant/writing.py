"""An answer while a language model words it: sentences that stand, one by one, then the whole."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from assistant import ground
from assistant.answer import Answer, Cause, Statement, Wording
from assistant.calls import Calls
from assistant.cues import FUNCTION_WORDS
from assistant.endpoint import Failure, failures
from assistant.fidelity import tokens_of
from assistant.flow import Stopped
from assistant.numbered import Cited, Reader
from assistant.prompt import SYSTEM, first_request, second_request

if TYPE_CHECKING:
    from assistant.generative import Generative

logger = logging.getLogger(__name__)

COMPOSER = "generative-1"
"""Name and version of the composer; in an answer's provenance the model's name follows."""

WORDY = 3
"""Times the length of its quotes that a text may have before it counts as endless."""

SLACK = 2000
"""Characters that it may have beside."""

ENGLISH = 0.25
"""Least share of English function words, or of words of its quotes, in a text that is English."""

ENOUGH = 12
"""Words from which a language can be told."""

Reading = Callable[[Calls], Answer]
"""Has a model read the question again, by one of the calls, and gives what it is answered then."""


class Writing:
    """One answer, worded once."""

    answer: Answer
    """The whole answer once all statements were read: what was shown, and nothing else."""

    def __init__(self, base: Answer, by: Generative, reading: Reading | None = None) -> None:
        """Keep the answer in the sources' own words.

        Args:
            base: the answer.
            by: who words it.
            reading: reads its question again before; none where it is sure what is asked.
        """
        self._by = by
        self._reading = reading
        self._calls = Calls(by.connect, by.seconds)
        self._cited = 0
        self._text = ""
        self._take(base)

    def _take(self, base: Answer) -> None:
        """Take an answer to word."""
        self._base = base
        self._sheet, state = self._by.sheet(base)
        self._asked = state == "asked"
        self._cause: Cause | Literal[""] = "personal" if state == "withheld" else ""
        self._before = self._calls.made

    def __iter__(self) -> Iterator[Statement]:
        """Give the statements in their order, each once it is verified, and none before.

        Whoever stops reading ends the call.
        """
        if self._reading:
            self._take(self._reading(self._calls))
            self._reading = None
        shown: list[Statement] = []
        for one in self._settled():
            shown.append(one)
            yield one
        if self._asked and not (self._cause or self._sheet.written):
            self._cause = self._why_nothing()
        if self._cause:
            logger.warning("The model words no more (%s); the sources' words stand.", self._cause)
        self.answer = self._told(tuple(shown))

    def finish(self) -> Answer:
        """Word the answer as a whole; where the model fails, all of it is the sources' own words.

        It is there within the seconds of the settings, beside what the judging takes.
        """
        for _ in self:
            pass
        return self._told(self._base.statements) if self._cause else self.answer

    @property
    def reads(self) -> bool:
        """Whether the model still reads the question, after which the answer may be another."""
        return self._reading is not None

    @property
    def base(self) -> Answer:
        """The answer in the sources' own words: its tiers, sections and counts are settled."""
        return self._base

    @property
    def asked(self) -> bool:
        """Whether the model is asked; otherwise all sentences are there at once."""
        return self._asked

    @property
    def model(self) -> str:
        """Name of the model."""
        return self._by.model

    @property
    def written(self) -> str:
        """What the model wrote, as it wrote it; for measuring, and never for a reader."""
        return self._text

    def cancel(self) -> None:
        """Call it off from another thread: the call is ended, and the rest stands verbatim."""
        self._calls.cancel()

    def _settled(self) -> Iterator[Statement]:
        sheet = self._sheet
        if self._asked:
            yield from sheet.ready()
            quotes = [(number, sheet.statement(number)) for number in sheet.open]
            yield from self._call(first_request(self._base.resolved_question, quotes))
            if self._cited:
                sheet.settle(missing_only=True)
                yield from sheet.ready()
            if sheet.open and not self._cause and self._calls.are_left:
                yield from self._call(self._request_again(), again=True)
        sheet.settle()
        yield from sheet.ready()

    def _request_again(self) -> str:
        sheet = self._sheet
        refused = tuple(dict.fromkeys(sheet.refused.values()))
        quotes = [(number, sheet.statement(number)) for number in sheet.open]
        return second_request(self._base.resolved_question, quotes, refused)

    def _call(self, request: str, *, again: bool = False) -> Iterator[Statement]:
        """Call the model, and once more if it asks to be called later."""
        failure = yield from self._read(request, again=again)
        if failure and self._may_wait(failure):
            failure = yield from self._read(request, again=again)
        # What stands since the first call stands, whatever becomes of the second.
        if failure and not (again and self._sheet.written):
            self._cause = failure.cause

    def _may_wait(self, failure: Failure) -> bool:
        """Wait as long as the model asks, if a call and the time for it are left."""
        if not failure.wait or failure.wait >= self._calls.seconds or not self._calls.are_left:
            return False
        self._calls.wait(failure.wait)
        return True

    def _read(self, request: str, *, again: bool) -> Generator[Statement, None, Failure | None]:
        """Read one reply; return why it failed, if it did."""
        if self._calls.called_off:
            return Failure("cancelled")
        reader, sheet = Reader(), self._sheet
        most = min(WORDY * sheet.size + SLACK, 12 * self._by.max_tokens)
        flow = self._calls.begin(SYSTEM, request)
        try:
            for piece in flow:
                self._text += piece
                self._offer(reader.feed(piece), again=again)
                yield from sheet.ready()
                if not sheet.open:
                    return None
                if reader.read > most:
                    return Failure("endless")
        except Stopped:
            return Failure("cancelled")
        except failures() as error:
            return self._calls.failure(error)
        finally:
            flow.close()
        self._offer(reader.rest(), again=again)
        yield from sheet.ready()
        return None

    def _offer(self, sentences: Iterator[Cited], *, again: bool) -> None:
        for cited in sentences:
            self._cited += any(one in self._sheet.quotes for one in cited.numbers)
            self._sheet.offer(cited, again=again)

    def _why_nothing(self) -> Cause:
        """Say why nothing that the model wrote stands, although it did write."""
        words = [one.text.lower() for one in tokens_of(self._text)]
        if not words:
            return "empty"
        if _is_foreign(words, self._sheet.words):
            return "language"
        return "unsupported" if self._cited else "malformed"

    def _told(self, statements: tuple[Statement, ...]) -> Answer:
        """Return the answer with these statements, and what the model did for them."""
        if not (self._asked or self._cause):
            return self._base
        sheet, model = self._sheet, self._by.model
        own = statements != self._base.statements
        wording = Wording(model=model, cause=self._cause, calls=self._calls.made - self._before)
        if own or not self._cause:
            counts = {one: getattr(sheet, one) for one in _COUNTS}
            wording = wording.model_copy(update=counts)
        held = self._base.provenance
        told: dict[str, object] = {"wording": wording}
        if own:
            told["composer"] = f"{held.composer}+{COMPOSER}:{model}"
            told["checker"] = ground.WORDED
        provenance = held.model_copy(update=told)
        return self._base.model_copy(update={"statements": statements, "provenance": provenance})


_COUNTS = ("kept", "retried", "copied", "replaced", "put_back")


def _is_foreign(words: Sequence[str], known: Collection[str]) -> bool:
    """Tell whether a text is another language's: enough words, hardly one of English or a quote."""
    english = sum(one in FUNCTION_WORDS for one in words)
    quoted = sum(one in known for one in words)
    return len(words) >= ENOUGH and max(english, quoted) < ENGLISH * len(words)
