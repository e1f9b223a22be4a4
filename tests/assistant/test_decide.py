import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.answerability import ANSWERED, BREADTH, SIGNS, TOPIC, Gate, Point, Weighing
from assistant.answering.decide import Judged, decide, judged
from assistant.answering.guidance import Told
from assistant.answering.precedents import LIKE
from assistant.answering.sections import FIGURES, PAIR
from assistant.answering.structured import COMPOSER as STRUCTURED
from assistant.answering.structured import EXTRACTIVE, NEAREST, Extractive
from assistant.citing.citations import cite, note
from assistant.draft import is_unanswered
from assistant.home import sha256_of_file
from assistant.records import CLOSEST, Draft, Hit, Question, Scope, Statement
from assistant.retrieval.encoder import WEIGHTS, precedents_path, tuned_path
from assistant.understanding.reading import Query
from corpus.whole import Whole
from tests.assistant.conftest import quoted
from tests.fakes import passage

PLACE = passage("n:1", "Ships wait.", facets={"tier": "guidance", "kind": "note"})
SAID = Statement(text="Ships wait.", kind="guidance", citations=(cite(PLACE),))
QUERY = Query(text="who waits", operation="explain")


def draft(**fields):
    base = {"status": "not_covered", "scope": Scope(), "composer": EXTRACTIVE}
    return Draft.model_validate(base | {"reason": "coverage_gap"} | fields)


def guidance(*, answers=False, near=True, unknown=(), nearest=()):
    told = Told(statements=(SAID,), unknown=unknown, nearest=nearest)
    return Judged(told, 0.7, answers=answers, near=near)


def test_what_guidance_answers_is_answered_and_what_is_near_shown_as_the_closest():
    made = decide(draft(), guidance(answers=True), QUERY, (), ())
    assert (made.status, made.reason, made.confidence) == ("answered", "", 0.7)
    assert made.statements == (SAID,)
    assert [hit.passage_id for hit in made.hits] == ["n:1"]
    made = decide(draft(), guidance(), QUERY, (), ())
    assert (made.status, made.reason, made.composer) == ("partial", "coverage_gap", CLOSEST)
    assert is_unanswered(made)
    assert [one.kind for one in made.statements] == ["note", "guidance"]
    made = decide(draft(), guidance(unknown=("Zebrafish",)), QUERY, (), ())
    assert "Zebrafish" in made.statements[0].text
    made = decide(draft(), guidance(near=False, nearest=(cite(PLACE),)), QUERY, (), ())
    assert (made.status, made.nearest) == ("not_covered", (cite(PLACE),))


@pytest.mark.parametrize("composer", [EXTRACTIVE, STRUCTURED])
def test_what_the_page_was_asked_and_lacks_is_never_answered_outright_by_notes(composer):
    asked = Query(text="does the page say who waits", operation="explain", of_page=True, polar=True)
    lacks = draft(composer=composer, statements=(note("No."),))
    made = decide(lacks, guidance(), asked, (), ())
    assert (made.status, made.statements[0].text) == ("not_covered", "No.")
    told = decide(lacks, guidance(answers=True), asked, (), ())
    assert (told.composer, told.statements[0].text, told.statements[1]) == (CLOSEST, "No.", SAID)


@pytest.mark.parametrize(("chance", "shown"), [(0.9, True), (0.1, False)])
def test_guidance_stands_beside_the_framework_where_it_likely_answers(chance, shown):
    framed = Statement(text="Wait.", kind="framework", citations=(cite(passage("f:1", "Wait.")),))
    given = draft(status="answered", reason="", statements=(framed,), composer=STRUCTURED)
    told = guidance()._replace(chance=chance)
    made = decide(given, told, QUERY.model_copy(update={"of_page": True}), (), ())
    assert made.status == "answered"
    assert made.statements[0] == framed
    assert (SAID in made.statements) == shown


def test_what_the_page_only_touches_on_is_shown_with_the_closest():
    framed = Statement(text="Wait.", kind="framework", citations=(cite(passage("f:1", "Wait.")),))
    given = draft(status="answered", reason="", statements=(framed,))
    made = decide(given, guidance(), QUERY, (), ())
    assert (made.status, made.composer) == ("partial", CLOSEST)
    assert {SAID, framed} <= set(made.statements)
    assert decide(given, guidance(answers=True), QUERY, (), ()).statements == (SAID,)


