"""How Signpost does on a corpus of somebody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.cases.conversations import Conversation
from evals.studies.foreign_rates import dense, judge, ndcg, report
from tests.park import open_park

TASKS = tuple(
    Conversation(id=text, collection="park", turns=turns, question=text, label=label, gold=gold)
    for text, turns, label, gold in (
        ("Who dug it?", ("Tell me about the lake.",), "answerable", ("lake<::>1",)),
        ("Which soup does the café sell?", (), "answerable", ("café",)),
        ("What percentage of people swim?", (), "unanswerable", ()),
        ("Is it?", (), "underspecified", ()),
        ("How many steps and lifts has the tower?", (), "partial", ("tower",)),
    )
)


def test_a_corpus_is_judged_beside_dense_retrieval(tmp_path: Path) -> None:
    park = open_park(tmp_path)
    judged = judge(park, TASKS)
    assert [one.answered for one in judged][:2] == [True, True]
    assert judged[0].found[0] == "lake<::>1"
    cosines = dense(park, TASKS)
    assert all(len(every) == len(TASKS) for every in cosines.values())
    told = report(judged, cosines)
    assert "answered of answerable: 1.000" in told
    assert "recall@10: 1.000" in told


def test_ndcg_falls_with_the_place_of_the_gold() -> None:
    assert ndcg(["a", "b"], ["a"]) == 1.0
    assert ndcg(["b", "a"], ["a"]) == pytest.approx(0.631, abs=1e-3)
    assert ndcg(["b"], []) is None
