"""The Prepare workspace in Debian's Chromium: made, changed, reloaded and taken along."""

import json
import re
from contextlib import contextmanager

import pytest

from tests.ui.browsing import Watched, faults, violations
from tests.ui.test_prepare import DISCLOSED, HOSTILE, Guarded

pytestmark = pytest.mark.browser

SERVED = {"rate": 10_000}

SESSION = ".session"

FOCUSED = "document.activeElement.id"


BACKEND = Guarded


@pytest.fixture
def seen(context, address):
    return opened(context, address)


def opened(context, address):
    return Watched(context.new_page(), f"{address}/prepare", "#make")


def plan_of(page):
    return json.loads(page.input_value("[name=plan]"))


def make(page, pillar="3"):
    page.check(f"[name=pillars][value='{pillar}']")
    with put(page):
        page.click("#make")


@contextmanager
def put(page):
    """Wait until what is done inside has brought something to the page."""
    page.evaluate(
        "() => { window.came = new Promise((done) =>"
        " document.addEventListener('signpost:put', done, { once: true })); }"
    )
    yield
    page.evaluate("() => window.came.then(() => null)")


def do(page, what, item):
    with put(page):
        page.click(f"#{what}-{item}")


def reword(page, item, words):
    page.click(f"#reword-{item}")
    page.fill(f"#words-{item}", words)
    with put(page):
        page.click(f"[value='reword {item}']")


def words(page, item):
    return page.inner_text(f"[data-item='{item}'] .words")


@pytest.mark.sample
def test_a_session_is_made_changed_reloaded_and_taken_along_by_mouse(seen):
    page = seen.page
    make(page)
    assert page.evaluate(FOCUSED) == "session-title"
    assert "Pillar 3" in page.inner_text("#session-title")
    first = words(page, "messages-5")
    do(page, "another", "messages-5")
    assert words(page, "messages-5") != first
    do(page, "down", "quiz-1")
    assert page.evaluate(FOCUSED) == "down-quiz-1"
    reword(page, "messages-6", "Our own rule for this station.")
    assert "not checked" in words(page, "messages-6")
    assert page.evaluate(FOCUSED) == "reword-messages-6"
    do(page, "remove", "discussion-1")
    assert page.evaluate(FOCUSED) == "out-discussion"
    plan = plan_of(page)
    page.reload()
    page.wait_for_selector(SESSION)
    assert plan_of(page) == plan
    assert "not checked" in words(page, "messages-6")
    with page.expect_download() as download:
        page.click("#file-markdown")
    text = download.value.path().read_text(encoding="utf-8")
    assert re.search(r"Our own rule for this station\. \(.*not checked", text)
    for _ in range(4):
        with put(page):
            page.click("#undo")
    assert page.get_attribute("#undo", "aria-disabled") == "true"
    assert plan_of(page)["edits"] == []
    assert words(page, "messages-5") == first
    with put(page):
        page.click("#clear")
    assert page.evaluate("localStorage.getItem('signpost.session')") is None
    assert page.locator(SESSION).count() == 0
    seen.assert_quiet()


def test_everything_can_be_done_by_keyboard_and_focus_is_never_lost(seen):
    page, keys = seen.page, seen.page.keyboard
    page.focus("[name=pillars][value='4']")
    keys.press("Space")
    page.focus("#f-topic")
    with put(page):
        keys.press("Enter")
    assert page.evaluate(FOCUSED) == "session-title"
    page.focus("#another-quiz-1")
    with put(page):
        keys.press("Enter")
    assert page.evaluate(FOCUSED) == "another-quiz-1"
    page.focus("#reword-objectives-1")
    keys.press("Enter")
    page.wait_for_function("document.activeElement.tagName === 'TEXTAREA'")
    keys.press("Escape")
    assert page.evaluate(FOCUSED) == "reword-objectives-1"
    page.focus("[data-item='messages-1'] .sp-cite")
    keys.press("Enter")
    assert page.locator(".sp-panel.sp-open mark").count() == 1
    keys.press("Escape")
    assert page.evaluate("document.activeElement.className") == "sp-cite"


def test_what_a_reader_opened_and_typed_outlives_a_change_elsewhere_and_a_refusal_is_told(seen):
    page = seen.page
    make(page)
    page.click("#key > summary")
    page.click("#reword-messages-6")
    page.fill("#words-messages-6", "Half a thought")
    do(page, "down", "quiz-1")
    assert page.locator("#key").evaluate("one => one.open")
    assert page.input_value("#words-messages-6") == "Half a thought"
    assert page.is_visible("#words-messages-6")
    reword(page, "messages-7", "  ")
    assert "Write some words" in page.inner_text("[data-item='messages-7'] [role=alert]")
    assert page.evaluate(FOCUSED) == "words-messages-7"
    assert len(plan_of(page)["edits"]) == 1
    assert violations(page) == []
    reword(page, "messages-2", HOSTILE)
    assert words(page, "messages-2").startswith(HOSTILE[:40])
    assert (seen.dialogs, seen.outside) == ([], [])


def test_a_message_that_is_no_topic_and_no_edit_is_kept_nowhere(seen):
    page = seen.page
    page.fill("#f-topic", DISCLOSED)
    with put(page):
        page.click("#make")
    assert "A reviewed text." in page.inner_text("#prepare [role=alert]")
    assert page.input_value("#f-topic") == ""
    assert page.evaluate("JSON.stringify(localStorage)") == "{}"
    make(page)
    reword(page, "messages-6", DISCLOSED)
    assert "A reviewed text." in page.inner_text("[data-item='messages-6'] [role=alert]")
    assert DISCLOSED not in page.content()
    assert DISCLOSED not in page.evaluate("JSON.stringify(localStorage)")
    assert violations(page) == []


def test_without_a_script_a_session_is_made_changed_and_taken_along(chromium, address):
    context = chromium.new_context(java_script_enabled=False, accept_downloads=True)
    page = context.new_page()
    page.goto(f"{address}/prepare")
    page.check("[name=pillars][value='3']")
    page.click("#make")
    page.click("#remove-quiz-2")
    assert "quiz-2" in page.get_attribute("[name=plan]", "value")
    with page.expect_download() as download:
        page.click("#file-gift")
    assert download.value.suggested_filename.endswith(".gift")
    context.close()


def test_every_state_reads_well_for_everyone(look, address):
    watched = opened(look, address)
    page = watched.page
    page.click("#choose > summary")
    assert faults(page) == []
    make(page)
    do(page, "remove", "quiz-2")
    for fold in page.locator(".session details:not(.editor) > summary").all():
        if not fold.evaluate("one => one.parentElement.open"):
            fold.click()
    page.click("#reword-messages-6")
    assert faults(page) == []
    page.keyboard.press("Escape")
    reword(page, "messages-6", "Our own rule for this station.")
    page.click("[data-item='messages-1'] .sp-cite")
    assert faults(page) == []
    watched.assert_quiet()
