"""What is answered, shown as the closest or refused: the gate, the decision, the parts joined."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.special import expit

from assistant.answering.answerability import ANSWERED, BREADTH, SIGNS, TOPIC, Gate, Point, Weighing
from assistant.answering.decide import Judged, decide, join_parts, judged
from assistant.answering.guidance import Told
from assistant.answering.precedents import LIKE
from assistant.answering.sections import FIGURES, PAIR
from assistant.answering.structured import COMPOSER as STRUCTURED
from assistant.answering.structured import EXTRACTIVE, UNTOLD
from assistant.citing.citations import Quoting, cite, note
from assistant.draft import Composed, is_unanswered
from assistant.home import sha256_of_file
from assistant.records import CLOSEST, Completeness, Draft, Hit, Question, Scope, Statement
from assistant.retrieval.encoder import PAIRS, PRECEDENTS, WEIGHTS
from assistant.understanding.reading import Query
from corpus.passage import Doubt, Lines, Span
from tests.assistant.conftest import quoted
from tests.fakes import passage

PLACE = passage("n:1", "Ships wait.", facets={"tier": "guidance", "kind": "note"})
SAID = Statement(text="Ships wait.", kind="guidance", citations=(cite(PLACE),))
QUERY = Query(text="who waits", operation="explain")


def draft(status="not_covered", **fields):
    base = {"status": status, "scope": Scope(), "composer": EXTRACTIVE, "reason": "coverage_gap"}
    return Draft.model_validate(base | fields)


def guidance(*, answers=False, near=True, unknown=(), nearest=()):
    told = Told(statements=(SAID,), unknown=unknown, nearest=nearest)
    return Judged(told, 0.7, answers=answers, near=near)


def test_what_guidance_answers_is_answered_and_what_is_near_shown_as_the_closest():
    made = decide(draft(), guidance(answers=True), QUERY, (), ())
    assert (made.status, made.reason, made.confidence) == ("answered", "", 0.7)
    assert made.statements == (SAID,)
    assert [hit.passage_id for hit in made.hits] == ["n:1"]
    made = decide(draft(), guidance(unknown=("Zebrafish",)), QUERY, (), ())
    assert (made.status, made.reason, made.composer) == ("partial", "coverage_gap", CLOSEST)
    assert is_unanswered(made)
    assert [one.kind for one in made.statements] == ["note", "guidance"]
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
    given = draft("answered", reason="", statements=(framed,), composer=STRUCTURED)
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
    one = Weighing(weights={"a": (1.0, 2.0, 3.0)}, bias=-1.0)
    assert one.chance({"a": 2.0}) == pytest.approx(expit(0.5))


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
    assert gate.made_from["pairs"] == sha256_of_file(PAIRS)
    assert gate.made_from["precedents"] == sha256_of_file(PRECEDENTS)
    weights = gate.answers.weights
    assert sum(weights[name][2] for name in PAIR) > 0
    assert weights[SIGNS][2] > 0 > weights["missed_like"][2]
    cuts = [Gate.shipped(risk).threshold for risk in (0.03, 0.1, 0.2, 0.5, 1.0)]
    assert cuts == sorted(cuts, reverse=True)
    for curve in zip(*((one.false, one.answered) for one in gate.curve), strict=True):
        assert [*curve] == sorted(curve, reverse=True)
    assert (Gate.open().threshold, Gate.open().field_threshold) == (0.0, 0.0)


def test_a_value_that_the_page_lacks_is_not_answered_and_a_topic_finds_its_passage(assistant, ask):
    for text in ("What is the budget of the technology pillar?", "How many judges are needed?"):
        answer = assistant.ask(Question(text=text))
        assert answer.status == "not_covered" or answer.is_closest
        assert answer.reason == "coverage_gap"
    for text, wanted in (("What does C16 ask for?", "C16"), ("anything about Arachnid", "P4-O7")):
        assert wanted in quoted(ask(text).statements)


def joined(hits="", **fields):
    held = tuple(
        Hit(passage_id=one, rank=rank, score=1.0, ranks={"structure": rank})
        for rank, one in enumerate(hits, start=1)
    )
    return draft("answered", **{"reason": "", "composer": "a-1", "hits": held} | fields)


def test_the_status_of_a_whole_follows_its_parts():
    for *statuses, wanted in (
        ("answered", "answered", "answered"),
        ("answered", "not_covered", "partial"),
        ("not_covered", "answered", "partial"),
        ("out_of_scope", "not_covered", "out_of_scope"),
    ):
        reasons = ("" if one == "answered" else "why" for one in statuses)
        parts = [draft(one, reason=why) for one, why in zip(statuses, reasons, strict=True)]
        whole = join_parts(parts)
        assert (whole.status, whole.reason == "") == (wanted, wanted == "answered")
        assert [part.status for part in whole.parts] == statuses
    assert join_parts([alone := joined()]) is alone


def test_what_drafts_have_in_common_is_joined_once_each():
    said, other = note("Once."), note("Twice.")
    count = Completeness(facet="owners", group="h:A1", listed=2, total=2)
    near = cite(passage("h:1", "Ships"))
    fields = {"completeness": (count,), "follow_ups": ("Which?",), "nearest": (near,)}
    first = Scope(subjects=("a",), groups=("g",), facets=("owners",), operation="describe")
    second = Scope(subjects=("b", "a"), groups=("g",), facets=("dates",), operation="count")
    again = joined("cbd", scope=second, statements=(said, other), composer="b-1", **fields)
    one = joined("ab", scope=first, statements=(said,), **fields)
    whole = join_parts([one, again, joined(scope=first)])
    assert {name: getattr(whole, name) for name in fields} == fields
    assert whole.statements == (said, other)
    found = [(hit.passage_id, hit.rank) for hit in whole.hits]
    assert found == [*zip("abcd", range(1, 5), strict=True)]
    told = {"subjects": ("a", "b"), "groups": ("g",), "facets": ("owners", "dates")}
    assert whole.scope == Scope(operation="describe", **told)
    assert whole.composer == "a-1+b-1"


def test_what_an_earlier_part_gives_in_full_is_not_shown_again_as_what_comes_close(framework):
    quoting = Quoting(framework)
    own, other = (quoting.entry(framework.item(f"gsr:{one}")) for one in ("C8", "C9"))
    near = own.model_copy(update={"section": "Pillar 2: Criminal justice"})
    given = joined(statements=(own, note(UNTOLD)))
    for composer in (f"{EXTRACTIVE}+a-1", CLOSEST):
        shown = joined(statements=(note("Close."), near, other), composer=composer)
        assert join_parts([given, shown]).statements == (own, note("Close."), other)
        bare = joined(statements=(note("Close."), near), composer=composer)
        assert join_parts([given, bare]).statements == (own,)
    listed = joined(statements=(near, other), composer="b-1")
    assert join_parts([given, listed]).statements == (own, near, other)


def test_a_draft_keeps_its_closing_last_its_reason_and_every_cited_passage_once(framework):
    quoting, composed = Quoting(framework), Composed()
    composed.closing.append(note("Last."))
    composed.say(*(quoting.entry(framework.item(f"gsr:{one}")) for one in ("C12", "P3-O4", "C12")))
    made = composed.draft(Scope(operation="list"), "hand-1")
    assert (made.statements[-1].text, made.scope.operation) == ("Last.", "list")
    assert (made.status, made.reason, made.composer) == ("answered", "", "hand-1")
    hits = [(one.passage_id, one.rank, one.ranks) for one in made.hits]
    assert hits == [("gsr:C12", 1, {"structure": 1}), ("gsr:P3-O4", 2, {"structure": 2})]
    composed.refuse("partial", "coverage_gap")
    made = composed.draft(Scope(), "hand-1")
    assert (made.status, made.reason) == ("partial", "coverage_gap")


def test_a_citation_is_the_words_at_their_place_with_doubts_of_high_confidence():
    made = cite(passage("h:1", "Mooring checks"), Span(start=8, end=14))
    assert (made.quote, made.start, made.end, made.passage_id) == ("checks", 8, 14, "h:1")
    said = {"printed": "morring", "suspected": "mooring", "basis": "A letter is wrong."}
    lines = Lines(first=1, last=1)
    doubts = [Doubt(lines=lines, confidence=one, **said) for one in ("high", "low")]
    doubtful = passage("h:1", "morring checks").model_copy(update={"doubts": tuple(doubts)})
    (told,) = cite(doubtful).doubts
    assert all(one in told for one in said.values())


def test_a_turn_is_of_the_field_of_the_one_that_it_leans_on():
    told = Told(statements=(note("Something."),))
    sure = {"chance": lambda figures, vector: 0.5, "nearness": lambda figures, vector: vector}
    gate = SimpleNamespace(**sure, threshold=0.9, field_threshold=0.2)
    near = [judged(told, gate, 0.1, before).near for before in (None, 0.1, 0.3)]
    assert near == [False, False, True]
