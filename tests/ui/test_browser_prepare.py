"""The Prepare workspace in Debian's Chromium: made, changed, reloaded and taken along."""

import json
import re
import threading

import pytest

from tests.ui.browsing import BOX, Watched, at, sideways, too_small, violations
from tests.ui.served import serving
from tests.ui.test_prepare import DISCLOSED, HOSTILE, Guarded

pytestmark = [
    pytest.mark.browser,
    # Gradio's queue sets an option of pandas that pandas is about to drop.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting':DeprecationWarning"),
]

SESSION = ".sp-prepare[data-plan]:not([aria-busy])"

FOCUSED = "[document.activeElement.dataset.do, document.activeElement.dataset.id]"


class Backend(Guarded):
    """Fails at one topic, and waits at another until it may go on."""

    def __init__(self):
        super().__init__()
        self.free = threading.Event()

    def find(self, text, k):
        if text == "break":
            raise RuntimeError("A bug, as the page would meet it.")
        if text == "survivors":
            self.free.wait(20)
        return super().find(text, k)


@pytest.fixture(scope="module")
def backend():
    return Backend()


@pytest.fixture(scope="module")
def address(tmp_path_factory, backend):
    with serving(backend, at(tmp_path_factory.mktemp("prepare"))) as address:
        yield address


@pytest.fixture
def seen(chromium, address):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    yield opened(context, address)
    context.close()


def opened(context, address):
    watched = Watched(context.new_page(), address, BOX)
    watched.page.goto(f"{address}/prepare")
    watched.page.wait_for_selector("#sp-prepare-request")
    return watched


def plan_of(page):
    return json.loads(page.get_attribute(".sp-prepare", "data-plan"))


def make(page, pillar="3"):
    page.check(f"[name=pillars][value='{pillar}']")
    page.click("#sp-prepare-request [type=submit]")
    page.wait_for_selector(SESSION)


def do(page, what, item):
    """Press a button of an item and wait until that was done."""
    before = page.get_attribute(".sp-prepare", "data-nonce")
    page.click(f"[data-do={what}][data-id='{item}']")
    after(page, before)


def after(page, nonce):
    page.wait_for_function(
        "before => document.querySelector('.sp-prepare').dataset.nonce !== before", arg=nonce
    )


def words(page, item):
    return page.inner_text(f"[data-item='{item}'] .sp-prepare-words")


@pytest.mark.sample
def test_a_session_is_made_changed_reloaded_and_taken_along_by_mouse(seen):
    page = seen.page
    make(page)
    assert page.evaluate("document.activeElement.id") == "sp-prepare-title"
    assert "Pillar 3" in page.inner_text("#sp-prepare-title")
    first = words(page, "messages-5")
    do(page, "another", "messages-5")
    assert words(page, "messages-5") != first
    do(page, "down", "quiz-1")
    assert page.evaluate(FOCUSED) == ["down", "quiz-1"]
    page.click("[data-do=reword][data-id=messages-6]")
    page.fill(".sp-prepare-editor textarea", "Our own rule for this station.")
    before = page.get_attribute(".sp-prepare", "data-nonce")
    page.click(".sp-prepare-editor .sp-prepare-primary")
    after(page, before)
    assert "not checked" in words(page, "messages-6")
    assert page.evaluate(FOCUSED) == ["reword", "messages-6"]
    do(page, "remove", "discussion-1")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    plan = plan_of(page)
    page.reload()
    page.wait_for_selector(SESSION)
    assert plan_of(page) == plan
    assert "not checked" in words(page, "messages-6")
    assert page.is_checked("[name=pillars][value='3']", timeout=1000)
    with page.expect_download() as download:
        page.click("[data-form=markdown]")
    text = download.value.path().read_text(encoding="utf-8")
    assert re.search(r"Our own rule for this station\. \(.*not checked", text)
    with page.expect_download() as download:
        page.click("[data-form=all]")
    assert download.value.suggested_filename.endswith(".zip")
    for _ in range(4):
        before = page.get_attribute(".sp-prepare", "data-nonce")
        page.click("[data-tool=undo]")
        after(page, before)
    assert plan_of(page)["edits"] == []
    assert words(page, "messages-5") == first
    page.click("[data-tool=clear]")
    assert page.evaluate("localStorage.getItem('signpost.session')") is None
    assert page.locator(".sp-prepare").count() == 0
    assert seen.outside == []
    assert seen.complaints == []


