"""The pair model: question and text read together."""

import numpy as np
import pytest

from assistant.pipeline import Assistant
from assistant.retrieval.rerank import PairModel

TEXT = "Lantern. Lantern was launched by the Tech Coalition on 7 November 2023."


@pytest.fixture(name="pair_model", scope="module")
def _pair_model(assistant: Assistant) -> PairModel:
    return assistant._retriever.pair_model


@pytest.mark.parametrize(
    ("answered", "near"),
    [
        ("When was Lantern launched?", "When was Lantern audited?"),
        ("Who launched Lantern?", "Who pays for Lantern?"),
    ],
)
def test_a_near_miss_scores_below_what_is_answered(pair_model, answered, near):
    assert pair_model.score(answered, [TEXT])[0] > pair_model.score(near, [TEXT])[0]


def test_texts_are_scored_in_order_alone_as_together_and_cut_where_they_are_long(pair_model):
    texts = [TEXT, "Barnahus. A Barnahus is a house for children.", TEXT + " " + TEXT]
    together = pair_model.score("When was Lantern launched?", texts)
    alone = [pair_model.score("When was Lantern launched?", [one])[0] for one in texts]
    assert np.allclose(together, alone, atol=1e-3)
    assert together[0] > together[1]
    assert pair_model.score("who", []).size == 0
    assert np.isfinite(pair_model.score("who " * 500, [TEXT * 50])).all()
