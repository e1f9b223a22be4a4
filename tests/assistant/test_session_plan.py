import json

import pytest

from assistant.errors import SessionError
from assistant.sessions.session import SessionRequest
from assistant.sessions.session_plan import (
    LONGEST_PLAN,
    LONGEST_TOPIC,
    LONGEST_WORDS,
    MOST_EDITS,
    checked,
    read_plan,
)


def plan(**changes: object) -> str:
    return json.dumps({"request": {"pillars": [3]}, "edits": [], **changes})


def test_a_plan_is_read_back() -> None:
    edits = [{"do": "up", "item": "quiz-2"}]
    read = read_plan(plan(edits=edits))
    assert read.request.pillars == (3,)
    assert [one.do for one in read.edits] == ["up"]
    assert read_plan(read.model_dump_json()) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        "\ud800",
        plan(more=1),
        plan(request={"audience": "pirates"}),
        plan(request={"pillars": "x"}),
        plan(request={"pillars": [3] * 100}),
        plan(request={"capabilities": ["x" * 1000]}),
        plan(request={"minutes": {"$gt": 1}}),
        plan(request={"seed": 10**30}),
        plan(request={"topic": "x" * (LONGEST_TOPIC + 1)}),
        plan(edits=[{"do": "eval", "item": "quiz-1"}]),
        plan(edits=[{"do": "up", "item": "x" * 100}]),
        plan(edits=[{"do": "up", "item": "quiz-1", "more": 1}]),
        plan(edits=[{"do": "up", "item": "quiz-1"}] * (MOST_EDITS + 1)),
        plan(edits=[{"do": "reword", "item": "quiz-1", "text": "x" * (LONGEST_WORDS + 1)}]),
        "x" * (LONGEST_PLAN + 1),
    ],
)
def test_a_hostile_plan_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(SessionError) as refused:
        read_plan(text)
    assert str(refused.value).count(".") == 1
    assert len(str(refused.value)) < 120


def test_a_topic_is_one_line_of_signs_that_can_be_seen() -> None:
    assert checked(SessionRequest(topic="  hash\n\u202ematching\x00 ")).topic == "hash matching"
