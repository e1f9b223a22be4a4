"""The Library workspace in a browser: mouse and keyboard, slow and failing, light and dark."""

from __future__ import annotations

import threading

import pytest

from assistant.errors import StoreError
from assistant.retrieval.store import status
from tests.ui.browsing import Watched, at, sideways, too_small, violations
from tests.ui.fake_answer import CORPUS, EXAMPLE, FakeAssistant
from tests.ui.pseudo import speaking
from tests.ui.served import PASSWORD, add_accounts, serving
from tests.ui.shelved import REPORT, build, keep_earlier, light
from ui.access.switch import State, Switch
from ui.words.catalogue import say

pytestmark = [
    pytest.mark.browser,
    # Gradio's queue sets an option of pandas that pandas is about to drop.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting':DeprecationWarning"),
]

TABLE = ".sp-library-table"


class Backend:
    """The work behind the page, slow or failing where a test wants it so."""

    def __init__(self, settings) -> None:
        self.settings = settings
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()
        self.fails = ""

    def build(self, settings, report):
        report(3, 7)
        self.reached.set()
        assert self.go_on.wait(30)
        if self.fails:
            raise StoreError(self.fails)
        return build(settings)

    def check(self, *, today):
        assert self.go_on.wait(30)
        return REPORT


@pytest.fixture
def backend(tmp_path, monkeypatch):
    settings = at(tmp_path)
    backend = Backend(settings)
    light(monkeypatch)
    build(settings)
    build(settings)
    keep_earlier(settings)
    monkeypatch.setattr("assistant.opening.build_again", backend.build)
    monkeypatch.setattr("ui.pages.library.library_keeper.check_corpus", backend.check)
    monkeypatch.setattr("ui.pages.library.library_keeper.Keeper._check_disk", lambda keeper: None)
    yield backend
    backend.go_on.set()


@pytest.fixture
def address(backend):
    with serving(FakeAssistant(), backend.settings) as address:
        yield address


@pytest.fixture
def watched(chromium, address):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield Watched(context.new_page(), f"{address}/library", TABLE)
    context.close()


def go(page, view, shows):
    page.click(f".sp-library-views [data-view={view}]")
    page.wait_for_selector(shows)


def shown(page):
    return page.locator(f"{TABLE} tbody tr:visible").count()


def clean(watched):
    # `outside` holds what was asked of any other server.
    asked = [url for url in watched.outside if "/library" not in url]
    return ([url for url in asked if "127.0.0.1" not in url], watched.complaints) == ([], [])


def test_sources_are_filtered_sorted_and_opened_by_mouse(watched):
    page = watched.page
    page.wait_for_function("document.title === 'Library - Signpost'")
    assert shown(page) == len(CORPUS.sources)
    page.fill(".sp-library-filters [name=words]", "global strategic")
    assert shown(page) == 1
    page.fill(".sp-library-filters [name=words]", "nothing like it")
    assert page.is_visible(".sp-library-none")
    page.fill(".sp-library-filters [name=words]", "")
    page.select_option(".sp-library-filters [name=tier]", "guidance")
    assert shown(page) == sum(one.tier == "guidance" for one in CORPUS.sources)
    page.select_option(".sp-library-filters [name=sort]", "title")
    titles = page.locator(f"{TABLE} tbody tr:visible a").all_inner_texts()
    assert titles == sorted(titles, key=str.casefold)
    page.check(".sp-library-filters [name=past]")
    assert page.locator(f"{TABLE} tbody tr:visible .sp-library-past").count() == shown(page) > 0
    page.locator(f"{TABLE} tbody tr:visible a").first.click()
    page.wait_for_selector(".sp-library-passages")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    page.click(".sp-library-back")
    page.wait_for_selector(TABLE)
    assert page.is_checked(".sp-library-filters [name=past]")
    assert clean(watched)


