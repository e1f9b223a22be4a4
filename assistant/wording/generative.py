"""The composer that lets a language model word an answer whose content is settled."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from typing import Literal

from assistant.citing import ground
from assistant.citing.fidelity import Faithful, tokens_of
from assistant.records import Answer, Cause, Statement, Wording
from assistant.safety.personal import Finder
from assistant.settings import Settings
from assistant.understanding.lexicon import FUNCTION_WORDS
from assistant.wording.calls import Calls, Connect
from assistant.wording.endpoint import Endpoint, Failure, failures
from assistant.wording.flow import Stopped
from assistant.wording.numbered import Cited, Reader
from assistant.wording.prompt import SYSTEM, first_request, second_request
from assistant.wording.sheet import Sheet
from corpus.passage import Passage

PER_TOKEN = 3
"""Characters of English in a token, on the safe side."""

WORDED = frozenset({"answered", "partial"})
"""Status of answers that a model may word; it never sees a refusal, a question back, a reviewed
reply, or a premise that the sources contradict."""


class Generative:
    """Words answers by a language model."""

    def __init__(
        self,
        model: str,
        connect: Connect,
        passages: Mapping[str, Passage],
        finder: Finder,
        *,
        seconds: float,
        max_tokens: int,
        is_local: bool = True,
    ) -> None:
        """Keep how to reach a model, and what it is held to.

        Args:
            model: its name, for the provenance.
            connect: gives a way to it for one call that takes so many seconds at most.
            passages: the corpus, by id.
            finder: notices personal data, which goes to no other machine.
            seconds: after which an answer is given whatever the model does.
            max_tokens: that it may write for an answer.
            is_local: whether it runs on this machine.
        """
        self.model = model
        self.connect = connect
        self.seconds = seconds
        self.max_tokens = max_tokens
        self._passages = passages
        self._faithful = Faithful.open()
        self._finder = finder
        self.is_local = is_local

    @classmethod
    def open(
        cls, settings: Settings, passages: Mapping[str, Passage], finder: Finder
    ) -> Generative:
        """Take the endpoint that the settings name.

        Raises:
            SettingsError: its address is refused.
            ModelError: what it needs is not installed.
        """
        endpoint = Endpoint(settings)
        endpoint.check_installed()
        return cls(
            endpoint.model,
            endpoint.connect,
            passages,
            finder,
            seconds=settings.llm_timeout_s,
            max_tokens=settings.llm_max_tokens,
            is_local=endpoint.is_local,
        )

    def write(self, answer: Answer, reading: Reading | None = None) -> Writing:
        """Return the wording of an answer in the sources' own words; nothing is sent yet.

        Args:
            answer: what is worded.
            reading: reads its question again before, where it is not sure what is asked.
        """
        return Writing(answer, self, reading)

    def sheet(self, answer: Answer) -> tuple[Sheet, Literal["asked", "withheld", "left"]]:
        """Return the statements of an answer, and whether a model is asked to word them.

        `withheld` where the question may not be sent, `left` where there is nothing to word.
        """
        sheet = Sheet(answer, self._passages, self._faithful, self.max_tokens * PER_TOKEN)
        if not (may_word(answer) and sheet.quotes):
            return sheet, "left"
        return sheet, "asked" if self.may_send(answer.question, answer.resolved_question) else (
            "withheld"
        )

    def may_send(self, *texts: str) -> bool:
        """Tell whether questions may go to the model: elsewhere, only without personal data."""
        return self.is_local or all(self._finder.may_send(one, allowed=False) for one in texts)


def may_word(answer: Answer) -> bool:
    """Tell whether a model may word an answer."""
    plain = answer.signposting is None and answer.reason != "false_premise"
    return plain and answer.status in WORDED and not answer.is_closest


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
        """Keep the answer in the sources' own words."""
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
