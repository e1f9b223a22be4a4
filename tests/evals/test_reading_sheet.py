from assistant.answer import Choice
from evals.folder import AnswerRow
from evals.reading_sheet import mark_of, sheet


def row(case_id, answer, error=""):
    return AnswerRow(id=case_id, answer=answer, error=error, seconds=0.1)


def test_a_sheet_shows_question_turns_answer_and_quotes(make_case, make_answer):
    case = make_case("a-1", "And its partners?", turns=["What is crisis response?"])
    told = sheet([(case, row("a-1", make_answer("gsr:C9", opening="An opening.")))])
    assert "Earlier: What is crisis response?" in told
    assert "**And its partners?**" in told
    assert "- (note) An opening." in told
    assert "*All*" in told
    assert "- (framework) About gsr:C9 [1]" in told
    assert "[1] gsr, lines 130-132: “Crisis response\nEffective and timely support”" in told


def test_a_sheet_tells_neither_gold_nor_id_nor_family(make_case, make_answer):
    case = make_case(
        "false-premise-7",
        family="false-premise",
        gold={"capabilities": ["gsr:C26"]},
        must_contain=["a string that is wanted"],
        note="A note on the gold.",
        tags=["besides"],
    )
    told = sheet([(case, row(case.id, make_answer("gsr:C9")))])
    hidden = ("false-premise", "C26", "a string that is wanted", "A note on the gold", "besides")
    assert not [one for one in hidden if one in told]
    assert mark_of(case.id) in told


def test_a_refusal_shows_what_is_closest_and_a_choice_its_readings(make_case, make_answer):
    near = make_answer("gsr:C12").statements[0].citations
    choice = Choice(label="Pillar 3", question="Who are the partners of pillar 3?")
    answer = make_answer(status="not_covered", reason="coverage_gap", nearest=near)
    told = sheet([(make_case("a"), row("a", answer.model_copy(update={"choices": (choice,)})))])
    assert "Status: not_covered coverage_gap" in told
    assert "Closest, but not an answer:\n\n- [1]" in told
    assert "Preserve the anonymity of victims" in told
    assert "Choice: Pillar 3: Who are the partners of pillar 3?" in told


def test_a_question_that_was_refused_shows_why(make_case):
    assert "Refused: It is empty." in sheet([(make_case("a"), row("a", None, "It is empty."))])
