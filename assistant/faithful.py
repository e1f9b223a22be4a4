"""Verdicts on sentences that a language model worded: nothing but what their quotes say."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answer import Statement
from assistant.claims import rarity
from assistant.fidelity import match
from assistant.verifier import Judgement, Verifier


@dataclass(frozen=True)
class Faithful:
    """Judges by two means that must both agree: the words in their order, and the verifier."""

    verifier: Verifier

    @classmethod
    def open(cls) -> Faithful:
        """Take the verifier as it judges by words alone, so that no model is needed to check again.

        Raises:
            ModelError: its weights cannot be read.
        """
        # The counts of words take a third of a second to load, which no deadline should pay.
        rarity("first")
        return cls(Verifier.open())

    def judge(self, statement: Statement) -> Judgement:
        """Judge a statement by its citations, each part of it by the quote that it takes up.

        There is no half measure: what is not supported is unsupported.
        """
        quotes = [citation.quote for citation in statement.citations]
        heading = statement.section if statement.kind == "framework" else ""
        matched = match(quotes, statement.text, heading)
        if matched.fault:
            return _refused(matched.fault.reason, 0.0)
        judged = [
            self.verifier.verify(quote, piece)
            for quote, piece in zip(quotes, matched.pieces, strict=True)
        ]
        worst = min(judged, key=lambda one: one.support)
        if worst.verdict != "supported":
            return _refused(worst.reasons[0], worst.support)
        return worst


def _refused(reason: str, support: float) -> Judgement:
    return Judgement(verdict="unsupported", support=support, reasons=(reason,))
