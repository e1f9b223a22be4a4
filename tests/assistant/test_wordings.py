"""Everyday wordings: found by meaning, standing for their passage, and never quoted."""

from __future__ import annotations

from assistant.pipeline import load_corpus
from assistant.wordings import FACET, meant_by, with_wordings
from corpus.structure import Framework
from tests.assistant.conftest import Ask


def test_every_wording_stands_for_a_passage_of_the_corpus(framework: Framework) -> None:
    corpus = load_corpus(framework)
    whole = with_wordings(corpus)
    wordings = whole.passages[len(corpus.passages) :]
    assert len(wordings) == sum(len(passage.also) for passage in corpus.passages) > 0
    for wording in wordings:
        assert wording.text in corpus.passage(meant_by(wording.id)).also
        assert wording.facets[FACET] == meant_by(wording.id)


def test_the_passages_that_are_quoted_stay_as_they_are(framework: Framework) -> None:
    corpus = load_corpus(framework)
    assert with_wordings(corpus).passages[: len(corpus.passages)] == corpus.passages


def test_every_item_that_speaks_has_wordings(framework: Framework) -> None:
    shared = {kind.id for kind in framework.kinds if kind.shared}
    for item, passage in zip(framework.items, framework.passages, strict=True):
        assert bool(passage.also) == (item.kind not in shared), item.id


def test_a_question_in_other_words_finds_the_item_and_quotes_its_own_words(
    ask: Ask, framework: Framework
) -> None:
    answer = ask("top politicians who take responsibility for this and put up the money")
    cited = [one for statement in answer.statements for one in statement.citations]
    assert "gsr:C1" in {one.passage_id for one in cited}
    wordings = {wording for passage in framework.passages for wording in passage.also}
    assert not wordings & {one.quote for one in cited}