def test_everything_can_be_done_by_keyboard_and_focus_is_never_lost(seen):
    page, keys = seen.page, seen.page.keyboard
    page.focus("[name=pillars][value='4']")
    keys.press("Space")
    page.focus("#sp-prepare-minutes")
    keys.press("ArrowRight")
    assert page.inner_text("#sp-prepare-minutes-shown") == "75"
    page.focus("#sp-prepare-topic")
    keys.press("Enter")
    page.wait_for_selector(SESSION)
    assert plan_of(page)["request"]["minutes"] == 75
    assert page.evaluate("document.activeElement.id") == "sp-prepare-title"
    for what, item in (("down", "messages-1"), ("another", "quiz-1"), ("down", "part-quiz")):
        button = f"[data-do={what}][data-id='{item}']"
        if page.get_attribute(button, "aria-disabled"):
            what = "up"
            button = f"[data-do=up][data-id='{item}']"
        before = page.get_attribute(".sp-prepare", "data-nonce")
        page.focus(button)
        keys.press("Enter")
        after(page, before)
        assert page.evaluate(FOCUSED) == [what, item]
    page.focus("[data-do=reword][data-id='objectives-1']")
    keys.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    keys.press("Escape")
    assert page.evaluate(FOCUSED) == ["reword", "objectives-1"]
    keys.press("Enter")
    keys.press("Control+a")
    keys.type("Name the safeguarding lead.")
    keys.press("Tab")
    before = page.get_attribute(".sp-prepare", "data-nonce")
    keys.press("Enter")
    after(page, before)
    assert words(page, "objectives-1").startswith("Name the safeguarding lead.")
    page.focus("[data-item='messages-1'] .sp-cite")
    keys.press("Enter")
    assert page.locator(".sp-panel.sp-open mark").count() == 1
    keys.press("Escape")
    assert page.evaluate("document.activeElement.className") == "sp-cite"
    page.focus("[data-fold=key] > summary")
    keys.press("Enter")
    assert page.locator("[data-fold=key]").evaluate("one => one.open")
    page.focus("[data-form=gift]")
    with page.expect_download() as download:
        keys.press("Enter")
    assert download.value.suggested_filename.endswith(".gift")
    assert seen.complaints == []


def test_what_a_reader_opened_and_typed_outlives_a_change_elsewhere(seen):
    page = seen.page
    make(page)
    page.click("[data-fold=key] > summary")
    page.click("[data-do=reword][data-id='messages-6']")
    page.fill(".sp-prepare-editor textarea", "Half a thought")
    do(page, "down", "quiz-1")
    assert page.locator("[data-fold=key]").evaluate("one => one.open")
    assert page.input_value("[data-item='messages-6'] textarea") == "Half a thought"


def test_a_refused_edit_is_told_at_its_item_and_what_was_typed_stays(seen):
    page = seen.page
    make(page)
    page.click("[data-do=reword][data-id='messages-6']")
    page.fill(".sp-prepare-editor textarea", "  ")
    before = page.get_attribute(".sp-prepare", "data-nonce")
    page.click(".sp-prepare-editor .sp-prepare-primary")
    after(page, before)
    assert "Write some words" in page.inner_text("[data-item='messages-6'] .sp-prepare-said")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    assert plan_of(page)["edits"] == []
    assert violations(page) == []


def test_an_error_stands_under_the_form_and_nothing_typed_is_lost(seen):
    page = seen.page
    for topic in ("zzz qqq", "break"):
        page.fill("#sp-prepare-topic", topic)
        page.check("[name=audience][value=media]")
        page.click("#sp-prepare-request [type=submit]")
        page.wait_for_selector("#sp-prepare-told .sp-error")
        assert page.input_value("#sp-prepare-topic") == topic
        assert page.is_checked("[name=audience][value=media]")
        assert page.is_hidden("#sp-prepare-busy")
    page.wait_for_selector("#sp-prepare-told >> text=fault in Signpost")
    assert violations(page) == []
    page.fill("#sp-prepare-topic", "hash matching")
    page.click("#sp-prepare-request [type=submit]")
    page.wait_for_selector(SESSION)
    assert page.locator("#sp-prepare-told .sp-error").count() == 0


def test_a_message_that_is_no_topic_and_no_edit_is_kept_nowhere(seen):
    page = seen.page
    page.fill("#sp-prepare-topic", DISCLOSED)
    page.click("#sp-prepare-request [type=submit]")
    page.wait_for_selector("#sp-prepare-told >> text=A reviewed text.")
    assert page.input_value("#sp-prepare-topic") == ""
    assert page.evaluate("JSON.stringify(localStorage)") == "{}"
    make(page)
    page.click("[data-do=reword][data-id='messages-6']")
    page.fill(".sp-prepare-editor textarea", DISCLOSED)
    before = page.get_attribute(".sp-prepare", "data-nonce")
    page.click(".sp-prepare-editor .sp-prepare-primary")
    after(page, before)
    page.wait_for_selector("[data-item='messages-6'] >> text=A reviewed text.")
    assert DISCLOSED not in page.content()
    assert DISCLOSED not in page.evaluate("JSON.stringify(localStorage)")
    assert page.locator(".sp-prepare-editor").count() == 0
    assert violations(page) == []


