"""Answers from notes: the right note, whole sentences in order, dated, or none at all."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.pipeline import Assistant
from assistant.records import Question
from tests.assistant.conftest import Ask, framed, noted, quoted

TODAY = date(2026, 11, 25)
LATE = date(2040, 1, 1)


def notes(ask: Ask, text: str) -> list[str]:
    """Return the notes that an answer draws on, in order."""
    ids = [one for one in quoted(ask(text).statements) if "#" in one]
    return list(dict.fromkeys(one.partition("#")[0] for one in ids))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("How does Lantern work?", "lantern"),
        ("What is a Barnahus?", "barnahus"),
        ("Does safety education change what children do online?", "online-safety-education"),
        ("how many members does Child Helpline International have", "child-helplines"),
        ("What does Lanzarote say on soliciting a child online?", "lanzarote-solicitation"),
        ("What is the difference between a helpline and a hotline?", "helpline-or-hotline"),
    ],
)
def test_the_note_on_a_topic_is_drawn_on_first(ask: Ask, text: str, note: str) -> None:
    assert notes(ask, text)[0] == note


def test_sentences_stand_in_reading_order_and_once(assistant: Assistant) -> None:
    answer = assistant.ask(Question(text="What is Project Arachnid?"))
    guidance = [one for one in answer.statements if one.kind == "guidance"]
    own = [
        (one.citations[0].passage_id, one.citations[0].start)
        for one in guidance
        if one.citations[0].source_id == "note:project-arachnid"
    ]
    assert len(own) > 1
    assert own == sorted(set(own))


def test_the_framework_stands_first_and_apart(ask: Ask) -> None:
    kinds = [one.kind for one in ask("What is there on E2EE?").statements if one.kind != "note"]
    assert kinds == sorted(kinds)
    assert set(kinds) == {"framework", "guidance"}


def test_a_note_brings_the_words_of_the_framework_that_it_rests_on(ask: Ask) -> None:
    assert "P3-O3" in framed(ask("What is a Child Advocacy Centre and why expand them?").statements)


def test_a_value_is_answered_by_itself(ask: Ask) -> None:
    answer = ask("When was Lantern launched?")
    assert framed(answer.statements) == []
    assert "7 November 2023" in " ".join(one.text for one in answer.statements)


@pytest.mark.parametrize(
    "text",
    [
        "How many children use Lantern?",
        "What does Lantern cost per year?",
        "Who is the director of INHOPE?",
        "What is the phone number of Stop It Now?",
        "What will the next edition of Into the Light say?",
        "How many Barnahus are there in Portugal?",
        "What is the usual sentence in our country?",
    ],
)
def test_what_no_sentence_says_is_not_answered(ask: Ask, text: str) -> None:
    answer = ask(text)
    assert answer.status in ("not_covered", "out_of_scope")
    assert not [one for one in answer.statements if one.kind in ("framework", "guidance")]


def test_a_reason_is_no_number(ask: Ask) -> None:
    assert notes(ask, "Why are report totals a poor measure of abuse?")


def test_a_name_that_no_note_holds_is_not_talked_around(ask: Ask) -> None:
    assert ask("What is Zebrafish Alliance?").status in ("not_covered", "out_of_scope")


def test_an_article_is_told_by_the_sentences_on_it_and_no_others(ask: Ask) -> None:
    answer = ask("What does Article 23 of the Lanzarote Convention require?")
    told = [one for one in answer.statements if one.kind == "guidance"]
    assert {one.citations[0].source_id for one in told} == {
        "note:lanzarote-convention",
        "note:lanzarote-solicitation",
    }
    for one in told:
        places = [one.text, *(work.locator for work in one.citations[0].references)]
        assert "23" in " ".join(places)


def test_an_article_that_no_sentence_is_on_is_not_answered(ask: Ask) -> None:
    answer = ask("What does Article 47 of the Lanzarote Convention say?")
    assert answer.status == "not_covered"
    assert "note:lanzarote-convention" in {one.source_id for one in answer.nearest}


def test_what_changes_carries_its_day(assistant: Assistant) -> None:
    text = "Are the EU interim rules in force?"
    now = assistant.ask(Question(text=text), TODAY)
    told = [one for one in now.statements if one.kind == "guidance"]
    assert told
    assert all(one.as_of == "2026-09-30" and not one.past_review for one in told)
    later = assistant.ask(Question(text=text), LATE)
    assert all(one.past_review for one in later.statements if one.kind == "guidance")


def test_what_the_page_lacks_is_refused_with_the_notes_as_the_closest(ask: Ask) -> None:
    answer = ask("What does the framework say about Lantern?")
    assert answer.status == "not_covered"
    assert "note:lantern" in {one.source_id for one in answer.nearest}
    assert "guidance" in noted(answer.statements)


def test_another_framework_without_guidance_answers_as_before(harbour_assistant: Assistant) -> None:
    answer = harbour_assistant.ask(Question(text="What is Lantern?"))
    assert answer.status in ("not_covered", "out_of_scope")


@pytest.mark.parametrize(
    ("text", "word", "says"),
    [
        ("Is the Lanzarote Convention in force?", "Yes.", "entered into force"),
        ("Are the EU interim rules on detection in force?", "Yes.", "in force again"),
        ("Is the EU interim regulation in force?", "Yes.", "in force again"),
    ],
)
def test_yes_and_no_rest_on_a_sentence_that_speaks_of_what_is_asked(
    ask: Ask, text: str, word: str, says: str
) -> None:
    first, second, *_ = ask(text).statements
    assert first.text == word
    assert says in second.text


def test_the_page_saying_nothing_is_no_denial_of_the_world(ask: Ask) -> None:
    assert not ask("Has Ghana an INHOPE hotline?").statements[0].text.startswith("No")
    assert ask("Are vaccines mentioned?").statements[0].text.startswith("No:")
    assert ask("Does the page mention vaccines?").statements[0].text.startswith("No:")
