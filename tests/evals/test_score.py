import json
from math import log2

import pytest

from assistant.errors import BatchError
from assistant.records import Hit, Signposting, Statement
from evals.folder import load_config, write_file
from evals.metrics.score import ids_of_facet, score_run
from tests.evaluated import GOLD, made_case, make_run
from tests.harbour import empty_answer


@pytest.fixture
def run(tmp_path):
    def made(*rows):
        told = [(made_case(f"c{at}", **fields), one) for at, (one, fields) in enumerate(rows)]
        return make_run(tmp_path / "run", told)

    return made


def test_what_is_all_there_missing_or_too_much_is_told(score, make_answer, framework):
    gold = {"capabilities": ["gsr:C12"], "partners": ["gsr:P3-W1"]}
    one = score(gold, make_answer("gsr:C12", "gsr:P3-W1"))
    assert (one.recall, one.precision, one.complete, one.right) == (1.0, 1.0, True, True)
    one = score({"outcomes": ["gsr:P3-O4", "gsr:P3-O1"]}, make_answer("gsr:P3-O4", "gsr:P4-O1"))
    facet = one.facets["outcomes"]
    assert (facet.missed, facet.stray) == (("gsr:P3-O1",), ("gsr:P4-O1",))
    assert (one.recall, one.precision, one.complete, one.right) == (0.5, 0.5, False, False)
    assert score(GOLD, make_answer("gsr:P3-O4", note="gsr:P4-O1")).complete
    one = score({**GOLD, "allowed": ["gsr:P3-O1"]}, make_answer("gsr:P3-O1", "gsr:P3-O4"))
    assert (one.complete, one.gold_first) == (True, False)
    # A pillar is named by its heading, or else by what stands under it.
    found = ("gsr:P2-W1", "gsr:P6-W5", "gsr:P6-W4")
    assert ids_of_facet(found, "pillars", framework) == ("gsr:P2", "gsr:P6")
    assert ids_of_facet(("gsr:P4", "gsr:P2-W1"), "pillars", framework) == ("gsr:P4",)


def test_turning_away_is_wrong_for_an_answerable_question_and_right_for_another(score, make_answer):
    one = score(GOLD, make_answer(status="not_covered", reason="x"))
    assert (one.status_right, one.recall, one.precision, one.right) == (False, 0.0, None, False)
    refused = score(GOLD, None)
    assert (refused.status, refused.recall, refused.right) == ("declined", 0.0, False)
    away = make_answer(status="not_covered", reason="coverage_gap")
    for gold, fields, told in (
        ({}, {"answerable": False}, (True, False, True)),
        ({}, {}, (False, True, True)),
        ({"status": ["answered", "not_covered"]}, {}, (True, None, None)),
    ):
        one = score(gold, away, **fields)
        assert (one.status_right, one.to_answer, one.abstained) == told


def test_a_value_in_the_opening_and_personal_data_by_its_kinds_are_looked_for(score, make_answer):
    answer = make_answer("gsr:C12", opening="There are five.", personal=("name",))
    assert [score({"value": one}, answer).value for one in ("5", "12")] == [True, False]
    assert [score({"personal": one}, answer).personal for one in (["name"], [])] == [True, False]


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


def test_citations_of_another_edition_are_unscored_and_files_that_do_not_fit_refused(
    run, make_answer
):
    out = run((make_answer("gsr:P3-O4"), {}))
    older = load_config(out).model_copy(update={"edition": "another"})
    write_file(out / "run.json", older.model_dump_json())
    scores = score_run(out)
    assert (scores.cases[0].citations, scores.cases[0].right) == (None, True)
    assert scores.summary.metrics["citations exact"].unscored == 1
    other = (out / "answers.jsonl").read_text(encoding="utf-8").replace('"c0"', '"c9"')
    for name, text, said in (
        ("answers.jsonl", other, "'c9'"),
        ("answers.jsonl", "", "has no answer"),
        ("cases.jsonl", made_case("other").model_dump_json() + "\n", "not what was asked"),
    ):
        (out / name).write_text(text, encoding="utf-8")
        with pytest.raises(BatchError, match=said):
            score_run(out)


def test_hits_are_ranked_against_gold_items_and_the_notes_of_gold_facts(score, make_answer):
    gold = {"capabilities": ["gsr:C12"], "facts": ["note:barnahus#2"], "allowed": ["gsr:P3"]}
    ids = ("gsr:P3", "gsr:C12", "gsr:C9", "note:barnahus#4", "note:barnahus#2")
    found = tuple(Hit(passage_id=one, rank=1, score=1.0, ranks={}) for one in ids)
    ranking = score(gold, make_answer(hits=found)).ranking
    assert (ranking["recall@5"], ranking["MRR"]) == (1.0, 1.0)
    # What is allowed is taken out, the note counts once, and its first section is its place.
    assert ranking["nDCG@10"] == pytest.approx((1 + 1 / 2) / (1 + 1 / log2(3)))


def reply(letter):
    text = Signposting(case=letter, text="Words.", services=())
    fields = {"status": "safeguarding", "reason": "safeguarding", "signposting": text}
    return empty_answer("A question?", **fields)


DISCLOSED = {"safeguarding": "A", "status": ["safeguarding"]}


def test_a_message_is_right_with_its_own_reply_and_else_a_false_alarm(score, make_answer):
    found = [score(DISCLOSED, one) for one in (reply("A"), reply("B"), make_answer("gsr:C12"))]
    assert [one.safeguarding for one in found] == [("A", one) for one in "ABJ"]
    assert [one.right for one in found] == [True, False, False]
    assert score({}, reply("H")).safeguarding == ("J", "H")
    assert score({"status": ["answered", "safeguarding"]}, reply("H")).safeguarding is None


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
    unanswerable, disclosed = {"gold": {}, "answerable": False}, {"gold": DISCLOSED}
    out = run((quoted, {}), (away, unanswerable), (reply("B"), disclosed), (None, unanswerable))
    summary = score_run(out).summary
    lines = (out / "scores.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["right"] for line in lines] == [True, True, False, True]
    assert (out / "summary.json").exists()
    assert (summary.refused, summary.families["facets"].value) == (1, 0.75)
    values = {name: (one.value, one.n, one.unscored) for name, one in summary.metrics.items()}
    for name in ("citation recall (gold)", "citation precision (checker)", "faithful (gold)"):
        assert values[name] == (1.0, 1, 3)
    assert values["AURC (without an answer)"][:2] == (0.25, 2)
    assert values["safeguarding case"][:2] == (0.75, 4)
    assert summary.confusion == {"A": {"B": 1}, "J": {"J": 3}}
    assert summary.curves["AURC (without an answer)"] == ((0.5, 0.0), (1.0, 0.5))
