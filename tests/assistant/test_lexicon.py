"""Words: how they are cut, stemmed, mended and grouped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.lexicon import (
    Concept,
    Lexicon,
    contains,
    content_stems,
    stem,
    stems_of,
    words_of,
)
from corpus.readers.glossary import Synonyms


def only_words(text: str) -> list[str]:
    return [word for word, _, _ in words_of(text)]


@pytest.fixture(scope="module")
def small() -> Lexicon:
    terms = (
        Synonyms(wordings=("lighthouse keeper", "keeper of the light", "LK"), items=("h:1",)),
        Synonyms(wordings=("keeper", "warden")),
        Synonyms(wordings=("pilot", "LK"), items=("h:2", "h:1")),
    )
    texts = ["Colour and organisation of the harbour centre", "Programmes to analyse tides"]
    return Lexicon(texts, ["Mooring checks"], terms)


def mended(lexicon: Lexicon, text: str) -> list[str]:
    return [token.word for token in lexicon.tokens(text)]


def concepts(lexicon: Lexicon, text: str) -> tuple[Concept, ...]:
    return lexicon.concepts(lexicon.tokens(text), text)


def test_hyphens_and_slashes_part_words() -> None:
    assert only_words("long-term upstream/downstream") == ["long", "term", "upstream", "downstream"]


def test_a_possessive_is_the_word_itself() -> None:
    assert only_words("the victim's voice, the victims\u2019 groups") == [
        "the",
        "victim",
        "voice",
        "the",
        "victims",
        "groups",
    ]


def test_a_shortened_not_leaves_its_verb_marked() -> None:
    assert only_words("It doesn't, isn\u2019t") == ["it", "doesn", "isn"]


def test_underscores_and_signs_are_no_words() -> None:
    assert only_words("_ -- # @ !") == []
    assert only_words("") == []


def test_stems_join_the_forms_of_a_word() -> None:
    assert stems_of("reports reporting reported") == (stem("report"),) * 3


def test_content_stems_leave_function_words_out() -> None:
    assert content_stems("the identity of the victims") == (stem("identity"), stem("victim"))
    assert content_stems("of the and") == ()


def test_a_form_is_found_across_function_words_only() -> None:
    text = stems_of("protect the identity of victims")
    assert contains(text, content_stems("identity victims"))
    assert not contains(text, content_stems("victims identity"))
    assert not contains(text, content_stems("protect victims"))


def test_a_single_stem_is_found_anywhere() -> None:
    assert contains(("a", "b"), ("b",))
    assert not contains(("a", "b"), ("c",))


@pytest.mark.parametrize(
    ("american", "british"),
    [
        ("color", "colour"),
        ("organization", "organisation"),
        ("harbor", "harbour"),
        ("center", "centre"),
        ("programs", "programmes"),
        ("analyze", "analyse"),
    ],
)
def test_american_spelling_is_read_as_british(small: Lexicon, american: str, british: str) -> None:
    assert mended(small, american) == [british]


@pytest.mark.parametrize(("typed", "meant"), [("morring", "mooring"), ("lighthuose", "lighthouse")])
def test_a_misspelling_is_mended_towards_the_corpus(small: Lexicon, typed: str, meant: str) -> None:
    assert mended(small, typed) == [meant]


def test_an_english_word_is_never_mended_to_another(small: Lexicon) -> None:
    assert mended(small, "moving charcoal cheeks") == ["moving", "charcoal", "cheeks"]


def test_short_words_and_numbers_stay_as_they_are(small: Lexicon) -> None:
    assert mended(small, "tyd c12 colour2 qqq") == ["tyd", "c12", "colour2", "qqq"]


def test_a_word_near_nothing_stays_as_it_is(small: Lexicon) -> None:
    assert mended(small, "zzzyxwvut") == ["zzzyxwvut"]


def test_the_longest_wording_makes_one_concept(small: Lexicon) -> None:
    found = concepts(small, "a lighthouse keeper")
    assert found[-1].label == "lighthouse keeper"
    assert found[-1].items == ("h:1",)


def test_the_words_of_a_term_may_stand_in_any_order(small: Lexicon) -> None:
    assert concepts(small, "keeper lighthouse")[0].items == ("h:1",)


def test_a_concept_carries_every_wording_of_its_term(small: Lexicon) -> None:
    (found,) = concepts(small, "warden")
    assert found.forms == ((stem("warden"),), (stem("keeper"),))


def test_a_wording_of_two_terms_stands_for_both(small: Lexicon) -> None:
    (found,) = concepts(small, "LK")
    assert found.items == ("h:1", "h:2")
    assert (stem("pilot"),) in found.forms


def test_a_word_of_no_term_is_a_concept_of_its_own(small: Lexicon) -> None:
    (found,) = concepts(small, "tides")
    assert (found.label, found.forms, found.items) == ("tides", ((stem("tides"),),), ())


def test_rarity_keeps_within_its_bounds_and_grows_with_rareness(small: Lexicon) -> None:
    assert small.rarity("time") == pytest.approx(0.2)
    assert small.rarity("xylophone") > small.rarity("people")
    assert small.rarity("zzzyxwvut") == 1.0
    assert small.rarity("") == 1.0


@given(st.text(max_size=60))
def test_every_word_stands_at_its_place(text: str) -> None:
    ends = 0
    for word, start, end in words_of(text):
        assert ends <= start < end <= len(text)
        assert word == word.lower() or not word.isascii()
        ends = end


@given(words=st.lists(st.sampled_from("lighthouse keeper of the light pilot LK tides a".split())))
def test_concepts_take_every_token_once_and_in_order(small: Lexicon, words: list[str]) -> None:
    text = " ".join(words)
    tokens = small.tokens(text)
    found = small.concepts(tokens, text)
    assert [text[one.start : one.end] for one in found] == [one.label for one in found]
    covered = [place for one in found for place in range(one.start, one.end)]
    assert covered == sorted(set(covered))
    assert all(token.start in covered for token in tokens)
