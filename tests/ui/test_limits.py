"""A line that is full turns the next one away, and a rate has room again after a minute."""

from __future__ import annotations

import anyio
import pytest

from ui.access.limits import Full, Line, Rate


def test_so_many_are_served_at_once_so_many_wait_and_the_next_is_refused() -> None:
    line, inside, most = Line(2, 1), 0, 0
    outcomes: list[str] = []
    go = anyio.Event

    async def one(leave: anyio.Event) -> None:
        nonlocal inside, most
        try:
            async with line.turn():
                inside += 1
                most = max(most, inside)
                await leave.wait()
                inside -= 1
                outcomes.append("served")
        except Full:
            outcomes.append("refused")

    async def all_of_them() -> None:
        leave = go()
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(one, leave)
            await anyio.wait_all_tasks_blocked()
            assert outcomes == ["refused", "refused"]
            leave.set()
        # Whoever left made room.
        async with line.turn():
            pass

    anyio.run(all_of_them)
    assert outcomes.count("served") == 3
    assert most == 2


def test_a_fault_inside_gives_the_place_back() -> None:
    line = Line(1, 0)

    async def fail() -> None:
        for _ in range(3):
            with pytest.raises(ValueError, match="fault"):
                async with line.turn():
                    raise ValueError("fault")

    anyio.run(fail)


def test_each_user_has_a_rate_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000.0
    for module in ("limits.storage.memory", "limits.strategies", "ui.access.limits"):
        monkeypatch.setattr(f"{module}.time.time", lambda: now)
    rate = Rate(2)
    assert [rate.seconds_to_wait("a") for _ in range(2)] == [0, 0]
    assert 1 <= rate.seconds_to_wait("a") <= 60
    assert rate.seconds_to_wait("b") == 0
    now += 61
    assert rate.seconds_to_wait("a") == 0
