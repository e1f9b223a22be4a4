from datetime import date

import pytest

from assistant.answering.guidance import MOST
from assistant.records import Question
from tests.assistant.conftest import framed, quoted

TODAY = date(2026, 11, 25)
LATE = date(2040, 1, 1)


def notes(ask, text):
    """Return the notes that an answer draws on, in order."""
    ids = [one for one in quoted(ask(text).statements) if "#" in one]
    return list(dict.fromkeys(one.partition("#")[0] for one in ids))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("How does Lantern work?", "lantern"),
        ("What is a Barnahus?", "barnahus"),
        ("Who runs the CyberTipline?", "cybertipline"),
        ("What does Lanzarote say on soliciting a child online?", "lanzarote-solicitation"),
        ("What is the difference between a helpline and a hotline?", "helpline-or-hotline"),
    ],
)
def test_the_note_on_a_topic_is_drawn_on_first(ask, text, note):
    assert notes(ask, text)[0] == note


def test_the_best_sentence_leads_and_the_others_stand_in_reading_order_and_once(assistant):
    answer = assistant.ask(Question(text="What is Project Arachnid?"))
    guidance = [one for one in answer.statements if one.kind == "guidance"]
    lead, *rest = [(one.citations[0].passage_id, one.citations[0].start) for one in guidance]
    assert 1 < len(guidance) <= MOST
    assert lead not in rest
    for section in {one for one, _ in rest}:
        own = [start for one, start in rest if one == section]
        assert own == sorted(set(own))


def test_a_note_brings_the_words_that_it_rests_on_if_there_are_notes(ask, harbour_assistant):
    assert "P3-O3" in framed(ask("What is a Child Advocacy Centre and why expand them?").statements)
    answer = harbour_assistant.ask(Question(text="What is Lantern?"))
    assert answer.status in ("not_covered", "out_of_scope")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "How many children use Lantern?",
            marks=pytest.mark.xfail(reason="A sentence on what a number is not is taken for it."),
        ),
        "What does Lantern cost per year?",
        "Who is the director of INHOPE?",
        "How many Barnahus are there in Portugal?",
        "What is the usual sentence in our country?",
    ],
)
def test_what_no_sentence_says_is_not_answered(ask, text):
    answer = ask(text)
    assert answer.status != "answered"
    assert answer.status == "not_covered" or answer.is_closest


def test_a_name_that_no_note_holds_is_told_to_be_unknown(ask):
    answer = ask("Is Zyxwork a member of Lantern?")
    assert answer.is_closest
    assert "Zyxwork" in answer.statements[0].text
    assert not ask("Who invented the bicycle?").statements[1:]


def test_what_changes_carries_its_day(assistant):
    text = "Are the EU interim rules in force?"
    now = assistant.ask(Question(text=text), TODAY)
    told = [one for one in now.statements if one.kind == "guidance"]
    assert told
    assert all(one.as_of == "2026-09-30" and not one.past_review for one in told)
    later = assistant.ask(Question(text=text), LATE)
    assert all(one.past_review for one in later.statements if one.kind == "guidance")


def test_what_the_page_lacks_is_no_denial_and_guidance_says_neither_yes_nor_no(ask):
    first = ask("Is the Lanzarote Convention in force?").statements[0]
    assert first.kind == "guidance"
    assert "into force" in first.text or "in force" in first.text
    assert not ask("Has Ghana an INHOPE hotline?").statements[0].text.startswith("No")
    assert ask("Does the page mention vaccines?").status == "not_covered"
    first, *rest = ask("What does the framework say about Lantern?").statements
    assert first.kind == "note"
    assert {one.citations[0].source_id for one in rest if one.kind == "guidance"}
