"""The store's contract, against a folder and against a real Chroma server."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing, suppress
from multiprocessing import get_context
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pytest

from assistant.errors import IndexBusy, IndexMismatch, IndexMissing, StoreError
from assistant.retrieval.predicate import FacetFilter
from assistant.retrieval.store import Index, rollback, status, store_of
from assistant.retrieval.store_volume import LOCK, ServerStore, Volume
from assistant.settings import Settings
from tests.fakes import (
    HashingEmbedding,
    build_many,
    corpus_of,
    hashing_embedder,
    many_texts,
    two_tier_corpus,
)

PORT, EMBEDDER = two_tier_corpus(), hashing_embedder()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(url):
    with suppress(OSError), urlopen(f"{url}/api/v2/heartbeat", timeout=1) as reply:
        return reply.status == 200
    return False


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A Chroma server on loopback, as its own command starts it."""
    place, port = tmp_path_factory.mktemp("server"), _free_port()
    command = Path(sys.executable).with_name("chroma")
    arguments = ["run", "--host", "127.0.0.1", "--port", str(port), "--path", str(place / "data")]
    with (place / "log").open("wb") as log:
        said = {"stdout": log, "stderr": log, "env": os.environ | {"ANONYMIZED_TELEMETRY": "False"}}
        process = subprocess.Popen([command, *arguments], cwd=place, **said)
    url = f"http://127.0.0.1:{port}"
    try:
        patience = time.monotonic() + 60
        while not _answers(url):
            assert process.poll() is None, (place / "log").read_text()
            assert time.monotonic() < patience, (place / "log").read_text()
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(60)


def _emptied(url):
    with closing(ServerStore(url)) as store:
        for collection in store._client.list_collections():
            store._client.delete_collection(collection.name)


@pytest.fixture(params=["folder", "server"])
def settings(request, tmp_path):
    """Settings for each store, empty."""
    if request.param == "folder":
        return Settings(home=tmp_path / "home")
    url = request.getfixturevalue("server")
    _emptied(url)
    return Settings(home=tmp_path / "home", chroma_url=url)


@pytest.fixture
def store(settings):
    """The store of the settings."""
    with closing(store_of(settings)) as held:
        yield held


@pytest.fixture
def opened():
    """Opens an index, and closes it after the test."""
    with ExitStack() as held:
        yield lambda *given: held.enter_context(closing(Index.open(*given)))


@pytest.fixture
def folder(tmp_path):
    """Settings for the embedded store, empty."""
    return Settings(home=tmp_path / "home")


def _builds(settings):
    return sorted(path.name for path in (settings.home / "index" / "builds").iterdir())


def test_every_passage_is_found_by_its_own_vector(settings, opened):
    corpus, embedder = corpus_of(many_texts(250)), hashing_embedder()
    manifest = Index.build(corpus, embedder, settings)
    index = opened(corpus, embedder, settings)
    ids, rows = index.vectors("framework")
    found = [index.query(row, "framework", 1)[0] for row in rows]
    assert [passage_id for passage_id, _ in found] == list(ids)
    assert ids == tuple(passage.id for passage in corpus.passages)
    assert np.allclose([cosine for _, cosine in found], 1.0, atol=1e-5)
    assert manifest.counts == {"framework": 250}
    assert manifest.recall["framework"] > 0.99


def test_vectors_come_back_from_their_tier_by_facets_as_in_chroma(settings, opened, monkeypatch):
    Index.build(PORT, EMBEDDER, settings)
    _, rows = opened(PORT, EMBEDDER, settings).vectors("guidance")
    assert rows.dtype == np.float32
    wanted = EMBEDDER.embed_all([one.text for one in PORT.passages[4:]])
    assert np.allclose(rows, wanted, atol=1e-6)
    index = opened(PORT, EMBEDDER, settings)
    vector = EMBEDDER.embed("ships")
    assert {one for one, _ in index.query(vector, "framework", 10)} == {"f:1", "f:2", "f:3", "f:4"}
    assert {one for one, _ in index.query(vector, "guidance", 10)} == {"n:1", "n:2"}
    assert index.query(vector, "document", 10) == []
    assert index.vectors("document")[0] == ()
    vector = EMBEDDER.embed("harbour masters")
    aims = index.query(vector, "framework", 10, _only(kind={"aim"}))
    both = index.query(vector, "framework", 10, _only(kind={"aim", "action"}, source={"made-up"}))
    assert {one for one, _ in aims} == {"f:3", "f:4"}
    assert len(both) == 4
    assert index.query(vector, "framework", 10, _only(kind=set())) == []
    assert index.query(vector, "framework", 10, _only(colour={"red"})) == []
    where = FacetFilter(
        either=(
            {"kind": frozenset({"aim"}), "source": frozenset({"made-up"}), "x": frozenset()},
            {"kind": frozenset({"aim", "note"})},
        )
    )
    found = index.query(vector, "framework", 10, where)
    monkeypatch.setattr("assistant.retrieval.store.EXACT", 0)
    assert {one for one, _ in index.query(vector, "framework", 10, where)} == {"f:3", "f:4"}
    assert {one for one, _ in found} == {"f:3", "f:4"}


