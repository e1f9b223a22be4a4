"""The Framework workspace: picture, items, search and coverage, of two frameworks."""

import re
from datetime import date, timedelta
from functools import cache
from types import SimpleNamespace

import pytest

from assistant.records import Question
from corpus.readers.glossary import Glossary, Term
from corpus.readers.page import shipped_framework, source_lines
from tests.harbour import FOLDER, HARBOUR, harbour_whole, walkways
from ui.pages import framework as page
from ui.pages.framework import folded, found, shipped
from ui.words.phrases import say

WHOLE, LINES = shipped(), source_lines(shipped_framework())
TODAY = date(2026, 11, 25)
QUAY_LINES = source_lines(FOLDER)

HOSTILE = "<script>alert(1)</script><img src=//x.invalid/x> ${alert(2)} {{value}} \u202e"


def known(item_id, whole=WHOLE, today=TODAY):
    return SimpleNamespace(**page.known_of(whole, whole.framework.item(item_id), today))


def told(item_id, whole=WHOLE, lines=LINES):
    html = str(page.draw(whole, lines, TODAY, item_id)[1])
    drawer = html.partition('class="drawer-body"')[2].partition("</section>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", f"<{drawer}"))


@pytest.mark.parametrize(("whole", "lines"), [(WHOLE, LINES), (HARBOUR, QUAY_LINES)])
def test_every_item_stands_in_the_picture_once_and_is_a_link_that_opens_it(whole, lines):
    html = str(page.draw(whole, lines, TODAY)[1])
    ids = sorted(item.id for item in whole.framework.items)
    assert sorted(re.findall(r' data-id="([^"]+)"', html)) == ids
    picture = html.partition('id="coverage"')[0]
    assert sorted(re.findall(r'href="/framework\?item=([^"]+)"', picture)) == ids
    assert (whole.framework.name in html, "gsr" in html) == (True, whole is WHOLE)


def test_each_column_keeps_a_place_for_every_kind_and_corrections_and_doubts_are_told():
    framework = WHOLE.framework
    less = tuple(one for one in framework.items if one.id != "gsr:P3-W1")
    columns = list(page.columns_of(framework.model_copy(update={"items": less})))
    assert {len(groups) for _, groups in columns[:-1]} == {3}
    for top, groups in columns:
        assert {framework.top(item.id) for _, items in groups for item in items} <= {top}
    html = str(page.draw(WHOLE, LINES, TODAY)[1])
    assert say("framework.corrected") in html.split('data-id="gsr:C26"')[1].split("</li>")[0]
    noted = [one for one in framework.passages if one.corrections or one.doubts]
    for passage in noted[::4]:
        changes = (*passage.corrections, *passage.doubts)
        assert told(passage.id).count("Confidence: ") == len(changes)


def test_an_item_is_opened_by_its_id_short_or_whole_and_other_texts_have_no_picture():
    for asked in ("gsr:C12", "C12", "c12", "GSR:C12"):
        assert found(WHOLE.framework, asked).id == "gsr:C12"
        assert found(WHOLE.framework, f"note:{asked}") is None
    assert page.is_served(WHOLE.corpus)
    assert not page.is_served(HARBOUR.corpus)


def test_hostile_words_stay_words():
    whole = harbour_whole(walkways(title=HOSTILE, summary=HOSTILE))
    items = tuple(
        item.model_copy(update={"title": HOSTILE} if item.title else {"description": HOSTILE})
        for item in whole.framework.items
    )
    evil = whole.framework.model_copy(update={"items": items, "name": HOSTILE})
    whole = whole.model_copy(update={"framework": evil})
    for asked in ("harbour:A1", HOSTILE):
        html = str(page.draw(whole, (HOSTILE,) * 60, TODAY, asked)[1])
        assert not re.search(r"<script|<img|\$\{|\{\{|\u202e", html)


def test_the_lines_are_shown_as_printed_with_their_numbers():
    html = str(page.draw(WHOLE, LINES, TODAY, "P3-O4")[1])
    ((start, lines),) = re.findall(r'<ol class="lines" start="(\d+)">(.*?)</ol>', html, re.S)
    assert (start, lines.count("<li>")) == ("160", 2)
    assert say("framework.differs") not in html
    assert say("framework.differs") in told("gsr:P6-W3")
    assert "civil industry, society organisations," in told("gsr:P6-W3")
    assert say("framework.not_printed", where="before line 66") in told("gsr:P2")


