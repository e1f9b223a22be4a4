import json
import tomllib
from datetime import date
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import SessionError
from assistant.records import Statement
from assistant.sessions import session_edit
from assistant.sessions.session import AUDIENCES, LEVELS, PARTS, SessionRequest
from assistant.sessions.session_build import (
    BREAK,
    PIECE,
    STRETCH,
    Building,
    agenda_of,
    build_session,
)
from assistant.sessions.session_edit import Do, Edit, author_of, edited_from, read_plan
from assistant.sessions.session_quiz import FILE, faults, truth
from assistant.sessions.session_scope import CARE, Quotes, points, scope_of
from corpus.passage import Record

TODAY = date(2026, 11, 25)

ROWS = tomllib.loads(FILE.read_text(encoding="utf-8"))["situation"]

REQUEST = SessionRequest(pillars=(3,), minutes=120, audience="police")


@pytest.fixture(scope="module")
def sessions(whole):
    """One for each pillar, with audiences, lengths and levels in turn, and three by other ways."""
    wanted = [
        {"pillars": (n,), "minutes": 40 * n - 10, "audience": AUDIENCES[n - 1]}
        | {"level": LEVELS[n % 2], "seed": n}
        for n in range(1, 7)
    ]
    wanted.append({"capabilities": ("C12",), "minutes": 75, "audience": "media"})
    wanted.append({"pillars": (2, 3), "minutes": 120, "audience": "police"})
    wanted.append({"topic": "hash matching", "minutes": 120, "audience": "industry"})
    return tuple(build_session(SessionRequest(**one), whole, TODAY) for one in wanted)


@pytest.fixture(scope="module")
def items(sessions, whole):
    """Every question that may stand in the quizzes of three sessions."""
    buildings = [Building(sessions[at].request, whole, TODAY) for at in (3, 7, 8)]
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
        assert all(one.citations for one in session.messages)
        # A quiz asks for judgement first, and its cases are of notes in use.
        asked = [one.relation for one in session.quiz]
        cases, others = session.quiz[: asked.count("fits")], session.quiz[asked.count("fits") :]
        assert {one.relation for one in cases} == {"fits"}
        assert 2 <= len(session.quiz) == len({one.stem.text for one in session.quiz})
        assert all(o.evidence.citations for item in session.quiz for o in item.options)
        assert all(o.text in o.evidence.text for item in others for o in item.options)
        taught = {cited.source_id for one in session.care for cited in one.citations}
        assert {"note:receiving-a-disclosure", "note:staff-wellbeing"} <= taught
        notes = Building(session.request, whole, TODAY).scope.notes
        used = {f"note:{one.front.id}" for one in notes} | taught
        assert {item.stem.citations[0].source_id for item in cases} <= used
        # Steps add up, and nothing is said twice.
        exercise = session.exercise
        work = sum(one.minutes for one in session.agenda if one.block == "exercise")
        assert sum(one.minutes for one in exercise.steps) == work
        advanced = session.request.level == "advanced"
        assert ("objection" in exercise.steps[-1].text) == advanced
        told = {one.text for one in session.messages}
        for talk in (*session.talks, *exercise.situations):
            assert told.isdisjoint(point.text for point in talk.points)
        judged = {one.question.text for one in exercise.situations}
        assert judged.isdisjoint(one.stem.text for one in session.quiz)
        assert {one.section for one in session.objectives} <= {o.block for o in session.agenda}


def test_keys_and_distractors_are_told_apart_by_what_the_page_and_the_glossary_print(items, whole):
    # Looked up here without the code that chose them.
    seen = set()
    for item in items:
        for option in item.options:
            if item.relation == "fits":
                (row,) = (one for one in ROWS if one["id"] == item.subject)
                (reply,) = (one for one in row["replies"] if one["text"] == option.text)
                assert reply["rests_on"].partition(": ")[2] in option.evidence.text
                told = reply["fits"]
            elif item.relation == "expands":
                told = whole.glossary.by_id[item.subject].expansion == option.text
            else:
                continue
            seen.add((item.relation, option.right))
            assert told is option.right, (item.stem.text, option.text)
    assert len(seen) == 4


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


def test_nobody_is_told_what_another_audience_does(whole):
    for audience in AUDIENCES:
        building = Building(SessionRequest(pillars=(2,), audience=audience), whole, TODAY)
        assert len(building.situations.exercise) >= 6
        told = " ".join(one.text for one in building.quotes.care(audience))
        assert ("call the police" in told, "secrecy" in told) == (audience != "police", True)
        for one in building.scope.notes:
            assert audience in points().note[one.front.id].audiences