def _only(**allowed):
    return FacetFilter(allowed={facet: frozenset(values) for facet, values in allowed.items()})


def test_equal_texts_stay_two_passages(settings, opened):
    corpus, embedder = corpus_of(["the same words"] * 15 + ["others"]), hashing_embedder()
    Index.build(corpus, embedder, settings)
    index = opened(corpus, embedder, settings)
    assert len(index.query(embedder.embed("the same words"), "framework", 16)) == 16


def test_without_a_build_the_index_is_missing(settings):
    with pytest.raises(IndexMissing, match="signpost index build"):
        Index.open(PORT, EMBEDDER, settings)
    assert status(settings).current is None
    with pytest.raises(IndexMissing, match="no earlier index"):
        rollback(settings)


def test_unchanged_texts_are_not_embedded_again(settings):
    texts = many_texts(30)
    Index.build(corpus_of(texts), hashing_embedder(), settings)
    model = HashingEmbedding(model_name="hashing")
    manifest = Index.build(corpus_of([*texts, "a new one"]), hashing_embedder(model), settings)
    assert model.seen == ["a new one"]
    assert manifest.reused == 30
    other = HashingEmbedding(model_name="hashing")
    Index.build(corpus_of(texts), hashing_embedder(other, weights="other"), settings)
    assert len(other.seen) == 30


def test_rollback_lets_the_build_before_answer_and_a_second_one_undoes_it(settings, opened):
    old, new, embedder = corpus_of(["old words"]), corpus_of(["new words"]), hashing_embedder()
    first = Index.build(old, embedder, settings)
    second = Index.build(new, embedder, settings)
    assert rollback(settings).build == first.build
    assert opened(old, embedder, settings).manifest.build == first.build
    with pytest.raises(IndexMismatch, match="another corpus"):
        opened(new, embedder, settings)
    assert rollback(settings).build == second.build
    now = status(settings)
    assert (now.current, now.previous) == (second, first)


def test_only_the_build_that_answers_and_the_one_before_are_kept(settings, store):
    embedder, builds = hashing_embedder(), []
    for word in ("one", "two", "three"):
        builds.append(Index.build(corpus_of([word]), embedder, settings).build)
    assert store.volume(builds[1]).manifest().build == builds[1]
    with pytest.raises(StoreError):
        store.volume(builds[0]).manifest()


def test_a_second_writer_is_told_and_the_first_goes_on(settings, store):
    with store.lock():
        with pytest.raises(IndexBusy, match="Another process is building"):
            Index.build(PORT, EMBEDDER, settings)
        with pytest.raises(IndexBusy):
            rollback(settings)
    Index.build(PORT, EMBEDDER, settings)


def test_an_open_index_reopens_after_a_swap_to_its_own_corpus(settings, monkeypatch, opened):
    Index.build(PORT, EMBEDDER, settings)
    index = opened(PORT, EMBEDDER, settings)
    monkeypatch.setattr(index._store, "check_every", 0.0)
    vector = EMBEDDER.embed("ships")
    before = index.query(vector, "framework", 4)
    assert not index.refresh()
    for _ in range(3):
        built = Index.build(PORT, EMBEDDER, settings)
        assert index.refresh()
        assert index.manifest.build == built.build
        assert index.query(vector, "framework", 4) == before
    Index.build(corpus_of(["other"]), EMBEDDER, settings)
    with pytest.raises(IndexMismatch, match="another corpus"):
        index.refresh()
    index.close()


