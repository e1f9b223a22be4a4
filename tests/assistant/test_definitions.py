"""What a word means: its own entry, whole; everything else is left to the other composers."""

from __future__ import annotations

import pytest

from assistant.answering.definitions import COMPOSER
from assistant.records import Answer
from corpus.readers.glossary import Glossary
from tests.assistant.conftest import Ask, framed, quoted


def entries(answer: Answer) -> list[str]:
    return [one for one in quoted(answer.statements) if "#" not in one]


def test_every_abbreviation_of_the_glossary_is_explained_by_its_own_entry(
    ask: Ask, glossary: Glossary
) -> None:
    terms = [term for term in glossary.terms if term.expansion]
    assert len(terms) > 50
    for term in terms:
        answer = ask(f"What does {term.term} stand for?")
        assert answer.status == "answered", term.term
        assert {one.citations[0].passage_id for one in answer.statements} == {term.id}
        assert term.expansion in answer.statements[0].text
        assert answer.provenance.composer == COMPOSER


@pytest.mark.parametrize(
    "text",
    [
        "ICSE meaning",
        "what's the meaning of ICSE",
        "ICSE abbreviation?",
        "icse stands for",
        "What is the full name of ICSE?",
        "define ICSE",
    ],
)
def test_a_meaning_is_asked_in_many_ways(ask: Ask, text: str) -> None:
    assert entries(ask(text)) == ["icse"]


def test_several_words_are_explained_in_turn(ask: Ask) -> None:
    assert entries(ask("What do ICSE and ICCAM stand for?")) == ["icse", "iccam"]


def test_a_deprecated_word_is_explained_with_the_one_to_use(ask: Ask) -> None:
    answer = ask("What does child pornography mean?")
    assert "child sexual abuse material" in answer.statements[0].text
    assert answer.statements[0].citations


def test_an_item_of_the_framework_is_described_by_the_framework(ask: Ask) -> None:
    answer = ask("Define political will")
    assert framed(answer.statements) == ["C1"]
    assert answer.provenance.composer != COMPOSER


def test_a_thing_is_told_of_after_what_its_letters_stand_for(ask: Ask) -> None:
    guidance = [one for one in ask("What is OPSC?").statements if one.kind == "guidance"]
    assert guidance[0].citations[0].passage_id == "glossary:opsc"
    assert any(one.citations[0].source_id == "note:opsc" for one in guidance)


def test_nothing_is_put_before_a_refusal(ask: Ask) -> None:
    answer = ask("What is the budget of ICSE?")
    assert answer.is_closest
    assert answer.statements[0].kind == "note"


def test_a_word_without_an_entry_gets_no_definition(ask: Ask) -> None:
    assert ask("What does XQZT stand for?").provenance.composer != COMPOSER


@pytest.mark.parametrize(
    "text",
    [
        "May our leaflet say 'child pornography'?",
        "Which term should replace child prostitution in a guideline?",
        "sextortion - acceptable word?",
    ],
)
def test_how_to_put_a_deprecated_wording_is_told(ask: Ask, text: str) -> None:
    answer = ask(text)
    assert answer.status == "answered"
    assert "preferred term" in answer.statements[0].text


@pytest.mark.parametrize(
    "text", ["Why do treaties say child pornography?", "Does the page use the word paedophile?"]
)
def test_what_is_asked_beside_it_is_not_answered_by_the_entry_alone(ask: Ask, text: str) -> None:
    assert ask(text).provenance.composer != COMPOSER
