"""Metrics of one answer, each a small function with its definition.

`None` means that there is nothing to score; it is counted as unscored and never taken for zero.
Sentences of kind `note` quote nothing and are left out. The checker filtered the answers of
Signpost itself, so what it says of them is true by construction; of another system's it is not.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import TypeVar

from assistant.citing import ground
from assistant.citing.verifier import Verifier
from assistant.records import Answer, Citation, Completeness, Statement, Status
from corpus.passage import Passage
from corpus.structure.graph import Framework
from evals.cases.case import Case
from evals.cases.suites import POLICY, read_suite
from evals.metrics import overlap
from evals.statistics import Estimate, rate

Pair = tuple[int, int]  # How many of how many.
C = TypeVar("C")

Fitting = tuple[frozenset[str], frozenset[str]]
"""What fits a question by its gold: ids of the gold, what is allowed, and what they stand under,
notes whole; and kinds of statement that are judged by it: guidance beside an answer only where
there is gold in guidance, the framework's words only where a case names some of its items."""

_COUNTS_NOTHING = frozenset({"inverse", "negate", "verify"})
"""Operations that pick items by what holds of them, so that none of a group is left to count."""

ANSWERS: frozenset[Status] = frozenset({"answered", "partial"})
"""Statuses of what answers, wholly or in part."""

GAPS = frozenset({"coverage_gap", "false_premise"})
"""Reasons for which what answers in part says that the rest is not there."""

DEPTHS = (5, 10, 20)
RANKINGS = (*(f"recall@{depth}" for depth in DEPTHS), "nDCG@10", "MRR")
"""Depths at which recall is measured, and names of the measures of a ranking, as they are shown."""


def precision(found: Collection[str], gold: Collection[str]) -> float | None:
    """Return the share of what was found that is gold; `None` if nothing was found.

    Set-based precision, |found & gold| / |found| (Manning, Raghavan and Schuetze 2008, section
    8.3).

    >>> precision({"gsr:C12", "gsr:C9"}, {"gsr:C12"})
    0.5
    """
    return len(set(found) & set(gold)) / len(set(found)) if found else None


def is_gold_first(
    found: Sequence[str], gold: Collection[str], allowed: Collection[str]
) -> bool | None:
    """Return whether no allowed id stands before a gold one; `None` unless both were found.

    `found` is the ids of one facet in reading order; a list by topic may go on after its gold.
    """
    right = [place for place, one in enumerate(found) if one in gold]
    others = [place for place, one in enumerate(found) if one not in gold and one in allowed]
    return max(right) < min(others) if right and others else None


def is_status_right(
    status: Status, reason: str, *, answerable: bool, accepted: Collection[Status] = ()
) -> bool:
    """Return whether a question was answered, or turned away, as it should have been.

    An answerable question is to be `answered`, or `partial` where the corpus has a part of it. One
    that is not answerable is to be `not_covered`, `out_of_scope` or `declined`; `partial` is as
    right if its reason is a coverage gap or a false premise, since it then says what is not there.
    `accepted`, where given, replaces both rules.
    """
    if accepted or answerable:
        return status in (accepted or ANSWERS)
    has_replied = status in ("clarify", "safeguarding")
    return has_abstained(status, reason, to_answer=False) and not has_replied


def is_to_be_answered(answerable: bool, accepted: Collection[Status] = ()) -> bool | None:
    """Return whether a question is to be answered; `None` if that is open, or a reply in turn.

    >>> is_to_be_answered(True), is_to_be_answered(True, ["answered", "not_covered"])
    (True, None)
    >>> is_to_be_answered(False, ["not_covered", "partial"]), is_to_be_answered(True, ["clarify"])
    (False, None)
    """
    if not accepted:
        return answerable
    if not answerable:
        return None if "answered" in accepted else False
    refusals = set(accepted) - ANSWERS - {"clarify"}
    return True if ANSWERS & set(accepted) and not refusals else None


def has_abstained(status: Status, reason: str, to_answer: bool) -> bool:
    """Return whether a question was left unanswered.

    `partial` leaves a question that has no answer unanswered if it says so by its reason, and
    answers one that has.

    >>> has_abstained("partial", "coverage_gap", False), has_abstained("partial", "x", False)
    (True, False)
    >>> has_abstained("partial", "coverage_gap", True), has_abstained("clarify", "", True)
    (False, True)
    """
    if status == "partial" and not to_answer:
        return reason in GAPS
    return status not in ANSWERS