@pytest.mark.parametrize(
    ("named", "embedder"),
    [
        ("another embedder .hashing. than the one in use .other.", hashing_embedder(name="other")),
        ("another weights", hashing_embedder(weights="f" * 64)),
        ("another dimension .64. than the one in use .32.", hashing_embedder(dimension=32)),
    ],
)
def test_a_mismatch_is_refused_by_name(folder, named, embedder):
    Index.build(PORT, EMBEDDER, folder)
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
    with pytest.raises(StoreError, match=r"does not find|nearest"):
        Index.build(corpus_of(many_texts(50)), EMBEDDER, settings)
    assert opened(PORT, EMBEDDER, settings).manifest.build == first.build
    assert status(settings).previous is None


def test_what_was_half_built_is_cleaned_up_and_a_failed_embedder_leaves_nothing_behind(folder):
    half = folder.home / "index" / "builds" / "half"
    half.mkdir(parents=True)
    (half / "chroma.sqlite3").write_bytes(b"half")
    (folder.home / "index" / ".pointer.json.abc").write_bytes(b"half")
    manifest = Index.build(PORT, EMBEDDER, folder)
    assert _builds(folder) == [manifest.build]
    assert not (folder.home / "index" / ".pointer.json.abc").exists()

    class Failing(HashingEmbedding):
        def _get_text_embedding(self, text):
            raise StoreError("no more")

    failing = hashing_embedder(Failing(model_name="failing"), weights="f")
    with pytest.raises(StoreError, match="no more"):
        Index.build(PORT, failing, folder)
    assert _builds(folder) == [manifest.build]


def _use(index):
    assert len(index.vectors("framework")[0]) == 4
    assert len(index.query(EMBEDDER.embed("ships"), "framework", 1)) == 1


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("index/pointer.json", b"{"),
        ("index/pointer.json", b'{"current": "../../x"}'),
        ("index/pointer.json", b"\xff\xfe"),
        ("index/builds/*/manifest.json", b"{}"),
        ("index/builds/*/manifest.json", None),
        ("index/builds/*", None),
        ("index/builds/*/framework.f32", b"\0" * 1024),
        ("index/builds/*/chroma/chroma.sqlite3", b"not a database" * 100),
    ],
)
def test_damage_is_one_sentence_and_the_next_build_repairs_it(folder, path, content, opened):
    Index.build(PORT, EMBEDDER, folder)
    (victim,) = folder.home.glob(path)
    if content is not None:
        victim.write_bytes(content)
    elif victim.is_dir():
        shutil.rmtree(victim)
    else:
        victim.unlink()
    with pytest.raises(StoreError) as caught:
        _use(opened(PORT, EMBEDDER, folder))
    assert len(str(caught.value).splitlines()) == 1
    Index.build(PORT, EMBEDDER, folder)
    _use(opened(PORT, EMBEDDER, folder))


def test_a_file_where_the_home_should_be_and_a_server_that_is_not_there_are_one_sentence(tmp_path):
    (tmp_path / "home").write_text("a file")
    settings = Settings(home=tmp_path / "home")
    with pytest.raises(StoreError, match="a file stands where a folder should"):
        Index.build(PORT, EMBEDDER, settings)
    with pytest.raises(StoreError):
        Index.open(PORT, EMBEDDER, settings)
    settings = Settings(home=tmp_path, chroma_url=f"http://127.0.0.1:{_free_port()}")
    with pytest.raises(StoreError, match="No Chroma server answers at"):
        status(settings)
    with pytest.raises(StoreError, match="is no address"):
        status(Settings(home=tmp_path, chroma_url="ftp://somewhere"))


_MOUNTED = """
import sys
from pathlib import Path
from assistant.errors import StoreError
from assistant.settings import Settings
from assistant.retrieval.store import Index
from tests.fakes import corpus_of, hashing_embedder, many_texts
settings, embedder = Settings(home=Path(sys.argv[1])), hashing_embedder()
corpus = corpus_of(many_texts(20))
try:
    Index.build(corpus_of(many_texts(int(sys.argv[2]))), embedder, settings)
except StoreError as error:
    print("REFUSED", error)
if sys.argv[3:]:
    index = Index.open(corpus, embedder, settings)
    print("ANSWERS", len(index.query(embedder.embed("word1"), "framework", 5)))
"""


