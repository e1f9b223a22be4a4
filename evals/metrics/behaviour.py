"""How an answer behaves beside its facets: faithfulness, follow-up, safeguarding, evidence.

Whether statements say what the sources say is told by gold, by a scorer apart, and by the checker;
and whether their citations carry them by recall and precision, by ALCE's definition. Signpost's own
sentences about the structure, of kind `note`, quote nothing and are left out. The checker filtered
the answers of Signpost itself, so what it says of them is true by construction; of another system's
answers it is not.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import NamedTuple, TypeVar

from assistant.citing import ground
from assistant.citing.verifier import Verifier
from assistant.records import Answer, Citation, Completeness, Statement
from corpus.passage import Passage
from corpus.structure.graph import Framework, Item, Kind
from evals.cases.case import Case
from evals.cases.suites import read_ground_cases
from evals.metrics import metrics, overlap
from evals.metrics.scores import Pair
from evals.statistics import Estimate, rate

C = TypeVar("C")

_POLICY = "J"

Fitting = tuple[frozenset[str], frozenset[str]]
"""What fits a question by its gold: ids of the gold, what is allowed, and what they stand under,
notes whole; and kinds of statement that are judged by it: guidance beside an answer only where
there is gold in guidance, the framework's words only where a case names some of its items."""

_COUNTS_NOTHING = frozenset({"inverse", "negate", "verify"})
"""Operations that pick items by what holds of them, so that none of a group is left to count."""


class Cited(NamedTuple):
    """What the citations of one statement are worth."""

    carried: bool
    relevant: tuple[bool, ...]
    """Whether all of them together carry the statement, its citation recall, and whether each
    counts for citation precision, in order."""


def cited(citations: Sequence[C], carries: Callable[[Sequence[C]], bool]) -> Cited:
    """Judge the citations of a statement.

    Gao et al. 2023, "Enabling large language models to generate text with citations" (EMNLP),
    section 3. A statement is recalled if it has citations and all of them together carry it. A
    citation is irrelevant if it does not carry the statement by itself and the others carry it
    without it; it is precise if it is not irrelevant and the statement is recalled.

    >>> held = {"a": {"reports", "fell"}, "b": {"fell"}, "c": set()}
    >>> def both(some): return {"reports", "fell"} <= set().union(*(held[one] for one in some))
    >>> cited(["a", "c"], both)
    Cited(carried=True, relevant=(True, False))
    >>> cited(["b", "c"], both)
    Cited(carried=False, relevant=(False, False))
    """
    if not citations or not carries(citations):
        return Cited(False, (False,) * len(citations))
    relevant = tuple(
        len(citations) == 1
        or carries([one])
        or not carries([*citations[:place], *citations[place + 1 :]])
        for place, one in enumerate(citations)
    )
    return Cited(True, relevant)


def by_gold(ids: Sequence[str], fitting: Collection[str]) -> Cited:
    """Judge a statement by gold in place of a checker: what fits the question carries it.

    A statement is recalled if one of its citations fits, and a citation is precise if it fits: if
    it is gold or as good, notes by what stands before `#`.

    >>> by_gold(["gsr:C12", "gsr:P1", "note:barnahus#2"], {"gsr:C12", "note:barnahus"})
    Cited(carried=True, relevant=(True, False, True))
    """
    fits = tuple(not {one, one.partition("#")[0]}.isdisjoint(fitting) for one in ids)
    return Cited(any(fits), fits)


@lru_cache(maxsize=1)
def _checker() -> Verifier:
    # By words alone, so that scoring needs no model.
    return Verifier.open()


def _supports(context: str, claim: str) -> bool:
    return _checker().verify(context, claim).verdict == "supported"


