"""Questions that take something of the framework for granted which is not there."""

from __future__ import annotations

import re

import pytest

from assistant.pipeline import Assistant
from assistant.records import Question


def first(assistant: Assistant, text: str) -> tuple[str, str, str]:
    """Return status, reason and first sentence of an answer."""
    answer = assistant.ask(Question(text=text))
    return answer.status, answer.reason, answer.statements[0].text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Who are the partners of the tourism pillar?", "tourism"),
        ("how many capabilities does the banking pillar have", "banking"),
        ("What is in the human resources pillar?", "human resources"),
    ],
)
def test_a_group_that_is_not_there_is_corrected(assistant: Assistant, text: str, name: str) -> None:
    status, reason, said = first(assistant, text)
    assert (status, reason) == ("not_covered", "false_premise")
    assert f"“{name}”" in said
    for pillar in assistant.framework.of_kind("pillar"):
        assert pillar.title in said


def test_what_it_would_be_about_is_found_where_it_stands(assistant: Assistant) -> None:
    _, _, said = first(assistant, "List the outcomes of the education pillar.")
    assert re.search("“education” .*pillar", said)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("outcomes of the legal pillar", "gsr:P1"),
        ("Which capabilities are in the survivors' pillar?", "gsr:P3"),
        ("partners of the tech pillar", "gsr:P4"),
        ("What is the aim of the research pillar?", "gsr:P6"),
        ("Which partners does the victim identity protection pillar have?", "gsr:P3"),
    ],
)
def test_a_group_is_known_by_another_name(assistant: Assistant, text: str, group: str) -> None:
    assert assistant.ask(Question(text=text)).scope.groups == (group,)


@pytest.mark.parametrize(
    "text",
    ["Which is the most important pillar?", "What is the same pillar as legislation?", "a pillar?"],
)
def test_an_adjective_names_no_group(assistant: Assistant, text: str) -> None:
    assert "called" not in first(assistant, text)[2]


def test_there_is_no_second_strip(assistant: Assistant) -> None:
    status, reason, said = first(assistant, "What does the second strip say?")
    assert (status, reason) == ("not_covered", "false_premise")
    assert re.search(r"\bone strip\b", said)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("partners of the first and the sixth pillar", ("gsr:P1", "gsr:P6")),
        ("Compare the second, third and fourth pillars", ("gsr:P2", "gsr:P3", "gsr:P4")),
    ],
)
def test_ordinals_stand_together(assistant: Assistant, text: str, groups: tuple[str, ...]) -> None:
    assert assistant.ask(Question(text=text)).scope.groups == groups
