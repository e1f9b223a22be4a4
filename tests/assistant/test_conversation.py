"""Conversations in the styles of real users, and what the last turn of each is taken to ask."""

from __future__ import annotations

from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from assistant.pipeline import Assistant
from assistant.records import Answer, Draft, Question, Scope
from assistant.rules.conversation import Conversation
from assistant.rules.rephrasing import Rephrasing
from corpus.passage import Record
from corpus.readers.glossary import Glossary
from corpus.structure.graph import Framework
from evals.cases.case import load_suite
from tests.assistant.conftest import Ask, Read, local, noted, parts_of, reader_of


class Talk(Record):
    """A conversation with its gold: what its last turn asks."""

    turns: tuple[str, ...]
    """All turns, the last of them the one that is scored."""

    subjects: str = ""
    """Ids without the source's own, with spaces between; `*` where they do not matter."""

    facets: str = ""
    """Facets, with spaces between; `*` where they do not matter."""

    operation: str = "describe"
    """What is asked of the subjects; `*` where it does not matter."""

    status: str = "answered"
    """What may become of it; `*` where that does not matter."""

    says: tuple[str, ...] = ()
    """Words of the resolved question, where ids do not tell what was understood."""

    misread: str = ""
    """Tests that it is known to fail, `resolved` or `alone`, until rows like it are learned."""


VICTIM = "What outcomes and partners relate to victim identity protection?"

TALKS = [
    Talk.model_validate_json(row)
    for row in Path(__file__).with_name("conversations.jsonl").read_text("utf-8").splitlines()
]


def talks(test: str) -> list[ParameterSet]:
    """Return the conversations; those that a test is known to fail must fail it."""
    known = pytest.mark.xfail(reason="The reader takes it for something else.")
    return [
        pytest.param(one, id=" / ".join(one.turns), marks=known if test in one.misread else ())
        for one in TALKS
    ]


@pytest.fixture(scope="module")
def ask(assistant: Assistant) -> Ask:
    """Ask the same assistant as the conversations do."""
    return lambda text: assistant.ask(Question(text=text))


def follow(assistant: Assistant, *turns: str) -> Answer:
    """Answer the last of some turns."""
    return assistant.ask(Question(text=turns[-1], turns=turns[:-1]))


@pytest.fixture(scope="module")
def conversation(framework: Framework, glossary: Glossary) -> Conversation:
    """A conversation that tells meanings apart by words alone."""
    parts = parts_of(framework, glossary)
    return Conversation(framework, glossary, parts, reader_of(framework, glossary))


@pytest.mark.parametrize("talk", talks("resolved"))
def test_a_turn_is_resolved_to_what_it_means(talk: Talk, assistant: Assistant) -> None:
    answer = follow(assistant, *talk.turns)
    assert talk.subjects in ("*", " ".join(local(answer.scope.subjects)))
    assert talk.facets == "*" or set(answer.scope.facets) == set(talk.facets.split())
    assert talk.operation in ("*", answer.scope.operation)
    status = "not_covered" if answer.is_closest else answer.status
    assert talk.status == "*" or status in talk.status.split()
    resolved = answer.resolved_question.lower()
    assert all(one.lower() in resolved for one in talk.says)


@pytest.mark.parametrize("talk", talks("alone"))
def test_the_resolved_question_alone_gets_the_same_answer(
    talk: Talk, assistant: Assistant, ask: Ask
) -> None:
    answer = follow(assistant, *talk.turns)
    alone = ask(answer.resolved_question)
    assert alone.resolved_question == answer.resolved_question
    assert (alone.scope, alone.status, alone.reason) == (answer.scope, answer.status, answer.reason)
    assert alone.statements == answer.statements


@pytest.mark.parametrize(
    "text",
    [
        "and its partners?",
        "why?",
        "the second one",
        "what else?",
        "how many are there?",
        "list them all",
        "compare it with pillar 2",
        "Is it in force?",
        "and what about it?",
    ],
)
def test_a_first_question_that_leans_on_nothing_is_asked_back(text: str, ask: Ask) -> None:
    answer = ask(text)
    assert (answer.status, answer.reason) == ("clarify", "ambiguous")
    assert "What is it about?" in noted(answer.statements)
    assert answer.choices == ()
    assert answer.hits == ()