def has_strings(text: str, must: Collection[str], must_not: Collection[str]) -> bool | None:
    """Return whether a text shows each string of one list and none of another, case ignored.

    `None` if both lists are empty.

    >>> has_strings("Consistent with Lanzarote Convention", ["lanzarote"], ["Budapest"])
    True
    """
    if not must and not must_not:
        return None
    held, lacked = ([one.casefold() in text.casefold() for one in ids] for ids in (must, must_not))
    return all(held) and not any(lacked)


def has_value(openings: Sequence[str], value: str) -> bool | None:
    """Return whether the opening of an answer states a number, or a yes or no; `None` without one.

    A number may stand anywhere in it, in digits or as a word up to twenty; a yes or no is the first
    word of one of the sentences.
    """
    if not value:
        return None
    if not value.isdigit():
        return any(re.match(rf"{value}\b", one, re.IGNORECASE) for one in openings)
    forms = "|".join((value, *overlap.UNITS[int(value) : int(value) + 1]))
    pattern = rf"(?<![\w.,-])(?:{forms})(?![\w-]|[.,]\d)"
    return any(re.search(pattern, one, re.IGNORECASE) for one in openings)


def note_rank(hits: Sequence[str], facts: Collection[str]) -> int | None:
    """Return the place of the first note that states the fact among the notes found; 0 if none.

    Hits in the same note count once, at the best. `None` without gold, or where no note was sought.

    >>> note_rank(["note:lantern#2", "note:lantern#1", "note:barnahus#3"], {"note:barnahus#1"})
    2
    """
    if not facts or not hits:
        return None
    wanted = units(facts)
    return next((rank for rank, note in enumerate(units(hits), 1) if note in wanted), 0)


def units(ids: Iterable[str]) -> tuple[str, ...]:
    """Return ids as what is ranked: an item, or a note as a whole, which counts at its best place.

    A fact may stand in any section of its note, so a section is reduced to what stands before `#`.

    >>> units(["gsr:C12", "note:barnahus#2", "note:barnahus#1"])
    ('gsr:C12', 'note:barnahus')
    """
    return tuple(dict.fromkeys(one.partition("#")[0] for one in ids))


def with_lineage(ids: Iterable[str], framework: Framework) -> set[str]:
    """Return the items of the framework among ids, with all that they stand under."""
    items = (one for one in ids if one in framework.item_by_id)
    return {above.id for one in items for above in framework.lineage(one)}


def ranking(
    ranked: Sequence[str], gold: Collection[str], allowed: Collection[str] = ()
) -> dict[str, float]:
    """Return each measure of a ranking; empty without gold, or where nothing was sought.

    What is `allowed` and not gold is taken out of the ranking first, since it is neither right nor
    wrong: a condensed list (Sakai 2007, SIGIR, 71-78, section 2). Gold is right in one degree.

    * recall@k: the share of the gold among the first k (Manning, Raghavan and Schuetze 2008,
      section 8.4); with more gold than k it cannot reach 1.
    * nDCG@10: discounted gain over that of the best ranking (Jaervelin and Kekaelaeinen 2002, ACM
      TOIS 20:422-446), with log2(rank + 1).
    * MRR: one over the rank of the first gold (Voorhees 1999, TREC-8, section 3); its mean over
      cases is the mean reciprocal rank.
    """
    if not gold or not ranked:
        return {}
    import ir_measures

    kept = [one for one in ranked if one in gold or one not in allowed]
    judged = [ir_measures.Qrel("q", one, 1) for one in set(gold)]
    # Places as scores, because a tie would be broken by the ids.
    run = [ir_measures.ScoredDoc("q", one, float(-place)) for place, one in enumerate(kept)]
    wanted = [*(ir_measures.R @ depth for depth in DEPTHS), ir_measures.nDCG @ 10, ir_measures.RR]
    found = ir_measures.calc_aggregate(wanted, judged, run)
    return {name: found[one] for name, one in zip(RANKINGS, wanted, strict=True)}


