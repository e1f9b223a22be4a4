"""What is shown of one item of a framework."""

from __future__ import annotations

import re
from datetime import date

import pytest

from corpus.readers.page import source_lines
from tests.harbour import FOLDER, HARBOUR, harbour_whole, walkways
from ui.look.templates import escape
from ui.pages.framework.framework import is_served, shipped, workspace_as_html
from ui.pages.framework.framework_detail import detail_as_html, details_as_html
from ui.pages.framework.framework_notes import Page
from ui.pages.framework.framework_questions import MOST, note_question, questions_of
from ui.words.catalogue import say

WHOLE, LINES = shipped()
TODAY = date(2026, 11, 25)

HOSTILE = "<script>alert(1)</script> ${alert(2)} {{value}}"

MOST_BYTES = 300_000
"""What the details may add to the page."""


def page_of(whole, lines=LINES, today=TODAY):
    return Page(framework=whole.framework, lines=lines, notes=whole.notes, today=today)


PAGE = page_of(WHOLE)
QUAY = page_of(HARBOUR, source_lines(FOLDER))


def told(item_id, page=PAGE):
    html = detail_as_html(page, page.framework.item(item_id))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_every_item_has_its_details_once():
    for page in (PAGE, QUAY):
        ids = re.findall(r'data-detail="([^"]+)"', details_as_html(page))
        assert ids == [item.id for item in page.framework.items]


def test_details_add_little_to_the_page():
    assert len(details_as_html(PAGE).encode()) < MOST_BYTES


def test_the_lines_are_shown_as_printed_with_their_numbers():
    html = detail_as_html(PAGE, WHOLE.framework.item("gsr:P3-O4"))
    (start, lines) = re.findall(r'<ol[^>]* start="(\d+)">(.*?)</ol>', html)[0]
    assert (start, lines.count("<li>")) == ("160", 2)
    assert say("framework.differs") not in html
    assert say("framework.differs") in told("gsr:P6-W3")
    assert "civil industry, society organisations," in told("gsr:P6-W3")


def test_a_heading_that_is_not_printed_has_no_lines_and_says_so():
    assert say("framework.not_printed", where="before line 66") in told("gsr:P2")
    assert "<ol" not in detail_as_html(PAGE, WHOLE.framework.item("gsr:P2"))


def test_every_correction_and_doubt_stands_there_with_its_reason():
    for passage in WHOLE.framework.passages:
        said = detail_as_html(PAGE, WHOLE.framework.item(passage.id))
        noted = (*passage.corrections, *passage.doubts)
        assert said.count("Confidence: ") == len(noted)
        assert all(escape(one.basis[1:]) in said for one in noted)


def test_inferred_links_are_marked_and_explained_from_both_ends():
    capability, outcome = told("gsr:C12"), told("gsr:P3-O4")
    assert say("framework.closest", kinds="Outcomes") + " Inferred" in capability
    strength = say("framework.strength", strength="high")
    assert f"{WHOLE.framework.item('gsr:P3-O4').description} ({strength})" in capability
    assert say("framework.closest_to", kinds="Capabilities") + " Inferred" in outcome
    assert re.search(r"\([^()]*medium; [^()]* 4\)", told("gsr:C11"))
    assert "Inferred" not in told("gsr:P3-W1")


def test_what_is_tied_to_the_column_is_said_to_be_tied_to_it_alone():
    own = {"counts": "5 outcomes and 1 partner", "above": "pillar", "kind": "capability"}
    assert f"{say('framework.shared', **own)} Pillar 3: " in told("gsr:C12")
    counts = "4 capabilities, 5 outcomes and 1 partner"
    assert say("framework.holds", counts=counts) in told("gsr:P3")


def test_a_partner_names_where_else_the_same_body_stands():
    assert say("framework.elsewhere", label="law enforcement") in told("gsr:P2-W1")
    html = detail_as_html(PAGE, WHOLE.framework.item("gsr:P2-W1"))
    assert "item=gsr:P4-W3" in html


