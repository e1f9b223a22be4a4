"""Relevance: shared words weighed by rarity, beside meaning."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.answering.relevance import Meaning, Relevance
from assistant.rules.lexicon import Concept, content_stems
from tests.fakes import passage

TEXTS = {
    "h:0": ("pilots train on ships", "A"),
    "h:1": ("pilots rest", "A"),
    "h:2": ("ships are inspected", "B"),
    "h:3": ("waste is sorted", "B"),
}
AXES = ("pilots", "ships", "rest", "waste")


def embed(text: str) -> np.ndarray:
    """Count four words, so that what is near is plain to see."""
    counts = np.array([text.split().count(axis) for axis in AXES], dtype=np.float32)
    length = float(np.linalg.norm(counts))
    return counts / length if length else counts


def concept(words: str, items: tuple[str, ...] = ()) -> Concept:
    return Concept(words, (content_stems(words),), items, 0, len(words))


@pytest.fixture(scope="module")
def relevance() -> Relevance:
    passages = [passage(one, text, facets={"group": group}) for one, (text, group) in TEXTS.items()]
    vectors = np.stack([embed(text) for text, _ in TEXTS.values()])
    wordings = (("h:3",), np.stack([embed("rest rest waste")]))
    return Relevance(passages, Meaning(vectors, wordings, embed), lambda label: 0.5)


def test_every_passage_is_ranked_the_best_first(relevance: Relevance) -> None:
    ranked = relevance.rank("pilots ships", [concept("pilots"), concept("ships")])
    assert [one.passage_id for one in ranked] == ["h:0", "h:2", "h:1", "h:3"]
    assert [one.score for one in ranked] == sorted((one.score for one in ranked), reverse=True)


def test_coverage_is_the_share_of_the_weight_that_a_passage_holds(relevance: Relevance) -> None:
    ranked = {
        one.passage_id: one for one in relevance.rank("", [concept("pilots"), concept("rest")])
    }
    # log(5/2.5) for two holders of four, log(5/1.5) for one.
    pilots, rest = np.log(5 / 2.5), np.log(5 / 1.5)
    assert ranked["h:1"].coverage == pytest.approx(1.0)
    assert ranked["h:0"].coverage == pytest.approx(pilots / (pilots + rest))
    assert ranked["h:3"].coverage == 0.0


def test_words_that_nobody_holds_lower_the_coverage_by_their_rarity(relevance: Relevance) -> None:
    ranked = relevance.rank("", [concept("pilots"), concept("volcanoes")])
    pilots, lost = np.log(5 / 2.5), 0.5 * np.log(5 / 0.5)
    assert ranked[0].coverage == pytest.approx(pilots / (pilots + lost))


def test_without_concepts_meaning_alone_ranks(relevance: Relevance) -> None:
    ranked = relevance.rank("waste", [])
    assert (ranked[0].passage_id, ranked[0].coverage) == ("h:3", 0.0)
    assert ranked[0].similarity == pytest.approx(1.0)


def test_a_passage_means_what_its_everyday_wording_means(relevance: Relevance) -> None:
    ranked = {one.passage_id: one for one in relevance.rank("rest", [])}
    assert ranked["h:3"].similarity == pytest.approx(2 / np.sqrt(5))
    assert ranked["h:1"].similarity == pytest.approx(1 / np.sqrt(2))
    assert ranked["h:0"].similarity == 0.0


def test_a_glossary_item_holds_its_concept_whatever_its_words(relevance: Relevance) -> None:
    assert relevance.holders(concept("garbage", ("h:3",))) == frozenset({3})
    assert relevance.holders(concept("garbage")) == frozenset()


def test_the_concepts_that_no_passage_holds_are_named(relevance: Relevance) -> None:
    lost = relevance.uncovered([concept("pilots"), concept("volcanoes")])
    assert [one.label for one in lost] == ["volcanoes"]


def chosen(relevance: Relevance, *segments: str) -> tuple[str, ...]:
    parts = [[concept(word) for word in segment.split()] for segment in segments]
    every = [one for part in parts for one in part]
    return relevance.cover(relevance.rank(" ".join(segments), every), parts)


def test_a_passage_that_holds_the_whole_topic_is_enough(relevance: Relevance) -> None:
    assert chosen(relevance, "pilots train") == ("h:0",)


def test_all_passages_that_hold_the_whole_topic_are_chosen(relevance: Relevance) -> None:
    assert set(chosen(relevance, "pilots")) == {"h:0", "h:1"}


def test_each_part_of_a_topic_brings_in_what_speaks_of_it(relevance: Relevance) -> None:
    assert set(chosen(relevance, "rest", "waste")) == {"h:1", "h:3"}


def test_a_part_that_nobody_speaks_of_brings_in_nothing(relevance: Relevance) -> None:
    assert set(chosen(relevance, "rest", "volcanoes")) == {"h:1"}
