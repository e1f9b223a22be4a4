from datetime import date

import pytest

from assistant.errors import SessionError
from assistant.sessions.session import SessionRequest
from assistant.sessions.session_quotes import CARE
from assistant.sessions.session_scope import scope_of
from corpus.whole import Whole

TODAY = date(2026, 11, 25)


def test_a_pillar_brings_all_its_capabilities_and_notes_that_serve_it(whole: Whole) -> None:
    scope = scope_of(SessionRequest(pillars=(3,)), whole, TODAY)
    assert [one.id for one in scope.tops] == ["gsr:P3"]
    assert [one.id for one in scope.named] == ["gsr:C9", "gsr:C10", "gsr:C11", "gsr:C12"]
    assert scope.notes
    assert all("gsr:P3" in one.front.pillars for one in scope.notes)


@pytest.mark.parametrize("text", ["C12", "c12", "12", "gsr:C12"])
def test_a_capability_may_be_named_in_any_of_its_ways(whole: Whole, text: str) -> None:
    scope = scope_of(SessionRequest(capabilities=(text,)), whole, TODAY)
    assert [one.id for one in scope.named] == ["gsr:C12"]
    assert [one.id for one in scope.tops] == ["gsr:P3"]
    assert scope.notes[0].front.id == "victim-identity-protection"


def test_a_topic_leads_to_the_notes_that_speak_of_it_or_of_its_expansion(whole: Whole) -> None:
    scope = scope_of(SessionRequest(topic="warning messages"), whole, TODAY)
    assert scope.notes[0].front.id == "warning-messages"
    scope = scope_of(SessionRequest(topic="ICSE"), whole, TODAY)
    assert "icse-database" in [one.front.id for one in scope.notes[:2]]


def test_a_topic_under_a_pillar_chooses_within_it_and_what_it_lacks_is_said(whole: Whole) -> None:
    asked = SessionRequest(pillars=(2,), topic="victim identification and reporting")
    scope = scope_of(asked, whole, TODAY)
    assert [one.id for one in scope.tops] == ["gsr:P2"]
    assert {"gsr:C5", "gsr:C6"} <= {one.id for one in scope.named}
    assert all("gsr:P2" in one.front.pillars for one in scope.notes)
    assert not scope.missing
    asked = SessionRequest(pillars=(6,), topic="hash matching and garden furniture")
    scope = scope_of(asked, whole, TODAY)
    assert "hash-matching" in [one.front.id for one in scope.notes]
    assert ["elsewhere" in one for one in scope.missing] == [True, False]


def test_teachers_get_no_notes_on_offenders_unless_they_ask_for_them(whole: Whole) -> None:
    notes = scope_of(SessionRequest(pillars=(5,), audience="teachers"), whole, TODAY).notes
    assert notes
    topics = [one.front.topics for one in notes]
    assert not [one for one in topics if "offenders" in one and "safeguarding" not in one]
    asked = SessionRequest(capabilities=("C21",), audience="teachers")
    assert scope_of(asked, whole, TODAY).notes[0].front.id == "offender-outreach"


def test_notes_on_care_and_those_past_review_are_no_topic(whole: Whole) -> None:
    today = date(2027, 3, 1)
    notes = scope_of(SessionRequest(pillars=(3,)), whole, today).notes
    assert all(one.front.review_by >= today for one in notes)
    assert "victim-identity-protection" not in [one.front.id for one in notes]
    assert not {one.front.id for one in notes}.intersection(CARE)


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (SessionRequest(), "topic"),
        (SessionRequest(pillars=(9,)), "9.* 1 to 6"),
        (SessionRequest(capabilities=("C99",)), "'C99'.*C1 to C26"),
        (SessionRequest(topic="garden furniture"), "garden furniture"),
    ],
)
def test_what_the_corpus_lacks_is_refused_with_what_it_has(whole, request_, told):
    with pytest.raises(SessionError, match=told):
        scope_of(request_, whole, TODAY)
