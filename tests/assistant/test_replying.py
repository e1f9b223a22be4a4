"""Yes and no: which questions ask for one, and what a sentence says to them."""

from __future__ import annotations

import pytest

from assistant.rules.replying import asks_yes_or_no, first_word


@pytest.mark.parametrize(
    ("text", "polar"),
    [
        ("Is it binding?", True),
        ("If a firm is on the list, may it use the name?", True),
        ("We met yesterday. Does the treaty say so?", True),
        ("Is there a treaty, and which article is it?", False),
        ("Can you list the outcomes?", False),
        ("How is it done?", False),
    ],
)
def test_what_asks_for_yes_or_no(text: str, polar: bool) -> None:
    assert asks_yes_or_no(text) is polar


@pytest.mark.parametrize(
    ("question", "sentence", "word"),
    [
        ("Is the scheme binding?", "The scheme is not binding.", "No"),
        ("Is the scheme binding?", "The scheme is binding.", "Yes"),
        ("Isn't the scheme binding?", "The scheme is not binding.", "Yes"),
    ],
)
def test_a_sentence_on_the_point_settles_it(question: str, sentence: str, word: str) -> None:
    assert first_word(question, sentence, held=1.0, similarity=0.9) == word


def test_a_sentence_beside_the_point_settles_nothing() -> None:
    assert first_word("Is it binding?", "Harbours are deep.", held=0.0, similarity=0.1) == ""