def gate(threshold):
    even = Weighing(weights={}, bias=0.0)
    signs = Weighing(weights={"score": (0.0, 1.0, 1.0)}, bias=0.0)
    answers = Weighing(weights={SIGNS: (0.0, 1.0, 1.0)}, bias=0.0)
    return Gate(
        signs=signs,
        answers=answers,
        field=even,
        field_threshold=0.5,
        curve=(Point(threshold=threshold, answered=1.0, false=0.0),),
        made_from={},
        threshold=threshold,
    )


def test_the_gate_tells_what_answers_by_its_threshold():
    told = Told(statements=(SAID,), figures={"score": 2.0})
    assert judged(told, gate(0.8)).answers
    assert not judged(told, gate(0.9)).answers
    assert judged(told, gate(0.9)).near
    assert not judged(Told(), gate(0.0)).answers


def test_a_question_is_of_the_field_by_its_own_words_as_well():
    even = gate(0.5).model_copy(
        update={
            "field": Weighing(weights={TOPIC: (0.0, 1.0, 1.0)}, bias=0.0),
            "topic": (2.0, -2.0, 0.5),
        }
    )
    assert even.nearness({"score": 0.0}, np.array([0.0, 0.0])) == pytest.approx(0.6224593)
    told = Told(statements=(SAID,), figures={"score": 2.0})
    assert judged(told, even, np.array([1.0, 0.0])).near
    assert not judged(told, even, np.array([0.0, 1.0])).near


def test_what_surely_answers_is_of_the_field_in_whatever_words_it_was_asked():
    weights = {"score": (0.0, 1.0, 0.1), ANSWERED: (0.0, 1.0, 1.0)}
    wide = gate(0.5).model_copy(update={"field": Weighing(weights=weights, bias=-3.0)})
    assert not judged(Told(statements=(SAID,), figures={"score": 1.0}), wide).near
    assert judged(Told(statements=(SAID,), figures={"score": 4.0}), wide).near


def test_a_broad_question_is_answered_sooner_and_one_for_a_fact_no_later():
    weights = {SIGNS: (0.0, 1.0, 1.0), BREADTH: (0.0, 1.0, 1.0)}
    wide = gate(0.9).model_copy(
        update={"answers": Weighing(weights=weights, bias=0.0), "breadth": (5.0, -5.0, 0.0)}
    )
    told = Told(statements=(SAID,), figures={"score": 1.0})
    broad, fact = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    assert wide.chance(told.figures, broad) == pytest.approx(1 / (1 + math.exp(-3.0)))
    assert wide.chance(told.figures, fact) == wide.chance(told.figures)
    assert judged(told, wide, broad).answers
    assert not judged(told, wide, fact).answers


def test_the_shipped_gate_weighs_the_figures_that_there_are_and_lets_through_by_risk():
    gate = Gate.shipped(0.1)
    assert tuple(gate.signs.weights) == FIGURES
    assert tuple(gate.answers.weights) == (SIGNS, *FIGURES, *PAIR, *LIKE, BREADTH)
    assert gate.field.weights.keys() <= {*FIGURES, TOPIC, ANSWERED}
    assert gate.made_from["encoder"] == WEIGHTS
    assert gate.made_from["pairs"] == sha256_of_file(tuned_path())
    assert gate.made_from["precedents"] == sha256_of_file(precedents_path())
    weights = Gate.shipped(0.1).answers.weights
    assert sum(weights[name][2] for name in PAIR) > 0
    assert weights[SIGNS][2] > 0 > weights["missed_like"][2]
    assert weights["answered_like"][2] > 0
    risks = [0.03, 0.05, 0.1, 0.2, 0.5, 1.0]
    cuts = [Gate.shipped(risk).threshold for risk in risks]
    assert cuts == sorted(cuts, reverse=True)
    curve = Gate.shipped(0.1).curve
    assert [one.false for one in curve] == sorted((one.false for one in curve), reverse=True)
    assert [one.answered for one in curve] == sorted((one.answered for one in curve), reverse=True)
    assert (Gate.open().threshold, Gate.open().field_threshold) == (0.0, 0.0)


