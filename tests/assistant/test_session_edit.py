from datetime import date
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import SessionError
from assistant.sessions.session import PARTS, SessionRequest
from assistant.sessions.session_build import build_session, statements_of
from assistant.sessions.session_edit import edited_from
from assistant.sessions.session_plan import Edit
from assistant.sessions.session_slots import author_of
from assistant.sessions.session_truth import faults
from corpus.whole import Whole

TODAY = date(2026, 11, 25)
SAID = (
    "Lanzarote's Article 30(5), within national principles, requires that investigators can"
    " identify victims of Article 20 offences."
)

REQUEST = SessionRequest(pillars=(3,), minutes=120, audience="police")


@cache
def whole():
    return Whole.read()


def change(*edits, request=REQUEST):
    made = [Edit(do=do, item=item, text="".join(text)) for do, item, *text in edits]
    return edited_from(request, made, whole(), TODAY)


def texts(session):
    return [one.text for one in session.messages]


def test_without_edits_or_with_the_same_ones_the_session_is_the_same():
    session = build_session(REQUEST, whole(), TODAY)
    assert edited_from(session.request, (), whole(), TODAY).session == session
    edits = (("another", "messages-5"), ("down", "quiz-1"), ("remove", "discussion-2"))
    assert change(*edits) == change(*edits)
    old = change().session
    again = old.messages[4].text
    made = change(("reword", "messages-5", "Mine."), ("reword", "messages-5", f"  {again} "))
    assert made.session == old


def test_words_that_the_source_carries_keep_its_citations_and_others_are_own() -> None:
    said = change().session.messages[4]
    words = said.text.replace(".", "")
    got = change(("reword", "messages-5", words)).session.messages[4]
    assert got.text == words
    assert got.citations == said.citations
    assert (got.verdict, author_of(got)) == ("supported", "reworded")
    made = change(("reword", "messages-5", "Our unit meets every second Tuesday."))
    own = made.session.messages[-1]
    assert own.text == "Our unit meets every second Tuesday."
    assert (own.kind, own.citations, author_of(own)) == ("note", (), "own")
    assert own.text not in {one.text for one in made.session.messages[:-1]}
    first = change().session.messages[4]
    assert all(first.citations != one.citations for one in made.session.messages)


@pytest.mark.parametrize(
    "words",
    [
        # Words so few or so empty that the checker finds nothing wrong in them.
        "Mine.",
        "Our own rule.",
        "It is so.",
        # Words of the source with another meaning.
        SAID.replace("requires", "never requires"),
        SAID.replace("30(5)", "31(1)"),
    ],
)
def test_what_says_little_or_says_otherwise_is_the_trainers_own(words):
    at = texts(change().session).index(SAID)
    made = change(("reword", f"messages-{at + 1}", words))
    assert author_of(made.session.messages[-1]) == "own"
    assert made.session.messages[-1].text == words


@pytest.mark.parametrize("item", ["objectives-1", "discussion-1", "exercise-1", "care-2"])
def test_notes_that_a_trainer_rewrites_are_the_trainers(item):
    made = change(("reword", item, "Words of my own."))
    own = [one for one in statements_of(made.session) if author_of(one) == "own"]
    assert [one.text for one in own] == ["Words of my own."]
    assert own[0].citations == ()


@pytest.mark.parametrize("item", ["messages-6", "discussion-1", "quiz-2", "exercise-1"])
def test_another_item_is_new_each_time_until_there_is_none(item):
    part = item.partition("-")[0]
    seen = []
    edits = []
    for _ in range(3):
        made = change(*edits)
        slot = next(one for one in made.slots if one.id == item)
        held = [one.words.text for one in made.slots if one.part == part]
        assert len(set(held)) == len(held)
        assert slot.words.text not in seen
        seen.append(slot.words.text)
        edits.append(("another", item))
        if item == "exercise-1" and len(seen) == 2:
            break
    with pytest.raises(SessionError, match="There is no other"):
        change(*edits, *[("another", item)] * 100)


