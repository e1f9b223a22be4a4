"""Answers that come back to be exported: each is asked for again, and must be the very same."""

from __future__ import annotations

from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING

from assistant.errors import ExportError, QuestionError
from assistant.records import Answer, Question
from ui.exports.export import check_exportable
from ui.pages.ask.talk import newest
from ui.words.catalogue import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.safety.personal import Finder
    from ui.service.seams import Quotes

_CHECKED = ("status", "reason", "statements", "completeness", "nearest", "parts", "choices")
"""What of an answer stands in an export, beside its question."""


class Checking:
    """Holds answers against those that an assistant gives."""

    def __init__(self, assistant: Quotes) -> None:
        """Hold them against this assistant's."""
        self._assistant = assistant

    def checked(
        self, answers: Sequence[Answer], tier: Quotes, turns: Sequence[Sequence[str]]
    ) -> list[Answer]:
        """Return answers as the assistant gives them now, under the words that were typed.

        Whoever sends an answer can have changed any word of it, a note of Signpost's own or a mark
        on what is past review included, so that nothing of what was sent is handed on but the
        question as it was understood. It is masked as in all that is kept.

        Args:
            answers: those that were sent.
            tier: gives those that were given with a library, where one is named.
            turns: earlier questions that each was sent with.

        Raises:
            ExportError: an answer may not be exported, is of another edition, or is another now.
        """
        earlier = zip_longest(answers, turns, fillvalue=())
        return [self._one(answer, tier, newest(told)) for answer, told in earlier if answer]

    def titled(self, title: str) -> str:
        """Return a title with personal data masked.

        Raises:
            ExportError: it is a message that a reviewed reply is due to.
        """
        if title.strip() and self._assistant.hear(title).reply:
            raise ExportError(say("export.reply"))
        return self._finder.mask(title)

    def _one(self, answer: Answer, tier: Quotes, turns: tuple[str, ...]) -> Answer:
        check_exportable(answer)
        asked = answer.resolved_question or answer.question
        if answer.provenance.corpus == self._assistant.corpus.digest:
            again = self._again(self._assistant, answer, asked, ())
        elif answer.provenance.corpus == tier.corpus.digest:
            # A library is told the questions before, and reads this one in their light itself.
            again = self._again(tier, answer, answer.question if turns else asked, turns)
            asked = again.resolved_question or again.question
        else:
            raise ExportError(say("export.other_edition"))
        if any(getattr(answer, name) != getattr(again, name) for name in _checked(answer)):
            raise ExportError(say("export.not_ours"))
        # Words that were typed and then understood otherwise cannot be held against anything.
        own = {"question": asked, "resolved_question": asked}
        return self._finder.masked(again.model_copy(update=own))

    def _again(self, asker: Quotes, answer: Answer, text: str, turns: tuple[str, ...]) -> Answer:
        # A question and its answer share what the answer was narrowed by.
        shared = (Question.model_fields.keys() & Answer.model_fields.keys()) - {"text", "turns"}
        given = answer.model_dump(include=shared)
        try:
            # What a model worded is exported in the sources' own words, which do not vary.
            sent = {**given, "text": text, "turns": turns}
            again = asker.quoted(Question.model_validate(sent))
        except QuestionError:
            raise ExportError(say("export.not_ours")) from None
        if again.signposting:
            raise ExportError(say("export.reply"))
        return again

    @cached_property
    def _finder(self) -> Finder:
        from assistant.safety.personal import Finder

        return Finder.of(self._assistant.corpus)


def _checked(answer: Answer) -> tuple[str, ...]:
    """Return what of an answer must be the same; a model's sentences are not handed on at all."""
    return tuple(one for one in _CHECKED if not (one == "statements" and answer.provenance.wording))
