"""The Evaluate workspace in Debian's Chromium: by mouse, by keyboard, by axe, slow and failing."""

from __future__ import annotations

import shutil

import pytest

import evals.running.jobs
from evals.cases.own_cases import OwnCases
from evals.running.job import ONE_AT_A_TIME
from tests.evaluated import gated_command, made_case, open_gate
from tests.ui.browsing import Watched, at, sideways, too_small, violations
from tests.ui.fake_answer import FakeAssistant
from tests.ui.served import serving
from ui.access.switch import State, Switch
from ui.words.catalogue import say

pytestmark = [
    pytest.mark.browser,
    # Gradio's queue sets an option of pandas that pandas is about to drop.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting':DeprecationWarning"),
]

READY = ".sp-evaluate-ways"

VIEWS = {
    "runs": "",
    "figures": "?run=after",
    "families": "?run=after&show=families",
    "cases": "?run=after&show=cases",
    "case": "?run=after&show=cases&case=right",
    "failed case": "?run=after&show=cases&case=wrong",
    "held case": "?run=after&show=cases&case=unseen",
    "plots": "?run=after&show=plots",
    "comparison": "?run=after&against=before&show=compare",
    "both": "?run=after&against=before&show=compare&case=more-00",
    "own": "?show=own&words=outcomes",
    "form": "?show=form",
    "reports": "?show=reports",
    "no run": "?run=nothing",
}


@pytest.fixture(scope="module")
def home(home_with_runs, tmp_path_factory):
    home = tmp_path_factory.mktemp("evaluate")
    shutil.copytree(home_with_runs, home, dirs_exist_ok=True)
    for number in range(3):
        OwnCases(home).save(made_case(f"own-{number:03d}", question="Who are the partners?"))
    return home


@pytest.fixture(scope="module")
def address(home):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evals.running.jobs.Jobs.__init__, "__defaults__", (gated_command,))
        with serving(FakeAssistant(), at(home)) as address:
            yield f"{address}/evaluate"


@pytest.fixture
def opened(chromium, address):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})

    def go(query=""):
        return Watched(context.new_page(), address + query, READY)

    yield go
    context.close()


def outside(seen):
    """Return what was asked of any server but ours."""
    ours = "/".join(seen.page.url.split("/")[:3])
    assert ours.startswith("http://127.0.0.1:")
    return [one for one in seen.outside if not one.startswith(f"{ours}/")]


def quiet(seen):
    assert outside(seen) == []
    assert seen.complaints == []
    assert seen.dialogs == []


def title(page):
    return page.inner_text(".sp-evaluate-title")


