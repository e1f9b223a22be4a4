"""What a question leans on."""

from __future__ import annotations

import pytest

from assistant.rules.leaning import LEANING, SHORT, STANDING, TURNS, is_leaning, understand

EARLIER = ("Tell me about the rock garden.", "When does the park open?")


@pytest.mark.parametrize(
    "text",
    [
        "And in winter?",
        "what about sundays",
        "Is it free?",
        "Why do they close so early?",
        "Which other gates are there?",
        "How long?",
        "No, I meant the north gate",
    ],
)
def test_a_question_that_leans_is_read_with_the_last_turn_that_stands(text: str) -> None:
    found = understand(text, EARLIER)
    assert found.leans
    assert found.text == f"{text} ({EARLIER[1].removesuffix('?')})"
    assert found.earlier[0] == (EARLIER[1], LEANING)


@pytest.mark.parametrize(
    "text",
    [
        "Who designed the glass house of the old harbour?",
        "What is a ferry pass?",
        "Does a dog need its own ticket in the park?",
        "Is it true that visitors may camp beside the lake?",
        "lighthouse opening season",
    ],
)
def test_a_complete_question_stands_by_itself(text: str) -> None:
    found = understand(text, EARLIER)
    assert not found.leans
    assert found.text == text
    assert found.earlier[0][1] <= SHORT


def test_a_turn_that_leans_itself_is_passed_over() -> None:
    found = understand("And on Mondays?", (*EARLIER, "And in winter?"))
    assert found.topic == "When does the park open"


def test_a_pronoun_with_nothing_before_it_dangles() -> None:
    assert understand("How much does it charge?", ()).dangling
    assert not understand("How much does it charge?", EARLIER).dangling
    assert not understand("How much does the ferry charge?", ()).dangling


def test_far_turns_count_for_nothing() -> None:
    assert (
        len(understand("And then?", [f"Where is gate {one}?" for one in range(9)]).earlier) == TURNS
    )


def test_a_turn_without_a_word_of_its_own_is_no_topic() -> None:
    assert not understand("And in winter?", ["ok", "yes please"]).topic
    assert is_leaning("And in winter?")


def test_a_long_question_that_is_complete_hardly_counts_what_came_before() -> None:
    found = understand("Who designed the glass house of the old harbour?", EARLIER)
    assert found.earlier[0] == (EARLIER[1], STANDING)
