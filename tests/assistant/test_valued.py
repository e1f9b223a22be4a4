"""Sentences that give a value: of the sort that is asked, of the thing that is asked about."""

from __future__ import annotations

import pytest

from assistant.rules.lexicon import Concept, content_stems
from assistant.rules.quantity import wanted
from assistant.rules.valued import Valued
from assistant.understanding.query import Query


def concept(label: str, *also: str) -> Concept:
    forms = tuple(content_stems(one) for one in (label, *also))
    return Concept(label, forms, (), 0, len(label))


def valued(text: str, *concepts: Concept) -> Valued:
    return Valued(Query(text=text, operation="explain", wants=wanted(text)), concepts, concepts)


COUNT = valued("How many firms follow the scheme?", concept("firms", "companies"))


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("In 2022, 16 technology companies followed the scheme.", True),
        ("Companies follow ten rules of the scheme.", False),  # the number is of the rules
        ("Companies joined the scheme in 2022.", False),  # a year counts nothing
        ("16 companies have not joined the scheme.", False),  # what is denied is no answer
        ("Article 16 binds companies.", False),  # nor is the number of an article
    ],
)
def test_a_number_is_given_of_what_is_counted(text: str, given: bool) -> None:
    assert COUNT.is_given(text, "The scheme", 0.5) is given


def test_a_question_for_what_should_be_wants_a_rule() -> None:
    asked = valued("How many centres should a country have?", concept("centres"))
    assert not asked.is_given("There are 850 centres.", "Centres", 0.5)
    assert asked.is_given("The law requires 850 centres.", "Centres", 0.5)


def test_a_year_that_is_named_must_be_there() -> None:
    asked = valued("What happened to the rules in 2026?", concept("rules"))
    assert asked.asks
    assert asked.is_given("The rules lapsed in April 2026.", "Rules", 0.1)
    assert not asked.is_given("The rules came in 2021.", "Rules", 0.9)


def test_a_value_on_another_matter_of_the_same_note_is_none() -> None:
    asked = valued("When was the guide published?", concept("guide"), concept("published"))
    told = "The guide was translated in 2019."
    assert not asked.is_given(told, "A guide", 0.5)
    assert asked.is_given("The guide was published in 2019.", "A guide", 0.5)
    assert not asked.is_given(told, "A guide", 0.9)  # another event, however alike the words
    assert asked.is_given("The guide appeared in 2019.", "A guide", 0.9)


def test_who_did_something_is_told_by_who_did_that() -> None:
    asked = valued("Who founded the scheme?", concept("scheme"))
    assert asked.is_given("The Example Council started the scheme.", "Schemes", 0.7)
    assert asked.is_given("The scheme, set out by Example Council, is small.", "Schemes", 0.7)
    assert not asked.is_given("The Example Council praised the scheme.", "Schemes", 0.7)
    assert not asked.is_given("The scheme was started long ago.", "Schemes", 0.7)


def test_a_name_from_the_title_is_no_answer() -> None:
    asked = valued("Which company makes the platform?", concept("company"))
    title = "Project Arachnid"
    assert not asked.is_given("Companies are told by Project Arachnid.", title, 0.8)
    assert asked.is_given("No company, but the Canadian Centre.".replace("No", "A"), title, 0.8)


def test_a_percentage_is_given_of_what_it_is_a_share_of() -> None:
    asked = valued("What is the relapse rate of users?", concept("relapse"))
    assert asked.is_given("A relapse followed for 5 per cent.", "Users", 0.8)
    assert not asked.is_given("Of the users 76 per cent said that use fell.", "Users", 0.8)


def test_a_question_for_no_value_is_left_alone() -> None:
    asked = valued("How does it work?", concept("work"))
    assert not asked.asks
    assert asked.is_given("Anything.", "", 0.0)
