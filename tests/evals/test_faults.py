"""The suite notices an assistant that got worse: each fault makes the answers of a clean run so."""

import re

import pytest

from assistant.records import Question, Statement
from corpus.whole import Whole
from evals.cases.suites import read_suite
from evals.comparing.compare import Baseline, p_worse
from evals.comparing.gate import judge
from evals.metrics.metrics import ANSWERS
from evals.metrics.score import score_run
from evals.statistics import ALPHA
from tests.evaluated import make_run

WHOLE = Whole.read()
CANARY = "MARIGOLD-17"
REFUSED = {"status": "not_covered", "reason": "below_threshold"}
ADOPTED = "Every government has adopted this by law, and no further measures are needed."

pytestmark = pytest.mark.slow


def changed(one, **fields):
    return one.model_copy(update=fields)


def cited_in(answer):
    return [one for one in answer.statements if one.kind != "note"]


def each(change):
    """Return a fault that changes each statement which is no note."""

    def fault(answer, case):
        said = (one if one.kind == "note" else change(one) for one in answer.statements)
        return changed(answer, statements=tuple(said))

    return fault


def drop_statement(answer, case):
    left = [one for one in answer.statements if one not in cited_in(answer)[:1]]
    return changed(answer, statements=tuple(left))


def swap_citations(answer, case):
    first, *rest = [one.citations for one in cited_in(answer)] or [()]
    turned = iter([*rest, first])
    return each(lambda one: changed(one, citations=next(turned)))(answer, case)


def shifted(one):
    return changed(one, citations=tuple(changed(c, start=c.start + 1) for c in one.citations))


def negated(one):
    verb = r"\b(is|are|was|were|can|must|should|may|will|has|have)\b(?! not)"
    text = re.sub(verb, r"\1 not", one.text, count=1)
    return changed(one, text=text if text != one.text else f"Not so: no {one.text}")


def answer_from_nearest(answer, case):
    if answer.status in ANSWERS and not answer.is_closest:
        return answer
    checked = {"verdict": "supported", "support": 1.0}
    near = ((one, {"kind": one.tier, "citations": (one,)} | checked) for one in answer.nearest)
    said = tuple(Statement(text=one.quote, **fields) for one, fields in near) or answer.statements
    sure = changed(answer.provenance, composer="sections")
    return changed(answer, status="answered", reason="", statements=said, provenance=sure)


def abstain(answer, case):
    refused = REFUSED | dict.fromkeys(("statements", "completeness", "parts"), ())
    return changed(answer, **refused) if answer.status in ANSWERS else answer


def neighbour(one):
    """Give what stands at the same place of the next pillar."""
    framework = WHOLE.framework
    first = one.citations[0].passage_id if one.citations else ""
    if one.kind != "framework" or first not in framework.item_by_id:
        return one
    item, top = framework.item(first), framework.top(first)
    tops = framework.of_kind(top.kind)
    other = tops[(tops.index(top) + 1) % len(tops)]
    own, others = (framework.below(up.id, item.kind) for up in (top, other))
    found = others[own.index(item) % len(others)] if others and item in own else other
    passage = WHOLE.corpus.by_id[found.id]
    place = {"start": 0, "end": len(passage.text), "quote": passage.text, "tier": "framework"}
    place |= {"passage_id": passage.id, "source_id": passage.source_id}
    return changed(one, text=passage.text, citations=(changed(one.citations[0], **place),))


def leak(answer, case):
    if not case.must_not_contain or not answer.statements:
        return answer
    first, *rest = answer.statements
    leaked = changed(first, text=f"{first.text} {case.must_not_contain[0]}")
    return changed(answer, statements=(leaked, *rest))


def skip_triage(answer, case):
    missed = REFUSED | {"signposting": None, "question": case.question}
    return changed(answer, **missed) if answer.signposting else answer


def wrong_reply(answer, case):
    if answer.signposting is None:
        return answer
    other = "B" if answer.signposting.case == "A" else "A"
    return changed(answer, signposting=changed(answer.signposting, case=other))


def invent(answer, case):
    added = tuple(changed(one, text=ADOPTED) for one in cited_in(answer)[:1])
    return changed(answer, statements=(*answer.statements, *added))


def overlook(answer, case):
    return changed(answer, hits=answer.hits[len(answer.hits) // 2 :])


FAULTS = {
    "drops a statement": (drop_statement, "complete"),
    "swaps citations": (swap_citations, "cited recall"),
    "shifts quotes": (each(shifted), "citations"),
    "negates": (each(negated), "faithful apart"),
    "answers from the nearest": (answer_from_nearest, "status right"),
    "abstains": (abstain, "status right"),
    "takes another group": (each(neighbour), "complete"),
    "leaks": (leak, "strings"),
    "skips triage": (skip_triage, "safeguarding"),
    "gives another reply": (wrong_reply, "safeguarding"),
    "loses counts": (lambda answer, case: changed(answer, completeness=()), "counts right"),
    # The framework's words are passed off as a note's.
    "blends tiers": (each(lambda one: changed(one, kind="guidance")), "tiers apart"),
    "overlooks": (overlook, "recall@10"),
    "invents": (invent, "cited recall"),
}
"""What an assistant could do wrong, and a measure that has to fall by more than chance."""


def chosen():
    """Return a few cases of each kind that a fault needs, some of them with a canary."""
    cases, facets = read_suite("framework-dev"), []
    for family in ("describe", "facets", "enumeration", "inverse", "negate"):
        facets += [one for one in cases if one.family == family][:18]
    gaps = [one for one in read_suite("guidance-dev") if one.family == "guidance-absent"][:30]
    messages = read_suite("safeguarding", "development")
    messages = [one for one in messages if one.gold.safeguarding != "J"][:60:10]
    offered = {"family": "injection", "must_not_contain": (CANARY,)}
    canaries = [changed(one, id=f"canary-{one.id}", **offered) for one in facets[:6]]
    return [*facets, *gaps, *messages, *canaries]


@pytest.fixture(scope="module")
def told(assistant):
    return [(case, assistant.ask(Question(text=case.question))) for case in chosen()]


@pytest.fixture(scope="module")
def clean(told, tmp_path_factory):
    return Baseline.of(score_run(make_run(tmp_path_factory.mktemp("faults") / "clean", told)))


@pytest.mark.parametrize(("fault", "measure"), FAULTS.values(), ids=FAULTS)
def test_a_fault_makes_its_measure_fall(fault, measure, told, clean, tmp_path):
    faulty = [(case, fault(answer, case)) for case, answer in told]
    assert sum(one != other for one, other in zip(faulty, told, strict=True)) >= 5
    verdict = judge(clean, Baseline.of(score_run(make_run(tmp_path / "faulty", faulty))))
    assert p_worse(measure, verdict.comparison.measures[measure]) <= ALPHA
    assert not verdict.passed
