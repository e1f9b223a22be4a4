"""The way between the workspaces in Debian's Chromium: links by role, skip link, refusals."""

import pytest

from tests.ui.browsing import BOX, BROWSER, sign_in, violations
from tests.ui.fake_answer import EXAMPLE
from ui.pages.app import WORKSPACES

pytestmark = BROWSER

SERVED = {"rate": 10_000, "access": "accounts"}

OFFERED = "[...document.querySelectorAll('.sp-nav li:not([hidden])')].map((one) => one.textContent)"

SHOWN = {
    "officer": ["Ask", "Framework", "Prepare", "Gaps"],
    "evaluator": ["Ask", "Framework", "Prepare", "Gaps", "Evaluate"],
    "admin": ["Ask", "Framework", "Prepare", "Gaps", "Evaluate", "Library"],
}


def enter(context, address, name):
    page = context.new_page()
    page.goto(address)
    assert violations(page) == []
    sign_in(page, name)
    return page


@pytest.mark.sample
@pytest.mark.parametrize("name", SHOWN)
def test_each_role_is_offered_and_reaches_by_keyboard_what_it_may_enter(context, address, name):
    page = enter(context, address, name)
    page.wait_for_function(f"{OFFERED}.length === {len(SHOWN[name])}")
    assert page.evaluate(OFFERED) == SHOWN[name]
    for workspace in WORKSPACES[1 : len(SHOWN[name])]:
        page.focus(f".sp-nav [data-workspace={workspace.key}] a")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}{workspace.path}")
        page.wait_for_selector(f".sp-nav [data-workspace={workspace.key}] [aria-current=page]")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "sp-skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "sp-main"


def test_whoever_signs_out_leaves_nothing_to_the_next_in_any_tab(context, address):
    page = enter(context, address, "officer")
    other = page.context.new_page()
    other.goto(f"{address}/account")
    assert violations(other) == []
    other.goto(f"{address}/prepare")
    other.wait_for_selector("#make")
    page.fill(BOX, EXAMPLE)
    page.press(BOX, "Enter")
    page.wait_for_function("sessionStorage['signpost.talk'] !== undefined")
    other.evaluate('localStorage[\'signpost.session\'] = \'{"plan": "{}", "past": []}\'')
    other.click("text=Sign out")
    other.wait_for_url(f"{address}/sign-in")
    page.wait_for_selector(".sp-turn", state="detached")
    sign_in(other, "trainer")
    page.reload()
    page.wait_for_selector(BOX)
    for one in (page, other):
        kept = one.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        assert EXAMPLE not in kept
        assert "signpost.session" not in kept
        assert one.locator(".sp-turn").count() == 0