@given(st.lists(st.floats(-50.0, 50.0), min_size=len(FIGURES), max_size=len(FIGURES)))
def test_a_chance_is_a_probability(values):
    figures = dict(zip(FIGURES, values, strict=True)) | dict.fromkeys(PAIR, 0.0)
    gate = Gate.shipped(0.1)
    assert 0.0 <= gate.chance(figures) <= 1.0
    assert 0.0 <= gate.nearness(figures, np.zeros(len(gate.topic) - 1)) <= 1.0


def test_a_weighing_is_a_logistic_regression():
    one = Weighing(weights={"a": (1.0, 2.0, 3.0)}, bias=-1.0)
    assert one.odds({"a": 2.0}) == pytest.approx(0.5)
    assert one.chance({"a": 2.0}) == pytest.approx(1 / (1 + math.exp(-0.5)))


HITS = tuple(
    Hit(passage_id=f"gsr:P6-W{rank}", rank=rank, score=1 / rank, ranks={"dense": rank})
    for rank in range(1, 6)
)


@pytest.fixture
def compose(framework):
    extractive = Extractive(framework, Whole.read().corpus)

    def make(text="?", **fields):
        query = Query.model_validate({"text": text, "operation": "explain"} | fields)
        return extractive.compose(query, Scope(), HITS)

    return make


def test_what_speaks_of_the_topic_is_quoted_whole_and_among_the_hits(compose, framework):
    draft = compose(matches=("gsr:P4-O7", "gsr:P1-O6"))
    assert (draft.status, draft.reason, draft.composer) == ("answered", "", EXTRACTIVE)
    assert set(quoted(draft.statements)) == {"P1-O6", "P4-O7"}
    texts = {one.text for one in draft.statements if one.kind != "note"}
    assert texts == {framework.item(one).description for one in ("gsr:P1-O6", "gsr:P4-O7")}
    draft = compose(matches=("gsr:P4-O7", "gsr:P6-W2"))
    ids = [hit.passage_id for hit in draft.hits]
    assert {"gsr:P4-O7", "gsr:P6-W2"} <= set(ids)
    assert len(ids) == len(set(ids)) == 6
    assert [hit.rank for hit in draft.hits] == [1, 2, 3, 4, 5, 6]
    assert compose(matches=("gsr:P4-O7",)).nearest == ()


def test_without_a_match_the_nearest_are_shown_and_a_false_premise_is_told(compose):
    draft = compose()
    assert (draft.status, draft.reason) == ("not_covered", "coverage_gap")
    assert [one.passage_id for one in draft.nearest] == [hit.passage_id for hit in HITS[:NEAREST]]
    assert draft.hits == HITS
    premise = "There is no ninth harbour."
    draft = compose(premise=premise)
    assert (draft.status, draft.reason) == ("not_covered", "false_premise")
    assert [one.text for one in draft.statements] == [premise]


@pytest.mark.parametrize(("text", "item"), [("What does C16 ask for?", "C16"), ("Why C4?", "C4")])
def test_what_is_named_by_its_number_is_shown_whatever_is_asked_of_it(assistant, text, item):
    said = assistant.ask(Question(text=text)).statements
    assert f"gsr:{item}" in {one.passage_id for told in said for one in told.citations}


@pytest.mark.parametrize(
    "text",
    [
        "What is the budget of the technology pillar?",
        "By what date must pillar 2 be finished?",
        "What percentage of victims get support?",
        "What does one place in a crisis centre cost?",
        "How many prosecutors are needed?",
        "Which vendor built the image repository?",
    ],
)
def test_a_value_that_the_page_does_not_give_is_not_answered(assistant, text):
    answer = assistant.ask(Question(text=text))
    assert answer.status == "not_covered" or answer.is_closest
    assert answer.reason == "coverage_gap"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("anything about Arachnid", "P4-O7"),
        ("livestreaming", "C13"),
        ("What about child advocacy centers?", "P3-O3"),
        ("an image database for identifying victims", "P2-O5"),
    ],
)
def test_a_topic_finds_its_passage(ask, text, wanted):
    answer = ask(text)
    assert answer.status == "answered"
    assert wanted in quoted(answer.statements)
