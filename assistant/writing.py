"""An answer while a language model words it: sentences that stand, one by one, then the whole."""

from __future__ import annotations

import logging
from collections.abc import Collection, Generator, Iterator, Sequence
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Literal

from assistant import ground
from assistant.answer import Answer, Cause, Statement, Wording
from assistant.cues import FUNCTION_WORDS
from assistant.endpoint import Failure, failure_of, failures
from assistant.fidelity import tokens_of
from assistant.flow import Flow, Stopped
from assistant.numbered import Cited, Reader
from assistant.prompt import SYSTEM, first_request, second_request
from assistant.sheet import Sheet

if TYPE_CHECKING:
    from assistant.generative import Generative

logger = logging.getLogger(__name__)

COMPOSER = "generative-1"
"""Name and version of the composer; in an answer's provenance the model's name follows."""

CALLS = 2
"""Calls for an answer at most."""

WORDY = 3
"""Times the length of its quotes that a text may have before it counts as endless."""

SLACK = 2000
"""Characters that it may have beside."""

ENGLISH = 0.25
"""Least share of English function words, or of words of its quotes, in a text that is English."""

ENOUGH = 12
"""Words from which a language can be told."""


class Writing:
    """One answer, worded once."""

    answer: Answer
    """The whole answer once all statements were read: what was shown, and nothing else."""

    def __init__(
        self,
        base: Answer,
        sheet: Sheet,
        by: Generative,
        *,
        state: Literal["asked", "withheld", "left"],
    ) -> None:
        """Keep the answer in the sources' own words.

        Args:
            base: the answer.
            sheet: its statements.
            by: who words it.
            state: whether the model is asked; `withheld` where the question may not be sent,
                `left` where there is nothing to word.
        """
        self._base = base
        self._sheet = sheet
        self._by = by
        self._asked = state == "asked"
        self._cause: Cause | Literal[""] = "personal" if state == "withheld" else ""
        self._deadline = monotonic() + by.seconds
        self._calls = self._cited = 0
        self._text = ""
        self._called_off = Event()
        self._flow: Flow | None = None

    def __iter__(self) -> Iterator[Statement]:
        """Give the statements in their order, each once it is verified, and none before.

        Whoever stops reading ends the call.
        """
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
        self._called_off.set()
        if self._flow is not None:
            self._flow.cancel()

    def _settled(self) -> Iterator[Statement]:
        sheet = self._sheet
        if self._asked:
            yield from sheet.ready()
            quotes = [(number, sheet.statement(number)) for number in sheet.open]
            yield from self._call(first_request(self._base.resolved_question, quotes))
            if self._cited:
                sheet.settle(missing_only=True)
                yield from sheet.ready()
            if sheet.open and not self._cause and self._calls < CALLS:
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
        left = self._deadline - monotonic()
        if not failure.wait or failure.wait >= left or self._calls >= CALLS:
            return False
        self._called_off.wait(failure.wait)
        return True

    def _read(self, request: str, *, again: bool) -> Generator[Statement, None, Failure | None]:
        """Read one reply; return why it failed, if it did."""
        if self._called_off.is_set():
            return Failure("cancelled")
        self._calls += 1
        reader, sheet = Reader(), self._sheet
        most = min(WORDY * sheet.size + SLACK, 12 * self._by.max_tokens)
        flow = self._begin(request)
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
            logger.debug("The call failed: %s", type(error).__name__)
            return Failure("cancelled") if self._called_off.is_set() else failure_of(error)
        finally:
            flow.close()
        self._offer(reader.rest(), again=again)
        yield from sheet.ready()
        return None

    def _begin(self, request: str) -> Flow:
        line = self._by.connect(max(0.1, self._deadline - monotonic()))
        flow = Flow(lambda: line.pieces(SYSTEM, request), line.stop, self._deadline, failures())
        self._flow = flow
        if self._called_off.is_set():
            flow.cancel()
        return flow

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
        wording = Wording(model=model, cause=self._cause, calls=self._calls)
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