def test_everything_can_be_done_by_keyboard(watched, backend):
    page, keys = watched.page, watched.page.keyboard
    page.focus(".sp-library-filters [name=words]")
    keys.type("global")
    page.focus(f"{TABLE} tbody tr:visible a")
    keys.press("Enter")
    page.wait_for_selector(".sp-library-passages")
    keys.press("Shift+Tab")
    assert page.evaluate("document.activeElement.className") == "sp-library-back"
    page.focus(".sp-library-views [data-view=index]")
    keys.press("Enter")
    page.wait_for_selector("[data-send=build]")
    before = status(backend.settings)
    page.wait_for_function("document.activeElement.tagName === 'H2'")
    for _ in range(2):
        keys.press("Tab")
    assert page.evaluate("document.activeElement.hash") == "#view=index&confirm=rollback"
    keys.press("Enter")
    page.wait_for_selector("[data-send=rollback]")
    page.wait_for_function("document.activeElement.tagName === 'H2'")
    keys.press("Tab")
    assert page.evaluate("document.activeElement.dataset.send") == "rollback"
    keys.press("Enter")
    page.wait_for_selector("text=answers again")
    assert status(backend.settings).current.build == before.previous.build
    assert page.evaluate("location.hash") == "#view=index"
    assert page.evaluate("document.activeElement.tagName") == "H2"
    assert clean(watched)


def test_a_slow_build_shows_how_far_it_is_and_survives_a_reload(watched, backend):
    page = watched.page
    backend.go_on.clear()
    go(page, "index", "[data-send=build]")
    before = status(backend.settings).current.build
    page.click("[data-send=build]")
    page.wait_for_selector("text=3 of 7 passages embedded")
    page.reload()
    page.wait_for_selector("progress[value='3']")
    assert page.locator("[data-send]").count() == 0
    backend.go_on.set()
    page.wait_for_selector("text=was built, verified and put in place")
    assert status(backend.settings).previous.build == before
    assert clean(watched)


def test_a_build_that_fails_says_why_and_the_old_index_stays(watched, backend):
    page = watched.page
    backend.fails = "The disk is full; make room."
    before = status(backend.settings).current.build
    go(page, "index", "[data-send=build]")
    page.click("[data-send=build]")
    page.wait_for_selector(".sp-library-failed")
    told = page.inner_text(".sp-library-failed")
    assert told == f"{backend.fails} {say('library.build_failed')}"
    assert status(backend.settings).current.build == before
    assert violations(page) == []


def test_two_administrators_at_once_do_not_undo_each_other(chromium, address, watched, backend):
    page = watched.page
    go(page, "index", "[data-send=build]")
    other = chromium.new_page()
    other.goto(f"{address}/library#view=index&confirm=rollback")
    other.click("[data-send=rollback]")
    other.wait_for_selector("text=answers again")
    other.close()
    page.click("[data-send=build]")
    page.wait_for_selector(".sp-library-told")
    assert say("library.index_changed") in page.inner_text(".sp-library-told")
    assert page.evaluate("document.activeElement.dataset.send") == "build"


def test_the_check_is_run_by_a_button_and_stands_with_its_source(watched):
    page = watched.page
    go(page, "check", "[data-send=check]")
    page.click("[data-send=check]")
    page.wait_for_selector("text=The corpus holds.")
    assert page.locator(".sp-library-problems li").count() == 2
    go(page, "sources", TABLE)
    page.select_option(".sp-library-filters [name=sort]", "warnings")
    page.locator(f"{TABLE} tbody tr a").first.click()
    page.wait_for_selector("text=The note is near its review.")
    assert clean(watched)


def test_differences_are_compared_at_an_address_of_their_own(watched):
    page = watched.page
    go(page, "changes", "[data-compare]")
    page.click("[data-send=editions]")
    page.wait_for_selector("text=is kept in the folder")
    page.select_option("[data-compare] select", "earlier.json")
    page.click("[data-compare] button")
    page.wait_for_selector(".sp-library-difference")
    assert "Formerly" in page.inner_text(".sp-library-difference del")
    page.reload()
    page.wait_for_selector(".sp-library-difference")
    assert page.input_value("[data-compare] select") == "earlier.json"
    assert clean(watched)


