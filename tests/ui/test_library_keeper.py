"""What an administrator does with the library, without a page."""

import re
import threading

import pytest

from assistant.errors import CorpusError, IndexBusy, StoreError
from assistant.retrieval.store import status, store_of
from assistant.settings import Settings
from tests.ui.fake_answer import CORPUS
from tests.ui.shelved import REPORT, build, earlier, keep_earlier, light
from ui.pages.library.library_keeper import Job, Keeper, Refusal
from ui.words.catalogue import say


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    light(monkeypatch)
    return Settings(home=tmp_path)


def keeper_of(settings, **given):
    keeper = Keeper(CORPUS, settings, check=lambda: REPORT, **given)
    # The corpus on the disk is the one that ships, and the one that answers is made up.
    keeper._check_disk = lambda: None
    return keeper


def test_a_build_goes_on_in_the_background_and_answers_then(at_home):
    first = build(at_home)
    keeper = keeper_of(at_home, build=lambda report: (report(1, 2), build(at_home))[1])
    keeper.start_building(first.build)
    keeper.building.wait(60)
    shelf = keeper.shelf()
    assert shelf.previous.manifest.build == first.build
    assert shelf.current.manifest.build == keeper.building.result.build
    assert (shelf.current.mismatch, shelf.current.damage) == ("", "")


def test_a_second_build_is_refused_while_one_goes_on(at_home):
    first = build(at_home)
    go_on = threading.Event()
    keeper = keeper_of(at_home, build=lambda report: go_on.wait(10))
    keeper.start_building(first.build)
    with pytest.raises(Refusal, match="being built already"):
        keeper.start_building(first.build)
    go_on.set()
    keeper.building.wait(10)


def test_a_build_in_another_process_is_told_by_the_locks_own_sentence(at_home):
    first = build(at_home)
    keeper = keeper_of(at_home, build=lambda report: build(at_home))
    with store_of(at_home).lock():
        keeper.start_building(first.build)
        keeper.building.wait(60)
        with pytest.raises(IndexBusy) as busy:
            build(at_home)
    assert keeper.building.stand.said == str(busy.value)
    assert status(at_home).current.build == first.build


def test_nobody_goes_back_to_an_index_that_this_server_cannot_answer_from(at_home):
    old = build(at_home, earlier())
    now = build(at_home)
    keeper = keeper_of(at_home)
    mismatch = keeper.shelf().previous.mismatch
    assert mismatch
    with pytest.raises(Refusal, match=re.escape(mismatch)):
        keeper.roll_back(old.build)
    assert status(at_home).current.build == now.build


def test_damage_is_named_and_stops_a_way_back(at_home):
    first, _ = build(at_home), build(at_home)
    vectors = at_home.home / "index" / "builds" / first.build / "framework.f32"
    vectors.write_bytes(vectors.read_bytes()[:-4] + b"\0\0\0\0")
    keeper = keeper_of(at_home)
    damage = keeper.shelf().previous.damage
    assert damage
    with pytest.raises(Refusal, match=re.escape(damage)):
        keeper.roll_back(first.build)


def test_a_corpus_that_changed_on_the_disk_is_not_built_under_a_running_server(at_home):
    first = build(at_home)
    with pytest.raises(Refusal, match=re.escape(say("library.disk_changed"))):
        Keeper(CORPUS, at_home).start_building(first.build)


@pytest.mark.parametrize("name", ["../switch.json", "/etc/passwd", "", "nothing.json", "link.json"])
def test_nothing_but_an_edition_of_the_folder_is_read(at_home, name):
    keep_earlier(at_home)
    (at_home.home / "switch.json").write_text("{}")
    (at_home.home / "editions" / "link.json").symlink_to(at_home.home / "switch.json")
    with pytest.raises(Refusal, match="not in the folder"):
        keeper_of(at_home).compared(name)


def test_a_file_that_is_no_edition_is_told(at_home):
    keep_earlier(at_home)
    (at_home.home / "editions" / "bad.json").write_text("{}")
    with pytest.raises(CorpusError, match="is no edition"):
        keeper_of(at_home).compared("bad.json")


# Work in the background: one of a kind at a time, and how it ended is told.


def test_a_job_tells_how_far_it_is_and_runs_once_at_a_time():
    reached, go_on = threading.Event(), threading.Event()

    def work(report):
        report(3, 7)
        reached.set()
        assert go_on.wait(10)
        return "built"

    job = Job(work)
    assert job.stand.state == "idle"
    assert job.start()
    assert reached.wait(10)
    assert (job.stand.state, job.stand.done, job.stand.total) == ("running", 3, 7)
    assert not job.start()
    go_on.set()
    job.wait(10)
    assert (job.stand.state, job.result) == ("done", "built")
    assert job.stand.ended


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_job_that_fails_says_why_without_words_of_ours_and_keeps_what_came_before():
    ends = [None, StoreError("The disk is full; make room."), RuntimeError("words of a question")]
    told = iter(ends)

    def work(report):
        if error := next(told):
            raise error
        return "first"

    job = Job(work)
    for said in ("", str(ends[1]), say("problem.fault")):
        assert job.start()
        job.wait(10)
        assert (job.stand.state, job.stand.said) == ("failed" if said else "done", said)
        assert job.result == "first"
