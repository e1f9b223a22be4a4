"""Questions that take something of the framework for granted which is not there."""

import pytest

from assistant.pipeline import Assistant
from assistant.records import Question


def first(assistant: Assistant, text: str) -> tuple[str, str, str]:
    """Return status, reason and first sentence of an answer."""
    answer = assistant.ask(Question(text=text))
    return answer.status, answer.reason, answer.statements[0].text


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("outcomes of the legal pillar", "gsr:P1"),
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


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("partners of the first and the sixth pillar", ("gsr:P1", "gsr:P6")),
        ("Compare the second, third and fourth pillars", ("gsr:P2", "gsr:P3", "gsr:P4")),
    ],
)
def test_ordinals_stand_together(assistant: Assistant, text: str, groups: tuple[str, ...]) -> None:
    assert assistant.ask(Question(text=text)).scope.groups == groups
