from __future__ import annotations

from datetime import date

import pytest

from assistant.sessions.session import AUDIENCES, LEVELS, Session
from assistant.sessions.session_build import build_session
from corpus.whole import Whole
from evals.studies.session_rates import LENGTHS, measure, requests

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def whole() -> Whole:
    return Whole.read()


@pytest.fixture(scope="module")
def made(whole: Whole) -> Session:
    return build_session(requests()[2], whole, TODAY)


def test_the_requests_go_over_pillars_audiences_levels_and_lengths() -> None:
    asked = requests()
    assert len(asked) == 20
    assert {number for one in asked for number in one.pillars} == set(range(1, 7))
    assert {one.audience for one in asked} == set(AUDIENCES)
    assert {one.level for one in asked} == set(LEVELS)
    assert {one.minutes for one in asked} == set(LENGTHS)


def test_all_holds_of_a_session_as_it_is_made(made: Session, whole: Whole) -> None:
    assert all(one.value == 1 for one in measure([made], whole).values())


def test_what_does_not_hold_is_noticed(made: Session, whole: Whole) -> None:
    item = next(one for one in made.quiz if one.form == "single")
    swapped = tuple(one.model_copy(update={"right": not one.right}) for one in item.options)
    broken = made.model_copy(
        update={
            "agenda": made.agenda[1:],
            "quiz": (item.model_copy(update={"options": swapped}),),
        }
    )
    told = {name: one.value for name, one in measure([broken], whole).items()}
    assert told["agendas that add up"] == 0
    assert told["distractors of one closed set, all false"] == 0
    assert told["items without a fault"] == 0
