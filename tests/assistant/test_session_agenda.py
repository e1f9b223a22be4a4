import itertools

import pytest

from assistant.errors import SessionError
from assistant.sessions.session import PARTS, Part
from assistant.sessions.session_agenda import BREAK, PIECE, STRETCH, agenda_of


@pytest.mark.parametrize(
    "parts", [PARTS, ("messages",), ("exercise",), ("discussion", "quiz"), ("messages", "quiz")]
)
def test_every_length_adds_up_without_gap_or_overlap(parts: tuple[Part, ...]) -> None:
    for minutes in range(30, 241):
        lines = agenda_of(minutes, parts)
        assert sum(one.minutes for one in lines) == minutes
        assert lines[0].start == 0
        assert lines[-1].end == minutes
        assert all(one.end == other.start for one, other in itertools.pairwise(lines))
        assert all(0 < one.minutes <= PIECE for one in lines)


def test_nobody_sits_longer_than_ninety_minutes_without_a_break() -> None:
    for minutes in range(30, 241):
        stretch, breaks = 0, 0
        for line in agenda_of(minutes, PARTS):
            stretch = 0 if line.block == "break" else stretch + line.minutes
            breaks += line.block == "break"
            assert stretch <= STRETCH
            assert line.block != "break" or line.minutes == BREAK
        assert (breaks == 0) == (minutes <= STRETCH)


def test_it_opens_with_the_ground_rules_and_closes_with_the_close() -> None:
    for minutes in (30, 61, 120, 240):
        blocks = [one.block for one in agenda_of(minutes, PARTS)]
        assert blocks[0] == "opening"
        assert blocks[-1] == "close"


def test_parts_that_are_not_asked_for_take_no_time() -> None:
    blocks = {one.block for one in agenda_of(60, ("quiz", "discussion"))}
    assert blocks == {"opening", "care", "discussion", "quiz", "close"}


@pytest.mark.parametrize("minutes", [29, 241, 0])
def test_a_length_out_of_range_is_refused_with_the_range(minutes: int) -> None:
    with pytest.raises(SessionError, match="30 to 240"):
        agenda_of(minutes, PARTS)


def test_parts_that_cannot_fill_the_time_are_refused() -> None:
    with pytest.raises(SessionError, match="add messages"):
        agenda_of(120, ("quiz",))
