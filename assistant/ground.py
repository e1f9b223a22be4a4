"""A verdict for each statement against the words it cites."""

from __future__ import annotations

from assistant.answer import Dropped, Statement
from corpus.passage import Passage

CHECKER = "verbatim-1"
"""Name and version of the checker, for an answer's provenance."""


def check(
    statements: tuple[Statement, ...], passages: dict[str, Passage]
) -> tuple[tuple[Statement, ...], tuple[Dropped, ...]]:
    """Give every statement its verdict; leave out those that their citations do not carry."""
    kept: list[Statement] = []
    dropped: list[Dropped] = []
    for statement in statements:
        fault = _fault(statement, passages)
        if fault:
            dropped.append(Dropped(text=statement.text, reason=fault))
        else:
            kept.append(_judged(statement))
    return tuple(kept), tuple(dropped)


def _fault(statement: Statement, passages: dict[str, Passage]) -> str:
    """Return why a statement cannot stand, as one sentence; empty if it can."""
    for citation in statement.citations:
        passage = passages.get(citation.passage_id)
        if passage is None:
            return f"It cites {citation.passage_id}, which is not in the corpus."
        if passage.text[citation.start : citation.end] != citation.quote:
            return f"Its quote does not stand at its place in {citation.passage_id}."
    if statement.kind == "note":
        return ""
    if not statement.citations:
        return "It cites nothing."
    return "" if _is_quoted(statement) else "Its words are not the words that it cites."


def _is_quoted(statement: Statement) -> bool:
    """Tell whether the text is its quotes and nothing else: `first`, or `first: second; third`."""
    first, *others = (citation.quote for citation in statement.citations)
    return statement.text == (f"{first}: {'; '.join(others)}" if others else first)


def _judged(statement: Statement) -> Statement:
    if statement.kind == "note":
        return statement.model_copy(update={"verdict": "structural"})
    return statement.model_copy(update={"verdict": "supported", "support": 1.0})
