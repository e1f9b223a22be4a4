"""The routes and the drawings of the Library workspace."""

from __future__ import annotations

import re
from datetime import date

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.retrieval.store import status
from assistant.settings import Settings
from corpus.passage import Corpus
from tests.ui.fake_answer import CORPUS, NOTES, OLD_NOTES
from tests.ui.shelved import REPORT, build, keep_earlier, light
from ui.access.switch import State, Switch
from ui.pages.library.library_changes import marked
from ui.pages.library.library_index import check_as_html
from ui.pages.library.library_keeper import Keeper
from ui.pages.library.library_sources import review_of, source_as_html, sources_as_html
from ui.server.library_api import build_library
from ui.server.middleware import add_problems
from ui.service.background import Stand
from ui.words.catalogue import say

HOSTILE = "<script>alert(1)</script>{{x}} ${y}"

DAY = date(2026, 11, 25)


@pytest.fixture
def place(tmp_path, monkeypatch):
    light(monkeypatch)
    return Settings(home=tmp_path)


@pytest.fixture
def keeper(place):
    keeper = Keeper(CORPUS, place, check=lambda: REPORT, build=lambda report: build(place))
    keeper._check_disk = lambda: None
    return keeper


@pytest.fixture
def client(keeper, place):
    server = FastAPI()
    add_problems(server)
    server.include_router(build_library(keeper, Switch(place.home)))
    with TestClient(server) as client:
        yield client


def view(client, path, **given):
    answer = client.get(f"/api/library/{path}", params=given)
    assert answer.status_code == 200, answer.text
    return answer.json()["html"]


def test_every_source_is_a_row_with_what_is_known_of_it(client):
    html = view(client, "sources")
    rows = re.findall(r'<tr[^>]*data-words="([^" ]+).*?</tr>', html, re.S)
    assert sorted(rows) == sorted(source.id for source in CORPUS.sources)
    for source in CORPUS.sources:
        row = re.search(rf'<tr[^>]*data-words="{source.id}.*?</tr>', html, re.S)[0]
        (count,) = re.findall(r'data-passages="(\d+)"', row)
        assert int(count) == sum(one.source_id == source.id for one in CORPUS.passages)
        assert source.title in row
        assert source.confidence in row


def test_a_source_shows_its_passages_and_works(client):
    html = view(client, "source", id=NOTES.id)
    own = [one for one in CORPUS.passages if one.source_id == NOTES.id]
    assert all(one.id in html for one in own)
    assert all(work.title in html for work in NOTES.references)
    assert NOTES.sha256 in html
    assert client.get("/api/library/source", params={"id": "gone"}).status_code == 404


def test_a_review_is_told_in_days():
    def told(until):
        return review_of(OLD_NOTES.model_copy(update={"review_by": until}), DAY)

    assert told("2026-11-24") == ("past", "24 November 2026, 1 day ago")
    assert told("2026-11-25") == ("soon", "25 November 2026, 0 days left")
    assert told("2026-12-26")[0] == "good"
    assert told("")[0] == "fixed"


def test_what_a_check_found_stands_with_the_source_and_in_all(client, keeper):
    near, unread = (one.message for one in REPORT.warnings)
    assert say("library.check_never") in view(client, "check")
    assert near not in view(client, "source", id=NOTES.id)
    assert client.post("/api/library/check").status_code == 200
    keeper.checking.wait(10)
    assert near in view(client, "source", id=NOTES.id)
    found = view(client, "check")
    assert say("library.check_holds") in found
    assert near in found
    assert unread in found
    warned = re.findall(r'data-warnings="(\d+)"', view(client, "sources"))
    assert warned.count("1") == 1


def test_a_check_that_goes_on_is_shown_as_such():
    html = check_as_html(Stand(state="running"), None)
    assert "data-busy" in html
    failed = check_as_html(Stand(state="failed", said="Because of this."), None)
    assert "Because of this." in failed


def test_the_index_is_built_and_gone_back_from(client, keeper, place):
    assert say("library.current_none") in view(client, "index")
    assert client.post("/api/library/build", json={"build": ""}).status_code == 200
    keeper.building.wait(60)
    first = status(place).current
    html = view(client, "index")
    assert first.build in html
    assert 'role="status"' in html
    assert client.post("/api/library/build", json={"build": first.build}).status_code == 200
    keeper.building.wait(60)
    asked = view(client, "index", confirm="rollback")
    assert re.findall(r'data-send="(\w+)" data-build="([^"]+)"', asked) == [
        ("rollback", first.build)
    ]
    done = client.post("/api/library/rollback", json={"build": first.build}).json()["html"]
    # What was built last is no longer what answers, so only going back is told.
    assert done.count('role="status"') == 1
    assert status(place).current.build == first.build


def test_a_build_that_fails_shows_its_sentence_and_leaves_the_old_index(client, keeper, place):
    now = build(place)
    keeper.building._work = lambda report: (_ for _ in ()).throw(OSError("words of the machine"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("threading.excepthook", lambda given: None)
        client.post("/api/library/build", json={"build": now.build})
        keeper.building.wait(10)
    html = view(client, "index")
    assert say("library.build_failed") in html
    assert "words of the machine" not in html
    assert status(place).current.build == now.build


def test_what_cannot_be_done_is_one_sentence(client):
    for path in ("build", "rollback"):
        refused = client.post(f"/api/library/{path}", json={"build": "other"})
        assert refused.status_code == 409
        assert refused.json()["error"] == say("library.index_changed")
    assert client.post("/api/library/build", json={"build": "", "erase": True}).status_code == 422
    refused = client.get("/api/library/changes", params={"edition": "../x.json"})
    assert (refused.status_code, refused.json()["error"]) == (409, say("library.no_edition"))


def test_differences_are_shown_by_passage_with_their_words_marked(client, place):
    assert say("library.no_editions") in view(client, "changes")
    keep_earlier(place)
    html = view(client, "changes", edition="earlier.json")
    assert "1 passage added" in html
    assert "1 passage reworded" in html
    assert "Formerly</del>" in html
    assert client.post("/api/library/editions").status_code == 200
    same = view(client, "changes", edition=f"{CORPUS.digest[:12]}.json")
    assert say("library.same") in same


def test_words_that_changed_are_marked_and_read_out():
    html = marked("The port keeps all lists.", "The port keeps no lists. Ever.")
    found = re.findall(r"<(del|ins)><span[^>]*>[^<]+</span>(.*?)</\1>", html)
    assert found == [("del", "all"), ("ins", "no"), ("ins", "Ever.")]


def test_the_service_says_how_it_is_switched_used_and_by_whom(client, place):
    html = view(client, "service")
    assert say("library.switch_on") in html
    assert say("library.use_none") in html
    assert html.count(f">{say('library.yes')}<") == 7
    assert 'href="/api/docs"' in html
    Switch(place.home).set(State.READ_ONLY, "Back at noon.")
    html = view(client, "service")
    assert say("library.switch_read_only") in html
    assert "Back at noon." in html


def test_hostile_words_stay_words():
    source = NOTES.model_copy(
        update={"title": HOSTILE, "publisher": HOSTILE, "url": "javascript:x"}
    )
    corpus = Corpus(
        sources=(source,),
        passages=tuple(one for one in CORPUS.passages if one.source_id == NOTES.id),
    )
    for html in (sources_as_html(corpus, DAY, None), source_as_html(corpus, source, DAY, None)):
        assert "<script" not in html
        assert "{{" not in html
        assert "javascript:" not in html.replace("javascript:x</dd>", "")
