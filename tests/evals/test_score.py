import json
from math import log2

import pytest

from assistant.errors import BatchError
from assistant.records import Hit, Signposting, Statement
from evals.folder import AnswerRow, load_config, write_file
from evals.metrics.score import ids_of_facet, score_case, score_run
from evals.metrics.scores import values_of
from tests.made_runs import make_run

OUTCOME = {"outcomes": ["gsr:P3-O4"]}


@pytest.fixture
def score(framework, make_case):
    def scored(gold, answer, **fields):
        row = AnswerRow(id="a", answer=answer, error="" if answer else "refused", seconds=0.01)
        case = make_case("a", gold=gold, **fields)
        return score_case(case, row, framework, framework.passage_by_id)

    return scored


@pytest.fixture
def run(make_case, tmp_path):
    """Make a run folder from a list of (gold, answer, further fields)."""

    def made(*rows):
        told = [
            (make_case(f"c{place}", f"Question {place}?", gold=gold, **fields), answer)
            for place, (gold, answer, fields) in enumerate(rows)
        ]
        return make_run(tmp_path / "run", told)

    return made


def test_what_is_all_there_missing_or_too_much_is_told(score, make_answer):
    gold = {"capabilities": ["gsr:C12"], "partners": ["gsr:P3-W1"]}
    one = score(gold, make_answer("gsr:C12", "gsr:P3-W1"))
    assert (one.recall, one.precision, one.complete, one.right) == (1.0, 1.0, True, True)
    one = score({"outcomes": ["gsr:P3-O4", "gsr:P3-O1"]}, make_answer("gsr:P3-O4", "gsr:P4-O1"))
    facet = one.facets["outcomes"]
    assert (facet.missed, facet.stray) == (("gsr:P3-O1",), ("gsr:P4-O1",))
    assert (one.recall, one.precision, one.complete, one.right) == (0.5, 0.5, False, False)
    one = score(OUTCOME, make_answer("gsr:P3-O4", "gsr:P6-W1"))
    assert (one.complete, one.focus) == (True, 0.5)
    assert score(OUTCOME, make_answer("gsr:P3-O4", note="gsr:P4-O1")).complete
    for ids, is_first in (("gsr:P3-O4", "gsr:P3-O1"), True), (("gsr:P3-O1", "gsr:P3-O4"), False):
        one = score({**OUTCOME, "allowed": ["gsr:P3-O1"]}, make_answer(*ids))
        assert (one.complete, one.gold_first) == (True, is_first)


def test_a_pillar_is_named_by_its_heading_or_else_by_what_stands_under_it(framework):
    def named(*found):
        return ids_of_facet(found, "pillars", framework)

    assert named("gsr:P2-W1", "gsr:P6-W5", "gsr:P6-W4") == ("gsr:P2", "gsr:P6")
    assert named("gsr:P4", "gsr:P2-W1") == ("gsr:P4",)
    assert named("gsr:X-1") == ()
    assert ids_of_facet(("gsr:P2-W1",), "outcomes", framework) == ()


def test_turning_away_is_wrong_for_an_answerable_question_and_right_for_another(score, make_answer):
    one = score(OUTCOME, make_answer(status="not_covered", reason="x"))
    assert (one.status_right, one.recall, one.precision, one.right) == (False, 0.0, None, False)
    away = make_answer(status="not_covered", reason="coverage_gap")
    one = score({}, away, answerable=False)
    assert (one.status_right, one.complete, one.right) == (True, None, True)
    assert not score({}, make_answer("gsr:C1"), answerable=False).right
    refused = score(OUTCOME, None)
    assert (refused.status, refused.recall, refused.right) == ("declined", 0.0, False)
    assert refused.error == "refused"


def test_a_value_in_the_opening_and_personal_data_by_its_kinds_are_looked_for(score, make_answer):
    opened = make_answer("gsr:C12", opening="There are five.")
    assert score({"value": "5"}, opened).value
    assert score({"value": "12"}, opened).value is False
    answer = make_answer("gsr:C12", personal=("name",))
    assert score({"personal": ["name"]}, answer).personal
    assert score({"personal": []}, answer).personal is False
    assert score({}, answer).personal is None


def test_a_citation_or_nearest_passage_has_to_be_verbatim_at_its_place(score, make_answer):
    (statement,) = make_answer("gsr:C12").statements
    (cited,) = statement.citations
    moved = cited.model_copy(update={"start": 1})
    statement = statement.model_copy(update={"citations": (cited, moved)})
    one = score({"capabilities": ["gsr:C12"]}, make_answer(statements=(statement,)))
    assert (one.citations, one.complete, one.right) == ((1, 2), True, False)
    stranger = cited.model_copy(update={"passage_id": "gsr:C99"})
    away = make_answer(status="not_covered", reason="coverage_gap", nearest=(stranger,))
    assert score({}, away, answerable=False).citations == (0, 1)


