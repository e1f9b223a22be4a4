import pytest

from assistant.errors import FeedbackError
from assistant.records import Filters, Question
from assistant.remarks import Heard, Remarks
from assistant.safety.journal import Tally
from assistant.safety.personal import kept
from assistant.settings import Settings

EXAMPLE = "What outcomes and partners relate to victim identity protection?"
DISCLOSURE = "My uncle hurts me at night and I am scared. Please help me."


@pytest.fixture
def home(tmp_path):
    return Settings(home=tmp_path)


@pytest.fixture
def remarks(home, assistant):
    return Remarks(home, assistant.corpus, assistant.hear)


@pytest.fixture(scope="module")
def answer(assistant):
    return assistant.ask(Question(text=EXAMPLE))


def test_a_verdict_is_kept_with_the_question_and_ids_and_personal_data_masked(
    remarks, assistant, answer
):
    assert remarks.take(answer, "incomplete", "One  is\nmissing.\u200b", "ada") is None
    (said,) = remarks.log.newest()
    assert (said.verdict, said.comment, said.question) == ("incomplete", "One is missing.", EXAMPLE)
    assert {"gsr:C12", "gsr:P3-O4", "gsr:P3-W1"} <= set(said.passages)
    assert said.corpus == answer.provenance.corpus
    assert "Preserve the anonymity" not in said.model_dump_json()
    text = "My name is Anna Miller, anna@example.org. Who are the partners of pillar 3?"
    asked = assistant.ask(Question(text=text))
    for one in (asked, kept(asked, assistant.corpus)):
        assert remarks.take(one, "helpful", "Call Anna Miller on +44 20 7946 0000.", "ada") is None
    for said in remarks.log.newest()[:2]:
        text = said.model_dump_json()
        assert not [word for word in ("Anna", "Miller", "anna@", "7946") if word in text]
        assert "[name]" in said.comment


def test_answers_under_filters_and_refusals_can_be_spoken_of_and_reviewed_replies_not(
    remarks, assistant
):
    only = Filters(pillars=("gsr:P2",))
    for text, filters in ((EXAMPLE, only), ("Who is president of France?", Filters())):
        given = assistant.ask(Question(text=text, filters=filters))
        assert remarks.take(given, "incomplete", "", "ada") is None
    assert [one.status for one in remarks.log.newest()] == ["not_covered", "not_covered"]
    assert remarks.log.newest()[1].filters == only
    with pytest.raises(FeedbackError, match="Nothing is kept"):
        remarks.take(assistant.ask(Question(text=DISCLOSURE)), "helpful", "", "ada")


def test_a_disclosure_is_answered_and_nothing_is_kept(remarks, assistant, answer):
    def counted():
        return sum(sum(day.values()) for day in Tally(assistant.settings.home).read().values())

    before = counted()
    # Even where the answer beside it is none, and where somebody made it up as the question.
    for changed, comment in (
        ({}, DISCLOSURE),
        ({"reason": "x"}, DISCLOSURE),
        ({"question": DISCLOSURE}, ""),
    ):
        assert remarks.take(answer.model_copy(update=changed), "unsafe", comment, "ada").text
    assert remarks.log.newest() == ()
    assert counted() == before + 3


def test_where_a_comment_may_disclose_the_verdict_is_kept_without_it(home, assistant, answer):
    reply = assistant.hear(DISCLOSURE).reply
    remarks = Remarks(home, assistant.corpus, lambda text: Heard(True, reply))
    assert remarks.take(answer, "unsafe", "Something like it.", "ada") == reply
    assert [one.comment for one in remarks.log.newest()] == [""]


def test_an_answer_or_citation_that_was_changed_is_refused(remarks, answer):
    first, second, said, *rest = answer.statements
    changes = [
        {"question": ""},
        {"question": "x" * 3000},
        {"reason": "a reason that is no word"},
        {"filters": Filters(pillars=("my words",))},
        {"filters": Filters(facets=("My Words",))},
        {"filters": Filters(audience="my words")},
        {"statements": ()},
    ]
    for update in ({"quote": "My own words"}, {"passage_id": "my:words"}, {"end": 3}):
        cited = (said.citations[0].model_copy(update=update), *said.citations[1:])
        own = said.model_copy(update={"citations": cited})
        changes.append({"statements": (first, second, own, *rest)})
    for changed in changes:
        with pytest.raises(FeedbackError, match="answer"):
            remarks.take(answer.model_copy(update=changed), "unsafe", "", "ada")
    assert remarks.log.newest() == ()
