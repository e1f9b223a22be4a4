"""What the asker is told of personal data, and what of it is kept: on the page and in batches."""

import pytest

from assistant.records import Answer, Signposting
from assistant.safety.personal import Finder
from tests.ui.fake_answer import CORPUS, FakeAssistant, uncovered_answer
from ui.pages.ask.ask import replies
from ui.pages.ask.talk import Turn, answer_as_html
from ui.words.answer_text import answer_as_text

ASKED = "What rights does Jane Doe, jane.doe@example.org, have?"


@pytest.fixture(scope="module")
def told() -> Answer:
    return Finder.shipped().told(uncovered_answer(ASKED))


def test_text_page_and_record_say_it_first(told: Answer) -> None:
    assert told.personal == ("name", "email")
    assert all(one in told.personal_note for one in told.personal)
    assert " ".join(answer_as_text(told, CORPUS).split()).startswith(told.personal_note)
    html = answer_as_html(told, CORPUS)
    assert html.index("sp-question") < html.index(told.personal_note)
    assert told.model_dump()["personal_note"] == told.personal_note
    without = Finder.shipped().told(uncovered_answer())
    assert (without.personal, without.personal_note) == ((), "")


def test_whoever_discloses_something_is_not_met_with_a_remark(told: Answer) -> None:
    case = Signposting(case="A", text="Thank you for telling us.", services=())
    aside = told.model_copy(update={"status": "safeguarding", "signposting": case, "nearest": ()})
    drawn = answer_as_text(aside, CORPUS) + answer_as_html(aside, CORPUS)
    assert told.personal_note not in " ".join(drawn.split())


def test_what_the_browser_keeps_of_it_is_masked(told: Answer) -> None:
    *_, shown = replies(FakeAssistant(answers={ASKED: told}), ASKED)
    assert "Jane" not in shown.html + shown.record
    kept = Turn.model_validate_json(shown.record)
    assert kept.question == "What rights does [name], [email], have?"
    assert told.personal_note in shown.html
