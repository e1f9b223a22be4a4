"""The composer that lets a language model word an answer whose content is settled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from assistant.answer import Answer
from assistant.calls import Connect
from assistant.endpoint import Endpoint
from assistant.faithful import Faithful
from assistant.personal import Finder
from assistant.settings import Settings
from assistant.sheet import Sheet
from assistant.writing import Reading, Writing
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
    return plain and answer.status in WORDED
