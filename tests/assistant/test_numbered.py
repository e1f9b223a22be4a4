"""Sentences are read as they come, with the numbers that they cite."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.wording.numbered import LONGEST, Cited, Reader, sentences_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ships rest [1].", [("Ships rest.", (1,))]),
        ("Ships rest. [1]", [("Ships rest.", (1,))]),
        ("Ships rest [1]\nPilots sail [2]", [("Ships rest", (1,)), ("Pilots sail", (2,))]),
        ("Ships rest [1]. Pilots sail [2, 3].", [("Ships rest.", (1,)), ("Pilots sail.", (2, 3))]),
        ("Ships rest [1], and pilots sail [2].", [("Ships rest, and pilots sail.", (1, 2))]),
        ("- Ships rest [3][1][3].", [("Ships rest.", (3, 1))]),
        ("1. Ships rest [1].", [("Ships rest.", (1,))]),
        ("Sure!\n\nShips rest [1].", [("Sure!", ()), ("Ships rest.", (1,))]),
        ("Ships [name] rest [1].", [("Ships [name] rest.", (1,))]),
        ("Ships rest [1000].", [("Ships rest [1000].", ())]),
        ("Ships rest. Pilots sail [1][2].", [("Ships rest.", (1,)), ("Pilots sail.", (2,))]),
        ("Ships rest. Pilots. Sail [1][2].", [("Ships rest. Pilots. Sail.", (1, 2))]),
        (" \n\n ", []),
        (f"{'a' * LONGEST} [1].", []),
    ],
)
def test_each_sentence_comes_with_its_numbers(
    text: str, found: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert [*sentences_of(text)] == [Cited(*one) for one in found]


@given(st.text(alphabet="ab [1]2,.\n", max_size=60), st.integers(1, 7))
def test_it_does_not_matter_how_a_text_is_cut(text: str, size: int) -> None:
    reader = Reader()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    read = [one for piece in pieces for one in reader.feed(piece)]
    held = [*read, *reader.rest()]
    # A mark at the very end of a piece may still be followed by another one.
    assert "".join(one.text for one in held).replace(" ", "") == "".join(
        one.text for one in sentences_of(text)
    ).replace(" ", "")
    assert {n for one in held for n in one.numbers} == {
        n for one in sentences_of(text) for n in one.numbers
    }
