import json
import tomllib
from contextlib import suppress
from datetime import date
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import SessionError
from assistant.records import Statement
from assistant.sessions import session_build, session_edit
from assistant.sessions.session import AUDIENCES, LEVELS, PARTS, SessionRequest
from assistant.sessions.session_build import Building, build_session
from assistant.sessions.session_edit import Do, Edit, Edited, author_of, read_plan
from assistant.sessions.session_quiz import FILE, faults, truth
from assistant.sessions.session_scope import CARE, Quotes, Scope, points
from corpus.passage import Record

TODAY = date(2026, 11, 25)

ROWS = tomllib.loads(FILE.read_text(encoding="utf-8"))["situation"]

REQUEST = SessionRequest(pillars=(3,), minutes=120, audience="police")


@pytest.fixture(scope="module")
def near(assistant):
    return assistant.near


@pytest.fixture(scope="module")
def sessions(whole, near):
    """One for each pillar, with audiences, lengths and levels in turn, and three by other ways."""
    wanted = [
        {"pillars": (n,), "minutes": 40 * n - 10, "audience": AUDIENCES[n - 1]}
        | {"level": LEVELS[n % 2], "seed": n}
        for n in range(1, 7)
    ]
    wanted.append({"capabilities": ("C12",), "minutes": 75, "audience": "media"})
    wanted.append({"pillars": (2, 3), "minutes": 120, "audience": "police"})
    wanted.append({"topic": "hash matching", "minutes": 120, "audience": "industry"})
    return tuple(build_session(SessionRequest(**one), whole, TODAY, near) for one in wanted)


@pytest.fixture(scope="module")
def items(sessions, whole, near):
    """Every question that may stand in the quizzes of three sessions."""
    buildings = [Building(sessions[at].request, whole, TODAY, near) for at in (4, 7, 8)]
    return [item for b in buildings for item in b.situations.standing(b.messages(60))]


def statements_of(value):
    if isinstance(value, Statement):
        yield value
    elif isinstance(value, tuple | Record):
        for held in value if isinstance(value, tuple) else dict(value).values():
            yield from statements_of(held)


def see_that_it_stands(session, whole):
    """See that the agenda adds up, every quote is at its span, and every key is proven."""
    assert sum(one.minutes for one in session.agenda) == session.request.minutes
    assert [one.start for one in session.agenda[1:]] == [one.end for one in session.agenda[:-1]]
    cited = [one for said in statements_of(session) for one in said.citations]
    for one in cited:
        assert whole.corpus.passage(one.passage_id).text[one.start : one.end] == one.quote
    assert {one.id for one in session.sources} == {one.source_id for one in cited}
    assert [one.id for one in session.quiz] == [f"Q{at + 1}" for at in range(len(session.quiz))]
    assert all(faults(item, whole) == () for item in session.quiz)


def test_every_citation_stands_and_the_parts_of_a_session_fit_each_other(sessions, whole):
    for session in sessions:
        see_that_it_stands(session, whole)
        for said in statements_of(session):
            assert said.verdict == ("structural" if said.kind == "note" else "supported")
            assert not said.past_review
            # A sentence has the date of its own source.
            assert said.as_of in {"", *(w.date for one in said.citations for w in one.references)}
        shown = {one.citations[0].quote for one in session.messages}
        aims = [one for one in session.objectives if one.section == "guidance"]
        assert shown.issuperset(one.citations[0].quote for one in aims)
        # A quiz asks for judgement first, of care once at most, with a good reply.
        asked = [one.relation for one in session.quiz]
        cases, others = session.quiz[: asked.count("fits")], session.quiz[asked.count("fits") :]
        assert {one.relation for one in cases} == {"fits"}
        assert len(session.quiz) == len({one.stem.text for one in session.quiz})
        assert all(o.evidence.citations for item in session.quiz for o in item.options)
        assert all(o.text in o.evidence.text for item in others for o in item.options)
        taught = {cited.source_id for one in session.care for cited in one.citations}
        assert {"note:receiving-a-disclosure", "note:staff-wellbeing"} <= taught
        keys = [item.stem.citations[0].source_id.removeprefix("note:") for item in cases]
        assert (sum(key in CARE for key in keys) <= 1, all(o.good for o in cases)) == (True, True)
        # Steps add up, and nothing is said twice.
        exercise = session.exercise
        work = sum(one.minutes for one in session.agenda if one.block == "exercise")
        assert sum(one.minutes for one in exercise.steps) == work
        assert ("objection" in exercise.steps[-1].text) == (session.request.level == "advanced")
        told = {one.text for one in (*session.messages, *statements_of(exercise))}
        assert told.isdisjoint(point.text for talk in session.talks for point in talk.points)
        # A debrief has what decides each reply, and one sentence is the key of one question.
        judged = {one.question.text: repr(one.points) for one in exercise.situations}
        for row in ROWS:
            said = judged.get(f"{row['text']} {row['ask']}", "")
            rests = [one["rests_on"].split(": ", 1)[1] for one in row["replies"]]
            assert not said or all(words in said for words in rests)
        assert len(cases) == len({o.evidence.text for i in cases for o in i.options if o.right})
        assert judged.keys().isdisjoint(one.stem.text for one in session.quiz)
        assert {one.section for one in session.objectives} <= {o.block for o in session.agenda}


