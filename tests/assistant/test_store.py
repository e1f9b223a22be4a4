"""The store's contract, against a folder and against a real Chroma server."""

import os
import shutil
import sys
import time
from contextlib import ExitStack, closing
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import IndexBusy, IndexMismatch, IndexMissing, StoreError
from assistant.retrieval.search import FacetFilter, Retriever, Words
from assistant.retrieval.store import Index, rollback, status, store_of
from assistant.retrieval.store_volume import LOCK, ServerStore, Volume
from assistant.settings import Settings
from evals.benches.serving import answers, free_port, running
from tests import fakes
from tests.fakes import corpus_of, hashing_embedder, many_texts, two_tier_corpus

PORT, EMBEDDER = two_tier_corpus(), hashing_embedder()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A Chroma server on loopback, as its own command starts it."""
    place, port = tmp_path_factory.mktemp("server"), free_port()
    url = f"http://127.0.0.1:{port}"
    words = f"run --host 127.0.0.1 --port {port} --path".split()
    command = [Path(sys.executable).with_name("chroma"), *words, place / "data"]
    quiet = os.environ | {"ANONYMIZED_TELEMETRY": "False"}
    beats, failure = f"{url}/api/v2/heartbeat", "Chroma did not start:"
    with running(command, lambda: answers(beats), failure, quiet, place / "log"):
        yield url


@pytest.fixture
def emptied(server, tmp_path):
    with closing(ServerStore(server)) as store:
        for collection in store._client.list_collections():
            store._client.delete_collection(collection.name)
    return Settings(home=tmp_path / "home", chroma_url=server)


@pytest.fixture(params=["folder", "emptied"])
def settings(request, tmp_path):
    return request.getfixturevalue(request.param)


@pytest.fixture
def store(settings):
    with closing(store_of(settings)) as held:
        yield held


@pytest.fixture
def opened():
    with ExitStack() as held:
        yield lambda *given: held.enter_context(closing(Index.open(*given)))


@pytest.fixture
def folder(tmp_path):
    return Settings(home=tmp_path / "home")


def _builds(settings):
    return sorted(path.name for path in (settings.home / "index" / "builds").iterdir())


def test_every_passage_is_found_by_its_own_vector_and_equal_texts_stay_apart(settings, opened):
    corpus, embedder = corpus_of([*many_texts(250), *["the same"] * 15]), hashing_embedder()
    manifest = Index.build(corpus, embedder, settings)
    index = opened(corpus, embedder, settings)
    ids, rows = index.vectors("framework")
    found = [index.query(row, "framework", 1)[0] for row in rows[:250]]
    assert [passage_id for passage_id, _ in found] == list(ids[:250])
    assert ids == tuple(passage.id for passage in corpus.passages)
    assert np.allclose([cosine for _, cosine in found], 1.0, atol=1e-5)
    same = index.query(embedder.embed("the same"), "framework", 15)
    assert {passage_id for passage_id, _ in same} == {*ids[250:]}
    assert manifest.counts == {"framework": 265}
    Index.build(PORT, EMBEDDER, settings)
    index = opened(PORT, EMBEDDER, settings)
    ids, rows = index.vectors("guidance")
    assert (ids, rows.dtype) == (("n:1", "n:2"), np.float32)
    assert {one for one, _ in index.query(rows[0], "framework", 10)} == {"f:1", "f:2", "f:3", "f:4"}
    assert (index.query(rows[0], "document", 10), index.vectors("document")[0]) == ([], ())


def test_unchanged_texts_are_not_embedded_again(settings):
    texts = many_texts(30)
    Index.build(corpus_of(texts), EMBEDDER, settings)
    for more, weights, reused in ((["a new one"], fakes.WEIGHTS, 30), ([], "other", 0)):
        model = fakes.HashingEmbedding(model_name="hashing")
        embedder = hashing_embedder(model, weights=weights)
        manifest = Index.build(corpus_of([*texts, *more]), embedder, settings)
        assert (manifest.reused, len(model.seen)) == (reused, 30 + len(more) - reused)


def test_the_build_before_is_kept_answers_again_and_is_erased(settings, store, opened):
    """As `status` tells, and no build before it; a second writer is told and changes nothing."""
    old, new, embedder = corpus_of(["old words"]), corpus_of(["new words"]), EMBEDDER
    with pytest.raises(IndexMissing, match="signpost index build"):
        Index.open(old, embedder, settings)
    assert status(settings).current is None
    with pytest.raises(IndexMissing, match="no earlier index"):
        rollback(settings)
    with store.lock():
        with pytest.raises(IndexBusy, match="Another process is building"):
            Index.build(old, embedder, settings)
        with pytest.raises(IndexBusy):
            rollback(settings)
    first, second = (Index.build(corpus, embedder, settings) for corpus in (old, new))
    assert rollback(settings).build == first.build
    assert opened(old, embedder, settings).manifest.build == first.build
    with pytest.raises(IndexMismatch, match="another corpus"):
        opened(new, embedder, settings)
    assert rollback(settings).build == second.build
    now = status(settings)
    assert (now.current, now.previous) == (second, first)
    third = Index.build(new, embedder, settings)
    assert store.volume(second.build).manifest() == second
    with pytest.raises(StoreError):
        store.volume(first.build).manifest()
    built = Index.build(new, embedder, settings, erase=True)
    assert (third.reused, built.reused) == (1, 0)
    assert opened(new, embedder, settings).manifest == built
    assert status(settings).previous is None
    with pytest.raises(IndexMissing, match=r"erased on \d{4}-\d\d-\d\d, so there is none"):
        rollback(settings)
    Index.build(new, embedder, settings)
    assert rollback(settings).build == built.build


def test_an_open_index_reopens_after_a_swap_to_its_own_corpus(settings, monkeypatch, opened):
    Index.build(PORT, EMBEDDER, settings)
    index = opened(PORT, EMBEDDER, settings)
    monkeypatch.setattr(index._store, "check_every", 0.0)
    vector = EMBEDDER.embed("ships")
    before = index.query(vector, "framework", 4)
    assert not index.refresh()
    for _ in range(2):
        built = Index.build(PORT, EMBEDDER, settings)
        assert index.refresh()
        assert index.manifest.build == built.build
        assert index.query(vector, "framework", 4) == before
    Index.build(corpus_of(["other"]), EMBEDDER, settings)
    with pytest.raises(IndexMismatch, match="another corpus"):
        index.refresh()


def test_a_mismatch_is_refused_by_name(folder):
    Index.build(PORT, EMBEDDER, folder)
    for named, embedder in (
        ("another embedder .hashing. than the one in use .other.", hashing_embedder(name="other")),
        ("another weights", hashing_embedder(weights="f" * 64)),
        ("another dimension .64. than the one in use .32.", hashing_embedder(dimension=32)),
    ):
        with pytest.raises(IndexMismatch, match=named):
            Index.open(PORT, embedder, folder)


def test_a_build_that_loses_passages_or_swaps_vectors_is_not_used(settings, monkeypatch, opened):
    def adds(change):
        monkeypatch.setattr(Volume, "add", lambda *given: add(*given[:2], *change(*given[2:])))

    first, add = Index.build(PORT, EMBEDDER, settings), Volume.add
    adds(lambda some, rows: (some[1:], rows[1:]))
    with pytest.raises(StoreError, match="holds 3 of 4 passages"):
        Index.build(PORT, EMBEDDER, settings)
    adds(lambda some, rows: (some, rows * 0 + 1))
    with pytest.raises(StoreError, match="other vectors"):
        Index.build(corpus_of(many_texts(50)), EMBEDDER, settings)
    assert opened(PORT, EMBEDDER, settings).manifest.build == first.build
    assert status(settings).previous is None


def test_what_was_half_built_is_cleaned_up_and_a_failed_embedder_leaves_nothing_behind(folder):
    index = folder.home / "index"
    (index / "builds" / "half").mkdir(parents=True)
    (index / ".pointer.json.abc").write_bytes(b"half")
    manifest = Index.build(PORT, EMBEDDER, folder)
    assert not (index / ".pointer.json.abc").exists()
    failing = hashing_embedder(weights="f")
    failing.embed_all = lambda texts: 1 / 0
    with pytest.raises(ZeroDivisionError):
        Index.build(PORT, failing, folder)
    assert _builds(folder) == [manifest.build]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("pointer.json", b"{"),
        ("pointer.json", b'{"current": "../../x"}'),
        ("pointer.json", b"\xff\xfe"),
        ("builds/*/manifest.json", b"{}"),
        ("builds/*/framework.f32", b"\0" * 1024),
        ("builds/*/chroma/chroma.sqlite3", b"not a database" * 100),
    ],
)
def test_damage_is_one_sentence_and_the_next_build_repairs_it(folder, path, content, opened):
    def uses():
        index = opened(PORT, EMBEDDER, folder)
        assert len(index.vectors("framework")[0]) == 4
        assert len(index.query(EMBEDDER.embed("ships"), "framework", 1)) == 1

    Index.build(PORT, EMBEDDER, folder)
    (victim,) = (folder.home / "index").glob(path)
    victim.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        uses()
    assert len(str(caught.value).splitlines()) == 1
    Index.build(PORT, EMBEDDER, folder)
    uses()


def test_a_file_where_the_home_should_be_and_a_server_that_is_not_there_are_one_sentence(tmp_path):
    (tmp_path / "home").write_text("a file")
    with pytest.raises(StoreError, match="a file stands where a folder should"):
        Index.build(PORT, EMBEDDER, Settings(home=tmp_path / "home"))
    for url, said in (
        (f"http://127.0.0.1:{free_port()}", "No Chroma server answers at"),
        ("ftp://somewhere", "is no address"),
    ):
        with pytest.raises(StoreError, match=said):
            status(Settings(home=tmp_path, chroma_url=url))


def _start_build(settings, corpus, *, erase=False):
    """Build in a process of its own, as a command does: an index is written with room to grow in,
    which can hold what lies in the memory of this one."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["chromadb", "llama_index.vector_stores.chroma", "tests.fakes"])
    process = context.Process(target=_build, args=(corpus, settings, erase))
    process.start()
    return process


