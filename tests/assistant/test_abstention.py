"""The model that tells whether a corpus answers."""

from __future__ import annotations

from pathlib import Path

from assistant.records import Question
from assistant.rules.abstention import Abstention
from tests.park import open_park


def test_the_shipped_model_knows_every_sign_that_it_uses(tmp_path: Path) -> None:
    model = Abstention.shipped()
    signs = open_park(tmp_path).evidence(Question(text="Who dug the lake?")).signs
    assert model.signs
    assert model.signs.keys() <= signs.keys()
    assert 0.0 < model.threshold < 1.0


def test_more_of_what_speaks_for_an_answer_makes_it_likelier() -> None:
    model = Abstention.shipped()
    low = {name: sign.mean for name, sign in model.signs.items()}
    for name in ("sentence", "resolved", "clear", "held"):
        assert model.chance(low | {name: low[name] + 0.2}) > model.chance(low)


def test_a_value_or_a_yes_is_asked_more_often_than_texts_give_it() -> None:
    model = Abstention.shipped()
    base = {name: sign.mean for name, sign in model.signs.items()} | {"polar": 0.0, "wants": 0.0}
    assert model.chance(base | {"polar": 1.0}) < model.chance(base)
    assert model.chance(base | {"wants": 1.0}) < model.chance(base)
