"""A model alone with the page answers rows, and only its verbatim words count as cited."""

from __future__ import annotations

import io
import json

import pytest

from assistant.errors import BatchError, SettingsError
from assistant.settings import Settings
from corpus.whole import Whole
from evals.running.command import whole_answer
from evals.studies.bare import REFUSAL, answer_all, answer_of
from evals.studies.misbehaviours import FakeEndpoint

ROW = json.dumps({"id": "one", "question": "Whose outcomes?", "turns": ["Which pillars?"]}) + "\n"


def test_lines_cite_what_stands_in_them_word_for_word() -> None:
    whole = Whole.read()
    written = "- Expand victims’ voice groups\n- Victims are given all that they need\n"
    given = answer_of(written, whole.framework.passages)
    answer = whole_answer(given, "Which outcomes?", whole.corpus)
    first, second = answer.statements
    assert [one.passage_id for one in first.citations] == ["gsr:P3-O5"]
    assert second.citations == ()


@pytest.mark.parametrize("written", [REFUSAL, "the page does not say anything on it", "", "\n"])
def test_what_is_no_answer_is_a_refusal(written: str) -> None:
    assert answer_of(written, ())["status"] == "not_covered"


def test_the_model_has_the_whole_page_and_the_turns() -> None:
    out = io.StringIO()
    with FakeEndpoint(lambda exchange: exchange.say("- Political will\n")) as fake:
        answer_all([ROW, "\n"], out, Settings(llm_url=fake.url, llm_model="made-up"))
    row = json.loads(out.getvalue())
    assert row["id"] == "one"
    assert row["answer"]["statements"][0]["text"] == "Political will"
    system, user = (one["content"] for one in fake.asked[0]["messages"])
    assert "Formally renew WeProtect Global" in system
    assert user == "Earlier question: Which pillars?\nQuestion: Whose outcomes?"


def test_a_model_that_fails_ends_the_run() -> None:
    with FakeEndpoint(lambda exchange: exchange.refuse(500, {})) as fake:
        settings = Settings(llm_url=fake.url, llm_model="made-up")
        with pytest.raises(BatchError, match="failed"):
            answer_all([ROW], io.StringIO(), settings)


def test_a_model_has_to_be_set() -> None:
    with pytest.raises(SettingsError, match="SIGNPOST_LLM_URL"):
        answer_all([ROW], io.StringIO(), Settings())
