from __future__ import annotations

import os
import re

import pytest

from assistant.answer import Question, Signposting
from assistant.settings import Settings
from corpus.signposting import read_signposting, shipped_signposting
from tests.ui.fake_answer import CORPUS, EXAMPLE, FakeAssistant, in_a_loop
from ui.app import build_app
from ui.ask import (
    AT_ONCE,
    EXAMPLES,
    KEPT_SECONDS,
    MOST_TURN_CHARS,
    MOST_TURNS,
    newest,
    replies,
    reply,
)
from ui.desk import Desk
from ui.notice import WIDE, notice_as_html, shipped_notice
from ui.workspaces import WORKSPACES


@pytest.fixture(scope="module")
def blocks(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("page"))
    return in_a_loop(lambda: build_app(FakeAssistant(), settings, Desk(settings, CORPUS)))


def test_a_question_is_answered_with_its_sources():
    html = reply(FakeAssistant(), EXAMPLE).html
    assert "Complete: 5 of 5 outcomes, 1 of 1 partner." in html
    assert 'href="#cite-1-7"' in html
    assert 'id="cite-1-7"' in html


def test_what_a_reader_can_put_right_is_shown_as_its_sentence():
    shown = reply(FakeAssistant(), " ")
    assert "<p>The question is empty; type one.</p>" in shown.html
    assert (shown.typed, shown.talk) == (" ", ())


def test_the_answer_is_announced_before_it_comes():
    first, last = replies(FakeAssistant(), EXAMPLE)
    assert "Looking in the sources" in first.html
    assert EXAMPLE in first.html
    assert "sp-answer" in last.html


def test_earlier_turns_stay_above_and_go_along_with_the_next_question():
    assistant = FakeAssistant()
    first = reply(assistant, EXAMPLE)
    second = reply(assistant, "and its partners?", first.talk)
    assert assistant.asked[-1] == Question(text="and its partners?", turns=(EXAMPLE,))
    assert second.html.startswith(first.html)
    assert [turn.number for turn in second.talk] == [1, 2]
    assert second.typed == ""
    ids = re.findall(r' id="([^"]+)"', second.html)
    assert len(ids) == len(set(ids))


def test_a_question_that_fails_leaves_the_conversation_as_it_was():
    talk = reply(FakeAssistant(), EXAMPLE).talk
    shown = reply(FakeAssistant(), " ", talk)
    assert shown.talk == talk
    assert shown.html.startswith(talk[0].html)


def test_only_so_many_earlier_words_go_along():
    long = "x" * (MOST_TURN_CHARS // 2)
    assert newest(["first", long, "second", long[:-2]]) == ("second", long[:-2])
    assert newest(["a", "b"]) == ("a", "b")
    assert newest([f"{long}{long}y"]) == ()


def test_a_conversation_keeps_its_last_turns_and_their_numbers():
    talk = ()
    for number in range(MOST_TURNS + 2):
        talk = reply(FakeAssistant(), f"What is {number}?", talk).talk
    assert len(talk) == MOST_TURNS
    assert (talk[0].number, talk[-1].number) == (3, MOST_TURNS + 2)


def test_a_conversation_is_kept_in_memory_for_a_while_and_nowhere_else(blocks):
    kept = [one for one in blocks.blocks.values() if type(one).__name__ == "State"]
    assert [one.time_to_live for one in kept] == [KEPT_SECONDS]
    assert not any(type(one).__name__ == "BrowserState" for one in blocks.blocks.values())


def test_nothing_is_sent_kept_or_offered_that_nobody_asked_for(blocks):
    assert blocks.analytics_enabled is False
    assert blocks.api_open is False
    assert not blocks.vibe_mode
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert os.environ["HF_HUB_OFFLINE"] == "1"


def test_no_event_is_listed_for_programs(blocks):
    assert {event.api_visibility for event in blocks.fns.values()} == {"private"}
    assert blocks.get_api_info()["named_endpoints"] == {}


def test_several_questions_are_worked_on_at_once_and_the_queue_is_bounded(blocks):
    asked = next(event for event in blocks.fns.values() if event.name == "show")
    assert asked.concurrency_limit == AT_ONCE
    assert AT_ONCE > 1
    assert blocks._queue.max_size == Settings().waiting


def test_nothing_can_be_uploaded(blocks):
    kinds = {type(block).__name__ for block in blocks.blocks.values()}
    assert kinds <= {
        "Blocks",
        "Tabs",
        "Tab",
        "Row",
        "Column",
        "Form",
        "HTML",
        "Textbox",
        "Button",
        "State",
    }


def test_the_page_says_what_it_is_not_for(blocks):
    shown = str(blocks.get_config_file())
    assert "not a reporting service" in shown
    assert "Check the source" in shown
    assert all(example in shown for example in EXAMPLES)


def test_every_page_has_the_notice_and_marks_itself_in_the_links_to_all(blocks):
    config = blocks.get_config_file()
    by_id = {part["id"]: part["props"].get("value") for part in config["components"]}
    for workspace in WORKSPACES:
        layout = config["page"][workspace.path.strip("/")]["layout"]["children"]
        fixed = [str(by_id[part["id"]]) for part in layout]
        assert shipped_notice() in fixed[-1]
        assert f'<a href="{workspace.path}" aria-current="page">' in fixed[0]
        assert fixed[0].count("<li data-workspace=") == len(WORKSPACES)


def test_the_notice_says_what_answers_what_it_is_not_for_and_where_help_is():
    said = shipped_notice()
    assert "by default no language model is used" in said
    assert "not a reporting service and not a crisis service" in said
    texts = read_signposting(shipped_signposting())
    assert texts.danger["en"] in said
    directories = texts.services_for(WIDE)
    assert len(directories) >= 2
    assert all(f"<li>{one.name}. {one.purpose['en']}</li>" in said for one in directories)
    assert "href" not in said
    assert not re.search(r"https?:|\bwww\.", said)


def test_the_notice_names_what_the_texts_name_and_nothing_else():
    texts = read_signposting(shipped_signposting())
    first, *others = texts.services
    other = first.model_copy(update={"name": "Harbour <help>"})
    said = notice_as_html(texts.model_copy(update={"services": (other, *others)}))
    assert first.name not in said
    assert "<li>Harbour &lt;help&gt;. " in said


class Guarded(FakeAssistant):
    """Replies to one message as triage does."""

    def ask(self, question):
        given = super().ask(question)
        if question.text != "my own words":
            return given
        empty = {"question": "", "resolved_question": "", "status": "safeguarding"}
        nothing = {"statements": (), "hits": (), "completeness": (), "follow_ups": ()}
        reply = Signposting(case="A", text="A reviewed text.", services=())
        return given.model_copy(update={**empty, **nothing, "signposting": reply})


def test_nothing_of_a_message_that_met_a_reviewed_reply_stays_in_the_conversation():
    assistant = Guarded()
    first = reply(assistant, "my own words")
    assert "A reviewed text." in first.html
    assert "my own words" not in repr(first)
    assert "Your message was not kept" in first.html
    second = reply(assistant, EXAMPLE, first.talk)
    assert assistant.asked[-1] == Question(text=EXAMPLE, turns=())
    assert [turn.number for turn in second.talk] == [1, 2]
