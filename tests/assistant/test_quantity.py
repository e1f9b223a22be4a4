"""Values that a question can want, and whether a text holds one."""

from __future__ import annotations

import pytest

from assistant.rules.quantity import VALUES, holds, wanted


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("What proportion of platforms report?", "percentage"),
        ("What is the completion rate?", "percentage"),
        ("How much funding is there?", "money"),
        ("How much was spent on it?", "money"),
        ("What is the fine for that?", "money"),
        ("How long will it take?", "duration"),
        ("How many weeks has it?", "duration"),
        ("How regularly is it renewed?", "frequency"),
        ("When was it printed?", "date"),
        ("Is there a timeframe?", "date"),
        ("How old must a user be?", "age"),
        ("Which member states have signed?", "country"),
        ("List the countries", "country"),
        ("What software do they use?", "name"),
        ("Who founded it?", "actor"),
        ("What will become of it?", "forecast"),
        ("Can you predict it?", "forecast"),
        ("How many investigators are there?", "number"),
        ("Which is the cheapest?", "ranking"),
        ("Rank them", "ranking"),
        ("On which day was it signed?", "day"),
        ("The average time to removal?", "duration"),
        ("What does a province spend on it?", "money"),
        ("Name the twelve agencies", "list"),
        ("Lantern phone", "contact"),
        ("What are the age brackets?", "age"),
        ("Who at Europol wrote it?", "person"),
        ("Members of the board, in numbers?", "number"),
        ("Is there a civil penalty?", "penalty"),
    ],
)
def test_the_sort_of_value_is_read_from_the_words(question: str, value: str) -> None:
    assert wanted(question) == value
    assert value in VALUES


@pytest.mark.parametrize(
    "question",
    [
        "What is crisis response?",
        "Name at least two partners",
        "Which outcome is most closely tied to it?",
        "Best practice in legislation",
        "when countries share data",
        "cost of abuse",
        "",
    ],
)
def test_other_questions_want_no_value(question: str) -> None:
    assert wanted(question) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("frequency", "Renewed every spring"),
        ("country", "Ports of Norway and others"),
        ("name", "The office uses Harbourmaster"),
        ("number", "At least 3 pilots"),
        ("money", "A fund of GBP 200"),
        ("percentage", "About 1 in 8"),
        ("duration", "For three years"),
        ("age", "Users aged 13 or more"),
        ("date", "By 2030"),
    ],
)
def test_a_text_may_hold_the_value(value: str, text: str) -> None:
    assert holds(value, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("frequency", "Renewed in due course"),
        ("country", "Many countries"),
        ("name", "The office uses a tool. Then it rests"),
        ("number", "Several pilots"),
        ("number", "Article 14, read on 3 May 2021 (P3-O4)"),
        ("money", "A fund of 200"),
        ("ranking", "The best 3 ports of Norway"),
        ("forecast", "By 2030"),
    ],
)
def test_or_may_not(value: str, text: str) -> None:
    assert not holds(value, text)


def test_the_first_word_of_a_description_is_no_name() -> None:
    assert not holds("name", "Mooring checks\nLines and bollards inspected")


def test_a_name_that_the_question_says_is_no_answer() -> None:
    assert not holds("name", "The office uses Harbourmaster", "Who makes Harbourmaster?")
    assert holds("name", "The office and Nowhere use Harbourmaster", "Who makes Harbourmaster?")


@pytest.mark.parametrize(
    ("want", "text", "held"),
    [
        ("day", "It was adopted on 4 June 2019.", True),
        ("day", "It was adopted in June 2019.", False),
        ("list", "Its members are Norway, Sweden and Iceland.", True),
        ("list", "Norway and Sweden founded it in Oslo.", False),
        ("penalty", "The maximum is EUR 5 million.", True),
        ("penalty", "Providers must report each year.", False),
    ],
)
def test_a_value_is_known_by_its_look(want: str, text: str, held: bool) -> None:
    assert holds(want, text) is held
