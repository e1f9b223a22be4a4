"""A verdict for each statement against the words it cites."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from assistant.citing.citations import quoted
from assistant.records import Dropped, Provenance, Statement
from corpus.passage import Passage

if TYPE_CHECKING:
    from assistant.citing.verifier import Judgement
    from assistant.retrieval.models import Embedder
    from assistant.settings import Settings

    Judge = Callable[[Statement, Mapping[str, Passage]], Judgement]

CHECKER = "verbatim-1"
WORDED = f"{CHECKER}+faithful-1"
"""Name and version of the checker, for an answer's provenance; and where a language model worded
the answer."""


def made_with(corpus: str, settings: Settings, embedder: Embedder, composer: str) -> Provenance:
    """Return what an answer over a corpus of some digest is made with, now."""
    return Provenance(
        corpus=corpus,
        settings=settings.digest(),
        embedder=embedder.name,
        weights=embedder.weights_sha256,
        composer=composer,
        checker=CHECKER,
        time=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def check(
    statements: tuple[Statement, ...], passages: dict[str, Passage], judge: Judge | None = None
) -> tuple[tuple[Statement, ...], tuple[Dropped, ...]]:
    """Give every statement its verdict; leave out those that their citations do not carry.

    Without a judge, those are left out that are not the words that they cite, which is right for
    composers that only quote.
    """
    kept: list[Statement] = []
    dropped: list[Dropped] = []
    for statement in statements:
        verdict, support, reason = _judged(statement, passages, judge)
        if verdict == "unsupported":
            dropped.append(Dropped(text=statement.text, reason=reason))
        else:
            kept.append(statement.model_copy(update={"verdict": verdict, "support": support}))
    return tuple(kept), tuple(dropped)


def is_quoted(statement: Statement) -> bool:
    """Tell whether the text is its quotes and nothing else."""
    return statement.text == quoted([citation.quote for citation in statement.citations])


def _judged(
    statement: Statement, passages: dict[str, Passage], judge: Judge | None
) -> tuple[str, float | None, str]:
    """Return a statement's verdict and support, and the first reason where it does not stand."""
    reason = "" if statement.kind == "note" or statement.citations else "It cites nothing."
    # The first fault is told.
    for citation in reversed(statement.citations):
        passage = passages.get(citation.passage_id)
        if passage is None:
            reason = f"It cites {citation.passage_id}, which is not in the corpus."
        elif passage.text[citation.start : citation.end] != citation.quote:
            reason = f"Its quote does not stand at its place in {citation.passage_id}."
    if reason:
        return "unsupported", 0.0, reason
    if statement.kind == "note":
        return "structural", statement.support, ""
    if is_quoted(statement):
        return "supported", 1.0, ""
    if judge is None:
        return "unsupported", 0.0, "Its words are not the words that it cites."
    judgement = judge(statement, passages)
    return judgement.verdict, judgement.support, judgement.reasons[0]
