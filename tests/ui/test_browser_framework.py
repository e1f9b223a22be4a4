"""The framework's picture in Debian's Chromium: searched, opened, linked to and printed."""

import re

import pytest

from tests.ui.browsing import Watched, faults
from ui.words.phrases import say

pytestmark = pytest.mark.browser

SERVED = {"rate": 10_000}

QUERY = "#framework-query"
COUNT = "[data-count]"
DRAWER = ".drawer"
TITLE = "#framework-title"

SHOWN = "[...document.querySelectorAll('.cell:not([hidden])')].map((one) => one.dataset.id)"

FOCUSED = "document.activeElement.closest('[data-id]')?.dataset.id ?? document.activeElement.id"


@pytest.fixture
def seen(context, address):
    return opened(context, address)


def opened(context, address, query=""):
    return Watched(context.new_page(), f"{address}/framework{query}", f"{COUNT}:not(:empty)")


def cell(item_id):
    return f'.cell[data-id="{item_id}"]'


def opens(page, item_id, title):
    page.click(cell(item_id))
    page.wait_for_selector(f"{TITLE} >> text={title}")


@pytest.mark.sample
def test_a_click_opens_an_item_and_the_address_names_it(seen, address):
    page = seen.page
    opens(page, "gsr:C12", "Victim identity protection")
    assert page.url == f"{address}/framework?item=gsr:C12"
    page.click(f"{DRAWER} a >> text=Standardised practices")
    page.wait_for_selector(f"{TITLE} >> text=Outcome P3-O4")
    page.go_back()
    page.wait_for_selector(f"{TITLE} >> text=Victim identity protection")
    page.click(f"{DRAWER} >> text={say('framework.close')}")
    page.wait_for_selector(DRAWER, state="detached")
    assert page.url == f"{address}/framework"
    page.go_back()
    page.wait_for_selector(DRAWER)
    seen.assert_quiet()


def test_items_are_found_by_words_and_what_is_not_can_be_asked_and_stays_words(seen):
    page = seen.page
    page.fill(QUERY, "V\u00cdCTIM IDENTITY")
    assert page.evaluate(SHOWN) == ["gsr:C12", "gsr:P3-O4"]
    page.fill(QUERY, "Child pornography")
    assert "(CSAM)" in page.inner_text("[data-when]:visible")
    page.keyboard.press("Escape")
    assert page.inner_text(COUNT) == "98 items"
    typed = '<img src=http://outside.invalid/x onerror=alert(1)> {n} "'
    page.fill(QUERY, typed)
    assert page.inner_text(COUNT) == "0 of 98 items"
    told = page.locator("[data-none]")
    assert typed in told.inner_text()
    assert page.locator("main img").count() == 0
    assert told.locator("a").get_attribute("href").startswith("/#q=%3Cimg%20src%3Dhttp")
    assert seen.dialogs == []
    assert seen.outside == []


def test_without_a_script_or_a_server_what_is_there_can_be_read(chromium, context, address):
    scriptless = chromium.new_context(java_script_enabled=False)
    page = scriptless.new_page()
    page.goto(f"{address}/framework")
    page.click(cell("gsr:C12"))
    assert page.inner_text(TITLE) == "Victim identity protection"
    page.click(f"{DRAWER} >> text={say('framework.close')}")
    assert page.url == f"{address}/framework"
    scriptless.close()
    page = opened(context, address).page
    context.set_offline(True)
    page.click(cell("gsr:C12"))
    page.wait_for_selector("#sp-said >> text=cannot be reached")
    assert page.locator(".cell").count() == 98


def test_axe_finds_nothing_and_nothing_scrolls_sideways_in_any_state(look, address):
    page = opened(look, address).page
    states = {
        "whole": lambda: None,
        "searching": lambda: page.fill(QUERY, "child pornography"),
        "nothing": lambda: page.fill(QUERY, "xylophone"),
        "capability": lambda: (
            page.fill(QUERY, "C12"),
            opens(page, "gsr:C12", "Victim identity protection"),
        ),
        "doubt": lambda: page.goto(f"{address}/framework?item=P6-O2"),
        "coverage": lambda: (page.goto(f"{address}/framework"), page.click("#coverage > summary")),
    }
    for state, reach in states.items():
        reach()
        page.wait_for_selector(f"{COUNT}:not(:empty)")
        assert faults(page) == [], state


def test_on_a_narrow_screen_columns_unfold_and_the_item_lies_over_the_lower_part(chromium, address):
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = opened(context, address).page
    assert not page.is_visible(cell("gsr:C9"))
    page.focus(".fold >> nth=2")
    page.keyboard.press("Space")
    assert page.is_checked(".fold >> nth=2")
    opens(page, "gsr:C12", "Victim identity protection")
    top = page.locator(DRAWER).bounding_box()["y"]
    assert top > 200
    page.keyboard.press("Escape")
    page.wait_for_function(f"({FOCUSED}) === 'gsr:C12'")
    context.close()


def test_on_paper_the_whole_picture_is_one_page_in_black_on_white(chromium, address):
    context = chromium.new_context(color_scheme="dark", viewport={"width": 1280, "height": 900})
    page = opened(context, address, "?item=C12").page
    margin = dict.fromkeys(("top", "right", "bottom", "left"), "8mm")
    pdf = page.pdf(format="A4", landscape=True, margin=margin)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    page.emulate_media(media="print")
    assert page.is_visible(cell("gsr:X-4"))
    assert not page.is_visible(DRAWER)
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == "rgb(255, 255, 255)"
    context.close()