def test_links_are_told_from_both_ends_and_so_is_what_the_column_and_the_same_body_have():
    capability, outcome = known("gsr:C12"), known("gsr:P3-O4")
    strong = say("framework.strength", strength="high")
    assert [(one.id, told_of) for one, told_of in capability.ties] == [("gsr:P3-O4", strong)]
    assert "gsr:C12" in [one.id for one, _ in outcome.ties]
    assert say("framework.inferred") in told("gsr:C12")
    ((said, owner),) = capability.shared
    assert (owner.id, "5 outcomes and 1 partner" in said) == ("gsr:P3", True)
    assert known("gsr:P3").held == "4 capabilities, 5 outcomes and 1 partner"
    assert "gsr:P4-W3" in {one.id for one in known("gsr:P2-W1").same}


def test_notes_stand_with_their_items_and_one_past_its_review_is_marked_from_the_day_after():
    for item in WHOLE.framework.of_kind("capability"):
        named = [one.front.id for one in WHOLE.notes if item.id in one.front.capabilities]
        assert sorted(note.front.id for note, *_ in known(item.id).notes) == sorted(named)
    assert known("harbour:A2", HARBOUR).lacks_notes
    for day, past in ((date(2027, 7, 31), False), (date(2027, 8, 1), True)):
        ((_, _, is_past),) = known("harbour:A1", HARBOUR, day).notes
        assert is_past is past


def test_each_item_has_two_or_three_questions_that_are_answered(assistant):
    @cache
    def cited(question):
        answer = assistant.ask(Question(text=question), today=TODAY)
        assert answer.status == "answered", question
        return {one.passage_id for said in answer.statements for one in said.citations}

    for item in WHOLE.framework.items[::2]:
        questions = known(item.id).questions
        assert 2 <= len(questions) <= page.MOST_QUESTIONS
        assert any([item.id in cited(question) for question in questions]), item.id


def test_an_item_is_found_by_id_column_kind_and_other_names_and_a_term_leads_to_what_speaks_of_it():
    assert folded("  D\u00e9j\u00e0 vu: P3-O4/C12 ") == "deja vu p3 o4 c12"
    for whole, item, words in (
        (WHOLE, "gsr:C12", {"c12", "p3", "capability", "capabilities"}),
        (WHOLE, "gsr:P2-W1", {"police", "partner", "w1", "p2"}),
        (HARBOUR, "harbour:A1-W1", {"harbourmaster"}),
    ):
        more = page.more_of(whole.framework, whole.framework.item(item))
        assert words <= set(more.split())
    terms = page.sought_terms(WHOLE.framework, WHOLE.glossary)
    (term,) = (one for one in terms if "child pornography" in one.wordings)
    assert (term.avoid, "child sexual abuse material" in term.preferred) == (True, True)
    assert {"gsr:P1-O5", "gsr:C16"} <= set(term.items)
    assert "gsr:C12" not in term.items
    terms = [Term(term="windlass"), Term(term="gangplank", status="avoid", preferred="gangway")]
    (term,) = page.sought_terms(HARBOUR.framework, Glossary(terms=terms))
    assert (term.wordings, term.avoid) == (("gangplank",), True)


def coverage(whole=WHOLE):
    return SimpleNamespace(**page.coverage_of(whole.framework, whole.notes, TODAY))


def counts(coverage, item_id):
    row = next(one for one in coverage.rows if one.item.id == item_id)
    return dict(zip(coverage.columns, row.counts, strict=True))


def test_every_capability_has_its_row_and_its_notes_are_counted():
    covered = coverage()
    ids = {row.item.id for row in covered.rows}
    assert {one.id for one in WHOLE.framework.of_kind("capability")} <= ids
    for row in covered.rows:
        fronts = [one.front for one in WHOLE.notes if row.item.id in page.names_in(one)]
        officers = sum("officer" in one.audiences for one in fronts)
        assert row.counts[0] == len(fronts)
        assert counts(covered, row.item.id)["For officers"] == officers


def test_a_note_is_due_for_half_a_year_and_then_past_and_what_has_none_is_named():
    half = page.SOON_DAYS
    for days, soon, past in ((-1, 0, 1), (0, 1, 0), (half, 1, 0), (half + 1, 0, 0)):
        whole = harbour_whole(walkways(review_by=TODAY + timedelta(days=days)))
        row = counts(coverage(whole), "harbour:A1")
        assert (row["Review in 6 months"], row["Past review"]) == (soon, past)
    bare = {row.item.id for row in coverage(HARBOUR).bare}
    assert bare >= {"harbour:A2", "harbour:A3"}
    assert "harbour:A1" not in bare
