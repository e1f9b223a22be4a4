import pytest

from assistant.answering.extractive import COMPOSER, NEAREST, Extractive
from assistant.records import Hit, Question, Scope
from assistant.understanding.query import Query
from corpus.whole import Whole
from tests.assistant.conftest import noted, quoted

HITS = tuple(
    Hit(passage_id=f"gsr:P6-W{rank}", rank=rank, score=1 / rank, ranks={"dense": rank})
    for rank in range(1, 6)
)


@pytest.fixture
def compose(framework):
    extractive = Extractive(framework, Whole.read().corpus)

    def make(text="?", **fields):
        query = Query.model_validate({"text": text, "operation": "explain"} | fields)
        return extractive.compose(query, Scope(), HITS)

    return make


def test_what_speaks_of_the_topic_is_quoted_whole_and_among_the_hits(compose, framework):
    draft = compose(matches=("gsr:P4-O7", "gsr:P1-O6"))
    assert (draft.status, draft.reason, draft.composer) == ("answered", "", COMPOSER)
    assert set(quoted(draft.statements)) == {"P1-O6", "P4-O7"}
    texts = {one.text for one in draft.statements if one.kind != "note"}
    assert texts == {framework.item(one).description for one in ("gsr:P1-O6", "gsr:P4-O7")}
    draft = compose(matches=("gsr:P4-O7", "gsr:P6-W2"))
    ids = [hit.passage_id for hit in draft.hits]
    assert {"gsr:P4-O7", "gsr:P6-W2"} <= set(ids)
    assert len(ids) == len(set(ids)) == 6
    assert [hit.rank for hit in draft.hits] == [1, 2, 3, 4, 5, 6]
    assert compose(matches=("gsr:P4-O7",)).nearest == ()


def test_a_strong_link_brings_in_what_goes_with_it_and_a_weak_one_does_not(compose):
    draft = compose(matches=("gsr:C21",))
    assert quoted(draft.statements)[0] == "C21"
    assert {"P5-O8", "P5-O5"} <= set(quoted(draft.statements))
    assert "reading" in noted(draft.statements)
    draft = compose(matches=("gsr:C24",))
    assert quoted(draft.statements) == ["C24"]
    assert "reading" not in noted(draft.statements)


def test_without_a_match_the_nearest_are_shown_and_a_false_premise_is_told(compose):
    draft = compose()
    assert (draft.status, draft.reason) == ("not_covered", "coverage_gap")
    assert [one.passage_id for one in draft.nearest] == [hit.passage_id for hit in HITS[:NEAREST]]
    assert draft.hits == HITS
    premise = "There is no ninth harbour."
    draft = compose(premise=premise)
    assert (draft.status, draft.reason) == ("not_covered", "false_premise")
    assert [one.text for one in draft.statements] == [premise]


# Whole questions.


@pytest.mark.parametrize(("text", "item"), [("What does C16 ask for?", "C16"), ("Why C4?", "C4")])
def test_what_is_named_by_its_number_is_shown_whatever_is_asked_of_it(assistant, text, item):
    said = assistant.ask(Question(text=text)).statements
    assert f"gsr:{item}" in {one.passage_id for told in said for one in told.citations}


@pytest.mark.parametrize(
    "text",
    [
        "What is the budget of the technology pillar?",
        "By what date must pillar 2 be finished?",
        "What percentage of victims get support?",
        "How much does crisis response cost?",
        "How many prosecutors are needed?",
        "Which vendor built the image repository?",
    ],
)
def test_a_value_that_the_page_does_not_give_is_not_answered(assistant, text):
    answer = assistant.ask(Question(text=text))
    assert answer.status == "not_covered" or answer.is_closest
    assert answer.reason == "coverage_gap"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("anything about Arachnid", "P4-O7"),
        ("livestreaming", "C13"),
        ("What about child advocacy centers?", "P3-O3"),
        ("an image database for identifying victims", "P2-O5"),
        ("training for policy makers", "X-2"),
    ],
)
def test_a_topic_finds_its_passage(ask, text, wanted):
    answer = ask(text)
    assert answer.status == "answered"
    assert wanted in quoted(answer.statements)