def until_title(page, text):
    page.wait_for_function(
        "text => document.querySelector('.sp-evaluate-title')?.textContent.includes(text)", arg=text
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_every_view_fits_is_large_enough_and_holds_before_axe(chromium, address, scheme, width):
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    found = {}
    for name, query in VIEWS.items():
        seen = Watched(context.new_page(), address + query, READY)
        page = seen.page
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        # A link in a row of a table or a sentence has no target size of its own.
        small = [one for one in too_small(page) if one[0].strip()]
        if faults := (*violations(page), *small, *(["sideways"] if sideways(page) > 0 else [])):
            found[name] = faults
        quiet(seen)
        page.close()
    context.close()
    assert found == {}


@pytest.mark.sample
def test_a_run_is_started_watched_reloaded_stopped_and_finished(home, opened):
    seen = opened()
    page = seen.page
    page.select_option("[name=suite]", "own")
    page.fill("[name=name]", "by-mouse")
    open_gate(home, 1)
    page.click("text=Start the run")
    page.wait_for_selector("progress[value='1'][max='3']", timeout=60_000)
    assert "1 of 3 cases." in page.inner_text(".sp-evaluate-job")
    assert violations(page) == []
    page.reload()
    page.wait_for_selector("progress[value='1'][max='3']")
    # Whoever opens the page in another window sees the same, and cannot start a second run.
    other = opened()
    other.page.click("summary:has-text('Start a run')")
    other.page.click("button:has-text('Start the run')")
    other.page.wait_for_selector(".sp-evaluate-summary")
    assert ONE_AT_A_TIME in other.page.inner_text(".sp-evaluate-summary")
    other.page.close()
    page.click("text=Stop the run")
    page.wait_for_selector("text=by-mouse was stopped at 1 of 3 cases.")
    page.click("a:text-is('by-mouse')")
    until_title(page, "Run by-mouse")
    open_gate(home, 3)
    page.click("text=Let it go on")
    page.wait_for_selector("text=by-mouse is finished and scored.", timeout=60_000)
    page.click("text=Open by-mouse")
    until_title(page, "Run by-mouse")
    assert "3 / 3" in page.inner_text(".sp-evaluate-facts")
    assert page.url.endswith("?run=by-mouse")
    quiet(seen)


def test_a_case_is_found_read_and_held_against_the_run_before(opened):
    seen = opened("?run=after")
    page = seen.page
    page.click("nav >> text=Cases >> nth=1")
    page.wait_for_selector(".sp-evaluate-filter")
    page.select_option("[name=verdict]", "wrong")
    page.click("text=Show these cases")
    page.wait_for_selector("text=2 of 33 cases")
    assert "verdict=wrong" in page.url
    page.click("text=Question wrong?")
    until_title(page, "Question wrong?")
    reasons = page.inner_text(".sp-evaluate-reasons")
    assert say("evaluate.because_quotes", n=1, total=1) in reasons
    page.go_back()
    page.wait_for_selector("text=2 of 33 cases")
    page.click(".sp-evaluate-tabs >> text=Comparison")
    page.wait_for_selector("[name=against]")
    page.select_option("[name=against]", "before")
    page.click("button:has-text('Compare')")
    page.wait_for_selector("text=34 cases are in both")
    page.click("text=Question more-00?")
    page.wait_for_selector(".sp-evaluate-even")
    assert page.locator(".sp-evaluate-even > div").count() == 2
    quiet(seen)


def test_a_citation_leads_to_its_passage_with_the_quote_marked(opened):
    seen = opened("?run=after&show=cases&case=right")
    page = seen.page
    page.click(".sp-answer .sp-cite >> nth=0")
    panel = page.locator(".sp-panel:focus")
    assert panel.locator("mark").inner_text() == "protect the identity of victims"
    quiet(seen)


def test_held_out_cases_ask_to_be_confirmed_and_are_forgotten_by_a_reload(opened):
    seen = opened("?run=after&show=cases")
    page = seen.page
    assert "A secret" not in page.inner_text("#sp-evaluate")
    page.click("text=Show them")
    assert "A secret" not in page.inner_text("#sp-evaluate")
    page.check(".sp-evaluate-held input")
    page.click("text=Show them")
    page.wait_for_selector("text=A secret that nobody reads?")
    assert "held" not in page.url
    page.reload()
    page.wait_for_selector(".sp-evaluate-held")
    assert "A secret" not in page.inner_text("#sp-evaluate")
    quiet(seen)


def test_the_test_split_is_run_only_after_a_deliberate_confirmation(opened):
    seen = opened()
    page = seen.page
    assert not page.is_visible(".sp-evaluate-sure")
    page.select_option("[name=split]", "test")
    assert "spends them" in page.inner_text(".sp-evaluate-sure")
    page.click("text=Start the run")
    page.wait_for_selector(".sp-evaluate-summary")
    assert "Tick the box" in page.inner_text(".sp-evaluate-summary")
    assert page.input_value("[name=split]") == "test"
    assert page.evaluate("document.activeElement.className") == "sp-evaluate-summary"
    assert violations(page) == []
    quiet(seen)


def test_a_case_is_written_tried_and_saved_by_keyboard_alone(home, opened):
    seen = opened("?show=own")
    page = seen.page
    keys = page.keyboard
    tab_to(page, "Write a case")
    keys.press("Enter")
    until_title(page, "Write a case")
    assert page.evaluate("document.activeElement.textContent") == "Write a case"
    keys.press("Tab")
    keys.type("Who are the partners for victims?")
    tab_to(page, "Find a passage")
    keys.type("gsr:P3-W1")
    keys.press("Enter")
    page.wait_for_selector("[data-take='gsr:P3-W1']")
    tab_to(page, "Take")
    keys.press("Enter")
    assert page.input_value("[name=gold]") == "gsr:P3-W1"
    tab_to(page, "Try this case now")
    keys.press("Enter")
    page.wait_for_selector(".sp-evaluate-result")
    assert page.evaluate("document.activeElement.textContent") == "What came of it"
    assert page.input_value("[name=question]") == "Who are the partners for victims?"
    assert violations(page) == []
    page.focus("[name=question]")
    tab_to(page, "Save the case")
    keys.press("Enter")
    page.wait_for_selector("text=own-003 was saved.")
    assert OwnCases(home).read()[-1].gold.partners == ("gsr:P3-W1",)
    quiet(seen)


def test_what_is_wrong_in_the_form_is_led_to_by_keyboard(opened):
    seen = opened("?show=form")
    page = seen.page
    page.fill("[name=gold]", "gsr:P9-O9")
    page.focus("[name=question]")
    tab_to(page, "Save the case")
    page.keyboard.press("Enter")
    page.wait_for_selector(".sp-evaluate-summary")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "question"
    assert page.get_attribute("[name=question]", "aria-invalid") == "true"
    assert violations(page) == []
    quiet(seen)


def test_a_run_is_started_and_stopped_by_keyboard_alone(home, opened):
    seen = opened()
    page = seen.page
    keys = page.keyboard
    open_gate(home, 0)
    page.focus("[name=suite]")
    keys.type("own")
    tab_to(page, "Name (optional)")
    keys.type("by-keyboard")
    tab_to(page, "Start the run")
    keys.press("Enter")
    page.wait_for_selector("[data-poll]")
    tab_to(page, "Stop the run")
    keys.press("Enter")
    page.wait_for_selector("text=by-keyboard was stopped", timeout=60_000)
    quiet(seen)


def test_a_slow_server_and_one_that_fails_are_told_and_what_is_there_stays(opened):
    seen = opened("?run=after")
    page = seen.page
    held = []
    page.route("**/api/evaluate/view*", lambda route: held.append(route))
    page.click(".sp-evaluate-tabs >> text=Plots")
    page.wait_for_selector("text=One moment, this is being opened.")
    assert "Run after" in title(page)
    held.pop().fulfill(status=500, json={"error": "It is broken."})
    page.wait_for_selector("text=It is broken.")
    assert "Run after" in title(page)
    assert violations(page) == []
    page.click("button:has-text('Try again')")
    page.wait_for_selector("text=One moment, this is being opened.")
    held.pop().abort()
    page.wait_for_selector("text=The server cannot be reached.")
    page.unroute("**/api/evaluate/view*")
    page.click("button:has-text('Try again')")
    page.wait_for_selector(".rp-plot")
    assert page.is_hidden(".sp-evaluate-state")
    assert outside(seen) == []


def test_what_a_read_only_service_refuses_is_said_and_stays_typed(home, opened):
    seen = opened("?show=form")
    page = seen.page
    page.fill("[name=question]", "Who are the partners?")
    Switch(home).set(State.READ_ONLY)
    try:
        page.click("text=Save the case")
        page.wait_for_selector("text=Signpost is read-only at the moment")
    finally:
        Switch(home).set(State.ON)
    assert page.input_value("[name=question]") == "Who are the partners?"
    assert outside(seen) == []


def tab_to(page, name, most=80):
    """Press Tab until what has the name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()"
        )
        if found.startswith(name):
            return
    raise AssertionError(f"The focus never comes to {name!r}.")
