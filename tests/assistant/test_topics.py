"""Topics: what speaks of them, what does not, and what is worth telling."""

from __future__ import annotations

import pytest

from assistant.answering.relevance import Relevant
from assistant.rules.lexicon import Lexicon
from assistant.rules.topics import Topics
from corpus.structure.graph import Framework
from tests.assistant.conftest import Ask, framed, local, noted, quoted, relevance_of


def test_a_part_of_a_topic_that_the_page_lacks_is_told(ask: Ask) -> None:
    answer = ask("What does it say about grooming and volcanoes?")
    assert (answer.status, answer.reason) == ("partial", "coverage_gap")
    assert quoted(answer.statements) == ["C13"]
    assert "volcanoes" in noted(answer.statements)
    assert "grooming" not in noted(answer.statements)


def test_parts_may_be_joined_by_commas(ask: Ask) -> None:
    answer = ask("beekeeping, Arachnid")
    assert answer.status == "partial"
    assert framed(answer.statements) == ["P4-O7"]


def test_common_words_that_the_page_lacks_are_no_loss(ask: Ask) -> None:
    assert ask("What does it really say about good privacy for children?").status == "answered"


@pytest.mark.xfail(reason="The reader takes one of two topics.")
def test_each_part_of_a_topic_is_answered(ask: Ask) -> None:
    found = quoted(ask("What does it say on encrypted chats and anonymisation?").statements)
    assert {"C8", "P2-O4"} <= set(found)


def test_a_topic_without_any_passage_is_not_covered(ask: Ask) -> None:
    answer = ask("What does the page say about volcanoes?")
    assert (answer.status, answer.reason) == ("not_covered", "coverage_gap")
    assert quoted(answer.statements) == []
    assert answer.nearest


@pytest.mark.parametrize(
    "text", ["How do I tie a bow tie?", "Will it rain in Lisbon on Sunday afternoon?"]
)
def test_a_topic_of_another_field_is_no_gap(ask: Ask, text: str) -> None:
    answer = ask(text)
    assert answer.status in ("out_of_scope", "not_covered")
    assert quoted(answer.statements) == []


def test_another_field_shares_neither_words_nor_meaning(
    framework: Framework, lexicon: Lexicon
) -> None:
    def relevant(coverage: float, similarity: float) -> Relevant:
        return Relevant("gsr:C12", 0.0, coverage, similarity)

    # Only what is ranked counts here, so no passage is held against anything.
    topics = Topics(framework, lexicon, relevance_of(framework, lexicon))
    assert topics.is_foreign([relevant(0.0, 0.0), relevant(0.0, -0.2)])
    assert not topics.is_foreign([relevant(0.0, 0.0), relevant(0.5, 0.0)])
    assert not topics.is_foreign([relevant(0.0, 0.0), relevant(0.0, 0.6)])


@pytest.mark.parametrize(
    "text",
    [
        "What does Europol do in the criminal justice pillar?",
        "Which outcomes does Europol contribute to pillar 2?",
    ],
)
def test_a_proper_name_that_the_page_lacks_is_told(ask: Ask, text: str) -> None:
    answer = ask(text)
    assert "Europol" in " ".join(one.text for one in answer.statements)


def test_a_lower_case_word_is_no_proper_name(ask: Ask) -> None:
    assert ask("which volcanoes concern crisis response").reason != "false_premise"


def test_a_filter_keeps_only_what_holds_the_whole_topic(ask: Ask) -> None:
    answer = ask("Which outcomes mention the economic cost?")
    assert quoted(answer.statements) == ["P6-O3", "P6-O4"]
    assert answer.scope.operation == "list"


def test_a_topic_in_other_words_finds_the_titled_item(ask: Ask) -> None:
    answer = ask("Who are the partners for giving survivors a say?")
    assert local(answer.scope.groups) == ["P3"]
    assert "P3-W1" in quoted(answer.statements)


@pytest.mark.xfail(reason="The reader tells no missing part.")
def test_the_missing_part_of_a_question_about_a_subject_is_told(ask: Ask) -> None:
    answer = ask("Tell me about crisis response and beekeeping")
    assert answer.status == "partial"
    assert "beekeeping" in noted(answer.statements)
    assert "C9" in quoted(answer.statements)
