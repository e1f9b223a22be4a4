"""The framework's picture in Debian's Chromium: searched, opened, linked to, printed, and drawn."""

from __future__ import annotations

import re

import pytest

from tests.ui.browsing import Watched, at, sideways, too_small, violations
from tests.ui.fake_answer import FakeAssistant
from tests.ui.served import serving
from ui.pages.framework.framework import shipped
from ui.words.catalogue import say

pytestmark = [
    pytest.mark.browser,
    # Gradio's queue sets an option of pandas that pandas is about to drop.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting':DeprecationWarning"),
]

QUERY = "#sp-framework-query"
COUNT = "#sp-framework-count"
PANEL = "#sp-framework-panel.sp-framework-open"
TITLE = "#sp-framework-title"
COVERAGE = "#sp-framework-coverage > button"
HEATMAP = "#sp-framework-plot .js-plotly-plot .hm image"

SHOWN = """[...document.querySelectorAll('.sp-framework-cell')]
.filter((one) => !one.matches('.sp-framework-gone')).map((one) => one.dataset.id)"""

FOCUSED = "document.activeElement.closest('[data-id]')?.dataset.id ?? document.activeElement.id"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with serving(FakeAssistant(), at(tmp_path_factory.mktemp("framework"))) as address:
        yield address


@pytest.fixture
def seen(chromium, address):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield opened(context, address)
    context.close()


def opened(context, address, query=""):
    """Return a watched page with the picture, or with what an address names."""
    seen = Watched(context.new_page(), address)
    seen.page.goto(f"{address}/framework{query}")
    seen.page.wait_for_selector(f"{COUNT}:not(:empty)")
    return seen


def title(page):
    return page.inner_text(f"{PANEL} {TITLE}")


def cell(item_id):
    return f'.sp-framework-cell[data-id="{item_id}"]'


@pytest.mark.sample
def test_a_click_opens_an_item_and_the_address_names_it(seen, address):
    page = seen.page
    page.click(cell("gsr:C12"))
    assert title(page) == "Victim identity protection"
    assert page.url == f"{address}/framework?item=gsr:C12"
    assert "speak most directly" in page.inner_text(PANEL)
    assert page.locator(f"{cell('gsr:P3-O4')}.sp-framework-tied").count() == 1
    page.click(f"{PANEL} a >> text=Standardised practices")
    assert title(page) == "Outcome P3-O4"
    page.go_back()
    page.wait_for_function(
        f"document.querySelector('{TITLE}').textContent === 'Victim identity protection'"
    )
    page.reload()
    page.wait_for_selector(PANEL)
    assert title(page) == "Victim identity protection"
    page.click(".sp-framework-close")
    assert page.locator(PANEL).count() == 0
    assert page.url == f"{address}/framework"
    page.go_back()
    page.wait_for_selector(PANEL)
    assert seen.outside == []
    assert seen.complaints == []


def test_by_keyboard_alone_an_item_is_found_opened_and_left(seen):
    page, keys = seen.page, seen.page.keyboard
    page.focus(QUERY)
    keys.type("victim identity")
    keys.press("Tab")
    assert page.evaluate(FOCUSED) == "gsr:P3"
    keys.press("Tab")
    assert page.evaluate(FOCUSED) == "gsr:C12"
    outline = "getComputedStyle(document.activeElement, '::after').outlineWidth"
    assert page.evaluate(outline) == "3px"
    keys.press("Enter")
    assert page.evaluate(FOCUSED) == "sp-framework-panel"
    keys.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == say("framework.ask")
    keys.press("Escape")
    assert page.locator(PANEL).count() == 0
    assert page.evaluate(FOCUSED) == "gsr:C12"
    assert page.input_value(QUERY) == "victim identity"


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("12", ["gsr:C12"]),
        ("c12", ["gsr:C12"]),
        ("P3-O4", ["gsr:P3-O4"]),
        ("V\u00cdCTIM IDENTITY", ["gsr:C12", "gsr:P3-O4"]),
        ("x-1", ["gsr:X-1"]),
        ("the fire brigade", []),
    ],
)
def test_words_numbers_and_ids_are_found(seen, typed, ids):
    seen.page.fill(QUERY, typed)
    assert seen.page.evaluate(SHOWN) == ids
    assert seen.page.inner_text(COUNT) == f"{len(ids)} of 98 items"