def _build(corpus, settings, erase):
    Index.build(corpus, hashing_embedder(), settings, erase=erase)


FEW, MANY = corpus_of(many_texts(200)), corpus_of(many_texts(2000, 1))
MOMENTS = {
    "its folder appears": "*-*",
    "its database appears": "*-*/chroma/chroma.sqlite3",
    "its vectors are being written": "*-*/chroma/*-*/data_level0.bin",
    "its vectors are kept": "*-*/framework.f32",
    "its manifest is written": "*-*/manifest.json",
}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("delay", [pytest.param(0.0, marks=pytest.mark.slow), 0.3])
def test_a_build_killed_when(folder, moment, delay, opened):
    """The old index answers after kill -9, or the new one, whole; the next build cleans up."""
    first = Index.build(FEW, EMBEDDER, folder)
    builds = folder.home / "index" / "builds"
    old = set(builds.glob(MOMENTS[moment]))
    process = _start_build(folder, MANY)
    while process.is_alive() and not set(builds.glob(MOMENTS[moment])) - old:
        time.sleep(0.001)
    time.sleep(delay)
    process.kill()
    process.join()
    corpus = FEW if status(folder).current == first else MANY
    ids, rows = (index := opened(corpus, EMBEDDER, folder)).vectors("framework")
    assert len(ids) == len(corpus.passages)
    for passage_id, row in list(zip(ids, rows, strict=True))[:: len(ids) // 100]:
        assert index.query(row, "framework", 1)[0][0] == passage_id
    assert Index.build(FEW, EMBEDDER, folder).build in _builds(folder)
    assert len(_builds(folder)) == 2


def test_a_build_killed_at_a_server_leaves_its_lock_a_while(emptied, monkeypatch, opened):
    first = Index.build(FEW, EMBEDDER, emptied)
    process = _start_build(emptied, MANY)
    with closing(store_of(emptied)) as store:
        while process.is_alive() and store._collection(LOCK) is None:
            time.sleep(0.005)
        time.sleep(0.5)
        process.kill()
        process.join()
        assert opened(FEW, EMBEDDER, emptied).manifest.build == first.build
        with pytest.raises(IndexBusy):
            Index.build(FEW, EMBEDDER, emptied)
        monkeypatch.setattr("assistant.retrieval.store_volume.LOCK_AGE", 0.0)
        store._client.create_collection("somebody-elses", embedding_function=None)
        built = Index.build(FEW, EMBEDDER, emptied)
        assert status(emptied).previous == first
        names = {one.name for one in store._client.list_collections()}
    kept = (f"signpost-{built.build}", f"signpost-{first.build}", "signpost-pointer")
    assert all(one.startswith(kept) for one in names - {"somebody-elses"})
    assert "somebody-elses" in names


def test_a_writer_whose_lock_was_taken_over_stops_before_the_swap(emptied):
    with (
        closing(store_of(emptied)) as store,
        closing(store_of(emptied)) as thief,
        store.lock() as beat,
    ):
        beat()
        store._client.delete_collection(LOCK)
        with thief.lock():
            with pytest.raises(IndexBusy, match="took over"):
                beat()
            with pytest.raises(IndexBusy), store.lock():
                pass


def test_what_was_erased_is_in_no_file(folder):
    secret = "zanzibarite lantern"
    mark = EMBEDDER.embed_all([secret])[0].astype("<f4").tobytes()

    def held():
        files = (path.read_bytes() for path in folder.home.rglob("*") if path.is_file())
        data = b"".join(files)
        return [sought in data for sought in (secret.encode(), b"zanzibarite", mark)]

    for texts, erase in (([secret, "kept words"], False), (["kept words"], True)):
        process = _start_build(folder, corpus_of(texts), erase=erase)
        process.join()
        assert (process.exitcode, held()) == (0, [not erase] * 3)


def test_what_cannot_be_erased_is_told(folder, monkeypatch):
    Index.build(corpus_of(["old"]), hashing_embedder(), folder)
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    with pytest.raises(StoreError, match="still in it"):
        Index.build(corpus_of(["new"]), hashing_embedder(), folder, erase=True)


@pytest.fixture(scope="module")
def retriever(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("retrieve"))
    Index.build(PORT, EMBEDDER, settings)
    with closing(Index.open(PORT, EMBEDDER, settings)) as index:
        held = Retriever(index, settings)
        held.warm()
        yield held


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
    assert words.search("submarine of and", 10, FacetFilter()) == []
    assert words.search("lighthouses", 10, FacetFilter()) == ["n:2"]
    assert words.search("pilots", 1, _only(kind=["note"])) == ["n:1"]
    marked = fakes.passage("m:1", "ships", facets={"tier": "framework", "kind": "zebra"})
    assert Words([marked, fakes.passage("m:2", "boats")]).search("zebra", 5, FacetFilter()) == []


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
