"""Which sentences make an answer from a foreign corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.foreign import Foreign
from assistant.records import Question
from assistant.rules.telling import MOST, NEAREST
from tests.park import open_park


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> Foreign:
    return open_park(Path(tmp_path_factory.mktemp("park")))


def test_after_the_best_sentence_the_others_stand_in_reading_order(park: Foreign) -> None:
    answer = park.ask(Question(text="roses of sort 12 in the rose garden in rows"))
    cited = [one.citations[0] for one in answer.statements]
    rest = [one.start for one in cited[1:] if one.passage_id == cited[0].passage_id]
    assert rest == sorted(rest)
    assert len(answer.statements) <= MOST + 4


def test_the_sentences_under_a_heading_that_asks_the_question_answer_it(park: Foreign) -> None:
    answer = park.ask(Question(text="Tell me when does the park open?"))
    assert answer.statements[0].text == "The park opens at 9 a.m. in summer."


def test_the_nearest_are_one_sentence_of_each_text(park: Foreign) -> None:
    answer = park.ask(Question(text="What percentage of visitors swim in the lake?"))
    sources = [one.source_id for one in answer.nearest]
    assert len(sources) == len(set(sources)) == NEAREST
