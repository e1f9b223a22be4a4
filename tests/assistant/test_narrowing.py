import re

import pytest

from assistant.answering.narrowing import FILTERED
from assistant.errors import QuestionError
from assistant.records import NO_FILTERS, Filters, Question, cited_in
from evals.cases.suites import read_suite
from tests.assistant.conftest import noted, quoted, told

EXAMPLE = "What outcomes and partners relate to victim identity protection?"


@pytest.fixture
def narrowed(assistant):
    return lambda text, *turns, **filters: assistant.ask(
        Question(text=text, turns=turns, filters=filters)
    )


def test_filters_are_recorded_and_change_nothing_where_they_hold_the_whole_answer(narrowed):
    whole = narrowed(EXAMPLE)
    only = {"pillars": ("gsr:P3",), "facets": ("capabilities", "outcomes", "partners")}
    kept = narrowed(EXAMPLE, **only, tiers=("framework",))
    assert (whole.filters, kept.filters.pillars) == (NO_FILTERS, ("gsr:P3",))
    assert kept.statements == whole.statements
    assert (kept.status, kept.completeness) == ("answered", whole.completeness)


def test_what_is_left_is_answered_and_what_is_left_out_is_told(narrowed):
    answer = narrowed(EXAMPLE, facets=("outcomes",))
    assert (answer.status, answer.reason) == ("partial", FILTERED)
    assert told(answer) == {"outcomes of P3": (5, 5)}
    assert quoted(answer.statements) == ["P3-O4", "P3-O1", "P3-O2", "P3-O3", "P3-O5"]
    assert re.search("filters.*partners", noted(answer.statements))
    answer = narrowed("Tell me about pillar 3.", facets=("partners",), tiers=("framework",))
    assert (answer.status, told(answer)) == ("answered", {"partners of P3": (1, 1)})
    assert quoted(answer.statements) == ["P3-W1"]
    answer = narrowed("List all outcomes.", pillars=("gsr:P3", "gsr:P1"))
    assert told(answer) == {"outcomes of P1": (8, 8), "outcomes of P3": (5, 5)}
    counted = narrowed("How many partners are there?", pillars=("gsr:P3",))
    assert "1 partner for pillar 3" in noted(counted.statements)


def test_what_another_pillar_or_tier_answers_is_told_to_be_filtered_and_not_lacking(narrowed):
    answer = narrowed(EXAMPLE, pillars=("gsr:P2",))
    assert (answer.status, answer.reason) == ("not_covered", FILTERED)
    assert answer.hits == answer.nearest == ()
    assert re.search(r"\(pillar 2\).*pillar 3 \(Victim support", noted(answer.statements), re.S)
    for text in (
        "When did the Lanzarote Convention enter into force?",
        "What does CSEA stand for?",
    ):
        answer = narrowed(text, tiers=("framework",))
        assert (answer.status, answer.reason) == ("not_covered", FILTERED)
        assert "guidance notes" in noted(answer.statements)
    answer = narrowed("Which pillar has the most outcomes?", pillars=("gsr:P4",))
    assert answer.reason == FILTERED
    answer = narrowed("Which footballer won the cup in 2019?", pillars=("gsr:P5",))
    assert (answer.status, answer.reason) == ("not_covered", "coverage_gap")


def test_triage_comes_before_any_filter(narrowed):
    text = "My uncle hurts me at night and I am scared. Please help me."
    answer = narrowed(text, pillars=("no such pillar",), audience="nobody")
    assert answer.status == "safeguarding"
    assert (answer.signposting, answer.question) != (None, text)
    assert answer.filters == NO_FILTERS


def test_follow_ups_work_under_filters_also_where_the_turn_before_is_outside_them(narrowed):
    said = ("And its partners?", EXAMPLE)
    answer = narrowed(*said, tiers=("framework",), facets=("partners",))
    assert told(answer) == {"partners of P3": (1, 1)}
    answer = narrowed(*said, pillars=("gsr:P2",))
    assert (answer.status, answer.reason) == ("not_covered", FILTERED)
    assert "pillar 3" in noted(answer.statements)


def test_a_filter_by_what_is_not_there_is_told_what_is(narrowed, assistant):
    for filters, choices in (
        ({"pillars": ("gsr:P9",)}, "gsr:P6 (Research and insight)"),
        ({"facets": ("prices",)}, "outcomes, partners"),
        ({"tiers": ("document",)}, "framework and guidance"),
        ({"audience": "king"}, "officer, trainer and evaluator"),
    ):
        with pytest.raises(QuestionError, match=r"^There is no such [^.]*\.$") as refused:
            narrowed(EXAMPLE, **filters)
        assert choices in str(refused.value)
        with pytest.raises(QuestionError):
            assistant.find(EXAMPLE, 5, (), Filters.model_validate(filters))


FILTERS = (
    Filters(pillars=("gsr:P3",)),
    Filters(tiers=("framework",), facets=("outcomes",)),
    Filters(pillars=("gsr:P1", "gsr:P4"), tiers=("guidance",), audience="trainer"),
    Filters(facets=("partners", "capabilities"), audience="evaluator"),
)


def _is_left(passage, only, assistant, *, listed):
    facets, framework = passage.facets, assistant.framework
    framed = facets["tier"] == "framework"
    about = [key.removeprefix("about:") for key in facets if key.startswith("about:")]
    tops = {framework.top(one).id for one in ([passage.id] if framed else about)}
    kind = framework.kind_by_id[framework.item(passage.id).kind].facet if framed else ""
    heard = framed or facets["kind"] == "term" or f"audience:{only.audience}" in facets
    return (
        (not only.tiers or facets["tier"] in only.tiers)
        and (not only.pillars or bool(tops & set(only.pillars)))
        and (not only.audience or heard)
        and (not (listed and framed and only.facets) or kind in only.facets)
    )


def test_no_answer_shows_what_its_filters_leave_out(assistant):
    by_id, answered, hidden = assistant.corpus.by_id, 0, 0
    names = ("framework-dev", "guidance-dev", "answers-dev")
    cases = [case for name in names for case in read_suite(name) if case.split == "development"]
    for number, case in enumerate(cases[::80]):
        only = FILTERS[number % len(FILTERS)]

        def left(*ids, listed=True, only=only):
            return [_is_left(by_id[one], only, assistant, listed=listed) for one in ids]

        question = Question(text=case.question, turns=case.turns)
        whole = assistant.ask(question)
        answer = assistant.ask(question.model_copy(update={"filters": only}))
        for said in answer.statements:
            ids = [one.passage_id for one in said.citations]
            assert all(left(*ids, listed=False))
            assert said.kind == "note" or any(left(*ids))
        cited = {*cited_in(answer.statements)}
        for hit in answer.hits:
            assert all(left(hit.passage_id, listed=hit.passage_id not in cited))
        assert all(left(*(one.passage_id for one in answer.nearest)))
        assert all(not only.facets or one.facet in only.facets for one in answer.completeness)
        assert (answer.status == "answered") == (not answer.reason)
        # What the corpus answers is never said to be lacking.
        given = whole.status in ("answered", "partial") and not whole.is_closest
        if given and answer.status == "not_covered":
            hidden += 1
            assert answer.reason == FILTERED
        answered += answer.status == "answered"
    assert min(answered, hidden) > 2
