import json
from datetime import date

import pytest

from assistant.errors import SessionError
from assistant.sessions.session import PARTS, SessionRequest
from assistant.sessions.session_build import BREAK, PIECE, STRETCH, agenda_of
from assistant.sessions.session_edit import (
    LONGEST_PLAN,
    LONGEST_TOPIC,
    LONGEST_WORDS,
    MOST_EDITS,
    checked,
    read_plan,
)
from assistant.sessions.session_scope import CARE, scope_of

TODAY = date(2026, 11, 25)


@pytest.fixture
def scope(whole):
    def found(today=TODAY, **request):
        return scope_of(SessionRequest(**request), whole, today)

    return found


def test_a_pillar_brings_all_its_capabilities_and_the_notes_for_its_audience(scope):
    found = scope(pillars=(3,))
    assert [one.id for one in found.tops] == ["gsr:P3"]
    assert [one.id for one in found.named] == ["gsr:C9", "gsr:C10", "gsr:C11", "gsr:C12"]
    assert found.notes
    assert all("gsr:P3" in one.front.pillars for one in found.notes)
    topics = [one.front.topics for one in scope(pillars=(5,), audience="teachers").notes]
    assert topics
    assert not [one for one in topics if "offenders" in one and "safeguarding" not in one]
    named = scope(capabilities=("C21",), audience="teachers")
    assert named.notes[0].front.id == "offender-outreach"
    today = date(2027, 3, 1)
    fronts = [one.front for one in scope(today, pillars=(3,)).notes]
    assert all(one.review_by >= today for one in fronts)
    assert not {one.id for one in fronts}.intersection((*CARE, "victim-identity-protection"))


@pytest.mark.parametrize("text", ["C12", "c12", "12", "gsr:C12"])
def test_a_capability_may_be_named_in_any_of_its_ways(scope, text):
    found = scope(capabilities=(text,))
    assert [one.id for one in (*found.tops, *found.named)] == ["gsr:P3", "gsr:C12"]
    assert found.notes[0].front.id == "victim-identity-protection"


def test_a_topic_leads_to_what_speaks_of_it_within_a_pillar_and_what_it_lacks_is_said(scope):
    assert scope(topic="warning messages").notes[0].front.id == "warning-messages"
    # By its expansion.
    assert "icse-database" in [one.front.id for one in scope(topic="ICSE").notes[:2]]
    found = scope(pillars=(2,), topic="victim identification and reporting")
    assert ([one.id for one in found.tops], found.missing) == (["gsr:P2"], ())
    assert {"gsr:C5", "gsr:C6"} <= {one.id for one in found.named}
    assert all("gsr:P2" in one.front.pillars for one in found.notes)
    found = scope(pillars=(6,), topic="hash matching and garden furniture")
    assert "hash-matching" in [one.front.id for one in found.notes]
    assert ["elsewhere" in one for one in found.missing] == [True, False]


def plan(**changes):
    return json.dumps({"request": {"pillars": [3]}, "edits": [], **changes})


def test_a_plan_is_read_back_and_a_topic_is_one_line_that_can_be_seen() -> None:
    edits = [{"do": "up", "item": "quiz-2"}]
    read = read_plan(plan(edits=edits))
    assert read.request.pillars == (3,)
    assert [one.do for one in read.edits] == ["up"]
    assert read_plan(read.model_dump_json()) == read
    assert checked(SessionRequest(topic="  hash\n\u202ematching\x00 ")).topic == "hash matching"


REQUESTS = (
    {"audience": "pirates"},
    {"pillars": "x"},
    {"pillars": [3] * 100},
    {"capabilities": ["x" * 1000]},
    {"minutes": {"$gt": 1}},
    {"seed": 10**30},
    {"topic": "x" * (LONGEST_TOPIC + 1)},
)
UP = {"do": "up", "item": "quiz-1"}
EDITS = (
    [UP | {"do": "eval"}],
    [UP | {"item": "x" * 100}],
    [UP | {"more": 1}],
    [UP] * (MOST_EDITS + 1),
    [UP | {"text": "x" * (LONGEST_WORDS + 1)}],
)


@pytest.mark.parametrize(
    "text",
    [
        *("", "null", "[]", "{", "\ud800", plan(more=1), "x" * (LONGEST_PLAN + 1)),
        *(plan(request=request) for request in REQUESTS),
        *(plan(edits=edits) for edits in EDITS),
    ],
)
def test_a_hostile_plan_is_refused_in_one_sentence(text):
    with pytest.raises(SessionError) as refused:
        read_plan(text)
    assert str(refused.value).count(".") == 1
    assert len(str(refused.value)) < 120


@pytest.mark.parametrize(
    "parts", [PARTS, ("messages",), ("exercise",), ("discussion", "quiz"), ("messages", "quiz")]
)
def test_every_length_adds_up_without_gap_and_nobody_sits_longer_than_ninety_minutes(parts):
    for minutes in range(30, 241):
        lines = agenda_of(minutes, parts)
        assert [0, *(one.end for one in lines)] == [*(one.start for one in lines), minutes]
        assert sum(one.minutes for one in lines) == minutes
        assert all(0 < one.minutes <= PIECE for one in lines)
        breaks = [at for at, one in enumerate(lines) if one.block == "break"]
        assert (breaks == []) == (minutes <= STRETCH)
        assert all(lines[at].minutes == BREAK for at in breaks)
        ends = [0, *(lines[at].start for at in breaks), minutes]
        starts = [0, *(lines[at].end for at in breaks), minutes]
        assert max(end - start for start, end in zip(starts, ends[1:], strict=False)) <= STRETCH
        assert (lines[0].block, lines[-1].block) == ("opening", "close")
        # What is not asked for takes no time.
        blocks = {one.block for one in lines} - {"opening", "care", "break", "close"}
        told = {"page", "guidance"} if "messages" in parts else set()
        assert blocks == told | {*parts} - {"messages", "objectives", "glossary"}


@pytest.mark.parametrize(
    ("minutes", "parts", "said"),
    [*((one, PARTS, "30 to 240") for one in (29, 241, 0)), (120, ("quiz",), "add messages")],
)
def test_a_length_out_of_range_or_that_parts_cannot_fill_is_refused(minutes, parts, said):
    with pytest.raises(SessionError, match=said):
        agenda_of(minutes, parts)