def test_a_search_tells_the_preferred_term_and_escape_clears_it(seen):
    page = seen.page
    page.fill(QUERY, "Child pornography")
    assert "(CSAM)" in page.inner_text("#sp-framework-term")
    assert "gsr:P1-O5" in page.evaluate(SHOWN)
    page.keyboard.press("Escape")
    assert page.input_value(QUERY) == ""
    assert page.inner_text(COUNT) == "98 items"
    assert not page.is_visible("#sp-framework-term")


def test_where_nothing_is_found_the_words_can_be_asked_and_stay_words(seen, address):
    page = seen.page
    typed = '<img src=http://outside.invalid/x onerror=alert(1)> {n} "'
    page.fill(QUERY, typed)
    assert page.inner_text(COUNT) == "0 of 98 items"
    told = page.locator("#sp-framework-nothing")
    assert typed in told.inner_text()
    assert page.locator("#sp-framework img").count() == 0
    assert told.locator("a").get_attribute("href").startswith("/#q=%3Cimg%20src%3Dhttp")
    assert seen.dialogs == []
    assert seen.outside == []


@pytest.mark.parametrize("item", ["gsr:C12", "C12", "c12", "GSR:C12"])
def test_an_address_names_an_item_in_full_or_short(chromium, address, item):
    context = chromium.new_context()
    seen = opened(context, address, f"?item={item}")
    assert title(seen.page) == "Victim identity protection"
    context.close()


