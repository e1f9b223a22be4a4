"""Counts of triaged messages: numbers by day and case, and nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.errors import StoreError
from assistant.tally import FILE, Tally


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def test_messages_are_counted_by_day_and_case(tmp_path: Path) -> None:
    tally = Tally(tmp_path / "home")
    assert tally.read() == {}
    for case in "AAG":
        tally.add(case)
    assert tally.read() == {today(): {"A": 2, "G": 1}}


def test_threads_lose_no_count(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: Tally(tmp_path).add("A"), range(20)))
    assert Tally(tmp_path).read() == {today(): {"A": 20}}


@pytest.mark.parametrize("text", ["", "[]", '{"2026-11-25": 1}', '{"2026-11-25": {"A": "x"}}'])
def test_damaged_counts_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(StoreError, match="holds no counts"):
        Tally(tmp_path).read()
