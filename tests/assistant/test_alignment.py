"""A claim beside its context: the closest sentence, and what is measured."""

from __future__ import annotations

from assistant.citing.alignment import Alignment, measures

CONTEXT = "Harbour masters keep lists of ships. Pilots are rested. Ships paid 20 euros in 2024."


def test_the_source_is_the_sentence_that_holds_most_of_the_claim() -> None:
    alignment = Alignment.of(CONTEXT, "The pilots are well rested.")
    assert alignment.source.text == "Pilots are rested."


def test_all_of_a_true_claim_is_found() -> None:
    measured = measures(Alignment.of(CONTEXT, "Ships paid 20 euros in 2024"))
    assert measured == {"neighbours": 1.0, "letters": 1.0, "amounts": 1.0, "missing_names": 0.0}


def test_what_is_missing_is_measured() -> None:
    measured = measures(Alignment.of(CONTEXT, "Ships paid 30 euros to Neptune in 2024"))
    assert measured["neighbours"] < 1.0
    assert measured["letters"] < 1.0
    assert measured["amounts"] == 0.5
    assert measured["missing_names"] > 0.0


def test_the_same_words_in_another_order_are_other_neighbours() -> None:
    measured = measures(Alignment.of(CONTEXT, "Ships keep masters of harbour lists"))
    assert measured["letters"] == 1.0 > measured["neighbours"]


def test_a_word_in_another_form_is_found_by_its_letters() -> None:
    measured = measures(Alignment.of(CONTEXT, "Listing of shipped goods"))
    assert 0.0 < measured["letters"] < 1.0


def test_a_share_is_weighed_by_how_much_words_tell() -> None:
    alignment = Alignment.of(CONTEXT, "Pilots of zeppelins")
    assert 0.0 < alignment.share(alignment.known) < 0.5


def test_closeness_leaves_amounts_out() -> None:
    alignment = Alignment.of(CONTEXT, "Ships paid 90 euros in 2019")
    assert alignment.closeness == 1.0 > alignment.share(alignment.source.stems)
