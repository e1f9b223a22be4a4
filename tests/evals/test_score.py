import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.answer import Answer, Citation
from assistant.errors import BatchError
from assistant.settings import Settings
from corpus.structure import Framework
from evals.case import Case
from evals.folder import AnswerRow, load_config, write_file
from evals.run import run_suite
from evals.score import ids_of_facet, score_case, score_run
from evals.summary import Score

Scorer = Callable[..., Score]


@pytest.fixture
def score(framework: Framework, make_case) -> Scorer:
    def scored(gold: dict[str, object], answer: Answer | None, **fields: object) -> Score:
        row = AnswerRow(id="a", answer=answer, error="" if answer else "refused", seconds=0.01)
        return score_case(
            make_case("a", gold=gold, **fields), row, framework, framework.passage_by_id
        )

    return scored


@pytest.fixture
def run(make_case, make_answer, write_cases, play, tmp_path) -> Callable[..., Path]:
    """Make a run folder from a list of (gold, answer, further fields)."""

    def made(*rows: tuple[dict[str, object], Answer | None, dict[str, object]]) -> Path:
        cases = [
            make_case(f"c{place}", f"Question {place}?", gold=gold, **fields)
            for place, (gold, _, fields) in enumerate(rows)
        ]
        answers = {
            f"Question {place}?": answer for place, (_, answer, _) in enumerate(rows) if answer
        }
        out = tmp_path / "run"
        run_suite(
            "own",
            out,
            Settings(home=tmp_path / "home"),
            cases=write_cases(*cases),
            open_asker=lambda _: play(answers),
        )
        return out

    return made


def test_an_answer_with_all_of_the_gold_and_nothing_else_is_right(score, make_answer):
    gold = {"capabilities": ["gsr:C12"], "partners": ["gsr:P3-W1"]}
    one = score(gold, make_answer("gsr:C12", "gsr:P3-W1"))
    assert (one.recall, one.precision, one.complete, one.right) == (1.0, 1.0, True, True)


def test_what_is_missing_and_what_is_too_much_are_named(score, make_answer):
    gold = {"outcomes": ["gsr:P3-O4", "gsr:P3-O1"]}
    one = score(gold, make_answer("gsr:P3-O4", "gsr:P4-O1"))
    assert one.facets["outcomes"].missed == ("gsr:P3-O1",)
    assert one.facets["outcomes"].stray == ("gsr:P4-O1",)
    assert (one.recall, one.precision, one.complete, one.right) == (0.5, 0.5, False, False)


def test_a_facet_that_the_gold_does_not_name_is_seen_only_by_focus(score, make_answer):
    one = score({"outcomes": ["gsr:P3-O4"]}, make_answer("gsr:P3-O4", "gsr:P6-W1"))
    assert (one.complete, one.focus) == (True, 0.5)


def test_what_a_gold_id_stands_under_fits_the_question(score, make_answer):
    one = score({"outcomes": ["gsr:P3-O4"]}, make_answer("gsr:P3", "gsr:P3-O4"))
    assert one.focus == 1.0


def test_what_a_note_cites_does_not_count(score, make_answer):
    one = score({"outcomes": ["gsr:P3-O4"]}, make_answer("gsr:P3-O4", note="gsr:P4-O1"))
    assert one.complete


def test_allowed_ids_do_no_harm_after_the_gold_and_are_seen_before_it(score, make_answer):
    gold = {"outcomes": ["gsr:P3-O4"], "allowed": ["gsr:P3-O1"]}
    after = score(gold, make_answer("gsr:P3-O4", "gsr:P3-O1"))
    assert (after.complete, after.gold_first) == (True, True)
    before = score(gold, make_answer("gsr:P3-O1", "gsr:P3-O4"))
    assert (before.complete, before.gold_first) == (True, False)


def test_a_pillar_is_named_by_its_heading_or_else_by_what_stands_under_it(framework: Framework):
    def named(*found: str) -> tuple[str, ...]:
        return ids_of_facet(found, "pillars", framework)

    assert named("gsr:P2-W1", "gsr:P6-W5", "gsr:P6-W4") == ("gsr:P2", "gsr:P6")
    assert named("gsr:P4", "gsr:P2-W1") == ("gsr:P4",)
    assert named("gsr:X-1") == ()
    assert ids_of_facet(("gsr:P2-W1",), "outcomes", framework) == ()


def test_an_answer_that_turns_an_answerable_question_away_is_wrong(score, make_answer):
    one = score({"outcomes": ["gsr:P3-O4"]}, make_answer(status="not_covered", reason="x"))
    assert (one.status_right, one.recall, one.precision, one.right) == (False, 0.0, None, False)


def test_a_question_that_is_not_answerable_is_right_when_it_is_turned_away(score, make_answer):
    away = make_answer(status="not_covered", reason="coverage_gap")
    one = score({}, away, answerable=False)
    assert (one.status_right, one.complete, one.right) == (True, None, True)
    assert not score({}, make_answer("gsr:C1"), answerable=False).right


def test_strings_are_looked_for_in_statements_and_headings(score, make_answer):
    answer = make_answer("gsr:C12", opening="It says annual.")
    assert score({"value": "yes"}, answer, must_contain=["annual", "about gsr:c12"]).strings
    assert score({"value": "yes"}, answer, must_not_contain=["ANNUAL"]).strings is False


