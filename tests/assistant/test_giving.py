"""Values that a question about anything asks for, and sentences that give one."""

from __future__ import annotations

import pytest

from assistant.rules.giving import gives, value_wanted


@pytest.mark.parametrize(
    ("question", "want"),
    [
        ("When does the park open?", "date"),
        ("Where can I hire a boat?", "place"),
        ("Who dug the lake?", "person"),
        ("How many steps has the tower?", "number"),
        ("What is the interest rate?", "percentage"),
        ("How do I set up a rate alert?", ""),
        ("Who can apply?", ""),
        ("Why was it closed?", ""),
        ("What will happen next?", ""),
    ],
)
def test_a_question_wants_a_sort_of_value(question: str, want: str) -> None:
    assert value_wanted(question) == want


@pytest.mark.parametrize(
    ("want", "text", "given"),
    [
        ("date", "The gate opens in May.", True),
        ("date", "The gate may open.", False),
        ("date", "It was dug in 1871.", True),
        ("date", "Apply after you have paid.", True),
        ("person", "It was dug by Ada Birch.", True),
        ("person", "It was dug by hand.", False),
        ("place", "Boats wait at the pier.", True),
        ("number", "The tower has 112 steps.", True),
        ("number", "There is only one gate.", True),
        ("number", "The tower is high.", False),
        ("money", "Entry is free.", True),
        ("money", "Entry costs $4.", True),
        ("money", "Entry is dear.", False),
        ("contact", "Call 020 7946 0000.", True),
        ("contact", "Call us.", False),
        ("ranking", "The tower is the oldest of all.", True),
        ("duration", "It takes two hours.", True),
    ],
)
def test_a_sentence_gives_it_or_does_not(want: str, text: str, given: bool) -> None:
    assert gives(want, text, "the question") is given


def test_a_name_that_the_question_says_is_no_answer() -> None:
    assert not gives("person", "It was built for Ada Birch.", "Who helped Ada Birch?")
