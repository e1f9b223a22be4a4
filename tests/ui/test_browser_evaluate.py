"""The Evaluate workspace in Debian's Chromium: by mouse, by keyboard, by axe."""

import shutil

import pytest

import evals.running.job
from evals.cases.own_cases import OwnCases
from tests.evaluated import gated_command, made_case, open_gate
from tests.ui.browsing import BROWSER, Watched, at, faults, violations
from tests.ui.fake_answer import FakeAssistant
from tests.ui.served import serving

pytestmark = BROWSER

READY = ".ways"

VIEWS = {
    "runs": "",
    "figures": "?run=after",
    "families": "?run=after&show=families",
    "cases": "?run=after&show=cases",
    "failed case": "?run=after&show=cases&case=wrong",
    "plots": "?run=after&show=plots",
    "comparison": "?run=after&against=before&show=compare",
    "both": "?run=after&against=before&show=compare&case=more-00",
    "own": "?show=own&words=outcomes",
    "form": "?show=form",
    "reports": "?show=reports",
    "learning": "?show=learn",
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
        patch.setattr(evals.running.job.Jobs.__init__, "__defaults__", (gated_command,))
        with serving(FakeAssistant(), at(home)) as address:
            yield f"{address}/evaluate"


@pytest.fixture
def opened(context, address):
    return lambda query="": Watched(context.new_page(), address + query, READY)


def quiet(seen):
    # A form that is refused comes back with its own status, which the console tells.
    seen.complaints = [one for one in seen.complaints if "422" not in one]
    seen.assert_quiet()


@pytest.mark.sample
def test_every_view_fits_is_large_enough_and_holds_before_axe(look, address):
    for name, query in VIEWS.items():
        seen = Watched(look.new_page(), address + query, READY)
        page = seen.page
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert faults(page) == [], name
        quiet(seen)
        page.close()


@pytest.mark.sample
def test_a_run_is_started_watched_stopped_and_finished(home, opened):
    seen = opened()
    page = seen.page
    page.click("summary:has-text('Start a run')")
    page.select_option("[name=split]", "test")
    page.click("text=Start the run")
    page.wait_for_selector(".summary:focus")
    assert page.is_visible(".sure")
    page.select_option("[name=split]", "development")
    page.select_option("[name=suite]", "own")
    page.fill("[name=name]", "by-mouse")
    open_gate(home, 1)
    page.click("text=Start the run")
    # The bar moves without the page being loaded again.
    page.wait_for_selector("progress[value='1'][max='3']", timeout=60_000)
    assert violations(page) == []
    page.click("button:text-is('Stop')")
    page.wait_for_selector("text=by-mouse was stopped at 1 of 3 cases.")
    page.click("a:text-is('by-mouse')")
    open_gate(home, 3)
    page.click("text=Let it go on")
    page.wait_for_selector("text=by-mouse is finished and scored.", timeout=60_000)
    page.click("text=Open by-mouse")
    assert "3 of 3" in page.inner_text(".facts")
    quiet(seen)


def test_held_out_cases_ask_to_be_confirmed_and_are_forgotten_by_a_reload(opened):
    seen = opened("?run=after&show=cases")
    page = seen.page
    page.click("text=Show them")
    assert "A secret" not in page.inner_text("main")
    page.check(".held input[type=checkbox]")
    page.click("text=Show them")
    page.wait_for_selector("text=A secret that nobody reads?")
    assert "held" not in page.url
    page.reload()
    assert "A secret" not in page.inner_text("main")
    quiet(seen)