def test_nothing_is_changed_while_the_service_is_read_only(watched, backend):
    page = watched.page
    go(page, "index", "[data-send=build]")
    before = status(backend.settings).current.build
    Switch(backend.settings.home).set(State.READ_ONLY, "Back at noon.")
    page.click("[data-send=build]")
    page.wait_for_selector(".sp-library-told")
    assert page.inner_text(".sp-library-told") == "Back at noon."
    assert status(backend.settings).current.build == before


def test_nobody_but_an_administrator_gets_in(chromium, tmp_path):
    add_accounts(tmp_path)
    with serving(FakeAssistant(), at(tmp_path, access="accounts")) as address:
        page = chromium.new_page()
        page.goto(f"{address}/sign-in")
        assert violations(page) == []
        page.fill("#name", "officer")
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_selector("#sp-question")
        page.goto(f"{address}/library")
        assert say("refusal.role", role="officer") in page.inner_text("main")
        assert violations(page) == []
        assert page.evaluate("fetch('/api/library/index').then((one) => one.status)") == 403
        page.close()


@pytest.mark.parametrize("path", ["/library", "/"])
def test_a_server_that_is_gone_is_told_in_a_bar_until_it_is_back(chromium, address, path):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address}{path}")
    page.wait_for_selector(".sp-footer")
    page.wait_for_selector(TABLE if path == "/library" else "#sp-question textarea")
    context.set_offline(True)
    page.wait_for_selector(".sp-offline:visible")
    assert say("script.offline") in page.inner_text(".sp-offline")
    assert violations(page) == []
    context.set_offline(False)
    page.wait_for_selector(".sp-offline", state="hidden")
    if path == "/":
        # A request that fails tells it too, though the browser believes itself connected.
        page.route("**/gradio_api/queue/join*", lambda route: route.abort())
        page.fill("#sp-question textarea", EXAMPLE)
        page.click("#sp-ask")
        page.wait_for_selector(".sp-offline:visible")
    context.close()


@pytest.mark.sample
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_scrolls_sideways_in_any_view(
    chromium, address, backend, scheme, width
):
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    states = {
        "": TABLE,
        f"source={CORPUS.sources[1].id}": ".sp-library-passages",
        "view=check": "[data-send=check]",
        "view=index": "[data-send=build]",
        "view=index&confirm=rollback": "[data-send=rollback]",
        "view=changes&edition=earlier.json": ".sp-library-difference",
        "view=service": ".sp-library-plain",
    }
    page.goto(f"{address}/library")
    for state, shows in states.items():
        page.evaluate("state => { location.hash = state; }", state)
        page.wait_for_selector(shows)
        assert violations(page) == [], state
        assert too_small(page) == [], state
        assert sideways(page) <= 0, state
    backend.go_on.clear()
    page.evaluate("location.hash = 'view=index'")
    page.click("[data-send=build]")
    page.wait_for_selector("progress[value='3']")
    assert violations(page) == []
    assert sideways(page) <= 0
    context.close()


def test_a_language_of_longer_words_written_from_right_to_left_fits_320_px(
    chromium, backend, monkeypatch
):
    speaking(monkeypatch)
    settings = backend.settings.model_copy(update={"language": "ar"})
    with serving(FakeAssistant(), settings) as address:
        context = chromium.new_context(viewport={"width": 320, "height": 800})
        page = context.new_page()
        for state in ("view=sources", "view=index", "view=service"):
            page.goto(f"{address}/library#{state}")
            page.wait_for_selector("#sp-library-view h2")
            assert sideways(page) <= 0, state
        assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
            "ar",
            "rtl",
        ]
        assert "ÿ" in page.inner_text("h2")
        context.close()
