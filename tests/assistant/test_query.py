"""The words that ask: what kind of question they make, and which of them carry a topic."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.rules import cues
from assistant.rules.lexicon import Lexicon
from assistant.rules.subjects import Names
from assistant.rules.words import Words, distinct
from assistant.understanding.query import Query

MakeWords = Callable[[str], Words]


@pytest.fixture
def words(names: Names, lexicon: Lexicon) -> MakeWords:
    def make(text: str) -> Words:
        tokens = lexicon.tokens(text)
        return Words(text, tokens, names.find(tokens, text))

    return make


def topic(words: Words, *accounted: str) -> list[str]:
    return [token.word for token in words.topic(*accounted)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("How many outcomes are there?", "number"),
        ("Give the number of pillars", "number"),
        ("count the partners", "number"),
        ("Does pillar 1 have more outcomes than pillar 2?", "more"),
        ("Has pillar 1 fewer outcomes than pillar 2?", "fewer"),
        ("Which pillar has the most outcomes?", "most"),
        ("Which pillar has the largest set of partners?", "most"),
        ("Which pillar has the fewest partners?", "least"),
        ("Which pillar has partners?", ""),
    ],
)
def test_counting_words_are_told_apart(words: MakeWords, text: str, wanted: str) -> None:
    assert words(text).counting == wanted


@pytest.mark.parametrize("text", ["Is Interpol a partner?", "And does it say so?", "has it any?"])
def test_a_question_that_opens_with_a_verb_asks_for_yes_or_no(words: MakeWords, text: str) -> None:
    assert words(text).polar


@pytest.mark.parametrize("text", ["Which is it?", "Partners that are listed", ""])
def test_other_openings_do_not(words: MakeWords, text: str) -> None:
    assert not words(text).polar


@pytest.mark.parametrize(
    "text", ["Interpol is a partner, isn't it?", "It lists Interpol, right?", "no partner, is it"]
)
def test_a_tag_at_the_end_asks_for_yes_or_no(words: MakeWords, text: str) -> None:
    assert words(text).polar


@pytest.mark.parametrize("text", ["Can you list the outcomes?", "Could I see the partners?"])
def test_a_polite_request_is_no_question_for_yes_or_no(words: MakeWords, text: str) -> None:
    assert not words(text).polar


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("the fifth partner", 5),
        ("the last partner", 0),
        ("the 5 partners", None),
        ("five partners", None),
        ("the partner", None),
        ("partner", None),
    ],
)
def test_the_place_of_one_of_many_is_read(words: MakeWords, text: str, number: int | None) -> None:
    said = words(text)
    (kind,) = (one for one in said.mentions if one.type == "kind")
    assert said.ordinal(kind) == number


@pytest.mark.parametrize("text", ["Who leads it?", "Who is in charge of it?", "Who heads it up?"])
def test_who_owns_is_more_than_who_takes_part(words: MakeWords, text: str) -> None:
    assert words(text).asks_owner
    assert not words("Who takes part in it?").asks_owner


def test_a_negation_asks_for_what_is_not_there(words: MakeWords) -> None:
    assert words("Which pillars do not list industry?").negated
    assert words("pillars without industry").negated
    assert not words("Which pillars list industry?").negated


def test_a_negated_question_for_yes_or_no_is_no_negation(words: MakeWords) -> None:
    assert not words("Does pillar 2 not list Interpol?").negated


def test_mentioning_asks_for_statements_with_certain_words(words: MakeWords) -> None:
    assert words("Which outcomes mention children?").mentioning
    assert not words("Which outcomes has pillar 2?").mentioning


def test_a_question_of_who_is_known_by_its_pronoun(words: MakeWords) -> None:
    assert words("with whom should we work?").asks_who
    assert not words("which body should we work with?").asks_who


def test_the_topic_is_what_no_name_and_no_cue_accounts_for(words: MakeWords) -> None:
    said = words("Which outcomes of pillar 3 deal with volcanoes?")
    assert topic(said, "item", "kind") == ["volcanoes"]
    assert topic(said, "item") == ["outcomes", "volcanoes"]


def test_a_glossary_term_stays_a_topic(words: MakeWords) -> None:
    assert topic(words("What about grooming?"), "item", "kind") == ["grooming"]


def test_a_verb_of_acting_is_no_topic_in_a_question_of_who(words: MakeWords) -> None:
    assert "collaborate" not in topic(words("Who should collaborate on volcanoes?"))
    assert "collaborate" in topic(words("How do volcanoes collaborate?"))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("capability 9", True),
        ("crisis response", True),
        ("the outcomes of technology", True),
        ("outcomes under the technology", True),
        ("technology", False),
        ("outcomes", False),
    ],
)
def test_a_name_is_sure_by_length_number_or_possession(
    words: MakeWords, text: str, wanted: bool
) -> None:
    assert words(text).sure is wanted


def test_a_question_about_the_framework_and_nothing_else_is_overall(words: MakeWords) -> None:
    assert words("What is the GSR?").overall
    assert not words("What does the GSR say about volcanoes?").overall
    assert not words("Which outcomes has the GSR?").overall
    assert not words("").overall


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Who takes part?", 0),
        ("and who takes part?", 0),
        ("Outcomes, and who takes part", 8),
        ("those who take part", None),
        ("why is it so", None),
    ],
)
def test_a_short_asking_word_asks_only_where_a_question_begins(
    words: MakeWords, text: str, place: int | None
) -> None:
    assert words(text).asks(("who",)) == place


def test_a_long_asking_phrase_asks_anywhere(words: MakeWords) -> None:
    assert words("to be achieved and by then").asks(("achieved",)) == 6


def test_the_first_word_that_asks_is_found_behind_filling_ones(words: MakeWords) -> None:
    assert words("And then please where is it?").opens_with == "where"
    assert words("and").opens_with == ""


def test_what_is_named_twice_counts_once(words: MakeWords) -> None:
    said = words("outcomes of pillar 2 and outcomes of pillar 2")
    assert (said.kinds, said.items) == (("outcome",), ("gsr:P2",))


def test_distinct_keeps_the_order_of_first_appearance() -> None:
    assert distinct(["b", "a", "b"]) == ("b", "a")


def test_a_query_needs_words_and_an_operation_and_nothing_else() -> None:
    query = Query(text="x", operation="list")
    assert (query.kinds, query.subjects, query.counted, query.filtered) == ((), (), "", False)


WORD_SETS = {name: value for name, value in vars(cues).items() if name.isupper()}


@pytest.mark.parametrize("name", sorted(WORD_SETS))
def test_cue_words_are_single_lower_case_words(name: str) -> None:
    found = {
        word for entry in WORD_SETS[name] for word in ([entry] if isinstance(entry, str) else entry)
    }
    assert found
    assert all(word and word == word.lower().strip() and " " not in word for word in found)


def test_numbers_as_words_say_their_number() -> None:
    assert (cues.NUMBER_WORDS["one"], cues.NUMBER_WORDS["twentieth"]) == (1, 20)
    assert (cues.NUMBER_WORDS["eighth"], cues.NUMBER_WORDS["ninth"]) == (8, 9)
