"""Who answers a case: what is needed is opened once, and a claim is answered by the checker."""

from __future__ import annotations

from assistant.citing.verifier import Verifier
from assistant.settings import Settings
from evals.running.asking import one_by_one, verdict_as_answer

CONTEXT = "The study of 2022 covered 13 countries. It counted no victims."


def test_a_claim_is_answered_by_the_checkers_verdict(make_case) -> None:
    checker = Verifier.open()
    for claim, verdict in (
        ("The study of 2022 covered 13 countries.", "supported"),
        ("The study of 2022 covered 25 countries.", "unsupported"),
    ):
        answer = verdict_as_answer(make_case("c", claim, context=CONTEXT), checker)
        (statement,) = answer.statements
        assert (statement.text, statement.verdict) == (claim, verdict)
        assert answer.status == "answered"


def test_what_answers_is_opened_once_and_before_the_first_question(
    make_case, make_answer, play, tmp_path
) -> None:
    opened = []

    def opening(settings: Settings) -> object:
        opened.append(settings)
        return play({"First?": make_answer("gsr:C12"), "Second?": make_answer("gsr:C11")})

    cases = [make_case("a", "First?"), make_case("b", "Second?"), make_case("c", "Third?")]
    rows = one_by_one(cases, Settings(home=tmp_path), opening)
    assert len(opened) == 1
    first, second, third = rows
    assert (first.id, second.id, len(opened)) == ("a", "b", 1)
    assert third.answer is None
    assert "empty" in third.error