@pytest.mark.parametrize("item", ["C99", "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "note:C12"])
def test_an_address_that_names_nothing_is_told_what_there_is(chromium, address, item):
    context = chromium.new_context()
    seen = opened(context, address, f"?item={item}")
    assert title(seen.page) == say("framework.unknown_title")
    assert "6 pillars, 26 capabilities" in seen.page.inner_text(PANEL)
    assert seen.page.locator(f"{PANEL} img").count() == 0
    assert seen.dialogs == []
    assert seen.complaints == []
    context.close()


def test_every_item_opens_and_its_links_lead_to_items_and_questions(seen, address):
    known = {item.id for item in shipped()[0].framework.items}
    links = seen.page.evaluate(
        """(ids) => ids.flatMap((id) => {
          document.querySelector(`.sp-framework-cell[data-id="${id}"] a`).click();
          return [...document.querySelectorAll('.sp-framework-panel a')].map((one) => one.href);
        })""",
        sorted(known),
    )
    items = {one.partition("?item=")[2] for one in links if "?item=" in one}
    assert items <= known
    assert len(items) > 60
    asked = [one for one in links if "?item=" not in one]
    assert len(asked) > 2 * len(known)
    assert all(one.startswith(f"{address}/#q=") for one in asked)
    assert seen.complaints == []


def test_a_link_is_copied_or_it_is_told_where_to_take_it(chromium, address):
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    seen = opened(context, address, "?item=X-1")
    seen.page.click(".sp-framework-copy")
    seen.page.wait_for_selector("text=The link is copied.")
    read = seen.page.evaluate("navigator.clipboard.readText()")
    assert read == f"{address}/framework?item=X-1"
    context.close()
    context = chromium.new_context()
    seen = opened(context, address, "?item=X-1")
    seen.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    seen.page.click(".sp-framework-copy")
    seen.page.wait_for_selector("text=take it from the address bar")
    context.close()


def test_a_note_is_marked_as_past_its_review_by_the_day_of_the_reader(chromium, address):
    context = chromium.new_context()
    page = context.new_page()
    page.clock.set_fixed_time("2040-01-01")
    page.goto(f"{address}/framework?item=C12")
    page.wait_for_selector(PANEL)
    marks = page.locator(f"{PANEL} [data-review]")
    assert marks.count() == page.locator(f"{PANEL} [data-review]:not([hidden])").count() > 0
    context.close()


def test_the_heatmap_is_loaded_when_its_part_is_opened_and_not_before(seen):
    page = seen.page
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    assert page.get_attribute(COVERAGE, "aria-expanded") == "false"
    page.focus(COVERAGE)
    assert not any("Plotly" in one for one in asked)
    page.keyboard.press("Enter")
    page.wait_for_selector(HEATMAP, state="attached")
    page.wait_for_selector(f"{COVERAGE}[aria-expanded=true]")
    assert page.locator("#sp-framework-plot [role=img][aria-label^=Heatmap]").count() == 1
    assert page.locator("#sp-framework-coverage .modebar a, .modebar-btn").count() == 0
    assert page.locator(".heatmaplayer .hm text, .heatmaplayer text").first.text_content()
    page.click("text=The same numbers as a table")
    assert page.locator(".sp-framework-table tbody tr").count() == 33
    page.click(".sp-framework-table a >> text=Crisis response")
    assert title(page) == "Crisis response"
    assert seen.outside == []
    assert seen.complaints == []


def test_a_heatmap_that_cannot_be_drawn_leaves_its_numbers_and_says_so(seen):
    page = seen.page
    page.route("**/queue/join*", lambda route: route.fulfill(status=503, json={"error": "x"}))
    page.click(COVERAGE)
    page.wait_for_selector("text=could not be drawn")
    page.click("text=The same numbers as a table")
    assert page.locator(".sp-framework-table tbody tr").count() == 33
    assert violations(page) == []


def test_while_a_slow_server_draws_everything_else_goes_on(seen):
    page, held = seen.page, []
    page.route("**/queue/join*", lambda route: held.append(route))
    page.click(COVERAGE)
    page.wait_for_selector("text=is being drawn")
    page.fill(QUERY, "C9")
    page.click(cell("gsr:C9"))
    assert title(page) == "Crisis response"
    held[0].continue_()
    page.wait_for_selector(HEATMAP, state="attached")
    assert not page.is_visible("text=is being drawn")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_scrolls_sideways_in_any_state(
    chromium, address, scheme, width
):
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    seen = opened(context, address)
    page = seen.page
    states = {
        "whole": lambda: None,
        "searching": lambda: page.fill(QUERY, "child pornography"),
        "nothing": lambda: page.fill(QUERY, "xylophone"),
        "capability": lambda: (page.fill(QUERY, "C12"), page.click(cell("gsr:C12"))),
        "doubt": lambda: page.goto(f"{address}/framework?item=P6-O2"),
        "heatmap": lambda: (
            page.click(".sp-framework-close"),
            page.click(COVERAGE),
            page.wait_for_selector(HEATMAP, state="attached"),
            page.click("text=The same numbers as a table"),
        ),
    }
    found = []
    for state, reach in states.items():
        reach()
        page.wait_for_selector(f"{COUNT}:not(:empty)")
        found += [(state, *one) for one in violations(page)]
        found += [(state, *one) for one in too_small(page)]
        if sideways(page) > 0:
            found.append((state, "sideways"))
    context.close()
    assert found == []


def test_on_a_narrow_screen_columns_unfold_and_the_panel_lies_over_the_lower_part(
    chromium, address
):
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = opened(context, address).page
    assert not page.is_visible(cell("gsr:C9"))
    fold = page.locator(".sp-framework-pillar >> nth=2 >> .sp-framework-fold")
    fold.focus()
    page.keyboard.press("Enter")
    assert fold.get_attribute("aria-expanded") == "true"
    page.click(cell("gsr:C12"))
    top = page.locator(PANEL).bounding_box()["y"]
    assert top > 200
    chosen = page.locator(cell("gsr:C12")).bounding_box()
    assert chosen["y"] >= 0
    assert chosen["y"] + chosen["height"] <= top
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "gsr:C12"
    context.close()


@pytest.mark.parametrize("sheet", ["A4", "A3"])
def test_on_paper_the_whole_picture_is_one_page_in_black_on_white(chromium, address, sheet):
    context = chromium.new_context(color_scheme="dark", viewport={"width": 1280, "height": 900})
    page = opened(context, address, "?item=C12").page
    margin = dict.fromkeys(("top", "right", "bottom", "left"), "8mm")
    pdf = page.pdf(format=sheet, landscape=True, margin=margin)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    page.emulate_media(media="print")
    colours = "(one) => getComputedStyle(document.querySelector(one))"
    assert page.is_visible(cell("gsr:C12"))
    assert page.is_visible(cell("gsr:X-4"))
    assert not page.is_visible("#sp-framework-panel")
    assert page.evaluate(f"({colours})('.sp-framework-cell a').color") == "rgb(0, 0, 0)"
    assert page.evaluate(f"({colours})('body').backgroundColor") == "rgb(255, 255, 255)"
    context.close()
