import numpy as np
import pytest
from scipy.special import expit

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


def test_what_the_framework_answers_has_guidance_beside_it_or_is_only_touched_on():
    framed = Statement(text="Wait.", kind="framework", citations=(cite(passage("f:1", "Wait.")),))
    given = draft(status="answered", reason="", statements=(framed,), composer=STRUCTURED)
    of_page = QUERY.model_copy(update={"of_page": True})
    for chance, shown in ((0.9, True), (0.1, False)):
        made = decide(given, guidance()._replace(chance=chance), of_page, (), ())
        assert (made.status, made.statements[0]) == ("answered", framed)
        assert (SAID in made.statements) == shown
    made = decide(given, guidance(), QUERY, (), ())
    assert (made.status, made.composer) == ("partial", CLOSEST)
    assert {SAID, framed} <= set(made.statements)
    assert decide(given, guidance(answers=True), QUERY, (), ()).statements == (SAID,)


def weighing(*names):
    return Weighing(weights=dict.fromkeys(names, (0.0, 1.0, 1.0)), bias=0.0)


def gate(threshold, **fields):
    made = Gate(
        signs=weighing("score"),
        answers=weighing(SIGNS),
        field=weighing(),
        field_threshold=0.5,
        curve=(Point(threshold=threshold, answered=1.0, false=0.0),),
        made_from={},
        threshold=threshold,
    )
    return made.model_copy(update=fields)


def scored(score):
    return Told(statements=(SAID,), figures={"score": score})


def test_the_gate_tells_what_answers_by_its_threshold():
    assert judged(scored(2.0), gate(0.8)).answers
    assert not judged(scored(2.0), gate(0.9)).answers
    assert judged(scored(2.0), gate(0.9)).near
    assert not judged(Told(), gate(0.0)).answers


FIRST, SECOND = np.array([1.0, 0.0]), np.array([0.0, 1.0])


def test_a_question_is_of_the_field_by_its_own_words_as_well_or_if_it_is_surely_answered():
    even = gate(0.5, field=weighing(TOPIC), topic=(2.0, -2.0, 0.5))
    assert even.nearness({"score": 0.0}, np.zeros(2)) == pytest.approx(0.6224593)
    assert judged(scored(2.0), even, FIRST).near
    assert not judged(scored(2.0), even, SECOND).near
    weights = {"score": (0.0, 1.0, 0.1), ANSWERED: (0.0, 1.0, 1.0)}
    wide = gate(0.5, field=Weighing(weights=weights, bias=-3.0))
    assert [judged(scored(one), wide).near for one in (1.0, 4.0)] == [False, True]


def test_a_broad_question_is_answered_sooner_and_one_for_a_fact_no_later():
    wide = gate(0.9, answers=weighing(SIGNS, BREADTH), breadth=(5.0, -5.0, 0.0))
    told = scored(1.0)
    assert wide.chance(told.figures, FIRST) == pytest.approx(expit(3.0))
    assert wide.chance(told.figures, SECOND) == wide.chance(told.figures)
    assert judged(told, wide, FIRST).answers
    assert not judged(told, wide, SECOND).answers


def test_the_shipped_gate_weighs_the_figures_that_there_are_and_lets_through_by_risk():
    gate = Gate.shipped(0.1)
    assert tuple(gate.signs.weights) == FIGURES
    assert tuple(gate.answers.weights) == (SIGNS, *FIGURES, *PAIR, *LIKE, BREADTH)
    assert gate.field.weights.keys() <= {*FIGURES, TOPIC, ANSWERED}
    assert gate.made_from["encoder"] == WEIGHTS
    assert gate.made_from["pairs"] == sha256_of_file(tuned_path())
    assert gate.made_from["precedents"] == sha256_of_file(precedents_path())
    weights = gate.answers.weights
    assert sum(weights[name][2] for name in PAIR) > 0
    assert weights[SIGNS][2] > 0 > weights["missed_like"][2]
    cuts = [Gate.shipped(risk).threshold for risk in (0.03, 0.1, 0.2, 0.5, 1.0)]
    assert cuts == sorted(cuts, reverse=True)
    for curve in zip(*((one.false, one.answered) for one in gate.curve), strict=True):
        assert [*curve] == sorted(curve, reverse=True)
    assert (Gate.open().threshold, Gate.open().field_threshold) == (0.0, 0.0)


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


def test_without_a_match_the_nearest_are_shown_and_a_false_premise_is_told(compose):
    draft = compose()
    assert (draft.status, draft.reason, draft.hits) == ("not_covered", "coverage_gap", HITS)
    assert [one.passage_id for one in draft.nearest] == [hit.passage_id for hit in HITS[:NEAREST]]
    draft = compose(premise="There is no ninth harbour.")
    assert (draft.status, draft.reason) == ("not_covered", "false_premise")
    assert [one.text for one in draft.statements] == ["There is no ninth harbour."]


@pytest.mark.parametrize(
    "text",
    [
        "What is the budget of the technology pillar?",
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
        ("What does C16 ask for?", "C16"),
        ("anything about Arachnid", "P4-O7"),
        ("What about child advocacy centers?", "P3-O3"),
    ],
)
def test_a_topic_or_what_is_named_by_its_number_finds_its_passage(ask, text, wanted):
    assert wanted in quoted(ask(text).statements)
