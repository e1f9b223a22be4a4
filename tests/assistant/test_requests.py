"""Messages that ask for a text, an opinion or a prediction."""

from __future__ import annotations

import pytest

from assistant.rules.requests import requested
from tests.assistant.conftest import Ask


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Write a letter to parents about grooming.", "writing"),
        ("can you rephrase outcome 3 for me", "writing"),
        ("I need a short press release on the framework", "writing"),
        ("What do you think of the technology pillar?", "opinion"),
        ("Should we prioritise legislation?", "opinion"),
        ("What is likely to happen to reporting?", "prediction"),
        ("How likely is it that the law passes?", "prediction"),
        ("Thanks a lot for your help!", "unworded"),
        ("12 + 30 = ?", "unworded"),
    ],
)
def test_what_no_source_can_give_is_seen(text: str, reason: str) -> None:
    found = requested(text)
    assert found is not None
    assert found.reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "Which outcomes relate to legislation?",
        "Who writes the transparency reports?",
        "What should staff do when a child discloses?",
        "Is generating such images a crime?",
        "What does the page say on translation of reports?",
        "Summarise pillar 3.",
        "Does the framework support survivors?",
        "what should we report, and to whom",
    ],
)
def test_a_question_to_the_sources_is_none(text: str) -> None:
    assert requested(text) is None


def test_it_is_declined_with_the_nearest_passages_and_a_question_to_ask(ask: Ask) -> None:
    answer = ask("Write a speech about victim identity protection.")
    assert (answer.status, answer.reason) == ("out_of_scope", "writing")
    assert {one.kind for one in answer.statements} == {"note"}
    assert [one.passage_id for one in answer.nearest] == ["gsr:C12"]
    assert answer.follow_ups == ("Tell me about Victim identity protection.",)
