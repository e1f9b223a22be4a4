"""The page of Gradio as it is built: closed to programs, bounded, with the notice of all pages."""

import os
import re

import pytest

from assistant.settings import Settings
from corpus.checks.signposting import read_signposting, shipped_signposting
from tests.ui.fake_answer import CORPUS, FakeAssistant, in_a_loop
from ui.look.templates import WIDE, notice
from ui.pages.app import WORKSPACES, build_app
from ui.pages.talk import AT_ONCE, TASKS
from ui.service.desk import Desk


@pytest.fixture(scope="module")
def blocks(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("page"))
    return in_a_loop(lambda: build_app(FakeAssistant(), settings, Desk(settings, CORPUS)))


def test_nothing_is_sent_kept_or_offered_that_nobody_asked_for_and_the_queue_is_bounded(blocks):
    assert blocks.analytics_enabled is False
    assert blocks.api_open is False
    assert not blocks.vibe_mode
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert {event.api_visibility for event in blocks.fns.values()} == {"private"}
    assert blocks.get_api_info()["named_endpoints"] == {}
    kinds = {type(block).__name__ for block in blocks.blocks.values()}
    assert kinds <= {"Blocks", "Row", "Column", "Form", "HTML", "Textbox", "Button"}
    asked = next(event for event in blocks.fns.values() if event.api_name == "ask")
    assert {type(one).__name__ for one in (*asked.inputs, *asked.outputs)} == {"Textbox"}
    assert asked.concurrency_limit == AT_ONCE > 1
    assert blocks._queue.max_size == Settings().waiting


def test_the_page_says_what_it_is_not_for_and_marks_itself_in_the_links_to_all(blocks):
    shown = str(blocks.get_config_file())
    assert "not a reporting service" in shown
    assert "Check the source" in shown
    assert all(example in shown for example in sum(TASKS.values(), ()))
    fixed = [str(part["props"].get("value")) for part in blocks.get_config_file()["components"]]
    assert any(notice() in one for one in fixed)
    (header,) = (one for one in fixed if "sp-header" in one)
    assert re.findall(r'href="([^"]+)" aria-current', header) == ["/"]
    assert len(re.findall(r"data-workspace=", header)) == len(WORKSPACES)


def test_the_notice_says_what_answers_what_it_is_not_for_and_where_help_is():
    said = notice()
    assert re.search("no language model", said)
    assert re.search("not a reporting service .*not a crisis service", said)
    texts = read_signposting(shipped_signposting())
    assert texts.danger["en"] in said
    directories = texts.services_for(WIDE)
    assert len(directories) >= 2
    listed = re.findall(r"<li>(.*?)</li>", said)
    assert {f"{one.name}. {one.purpose['en']}" for one in directories} <= set(listed)
    assert not re.search(r"href|https?:|\bwww\.", said)
    first, *others = texts.services
    other = first.model_copy(update={"name": "Harbour <help>"})
    said = notice(texts.model_copy(update={"services": (other, *others)}))
    assert first.name not in said
    assert "Harbour &lt;help&gt;. " in said