def test_every_situation_point_and_line_of_care_is_a_sentence_of_its_note(whole):
    quotes, named = Quotes(whole, TODAY), points()
    said = {one.front.id: [o.text for o in quotes.sentences(one)] for one in whole.notes}
    assert said.keys() == {*named.note, *CARE[:2]}
    rests = [(key, words) for key, point in named.note.items() for words in point.say]
    for one in ROWS:
        assert [reply["fits"] for reply in one["replies"]] == [True, False, False]
        rests += [reply["rests_on"].split(": ", 1) for reply in one["replies"]]
    for name, words in rests:
        assert sum(words in text for text in said[name]) == 1, (name, words)
    assert all(quotes.sentence(one.rests_on) for one in named.care if one.rests_on)
    said = quotes.sentences(quotes.notes["violent-online-networks"])
    signs = [one for one in said if "sign" in one.text]
    assert session_build.is_new(signs[1], signs[:1])


def test_nobody_is_told_what_another_audience_does(whole, near):
    for audience in AUDIENCES:
        building = Building(SessionRequest(pillars=(2,), audience=audience), whole, TODAY, near)
        assert len(building.situations.exercise) >= 6
        told = " ".join(one.text for one in building.quotes.care(audience))
        own = audience in ("police", "industry")
        assert ("call the police" in told, "safeguarding lead" in told) == (not own, not own)
        assert "secrecy" in told
        for one in building.scope.notes:
            assert audience in points().note[one.front.id].audiences


def test_a_topic_gives_its_title_unless_it_is_a_wording_to_avoid_and_parts_stand_alone(whole, near):
    for topic, title in (
        ("detection and transparency", "Detection and transparency"),
        ("sextortion", "Sexual extortion of children"),
    ):
        request = SessionRequest(topic=topic, parts=("quiz", "messages"))
        session = build_session(request, whole, TODAY, near)
        assert (session.title, session.columns) == (title, ())
        assert all((session.care, session.quiz, session.messages))
        assert not any((session.talks, session.exercise, session.objectives, session.glossary))
    other = build_session(request.model_copy(update={"seed": 1}), whole, TODAY, near)
    assert session.quiz != other.quiz


def test_nothing_past_its_review_enters_and_without_the_notes_on_care_there_is_none(whole, near):
    today, request = date(2027, 12, 1), SessionRequest(pillars=(3,))
    for said in statements_of(build_session(request, whole, today, near)):
        for one in said.citations:
            review = whole.corpus.source_by_id[one.source_id].review_by
            assert not review or date.fromisoformat(review) >= today
    with pytest.raises(SessionError, match="past its review"):
        build_session(request, whole, date(2029, 1, 1), near)


