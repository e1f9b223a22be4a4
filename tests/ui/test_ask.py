"""What the Ask workspace does with a question, as plain functions of plain values."""

import json
import re
from itertools import pairwise
from typing import get_args

from assistant.records import Filters, Question, Signposting
from assistant.safety.feedback import Verdict
from tests.ui.fake_answer import EXAMPLE, GUIDED, FakeAssistant
from ui.pages.ask.ask import Shown, replies
from ui.pages.ask.talk import MOST_NUMBER, Turn
from ui.words.catalogue import say


def last(assistant, text, sent=None) -> Shown:
    *_, shown = replies(assistant, text, sent)
    return shown


def test_a_question_is_answered_with_its_sources_and_what_can_be_done_with_them():
    shown = last(FakeAssistant(), EXAMPLE)
    assert "5 of 5 outcomes, 1 of 1 partner" in shown.html
    panels = re.findall(r' id="(cite-1-\d+)"', shown.html)
    assert len(panels) == 7
    assert set(re.findall(r'href="#(cite-[^"]+)"', shown.html)) == set(panels)
    assert re.findall(r'data-act="([^"]+)"', shown.html).count("verdict") == len(get_args(Verdict))


def test_an_answer_grows_from_its_opening_to_the_whole_and_is_announced_once():
    first, *growing, whole = replies(FakeAssistant(), GUIDED)
    assert say("ask.looking") in first.html
    assert GUIDED in first.html
    assert len(growing) == 3
    beginnings = [
        re.sub(r">\s+", ">", re.search("<article.*(?=</article>)", one.html, re.DOTALL)[0])
        for one in (*growing, whole)
    ]
    assert all(after.startswith(before) for before, after in pairwise(beginnings))
    assert "Guidance notes" not in growing[1].html
    assert "Guidance notes" in growing[2].html
    assert [one.html.count("data-announce") for one in (first, *growing, whole)] == [0, 0, 0, 0, 1]


def test_the_record_for_the_browser_comes_with_the_whole_answer_alone():
    *growing, whole = replies(FakeAssistant(), EXAMPLE, json.dumps({"number": 3}))
    assert {one.record for one in growing} == {""}
    turn = Turn.model_validate_json(whole.record)
    assert (turn.number, turn.question, turn.answer.question) == (3, EXAMPLE, EXAMPLE)


def test_what_a_reader_can_put_right_is_shown_as_its_sentence_and_is_no_turn():
    shown = last(FakeAssistant(), " ")
    assert "sp-error" in shown.html
    assert "sp-turn" not in shown.html
    assert shown.record == ""


def test_earlier_questions_and_filters_go_along():
    assistant = FakeAssistant()
    filters = {"pillars": ["gsr:P3"], "tiers": ["guidance"]}
    sent = {"turns": [EXAMPLE], "number": 2, "filters": filters}
    shown = last(assistant, "and its partners?", json.dumps(sent))
    only = Filters(pillars=("gsr:P3",), tiers=("guidance",))
    assert assistant.asked == [Question(text="and its partners?", turns=(EXAMPLE,), filters=only)]
    assert re.findall(r'data-number="(\d+)"', shown.html) == ["2"]


def test_what_the_page_would_not_send_is_refused_in_a_sentence():
    assistant = FakeAssistant()
    for sent in (
        "{",
        "[]",
        '{"other": 1}',
        '{"number": 0}',
        json.dumps({"number": MOST_NUMBER + 1}),
        '{"turns": [1]}',
        '{"filters": {"tiers": ["gossip"]}}',
    ):
        assert say("refusal.strange") in last(assistant, EXAMPLE, sent).html
    assert assistant.asked == []


class Guarded(FakeAssistant):
    """Replies to one message as triage does."""

    def ask(self, question):
        given = super().ask(question)
        empty = {"question": "", "resolved_question": "", "status": "safeguarding"}
        nothing = {"statements": (), "hits": (), "completeness": (), "follow_ups": ()}
        reply = Signposting(case="A", text="A reviewed text.", services=())
        return given.model_copy(update={**empty, **nothing, "signposting": reply})


def test_nothing_of_a_message_that_met_a_reviewed_reply_is_given_to_the_browser():
    *_, shown = replies(Guarded(), "my own words")
    assert "A reviewed text." in shown.html
    assert say("phrase.not_kept") in shown.html
    assert "my own words" not in repr(shown)
    assert shown.record == ""
    assert "data-act" not in shown.html