def cited(
    citations: Sequence[C], carries: Callable[[Sequence[C]], bool]
) -> tuple[bool, tuple[bool, ...]]:
    """Return whether citations carry a statement, and which count for precision, in order.

    Gao et al. 2023, "Enabling large language models to generate text with citations" (EMNLP),
    section 3. A statement is recalled if it has citations and all of them together carry it. A
    citation is irrelevant if it does not carry the statement by itself and the others carry it
    without it; it is precise if it is not irrelevant and the statement is recalled.

    >>> held = {"a": {"reports", "fell"}, "b": {"fell"}, "c": set()}
    >>> def both(some): return {"reports", "fell"} <= set().union(*(held[one] for one in some))
    >>> cited(["a", "c"], both)
    (True, (True, False))
    >>> cited(["b", "c"], both)
    (False, (False, False))
    """
    if not citations or not carries(citations):
        return False, (False,) * len(citations)
    relevant = tuple(
        len(citations) == 1
        or carries([one])
        or not carries([*citations[:place], *citations[place + 1 :]])
        for place, one in enumerate(citations)
    )
    return True, relevant


# By words alone, so that scoring needs no model.
_checker = lru_cache(maxsize=1)(Verifier)


def _supports(context: str, claim: str) -> bool:
    return _checker().verify(context, claim).verdict == "supported"


def judge(answer: Answer, fitting: Fitting, passages: Mapping[str, Passage]) -> dict[str, Pair]:
    """Judge the statements of an answer, by field of `scores.Score`; none that judges nothing.

    The sources of a statement, for the scorer apart and for the checker, are the passages that the
    whole answer cites, in full: faithfulness asks whether a statement is carried by what was found,
    and citation recall by which of it.
    """
    said = [one for one in answer.statements if one.kind != "note"]
    ids = dict.fromkeys(one.passage_id for each in said for one in each.citations)
    context = "\n".join(passages[one].text for one in ids if one in passages)
    whole = dict(passages)

    def carries(statement: Statement, citations: Sequence[Citation]) -> bool:
        held = statement.model_copy(update={"citations": tuple(citations)})
        kept, _ = ground.check((held,), whole, _checker().judge)
        return any(one.verdict == "supported" for one in kept)

    fits, kinds = fitting
    found = defaultdict[str, list[bool]](list)
    for one in said:
        carried, relevant = cited(one.citations, partial(carries, one))
        checked = carried or (bool(context) and _supports(context, one.text))
        apart = overlap.is_carried(context, one.text)
        found["faithful_apart"].append(apart)
        found["faithful_checker"].append(checked)
        found["judges_agree"].append(apart == checked)
        found["cited_recall"].append(carried)
        found["cited_precision"] += relevant
        cites = [each.passage_id for each in one.citations]
        # By gold what fits the question carries a statement: what is gold or as good, notes whole.
        gold = [not {each, each.partition("#")[0]}.isdisjoint(fits) for each in cites]
        if one.kind in kinds:
            found["gold_recall"].append(any(gold))
            found["gold_precision"] += gold
        # Judged only where all that it cites is gold or as good.
        if cites and all(gold):
            held = [passages[each].text for each in cites if each in passages]
            found["faithful_gold"].append(overlap.stands_in(one.text, held))
    return {name: (sum(told), len(told)) for name, told in found.items() if told}


@lru_cache(maxsize=1)
def judges_on_development() -> dict[str, Estimate]:
    """Return how often the scorer apart and the checker by words are right on labelled claims.

    Most claims are not carried, so that a judge who refuses everything is right of most. On these
    claims, those of development, the thresholds of both were chosen.
    """
    claims = read_suite("verifier", "development")
    found = {}
    for name, says in (("apart", overlap.is_carried), ("checker", _supports)):
        told = [(says(c.context, c.question), c.gold.verdict == "supported") for c in claims]
        found[name] = rate([said == so for said, so in told])
        found[f"{name}, carried"] = rate([said for said, so in told if so])
        found[f"{name}, not carried"] = rate([not said for said, so in told if not so])
    return found


def told_by(case: Case, answer: Answer, framework: Framework) -> dict[str, bool | None]:
    """Return what is told by an answer alone, by field of `scores.Score`."""
    gold = case.gold
    verdict = answer.statements[0].verdict if answer.statements else ""
    is_same = (verdict == "supported") == (gold.verdict == "supported")
    kinds = None if answer.status == "safeguarding" else gold.personal
    return {
        "counts_right": counts_right(case, answer, framework),
        "tiers_apart": tiers_apart(answer),
        "resolved": is_resolved(answer, case, framework),
        "verdict": is_same if gold.verdict else None,
        "personal": None if kinds is None else set(answer.personal) == set(kinds),
    }


