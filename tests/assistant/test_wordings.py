"""Everyday wordings: found by meaning, standing for their passage, and never quoted."""

from assistant.retrieval.wordings import FACET, meant_by, sentence_ids, with_wordings, wordings_of
from corpus.structure.graph import Framework
from corpus.whole import Whole


def test_every_wording_stands_for_a_passage_of_the_corpus() -> None:
    corpus = Whole.read().corpus
    whole = with_wordings(corpus)
    wordings = whole.passages[len(corpus.passages) :]
    assert len(wordings) == sum(len(wordings_of(passage)) for passage in corpus.passages) > 0
    for wording in wordings:
        assert wording.text in wordings_of(corpus.passage(meant_by(wording.id)))
        assert wording.facets[FACET] == meant_by(wording.id)


def test_a_section_of_a_note_has_its_sentences_for_wordings() -> None:
    corpus = Whole.read().corpus
    passage = corpus.passage("note:barnahus#1")
    said = [span.of(passage.text) for span in passage.sentences]
    assert list(wordings_of(passage)) == [*said, *passage.also, *passage.asked]
    assert sentence_ids(corpus.passage("note:barnahus#2"))[:2] == [
        "note:barnahus#2~1",
        "note:barnahus#2~2",
    ]


def test_the_passages_that_are_quoted_stay_as_they_are() -> None:
    corpus = Whole.read().corpus
    assert with_wordings(corpus).passages[: len(corpus.passages)] == corpus.passages


def test_every_item_that_speaks_has_wordings(framework: Framework) -> None:
    shared = {kind.id for kind in framework.kinds if kind.shared}
    for item, passage in zip(framework.items, framework.passages, strict=True):
        assert bool(passage.also) == (item.kind not in shared), item.id


def test_a_question_in_other_words_finds_the_item_and_quotes_its_own_words(ask, framework):
    answer = ask("top politicians who take responsibility for this and put up the money")
    cited = [one for statement in answer.statements for one in statement.citations]
    assert "gsr:C1" in {one.passage_id for one in cited}
    wordings = {wording for passage in framework.passages for wording in passage.also}
    assert not wordings & {one.quote for one in cited}
