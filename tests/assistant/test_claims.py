"""Claims and contexts taken apart: sentences, words, names."""

from __future__ import annotations

from assistant.citing.claims import rarity, read_claim, read_context


def test_marks_of_references_and_addresses_are_no_words() -> None:
    said = read_claim("Reports rose [1][2, 3], see https://example.org/a.")
    assert [word.text for word in said.words] == ["reports", "rose", "see"]


def test_short_forms_are_read_in_full() -> None:
    said = read_claim("It can't, won't and doesn\u2019t.")
    assert [word.text for word in said.words].count("not") == 3


def test_an_amount_is_one_word_with_its_key_for_a_stem() -> None:
    said = read_claim("They got 20.5 million reports.")
    assert [word.stem for word in said.content] == ["20500000", "report"]


def test_names_are_written_large_or_mix_letters_and_digits() -> None:
    said = read_claim("Reports to NCMEC, eSafety and Childline in March concern C12.")
    assert said.names == {"ncmec", "esafeti", "childlin", "c12"}


def test_sentences_that_a_page_has_glued_together_are_parted_and_know_their_line() -> None:
    context = read_context("Ships sink.Pilots swim.\n\nHarbours stay.")
    assert [(said.text, said.line) for said in context] == [
        ("Ships sink.", 0),
        ("Pilots swim.", 0),
        ("Harbours stay.", 2),
    ]


def test_nothing_is_read_from_blanks_and_marks() -> None:
    assert read_context(" \n ... [1] ") == ()


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    assert rarity("people") < rarity("prosecutor") <= rarity("zzyzx") == 1.0
