"""Whether a draft is given: signs, a fitted model, and the risk that is accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.pipeline import Assistant
from assistant.records import Question
from assistant.rules.answerability import Model, Signs
from assistant.settings import Settings

NOTHING = Signs(*(0.0 for _ in Signs._fields))


def asked(assistant: Assistant, text: str):
    return assistant.ask(Question(text=text))


def test_a_model_knows_every_sign() -> None:
    assert tuple(Model.shipped(0.05).weights) == Signs._fields


def test_the_more_risk_is_accepted_the_looser_the_thresholds() -> None:
    models = [Model.shipped(risk) for risk in (0.03, 0.05, 0.1, 0.3)]
    found = [one.threshold for one in models]
    assert found == sorted(found, reverse=True)


@given(st.lists(st.floats(0.0, 1.0), min_size=len(Signs._fields), max_size=len(Signs._fields)))
def test_a_probability_is_one(values: list[float]) -> None:
    assert 0.0 <= Model.shipped(0.05).probability(Signs(*values)) <= 1.0


def test_what_holds_more_of_a_question_is_likelier_to_answer_it() -> None:
    model = Model.shipped(0.05)
    held = NOTHING._replace(similarity=0.8, all_held=1.0, covered=1.0, covered_by_one=1.0)
    lost = NOTHING._replace(similarity=0.8, lost=0.9, uncovered_of_few=0.5, lost_of_few=0.5)
    assert model.probability(held) > model.probability(lost)


def test_an_answer_says_how_sure_it_is(assistant: Assistant) -> None:
    sure = asked(assistant, "How does Lantern work?")
    assert sure.status == "answered"
    assert sure.confidence is not None
    assert sure.confidence > 0.9


def test_what_a_title_and_a_sentence_hold_whole_is_not_judged(assistant: Assistant) -> None:
    answer = asked(assistant, "What is Project Arachnid?")
    assert (answer.status, answer.confidence) == ("answered", None)


def test_what_the_structure_decides_is_not_judged(assistant: Assistant) -> None:
    assert asked(assistant, "What are the outcomes of pillar 3?").confidence is None


@pytest.mark.parametrize(
    "text",
    [
        "Which software licence does the central online resource need?",
        "Which colour is the logo of the hotline network?",
    ],
)
def test_a_detail_that_no_source_has_is_refused_with_what_is_closest(
    assistant: Assistant, text: str
) -> None:
    answer = asked(assistant, text)
    assert answer.status == "not_covered"
    assert answer.nearest
    assert all(one.kind == "note" for one in answer.statements)


def test_the_risk_changes_the_digest_of_the_settings(settings: Settings) -> None:
    assert settings.model_copy(update={"risk": 0.2}).digest() != settings.digest()


def test_what_is_far_from_everything_shown_is_not_given() -> None:
    signs = NOTHING._replace(covered=0.9, covered_by_one=0.9, agreed=1.0, ahead=1.0, asked=0.2)
    assert not Model.shipped(0.3).gives(signs)


def test_a_number_that_no_sentence_holds_is_a_sign() -> None:
    """What counts is the number itself, however it is written; ids and years are none."""
    from assistant.rules.answerability import _number

    assert [_number(one) for one in ("16", "sixteen", "16th", "1,500", "word")] == [
        16,
        16,
        16,
        1500,
        0,
    ]
