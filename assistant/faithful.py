"""Verdicts on sentences that a language model worded: nothing but what their quotes say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.answer import Statement
from assistant.claims import rarity
from assistant.fidelity import match
from assistant.verifier import Judgement, Verifier
from corpus.passage import Passage


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

    def judge(self, statement: Statement, passages: Mapping[str, Passage]) -> Judgement:
        """Judge a statement by its citations, each part of it by the quote that it takes up.

        There is no half measure: what is not supported is unsupported.

        Args:
            statement: what was written, with its citations.
            passages: what they cite, by id.
        """
        quotes = [citation.quote for citation in statement.citations]
        matched = match(quotes, statement.text, _headings(statement, passages))
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


def _headings(statement: Statement, passages: Mapping[str, Passage]) -> tuple[str, ...]:
    """Return what all quotes of a statement stand under, in the answer and on the page.

    A note's headings are Signpost's own words, which nothing is attributed to.
    """
    if statement.kind != "framework":
        return ()
    paths = [passages[one.passage_id].heading_path for one in statement.citations]
    shared = (one for one in paths[0] if all(one in other for other in paths))
    return (statement.section, *shared)


def _refused(reason: str, support: float) -> Judgement:
    return Judgement(verdict="unsupported", support=support, reasons=(reason,))
