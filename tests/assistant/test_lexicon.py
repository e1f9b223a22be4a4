from itertools import pairwise

import pytest

from assistant.understanding import lexicon as reading
from assistant.understanding.lexicon import Lexicon, Spelling, contains, stem, stems_of, words_of
from corpus.readers.glossary import Glossary, Synonyms, Term
from tests.assistant.conftest import local


@pytest.fixture(scope="module")
def small():
    terms = (
        Synonyms(wordings=("lighthouse keeper", "keeper of the light", "LK")),
        Synonyms(wordings=("keeper", "warden")),
        Synonyms(wordings=("pilot", "LK")),
    )
    texts = ["Colour and organisation of the harbour centre", "Programmes to analyse tides"]
    return Lexicon(texts, ["Mooring checks"], terms)


def test_a_text_is_parted_into_plain_words_and_stems_are_found_across_function_words_only():
    words = [word for word, _, _ in words_of("the victim's voice, victims\u2019 _ -- isn\u2019t")]
    assert words == "the victim voice victims isn".split()
    assert stems_of("reports reporting reported") == (stem("report"),) * 3
    text = stems_of("protect the identity of victims")
    assert contains(text, reading.content_stems("identity of the victims"))
    assert not contains(text, reading.content_stems("victims identity"))
    assert not contains(text, reading.content_stems("protect victims"))


def test_words_are_mended_towards_the_corpus(small):
    for typed, meant in (
        # American spelling is read as British.
        ("color organization center analyze", "colour organisation centre analyse"),
        # A misspelling is mended towards the corpus, an English word never to another.
        ("morring lighthuose moving cheeks", "mooring lighthouse moving cheeks"),
        # Short words, numbers and words near nothing stay as they are.
        ("tyd c12 colour2 qqq zzzyxwvut", "tyd c12 colour2 qqq zzzyxwvut"),
    ):
        assert [token.word for token in small.tokens(typed)] == meant.split()


def test_a_term_is_one_concept_with_all_its_wordings(small):
    def concepts(text):
        return small.concepts(small.tokens(text), text)

    assert concepts("a lighthouse keeper")[-1].label == "lighthouse keeper"
    assert (stem("lk"),) in concepts("keeper lighthouse")[0].forms
    assert concepts("warden")[0].forms == ((stem("warden"),), (stem("keeper"),))
    (found,) = concepts("LK")
    assert {(stem("pilot"),), (stem("lighthouse"), stem("keeper"))} <= {*found.forms}


CAC = Term(term="CAC", expansion="Child Advocacy Centre")
ICSE = Term(term="ICSE", expansion="image database")
SPELLING = Spelling(Glossary(terms=(CAC, ICSE, Term(term="barnahus"))))


def test_a_short_form_stands_behind_what_it_stands_for():
    for text, told in (
        ("What is a CAC?", "What is a Child Advocacy Centre (CAC)?"),
        ("icse and ICSE", "image database (icse) and image database (ICSE)"),
        ("ICSE or not ICSE", "image database (ICSE) or not ICSE"),
        ("the image database ICSE", "the image database ICSE"),
        ("a cac or barnahus", "a cac or barnahus"),  # three small letters may be any word
        ("CACTUS and X-CAC", "CACTUS and X-CAC"),
    ):
        assert SPELLING.in_full(text) == told
        assert Spelling(Glossary(terms=())).in_full(text) == text


@pytest.fixture
def find(names, lexicon):
    return lambda text: names.find(lexicon.tokens(text), text)


def of(mentions, kind):
    return [one.ids[0] if one.ids else "" for one in mentions if one.type == kind]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("c12 and p3-o4", "C12 P3-O4"),
        ("capability number 7, the 8th capability and the third pillar", "C7 C8 P3"),
        ("the 3rd capability of Criminal justice, the last, the 2nd outcome in P4", "C6 P4-O2"),
        ("capabilities 9, 10 and 11, and pillar #3", "C9 C10 C11 P3"),
        # A bare number is of the largest kind, and a number of things names none.
        ("#11", "C11"),
        ("the six pillars, the 26 capabilities, Z99 and C99-O1", ""),
        ("the six pillars and 26 capabilities, with one line on each", ""),
        ("the six pillars with 26 capabilities, 41 outcomes", ""),
        ("capability 12 and pillar 3 outcomes", "C12 P3"),
        # A name counts in any order, with small words between, close together.
        ("response to a crisis, research & insight", "C9 P6"),
        ("offender outreach and offender research", "C21 C24"),
        ("crisis in the north and then in the south and east needs a response", ""),
        ("the legislation capability, the policy and legislation pillar", "C2 P1"),
        ("which pillar is crisis response in", "C9"),
    ],
)
def test_ids_numbers_and_names_name_items(find, words, wanted):
    found = find(words)
    assert local(of(found, "item")) == wanted.split()
    assert ("pillar" in of(found, "kind")) == words.startswith(("which pillar", "the six"))
    assert all(a.last < b.first for a, b in pairwise(found))
    named = {"7", "seven", "third", "#3", "legislation"} & {*words.split()}
    assert not named or all(one.sure for one in found if one.type == "item")


def test_kinds_entities_and_the_framework_are_found_under_their_other_names(find):
    for words, kind, wanted in (
        ("goals and stakeholders", "kind", ["outcome", "partner"]),
        ("pillar 0 and the tenth pillar", "absent", ["pillar", "pillar"]),
        ("the police and NGOs", "entity", ["law-enforcement", "civil-society"]),
        ("the definition of the GSR", "description", [""]),
        ("the definition of the GSR", "framework", [""]),
        ("the of and", "item", []),
    ):
        assert of(find(words), kind) == wanted