def test_notes_stand_with_the_items_that_their_front_matter_names():
    for item in WHOLE.framework.of_kind("capability"):
        named = [one.front.id for one in WHOLE.notes if item.id in one.front.capabilities]
        html = detail_as_html(PAGE, item)
        assert sorted(re.findall(r'data-note="([^"]+)"', html)) == sorted(named)
    # The note whose main item this is comes first.
    first = re.findall(r'data-note="([^"]+)"', detail_as_html(PAGE, WHOLE.framework.item("gsr:C1")))
    assert "political-will" in first[:2]


def test_an_item_without_a_note_is_said_to_have_none():
    assert say("framework.no_notes") in told("harbour:A2", QUAY)
    assert say("framework.notes", n=1) in told("harbour:A1", QUAY)
    assert f"{say('framework.notes_above', n=1)} Theme T1: " in told("harbour:A1-W1", QUAY)


@pytest.mark.parametrize(("day", "hidden"), [("2027-07-31", " hidden"), ("2027-08-01", "")])
def test_a_note_past_its_review_is_marked_from_the_day_after(day, hidden):
    page = page_of(harbour_whole(walkways()), today=date.fromisoformat(day))
    marks = re.findall(r'data-review="([^"]+)"( hidden)?>', details_as_html(page))
    assert set(marks) == {("2027-07-31", hidden)}


def test_each_item_has_two_or_three_questions_and_titled_ones_name_themselves():
    for item in WHOLE.framework.items:
        asked = questions_of(WHOLE.framework, item, guided=True)
        assert 2 <= len(asked) <= MOST
        assert not item.title or item.title in asked[0]
    for item in HARBOUR.framework.items:
        assert questions_of(HARBOUR.framework, item, guided=False)


def test_what_has_no_description_is_not_asked_about_by_its_name():
    bare = WHOLE.framework.item("gsr:C6")
    asked = questions_of(WHOLE.framework, bare, guided=True)
    assert not any("Tell me" in one or "guidance" in one for one in asked)
    assert say("framework.undescribed") in told("gsr:C6")


def test_a_title_that_is_a_question_is_asked_about_without_its_mark():
    assert note_question("Helpline or hotline?") == "Tell me about Helpline or hotline."


def test_hostile_words_stay_words():
    note = walkways(title=HOSTILE, summary=HOSTILE)
    whole = harbour_whole(note)
    items = tuple(
        item.model_copy(update={"title": HOSTILE} if item.title else {"description": HOSTILE})
        for item in whole.framework.items
    )
    evil = whole.framework.model_copy(update={"items": items})
    whole = whole.model_copy(update={"framework": evil})
    html = workspace_as_html(whole, (HOSTILE,) * 60, TODAY)
    assert "<script" not in html
    assert "${" not in html
    assert "{{" not in html


def test_another_framework_draws_too():
    html = workspace_as_html(HARBOUR, source_lines(FOLDER), TODAY)
    assert "Harbour Safety Plan" in html
    assert "gsr" not in html


def test_a_service_that_answers_from_other_texts_has_no_picture():
    assert is_served(WHOLE, WHOLE.corpus)
    assert not is_served(WHOLE, HARBOUR.corpus)


def test_the_questions_of_every_item_are_answered(assistant):
    from assistant.records import Question

    wrong, cited = [], {}
    for item in WHOLE.framework.items:
        asked = questions_of(WHOLE.framework, item, guided=bool(PAGE.about(item)))
        for question in asked:
            if question not in cited:
                answer = assistant.ask(Question(text=question), today=TODAY)
                cited[question] = {
                    one.passage_id for said in answer.statements for one in said.citations
                }
                wrong += [(item.id, question)] if answer.status != "answered" else []
        assert any(item.id in cited[one] for one in asked), item.id
    assert wrong == []