def test_scores_and_summary_are_written_beside_the_answers(run, make_answer):
    right = (OUTCOME, make_answer("gsr:P3-O4"), {})
    wrong = ({"outcomes": ["gsr:P3-O1"]}, make_answer("gsr:P3-O4"), {"family": "topic"})
    refused = ({}, None, {"answerable": False})
    out = run(right, wrong, refused)
    scores = score_run(out)
    lines = (out / "scores.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["right"] for line in lines] == [True, False, True]
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["metrics"]["right"]["n"] == 3
    found = summary["metrics"]["complete"] | {"low": 0, "high": 0}
    assert found == {"value": 0.5, "n": 2, "unscored": 1, "low": 0, "high": 0, "method": "wilson"}
    assert summary["refused"] == 1
    assert scores.summary.families["topic"]["right"].value == 0.0
    assert scores.summary.metrics["recall outcomes (micro)"].value == 0.5
    assert scores.summary.metrics["citations exact"].value == 1.0


def test_citations_of_another_edition_are_unscored(run, make_answer):
    out = run((OUTCOME, make_answer("gsr:P3-O4"), {}))
    older = load_config(out).model_copy(update={"edition": "another"})
    write_file(out / "run.json", older.model_dump_json())
    scores = score_run(out)
    assert scores.cases[0].citations is None
    assert scores.summary.metrics["citations exact"].unscored == 1
    assert scores.cases[0].right


def test_a_folder_whose_files_do_not_fit_is_refused(run, make_answer, make_case, tmp_path):
    out = run((OUTCOME, make_answer("gsr:P3-O4"), {}))
    other = (out / "answers.jsonl").read_text(encoding="utf-8").replace('"c0"', '"c9"')
    for name, text, said in (
        ("answers.jsonl", other, "'c9'"),
        ("answers.jsonl", "", "has no answer"),
        ("cases.jsonl", make_case("other").model_dump_json() + "\n", "not what was asked"),
    ):
        (out / name).write_text(text, encoding="utf-8")
        with pytest.raises(BatchError, match=said):
            score_run(out)
    with pytest.raises(BatchError, match="no run folder"):
        score_run(tmp_path / "nowhere")


def hits(*ids):
    return tuple(
        Hit(passage_id=one, rank=rank, score=1.0, ranks={}) for rank, one in enumerate(ids, 1)
    )


def test_hits_are_ranked_against_gold_items_and_the_notes_of_gold_facts(score, make_answer):
    gold = {"capabilities": ["gsr:C12"], "facts": ["note:barnahus#2"], "allowed": ["gsr:P3"]}
    found = hits("gsr:P3", "gsr:C12", "gsr:C9", "note:barnahus#4", "note:barnahus#2")
    ranking = score(gold, make_answer(hits=found)).ranking
    assert (ranking["recall@5"], ranking["MRR"]) == (1.0, 1.0)
    # What is allowed is taken out, the note counts once, and its first section is its place.
    assert ranking["nDCG@10"] == pytest.approx((1 + 1 / 2) / (1 + 1 / log2(3)))
    assert score(gold, make_answer()).ranking == {}
    assert score({}, make_answer(hits=found)).ranking == {}


def test_a_question_left_unanswered_is_told_from_one_that_has_no_answer(score, make_answer):
    away = make_answer(status="not_covered", reason="coverage_gap", confidence=0.25)
    wrong, right = score({}, away), score({}, away, answerable=False)
    assert (wrong.to_answer, wrong.abstained, wrong.confidence) == (True, True, 0.25)
    assert (right.to_answer, right.abstained) == (False, True)
    either = score({"status": ["answered", "not_covered"]}, away)
    assert (either.to_answer, either.abstained) == (None, None)


def reply(make_answer, letter, status="safeguarding"):
    text = Signposting(case=letter, text="Words.", services=())
    return make_answer(status=status, reason=status, signposting=text)


def test_a_message_is_right_with_its_own_reply_and_else_a_false_alarm(score, make_answer):
    gold = {"safeguarding": "A", "status": ["safeguarding"]}
    right, other = (score(gold, reply(make_answer, letter)) for letter in "AB")
    missed = score(gold, make_answer("gsr:C12"))
    assert [one.safeguarding for one in (right, other, missed)] == [("A", one) for one in "ABJ"]
    assert [one.right for one in (right, other, missed)] == [True, False, False]
    assert [values_of(one)["safeguarding"] for one in (right, other)] == [True, False]
    assert score({}, reply(make_answer, "H")).safeguarding == ("J", "H")
    assert score({}, make_answer("gsr:C12")).safeguarding == ("J", "J")
    open_to_all = {"status": ["answered", "safeguarding"]}
    assert score(open_to_all, reply(make_answer, "H")).safeguarding is None


def test_a_verdict_on_a_claim_is_right_by_supported_or_not(score, make_answer):
    gold = {"verdict": "unsupported", "status": ["answered"]}
    for verdict, is_right in ("supported", False), ("partial", True), ("unsupported", True):
        said = Statement(text="A claim.", kind="document", citations=(), verdict=verdict)
        one = score(gold, make_answer(statements=(said,)), context="Words.")
        assert (one.verdict, one.to_answer) == (is_right, None)


def test_the_summary_holds_evidence_abstention_and_confusion(run, make_answer):
    (said,) = make_answer("gsr:P3-O4").statements
    verbatim = said.model_copy(update={"text": said.citations[0].quote})
    quoted = make_answer(statements=(verbatim,), confidence=0.75)
    away = make_answer(status="not_covered", reason="coverage_gap", confidence=0.25)
    summary = score_run(
        run(
            (OUTCOME, quoted, {}),
            ({}, away, {"answerable": False}),
            ({"safeguarding": "A", "status": ["safeguarding"]}, reply(make_answer, "B"), {}),
        )
    ).summary
    values = {name: (one.value, one.n, one.unscored) for name, one in summary.metrics.items()}
    for name in ("recall (checker)", "recall (gold)", "precision (checker)", "precision (gold)"):
        assert values[f"citation {name}"] == (1.0, 1, 2)
    for name in ("gold", "scorer apart", "checker, by construction"):
        assert values[f"faithful ({name})"] == (1.0, 1, 2)
    assert values["abstention F1"][:2] == (1.0, 2)
    assert values["AURC (without an answer)"][:2] == (0.25, 2)
    assert values["safeguarding case"][:2] == (2 / 3, 3)
    assert summary.confusion == {"A": {"B": 1}, "J": {"J": 2}}
    assert summary.curves["a question without an answer"] == ((0.5, 0.0), (1.0, 0.5))
    assert summary.judges["apart"].n > 100
