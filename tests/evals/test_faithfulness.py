import subprocess
import sys

import pytest

from assistant.records import Statement
from evals.metrics import metrics
from evals.metrics.metrics import judges_on_development
from evals.metrics.overlap import is_carried, stands_in


@pytest.fixture
def judge(framework):
    def judged(answer, *fitting):
        fits = frozenset(fitting), frozenset({"framework"})
        return metrics.judge(answer, fits, framework.passage_by_id)

    return judged


@pytest.fixture
def quoting(make_answer):
    """Make an answer of one statement with the quotes of some passages, and its own text."""

    def made(text, *cited):
        citations = tuple(one.citations[0] for one in make_answer(*cited).statements)
        statement = Statement(text=text, kind="framework", citations=citations)
        return make_answer(statements=(statement,))

    return made


EVERY_WAY = ("faithful_gold", "faithful_apart", "faithful_checker")


def test_a_quote_is_faithful_in_every_way_and_a_negated_one_in_none(quoting, judge, framework):
    text = framework.passage_by_id["gsr:P3-O4"].text
    found = judge(quoting(text, "gsr:P3-O4"), "gsr:P3-O4")
    assert set(found.values()) == {(1, 1)}
    text = "No standardised practices to protect the identity of victims"
    found = judge(quoting(text, "gsr:P3-O4"), "gsr:P3-O4")
    assert [found[name] for name in (*EVERY_WAY, "cited_recall")] == [(0, 1)] * 4


def test_a_citation_that_adds_nothing_or_is_swapped_is_seen(quoting, judge, framework, make_answer):
    text = framework.passage_by_id["gsr:P3-O4"].text
    found = judge(quoting(text, "gsr:P3-O4", "gsr:P6-W1"))
    assert (found["cited_recall"], found["cited_precision"]) == ((1, 1), (1, 2))
    found = judge(quoting(text, "gsr:P6-W1"), "gsr:P3-O4")
    # It cites nothing of the gold; citation precision by gold says so.
    assert [found.get(name) for name in EVERY_WAY] == [None, (0, 1), (0, 1)]
    assert found["gold_precision"] == (0, 1)
    assert judge(make_answer(opening="There are five."), "gsr:P3-O4") == {}


def test_the_scorer_apart_is_right_of_most_claims_and_of_pieces_of_a_list() -> None:
    told = judges_on_development()
    assert (told["apart, carried"].value or 0) >= 0.75
    assert (told["apart, not carried"].value or 0) >= 0.75
    assert told["checker"].n == told["apart"].n > 100
    assert stands_in("Partners: hotlines; a police", ["A  Police unit", "Partners and hotlines"])
    assert not stands_in("Partners: hotlines; schools", ["the police", "Partners and hotlines"])


HELD = (
    "In May 2022, the Commission proposed a regulation. Hotlines in 25 countries may report "
    "material to the police. The study of 2021 counted 60 per cent of 42 services. "
    "The review did not measure how common abuse is."
)

CARRIED = (
    "The Commission proposed a regulation in May 2022.",
    "Hotlines in 25 countries may report material to police.",
    "The review did not measure how common abuse is.",
    "Hotlines may report material: to the police",
)
NOT_CARRIED = (
    "In May 2023, the Commission proposed a regulation.",
    "In May 2022, the Parliament proposed a regulation.",
    "Hotlines in 25 countries must report material to the police.",
    "Hotlines in all 25 countries may report material to the police.",
    "The study of 2021 counted 42 per cent of 60 services.",
    "The review did measure how common abuse is.",
    "Schools teach safety online.",
    "",
)


def test_a_claim_is_carried_in_other_order_but_not_with_other_words():
    assert [one for one in CARRIED if not is_carried(HELD, one)] == []
    assert [one for one in NOT_CARRIED if is_carried(HELD, one)] == []
    assert not any(is_carried("", one) for one in (*CARRIED, *NOT_CARRIED))


def test_it_loads_nothing_of_the_assistant():
    code = "import sys, evals.metrics.overlap; print(*[m for m in sys.modules if 'assistant' in m])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []
