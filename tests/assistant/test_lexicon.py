from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.lexicon import (
    Lexicon,
    Spelling,
    contains,
    content_stems,
    stem,
    stems_of,
    words_of,
)
from assistant.understanding.naming import entity_terms, heading_of, name_of, short_name
from corpus.readers.glossary import Glossary, Synonyms, Term
from tests.assistant.conftest import local


def only_words(text):
    return [word for word, _, _ in words_of(text)]


@pytest.fixture(scope="module")
def small():
    terms = (
        Synonyms(wordings=("lighthouse keeper", "keeper of the light", "LK")),
        Synonyms(wordings=("keeper", "warden")),
        Synonyms(wordings=("pilot", "LK")),
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
    assert (stem("lk"),) in concepts(small, "keeper lighthouse")[0].forms
    (found,) = concepts(small, "warden")
    assert found.forms == ((stem("warden"),), (stem("keeper"),))
    (found,) = concepts(small, "LK")
    assert {(stem("pilot"),), (stem("lighthouse"), stem("keeper"))} <= {*found.forms}
    (found,) = concepts(small, "tides")
    assert (found.label, found.forms) == ("tides", ((stem("tides"),),))


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
    ends = [one.start + len(one.label) for one in found]
    places = [(one.start, end) for one, end in zip(found, ends, strict=True)]
    assert [text[start:end] for start, end in places] == [one.label for one in found]
    covered = [place for start, end in places for place in range(start, end)]
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


@pytest.fixture
def find(names, lexicon):
    return lambda text: names.find(lexicon.tokens(text), text)


def of(mentions, kind):
    return [one.ids[0] if one.ids else "" for one in mentions if one.type == kind]


def items(mentions):
    return local(of(mentions, "item"))


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("C12", ["C12"]),
        ("c12 and p3-o4", ["C12", "P3-O4"]),
        ("what is P4-W2?", ["P4-W2"]),
        ("capability 7", ["C7"]),
        ("capability number 7", ["C7"]),
        ("capability seven", ["C7"]),
        ("the seventh capability", ["C7"]),
        ("the 7th capability", ["C7"]),
        ("the third pillar", ["P3"]),
        ("capabilities 9 and 10", ["C9", "C10"]),
        ("capabilities 9, 10 and 11", ["C9", "C10", "C11"]),
        ("pillars 2, 4 or 6", ["P2", "P4", "P6"]),
        ("capability #7", ["C7"]),
        ("pillar #3", ["P3"]),
        # A name counts in any order, with small words between.
        ("crisis response", ["C9"]),
        ("response to a crisis", ["C9"]),
        ("victim identity protection", ["C12"]),
        ("protection of the identity of victims", ["C12"]),
        ("research on offenders", ["C24"]),
        ("criminal justice", ["P2"]),
        ("research & insight", ["P6"]),
    ],
)
def test_ids_numbers_and_names_name_items(find, words, wanted):
    found = find(words)
    assert items(found) == wanted
    named = any(sign.isdigit() for sign in words) or "seven" in words or "third" in words
    assert not named or all(one.sure for one in found if one.type == "item")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("pillar 7", ("pillar", "7")),
        ("capability 27", ("capability", "27")),
        ("the tenth pillar", ("pillar", "10")),
        ("pillar 0", ("pillar", "0")),
    ],
)
def test_a_number_beyond_the_last_is_absent(find, words, wanted):
    assert [one.ids for one in find(words) if one.type == "absent"] == [wanted]


def test_a_bare_number_is_of_the_largest_kind_and_a_number_of_things_names_none(find):
    assert items(find("what does number 11 say")) == items(find("#11")) == ["C11"]
    assert items(find("the six pillars")) == []
    assert items(find("the 26 capabilities")) == []
    assert items(find("Z99 and C99-O1")) == []


def test_a_name_wins_in_its_own_order_close_together_and_with_its_kind(find):
    assert items(find("offender outreach and offender research")) == ["C21", "C24"]
    far = "crisis in the north and then in the south and east needs a response"
    assert items(find(far)) == []
    found = find("the legislation capability")
    assert items(found) == ["C2"]
    assert of(found, "kind") == []
    assert found[0].sure
    assert items(find("the policy and legislation pillar")) == ["P1"]
    assert items(find("the capability legislation")) == ["C2"]
    found = find("which pillar is crisis response in")
    assert of(found, "kind") == ["pillar"]
    assert items(found) == ["C9"]


@pytest.mark.parametrize(
    ("words", "kind", "wanted"),
    [
        ("stakeholders", "kind", ["partner"]),
        ("the key goals", "kind", ["outcome"]),
        ("the building blocks", "kind", ["capability"]),
        ("the main themes", "kind", ["pillar"]),
        ("outcomes and partners", "kind", ["outcome", "partner"]),
        ("expensive outcomes", "kind", ["outcome"]),
        ("the police", "entity", ["law-enforcement"]),
        ("NGOs", "entity", ["civil-society"]),
        ("INTERPOL", "entity", ["interpol"]),
        ("the private sector", "entity", ["industry"]),
        ("universities", "entity", ["academic-institutions"]),
        ("regional bodies", "entity", ["regional-organisations"]),
    ],
)
def test_kinds_and_entities_are_found_under_their_other_names(find, words, kind, wanted):
    assert of(find(words), kind) == wanted


def test_the_framework_has_a_name_and_mentions_stand_in_order_and_apart(find):
    found = find("the definition of the GSR")
    assert [one.type for one in found] == ["description", "framework"]
    text = "Which outcomes and partners of pillar 3 and C12 concern Interpol, NGOs and CSAM?"
    found = find(text)
    assert all(a.last < b.first for a, b in pairwise(found))
    assert find("") == []
    assert find("the of and") == []


def test_every_name_is_told_to_the_lexicon(names, framework):
    wanted = [(entity.label, *entity.words) for entity in framework.entities]
    assert [term.wordings for term in entity_terms(framework)] == wanted
    told = set(names.all())
    assert {item.title for item in framework.items if item.title} <= told
    assert {entity.label for entity in framework.entities} <= told


def test_an_item_is_called_by_kind_number_and_title_or_by_its_words(framework):
    item = framework.item("gsr:C12")
    assert name_of(framework, item) == "capability 12 (Victim identity protection)"
    assert heading_of(framework, item) == "Capability 12: Victim identity protection"
    assert short_name(framework, item) == "capability 12"
    strip = framework.item("gsr:X")
    outcome = framework.item("gsr:P4-O3")
    assert name_of(framework, strip) == "strip \u201cCoordinated capacity building\u201d"
    assert name_of(framework, outcome) == "outcome \u201cRegular reporting\u201d"
    assert heading_of(framework, outcome) == "Outcome: Regular reporting"
    assert short_name(framework, strip) == "Coordinated capacity building"