def test_a_moved_item_or_part_changes_places_and_tiers_and_minutes_stay():
    before, after = texts(change().session), texts(change(("up", "messages-6")).session)
    assert after == [*before[:4], before[5], before[4], *before[6:]]
    with pytest.raises(SessionError, match="at the end"):
        change(("up", "messages-5"))
    made = change(("up", "part-quiz"), ("up", "part-quiz"))
    blocks = [one.block for one in made.session.agenda if one.block != "break"]
    assert blocks.index("quiz") < blocks.index("discussion") < blocks.index("exercise")
    assert made.session.agenda[-1].end == 120


def test_a_part_of_which_nothing_is_left_leaves_the_agenda_and_comes_back():
    count = len(change().session.talks)
    gone = [("remove", f"discussion-{at}") for at in range(1, count + 1)]
    made = change(*gone)
    assert "discussion" not in {one.block for one in made.session.agenda}
    assert made.session.agenda[-1].end == 120
    work = sum(one.minutes for one in made.session.agenda if one.block == "exercise")
    assert made.session.exercise
    assert sum(one.minutes for one in made.session.exercise.steps) == work
    back = change(*gone, ("restore", "discussion-1"))
    assert "discussion" in {one.block for one in back.session.agenda}


def test_what_would_leave_too_little_or_is_not_there_any_more_is_refused():
    request = REQUEST.model_copy(update={"parts": ("exercise",)})
    with pytest.raises(SessionError, match="120"):
        change(("remove", "exercise-1"), request=request)
    with pytest.raises(SessionError, match="not there any more"):
        change(("remove", "messages-1"), ("another", "messages-1"))


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (("reword", "quiz-1", "Which?"), "keeps its words"),
        (("reword", "messages-1", " \u202e\u0007 "), "Write some words"),
        (("remove", "care-1"), "stays in every session"),
        (("another", "objectives-1"), "no other"),
        (("up", "messages-99"), "no such item"),
        (("up", "part-song"), "no such part"),
        (("remove", "part-quiz"), "no session of this page"),
        (("restore", "messages-1"), "not there any more"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(edit, words):
    with pytest.raises(SessionError, match=words):
        change(edit)


ITEMS = [
    f"{part}-{at}"
    for part in ("objectives", "care", "messages", "discussion", "exercise", "quiz")
    for at in range(1, 9)
]
EDITS = st.builds(
    lambda do, item, text: Edit(do=do, item=item, text=text),
    st.sampled_from(["reword", "another", "up", "down", "remove", "restore"]),
    st.sampled_from([*ITEMS, *(f"part-{part}" for part in PARTS)]),
    st.sampled_from(["", "Words of my own.", "A child is heard first.", "<b>{x}</b>"]),
)


@given(st.lists(EDITS, max_size=8), st.sampled_from([60, 120, 240]))
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_is_done_the_agenda_adds_up_and_all_that_is_shown_stands(edits, minutes):
    request = REQUEST.model_copy(update={"minutes": minutes})
    done = []
    made = edited_from(request, done, whole(), TODAY)
    for edit in edits:
        try:
            made = edited_from(request, [*done, edit], whole(), TODAY)
        except SessionError:
            continue
        done.append(edit)
    session = made.session
    assert sum(one.minutes for one in session.agenda) == minutes
    assert [one.start for one in session.agenda[1:]] == [one.end for one in session.agenda[:-1]]
    for said in statements_of(session):
        for one in said.citations:
            assert whole().corpus.passage(one.passage_id).text[one.start : one.end] == one.quote
        assert said.verdict in ("supported", "structural") or not said.citations
    for item in session.quiz:
        assert faults(item, whole()) == ()
    assert [one.id for one in session.quiz] == [f"Q{at + 1}" for at in range(len(session.quiz))]
    cited = {one.source_id for said in statements_of(session) for one in said.citations}
    assert {one.id for one in session.sources} == cited
