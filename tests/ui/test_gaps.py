"""The gap analysis: what is judged, on the command line, over HTTP, on the page, and as files."""

import io
import json
import re
import zipfile
from html import unescape
from types import SimpleNamespace

import numpy as np
import pytest
from fastapi.testclient import TestClient

from assistant.answering.answerability import Weighing
from assistant.errors import CorpusError, GapError
from assistant.gaps.analysis import Analyst
from assistant.gaps.evidence import Yardstick, judged_items
from assistant.gaps.findings import JUDGEMENTS, Ruling, read_rulings
from assistant.gaps.judge import Judge
from corpus.readers.documents import read_document
from corpus.readers.page import PLAN_FILE, read_plan_sentences, shipped_framework
from tests.fakes import hashing_embedder
from tests.harbour import FOLDER, HARBOUR
from tests.ui.browsing import Watched, at, faults
from tests.ui.fake_answer import FakeAssistant, in_a_loop
from tests.ui.served import serving
from ui.server.server import create_server

PLAN = """# Plan of the quay

## Walkways

Marked and lit paths lead from the gate to every berth, and the harbour office keeps safe walkways.
Terminal operators pay for the lamps.

## Ships

Mooring lines and bollards are looked at now and then.

## Canteen

Soup is served at noon. Tea is served at four. Bread comes from the baker.
"""

NEWER = (
    PLAN + "\n## Spills\n\nBooms and skimmers for spill response stand ready at each oil berth.\n"
)


def judge_of_words():
    words = Weighing(weights={"words": (0.3, 0.1, 1.0)}, bias=0.0)
    most = Weighing(weights={"says_1": (0.0, 1.0, 1.0)}, bias=0.0)
    return Judge(
        committing=(0.0,) * 64,
        says=words,
        does=words,
        touched=most,
        addressed=most.model_copy(update={"bias": -2.0}),
        says_from=0.5,
        touched_from=0.3,
        addressed_from=0.5,
        made_from={},
    )


def analyst_of(whole=HARBOUR, rows=()):
    embedder = hashing_embedder()
    yardstick = Yardstick.of(whole.framework, rows, embedder.embed_all)
    no_pairs = SimpleNamespace(run=lambda pairs: np.zeros((len(pairs), 2)))
    return Analyst(whole, yardstick, judge_of_words(), embedder, no_pairs)


def written(folder, text, name="plan.md"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def gaps_of(folder, text, earlier=""):
    before = read_document(written(folder, earlier, "old.md")) if earlier else None
    return analyst_of().analyse(read_document(written(folder, text)), before)


def test_each_item_is_judged_with_quotes_of_the_plan_and_partners_are_told(tmp_path):
    made = gaps_of(tmp_path, PLAN)
    judged = {one.item_id: one.judgement for one in made.findings}
    assert (judged["harbour:A1"], judged["harbour:A6"]) == ("addressed", "not_found")
    texts = {one.id: one.text for one in read_document(tmp_path / "plan.md").passages("plan")}
    for finding in made.findings:
        assert bool(finding.quotes) == (finding.judgement != "not_found")
        for quote in (*finding.quotes, *finding.nearest):
            assert texts[quote.passage_id][quote.start : quote.end] == quote.text
    assert sum(made.count(one) for one in JUDGEMENTS) == len(made.findings)
    named = {one.id: len(one.quotes) for one in made.partners}
    assert named["harbour-office"] == named["terminal-operators"] == 1
    assert named["pilot-service"] == 0
    assert any("Canteen" in one.opening.where and one.sentences == 3 for one in made.unmatched)
    # An edition says what it gained.
    made = gaps_of(tmp_path, NEWER, PLAN)
    changes = {one.item_id: one.change for one in made.findings}
    assert (changes["harbour:A6"], changes["harbour:A1"]) == ("gained", "same")


def test_a_plan_that_is_too_long_or_that_nobody_waits_for_is_not_held(tmp_path, monkeypatch):
    plan = read_document(written(tmp_path, PLAN))
    with pytest.raises(GapError, match="waits"):
        analyst_of().analyse(plan, left=lambda: True)
    monkeypatch.setattr("assistant.gaps.analysis.MOST", 8)
    with pytest.raises(GapError, match="parts of it"):
        analyst_of().analyse(plan, plan)


def test_an_officers_judgement_counts_and_is_marked(tmp_path):
    ruling = Ruling(judgement="touched_on", reason="The lamps are not paid for.")
    made = gaps_of(tmp_path, PLAN).ruled_by({"harbour:A1": ruling, "other": ruling})
    first = made.findings[0]
    assert (first.judgement, first.final, made.ruled) == ("addressed", "touched_on", 1)
    record = json.loads(made.model_dump_json())
    path = written(tmp_path, json.dumps(record), "gaps.json")
    assert read_rulings(path) == {"harbour:A1": ruling}
    record["findings"][0]["officer"] = {"judgement": "fine", "reason": "x"}
    written(tmp_path, json.dumps(record), "gaps.json")
    with pytest.raises(GapError, match="harbour:A1"):
        read_rulings(path)
    with pytest.raises(GapError, match="no analysis"):
        read_rulings(written(tmp_path, "[]", "gaps.json"))


def test_labelled_sentences_are_of_the_items_that_are_judged(tmp_path, whole):
    items = whole.framework.item_by_id
    rows = read_plan_sentences(shipped_framework(), items)
    assert {one.item for one in rows} == {one.id for one in judged_items(whole.framework)}
    written(tmp_path, '{"item": "C99", "judgement": "addressed", "text": "Done."}', PLAN_FILE)
    with pytest.raises(CorpusError, match="line 1"):
        read_plan_sentences(tmp_path, items)


RULED = {"judgement": "touched_on", "reason": "The lamps are not paid for."}


@pytest.fixture(autouse=True)
def light(monkeypatch):
    def opened(settings, whole, rows):
        return analyst_of(whole, rows)

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
    content = out.read_bytes()
    if ending in ("docx", "xlsx"):
        with zipfile.ZipFile(out) as parts:
            content = b"".join(map(parts.read, parts.namelist()))
    assert reason.encode() in content


def test_the_command_tells_each_item_and_what_changed(plan, tmp_path, printed, refused):
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
def test_an_officer_changes_a_judgement_in_a_browser(chromium, tmp_path, monkeypatch):
    monkeypatch.setattr("ui.pages.framework.is_served", lambda _: True)
    path = written(tmp_path, PLAN)
    with serving(FakeAssistant(), at(tmp_path / "home")) as address:
        context = chromium.new_context(viewport={"width": 390, "height": 900})
        watched = Watched(context.new_page(), f"{address}/gaps", "#gaps")
        page = watched.page
        page.set_input_files("#f-plan", path)
        page.click("#gaps button")
        page.wait_for_selector("a.tag")
        page.click("a.tag >> nth=3")
        page.fill("details[open] input", "The annex says so.")
        page.select_option("details[open] select", "touched_on")
        page.click("details[open] button")
        page.wait_for_selector("details[open] button[value^=undo]")
        assert "The annex says so." in page.inner_text("details[open]")
        with page.expect_download() as saved:
            page.click("#save-json")
        assert saved.value.suggested_filename.endswith(".json")
        assert faults(page) == []
        page.click("details[open] button[value^=undo]")
        page.wait_for_selector("button[value^=undo]", state="detached")
        context.set_offline(True)
        page.click("#save-json")
        page.wait_for_selector("#sp-said.bad >> text=cannot be reached")
        assert all("ERR_INTERNET_DISCONNECTED" in one for one in watched.complaints)
        context.close()
