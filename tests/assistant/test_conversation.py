"""Conversations in the styles of real users, and what the last turn of each is taken to ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answer import Answer, Question
from assistant.pipeline import Assistant
from corpus.passage import Record
from tests.assistant.conftest import Ask, local


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
    """What becomes of it."""

    says: tuple[str, ...] = ()
    """Words of the resolved question, where ids do not tell what was understood."""


VICTIM = "What outcomes and partners relate to victim identity protection?"

TALKS = [
    Talk.model_validate_json(row)
    for row in Path(__file__).with_name("conversations.jsonl").read_text("utf-8").splitlines()
]


def follow(assistant: Assistant, *turns: str) -> Answer:
    """Answer the last of some turns."""
    return assistant.ask(Question(text=turns[-1], turns=turns[:-1]))


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: " / ".join(talk.turns))
def test_a_turn_is_resolved_to_what_it_means(talk: Talk, assistant: Assistant) -> None:
    answer = follow(assistant, *talk.turns)
    assert talk.subjects in ("*", " ".join(local(answer.scope.subjects)))
    assert talk.facets == "*" or set(answer.scope.facets) == set(talk.facets.split())
    assert talk.operation in ("*", answer.scope.operation)
    assert answer.status in talk.status.split()
    assert all(one in answer.resolved_question for one in talk.says)


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: " / ".join(talk.turns))
def test_the_resolved_question_alone_gets_the_same_answer(
    talk: Talk, assistant: Assistant, ask: Ask
) -> None:
    answer = follow(assistant, *talk.turns)
    alone = ask(answer.resolved_question)
    assert alone.resolved_question == answer.resolved_question
    assert (alone.scope, alone.status, alone.reason) == (answer.scope, answer.status, answer.reason)
    assert alone.statements == answer.statements
