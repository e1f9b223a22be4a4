"""Questions for the place where something is said."""

from __future__ import annotations

import pytest

from assistant.answering.locating import locates, unlocated
from tests.assistant.conftest import Ask, noted, quoted


@pytest.mark.parametrize(
    "text",
    [
        "Where does the page speak of transparency?",
        "on which lines is data sharing mentioned",
        "which section covers funding",
        "Where can I find the part about media reporting?",
        "show me the passage on expert witnesses",
        "whereabouts in the framework is gender",
    ],
)
def test_a_question_for_a_place_is_seen(text: str) -> None:
    assert locates(text)


@pytest.mark.parametrize(
    "text",
    [
        "Where do survivors get help?",
        "Where did the programme start?",
        "Which outcomes does pillar 3 have?",
        "In what year was it adopted?",
    ],
)
def test_other_questions_are_not_for_a_place(text: str) -> None:
    assert not locates(text)


def test_what_is_left_is_what_is_looked_for() -> None:
    assert unlocated("Where exactly can I find the part about media?") == "media?"


def test_a_place_is_told_with_its_lines(ask: Ask) -> None:
    answer = ask("Where does the page speak of transparency?")
    assert answer.scope.operation == "locate"
    assert "lines 188-192 (capability 16" in noted(answer.statements)
    assert "C16" in quoted(answer.statements)


def test_every_place_that_says_it_is_told(ask: Ask) -> None:
    assert quoted(ask("Where does the page speak of data sharing?").statements) == ["C4", "P2-O7"]


def test_every_place_that_names_an_actor_is_told(ask: Ask) -> None:
    answer = ask("Where does the page mention Interpol?")
    assert quoted(answer.statements) == ["P2-W2"]


def test_what_stands_nowhere_is_not_located(ask: Ask) -> None:
    answer = ask("On which lines does the page speak of submarines?")
    assert answer.status in ("not_covered", "out_of_scope")
    assert not quoted(answer.statements)


def test_a_kind_that_is_named_is_listed_and_not_located(ask: Ask) -> None:
    assert ask("Where does industry appear as a partner?").scope.operation == "inverse"