def test_a_word_with_several_senses_is_met_with_choices(ask: Ask) -> None:
    answer = ask("reporting")
    assert (answer.status, answer.reason) == ("clarify", "ambiguous")
    assert [choice.label for choice in answer.choices] == [
        "Reports of material",
        "Reporting systems of law enforcement",
        "Transparency reporting",
        "Media reporting",
    ]
    assert len(answer.statements) == 1


@pytest.mark.parametrize("text", ["reporting", "partners for reporting", "privacy"])
def test_each_choice_stands_for_a_question_that_is_clear(text: str, ask: Ask) -> None:
    choices = ask(text).choices
    answers = [ask(choice.question) for choice in choices]
    assert all(answer.status != "clarify" for answer in answers)
    assert len({answer.scope for answer in answers}) == len(choices) > 1


@pytest.mark.parametrize(
    "text",
    ["victim ID", "media", "technology", "legislation", "Which pillars mention reporting?"],
)
def test_a_clear_reading_is_not_met_with_a_question(text: str, ask: Ask) -> None:
    assert ask(text).status != "clarify"


def test_a_reply_that_picks_nothing_and_stands_alone_is_answered(assistant: Assistant) -> None:
    answer = follow(assistant, "reporting", "What is crisis response?")
    assert local(answer.scope.subjects) == ["C9"]


def test_a_reply_that_picks_nothing_is_asked_back_again(assistant: Assistant) -> None:
    answer = follow(assistant, "reporting", "why?")
    assert answer.status == "clarify"
    assert len(answer.choices) == 4


def test_what_was_offered_is_remembered_past_the_choice(assistant: Assistant) -> None:
    answer = follow(assistant, "reporting", "transparency", "no, the first one")
    assert local(answer.scope.subjects) == ["P3-O2"]
    answer = follow(assistant, "privacy", "the first", "not that, the other one")
    assert local(answer.scope.subjects) == ["C11"]


def test_an_earlier_turn_is_answered_only_if_it_is_leant_on(conversation: Conversation) -> None:
    asked: list[str] = []

    def answering(text: str) -> Draft:
        asked.append(text)
        return Draft(status="answered", scope=Scope(), composer="fake")

    turns = ("outcomes of pillar 1", "What is hash matching?", "what is crisis response?")
    assert conversation.resolve("What is offender outreach?", turns, answering).text == (
        "What is offender outreach?"
    )
    assert asked == []
    conversation.resolve("and its partners?", turns, answering)
    assert asked == ["what is crisis response?"]


def test_complete_questions_stand_alone_whatever_came_before(conversation: Conversation) -> None:
    """Of the development cases only those that really lean, such as `what does it say`, do."""
    cases = [*load_suite("framework-dev"), *load_suite("guidance-dev")]
    draft = Draft(status="answered", scope=Scope(subjects=("gsr:C12",)), composer="structured")
    moved = [
        case.question
        for case in cases
        if conversation.resolve(case.question, (VICTIM,), lambda _: draft).text != case.question
    ]
    assert len(cases) > 500
    assert len(moved) <= 8


def test_every_item_is_named_so_that_it_is_read_back(framework: Framework, read: Read) -> None:
    writing = Rephrasing(framework)
    for item in framework.items:
        (query,) = read(writing.of([item.id], ()))
        assert query.subjects == (item.id,)


@pytest.mark.parametrize(
    ("turns", "subjects", "facets"),
    [
        (("What are the owners of spill response?", "and the deadlines?"), "A6", "deadlines"),
        (("What are the owners of spill response?", "same for mooring checks"), "A4", "owners"),
        (("Which actions come under clean water?", "the second one"), "A7", ""),
        (("owners of action 2", "no, action 3"), "A3", "owners"),
        (("Describe action 1", "when?"), "A1", "deadlines"),
        (("owners of action 2", "How many themes are there?"), "", "themes"),
    ],
)
def test_follow_ups_work_on_an_invented_framework(
    harbour_assistant: Assistant, turns: tuple[str, ...], subjects: str, facets: str
) -> None:
    answer = follow(harbour_assistant, *turns)
    assert " ".join(local(answer.scope.subjects)) == subjects
    assert " ".join(answer.scope.facets) == facets
