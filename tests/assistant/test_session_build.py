import tomllib
from datetime import date
from random import Random

import pytest

from assistant.errors import SessionError
from assistant.sessions.session import AUDIENCES, LEVELS, SessionRequest
from assistant.sessions.session_build import Building, build_session, statements_of
from assistant.sessions.session_content import messages_of
from assistant.sessions.session_quotes import CARE, Point, Quotes, points
from assistant.sessions.session_truth import faults, truth
from assistant.sessions.situations import FILE

TODAY = date(2026, 11, 25)

ROWS = tomllib.loads(FILE.read_text(encoding="utf-8"))["situation"]


@pytest.fixture(scope="module")
def sessions(whole):
    """One for each pillar, with audiences, lengths and levels in turn, and two by other ways."""
    wanted = [
        SessionRequest(
            pillars=(number,),
            minutes=30 + 40 * (number - 1),
            audience=AUDIENCES[number - 1],
            level=LEVELS[number % 2],
            seed=number,
        )
        for number in range(1, 7)
    ]
    wanted.append(SessionRequest(capabilities=("C12",), minutes=75, audience="media"))
    wanted.append(SessionRequest(pillars=(2, 3), minutes=120, audience="police"))
    wanted.append(SessionRequest(topic="hash matching", minutes=120, audience="industry"))
    return tuple(build_session(one, whole, TODAY) for one in wanted)


@pytest.fixture(scope="module")
def items(whole):
    """Every question that may stand in the quizzes of three sessions."""
    wanted = (
        SessionRequest(pillars=(2, 3), audience="police"),
        SessionRequest(pillars=(4,), audience="teachers", level="advanced"),
        SessionRequest(topic="hash matching", minutes=120, audience="industry"),
    )
    found = []
    for request in wanted:
        building = Building(request, whole, TODAY)
        messages = messages_of(building.quotes, building.scope, 60)
        found += building.quizzing(Random(1)).standing(messages)[0]
    return tuple(found)


def test_every_citation_stands_at_its_span_and_every_statement_quotes_what_it_says(sessions, whole):
    said = [one for session in sessions for one in statements_of(session)]
    cited = [one for statement in said for one in statement.citations]
    assert len(cited) > 500
    for one in cited:
        assert whole.corpus.passage(one.passage_id).text[one.start : one.end] == one.quote
    for session in sessions:
        for said in statements_of(session):
            assert said.verdict == ("structural" if said.kind == "note" else "supported")
            assert not said.past_review
            # A sentence has the date of its own source.
            assert said.as_of in {"", *(w.date for one in said.citations for w in one.references)}
        assert all(one.citations for one in session.messages)


def test_every_key_is_true_and_every_distractor_false_by_the_structure(sessions, whole):
    for item in (one for session in sessions for one in session.quiz):
        assert faults(item, whole) == ()
        for option in item.options:
            assert item.relation == "fits" or option.text in option.evidence.text
            assert option.evidence.citations


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


def test_every_situation_rests_on_sentences_of_the_corpus(whole):
    request = SessionRequest(pillars=(1,))
    for audience in AUDIENCES:
        building = Building(request.model_copy(update={"audience": audience}), whole, TODAY)
        chosen = building.situations
        assert len(chosen.exercise) >= 6
    for one in ROWS:
        assert [reply["fits"] for reply in one["replies"]] == [True, False, False]
        assert all(building.quotes.sentence(reply["rests_on"]) for reply in one["replies"])


def test_every_point_and_line_of_care_is_a_sentence_of_its_note(whole):
    quotes = Quotes(whole, TODAY)
    named = points()
    assert {one.front.id for one in whole.notes} == {*named.note, *CARE[:2]}
    for note in whole.notes:
        said = [one.text for one in quotes.sentences(note)]
        for words in named.note.get(note.front.id, Point()).say:
            assert sum(words in one for one in said) == 1, (note.front.id, words)
    assert all(quotes.sentence(one.rests_on) for one in named.care if one.rests_on)


def test_nobody_is_told_what_another_audience_does(whole):
    for audience in AUDIENCES:
        building = Building(SessionRequest(pillars=(2,), audience=audience), whole, TODAY)
        told = " ".join(one.text for one in building.quotes.care(audience))
        assert ("call the police" in told, "secrecy" in told) == (audience != "police", True)
        for one in building.scope.notes:
            assert audience in points().note[one.front.id].audiences