def test_a_value_is_looked_for_in_the_opening_only(score, make_answer):
    opened = make_answer("gsr:C12", opening="There are five.")
    assert score({"value": "5"}, opened).value
    assert score({"value": "12"}, opened).value is False


def test_an_answer_without_an_opening_is_opened_by_its_first_statement(score, make_answer):
    answer = make_answer("gsr:C12", "gsr:C11")
    first, second = answer.statements
    said = (first.model_copy(update={"text": "It has 5."}), second)
    assert score({"value": "5"}, answer.model_copy(update={"statements": said})).value
    turned = answer.model_copy(update={"statements": said[::-1]})
    assert score({"value": "5"}, turned).value is False


def test_a_citation_that_is_not_verbatim_at_its_place_makes_an_answer_wrong(score, make_answer):
    answer = make_answer("gsr:C12")
    cited = answer.statements[0].citations[0]
    moved = cited.model_copy(update={"start": 1})
    statement = answer.statements[0].model_copy(update={"citations": (cited, moved)})
    one = score(
        {"capabilities": ["gsr:C12"]}, answer.model_copy(update={"statements": (statement,)})
    )
    assert (one.citations, one.complete, one.right) == ((1, 2), True, False)


def test_nearest_passages_are_checked_like_citations(score, make_answer):
    stranger = Citation(
        passage_id="gsr:C99",
        source_id="gsr",
        start=0,
        end=1,
        quote="x",
        locator="",
        tier="framework",
    )
    away = make_answer(status="not_covered", reason="coverage_gap", nearest=(stranger,))
    assert score({}, away, answerable=False).citations == (0, 1)


def test_a_refused_question_is_scored_as_declined(score):
    refused = score({"outcomes": ["gsr:P3-O4"]}, None)
    assert (refused.status, refused.recall, refused.right) == ("declined", 0.0, False)
    assert refused.error == "refused"


def test_scores_and_summary_are_written_beside_the_answers(run, make_answer):
    right = ({"outcomes": ["gsr:P3-O4"]}, make_answer("gsr:P3-O4"), {})
    wrong = ({"outcomes": ["gsr:P3-O1"]}, make_answer("gsr:P3-O4"), {"family": "topic"})
    refused = ({}, None, {"answerable": False})
    out = run(right, wrong, refused)
    scores = score_run(out)
    lines = (out / "scores.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["right"] for line in lines] == [True, False, True]
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["metrics"]["right"]["n"] == 3
    assert summary["metrics"]["complete"] | {"low": 0, "high": 0} == {
        "value": 0.5,
        "n": 2,
        "unscored": 1,
        "low": 0,
        "high": 0,
        "method": "wilson",
    }
    assert summary["refused"] == 1
    assert scores.summary.families["topic"]["right"].value == 0.0
    assert scores.summary.metrics["recall outcomes (micro)"].value == 0.5
    assert scores.summary.metrics["citations exact"].value == 1.0


def test_the_table_shows_n_with_each_number_and_names_each_failure(run, make_answer):
    wrong = {"outcomes": ["gsr:P3-O1"], "value": "7"}
    fields = {"must_contain": ["annual"]}
    shown = score_run(run((wrong, make_answer("gsr:P3-O4"), fields), ({}, None, {}))).table()
    assert "2 of 2 cases asked, 1 refused" in shown
    assert "outcomes missed: gsr:P3-O1" in shown
    assert "outcomes stray: gsr:P3-O4" in shown
    assert "does not state the value" in shown
    assert "a string is missing" in shown
    assert "status declined: The question is empty" in shown
    row = next(line for line in shown.splitlines() if line.startswith("status"))
    assert row.split()[-2:] == ["2", "0"]


def test_citations_of_another_edition_are_unscored(run, make_answer):
    out = run(({"outcomes": ["gsr:P3-O4"]}, make_answer("gsr:P3-O4"), {}))
    older = load_config(out).model_copy(update={"edition": "another"})
    write_file(out / "run.json", older.model_dump_json())
    scores = score_run(out)
    assert scores.cases[0].citations is None
    assert scores.summary.metrics["citations exact"].unscored == 1
    assert scores.cases[0].right


def test_a_folder_whose_files_do_not_fit_is_refused(run, make_answer, make_case, tmp_path):
    out = run(({"outcomes": ["gsr:P3-O4"]}, make_answer("gsr:P3-O4"), {}))
    answers = (out / "answers.jsonl").read_text(encoding="utf-8")
    (out / "answers.jsonl").write_text(answers.replace('"c0"', '"c9"'), encoding="utf-8")
    with pytest.raises(BatchError, match="'c9'"):
        score_run(out)
    (out / "answers.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(BatchError, match="has no answer"):
        score_run(out)
    case: Case = make_case("other")
    (out / "cases.jsonl").write_text(case.model_dump_json() + "\n", encoding="utf-8")
    with pytest.raises(BatchError, match="not what was asked"):
        score_run(out)
    with pytest.raises(BatchError, match="no run folder"):
        score_run(tmp_path / "nowhere")
