"""Scores of a case beside its facets: ranking, follow-up, safeguarding, citations, faithfulness."""

from __future__ import annotations

from typing import NamedTuple

from assistant.records import Answer
from corpus.structure.graph import Framework
from evals.cases.case import Case
from evals.metrics import citing, following
from evals.metrics import claims_of_self as telling
from evals.metrics import ranking as retrieval
from evals.metrics.faithfulness import Faith, statements_of
from evals.metrics.scores import Score

_POLICY = "J"


class Fitting(NamedTuple):
    """What fits a question by its gold."""

    ids: frozenset[str]
    """Gold, allowed, and what they stand under; notes whole."""

    kinds: frozenset[str]
    """Kinds of statement that are judged by it: guidance beside an answer only where there is gold
    in guidance, the framework's words only where a case names some of its items."""


def with_answer(score: Score, case: Case, answer: Answer, framework: Framework) -> Score:
    """Add what is told by an answer alone: counts, tiers, follow-up, verdict, personal data."""
    gold = [one for ids in case.gold.ids().values() for one in ids]
    update: dict[str, bool | None] = {
        "counts_right": telling.counts_right(case, answer, framework),
        "tiers_apart": telling.tiers_apart(answer),
    }
    if case.turns:
        strings = case.gold.resolved
        update["resolved"] = following.is_resolved(answer, gold, strings, framework)
    if case.gold.verdict:
        told = answer.statements[0].verdict if answer.statements else ""
        update["verdict"] = (told == "supported") == (case.gold.verdict == "supported")
    if case.gold.personal is not None and answer.status != "safeguarding":
        update["personal"] = set(answer.personal) == set(case.gold.personal)
    return score.model_copy(update=update)


def with_judges(score: Score, answer: Answer, faith: Faith, fitting: Fitting) -> Score:
    """Add what the judges say of the statements."""
    judged = [said for said in statements_of(answer) if said.kind in fitting.kinds]
    cites = [[one.passage_id for one in said.citations] for said in judged]
    by_gold = citing.by_gold(cites, fitting.ids)
    return score.model_copy(
        update={
            "cited_recall": citing.citation_recall(faith.cited),
            "cited_precision": citing.citation_precision(faith.cited),
            "gold_recall": citing.citation_recall(by_gold),
            "gold_precision": citing.citation_precision(by_gold),
            "faithful_gold": faith.gold,
            "faithful_apart": faith.apart,
            "faithful_checker": faith.checker,
            "judges_agree": faith.agree,
        }
    )


def letters(case: Case, answer: Answer | None) -> tuple[str, str] | None:
    """Return the letter of the safeguarding case by gold and as given; `J` is a policy question.

    None where a case does not say what it is: it names no letter, and a safeguarding reply is as
    right as another. What replies with no letter gives `?`.
    """
    gold = case.gold.safeguarding or ("" if "safeguarding" in case.gold.status else _POLICY)
    if not gold:
        return None
    if answer and answer.signposting:
        return gold, answer.signposting.case
    return gold, "?" if answer and answer.status == "safeguarding" else _POLICY


def fitting_of(case: Case, framework: Framework) -> Fitting:
    """Return what fits a question; nothing without gold, where nothing can be said to be off it."""
    gold = [one for ids in case.gold.ids().values() for one in ids] + list(case.gold.facts)
    if not gold:
        return Fitting(frozenset(), frozenset())
    named = {one.partition("#")[0] for one in (*gold, *case.gold.allowed)}
    items = [one for one in named if one in framework.item_by_id]
    above = {item.id for one in items for item in framework.lineage(one)}
    kinds = {"document"} | ({"framework"} if items else set())
    return Fitting(
        frozenset(named | above), frozenset(kinds | ({"guidance"} if case.gold.facts else set()))
    )


def ranking(case: Case, answer: Answer | None) -> dict[str, float]:
    """Score the hits of an answer against gold items and the notes of gold facts."""
    hits = retrieval.units([hit.passage_id for hit in answer.hits] if answer else [])
    gold = retrieval.units(
        [*(one for ids in case.gold.ids().values() for one in ids), *case.gold.facts]
    )
    return retrieval.measures(hits, gold, retrieval.units(case.gold.allowed))
