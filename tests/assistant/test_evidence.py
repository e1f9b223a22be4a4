"""What a corpus holds on a question."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.foreign import Foreign
from assistant.records import Question
from assistant.rules.evidence import MOST, TEXTS, Memory
from tests.park import open_park


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> Foreign:
    return open_park(Path(tmp_path_factory.mktemp("park")))


def test_signs_are_higher_where_the_corpus_answers(park: Foreign) -> None:
    good = park.evidence(Question(text="Are boats hired out at the north pier?")).signs
    bad = park.evidence(Question(text="Are passports renewed at the embassy?")).signs
    for sign in ("sentence", "resolved", "held"):
        assert good[sign] > bad[sign]
    assert good["polar"] == bad["polar"] == 1.0


def test_a_name_that_no_text_holds_is_lost(park: Foreign) -> None:
    signs = park.evidence(Question(text="Did Ada Birch know Xanthippe?")).signs
    assert signs["lost"] == pytest.approx(1 / 3)


def test_of_a_long_text_the_sentences_near_the_question_are_read(park: Foreign) -> None:
    found = park.evidence(Question(text="What does bed 38 of the rose garden hold?"))
    read = [one.text for one in found.sentences.all if one.source_id == "roses"]
    assert 0 < len(read) <= MOST
    assert any("Bed 38 " in one for one in read)
    assert len({one.source_id for one in found.sentences.all}) <= TEXTS


def test_a_country_is_known_by_its_letters(park: Foreign) -> None:
    found = park.evidence(Question(text="Is there such a park in the US?"))
    label = next(one for one in found.concepts if one.label == "US")
    assert ("unit", "state") in label.forms


def test_a_memory_embeds_a_text_once() -> None:
    asked: list[str] = []

    def embed(texts: list[str] | tuple[str, ...]) -> np.ndarray:
        asked.extend(texts)
        return np.ones((len(texts), 2), dtype=np.float32)

    memory = Memory(embed)  # type: ignore[arg-type]
    assert memory.embed(["a", "b", "a"]).shape == (3, 2)
    memory.embed(["b", "c"])
    assert asked == ["a", "b", "c"]
