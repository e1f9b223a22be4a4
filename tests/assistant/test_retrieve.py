import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.predicate import FacetFilter
from assistant.retrieval.search import Retriever, Words, fuse
from assistant.retrieval.store import Index
from assistant.settings import Settings
from tests.fakes import hashing_embedder, passage, two_tier_corpus


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return Settings(home=tmp_path_factory.mktemp("retrieve"))


@pytest.fixture(scope="module")
def corpus():
    return two_tier_corpus()


@pytest.fixture(scope="module")
def embedder():
    return hashing_embedder()


@pytest.fixture(scope="module")
def retriever(corpus, embedder, settings):
    Index.build(corpus, embedder, settings)
    index = Index.open(corpus, embedder, settings)
    held = Retriever(corpus, index, embedder, settings)
    held.warm()
    yield held
    index.close()


def _only(**allowed):
    return FacetFilter(allowed={facet: frozenset({value}) for facet, value in allowed.items()})


def test_a_hit_says_its_rank_in_each_list_of_stemmed_words(retriever):
    first = retriever.search("harbour masters train new pilots", 3)[0]
    assert (first.passage_id, first.rank, first.ranks) == ("f:2", 1, {"dense": 1, "bm25": 1})
    assert "bm25" in retriever.search("a training for a pilot", 1)[0].ranks


def test_bm25_filters_before_it_cuts_and_gives_nothing_for_other_words_or_facets(corpus):
    words = Words(corpus.passages)
    for text in ("submarine", "the of and", ""):
        assert words.search(text, 10, FacetFilter()) == []
    assert words.search("lighthouses", 10, FacetFilter()) == ["n:2"]
    assert words.search("pilots", 1, _only(kind="note")) == ["n:1"]
    marked = passage("m:1", "ships", facets={"tier": "framework", "kind": "zebra"})
    assert Words([marked, passage("m:2", "boats")]).search("zebra", 5, FacetFilter()) == []


@pytest.mark.parametrize(
    "allowed",
    [
        FacetFilter(),
        _only(kind="aim"),
        _only(tier="guidance"),
        _only(tier="framework", kind="action"),
        _only(kind="note", source="made-up"),
        _only(colour="red"),
        FacetFilter(allowed={"kind": frozenset()}),
        FacetFilter(allowed={"kind": frozenset({"aim", "note"})}),
    ],
)
def test_both_lists_keep_to_the_same_predicate(retriever, corpus, allowed):
    hits = retriever.search("harbour masters pilots ships note lighthouses", 10, allowed)
    wanted = {one.id for one in corpus.passages if allowed.allows(one.facets)}
    assert {hit.passage_id for hit in hits if "dense" in hit.ranks} == wanted
    assert {hit.passage_id for hit in hits if "bm25" in hit.ranks} == wanted


def test_vectors_come_in_the_order_asked_for_and_are_not_made_again(retriever, embedder):
    hits = retriever.search("submarine", 1, vector=embedder.embed("lighthouses"))
    assert hits[0].passage_id == "n:2"
    rows = retriever.vectors(["n:1", "f:4"])
    assert rows.shape == (2, 64)
    assert float(rows[1] @ embedder.embed("ships arrive on time")) == pytest.approx(1.0, abs=1e-5)
    assert retriever.vectors([]).shape == (0, 64)


def test_a_retriever_goes_on_after_a_rebuild_and_a_weight_may_be_nought(
    retriever, corpus, embedder, settings
):
    before = retriever.search("ships", 5)
    for _ in range(3):
        Index.build(corpus, embedder, settings)
        assert retriever.search("ships", 5) == before
    hits = fuse({"dense": ["a", "b"], "bm25": ["b"]}, {"dense": 1.0, "bm25": 0.0})
    assert [hit.passage_id for hit in hits] == ["a", "b"]


@given(
    st.lists(st.sampled_from("abcdef"), unique=True),
    st.lists(st.sampled_from("abcdef"), unique=True),
)
def test_fusion_keeps_every_passage_once_and_orders_by_score(dense, bm25):
    hits = fuse({"dense": dense, "bm25": bm25})
    assert sorted(hit.passage_id for hit in hits) == sorted({*dense, *bm25})
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