def test_what_is_false_or_forged_in_a_question_is_a_fault(items, whole):
    def told(**changed):
        option = item.options[0].model_copy(update=changed)
        options = (option, *item.options[1:])
        return " ".join(faults(item.model_copy(update={"options": options}), whole))

    # A reply that another sentence decides.
    item = next(one for one in items if one.relation == "fits")
    assert "does not say" in told(evidence=item.options[1].evidence)
    item = next(one for one in items if one.relation == "preferred")
    option, *_ = item.options
    assert told(right=not option.right)
    assert "does not say" in told(text="Something else")
    cited = option.evidence.citations[0].model_copy(update={"start": 0, "end": 3})
    forged = option.evidence.model_copy(update={"citations": (cited,)})
    assert "do not stand" in told(evidence=forged)
    # Wordings for which one term is preferred are no distractors of each other.
    for about, true in (("glossary:paedophile", None), ("glossary:child-prostitution", False)):
        text = whole.glossary.instead_of(whole.glossary.by_id[about])
        option = option.model_copy(update={"about": about, "text": text})
        assert truth("preferred", "glossary:predator", option, whole) is true


SAID = "Lanzarote's Article 30(5), within national principles, requires that investigators can"
SAID += " identify victims of Article 20 offences."


@pytest.fixture
def change(whole, near):
    def changed(*edits, request=REQUEST):
        made = [Edit(do=do, item=item, text="".join(text)) for do, item, *text in edits]
        return Edited(request, made, whole, TODAY, near)

    return changed


def texts(session):
    return [one.text for one in session.messages]


def test_without_edits_or_with_the_same_ones_the_session_is_the_same(change, whole, near):
    old = change().session
    assert old == build_session(REQUEST, whole, TODAY, near)
    edits = (("another", "messages-5"), ("down", "quiz-1"), ("remove", "discussion-2"))
    assert change(*edits).session == change(*edits).session
    again = ("reword", "messages-5", f"  {old.messages[4].text} ")
    assert change(("reword", "messages-5", "Mine."), again).session == old


def test_words_that_the_source_carries_keep_its_citations_and_others_are_own(change):
    said = change().session.messages[4]
    words = said.text.replace(".", "")
    got = change(("reword", "messages-5", words)).session.messages[4]
    assert (got.text, got.citations) == (words, said.citations)
    assert (got.verdict, author_of(got)) == ("supported", "reworded")
    words = "Our unit meets every second Tuesday."
    *_, own = change(("reword", "messages-5", words)).session.messages
    assert (own.text, own.kind, own.citations, author_of(own)) == (words, "note", (), "own")
    at = texts(change().session).index(SAID)
    # Words so few or so empty that the checker finds nothing wrong in them, and words of the source
    # with another meaning.
    otherwise = (SAID.replace("requires", "never requires"), SAID.replace("30(5)", "31(1)"))
    items = ("objectives-1", "discussion-1", "exercise-1", "care-2")
    own = [*((f"messages-{at + 1}", words) for words in ("Mine.", "It is so.", *otherwise))]
    for item, words in (*own, *((item, "Words of my own.") for item in items)):
        made = change(("reword", item, words)).session
        (own,) = (one for one in statements_of(made) if author_of(one) == "own")
        assert (own.text, own.citations) == (words, ())
    # What fills in a blank is no claim.
    filled = [one for one in change().slots if session_build.BLANK in one.words.text]
    for slot in filled:
        words = slot.words.text.replace(session_build.BLANK, "0123", 1)
        made = change(("reword", slot.id, words)).session
        assert [author_of(one) for one in made.care if one.text == words] == [""]
    assert {slot.tier for slot in filled} == {session_build.TURN, session_build.DISCLOSURE[2]}


@pytest.mark.parametrize("item", ["messages-6", "discussion-1", "quiz-2", "exercise-1"])
def test_another_item_is_new_each_time_until_there_is_none(change, item):
    part = item.partition("-")[0]
    seen, edits = set(), []
    for _ in range(2 if item == "exercise-1" else 3):
        held = {one.id: one.words.text for one in change(*edits).slots if one.part == part}
        assert len({*held.values()}) == len(held)
        assert held[item] not in seen
        seen.add(held[item])
        edits.append(("another", item))
    with pytest.raises(SessionError, match="There is no other"):
        change(*edits, *[("another", item)] * 100)


