"""The journal and the tally: whole lines and counts or none, whoever writes or dies."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from assistant.errors import StoreError
from assistant.safety import journal
from assistant.safety.journal import COUNTS, Journal, Tally

DAY, NEXT = date(2026, 11, 25), date(2026, 11, 26)

WRITER = """
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from assistant.safety.journal import Journal

book, name, count = Journal(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
for number in range(count):
    with book.held():
        book.append(date(2026, 11, 25), f"{name}-{number}-{'x' * 400}-end".encode())
    print(number, flush=True)
"""


@pytest.fixture
def book(tmp_path):
    return Journal(tmp_path / "audit")


def add(book, *lines, day=DAY):
    for line in lines:
        with book.held():
            book.append(day, line)


def read(book):
    with book.held():
        return book.lines()


def writer(folder, name, count):
    command = [sys.executable, "-c", WRITER, str(folder), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."})


def test_lines_come_back_in_order_over_days_and_only_for_their_owner(book):
    add(book, b"c", day=NEXT)
    add(book, b"a", b"b")
    assert read(book) == [b"a", b"b", b"c"]
    found = [path.name for path in sorted(book.folder.glob("*.jsonl"))]
    assert found == ["2026-11-25-001.jsonl", "2026-11-26-001.jsonl"]
    assert (book.folder.stat().st_mode & 0o777) == 0o700
    assert ((book.folder / "2026-11-25-001.jsonl").stat().st_mode & 0o777) == 0o600


def test_a_long_day_goes_on_in_another_file(book, monkeypatch):
    monkeypatch.setattr(journal, "LARGEST", 10)
    add(book, *(b"12345678" for _ in range(5)))
    assert len(list(book.folder.glob("*.jsonl"))) == 3
    assert len(read(book)) == 5


@pytest.mark.parametrize("torn", [b'{"half', b"\x00" * 40, b"x" * 5000])
def test_a_torn_last_line_is_cut_off_and_the_rest_stays(book, torn, caplog):
    add(book, b"a", b"b")
    with (book.folder / "2026-11-25-001.jsonl").open("ab") as file:
        file.write(torn)
    add(book, b"c")
    assert read(book) == [b"a", b"b", b"c"]
    assert "torn" in caplog.text


def test_what_a_crash_left_of_a_rewriting_is_removed(book):
    add(book, b"a")
    (book.folder / ".2026-11-25-001.jsonl.abc").write_bytes(b"secret")
    assert read(book) == [b"a"]
    assert not list(book.folder.glob(".2026*"))


def test_lines_are_removed_by_what_they_say_or_by_whole_days(book):
    add(book, b"a", b"b", b"a")
    add(book, b"a", day=NEXT)
    with book.held():
        assert book.keep(lambda line: line != b"a") == 3
    assert read(book) == [b"b"]
    assert len(list(book.folder.glob("*.jsonl"))) == 1
    add(book, b"a")
    add(book, b"c", day=NEXT)
    with book.held():
        assert book.keep_from(NEXT) == 2
    assert read(book) == [b"c"]


NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def expire(book, *looks):
    """Return how many lines go at each of some looks, so long after noon of the second day."""
    with book.held():
        return [book.expire(2, NOON + one) for one in looks]


DAYS, HOUR, MINUTES = timedelta(days=1), timedelta(hours=1), timedelta(minutes=5)


@pytest.mark.parametrize(
    ("looks", "gone"),
    [
        ([0 * DAYS, 1 * DAYS, 2 * DAYS, 3 * DAYS], [0, 0, 1, 0]),
        # A clock that leaps and comes back removes nothing.
        *(
            ([0 * DAYS, leap, leap + MINUTES, MINUTES, 2 * MINUTES, DAYS], [0] * 6)
            for leap in (200 * DAYS, 40_000 * DAYS)
        ),
        # A leap that lasts is believed after a day.
        ([0 * DAYS, 30 * DAYS, 30 * DAYS + 23 * HOUR, 30 * DAYS + 25 * HOUR], [0, 0, 0, 1]),
    ],
)
def test_lines_grow_old_by_a_clock_that_can_be_believed(book, looks, gone):
    add(book, b"a")
    assert expire(book, *looks) == gone
    assert read(book) == [b"a"][: 1 - sum(gone)]


def test_a_look_a_week_is_enough(book):
    add(book, b"a", b"b")
    assert sum(expire(book, *(7 * week * DAYS for week in range(5)))) == 2


def test_a_full_disk_leaves_nothing_of_a_line(book, monkeypatch):
    add(book, b"a")
    write = os.write
    monkeypatch.setattr(journal.os, "write", lambda handle, data: write(handle, data[:3]))
    with pytest.raises(StoreError, match="the disk is full"):
        add(book, b"a long line")
    monkeypatch.undo()
    assert read(book) == [b"a"]


def test_a_file_in_the_way_or_a_long_wait_is_told_in_one_sentence(book, monkeypatch):
    monkeypatch.setattr(journal, "PATIENCE", 0)
    with book.held(), pytest.raises(StoreError, match="held by another process"):
        add(book, b"a")
    (file := book.folder / "file").write_text("in the way")
    with pytest.raises(StoreError, match=f"{file}.*a file stands where a folder should"):
        add(Journal(file), b"a")


def test_several_processes_lose_no_line_while_one_removes(book):
    writers = [writer(book.folder, name, 40) for name in "abc"]
    while any(one.poll() is None for one in writers):
        with book.held():
            book.keep(lambda line: line[:1] != b"b")
    for one in writers:
        one.communicate()
    with book.held():
        book.keep(lambda line: line[:1] != b"b")
    lines = read(book)
    assert all(line.endswith(b"-end") for line in lines)
    assert sorted(line[:1] for line in lines) == [b"a"] * 40 + [b"c"] * 40


def test_kill_9_while_writing_leaves_whole_lines(book):
    for turn in range(3):
        one = writer(book.folder, str(turn), 100_000)
        assert one.stdout
        one.stdout.readline()
        time.sleep(0.05)
        one.send_signal(signal.SIGKILL)
        told = one.communicate()[0].count(b"\n")
        lines = [line for line in read(book) if line.startswith(b"%d-" % turn)]
        assert all(line.endswith(b"-end") for line in lines)
        assert len(lines) >= told


TODAY = date(2026, 11, 25)


def test_only_days_cases_and_numbers_are_counted_and_written(tmp_path):
    tally = Tally(tmp_path / "home")
    tally.add("A", TODAY)
    tally.add("A", TODAY)
    tally.add("G", TODAY)
    tally.add("H", date(2026, 11, 26))
    assert tally.read() == {"2026-11-25": {"A": 2, "G": 1}, "2026-11-26": {"H": 1}}
    Tally(tmp_path).add("B", TODAY)
    assert json.loads((tmp_path / COUNTS).read_text()) == {"2026-11-25": {"B": 1}}


def test_no_count_is_lost_among_many_at_once(tmp_path):
    tallies = [Tally(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: tallies[n % 4].add("C", TODAY), range(20)))
    assert Tally(tmp_path).read() == {"2026-11-25": {"C": 20}}


def test_a_home_that_cannot_be_written_and_a_damaged_file_break_nothing(tmp_path):
    (tmp_path / COUNTS).write_text("{")
    tally = Tally(tmp_path)
    assert tally.read() == {}
    tally.add("I", TODAY)
    assert tally.read() == {"2026-11-25": {"I": 1}}
    (tmp_path / "home").write_text("a file")
    tally = Tally(tmp_path / "home")
    tally.add("A", TODAY)
    assert tally.read() == {}
    (tmp_path / COUNTS).write_text('{"2026-11-25": {"A": "my words", "B": 2, "C": true}, "x": 1}')
    assert Tally(tmp_path).read() == {"2026-11-25": {"B": 2}}
    (tmp_path / COUNTS).write_text("[]")
    assert Tally(tmp_path).read() == {}
