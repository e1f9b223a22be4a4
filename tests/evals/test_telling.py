import pytest

from assistant.records import Completeness
from evals.metrics.beside import counts_right, tiers_apart

FIVE = [f"gsr:P3-O{at}" for at in range(1, 6)]


def count(listed: int = 5, total: int = 5, group: str = "gsr:P3", facet: str = "outcomes"):
    return (Completeness(facet=facet, group=group, listed=listed, total=total),)


@pytest.mark.parametrize(
    ("told", "right"),
    [
        (count(), True),
        (count(41, 41, "gsr"), True),  # the whole page's, that group's among them
        ((), False),
        (count(4, 4), False),
        (count(group="gsr:P4"), False),
        (count(4, 4, facet="capabilities"), False),
    ],
)
def test_where_the_gold_is_a_whole_facet_its_count_is_to_be_there_and_true(
    make_case, make_answer, framework, told, right
):
    case = make_case("a", gold={"outcomes": FIVE})
    answer = make_answer(*FIVE, completeness=told)
    assert counts_right(case, answer, framework) is right


def test_a_count_that_nobody_asked_for_is_to_be_true_all_the_same(
    make_case, make_answer, framework
):
    case = make_case("a", gold={"outcomes": FIVE[:2]})
    assert counts_right(case, make_answer(*FIVE, completeness=count()), framework)
    assert counts_right(case, make_answer(completeness=count(5, 6)), framework) is False


def test_nothing_is_to_be_counted_without_a_whole_facet_or_without_an_answer(
    make_case, make_answer, framework
):
    part, whole = (make_case("a", gold={"outcomes": ids}) for ids in (FIVE[:2], FIVE))
    assert counts_right(part, make_answer(*FIVE[:2]), framework) is None
    assert counts_right(whole, make_answer(status="not_covered"), framework) is None
    inverse = whole.model_copy(update={"type": "inverse"})
    assert counts_right(inverse, make_answer(*FIVE), framework) is None


def test_a_statement_quotes_its_own_tier_alone(make_answer):
    answer = make_answer("gsr:C12", note="gsr:C11")
    assert tiers_apart(answer)
    blended = answer.statements[0].model_copy(update={"kind": "guidance"})
    assert tiers_apart(answer.model_copy(update={"statements": (blended,)})) is False
    assert tiers_apart(make_answer(opening="Nothing.")) is None