def test_what_is_moved_or_taken_out_and_put_back_leaves_the_minutes_as_they_were(change):
    session = change().session
    before, after = texts(session), texts(change(("up", "messages-6")).session)
    assert after == [*before[:4], before[5], before[4], *before[6:]]
    gone = [("remove", f"discussion-{at + 1}") for at in range(len(session.talks))]
    back = [*gone, ("restore", "discussion-1")]
    for edits, first in (([("up", "part-quiz")] * 2, "quiz"), (gone, ""), (back, "discussion")):
        made = change(*edits).session
        blocks = [one.block for one in made.agenda]
        assert ("discussion" in blocks, made.agenda[-1].end) == (first != "", 120)
        assert first != "quiz" or blocks.index("quiz") < blocks.index("discussion")
    request = REQUEST.model_copy(update={"parts": ("exercise",)})
    with pytest.raises(SessionError, match="120"):
        change(("remove", "exercise-1"), request=request)


def test_what_cannot_be_done_is_said_in_a_sentence(change):
    for *done, edit, words in (
        (("reword", "quiz-1", "Which?"), "keeps its words"),
        (("reword", "messages-1", " \u202e\u0007 "), "Write some words"),
        (("remove", "care-1"), "stays in every session"),
        (("up", "messages-99"), "no such item"),
        (("remove", "part-quiz"), "no session of this page"),
        (("remove", "messages-1"), ("remove", "messages-1"), "not there any more"),
        (("up", "messages-5"), "at the end"),
    ):
        with pytest.raises(SessionError, match=words):
            change(*done, edit)


ITEMS = [f"{part}-{at}" for part in ("care", *PARTS) for at in range(1, 9)]
EDITS = st.builds(
    Edit,
    do=st.sampled_from(get_args(Do)),
    item=st.sampled_from([*ITEMS, *(f"part-{part}" for part in PARTS)]),
    text=st.sampled_from(["", "Words of my own.", "A child is heard first.", "<b>{x}</b>"]),
)


@given(edits=st.lists(EDITS, max_size=8), minutes=st.sampled_from([60, 120, 240]))
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_is_done_the_agenda_adds_up_and_all_that_is_shown_stands(
    whole, near, edits, minutes
):
    request = REQUEST.model_copy(update={"minutes": minutes})
    done, made = [], Edited(request, [], whole, TODAY, near)
    for edit in edits:
        with suppress(SessionError):
            made = Edited(request, [*done, edit], whole, TODAY, near)
            done.append(edit)
    see_that_it_stands(made.session, whole)
    for said in statements_of(made.session):
        assert said.verdict in ("supported", "structural") or not said.citations


@pytest.fixture
def scope(whole, near):
    return lambda today=TODAY, **asked: Scope(SessionRequest(**asked), whole, today, near)


def test_a_pillar_brings_its_capabilities_by_several_names_and_the_notes_for_its_audience(scope):
    found = scope(pillars=(3,))
    assert [one.id for one in found.tops] == ["gsr:P3"]
    assert [one.id for one in found.named] == ["gsr:C9", "gsr:C10", "gsr:C11", "gsr:C12"]
    topics = [one.front.topics for one in scope(pillars=(5,), audience="teachers").notes]
    assert not [one for one in topics if "offenders" in one and "safeguarding" not in one]
    fronts = [one.front for one in scope(date(2027, 3, 1), pillars=(3,)).notes]
    assert fronts
    assert all("gsr:P3" in one.pillars and one.review_by >= date(2027, 3, 1) for one in fronts)
    assert not {one.id for one in fronts}.intersection((*CARE, "victim-identity-protection"))
    for text in ("c12", "12", "gsr:C12"):
        found = scope(capabilities=(text,))
        assert [one.id for one in (*found.tops, *found.named)] == ["gsr:P3", "gsr:C12"]
    assert "icse-database" in [one.front.id for one in scope(topic="ICSE").notes[:2]]
    # A topic is not emptied by its pillar, and brings in nothing that does not speak of it.
    found = scope(pillars=(5,), audience="industry", topic="detection and reporting by platforms")
    ids = [one.front.id for one in found.notes]
    assert ("detecting-new-material" in ids[:2], "words-in-treaties" in ids) == (True, False)
    found = scope(pillars=(6,), topic="hash matching and garden furniture")
    assert "hash-matching" in [one.front.id for one in found.notes]
    assert ["all pillars" in one for one in found.missing] == [True, False]
    found = scope(topic="parents and their phones", audience="teachers")
    assert (found.notes[0].front.id, found.missing) == ("parental-controls", ())
    found = scope(topic="live streaming payments", audience="teachers")
    assert found.notes[0].front.id == "live-streamed-abuse-and-payments"
    assert "written for others" in found.missing[0]
    assert "comes closest" in scope(topic="first aid", audience="teachers").missing[0]
    with pytest.raises(SessionError, match="climate change"):
        scope(topic="climate change")


