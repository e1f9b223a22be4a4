import re

import pytest

from assistant.answering.narrowing import FILTERED, Narrowing, choices_of, names_of, pillar_id
from assistant.errors import QuestionError
from assistant.records import NO_FILTERS, Filters, Question
from evals.cases.suites import read_suite
from tests.assistant.conftest import noted, quoted, told

EXAMPLE = "What outcomes and partners relate to victim identity protection?"


@pytest.fixture(scope="module")
def narrowed(assistant):
    def ask(text, **filters):
        return assistant.ask(Question(text=text, filters=Filters.model_validate(filters)))

    return ask


def test_filters_are_recorded_and_change_nothing_where_they_hold_the_whole_answer(narrowed):
    assert narrowed(EXAMPLE, pillars=("gsr:P3",)).filters == Filters(pillars=("gsr:P3",))
    assert narrowed(EXAMPLE).filters == NO_FILTERS
    wide = {"pillars": ("gsr:P3",), "facets": ("capabilities", "outcomes", "partners")}
    whole, kept = narrowed(EXAMPLE), narrowed(EXAMPLE, **wide, tiers=("framework",))
    assert kept.statements == whole.statements
    assert (kept.status, kept.completeness) == ("answered", whole.completeness)


def test_what_is_left_is_answered_and_what_is_left_out_is_told(narrowed):
    answer = narrowed(EXAMPLE, facets=("outcomes",))
    assert (answer.status, answer.reason) == ("partial", FILTERED)
    assert told(answer) == {"outcomes of P3": (5, 5)}
    assert quoted(answer.statements) == ["P3-O4", "P3-O1", "P3-O2", "P3-O3", "P3-O5"]
    assert re.search("filters.*partners", noted(answer.statements))
    answer = narrowed("Tell me about pillar 3.", facets=("partners",), tiers=("framework",))
    assert answer.status == "answered"
    assert told(answer) == {"partners of P3": (1, 1)}
    assert quoted(answer.statements) == ["P3-W1"]
    answer = narrowed("List all outcomes.", pillars=("gsr:P3", "gsr:P1"))
    assert told(answer) == {"outcomes of P1": (8, 8), "outcomes of P3": (5, 5)}
    assert answer.status == "answered"
    counted = narrowed("How many partners are there?", pillars=("gsr:P3",))
    assert "1 partner for pillar 3" in noted(counted.statements)


def test_what_another_pillar_or_tier_answers_is_told_to_be_filtered_and_not_lacking(narrowed):
    answer = narrowed(EXAMPLE, pillars=("gsr:P2",))
    assert (answer.status, answer.reason) == ("not_covered", FILTERED)
    assert answer.hits == answer.nearest == ()
    assert re.search(r"\(pillar 2\).*pillar 3 \(Victim support", noted(answer.statements), re.S)
    answer = narrowed("When did the Lanzarote Convention enter into force?", tiers=("framework",))
    assert (answer.status, answer.reason) == ("not_covered", FILTERED)
    assert "guidance notes" in noted(answer.statements)
    answer = narrowed("What does CSEA stand for?", tiers=("framework",))
    assert (answer.status, answer.reason) == ("not_covered", FILTERED)
    whole = narrowed(text := "Which footballer won the cup in 2019?")
    answer = narrowed(text, pillars=("gsr:P5",))
    assert (answer.status, answer.reason) == (whole.status, whole.reason)
    assert (whole.status, whole.reason) == ("not_covered", "coverage_gap")
    assert answer.reason != FILTERED
    text = "Who runs Project Arachnid?"
    assert narrowed(text).status == "answered"
    assert narrowed(text, pillars=("gsr:P5",)).reason == FILTERED


@pytest.mark.parametrize(
    "text",
    ["Which pillar has the most outcomes?", "Compare pillar 1 and pillar 4.", "List all pillars."],
)
def test_what_takes_all_pillars_is_not_answered_from_one(narrowed, text):
    answer = narrowed(text, pillars=("gsr:P4",), tiers=("framework",))
    shown = {one.passage_id for said in answer.statements for one in said.citations}
    assert answer.reason == FILTERED or shown == {"gsr:P4"}


def test_an_audience_narrows_notes_and_leaves_the_framework(narrowed, assistant):
    answer = narrowed("Tell me about victim identity protection.", audience="evaluator")
    assert quoted(answer.statements)[:1] == ["C12"]
    told = [one.citations[0].passage_id for one in answer.statements if one.kind == "guidance"]
    assert all("audience:evaluator" in assistant.corpus.passage(one).facets for one in told)


