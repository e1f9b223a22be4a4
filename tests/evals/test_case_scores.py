from assistant.records import Completeness, Scope
from evals.folder import AnswerRow
from evals.metrics import metrics
from evals.metrics.metrics import counts_right, fitting_of, is_resolved, tiers_apart
from evals.metrics.score import score_case
from evals.metrics.scores import FEW, headline, is_few, values_of


def test_what_fits_is_the_gold_what_is_allowed_and_what_they_stand_under(make_case, framework):
    gold = {"outcomes": ["gsr:P3-O4"], "allowed": ["gsr:C12"], "facts": ["note:barnahus#2"]}
    assert fitting_of(make_case("a", gold=gold), framework) == (
        {"gsr:P3-O4", "gsr:P3", "gsr:C12", "note:barnahus"},
        {"document", "framework", "guidance"},
    )
    assert not any(fitting_of(make_case("a", gold={"allowed": ["gsr:C12"]}), framework))


def test_guidance_is_judged_only_where_there_is_gold_in_it(make_case, make_answer, framework):
    first, second = make_answer("gsr:P3-O4", "gsr:P6-W1").statements
    second = second.model_copy(update={"kind": "guidance"})
    answer = make_answer(statements=(first, second))
    scores = []
    for facts in ((), ("note:barnahus#2",)):
        case = make_case("a", gold={"outcomes": ["gsr:P3-O4"], "facts": facts})
        row = AnswerRow(id="a", answer=answer, seconds=0.01)
        passages = framework.passage_by_id
        scores.append(score_case(case, row, framework, passages, judged=True))
    assert [one.gold_recall for one in scores] == [(1, 1), (1, 2)]
    assert [one.gold_precision for one in scores] == [(1, 1), (1, 2)]


def test_an_answer_is_resolved_by_words_of_the_gold_or_else_by_its_scope(
    make_case, make_answer, framework
):
    def resolved(answer, **gold):
        return is_resolved(answer, make_case("a", turns=("Before?",), gold=gold), framework)

    answer = make_answer(resolved_question="Which partners relate to Victim identity protection?")
    assert resolved(answer, resolved=("PARTNERS", "identity"))
    assert resolved(answer, partners=("gsr:P3-W1",), resolved=("outcomes",)) is False
    answer = make_answer(scope=Scope(subjects=("gsr:C12",), groups=("gsr:P3",)))
    assert resolved(answer, partners=("gsr:P3-W1",), capabilities=("gsr:C12",))
    assert resolved(answer, partners=("gsr:P3-W1", "gsr:P4-W1")) is False
    assert resolved(make_answer(scope=Scope(subjects=("gsr:P3-W1",))), pillars=("gsr:P3",))
    answer = make_answer(resolved_question="", scope=Scope(subjects=("gsr:C12",)))
    assert resolved(answer, capabilities=("gsr:C12",), resolved=("partners",)) is None
    assert resolved(make_answer(), facts=("note:barnahus#1",)) is None
    alone = make_case("a", gold={"capabilities": ["gsr:C12"]})
    assert is_resolved(make_answer(), alone, framework) is None


FIVE = [f"gsr:P3-O{at}" for at in range(1, 6)]


def count(listed=5, total=5, group="gsr:P3", facet="outcomes"):
    return (Completeness(facet=facet, group=group, listed=listed, total=total),)


def test_only_a_whole_facet_is_to_be_counted_and_each_count_true(make_case, make_answer, framework):
    part, whole = (make_case("a", gold={"outcomes": ids}) for ids in (FIVE[:2], FIVE))
    for told, right in (
        (count(), True),
        (count(41, 41, "gsr"), True),  # the whole page's, that group's among them
        ((), False),
        (count(4, 4), False),
        (count(group="gsr:P4"), False),
        (count(4, 4, facet="capabilities"), False),
    ):
        answer = make_answer(*FIVE, completeness=told)
        assert counts_right(whole, answer, framework) is right, told
    assert counts_right(part, make_answer(*FIVE, completeness=count()), framework)
    assert counts_right(part, make_answer(completeness=count(5, 6)), framework) is False
    assert counts_right(part, make_answer(*FIVE[:2]), framework) is None
    assert counts_right(whole, make_answer(status="not_covered"), framework) is None
    inverse = whole.model_copy(update={"type": "inverse"})
    assert counts_right(inverse, make_answer(*FIVE), framework) is None


