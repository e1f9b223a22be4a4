"""Verdicts on sentences that a language model worded: nothing but what their quotes say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.citing.claims import rarity
from assistant.citing.fidelity import Fault, Matched, match
from assistant.citing.verifier import Judgement, Verifier
from assistant.records import Statement
from corpus.passage import Passage

JOINED = Fault("joint", "It joins whole sentences; give each one of its own.")
"""Notes are made of whole sentences, and only what the page lists may share one."""


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
        """
        quotes = [citation.quote for citation in statement.citations]
        matched = matched_of(statement, passages)
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


def matched_of(statement: Statement, passages: Mapping[str, Passage]) -> Matched:
    """Hold a statement against its quotes, one after another, by their words alone.

    Args:
        statement: what was written, with its citations.
        passages: what they cite, by id.
    """
    quotes = [citation.quote for citation in statement.citations]
    if statement.kind != "framework" and len(quotes) > 1:
        return Matched(JOINED)
    return match(quotes, statement.text, _headings(statement, passages))


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