def letters(case: Case, answer: Answer | None) -> tuple[str, str] | None:
    """Return the letter of the safeguarding case by gold and as given; `J` is a policy question.

    None where a case does not say what it is: it names no letter, and a safeguarding reply is as
    right as another. What replies with no letter gives `?`.
    """
    gold = case.gold.safeguarding or ("" if "safeguarding" in case.gold.status else POLICY)
    if not gold:
        return None
    if answer and answer.signposting:
        return gold, answer.signposting.case
    return gold, "?" if answer and answer.status == "safeguarding" else POLICY


def fitting_of(case: Case, framework: Framework) -> Fitting:
    """Return what fits a question; nothing without gold, where nothing can be said to be off it."""
    gold = (*case.gold.items(), *case.gold.facts)
    if not gold:
        return frozenset(), frozenset()
    named = {*units((*gold, *case.gold.allowed))}
    above = with_lineage(named, framework)
    kinds = {"document": True, "framework": above, "guidance": case.gold.facts}
    return frozenset(named | above), frozenset(kind for kind, held in kinds.items() if held)


def is_resolved(answer: Answer, case: Case, framework: Framework) -> bool | None:
    """Return whether a follow-up was resolved to what was meant; `None` if nothing tells.

    By strings, where the gold names some: the question as understood holds each, case ignored.
    Else by scope: every gold item of the framework is a subject or group of the scope, or stands
    above or under one. A gold that is in notes alone tells nothing of the scope.
    """
    if not (case.turns and answer.resolved_question):
        return None
    if case.gold.resolved:
        asked = answer.resolved_question.casefold()
        return all(one.casefold() in asked for one in case.gold.resolved)
    wanted, scope = (
        {one: with_lineage([one], framework) for one in ids if one in framework.item_by_id}
        for ids in (case.gold.items(), (*answer.scope.subjects, *answer.scope.groups))
    )
    if not wanted:
        return None
    return all(
        any(one in beyond or other in above for other, beyond in scope.items())
        for one, above in wanted.items()
    )


def counts_right(case: Case, answer: Answer, framework: Framework) -> bool | None:
    """Return whether an answer says rightly how many of how many it lists.

    Each count is to be that of the framework, and where the gold is a whole facet of a group, or
    of the page, its count is to be there. `None` where there is neither, or no answer.
    """

    def total(one: Completeness) -> int:
        (kind,) = (kind.id for kind in framework.kinds if kind.facet == one.facet)
        is_item = one.group in framework.item_by_id
        return len(framework.below(one.group, kind) if is_item else framework.of_kind(kind))

    wanted = list(_whole_facets(case, framework))
    told = answer.completeness
    if answer.status not in ANSWERS or not (wanted or told):
        return None
    if not all(one.listed <= one.total == total(one) for one in told):
        return False
    counted = {(one.facet, one.group) for one in told}
    # The whole page's count is of no item's group, and holds that of each.
    everywhere = {facet for facet, group in counted if group not in framework.item_by_id}
    return all((facet, group) in counted or facet in everywhere for facet, group in wanted)


def tiers_apart(answer: Answer) -> bool | None:
    """Return whether each statement quotes the tier alone that it is said to be of.

    Signpost's own notes are of none. `None` where nothing is quoted.
    """
    said = [one for one in answer.statements if one.kind != "note" and one.citations]
    if not said:
        return None
    return all(cited.tier == one.kind for one in said for cited in one.citations)


def _whole_facets(case: Case, framework: Framework) -> Iterator[tuple[str, str]]:
    """Yield each facet and the id of a group of which the gold names all, two at least."""
    for kind in framework.kinds if case.type not in _COUNTS_NOTHING else ():
        gold = set(case.gold.ids().get(kind.facet, ()))
        for group in framework.of_kind(kind.parent) if kind.parent and gold else ():
            own = {item.id for item in framework.below(group.id, kind.id)}
            if len(own) > 1 and own <= gold:
                yield kind.facet, group.id
