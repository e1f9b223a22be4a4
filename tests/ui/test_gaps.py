"""The gap analysis on the command line, over HTTP, on the page, and as files."""

import io
import json
import re
import zipfile
from html import unescape

import pytest
from docx import Document
from fastapi.testclient import TestClient

from assistant.gaps.analysis import Analyst
from assistant.gaps.evidence import Yardstick
from tests.assistant.test_gaps import NEWER, PLAN, NoPairs, judge_of_words, written
from tests.fakes import hashing_embedder
from tests.harbour import FOLDER
from tests.ui.browsing import Watched, at, sideways, too_small, violations
from tests.ui.fake_answer import FakeAssistant, in_a_loop
from tests.ui.served import serving
from ui.server.server import create_server

RULED = {"judgement": "touched_on", "reason": "The lamps are not paid for."}


@pytest.fixture(autouse=True)
def light(monkeypatch):
    """Let the judge of the tests read, without the models."""

    def opened(settings, whole, rows, judge=None):
        embedder = hashing_embedder()
        yardstick = Yardstick.of(whole.framework, rows, embedder.embed_all)
        return Analyst(whole, yardstick, judge_of_words(), embedder, NoPairs())

    monkeypatch.setattr(Analyst, "open", opened)


@pytest.fixture
def plan(tmp_path, home):
    return written(tmp_path, PLAN)


@pytest.mark.parametrize("ending", ["docx", "xlsx", "md", "json"])
def test_the_command_writes_what_the_ending_says(ending, plan, tmp_path, printed):
    out, reason = tmp_path / f"gaps.{ending}", RULED["reason"]
    before = json.dumps({"findings": [{"item_id": "harbour:A1", "officer": RULED}]})
    rulings = written(tmp_path, before, "before.json")
    more = ("--folder", FOLDER, "--rulings", rulings, "--out", out)
    assert str(out) in printed("gap", plan, *more)
    if ending == "docx":
        found = Document(out)
        assert any(reason in one.text for one in found.paragraphs)
        assert "w:fill" in found.tables[0]._tbl.xml
    elif ending == "xlsx":
        with zipfile.ZipFile(out) as book:
            assert reason in book.read("xl/sharedStrings.xml").decode()
            assert "FFE9A8" in book.read("xl/styles.xml").decode()
    else:
        assert reason in out.read_text(encoding="utf-8")


def test_the_command_tells_each_item_and_what_changed_or_cannot_be_done(
    plan, tmp_path, printed, refused
):
    new = written(tmp_path, NEWER, "new.md")
    told = printed("gap", new, "--before", plan, "--folder", FOLDER)
    assert all(f"A{number} " in told for number in range(1, 8))
    assert told.count("(before: ") == 1
    refused("gap", "missing.md")
    refused("gap", plan, "--out", "gaps.pdf")


def file_of(text, name="plan.md"):
    return (name, text.encode())


def test_the_page_shows_an_analysis_and_refuses_what_is_no_plan(tmp_path):
    server = in_a_loop(lambda: create_server(FakeAssistant(), at(tmp_path)))
    client = TestClient(server, base_url="http://127.0.0.1")
    before = {"findings": [{"item_id": "gsr:C1", "officer": RULED}]}
    files = {"plan": file_of(PLAN, "../<b>.md"), "rulings": file_of(json.dumps(before), "a.json")}
    html = client.post("/gaps", files=files).text
    assert html.count('<details id="item-') == 67
    assert RULED["reason"] in html
    assert "<b>" not in html
    (ruled,) = re.findall('name="ruled" value="([^"]*)"', html)
    sent = {"ruled": unescape(ruled), "judgement gsr:C2": "addressed", "reason gsr:C2": "A decree."}
    kept = client.post("/gaps", files=files, data={**sent, "do": "keep gsr:C2"}).text
    assert kept.count('value="undo ') == 2
    gone = client.post("/gaps", files=files, data={**sent, "do": "undo gsr:C1"}).text
    assert gone.count('value="undo ') == 0
    book = client.post("/gaps", files=files, data={**sent, "do": "file xlsx"})
    assert zipfile.ZipFile(io.BytesIO(book.content)).testzip() is None
    for refused, fields in (
        ({"plan": file_of("no pdf", "plan.pdf")}, {}),
        ({"earlier": file_of(PLAN)}, {}),
        (files, {**sent, "do": "keep gsr:C3"}),
        (files, {"ruled": "[", "do": "keep gsr:C2"}),
        ({**files, "rulings": file_of("{}", "a.json")}, {}),
    ):
        answer = client.post("/gaps", files=refused, data=fields)
        assert answer.status_code == 422
        assert answer.json()["error"]


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 390])
def test_an_officer_changes_a_judgement_in_a_browser(width, chromium, tmp_path, monkeypatch):
    monkeypatch.setattr("ui.pages.framework.framework.is_served", lambda _: True)
    path = written(tmp_path, PLAN)
    with serving(FakeAssistant(), at(tmp_path / "home")) as address:
        context = chromium.new_context(viewport={"width": width, "height": 900})
        watched = Watched(context.new_page(), f"{address}/gaps", "#gaps")
        page = watched.page
        page.set_input_files("#f-plan", path)
        page.click("#gaps button")
        page.wait_for_selector("a.tag")
        assert page.evaluate("document.activeElement.tagName") == "H2"
        page.click("a.tag >> nth=3")
        page.fill("details[open] input", "The annex says so.")
        page.select_option("details[open] select", "touched_on")
        page.click("details[open] button")
        page.wait_for_selector("details[open] button[value^=undo]")
        assert "The annex says so." in page.inner_text("details[open]")
        with page.expect_download() as saved:
            page.click("#save-json")
        assert saved.value.suggested_filename.endswith(".json")
        assert (violations(page), too_small(page)) == ([], [])
        assert sideways(page) <= 0
        page.click("details[open] button[value^=undo]")
        page.wait_for_selector("button[value^=undo]", state="detached")
        context.set_offline(True)
        page.click("#save-json")
        page.wait_for_selector("#sp-said.bad >> text=cannot be reached")
        assert all("ERR_INTERNET_DISCONNECTED" in one for one in watched.complaints)
        context.close()
