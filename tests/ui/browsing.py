"""A page in Debian's Chromium: watched, and held against axe and the size of its targets."""

import pytest

from assistant.settings import Settings
from ui.words.phrases import say

BROWSER = pytest.mark.browser
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update"
    " --disable-sync --no-first-run"
).split()
BOX = "#sp-question textarea"
READY = "#sp-reply[data-ready]"  # The conversation, once what was kept of it is shown again.


def at(home, **changes):
    """Settings for a page on which nobody is slowed down."""
    return Settings(home=home, **{"rate": 10_000, **changes})


class Watched:
    """A page, with what it asked of other servers, said in its console and popped up."""

    def __init__(self, page, address, ready=BOX) -> None:
        self.page = page
        self.outside = []
        self.dialogs = []
        self.complaints = []
        ours = ("/".join(address.split("/")[:3]), "data:", "blob:")
        page.on("request", lambda one: one.url.startswith(ours) or self.outside.append(one.url))
        page.on("dialog", self._dismiss)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: line.type == "error" and self.complaints.append(line.text))
        page.goto(address)
        page.wait_for_selector(ready)
        if ready == BOX:
            page.wait_for_selector(READY, state="attached")

    def _dismiss(self, dialog):
        ours = dialog.message == say("script.ask_sure")
        self.dialogs += [] if ours else [dialog.message]
        return dialog.accept() if ours else dialog.dismiss()

    def assert_quiet(self):
        """Assert that no other server was asked, nothing popped up, and nothing was wrong."""
        assert (self.outside, self.dialogs, self.complaints) == ([], [], [])

    def ask(self, question, shows=".sp-answer"):
        """Ask and wait for what comes: in the newest turn, or in what stands in its place."""
        before = self.page.locator(".sp-turn").count()
        self.page.fill(BOX, question)
        self.page.click("#sp-ask")
        self.page.wait_for_function(
            "before => document.querySelectorAll('.sp-turn').length > before"
            " || document.querySelector('.sp-error')",
            arg=before,
        )
        self.page.wait_for_selector(shows)


def wait_kept(page, count):
    page.wait_for_function(
        "count => JSON.parse(sessionStorage.getItem('signpost.talk') ?? '[]').length === count",
        arg=count,
    )


def sign_in(page, name, password="three plain words", shows=BOX):
    page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_selector(shows)


def violations(page):
    """Return rule and element of what axe calls critical or serious."""
    from axe_playwright_python.sync_playwright import Axe

    return [
        (rule["id"], node["html"])
        for rule in Axe().run(page).response["violations"]
        if rule["impact"] in ("critical", "serious")
        for node in rule["nodes"]
    ]


def too_small(page):
    """Return what is under 24 px to press (WCAG 2.5.8); links in sentences are not for this."""
    return page.evaluate(
        """[...document.querySelectorAll('a, button, textarea, input, select, summary, [role=tab]')]
        .filter((one) => one.checkVisibility({ visibilityProperty: true }))
        .filter((one) => !one.closest('[aria-hidden="true"]'))
        .map((one) => [one.textContent, one.getBoundingClientRect()])
        .filter(([, box]) => box.width < 24 || box.height < 24)
        .map(([text, box]) => [text, box.width, box.height])"""
    )


def faults(page, inline=None):
    """Return what axe calls serious, what is too small to press, and that the page is too wide.

    Where links inside sentences are named by their words, sizes are looked at on a narrow page.
    """
    if inline is not None and page.viewport_size["width"] > 320:
        return violations(page)
    small = [one for one in too_small(page) if one[0] not in (inline or ())]
    return [*violations(page), *small, *(["sideways"] if sideways(page) > 0 else [])]


def sideways(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")
