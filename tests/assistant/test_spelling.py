"""Abbreviations said in full: once, in whatever letters, and never inside a word."""

import pytest

from assistant.understanding.spelling import Spelling
from corpus.readers.glossary import Glossary, Term

SPELLING = Spelling(
    Glossary(
        terms=(
            Term(term="CAC", expansion="Child Advocacy Centre"),
            Term(term="ICSE", expansion="image database"),
            Term(term="barnahus"),
        )
    )
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("What is a CAC?", "What is a Child Advocacy Centre (CAC)?"),
        ("icse and ICSE", "image database (icse) and image database (ICSE)"),
        ("ICSE or not ICSE", "image database (ICSE) or not ICSE"),
        ("the image database ICSE", "the image database ICSE"),
        ("a cac", "a cac"),  # three small letters may be any word
        ("CACTUS and X-CAC", "CACTUS and X-CAC"),
        ("barnahus", "barnahus"),
    ],
)
def test_a_short_form_stands_behind_what_it_stands_for(text: str, told: str) -> None:
    assert SPELLING.in_full(text) == told


def test_a_glossary_without_abbreviations_changes_nothing() -> None:
    assert Spelling(Glossary(terms=())).in_full("ICSE") == "ICSE"