def test_a_slow_session_says_that_it_is_on_its_way(seen, backend):
    page = seen.page
    backend.free.clear()
    page.fill("#sp-prepare-topic", "survivors")
    page.click("#sp-prepare-request [type=submit]")
    page.wait_for_selector("#sp-prepare-busy:not([hidden])")
    assert "Making the session" in page.inner_text("#sp-announcer")
    backend.free.set()
    page.wait_for_selector(SESSION)
    assert page.is_hidden("#sp-prepare-busy")


def test_without_the_server_what_is_there_stays_and_the_reason_is_told(seen):
    page = seen.page
    make(page)
    page.context.set_offline(True)
    page.click("[data-form=gift]")
    page.wait_for_selector(".sp-prepare-file-said:not([hidden])")
    assert "cannot be reached" in page.inner_text(".sp-prepare-file-said")
    page.click("[data-do=down][data-id='quiz-1']")
    page.wait_for_selector("#sp-prepare-lost:not([hidden])")
    assert plan_of(page)["edits"] == []
    page.context.set_offline(False)
    page.reload()
    page.wait_for_selector(SESSION)
    do(page, "down", "quiz-1")
    assert [one["item"] for one in plan_of(page)["edits"]] == ["quiz-1"]


def test_two_trainers_at_once_have_a_session_each(chromium, address):
    contexts = [chromium.new_context() for _ in range(2)]
    pages = [opened(one, address).page for one in contexts]
    for page, pillar in zip(pages, "36", strict=True):
        page.check(f"[name=pillars][value='{pillar}']")
        page.click("#sp-prepare-request [type=submit]")
    for page, pillar in zip(pages, "36", strict=True):
        page.wait_for_selector(SESSION)
        assert f"Pillar {pillar}" in page.inner_text("#sp-prepare-title")
        do(page, "remove", "quiz-1")
    for page, pillar in zip(pages, "36", strict=True):
        assert plan_of(page)["request"]["pillars"] == [int(pillar)]
        assert len(plan_of(page)["edits"]) == 1
    for one in contexts:
        one.close()


def test_a_capability_is_found_by_its_words(seen):
    page = seen.page
    page.click("text=Capabilities")
    page.fill("#sp-prepare-filter", "victim ident")
    left = page.locator(".sp-prepare-list .sp-prepare-option:visible")
    assert left.count() == 1
    left.locator("input").check()
    assert page.inner_text(".sp-prepare-count") == "1 chosen"
    page.fill("#sp-prepare-filter", "zzz")
    assert page.is_visible(".sp-prepare-none")
    page.click("#sp-prepare-request [type=submit]")
    page.wait_for_selector(SESSION)
    assert plan_of(page)["request"]["capabilities"] == ["C12"]


def test_hostile_words_run_nothing(seen):
    page = seen.page
    make(page)
    page.click("[data-do=reword][data-id='messages-6']")
    page.fill(".sp-prepare-editor textarea", HOSTILE)
    before = page.get_attribute(".sp-prepare", "data-nonce")
    page.click(".sp-prepare-editor .sp-prepare-primary")
    after(page, before)
    assert words(page, "messages-6").startswith(HOSTILE[:40])
    page.reload()
    page.wait_for_selector(SESSION)
    assert seen.dialogs == []
    assert seen.outside == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_every_state_reads_well_for_everyone(chromium, address, scheme, width):
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    watched = opened(context, address)
    page = watched.page

    def holds():
        assert violations(page) == []
        assert too_small(page) == []
        assert sideways(page) <= 0

    for fold in page.locator("#sp-prepare-request summary").all():
        fold.click()
    holds()
    page.click("#sp-prepare-request [type=submit]")
    page.wait_for_selector("#sp-prepare-told .sp-error")
    holds()
    make(page)
    do(page, "remove", "quiz-2")
    for fold in page.locator(".sp-prepare summary").all():
        if not fold.evaluate("one => one.parentElement.open"):
            fold.click()
    holds()
    page.click("[data-do=reword][data-id='messages-6']")
    page.fill(".sp-prepare-editor textarea", "Our own rule for this station.")
    holds()
    before = page.get_attribute(".sp-prepare", "data-nonce")
    page.click(".sp-prepare-editor .sp-prepare-primary")
    after(page, before)
    page.click("[data-item='messages-1'] .sp-cite")
    holds()
    assert watched.outside == []
    assert watched.complaints == []
    context.close()
