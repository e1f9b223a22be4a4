import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.search import FacetFilter, Retriever, Words, fuse
from assistant.retrieval.store import Index
from assistant.settings import Settings
from tests.fakes import hashing_embedder, passage, two_tier_corpus

PORT, EMBEDDER = two_tier_corpus(), hashing_embedder()


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return Settings(home=tmp_path_factory.mktemp("retrieve"))


@pytest.fixture(scope="module")
def retriever(settings):
    Index.build(PORT, EMBEDDER, settings)
    index = Index.open(PORT, EMBEDDER, settings)
    held = Retriever(PORT, index, EMBEDDER, settings)
    held.warm()
    yield held
    index.close()


def _only(**allowed):
    return FacetFilter(allowed={facet: frozenset(values) for facet, values in allowed.items()})


def test_a_hit_says_its_rank_in_each_list_and_vectors_come_in_the_order_asked_for(retriever):
    first = retriever.search("harbour masters train new pilots", 3)[0]
    assert (first.passage_id, first.rank, first.ranks) == ("f:2", 1, {"dense": 1, "bm25": 1})
    assert "bm25" in retriever.search("a training for a pilot", 1)[0].ranks
    hits = retriever.search("submarine", 1, vector=EMBEDDER.embed("lighthouses"))
    assert hits[0].passage_id == "n:2"
    rows = retriever.vectors(["n:1", "f:4"])
    assert float(rows[1] @ EMBEDDER.embed("ships arrive on time")) == pytest.approx(1.0, abs=1e-5)
    assert (rows.shape, retriever.vectors([]).shape) == ((2, 64), (0, 64))


def test_bm25_filters_before_it_cuts_and_gives_nothing_for_other_words_or_facets():
    words = Words(PORT.passages)
    for text in ("submarine", "the of and", ""):
        assert words.search(text, 10, FacetFilter()) == []
    assert words.search("lighthouses", 10, FacetFilter()) == ["n:2"]
    assert words.search("pilots", 1, _only(kind=["note"])) == ["n:1"]
    marked = passage("m:1", "ships", facets={"tier": "framework", "kind": "zebra"})
    assert Words([marked, passage("m:2", "boats")]).search("zebra", 5, FacetFilter()) == []


def test_both_lists_keep_to_the_same_predicate(retriever):
    for allowed in (
        FacetFilter(),
        *(_only(kind=kinds) for kinds in (["aim"], [], ["aim", "note"])),
        *(_only(tier=["guidance"]), _only(tier=["framework"], kind=["action"])),
        *(_only(kind=["note"], source=["made-up"]), _only(colour=["red"])),
    ):
        hits = retriever.search("harbour masters pilots ships note lighthouses", 10, allowed)
        wanted = {one.id for one in PORT.passages if allowed.allows(one.facets)}
        for name in ("dense", "bm25"):
            assert {hit.passage_id for hit in hits if name in hit.ranks} == wanted, allowed


def test_a_retriever_goes_on_after_a_rebuild(retriever, settings):
    before = retriever.search("ships", 5)
    for _ in range(2):
        Index.build(PORT, EMBEDDER, settings)
        assert retriever.search("ships", 5) == before


LIST = st.lists(st.sampled_from("abcdef"), unique=True)


@given(LIST, LIST)
def test_fusion_keeps_every_passage_once_and_orders_by_score(dense, bm25):
    hits = fuse({"dense": dense, "bm25": bm25})
    assert sorted(hit.passage_id for hit in hits) == sorted({*dense, *bm25})
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
