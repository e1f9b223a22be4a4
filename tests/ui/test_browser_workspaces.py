"""The way between the workspaces in Debian's Chromium: links by role, skip link, refusals."""

import pytest

from tests.ui.browsing import BOX, Watched, at, violations
from tests.ui.fake_answer import EXAMPLE, FakeAssistant
from tests.ui.served import PASSWORD, add_accounts, serving
from ui.service.workspaces import WORKSPACES
from ui.words.catalogue import say

pytestmark = [
    pytest.mark.browser,
    # Gradio's queue sets an option of pandas that pandas is about to drop.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting':DeprecationWarning"),
]

OFFERED = "[...document.querySelectorAll('.sp-nav li:not([hidden])')].map((one) => one.textContent)"

SHOWN = {
    "officer": ["Ask", "Framework", "Prepare", "Gaps"],
    "evaluator": ["Ask", "Framework", "Prepare", "Gaps", "Evaluate"],
    "admin": ["Ask", "Framework", "Prepare", "Gaps", "Evaluate", "Library"],
}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    home = tmp_path_factory.mktemp("workspaces")
    add_accounts(home)
    with serving(FakeAssistant(), at(home, access="accounts")) as address:
        yield address


def enter(chromium, address, name):
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(address)
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(BOX)
    return page


@pytest.mark.sample
@pytest.mark.parametrize("name", SHOWN)
def test_each_role_is_offered_what_it_may_enter(chromium, address, name):
    page = enter(chromium, address, name)
    page.wait_for_function(f"{OFFERED}.length === {len(SHOWN[name])}")
    assert page.evaluate(OFFERED) == SHOWN[name]
    page.context.close()


def test_what_a_role_may_not_enter_is_refused_in_a_sentence(chromium, address):
    page = enter(chromium, address, "officer")
    page.goto(f"{address}/library")
    assert say("refusal.role", role="officer") in page.inner_text("[role=alert]")
    assert violations(page) == []
    page.context.close()


def test_by_keyboard_every_workspace_is_reached_and_the_content_at_once(chromium, address):
    page = enter(chromium, address, "admin")
    page.wait_for_function(f"{OFFERED}.length === {len(WORKSPACES)}")
    for workspace in WORKSPACES[1:]:
        page.focus(f".sp-nav [data-workspace={workspace.key}] a")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}{workspace.path}")
        page.wait_for_selector(f".sp-nav [data-workspace={workspace.key}] [aria-current=page]")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "sp-skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "sp-main"
    page.context.close()


def test_no_workspace_asks_anyone_else(chromium, tmp_path):
    with serving(FakeAssistant(), at(tmp_path)) as address:
        context = chromium.new_context()
        seen = Watched(context.new_page(), address)
        for workspace in WORKSPACES[1:]:
            seen.page.goto(f"{address}{workspace.path}")
            seen.page.wait_for_selector(".sp-footer")
        assert seen.outside == []
        assert seen.complaints == []
        context.close()


def test_whoever_signs_out_leaves_nothing_to_the_next_in_any_tab(chromium, address):
    page = enter(chromium, address, "officer")
    other = page.context.new_page()
    other.goto(f"{address}/prepare")
    other.wait_for_selector("#make")
    page.fill(BOX, EXAMPLE)
    page.press(BOX, "Enter")
    page.wait_for_function("sessionStorage['signpost.talk'] !== undefined")
    other.evaluate('localStorage[\'signpost.session\'] = \'{"plan": "{}", "past": []}\'')
    other.click("text=Sign out")
    other.wait_for_url(f"{address}/sign-in")
    page.wait_for_selector(".sp-turn", state="detached")
    other.fill("#name", "trainer")
    other.fill("#password", PASSWORD)
    other.keyboard.press("Enter")
    other.wait_for_selector(BOX)
    page.reload()
    page.wait_for_selector(BOX)
    for one in (page, other):
        kept = one.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        assert EXAMPLE not in kept
        assert "signpost.session" not in kept
        assert one.locator(".sp-turn").count() == 0
    page.context.close()