def test_a_topic_gives_its_name_as_title_unless_it_is_a_wording_to_avoid(whole):
    for topic, title in (
        ("detection and transparency", "Detection and transparency"),
        ("sextortion", "Sexual extortion of children"),
    ):
        session = build_session(SessionRequest(topic=topic), whole, TODAY)
        assert (session.title, session.columns) == (title, ())
    assert "note:image-blackmail" in [one.id for one in session.sources]


def test_the_same_seed_gives_the_same_session_with_the_parts_asked_for_alone(whole):
    wanted = [SessionRequest(pillars=(4,), seed=seed) for seed in (7, 7, 8)]
    first, again, other = (build_session(one, whole, TODAY) for one in wanted)
    assert first == again
    assert first.quiz != other.quiz
    session = build_session(SessionRequest(pillars=(1,), parts=("quiz", "messages")), whole, TODAY)
    assert all((session.care, session.quiz, session.messages))
    assert not any((session.talks, session.exercise, session.objectives, session.glossary))


def test_nothing_past_its_review_enters_and_without_the_notes_on_care_there_is_none(whole):
    today, request = date(2027, 12, 1), SessionRequest(pillars=(3,))
    for said in statements_of(build_session(request, whole, today)):
        for one in said.citations:
            review = whole.corpus.source_by_id[one.source_id].review_by
            assert not review or date.fromisoformat(review) >= today
    with pytest.raises(SessionError, match="past its review"):
        build_session(request, whole, date(2029, 1, 1))


def test_what_is_false_or_forged_in_a_question_is_a_fault(items, whole):
    def told(**changed):
        option = item.options[0].model_copy(update=changed)
        options = (option, *item.options[1:])
        return " ".join(faults(item.model_copy(update={"options": options}), whole))

    item = next(one for one in items if one.relation == "expands")
    swapped = tuple(one.model_copy(update={"right": not one.right}) for one in item.options)
    assert faults(item.model_copy(update={"options": swapped}), whole)
    assert "does not say" in told(text="Something else")
    evidence = item.options[0].evidence
    cited = evidence.citations[0].model_copy(update={"start": 0, "end": 3})
    assert "do not stand" in told(evidence=evidence.model_copy(update={"citations": (cited,)}))
    # Expansions that may mean the same are no distractors.
    for about, text, true in (
        ("csae", "child sexual abuse and exploitation", None),
        ("ntd", "notice and takedown", False),
    ):
        option = item.options[0].model_copy(update={"about": f"glossary:{about}", "text": text})
        assert truth("expands", "glossary:csea", option, whole) is true
    # A reply that another sentence decides.
    item = next(one for one in items if one.relation == "fits")
    assert "does not say" in told(evidence=item.options[1].evidence)


SAID = (
    "Lanzarote's Article 30(5), within national principles, requires that investigators can"
    " identify victims of Article 20 offences."
)


@pytest.fixture
def change(whole):
    def changed(*edits, request=REQUEST):
        made = [Edit(do=do, item=item, text="".join(text)) for do, item, *text in edits]
        return edited_from(request, made, whole, TODAY)

    return changed


def texts(session):
    return [one.text for one in session.messages]


def test_without_edits_or_with_the_same_ones_the_session_is_the_same(change, whole):
    old = change().session
    assert old == build_session(REQUEST, whole, TODAY)
    edits = (("another", "messages-5"), ("down", "quiz-1"), ("remove", "discussion-2"))
    assert change(*edits) == change(*edits)
    again = ("reword", "messages-5", f"  {old.messages[4].text} ")
    assert change(("reword", "messages-5", "Mine."), again).session == old


def test_words_that_the_source_carries_keep_its_citations_and_others_are_own(change):
    said = change().session.messages[4]
    words = said.text.replace(".", "")
    got = change(("reword", "messages-5", words)).session.messages[4]
    assert (got.text, got.citations) == (words, said.citations)
    assert (got.verdict, author_of(got)) == ("supported", "reworded")
    words = "Our unit meets every second Tuesday."
    *others, own = change(("reword", "messages-5", words)).session.messages
    assert (own.text, own.kind, own.citations, author_of(own)) == (words, "note", (), "own")
    assert words not in {one.text for one in others}
    assert said.citations not in [one.citations for one in others]
    for item in ("objectives-1", "discussion-1", "exercise-1", "care-2"):
        made = change(("reword", item, "Words of my own."))
        (own,) = (one for one in statements_of(made.session) if author_of(one) == "own")
        assert (own.text, own.citations) == ("Words of my own.", ())


