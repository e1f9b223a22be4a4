"""The records of a question's way."""

from __future__ import annotations

from typing import get_args

import pytest
from pydantic import ValidationError

from assistant.records import (
    Answer,
    Citation,
    Completeness,
    Draft,
    Dropped,
    Hit,
    Operation,
    Part,
    Provenance,
    Question,
    Scope,
    Service,
    Signposting,
    Statement,
    Status,
)
from tests.assistant.conftest import Ask
from ui.server.described import docstrings_of

RECORDS = [
    Answer,
    Citation,
    Completeness,
    Draft,
    Dropped,
    Hit,
    Part,
    Provenance,
    Question,
    Scope,
    Service,
    Signposting,
    Statement,
]


@pytest.mark.parametrize("record", RECORDS)
def test_every_field_is_documented(record: type) -> None:
    assert record.model_fields.keys() <= docstrings_of(record).keys()


def test_a_record_is_frozen() -> None:
    question = Question(text="Which?")
    with pytest.raises(ValidationError):
        question.text = "Who?"  # type: ignore[misc] # that is the point


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError):
        Question.model_validate({"text": "Which?", "turn": []})


@pytest.mark.parametrize("field", [{"operation": "guess"}, {"subjects": [1]}])
def test_a_scope_takes_only_what_it_knows(field: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Scope.model_validate(field)


def test_the_statuses_and_operations_are_the_agreed_ones() -> None:
    assert set(get_args(Status)) >= {"answered", "partial", "not_covered", "out_of_scope"}
    assert {"list", "count", "compare", "inverse", "negate", "verify"} <= set(get_args(Operation))


@pytest.mark.parametrize("text", ["outcomes of C12", "What is the budget?", "compare C9 and C10"])
def test_an_answer_survives_json(ask: Ask, text: str) -> None:
    answer = ask(text)
    assert Answer.model_validate_json(answer.model_dump_json()) == answer
