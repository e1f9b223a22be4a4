"""Faithfulness three ways, and citation recall and precision by the checker."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.records import Answer, Statement
from corpus.structure.graph import Framework
from evals.metrics.faithfulness import Faith, Judges, judges_on_development

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


def test_a_statement_without_citations_is_carried_by_nothing(quoting, judge) -> None:
    faith = judge(quoting("Victims have access to the support they require"))
    assert (faith.apart, faith.checker) == ((0, 1), (0, 1))
    assert faith.cited[0].relevant == ()


def test_signposts_own_sentences_are_left_out(make_answer, judge) -> None:
    faith = judge(make_answer(opening="There are five."), "gsr:P3-O4")
    assert (faith.cited, faith.gold, faith.apart, faith.checker) == ((), None, None, None)


def test_the_scorer_apart_is_right_of_most_labelled_claims_whichever_way() -> None:
    told = judges_on_development()
    assert (told["apart, carried"].value or 0) >= 0.75
    assert (told["apart, not carried"].value or 0) >= 0.75
    assert told["checker"].n == told["apart"].n > 100
