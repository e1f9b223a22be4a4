"""The rules of wording, each with what it catches and what it lets be."""

from __future__ import annotations

import pytest

from corpus.checks.wording_rules import (
    Overlap,
    deprecated_in,
    overlaps,
    too_long,
    unresolved_opening,
    without,
    without_quotations,
)

NINE = "one two three four five six seven eight nine"


def test_a_sentence_of_35_words_is_not_too_long() -> None:
    assert too_long("word " * 35) == 0


def test_a_sentence_of_36_words_is_too_long_by_its_count() -> None:
    assert too_long("word " * 36) == 36


@pytest.mark.parametrize(
    ("sentence", "pronoun"),
    [
        ("It helps.", "It"),
        ("It’s free.", "It"),
        ("“They” said so.", "They"),
        ("(These are free.)", "These"),
        ("The latter is free.", "The latter"),
        ("There are three of them.", "There"),
        ("This notebook is free.", "This"),
    ],
)
def test_an_opening_pronoun_is_found(sentence: str, pronoun: str) -> None:
    assert unresolved_opening(sentence) == pronoun


@pytest.mark.parametrize(
    "sentence",
    ["This note says so.", "Italy helps.", "Theirs is a port.", "Ports help when they can."],
)
def test_a_sentence_that_names_its_thing_first_is_let_be(sentence: str) -> None:
    assert unresolved_opening(sentence) == ""


def test_a_phrase_is_taken_out_whatever_its_case_and_leaves_a_gap() -> None:
    assert without("See the MODEL ACT today.", ["Model Act"]).split() == [
        "See",
        "the",
        "#",
        "today.",
    ]


def test_the_longest_phrase_is_taken_out_first() -> None:
    assert "Annex" not in without("The Model Act Annex applies.", ["Model Act", "Model Act Annex"])


def test_a_phrase_is_taken_out_as_whole_words_only() -> None:
    assert without("A practical factor.", ["act"]) == "A practical factor."


def test_an_empty_phrase_takes_nothing_out() -> None:
    assert without("As it is.", [""]) == "As it is."


def test_what_stands_between_curly_quotation_marks_is_taken_out() -> None:
    assert without_quotations("Say “this or that” now.").split() == ["Say", "#", "now."]


@pytest.mark.parametrize("text", ["An Old Wording.", "Two old wordings.", "(old wording)"])
def test_a_deprecated_wording_is_found_whatever_its_case_and_number(text: str) -> None:
    assert list(deprecated_in(text, {"old wording": "new"})) == [("old wording", "new")]


@pytest.mark.parametrize("text", ["A bold wording.", "An old-wording-like one.", "Old, wording."])
def test_a_wording_inside_others_is_let_be(text: str) -> None:
    assert list(deprecated_in(text, {"old wording": "new"})) == []


def test_the_longest_run_that_two_files_share_is_given_once() -> None:
    found = overlaps({"a": [f"So {NINE} ten."], "b": [f"But, {NINE.upper()} — ten!"]})
    assert found == (Overlap(first="a", second="b", words=f"{NINE} ten"),)


def test_no_run_crosses_from_one_text_of_a_file_into_the_next() -> None:
    start, _, end = NINE.partition(" five ")
    assert overlaps({"a": [NINE], "b": [start, f"five {end}"]}) == ()


def test_no_run_crosses_a_gap() -> None:
    start, _, end = NINE.partition(" five ")
    assert overlaps({"a": [NINE], "b": [without(f"{start} x {end}", ["x"])]}) == ()


def test_a_file_may_repeat_itself() -> None:
    assert overlaps({"a": [NINE, NINE]}) == ()


def test_each_later_file_is_told_the_first_that_has_the_words() -> None:
    found = overlaps({"a": [NINE], "b": [NINE], "c": [NINE]})
    assert [(one.first, one.second) for one in found] == [("a", "b"), ("a", "c")]
