from assistant.records import Answer
from evals.cases.case import Case
from evals.folder import AnswerRow
from evals.metrics.measures import is_loss, is_rate, values_of
from evals.metrics.score import score_case


def scored(case: Case, answer: Answer, framework):
    row = AnswerRow(id=case.id, answer=answer, seconds=0.25)
    return values_of(score_case(case, row, framework, framework.passage_by_id))


def test_verdicts_shares_and_facets_are_measures_and_texts_and_counts_are_none(
    make_case, make_answer, framework
):
    case = make_case("a", gold={"outcomes": ["gsr:P3-O4", "gsr:P3-O1"], "value": "5"})
    values = scored(case, make_answer("gsr:P3-O4", opening="There are five."), framework)
    assert values["right"] is False
    assert values["value"] is True
    assert values["recall outcomes"] == 0.5
    assert values["citations"] == 1.0
    assert values["seconds"] == 0.25
    assert not {"id", "question", "tags", "missed outcomes", "hit outcomes"} & set(values)


def test_a_list_of_two_texts_is_not_taken_for_what_should_be_and_what_is(
    make_case, make_answer, framework
):
    gold = {"outcomes": ["gsr:P3-O4", "gsr:P3-O1", "gsr:P3-O2"]}
    case = make_case("a", gold=gold, tags=("typo", "terse"))
    values = scored(case, make_answer("gsr:P3-O4"), framework)
    assert all("missed" not in name and name != "tags" for name in values)


def test_what_had_nothing_to_score_is_left_out(make_case, make_answer, framework):
    values = scored(make_case("a"), make_answer("gsr:P3-O4"), framework)
    assert "recall" not in values
    assert "value" not in values


def test_a_safeguarding_case_is_right_if_it_is_the_one_of_the_gold(
    make_case, make_answer, framework
):
    row = AnswerRow(id="a", answer=make_answer("gsr:C12"), seconds=0.1)
    plain = score_case(make_case("a"), row, framework, framework.passage_by_id)
    for given, right in (("A", True), ("J", False)):
        one = plain.model_copy(update={"safeguarding": ("A", given)})
        assert values_of(one)["safeguarding"] is right


def test_time_is_lost_when_it_grows():
    assert is_loss("seconds", 0.1, 0.2)
    assert not is_loss("recall", 0.1, 0.2)
    assert is_rate([True, None])
    assert not is_rate([1.0])
