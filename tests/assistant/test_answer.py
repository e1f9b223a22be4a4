"""The records of a question's way."""

import pytest

from assistant import records
from assistant.records import Answer
from corpus.passage import Record
from tests.assistant.conftest import Ask
from ui.server.described import docstrings_of

RECORDS = [one for one in vars(records).values() if isinstance(one, type) and one is not Record]
RECORDS = [one for one in RECORDS if issubclass(one, Record)]


@pytest.mark.parametrize("record", RECORDS)
def test_every_field_is_documented(record: type) -> None:
    assert record.model_fields.keys() <= docstrings_of(record).keys()


@pytest.mark.parametrize("text", ["outcomes of C12", "What is the budget?", "compare C9 and C10"])
def test_an_answer_survives_json(ask: Ask, text: str) -> None:
    answer = ask(text)
    assert Answer.model_validate_json(answer.model_dump_json()) == answer
