"""Passages scored by meaning and by words at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.foreign import Foreign
from assistant.rules.evidence import MEANING
from assistant.rules.leaning import understand
from tests.park import open_park


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> Foreign:
    return open_park(Path(tmp_path_factory.mktemp("park")))


def test_hits_are_ordered_by_score_and_say_their_places(park: Foreign) -> None:
    hits = park.search("soup and cake at the café", 5)
    assert hits[0].passage_id == "café"
    assert hits[0].ranks == {"dense": 1, "bm25": 1}
    assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(hit.score <= 1.0 for hit in hits)


def test_a_passage_without_a_word_of_the_question_has_no_place_by_words(park: Foreign) -> None:
    hits = park.search("soup", 5)
    assert ["bm25" in hit.ranks for hit in hits] == [True, False, False, False, False]
    assert hits[1].score < MEANING


def test_an_earlier_turn_moves_the_ranking_less_than_the_question(park: Foreign) -> None:
    turns = ["How many steps has the tower?"]
    (first,) = park.search("Which soup, tea and cake does the café sell?", 1, turns)
    assert first.passage_id == "café"
    assert understand("and the price?", turns).leans
    (first,) = park.search("and the price?", 1, turns)
    assert first.passage_id == "tower"