def _on_disk(tmp_path, options, *runs):
    """Mount a disk, run builds of so many passages on it, and return what they print."""
    alone = ["unshare", "--map-root-user", "--mount", "--"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode
    ):
        reason = "NOT TESTED: a full and a read-only home; 'unshare --map-root-user --mount' fails"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    (tmp_path / "script.py").write_text(_MOUNTED)
    (tmp_path / "disk").mkdir()
    build = f"{sys.executable} {tmp_path}/script.py {tmp_path}/disk/home"
    mounted = f"mount -t tmpfs -o {options} tmpfs {tmp_path}/disk"
    told = subprocess.run(
        [*alone, "sh", "-ec", " && ".join([mounted, *(f"{build} {one}" for one in runs)])],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        timeout=120,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout.splitlines()


def test_on_a_full_or_read_only_disk_a_build_is_refused_in_one_sentence(tmp_path):
    told = _on_disk(tmp_path, "size=4m", "20 answers", "4000 answers")
    assert told[0] == "ANSWERS 5"
    assert told[1].startswith("REFUSED ")
    assert "make room" in told[1]
    assert told[2:] == ["ANSWERS 5"]  # the old index
    (tmp_path / "disk").rmdir()
    (told,) = _on_disk(tmp_path, "ro", "20")
    assert "it is read-only; set SIGNPOST_HOME" in told


def _start_build(settings, count):
    context = get_context("forkserver")
    context.set_forkserver_preload(["chromadb", "llama_index.vector_stores.chroma", "tests.fakes"])
    arguments = (str(settings.home), settings.chroma_url, count, 1)
    process = context.Process(target=build_many, args=arguments)
    process.start()
    return process


def _wait_for(settings, pattern, process):
    """Wait until a file of the new build is there, or the build is over."""
    folder = settings.home / "index" / "builds"
    old = set(folder.glob(pattern))
    while process.is_alive() and not set(folder.glob(pattern)) - old:
        time.sleep(0.001)


def _check_that_something_whole_answers(settings, old):
    current = status(settings).current
    texts = many_texts(200) if current.build == old else many_texts(MANY, 1)
    with closing(Index.open(corpus_of(texts), hashing_embedder(), settings)) as index:
        ids, rows = index.vectors("framework")
        assert len(ids) == len(texts)
        for passage_id, row in list(zip(ids, rows, strict=True))[:: len(ids) // 100]:
            assert index.query(row, "framework", 1)[0][0] == passage_id


MANY = 2000
MOMENTS = {
    "its folder appears": "*-*",
    "its database appears": "*-*/chroma/chroma.sqlite3",
    "its vectors are being written": "*-*/chroma/*-*/data_level0.bin",
    "its vectors are kept": "*-*/framework.f32",
    "its manifest is written": "*-*/manifest.json",
}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("delay", [pytest.param(0.0, marks=pytest.mark.slow), 0.3])
def test_a_build_killed_when(folder, moment, delay):
    """The old index answers after kill -9, or the new one, whole; the next build cleans up."""
    first = Index.build(corpus_of(many_texts(200)), hashing_embedder(), folder)
    process = _start_build(folder, MANY)
    _wait_for(folder, MOMENTS[moment], process)
    time.sleep(delay)
    process.kill()
    process.join()
    _check_that_something_whole_answers(folder, first.build)
    last = Index.build(corpus_of(many_texts(200)), hashing_embedder(), folder)
    assert last.build in _builds(folder)
    assert len(_builds(folder)) == 2


def test_a_build_killed_at_a_server_leaves_its_lock_a_while(server, tmp_path, monkeypatch, opened):
    _emptied(server)
    settings = Settings(home=tmp_path / "home", chroma_url=server)
    corpus, embedder = corpus_of(many_texts(200)), hashing_embedder()
    first = Index.build(corpus, embedder, settings)
    process = _start_build(settings, MANY)
    with closing(ServerStore(server)) as store:
        while process.is_alive() and store._collection(LOCK) is None:
            time.sleep(0.005)
        time.sleep(0.5)
        process.kill()
        process.join()
        assert opened(corpus, embedder, settings).manifest.build == first.build
        with pytest.raises(IndexBusy):
            Index.build(corpus, embedder, settings)
        monkeypatch.setattr("assistant.retrieval.store_volume.LOCK_AGE", 0.0)
        built = Index.build(corpus, embedder, settings)
        assert status(settings).previous == first
        names = {one.name for one in store._client.list_collections()}
    kept = (f"signpost-{built.build}", f"signpost-{first.build}", "signpost-pointer")
    assert all(one.startswith(kept) for one in names)


def test_a_writer_whose_lock_was_taken_over_stops_before_the_swap(server):
    _emptied(server)
    with (
        closing(ServerStore(server)) as store,
        closing(ServerStore(server)) as thief,
        store.lock() as beat,
    ):
        beat()
        store._client.delete_collection(LOCK)
        with thief.lock():
            with pytest.raises(IndexBusy, match="took over"):
                beat()
            with pytest.raises(IndexBusy), store.lock():
                pass


def test_other_collections_of_a_server_are_left_alone(server, tmp_path):
    _emptied(server)
    settings = Settings(home=tmp_path / "home", chroma_url=server)
    with closing(ServerStore(server)) as store:
        store._client.create_collection("somebody-elses", embedding_function=None)
        for _ in range(3):
            Index.build(PORT, EMBEDDER, settings)
        assert "somebody-elses" in {one.name for one in store._client.list_collections()}


def test_two_processes_read_while_a_third_builds(folder, opened):
    corpus, embedder = corpus_of(many_texts(200)), hashing_embedder()
    Index.build(corpus, embedder, folder)
    process = _start_build(folder, MANY)
    one, two = (opened(corpus, embedder, folder) for _ in range(2))
    ids, rows = one.vectors("framework")
    while process.is_alive():
        for index in (one, two):
            assert index.query(rows[7], "framework", 1)[0][0] == ids[7]
    process.join()
    assert process.exitcode == 0
    with pytest.raises(IndexMismatch):
        one.refresh()


def test_a_build_that_erases_leaves_nothing_to_go_back_to(settings, opened):
    old, new, embedder = corpus_of(["zanzibarite"]), corpus_of(["new words"]), hashing_embedder()
    Index.build(old, embedder, settings)
    Index.build(new, embedder, settings)
    built = Index.build(new, embedder, settings, erase=True)
    assert built.reused == 0
    assert opened(new, embedder, settings).manifest == built
    assert status(settings).previous is None
    with pytest.raises(IndexMissing, match=r"erased on \d{4}-\d\d-\d\d, so there is none"):
        rollback(settings)
    later = Index.build(new, embedder, settings)
    assert rollback(settings).build == built.build
    assert rollback(settings).build == later.build


def test_what_was_erased_is_in_no_file(folder):
    secret = "zanzibarite lantern"
    old, new = corpus_of([secret, "kept words"]), corpus_of(["kept words"])
    embedder = hashing_embedder()
    mark = embedder.embed_all([secret])[0].astype("<f4").tobytes()
    _build_apart(old, folder, erase=False)
    assert _holds(folder.home, secret.encode())
    assert _holds(folder.home, mark)
    _build_apart(new, folder, erase=True)
    assert not _holds(folder.home, secret.encode())
    assert not _holds(folder.home, b"zanzibarite")
    assert not _holds(folder.home, mark)


def test_what_cannot_be_erased_is_told(folder, monkeypatch):
    Index.build(corpus_of(["old"]), hashing_embedder(), folder)
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    with pytest.raises(StoreError, match="still in it"):
        Index.build(corpus_of(["new"]), hashing_embedder(), folder, erase=True)


def _build_apart(corpus, settings, *, erase):
    """Build in a process of its own, as a command does: an index is written with room to grow in,
    which can hold what lies in the memory of this one."""
    building = get_context("spawn").Process(target=_build, args=(corpus, settings, erase))
    building.start()
    building.join()
    assert building.exitcode == 0


def _build(corpus, settings, erase):
    Index.build(corpus, hashing_embedder(), settings, erase=erase)


def _holds(home, secret):
    return any(secret in path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_a_neighbour_that_the_graph_misses_is_found_all_the_same(folder, monkeypatch, opened):
    neighbours = Volume.neighbours
    corpus, embedder = corpus_of(many_texts(30)), hashing_embedder()
    missed = corpus.passages[3]
    monkeypatch.setattr(
        Volume,
        "neighbours",
        lambda self, tier, rows, k: [
            [one for one in found if one != missed.id] for found in neighbours(self, tier, rows, k)
        ],
    )
    monkeypatch.setattr("assistant.retrieval.store.EXACT", 10)
    built = Index.build(corpus, embedder, folder)
    assert built.recall["framework"] < 1.0
    assert built.missed == {"framework": 1}
    index = opened(corpus, embedder, folder)
    monkeypatch.setattr(Volume, "query", None)
    assert index.query(embedder.embed(missed.text), "framework", 1)[0][0] == missed.id
