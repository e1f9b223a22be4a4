"""How an answer behaves beside its facets: ranking, follow-up, safeguarding, evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from assistant.records import Answer, Completeness
from corpus.structure.graph import Framework, Item, Kind
from evals.cases.case import Case
from evals.metrics import metrics
from evals.metrics.faithfulness import (
    Faith,
    by_gold,
    citation_precision,
    citation_recall,
    statements_of,
)
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
    update: dict[str, bool | None] = {
        "counts_right": counts_right(case, answer, framework),
        "tiers_apart": tiers_apart(answer),
    }
    if case.turns:
        strings = case.gold.resolved
        update["resolved"] = is_resolved(answer, case.gold.items(), strings, framework)
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
    update = {
        "faithful_gold": faith.gold,
        "faithful_apart": faith.apart,
        "faithful_checker": faith.checker,
        "judges_agree": faith.agree,
    }
    for name, cited in (("cited", faith.cited), ("gold", by_gold(cites, fitting.ids))):
        update[f"{name}_recall"] = citation_recall(cited)
        update[f"{name}_precision"] = citation_precision(cited)
    return score.model_copy(update=update)


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
    gold = (*case.gold.items(), *case.gold.facts)
    if not gold:
        return Fitting(frozenset(), frozenset())
    named = {one.partition("#")[0] for one in (*gold, *case.gold.allowed)}
    items = [one for one in named if one in framework.item_by_id]
    above = {item.id for one in items for item in framework.lineage(one)}
    kinds = {"document"} | ({"framework"} if items else set())
    return Fitting(
        frozenset(named | above), frozenset(kinds | ({"guidance"} if case.gold.facts else set()))
    )


def is_resolved(
    answer: Answer, gold: Collection[str], strings: Collection[str], framework: Framework
) -> bool | None:
    """Return whether a follow-up was resolved to what was meant; `None` if nothing tells.

    Nothing does where the answer keeps to itself how the question was understood.

    By strings, where the gold names some: the question as understood holds each, case ignored.
    Else by scope: every gold item of the framework is a subject or group of the scope, or stands
    above or under one. A gold that is in notes alone tells nothing of the scope.

    `strings` are `Gold.resolved`.
    """
    if not answer.resolved_question:
        return None
    if strings:
        asked = answer.resolved_question.casefold()
        return all(one.casefold() in asked for one in strings)
    wanted = [one for one in gold if one in framework.item_by_id]
    if not wanted:
        return None
    named = (*answer.scope.subjects, *answer.scope.groups)
    scope = [one for one in named if one in framework.item_by_id]
    above = {one: {item.id for item in framework.lineage(one)} for one in (*scope, *wanted)}
    return all(any(one in above[other] or other in above[one] for other in scope) for one in wanted)


_COUNTS_NOTHING = frozenset({"inverse", "negate", "verify"})
"""Operations that pick items by what holds of them, so that none of a group is left to count."""


def counts_right(case: Case, answer: Answer, framework: Framework) -> bool | None:
    """Return whether an answer says rightly how many of how many it lists.

    Each count is to be that of the framework, and where the gold is a whole facet of a group, or
    of the page, its count is to be there. `None` where there is neither, or no answer.
    """
    wanted = list(_whole_facets(case, framework))
    told = answer.completeness
    if answer.status not in metrics.ANSWERS or not (wanted or told):
        return None
    if not all(one.listed <= one.total == _total(one, framework) for one in told):
        return False
    for kind, group in wanted:
        groups = {one.group for one in told if one.facet == kind.facet}
        # By itself, or with the whole page's.
        if group.id not in groups and all(one in framework.item_by_id for one in groups):
            return False
    return True


def tiers_apart(answer: Answer) -> bool | None:
    """Return whether each statement quotes the tier alone that it is said to be of.

    Signpost's own notes are of none. `None` where nothing is quoted.
    """
    said = [one for one in answer.statements if one.kind != "note" and one.citations]
    if not said:
        return None
    return all(cited.tier == one.kind for one in said for cited in one.citations)


def _whole_facets(case: Case, framework: Framework) -> Iterator[tuple[Kind, Item]]:
    """Yield each kind and group of which the gold names all, two at least."""
    if case.type in _COUNTS_NOTHING:
        return
    for facet, ids in case.gold.ids().items():
        kinds = (kind for kind in framework.kinds if kind.facet == facet and kind.parent)
        for kind in kinds:
            for group in framework.of_kind(kind.parent):
                own = {item.id for item in framework.below(group.id, kind.id)}
                if len(own) > 1 and own <= set(ids):
                    yield kind, group


def _total(one: Completeness, framework: Framework) -> int:
    (kind,) = (kind for kind in framework.kinds if kind.facet == one.facet)
    if one.group in framework.item_by_id:
        return len(framework.below(one.group, kind.id))
    return len(framework.of_kind(kind.id))
