import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.lexicon import (
    Lexicon,
    contains,
    content_stems,
    stem,
    stems_of,
    words_of,
)
from assistant.understanding.spelling import Spelling
from corpus.readers.glossary import Glossary, Synonyms, Term


def only_words(text):
    return [word for word, _, _ in words_of(text)]


@pytest.fixture(scope="module")
def small():
    terms = (
        Synonyms(wordings=("lighthouse keeper", "keeper of the light", "LK"), items=("h:1",)),
        Synonyms(wordings=("keeper", "warden")),
        Synonyms(wordings=("pilot", "LK"), items=("h:2", "h:1")),
    )
    texts = ["Colour and organisation of the harbour centre", "Programmes to analyse tides"]
    return Lexicon(texts, ["Mooring checks"], terms)


def concepts(lexicon, text):
    return lexicon.concepts(lexicon.tokens(text), text)


def test_text_is_parted_into_plain_words():
    assert only_words("long-term upstream/downstream") == ["long", "term", "upstream", "downstream"]
    found = only_words("the victim's voice, the victims\u2019 groups")
    assert found == "the victim voice the victims groups".split()
    assert only_words("It doesn't, isn\u2019t") == ["it", "doesn", "isn"]
    assert only_words("_ -- # @ !") == []
    assert only_words("") == []


def test_stems_join_forms_and_are_found_across_function_words_only():
    assert stems_of("reports reporting reported") == (stem("report"),) * 3
    assert content_stems("the identity of the victims") == (stem("identity"), stem("victim"))
    assert content_stems("of the and") == ()
    text = stems_of("protect the identity of victims")
    assert contains(text, content_stems("identity victims"))
    assert not contains(text, content_stems("victims identity"))
    assert not contains(text, content_stems("protect victims"))
    assert contains(("a", "b"), ("b",))
    assert not contains(("a", "b"), ("c",))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        # American spelling is read as British.
        ("color organization harbor", "colour organisation harbour"),
        ("center programs analyze", "centre programmes analyse"),
        # A misspelling is mended towards the corpus, an English word never to another.
        ("morring lighthuose", "mooring lighthouse"),
        ("moving charcoal cheeks", "moving charcoal cheeks"),
        # Short words, numbers and words near nothing stay as they are.
        ("tyd c12 colour2 qqq zzzyxwvut", "tyd c12 colour2 qqq zzzyxwvut"),
    ],
)
def test_words_are_mended_towards_the_corpus(small, typed, meant):
    assert [token.word for token in small.tokens(typed)] == meant.split()


def test_a_term_is_one_concept_with_all_its_wordings(small):
    found = concepts(small, "a lighthouse keeper")
    assert found[-1].label == "lighthouse keeper"
    assert found[-1].items == ("h:1",)
    assert concepts(small, "keeper lighthouse")[0].items == ("h:1",)
    (found,) = concepts(small, "warden")
    assert found.forms == ((stem("warden"),), (stem("keeper"),))
    (found,) = concepts(small, "LK")
    assert found.items == ("h:1", "h:2")
    assert (stem("pilot"),) in found.forms
    (found,) = concepts(small, "tides")
    assert (found.label, found.forms, found.items) == ("tides", ((stem("tides"),),), ())


def test_rarity_keeps_within_its_bounds_and_grows_with_rareness(small):
    assert small.rarity("time") == pytest.approx(0.2)
    assert small.rarity("xylophone") > small.rarity("people")
    assert small.rarity("zzzyxwvut") == 1.0
    assert small.rarity("") == 1.0


@given(st.text(max_size=60))
def test_every_word_stands_at_its_place(text):
    ends = 0
    for word, start, end in words_of(text):
        assert ends <= start < end <= len(text)
        assert word == word.lower() or not word.isascii()
        ends = end


@given(words=st.lists(st.sampled_from("lighthouse keeper of the light pilot LK tides a".split())))
def test_concepts_take_every_token_once_and_in_order(small, words):
    text = " ".join(words)
    tokens = small.tokens(text)
    found = small.concepts(tokens, text)
    assert [text[one.start : one.end] for one in found] == [one.label for one in found]
    covered = [place for one in found for place in range(one.start, one.end)]
    assert covered == sorted(set(covered))
    assert all(token.start in covered for token in tokens)


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
def test_a_short_form_stands_behind_what_it_stands_for(text, told):
    assert SPELLING.in_full(text) == told


def test_a_glossary_without_abbreviations_changes_nothing():
    assert Spelling(Glossary(terms=())).in_full("ICSE") == "ICSE"