def test_triage_comes_before_any_filter(narrowed):
    text = "My uncle hurts me at night and I am scared. Please help me."
    answer = narrowed(text, pillars=("no such pillar",), audience="nobody")
    assert answer.status == "safeguarding"
    assert (answer.signposting, answer.question) != (None, text)
    assert answer.filters == NO_FILTERS


def test_follow_ups_work_under_filters(assistant):
    only = Filters(tiers=("framework",), facets=("partners",))
    answer = assistant.ask(Question(text="And its partners?", turns=(EXAMPLE,), filters=only))
    assert told(answer) == {"partners of P3": (1, 1)}
    # The turn before is outside the filter, and still tells what `its` stands for.
    only = Filters(pillars=("gsr:P2",))
    answer = assistant.ask(Question(text="And its partners?", turns=(EXAMPLE,), filters=only))
    assert (answer.status, answer.reason) == ("not_covered", FILTERED)
    assert "pillar 3" in noted(answer.statements)


@pytest.mark.parametrize(
    ("filters", "choices"),
    [
        ({"pillars": ("gsr:P9",)}, "gsr:P6 (Research and insight)"),
        ({"facets": ("prices",)}, "outcomes, partners"),
        ({"tiers": ("document",)}, "framework and guidance"),
        ({"audience": "king"}, "officer, trainer and evaluator"),
    ],
)
def test_a_filter_by_what_is_not_there_is_told_what_is(narrowed, assistant, filters, choices):
    with pytest.raises(QuestionError, match=r"^There is no such [^.]*\.$") as refused:
        narrowed(EXAMPLE, **filters)
    assert choices in str(refused.value)
    with pytest.raises(QuestionError):
        assistant.find(EXAMPLE, 5, (), Filters.model_validate(filters))


def test_pillars_are_named_by_number_or_id_and_all_that_filters_may_name_is_accepted(assistant):
    framework = assistant.framework
    assert {pillar_id(one, framework) for one in ("3", "P3", "gsr:P3", " p3 ")} == {"gsr:P3"}
    assert pillar_id("12", framework) == "12"
    found = choices_of(assistant.framework, assistant.corpus)
    for audience in found["audience"]:
        only = Filters.model_validate(found | {"audience": audience})
        assert Narrowing(only, assistant.framework, assistant.corpus).any
        assert len(names_of(only, assistant.corpus)) == sum(map(len, found.values())) - 2


# Properties over the development cases, by a predicate of their own.

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


def _development():
    names = ("framework-dev", "guidance-dev", "answers-dev")
    cases = [case for name in names for case in read_suite(name)]
    return [case for case in cases if case.split == "development"][::24]


def test_no_answer_shows_what_its_filters_leave_out(assistant):
    by_id = assistant.corpus.by_id
    cases = _development()
    answered = hidden = 0
    for number, case in enumerate(cases):
        only = FILTERS[number % len(FILTERS)]
        question = Question(text=case.question, turns=case.turns)
        whole = assistant.ask(question)
        answer = assistant.ask(question.model_copy(update={"filters": only}))
        cited = {one.passage_id for said in answer.statements for one in said.citations}
        for said in answer.statements:
            ids = [by_id[one.passage_id] for one in said.citations]
            assert all(_is_left(one, only, assistant, listed=False) for one in ids)
            if said.kind != "note":
                assert any(_is_left(one, only, assistant, listed=True) for one in ids)
        for hit in answer.hits:
            listed = hit.passage_id not in cited
            assert _is_left(by_id[hit.passage_id], only, assistant, listed=listed)
        for near in answer.nearest:
            assert _is_left(by_id[near.passage_id], only, assistant, listed=True)
        assert all(not only.facets or one.facet in only.facets for one in answer.completeness)
        assert (answer.status == "answered") == (not answer.reason)
        # What the corpus answers is never said to be lacking.
        given = whole.status in ("answered", "partial") and not whole.is_closest
        if given and answer.status == "not_covered":
            hidden += 1
            assert answer.reason == FILTERED
        answered += answer.status == "answered"
    assert len(cases) > 30
    assert min(answered, hidden) > 2


def test_a_search_finds_what_is_left_and_as_many(assistant):
    by_id = assistant.corpus.by_id
    for only in FILTERS:
        hits = assistant.find("How are victims identified and protected?", 10, (), only).hits
        assert len(hits) == 10
        assert all(_is_left(by_id[hit.passage_id], only, assistant, listed=True) for hit in hits)
        assert any("dense" in hit.ranks for hit in hits)
