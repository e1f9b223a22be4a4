"""The model of abstention, fitted on labelled conversations."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from evals.cases.conversations import Conversation
from evals.training.fit_abstention import SIGNS, crossed, fit, fitted
from tests.park import open_park


def _tasks() -> list[Conversation]:
    rows = [
        ("Who dug the lake?", True),
        ("Which soup does the café sell?", True),
        ("How many steps has the tower?", True),
        ("Where are boats hired out?", True),
        ("Who renews a passport?", False),
        ("Which planets have rings?", False),
        ("How many judges sit there?", False),
        ("Where are violins made?", False),
    ]
    return [
        Conversation(
            id=str(place),
            collection="ab"[place % 2],
            turns=(),
            question=text,
            label="answerable" if good else "unanswerable",
            gold=(),
        )
        for place, (text, good) in enumerate(rows)
    ]


def test_what_tells_the_answerable_apart_gets_the_weight() -> None:
    draw = np.random.default_rng(0)
    truth = np.array([1.0, 0.0] * 100)
    rows = draw.normal(size=(200, len(SIGNS)))
    rows[:, 0] += 2.0 * truth
    model = fit(rows, truth, 0.5, {"made up": 200})
    weights = {name: abs(sign.weight) for name, sign in model.signs.items()}
    assert max(weights, key=weights.__getitem__) == SIGNS[0]
    chance = crossed(rows, truth, ["ab"[at % 3 == 0] for at in range(200)])
    assert chance[truth == 1.0].mean() > chance[truth == 0.0].mean() + 0.3


def test_tasks_of_two_collections_are_fitted_and_reported(tmp_path: Path) -> None:
    model, report = fitted(open_park(tmp_path), _tasks())
    assert model.fitted_on == {"a": 4, "b": 4}
    assert set(model.signs) == set(SIGNS)
    assert "n 8: AUROC" in report
