"""A report in Debian's Chromium: filtered, on a narrow screen, by axe, and on paper."""

import pytest

from evals.comparing.report import gather
from tests.evaluated import made_case, make_run, right_answer
from tests.ui.browsing import Watched, sideways, violations
from ui.exports.report_page import report_as_html

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    right = made_case("right", family="of-right")
    wrong = made_case("wrong", family="of-wrong", gold={"outcomes": ["gsr:P3-O1"]})
    message = made_case("message", family="safeguarding", gold={"safeguarding": "A"})
    said = right_answer()
    run = make_run(folder / "run", [(one, said) for one in (right, wrong, message)])
    other = make_run(folder / "other", [(right, said), (wrong, None)])
    file = folder / "report.html"
    file.write_text(report_as_html(gather(run, other)), encoding="utf-8")
    return file.as_uri()


def opened(chromium, address, **options):
    page = chromium.new_context(**options).new_page()
    page.goto(address)
    return page


def test_cases_are_filtered_by_verdict_family_and_words(context, address):
    seen = Watched(context.new_page(), address, "#rp-count")
    page = seen.page

    def shown():
        return [
            one.get_attribute("data-family")
            for one in page.locator("details.case").all()
            if one.is_visible()
        ]

    assert shown() == ["of-wrong", "safeguarding"]
    page.select_option("#rp-right", "")
    assert page.inner_text("#rp-count") == "3 of 3 cases"
    page.select_option("#rp-family", "of-right")
    assert shown() == ["of-right"]
    page.select_option("#rp-family", "")
    page.fill("#rp-words", "question wrong")
    assert shown() == ["of-wrong"]
    page.click("details.case:not([hidden]) summary")
    assert page.locator("details.case[open] mark").is_visible()
    seen.assert_quiet()


def test_without_script_every_case_is_there(chromium, address):
    page = opened(chromium, address, java_script_enabled=False)
    assert all(one.is_visible() for one in page.locator("details.case").all())
    assert not page.locator(".filter").is_visible()


def test_what_is_printed_is_opened_and_dark_on_white(chromium, address):
    page = opened(chromium, address, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.case[data-family=of-wrong] blockquote").first.is_visible()
    assert not page.locator("nav").is_visible()
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.case[open]").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(chromium, address, scheme, width):
    size = {"width": width, "height": 800}
    page = opened(chromium, address, viewport=size, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    assert violations(page) == []
    assert sideways(page) <= 0
