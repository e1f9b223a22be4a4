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


def test_it_opens_with_the_ground_rules_and_parts_not_asked_for_take_no_time() -> None:
    for minutes in (30, 61, 120, 240):
        blocks = [one.block for one in agenda_of(minutes, PARTS)]
        assert blocks[0] == "opening"
        assert blocks[-1] == "close"
    blocks = {one.block for one in agenda_of(60, ("quiz", "discussion"))}
    assert blocks == {"opening", "care", "discussion", "quiz", "close"}


@pytest.mark.parametrize(
    ("minutes", "parts", "said"),
    [*((one, PARTS, "30 to 240") for one in (29, 241, 0)), (120, ("quiz",), "add messages")],
)
def test_a_length_out_of_range_or_that_parts_cannot_fill_is_refused(minutes, parts, said):
    with pytest.raises(SessionError, match=said):
        agenda_of(minutes, parts)
