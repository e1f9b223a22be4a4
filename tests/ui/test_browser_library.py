"""The Library workspace in a browser: mouse and keyboard, slow and failing, light and dark."""

import threading
from types import SimpleNamespace

import pytest

from assistant.errors import StoreError
from assistant.retrieval.store import status
from tests.ui.browsing import BROWSER, Watched, at, faults, violations
from tests.ui.fake_answer import CORPUS, EXAMPLE, FakeAssistant
from tests.ui.served import serving
from tests.ui.test_library_api import REPORT, build, keep_earlier, light
from ui.words.phrases import say

pytestmark = BROWSER

TABLE = "table.sources"


@pytest.fixture
def backend(tmp_path, monkeypatch):
    backend = SimpleNamespace(settings=at(tmp_path), go_on=threading.Event(), fails="")
    backend.go_on.set()

    def slow(settings, report):
        report(3, 7)
        assert backend.go_on.wait(30)
        if backend.fails:
            raise StoreError(backend.fails)
        return build(settings)

    light(monkeypatch)
    build(backend.settings)
    build(backend.settings)
    keep_earlier(backend.settings)
    monkeypatch.setattr("assistant.opening.build_again", slow)
    monkeypatch.setattr("ui.pages.library_keeper.check_corpus", lambda today: REPORT)
    monkeypatch.setattr("ui.pages.library_keeper.Keeper._check_disk", lambda keeper: None)
    yield backend
    backend.go_on.set()


@pytest.fixture
def address(backend):
    with serving(FakeAssistant(), backend.settings) as address:
        yield address


@pytest.fixture
def watched(context, address):
    return Watched(context.new_page(), f"{address}/library", TABLE)


def go(page, view):
    page.click(f".ways a[href='/library?view={view}']")


def test_a_slow_build_shows_how_far_it_is_survives_a_reload_and_may_fail(watched, backend):
    page = watched.page
    backend.go_on.clear()
    go(page, "index")
    before = status(backend.settings).current.build
    page.click("text=Build the index anew")
    page.wait_for_selector("text=3 of 7 passages embedded")
    page.reload()
    page.wait_for_selector("progress[value='3']")
    assert page.locator("button:has-text('Build')").count() == 0
    assert violations(page) == []
    backend.go_on.set()
    page.wait_for_selector("text=was built, verified and put in place")
    assert status(backend.settings).previous.build == before
    backend.fails = "The disk is full."
    page.click("text=Build the index anew")
    page.wait_for_selector("[role=alert]:has-text('The disk is full.')")
    watched.assert_quiet()


def test_a_server_that_is_gone_is_told_in_a_bar_until_it_is_back(context, address):
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(".sp-footer")
    page.wait_for_selector("#sp-question textarea")
    context.set_offline(True)
    page.wait_for_selector(".sp-offline:visible")
    assert say("script.offline") in page.inner_text(".sp-offline")
    assert violations(page) == []
    context.set_offline(False)
    page.wait_for_selector(".sp-offline", state="hidden")
    # A request that fails tells it too, though the browser believes itself connected.
    page.route("**/gradio_api/queue/join*", lambda route: route.abort())
    page.fill("#sp-question textarea", EXAMPLE)
    page.click("#sp-ask")
    page.wait_for_selector(".sp-offline:visible")


@pytest.mark.sample
def test_axe_finds_nothing_and_nothing_scrolls_sideways_in_any_view(look, address):
    page = look.new_page()
    for state in (
        "",
        f"source={CORPUS.sources[1].id}",
        "view=documents",
        "view=check",
        "view=index",
        "view=index&confirm=rollback",
        "view=changes&edition=earlier.json",
        "view=service",
    ):
        page.goto(f"{address}/library?{state}")
        assert faults(page) == [], state
