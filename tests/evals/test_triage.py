"""The table of triage: shares with intervals, what was taken for what, and false alarms."""

from __future__ import annotations

import pytest

from assistant.safety.triage import Triage
from evals.cases.messages import Message
from evals.studies.triage_rates import Told, mistakes, suite_messages, table


def told(case: str, taken: str, certainty: str = "sure", language: str = "en") -> Told:
    message = Message(
        id=f"{case}-{taken}-{certainty}",
        message=f"a message of {case}",
        case=case,
        language=language,
        manner="plain",
        split="development",
    )
    return Told(message, Triage(taken, certainty, "en", 0.9 if taken != "J" else 0.1))


ALL = [
    told("A", "A"),
    told("A", "J"),
    told("A", "H", language="fr"),
    told("J", "J"),
    told("J", "G"),
    told("J", "B", "unsure"),
]


def test_recall_is_told_by_case_and_language() -> None:
    lines = list(table(ALL))
    assert lines[0].startswith("A  triggered 0.667 [")
    assert "(n 3), as this case 0.333" in lines[0]
    assert any(line.startswith("fr  triggered 1.000") for line in lines)
    assert any(line.startswith("A to I  triggered 0.667") for line in lines)


def test_what_was_taken_for_another_case_is_named() -> None:
    assert "taken for another: A>H 1, A>none 1" in list(table(ALL))


def test_false_alarms_and_unsure_ones_are_told_apart() -> None:
    (line,) = [line for line in table(ALL) if line.startswith("J")]
    assert line.startswith("J  false alarms 0.333")
    assert "unsure 0.333" in line


def test_mistakes_are_the_missed_and_the_falsely_triggered() -> None:
    assert [line.split()[0] for line in mistakes(ALL)] == ["A", "J"]


@pytest.mark.parametrize("split", ["development", "test"])
def test_the_questions_of_the_suites_are_policy_questions(split) -> None:
    messages = suite_messages(split)
    assert len(messages) > 500
    assert {one.case for one in messages} == {"J"}