def test_a_topic_gives_its_name_as_title_unless_it_is_a_wording_to_avoid(whole):
    request = SessionRequest(pillars=(4,), topic="detection and transparency", audience="industry")
    session = build_session(request, whole, TODAY)
    assert session.title == "Detection and transparency"
    assert not session.columns
    assert {"gsr:C13", "gsr:C16"} <= set(session.subjects)
    session = build_session(SessionRequest(topic="sextortion"), whole, TODAY)
    assert session.title == "Sexual extortion of children"
    assert "note:image-blackmail" in [one.id for one in session.sources]


def test_a_quiz_asks_for_judgement_first_and_its_cases_are_of_notes_in_use(sessions, whole):
    for session in sessions:
        assert len(session.quiz) >= 2
        asked = [one.relation for one in session.quiz]
        assert asked[: asked.count("fits")] == ["fits"] * asked.count("fits")
        assert len({one.stem.text for one in session.quiz}) == len(session.quiz)
        assert [one.id for one in session.quiz] == [f"Q{at + 1}" for at in range(len(asked))]
        scope = Building(session.request, whole, TODAY).scope
        used = {f"note:{one.front.id}" for one in scope.notes}
        used |= {cited.source_id for one in session.care for cited in one.citations}
        for item in session.quiz[: asked.count("fits")]:
            assert item.stem.citations[0].source_id in used


def test_the_agenda_and_the_steps_of_the_exercise_add_up(sessions):
    for session in sessions:
        assert sum(one.minutes for one in session.agenda) == session.request.minutes
        work = sum(one.minutes for one in session.agenda if one.block == "exercise")
        assert session.exercise
        assert sum(one.minutes for one in session.exercise.steps) == work
        assert len(session.exercise.situations) == max(1, min(3, work // 7))
        advanced = session.request.level == "advanced"
        assert ("objection" in session.exercise.steps[-1].text) == advanced
        assert all("good reply" in one.points[-1].text for one in session.exercise.situations)
        told = {one.text for one in session.messages}
        for talk in (*session.talks, *session.exercise.situations):
            assert told.isdisjoint(point.text for point in talk.points)
        judged = {one.question.text for one in session.exercise.situations}
        assert judged.isdisjoint(one.stem.text for one in session.quiz)


def test_objectives_care_and_sources_are_in_every_session(sessions):
    for session in sessions:
        blocks = [one.block for one in session.agenda]
        assert len(session.objectives) >= 4
        assert all(one.section in blocks for one in session.objectives)
    for session in sessions:
        sources = {one.source_id for said in session.care for one in said.citations}
        assert {"note:receiving-a-disclosure", "note:staff-wellbeing"} <= sources
    for session in sessions:
        cited = {one.source_id for said in statements_of(session) for one in said.citations}
        assert {one.id for one in session.sources} == cited


def test_the_same_seed_gives_the_same_session_with_the_parts_asked_for_alone(whole):
    made = [
        build_session(SessionRequest(pillars=(4,), seed=seed), whole, TODAY) for seed in (7, 7, 8)
    ]
    assert made[0] == made[1]
    assert made[0].quiz != made[2].quiz
    session = build_session(SessionRequest(pillars=(1,), parts=("quiz", "messages")), whole, TODAY)
    assert all((session.care, session.quiz, session.messages))
    assert not any((session.talks, session.exercise, session.objectives, session.glossary))


def test_nothing_past_its_review_enters_and_without_the_notes_on_care_there_is_none(whole):
    today = date(2027, 12, 1)
    session = build_session(SessionRequest(pillars=(3,)), whole, today)
    for said in statements_of(session):
        for one in said.citations:
            review = whole.corpus.source_by_id[one.source_id].review_by
            assert not review or date.fromisoformat(review) >= today
    with pytest.raises(SessionError, match="past its review"):
        build_session(SessionRequest(pillars=(3,)), whole, date(2029, 1, 1))


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
    # A reply that another sentence decides.
    item = next(one for one in items if one.relation == "fits")
    assert "does not say" in told(evidence=item.options[1].evidence)


def test_expansions_that_may_mean_the_same_are_no_distractors(whole):
    session = build_session(SessionRequest(topic="ICSE"), whole, TODAY)
    option = session.quiz[0].options[0]
    near = option.model_copy(
        update={"about": "glossary:csae", "text": "child sexual abuse and exploitation"}
    )
    far = option.model_copy(update={"about": "glossary:ntd", "text": "notice and takedown"})
    assert truth("expands", "glossary:csea", near, whole) is None
    assert truth("expands", "glossary:csea", far, whole) is False