def test_what_is_asked_and_judged_was_taught(whole, near):
    for topic in ("victim identification", "transparency reports", "hash matching"):
        building = Building(SessionRequest(topic=topic, minutes=120), whole, TODAY, near)
        taught = {one.citations[0].source_id for one in building.choose().messages}
        wanted = building.situations.asked | building.situations.judged
        best = {one.front.id for one in building.scope.notes[2:]}
        assert {f"note:{name}" for name in wanted & best} <= taught


def plan(**changes):
    return json.dumps({"request": {"pillars": [3]}, "edits": [], **changes})


UP = {"do": "up", "item": "quiz-1"}
HOSTILE = (
    *({"request": {"pillars": one}} for one in ("x", [3] * 100)),
    *({"request": one} for one in ({"capabilities": ["x" * 1000]}, {"seed": 10**30})),
    {"request": {"topic": "x" * (session_edit.LONGEST_TOPIC + 1)}},
    *({"edits": [UP | odd]} for odd in ({"do": "eval"}, {"item": "x" * 100}, {"more": 1})),
    {"edits": [UP] * (session_edit.MOST_EDITS + 1)},
    {"edits": [UP | {"text": "x" * (session_edit.LONGEST_WORDS + 1)}]},
    {"more": 1},
)


NO_PLANS = ("", "null", "{", "\ud800", "x" * (session_edit.LONGEST_PLAN + 1))


@pytest.mark.parametrize("text", [*NO_PLANS, *(plan(**one) for one in HOSTILE)])
def test_a_hostile_plan_is_refused_in_one_sentence(text):
    odd = read_plan(plan(request={"topic": " hash\n\u202ematching "}))
    assert odd.request.topic == "hash matching"
    with pytest.raises(SessionError) as refused:
        read_plan(text)
    assert str(refused.value).count(".") == 1
    assert len(str(refused.value)) < 120


@pytest.mark.parametrize(
    "parts", [PARTS, ("messages",), ("exercise",), ("discussion", "quiz"), ("messages", "quiz")]
)
def test_every_length_adds_up_without_gap_and_nobody_sits_longer_than_ninety_minutes(parts):
    for minutes in (29, 241):
        with pytest.raises(SessionError, match="30 to 240"):
            session_build.agenda_of(minutes, parts)
    for minutes in range(30, 241):
        lines = session_build.agenda_of(minutes, parts)
        assert [0, *(one.end for one in lines)] == [*(one.start for one in lines), minutes]
        assert sum(one.minutes for one in lines) == minutes
        assert all(0 < one.minutes <= session_build.PIECE for one in lines)
        breaks = [at for at, one in enumerate(lines) if one.block == "break"]
        assert (breaks == []) == (minutes <= session_build.STRETCH)
        assert all(lines[at].minutes == session_build.BREAK for at in breaks)
        ends = [0, *(lines[at].start for at in breaks), minutes]
        starts = [0, *(lines[at].end for at in breaks), minutes]
        sitting = zip(starts, ends[1:], strict=False)
        assert max(end - start for start, end in sitting) <= session_build.STRETCH
        assert (lines[0].block, lines[-1].block) == ("opening", "close")
        # What is not asked for takes no time.
        blocks = {one.block for one in lines} - {"opening", "care", "break", "close"}
        told = {"page", "guidance"} if "messages" in parts else set()
        assert blocks == told | {*parts} - {"messages", "objectives", "glossary"}
