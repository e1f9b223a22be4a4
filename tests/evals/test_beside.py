"""What fits a question by its gold, and which statements that judges."""

from __future__ import annotations

from evals.folder import AnswerRow
from evals.metrics.beside import fitting_of, with_judges
from evals.metrics.faithfulness import Judges
from evals.metrics.score import score_case


def test_gold_allowed_and_what_they_stand_under_fit(make_case, framework) -> None:
    gold = {"outcomes": ["gsr:P3-O4"], "allowed": ["gsr:C12"], "facts": ["note:barnahus#2"]}
    fitting = fitting_of(make_case("a", gold=gold), framework)
    assert fitting.ids == {"gsr:P3-O4", "gsr:P3", "gsr:C12", "note:barnahus"}
    assert fitting.kinds == {"document", "framework", "guidance"}


def test_without_gold_nothing_is_judged(make_case, framework) -> None:
    assert fitting_of(make_case("a", gold={"allowed": ["gsr:C12"]}), framework).ids == frozenset()


def test_guidance_beside_an_answer_is_judged_only_where_there_is_gold_in_it(
    make_case, make_answer, framework
) -> None:
    answer = make_answer("gsr:P3-O4", "gsr:P6-W1")
    first, second = answer.statements
    answer = answer.model_copy(
        update={"statements": (first, second.model_copy(update={"kind": "guidance"}))}
    )
    judges = Judges(framework.passage_by_id)
    scores = []
    for facts in ((), ("note:barnahus#2",)):
        case = make_case("a", gold={"outcomes": ["gsr:P3-O4"], "facts": facts})
        row = AnswerRow(id="a", answer=answer, seconds=0.01)
        score = score_case(case, row, framework, framework.passage_by_id)
        fitting = fitting_of(case, framework)
        scores.append(with_judges(score, answer, judges.judge(answer, fitting.ids), fitting))
    assert [one.gold_recall for one in scores] == [(1, 1), (1, 2)]
    assert [one.gold_precision for one in scores] == [(1, 1), (1, 2)]
