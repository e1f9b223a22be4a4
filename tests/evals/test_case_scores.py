from assistant.records import Completeness, Scope, Statement
from evals.metrics import metrics
from evals.metrics.metrics import counts_right, fitting_of, is_resolved, tiers_apart
from evals.metrics.overlap import stands_in
from evals.metrics.scores import FEW, headline, is_few
from tests.evaluated import GOLD, made_case


def test_what_fits_is_the_gold_what_is_allowed_and_what_they_stand_under(framework):
    gold = {"outcomes": ["gsr:P3-O4"], "allowed": ["gsr:C12"], "facts": ["note:barnahus#2"]}
    assert fitting_of(made_case("a", gold=gold), framework) == (
        {"gsr:P3-O4", "gsr:P3", "gsr:C12", "note:barnahus"},
        {"document", "framework", "guidance"},
    )


def test_guidance_is_judged_only_where_there_is_gold_in_it(score, make_answer):
    first, second = make_answer("gsr:P3-O4", "gsr:P6-W1").statements
    second = second.model_copy(update={"kind": "guidance"})
    answer = make_answer(statements=(first, second))
    assert tiers_apart(make_answer("gsr:C12", note="gsr:C11"))
    assert tiers_apart(answer) is False  # the framework's words are passed off as a note's
    for facts, share in ((), (1, 1)), (("note:barnahus#2",), (1, 2)):
        scores = score(GOLD | {"facts": facts}, answer)
        assert (scores.gold_recall, scores.gold_precision) == (share, share)


def test_an_answer_is_resolved_by_words_of_the_gold_or_else_by_its_scope(make_answer, framework):
    def resolved(answer, **gold):
        return is_resolved(answer, made_case("a", turns=("Before?",), gold=gold), framework)

    answer = make_answer(resolved_question="Which partners relate to Victim identity protection?")
    assert resolved(answer, resolved=("PARTNERS", "identity"))
    assert resolved(answer, partners=("gsr:P3-W1",), resolved=("outcomes",)) is False
    answer = make_answer(scope=Scope(subjects=("gsr:C12",), groups=("gsr:P3",)))
    assert resolved(answer, partners=("gsr:P3-W1",), capabilities=("gsr:C12",))
    assert resolved(answer, partners=("gsr:P3-W1", "gsr:P4-W1")) is False
    assert resolved(make_answer(scope=Scope(subjects=("gsr:P3-W1",))), pillars=("gsr:P3",))
    assert resolved(make_answer(), facts=("note:barnahus#1",)) is None


FIVE = [f"gsr:P3-O{at}" for at in range(1, 6)]


def count(listed=5, total=5, group="gsr:P3"):
    return (Completeness(facet="outcomes", group=group, listed=listed, total=total),)


def test_only_a_whole_facet_is_to_be_counted_and_each_count_true(make_answer, framework):
    part, whole = (made_case("a", gold={"outcomes": ids}) for ids in (FIVE[:2], FIVE))
    for told, right in (
        (count(), True),
        (count(41, 41, "gsr"), True),  # the whole page's, that group's among them
        ((), False),
        (count(4, 4), False),
    ):
        answer = make_answer(*FIVE, completeness=told)
        assert counts_right(whole, answer, framework) is right, told
    assert counts_right(part, make_answer(completeness=count(5, 6)), framework) is False
    for case, answer in (
        (part, make_answer(*FIVE[:2])),
        (whole, make_answer(status="not_covered")),
        (whole.model_copy(update={"type": "inverse"}), make_answer(*FIVE)),
    ):
        assert counts_right(case, answer, framework) is None


def test_a_status_may_be_accepted_and_a_value_stands_alone_in_digits_or_words() -> None:
    right, has = metrics.is_status_right, metrics.has_value
    assert not right("not_covered", "coverage_gap", answerable=True)
    assert right("partial", "false_premise", answerable=False)
    assert not right("partial", "below_threshold", answerable=False)
    assert not right("answered", "", answerable=False)
    assert not any(right("clarify", "ambiguous", answerable=one) for one in (True, False))
    assert right("clarify", "ambiguous", answerable=True, accepted=("clarify",))
    for opening, value, held in (
        ("There are 26 capabilities.", "26", True),
        ("The Societal pillar has nine outcomes.", "9", True),
        ("There are 26 capabilities.", "6", False),
        ("See 3.9 or P1-9.", "9", False),
        ("Twenty-one entries", "20", False),
        ("Yes. Interpol is a partner.", "yes", True),
        ("The page says yes.", "yes", False),
    ):
        assert has([opening], value) is held, opening


def test_the_five_figures_count_what_they_say_and_few_cases_are_told(score, make_answer):
    def made(**fields):
        plain = score(GOLD, make_answer("gsr:P3-O4"))
        return plain.model_copy(update={"safeguarding": None, **fields})

    unanswered = {"to_answer": False, "recall": None, "complete": None}
    scores = [
        made(),
        made(status="partial"),  # all of it, as what is closest
        made(recall=0.5, complete=False, citations=(1, 2)),
        made(status="not_covered", recall=0.0, complete=False, citations=None),
        made(**unanswered, abstained=False),
        made(**unanswered, abstained=True, status="not_covered", citations=None),
        made(to_answer=None, recall=None, complete=None, safeguarding=("A", "B")),
    ]
    values = {name: (one.value, one.n) for name, one in headline(scores).items()}
    rates = {"complete": (0.25, 4), "shown": (0.5, 4), "false": (0.5, 2), "exact": (0.8, 5)}
    assert values == rates | {"safe": (0.0, 1)}
    few = [is_few(headline([made()] * n)["complete"]) for n in (FEW - 1, FEW)]
    assert (few, headline([])["safe"].value) == ([True, False], None)


EVERY_WAY = ("faithful_gold", "faithful_apart", "faithful_checker")


def test_a_negated_quote_and_a_citation_that_adds_nothing_or_is_swapped_are_seen(
    framework, make_answer
):
    def judge(answer):
        fits = frozenset({"gsr:P3-O4"}), frozenset({"framework"})
        return metrics.judge(answer, fits, framework.passage_by_id)

    def quoting(text, *cited):
        citations = tuple(one.citations[0] for one in make_answer(*cited).statements)
        said = Statement(text=text, kind="framework", citations=citations)
        return judge(make_answer(statements=(said,)))

    text = framework.passage_by_id["gsr:P3-O4"].text
    assert set(quoting(text, "gsr:P3-O4").values()) == {(1, 1)}
    negated = "No standardised practices to protect the identity of victims"
    found = quoting(negated, "gsr:P3-O4")
    assert [found[name] for name in (*EVERY_WAY, "cited_recall")] == [(0, 1)] * 4
    found = quoting(text, "gsr:P3-O4", "gsr:P6-W1")
    assert (found["cited_recall"], found["cited_precision"]) == ((1, 1), (1, 2))
    found = quoting(text, "gsr:P6-W1")
    # It cites nothing of the gold; citation precision by gold says so.
    assert [found.get(name) for name in EVERY_WAY] == [None, (0, 1), (0, 1)]
    assert found["gold_precision"] == (0, 1)
    assert judge(make_answer(opening="There are five.")) == {}


def test_the_scorer_apart_is_right_of_most_claims_and_of_pieces_of_a_list() -> None:
    told = metrics.judges_on_development()
    assert min(told[f"apart, {one}"].value for one in ("carried", "not carried")) >= 0.75
    assert stands_in("Partners: hotlines; a police", ["A  Police unit", "Partners and hotlines"])
    assert not stands_in("Partners: hotlines; schools", ["the police", "Partners and hotlines"])