def test_a_statement_quotes_its_own_tier_alone(make_answer):
    answer = make_answer("gsr:C12", note="gsr:C11")
    assert tiers_apart(answer)
    blended = answer.statements[0].model_copy(update={"kind": "guidance"})
    assert tiers_apart(make_answer(statements=(blended,))) is False
    assert tiers_apart(make_answer(opening="Nothing.")) is None


def scored(case, answer, framework):
    row = AnswerRow(id=case.id, answer=answer, seconds=0.25)
    return values_of(score_case(case, row, framework, framework.passage_by_id))


def test_verdicts_shares_and_facets_are_measures_texts_are_not(make_case, make_answer, framework):
    case = make_case("a", gold={"outcomes": ["gsr:P3-O4", "gsr:P3-O1"], "value": "5"})
    values = scored(case, make_answer("gsr:P3-O4", opening="There are five."), framework)
    held = {"right": False, "value": True, "recall outcomes": 0.5, "citations": 1.0}
    assert values.items() >= (held | {"seconds": 0.25}).items()
    assert not {"id", "question", "tags", "missed outcomes", "hit outcomes"} & set(values)
    assert not {"recall", "value"} & set(scored(make_case("a"), make_answer(*FIVE), framework))


def test_a_status_may_be_accepted_and_a_value_stands_alone_in_digits_or_words() -> None:
    right, has = metrics.is_status_right, metrics.has_value
    assert right("partial", "", answerable=True)
    assert not right("not_covered", "coverage_gap", answerable=True)
    assert right("partial", "false_premise", answerable=False)
    assert not right("partial", "below_threshold", answerable=False)
    assert not right("answered", "", answerable=False)
    assert not any(right("clarify", "ambiguous", answerable=one) for one in (True, False))
    assert right("clarify", "ambiguous", answerable=True, accepted=("clarify",))
    assert not right("answered", "", answerable=True, accepted=("partial",))
    for opening, value, held in (
        ("There are 26 capabilities.", "26", True),
        ("The Societal pillar has nine outcomes.", "9", True),
        ("There are 26 capabilities.", "6", False),
        ("See 3.9 or P1-9.", "9", False),
        ("Twenty-one entries", "20", False),
        ("anything", "", None),
        ("Yes. Interpol is a partner.", "yes", True),
        ("Nothing is said.", "no", False),
        ("The page says yes.", "yes", False),
    ):
        assert has([opening], value) is held, opening


def test_the_five_figures_count_what_they_say_and_few_cases_are_told(
    make_case, make_answer, framework
):
    def made(**fields):
        case = make_case("a", gold={"outcomes": ["gsr:P3-O4"]})
        row = AnswerRow(id="a", answer=make_answer("gsr:P3-O4"), seconds=0.1)
        plain = score_case(case, row, framework, framework.passage_by_id)
        return plain.model_copy(update={"safeguarding": None, **fields})

    unanswered = {"to_answer": False, "recall": None, "complete": None}
    found = headline(
        [
            made(),
            made(status="partial"),  # all of it, as what is closest
            made(recall=0.5, complete=False, citations=(1, 2)),
            made(status="not_covered", recall=0.0, complete=False, citations=None),
            made(**unanswered, abstained=False),
            made(**unanswered, abstained=True, status="not_covered", citations=None),
            made(to_answer=None, recall=None, complete=None, safeguarding=("A", "B")),
        ]
    )
    values = {name: (one.value, one.n) for name, one in found.items()}
    rates = {"complete": (0.25, 4), "shown": (0.5, 4), "false": (0.5, 2), "exact": (0.8, 5)}
    assert values == rates | {"safe": (0.0, 1)}
    assert is_few(headline([made()] * (FEW - 1))["complete"])
    assert not is_few(headline([made()] * FEW)["complete"])
    assert headline([])["safe"].value is None