def judge(
    answer: Answer, fitting: Fitting, passages: Mapping[str, Passage]
) -> dict[str, Pair | None]:
    """Judge the statements of an answer, by field of `scores.Score`; `None` without any.

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
        kept, _ = ground.check((held,), whole, _checker())
        return any(one.verdict == "supported" for one in kept)

    by_quotes = [cited(one.citations, partial(carries, one)) for one in said]
    checked = [
        worth.carried or (bool(context) and _supports(context, one.text))
        for worth, one in zip(by_quotes, said, strict=True)
    ]
    apart = [overlap.is_carried(context, one.text) for one in said]
    fits, kinds = fitting
    stand, judged = [], []
    for statement in said:
        cites = [one.passage_id for one in statement.citations]
        worth = by_gold(cites, fits)
        if statement.kind in kinds:
            judged.append(worth)
        # Judged only where all that it cites is gold or as good.
        if cites and all(worth.relevant):
            held = [passages[one].text for one in cites if one in passages]
            stand.append(overlap.stands_in(statement.text, held))
    found = {
        "faithful_gold": stand,
        "faithful_apart": apart,
        "faithful_checker": checked,
        "judges_agree": [one == other for one, other in zip(apart, checked, strict=True)],
        "cited_recall": [one.carried for one in by_quotes],
        "cited_precision": [each for one in by_quotes for each in one.relevant],
        "gold_recall": [one.carried for one in judged],
        "gold_precision": [each for one in judged for each in one.relevant],
    }
    return {name: (sum(told), len(told)) if told else None for name, told in found.items()}


@lru_cache(maxsize=1)
def judges_on_development() -> dict[str, Estimate]:
    """Return how often the scorer apart and the checker by words are right on labelled claims.

    Of all, of those that are carried and of those that are not: most are not, so that a judge who
    refuses everything is right of most. The claims are those of development, on which the
    thresholds of both were chosen.
    """
    claims = read_ground_cases("development")
    found = {}
    for name, says in (("apart", overlap.is_carried), ("checker", _supports)):
        told = [(says(one.context, one.claim), one.verdict == "supported") for one in claims]
        found[name] = rate([said == so for said, so in told])
        found[f"{name}, carried"] = rate([said for said, so in told if so])
        found[f"{name}, not carried"] = rate([not said for said, so in told if not so])
    return found


def told_by(case: Case, answer: Answer, framework: Framework) -> dict[str, bool | None]:
    """Return what is told by an answer alone, by field of `scores.Score`."""
    gold = case.gold
    verdict = answer.statements[0].verdict if answer.statements else ""
    looked_at = gold.personal is not None and answer.status != "safeguarding"
    return {
        "counts_right": counts_right(case, answer, framework),
        "tiers_apart": tiers_apart(answer),
        "resolved": is_resolved(answer, case, framework),
        "verdict": (verdict == "supported") == (gold.verdict == "supported")
        if gold.verdict
        else None,
        "personal": set(answer.personal) == set(gold.personal or ()) if looked_at else None,
    }


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
        return frozenset(), frozenset()
    named = {one.partition("#")[0] for one in (*gold, *case.gold.allowed)}
    items = [one for one in named if one in framework.item_by_id]
    above = {item.id for one in items for item in framework.lineage(one)}
    kinds = {"document": True, "framework": items, "guidance": case.gold.facts}
    return frozenset(named | above), frozenset(kind for kind, held in kinds.items() if held)


def is_resolved(answer: Answer, case: Case, framework: Framework) -> bool | None:
    """Return whether a follow-up was resolved to what was meant; `None` if nothing tells.

    Nothing does without earlier turns, or where the answer keeps to itself how the question was
    understood.

    By strings, where the gold names some: the question as understood holds each, case ignored.
    Else by scope: every gold item of the framework is a subject or group of the scope, or stands
    above or under one. A gold that is in notes alone tells nothing of the scope.
    """
    if not (case.turns and answer.resolved_question):
        return None
    if case.gold.resolved:
        asked = answer.resolved_question.casefold()
        return all(one.casefold() in asked for one in case.gold.resolved)
    named = (*answer.scope.subjects, *answer.scope.groups)
    wanted, scope = (
        [one for one in ids if one in framework.item_by_id] for ids in (case.gold.items(), named)
    )
    if not wanted:
        return None
    above = {one: {item.id for item in framework.lineage(one)} for one in (*scope, *wanted)}
    return all(any(one in above[other] or other in above[one] for other in scope) for one in wanted)


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
    for kind in framework.kinds:
        gold = set(case.gold.ids().get(kind.facet, ()))
        for group in framework.of_kind(kind.parent) if kind.parent and gold else ():
            own = {item.id for item in framework.below(group.id, kind.id)}
            if len(own) > 1 and own <= gold:
                yield kind, group


def _total(one: Completeness, framework: Framework) -> int:
    (kind,) = (kind.id for kind in framework.kinds if kind.facet == one.facet)
    is_item = one.group in framework.item_by_id
    return len(framework.below(one.group, kind) if is_item else framework.of_kind(kind))
