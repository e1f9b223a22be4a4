"""Faithfulness three ways, and citation recall and precision by the checker."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from assistant.records import Answer, Statement
from corpus.structure.graph import Framework
from evals.metrics.faithfulness import Faith, Judges, judges_on_development
from evals.metrics.overlap import is_carried, stands_in

Judge = Callable[..., Faith]


@pytest.fixture
def judge(framework: Framework) -> Judge:
    judges = Judges(framework.passage_by_id)

    def judged(answer: Answer, *fitting: str) -> Faith:
        return judges.judge(answer, frozenset(fitting))

    return judged


@pytest.fixture
def quoting(make_answer: Callable[..., Answer]) -> Callable[..., Answer]:
    """Make an answer of one statement with the quotes of some passages, and its own text."""

    def made(text: str, *cited: str) -> Answer:
        answer = make_answer(*cited)
        citations = tuple(one for said in answer.statements for one in said.citations)
        statement = Statement(text=text, kind="framework", citations=citations)
        return answer.model_copy(update={"statements": (statement,)})

    return made


def test_a_quote_is_faithful_in_every_way(quoting, judge, framework: Framework) -> None:
    text = framework.passage_by_id["gsr:P3-O4"].text
    faith = judge(quoting(text, "gsr:P3-O4"), "gsr:P3-O4")
    assert (faith.gold, faith.apart, faith.checker, faith.agree) == ((1, 1),) * 4
    assert faith.cited[0].relevant == (True,)


def test_a_negated_quote_is_faithful_in_none(quoting, judge) -> None:
    text = "No standardised practices to protect the identity of victims"
    faith = judge(quoting(text, "gsr:P3-O4"), "gsr:P3-O4")
    assert (faith.gold, faith.apart, faith.checker) == ((0, 1),) * 3
    assert not faith.cited[0].carried


def test_a_citation_that_adds_nothing_is_irrelevant(quoting, judge, framework: Framework) -> None:
    text = framework.passage_by_id["gsr:P3-O4"].text
    faith = judge(quoting(text, "gsr:P3-O4", "gsr:P6-W1"))
    assert faith.cited[0].carried
    assert faith.cited[0].relevant == (True, False)


def test_a_swapped_citation_is_seen_by_all_but_gold(quoting, judge, framework: Framework) -> None:
    text = framework.passage_by_id["gsr:P3-O4"].text
    faith = judge(quoting(text, "gsr:P6-W1"), "gsr:P3-O4")
    assert (faith.apart, faith.checker) == ((0, 1), (0, 1))
    assert faith.gold is None  # it cites nothing of the gold; citation precision by gold says so


def test_signposts_own_sentences_are_left_out(make_answer, judge) -> None:
    faith = judge(make_answer(opening="There are five."), "gsr:P3-O4")
    assert (faith.cited, faith.gold, faith.apart, faith.checker) == ((), None, None, None)


def test_the_scorer_apart_is_right_of_most_labelled_claims_whichever_way() -> None:
    told = judges_on_development()
    assert (told["apart, carried"].value or 0) >= 0.75
    assert (told["apart, not carried"].value or 0) >= 0.75
    assert told["checker"].n == told["apart"].n > 100


HELD = (
    "In May 2022, the Commission proposed a regulation. Hotlines in 25 countries may report "
    "material to the police. The study of 2021 counted 60 per cent of 42 services. "
    "The review did not measure how common abuse is."
)


@pytest.mark.parametrize(
    "claim",
    [
        "The Commission proposed a regulation in May 2022.",
        "Hotlines in twenty-five countries may report material to police.",
        "The review did not measure how common abuse is.",
        "Hotlines may report material: to the police",
    ],
)
def test_what_the_context_says_in_other_order_is_carried(claim: str) -> None:
    assert is_carried(HELD, claim.replace("twenty-five", "25"))


@pytest.mark.parametrize(
    "claim",
    [
        "In May 2023, the Commission proposed a regulation.",
        "In May 2022, the Parliament proposed a regulation.",
        "Hotlines in 25 countries must report material to the police.",
        "Hotlines in all 25 countries may report material to the police.",
        "The study of 2021 counted 42 per cent of 60 services.",
        "The review did measure how common abuse is.",
        "Schools teach safety online.",
        "",
    ],
)
def test_a_changed_day_name_duty_extent_number_or_negation_is_not(claim: str) -> None:
    assert not is_carried(HELD, claim)


def test_nothing_is_carried_by_nothing() -> None:
    assert not is_carried("", "The Commission proposed a regulation.")


def test_pieces_of_a_list_may_stand_apart() -> None:
    assert stands_in("Partners: hotlines; police", ["the police", "Partners and hotlines"])
    assert not stands_in("Partners: hotlines; schools", ["the police", "Partners and hotlines"])


def test_it_loads_nothing_of_the_assistant() -> None:
    code = "import sys, evals.metrics.overlap; print(*[m for m in sys.modules if 'assistant' in m])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []
