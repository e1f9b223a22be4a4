"""A verdict for each statement against the words it cites."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from assistant.citing.citations import quoted
from assistant.records import Answer, Draft, Dropped, Provenance, Question, Statement
from corpus.passage import Corpus, Passage

if TYPE_CHECKING:
    from assistant.citing.fidelity import Faithful
    from assistant.citing.verifier import Verifier
    from assistant.retrieval.models import Embedder
    from assistant.settings import Settings

CHECKER = "verbatim-1"
"""Name and version of the checker, for an answer's provenance."""

WORDED = f"{CHECKER}+faithful-1"
"""The same where a language model worded the answer."""


_CARRIED = (Draft.model_fields.keys() & Answer.model_fields.keys()) - {"statements"}


def grounded(
    draft: Draft,
    question: Question,
    text: str,
    corpus: Corpus,
    settings: Settings,
    embedder: Embedder,
) -> Answer:
    """Return what a composer wrote as an answer: checked, and with what it was made with."""
    statements, dropped = check(draft.statements, corpus.by_id)
    return Answer(
        question=question.text,
        resolved_question=text,
        filters=question.filters,
        statements=statements,
        dropped=dropped,
        signposting=None,
        provenance=made_with(corpus.digest, settings, embedder, draft.composer),
        **{name: getattr(draft, name) for name in _CARRIED},
    )


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
    statements: tuple[Statement, ...],
    passages: dict[str, Passage],
    judge: Verifier | Faithful | None = None,
) -> tuple[tuple[Statement, ...], tuple[Dropped, ...]]:
    """Give every statement its verdict; leave out those that their citations do not carry.

    Without a judge, those are left out that are not the words that they cite, which is right for
    composers that only quote.
    """
    kept: list[Statement] = []
    dropped: list[Dropped] = []
    for statement in statements:
        judged, reason = _judged(statement, passages, judge)
        if judged.verdict == "unsupported":
            dropped.append(Dropped(text=statement.text, reason=reason))
        else:
            kept.append(judged)
    return tuple(kept), tuple(dropped)


def _fault(statement: Statement, passages: dict[str, Passage]) -> str:
    """Return why a statement cannot stand whatever it says, as one sentence; empty if it can."""
    for citation in statement.citations:
        passage = passages.get(citation.passage_id)
        if passage is None:
            return f"It cites {citation.passage_id}, which is not in the corpus."
        if passage.text[citation.start : citation.end] != citation.quote:
            return f"Its quote does not stand at its place in {citation.passage_id}."
    if statement.kind != "note" and not statement.citations:
        return "It cites nothing."
    return ""


def is_quoted(statement: Statement) -> bool:
    """Tell whether the text is its quotes and nothing else."""
    return statement.text == quoted([citation.quote for citation in statement.citations])


def _judged(
    statement: Statement, passages: dict[str, Passage], judge: Verifier | Faithful | None
) -> tuple[Statement, str]:
    """Return a statement with its verdict, and the first reason where it does not stand."""
    told: dict[str, object] = {"verdict": "unsupported", "support": 0.0}
    reason = _fault(statement, passages)
    if not reason and statement.kind == "note":
        told = {"verdict": "structural"}
    elif not reason and is_quoted(statement):
        told = {"verdict": "supported", "support": 1.0}
    elif not reason and judge is None:
        reason = "Its words are not the words that it cites."
    elif not reason and judge is not None:
        judgement = judge.judge(statement, passages)
        told = {"verdict": judgement.verdict, "support": judgement.support}
        reason = judgement.reasons[0]
    return statement.model_copy(update=told), reason