def test_what_says_little_or_says_otherwise_is_the_trainers_own(change):
    at = texts(change().session).index(SAID)
    # Words so few or so empty that the checker finds nothing wrong in them, and words of the source
    # with another meaning.
    otherwise = (SAID.replace("requires", "never requires"), SAID.replace("30(5)", "31(1)"))
    for words in ("Mine.", "Our own rule.", "It is so.", *otherwise):
        said = change(("reword", f"messages-{at + 1}", words)).session.messages[-1]
        assert (author_of(said), said.text) == ("own", words)


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


def test_a_moved_item_or_part_changes_places_and_tiers_and_minutes_stay(change):
    before, after = texts(change().session), texts(change(("up", "messages-6")).session)
    assert after == [*before[:4], before[5], before[4], *before[6:]]
    made = change(("up", "part-quiz"), ("up", "part-quiz"))
    blocks = [one.block for one in made.session.agenda if one.block != "break"]
    assert blocks.index("quiz") < blocks.index("discussion") < blocks.index("exercise")
    assert made.session.agenda[-1].end == 120


def test_a_part_of_which_nothing_is_left_leaves_the_agenda_and_comes_back(change, whole):
    gone = [("remove", f"discussion-{at + 1}") for at in range(len(change().session.talks))]
    made = change(*gone).session
    assert "discussion" not in {one.block for one in made.agenda}
    assert made.agenda[-1].end == 120
    back = change(*gone, ("restore", "discussion-1"))
    assert "discussion" in {one.block for one in back.session.agenda}
    request = REQUEST.model_copy(update={"parts": ("exercise",)})
    with pytest.raises(SessionError, match="120"):
        change(("remove", "exercise-1"), request=request)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (("reword", "quiz-1", "Which?"), "keeps its words"),
        (("reword", "messages-1", " \u202e\u0007 "), "Write some words"),
        (("remove", "care-1"), "stays in every session"),
        (("up", "messages-99"), "no such item"),
        (("up", "part-song"), "no such part"),
        (("remove", "part-quiz"), "no session of this page"),
        (("remove", "messages-1"), "not there any more"),
        (("up", "messages-5"), "at the end"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(change, edit, words):
    done = [edit] if edit == ("remove", "messages-1") else []
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
def test_whatever_is_done_the_agenda_adds_up_and_all_that_is_shown_stands(whole, edits, minutes):
    request = REQUEST.model_copy(update={"minutes": minutes})
    done = []
    made = edited_from(request, done, whole, TODAY)
    for edit in edits:
        try:
            made = edited_from(request, [*done, edit], whole, TODAY)
        except SessionError:
            continue
        done.append(edit)
    see_that_it_stands(made.session, whole)
    for said in statements_of(made.session):
        assert said.verdict in ("supported", "structural") or not said.citations


# What it is about, its time, and what a browser sends.


@pytest.fixture
def scope(whole):
    return lambda today=TODAY, **asked: scope_of(SessionRequest(**asked), whole, today)


def test_a_pillar_brings_its_capabilities_by_several_names_and_the_notes_for_its_audience(scope):
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
    for text in ("c12", "12", "gsr:C12"):
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
    odd = SessionRequest(topic="  hash\n\u202ematching\x00 ")
    assert session_edit.checked(odd).topic == "hash matching"


UP = {"do": "up", "item": "quiz-1"}
HOSTILE = (
    *({"request": {"pillars": one}} for one in ("x", [3] * 100)),
    {"request": {"capabilities": ["x" * 1000]}},
    {"request": {"minutes": {"$gt": 1}}},
    {"request": {"seed": 10**30}},
    {"request": {"topic": "x" * (session_edit.LONGEST_TOPIC + 1)}},
    *({"edits": [UP | odd]} for odd in ({"do": "eval"}, {"item": "x" * 100}, {"more": 1})),
    {"edits": [UP] * (session_edit.MOST_EDITS + 1)},
    {"edits": [UP | {"text": "x" * (session_edit.LONGEST_WORDS + 1)}]},
    {"more": 1},
)


@pytest.mark.parametrize(
    "text",
    [
        *("", "null", "{", "\ud800", "x" * (session_edit.LONGEST_PLAN + 1)),
        *(plan(**one) for one in HOSTILE),
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
