"""What is judged: drawn by a seed, exchanged with care, and without personal data."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.safety.personal import Finder
from corpus.whole import Whole
from evals.cases.ground_families import read_ground_cases
from evals.folder import CASES, CONFIG, RunConfig, load_config, write_file
from evals.judging.judge import Wanted
from evals.judging.judge_items import Answers, Draw, of_claims
from evals.judging.judge_prompt import MOST, answers_request, carries_request, verdict_of
from evals.judging.judge_rows import Item, Terms
from evals.metrics.score import Scores, score_run
from tests.judged import QUESTIONS, run_to_judge, whole

TERMS = Terms(model="made-up", split="development", seed=1)
NAMED = "My name is Jane Doe, born on 4 May 2009: how is identity protected?"


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Whole, "read", staticmethod(whole))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_to_judge(tmp_path_factory.mktemp("judged") / "run")


@pytest.fixture(scope="module")
def scores(made: Path) -> Scores:
    return score_run(made)


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder.of(whole().corpus)


def items(scores: Scores, finder: Finder, terms: Terms = TERMS) -> dict[str, Item]:
    found = Answers(scores, terms, finder, is_local=True).items(None)
    return {one.id: one for one in found}


def test_claims_carry_gold_and_the_checkers_verdict() -> None:
    gold = {f"claims:{one.id}": one.verdict for one in read_ground_cases("development")}
    found = list(of_claims(TERMS, 30))
    assert all((gold[one.id] == "supported") is one.gold for one in found)
    assert {one.gold for one in found} == {True, False} == {one.checker for one in found}


def test_a_larger_sample_begins_with_the_smaller_and_another_seed_with_others() -> None:
    claims = read_ground_cases("development")
    order = Draw(1).order(claims)
    assert order == Draw(1).order(tuple(reversed(claims)))
    assert order[:20] != Draw(2).order(claims)[:20]
    assert [one.id for one in of_claims(TERMS, 5)] == [f"claims:{one.id}" for one in order[:5]]


def test_about_half_are_asked_with_yes_named_first() -> None:
    draw = Draw(1)
    first = sum(draw.yes_first(str(number)) for number in range(400))
    assert 160 < first < 240
    yes, no = (carries_request("A.", "B.", yes_first=one) for one in (True, False))
    assert yes.endswith("Reply yes or no.")
    assert no.endswith("Reply no or yes.")


def test_no_claim_is_of_calibration_and_none_of_the_test_split_unless_it_is_named() -> None:
    calibration = TERMS.model_copy(update={"split": "calibration"})
    assert not list(of_claims(calibration, None))
    assert Wanted().split == "development"


def test_gold_of_an_answer_is_what_the_suite_says(scores: Scores, finder: Finder) -> None:
    found = items(scores, finder)
    gold = {one.id: one.gold for one in found.values() if one.part == "answers"}
    assert gold == {"answers:right": True, "answers:wrong": False, "answers:false": False}
    assert found["statements:wrong:2"].checker is True
    assert found["statements:wrong:2"].gold is None


def test_an_exchanged_answer_shares_nothing_with_the_case(scores: Scores, finder: Finder) -> None:
    found = items(scores, finder)
    passages = whole().corpus.by_id
    exchanged = found["swapped:wrong"]
    assert exchanged.gold is False
    assert QUESTIONS["wrong"] in exchanged.request
    assert passages["gsr:P1-O1"].text in exchanged.request
    # The other answer cites the gold of this case.
    assert passages["gsr:P3-O4"].text not in exchanged.request


def test_held_out_answers_are_judged_only_where_their_split_is_named(
    scores: Scores, finder: Finder
) -> None:
    test = TERMS.model_copy(update={"split": "test"})
    assert {one.unit for one in items(scores, finder).values()} == set(QUESTIONS)
    assert {one.unit for one in items(scores, finder, test).values()} == {"unseen"}


def test_personal_data_is_masked_and_goes_to_no_other_machine(
    tmp_path: Path, finder: Finder
) -> None:
    folder = run_to_judge(tmp_path / "run")
    text = (folder / CASES).read_text(encoding="utf-8")
    write_file(folder / CASES, text.replace(QUESTIONS["right"], NAMED))
    write_file(folder / CONFIG, _renewed(folder).model_dump_json())
    scores = score_run(folder)
    asked = items(scores, finder)["answers:right"].request
    assert "Jane" not in asked
    assert "[name], born on [birth]" in asked
    away = Answers(scores, TERMS, finder, is_local=False)
    assert away.withheld == 1
    assert {one.unit for one in away.items(None)} == {"wrong", "false"}


def test_statements_of_another_edition_have_no_verdict_of_the_checker(
    tmp_path: Path, finder: Finder
) -> None:
    folder = run_to_judge(tmp_path / "run")
    config = load_config(folder).model_copy(update={"edition": "another"})
    write_file(folder / CONFIG, config.model_dump_json())
    assert items(score_run(folder), finder)["statements:right:1"].checker is None


def test_a_long_reply_is_cut_and_earlier_turns_stand_before_the_question() -> None:
    asked = answers_request("And now?", ["What then?"], "word " * MOST, yes_first=True)
    assert asked.startswith("Asked before: What then?\nQuestion:\nAnd now?")
    assert len(asked) < MOST + 200


@pytest.mark.parametrize("reply", ["", "yes no", "yes!", "y", "**yes**", "yes\nno", "Yes, it does"])
def test_a_verdict_is_one_word_and_nothing_else(reply: str) -> None:
    assert verdict_of(reply) is None


def _renewed(folder: Path) -> RunConfig:
    from corpus.passage import digest_of
    from evals.cases.case import load_cases

    cases = digest_of(load_cases(folder / CASES))
    return load_config(folder).model_copy(update={"cases": cases})
