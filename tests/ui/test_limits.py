"""A line that is full turns the next one away, and a rate has room again after a minute."""

import asyncio

import pytest

from ui.access import limits
from ui.access.limits import LONG, Full, Rate, Turns

LONGER = LONG + 1


def called(*tickets):
    return [one.due.is_set() for one in tickets]


def test_so_many_are_served_at_once_so_many_wait_and_the_next_is_refused():
    turns = Turns(2, 1)
    first, second, third = (turns.join(user, 0) for user in "abc")
    assert called(first, second, third) == [True, True, False]
    with pytest.raises(Full):
        turns.join("d", 0)
    first.leave()
    first.leave()
    assert called(third, turns.join("d", 0)) == [True, False]


def test_a_fault_inside_gives_the_place_back():
    turns = Turns(2, 0)
    for _ in range(5):
        with pytest.raises(ValueError, match="fault"), turns.join("a", 0):
            raise ValueError("fault")


def test_whoever_asks_much_waits_for_whoever_asks_little():
    turns = Turns(2, 10)
    busy = [turns.join("busy", 0) for _ in range(4)]
    other = turns.join("other", 0)
    assert called(*busy, other) == [True, True, False, False, False]
    busy[0].leave()
    assert called(*busy, other) == [True, True, False, False, True]


def test_users_who_wait_together_take_turns():
    turns = Turns(2, 10)
    held = [turns.join("held", 0) for _ in range(2)]
    waiting = {name: turns.join(name[0], 0) for name in ("a1", "a2", "a3", "b1", "b2")}
    order = []
    for _ in waiting:
        held.pop().leave()
        name = next(one for one in waiting if waiting[one].due.is_set() and one not in order)
        order.append(name)
        held.append(waiting[name])
    assert order == ["a1", "b1", "a2", "b2", "a3"]


def test_long_questions_leave_a_place_to_short_ones():
    turns = Turns(3, 10)
    long = [turns.join(user, LONGER) for user in "abc"]
    short = turns.join("d", LONG)
    assert called(*long, short) == [True, True, False, True]
    short.leave()
    assert not long[2].due.is_set()
    long[0].leave()
    assert long[2].due.is_set()


def test_a_coroutine_waits_and_comes_in(monkeypatch):
    turns = Turns(2, 10)
    held = [turns.join("a", 0) for _ in range(2)]

    async def come():
        with turns.join("b", 0) as ticket:
            asyncio.get_running_loop().call_later(0.05, held[0].leave)
            await ticket.come()

    asyncio.run(come())
    assert turns.join("c", 0).due.is_set()


@pytest.mark.parametrize(("patience", "left"), [(0.05, False), (60.0, True)])
def test_nobody_waits_for_ever_or_after_leaving(monkeypatch, patience, left):
    monkeypatch.setattr(limits, "PATIENCE", patience)
    monkeypatch.setattr(limits, "TICK", 0.01)
    turns = Turns(2, 1)
    _ = [turns.join("a", 0) for _ in range(2)]

    async def has_left():
        return left

    async def wait():
        with turns.join("b", 0) as ticket:
            await ticket.come(has_left)

    for _ in range(3):
        with pytest.raises(Full):
            asyncio.run(wait())


def test_each_user_has_a_rate_of_their_own_over_all_servers(monkeypatch, open_state):
    now = 1_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    rate, other = Rate(2, open_state()), Rate(2, open_state())
    assert [one.seconds_to_wait("a") for one in (rate, other)] == [0, 0]
    assert 1 <= rate.seconds_to_wait("a") <= 60
    assert rate.seconds_to_wait("b") == 0
    now += 61
    assert rate.seconds_to_wait("a") == 0
