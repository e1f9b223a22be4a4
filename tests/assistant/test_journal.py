"""The journal and the tally: whole lines and counts or none, whoever writes or dies."""

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
from assistant.safety.audit import AuditLog
from assistant.safety.journal import COUNTS, Tally
from assistant.settings import Settings

DAY, NEXT = date(2026, 11, 25), date(2026, 11, 26)
FIRST = "2026-11-25-001.jsonl"

WRITER = """
import sys
from datetime import date
from pathlib import Path
from assistant.safety.audit import AuditLog
from assistant.settings import Settings

book, name, count = AuditLog(Settings(home=Path(sys.argv[1]))), sys.argv[2], int(sys.argv[3])
for number in range(count):
    with book.held():
        book.append(date(2026, 11, 25), f"{name}-{number}-{'x' * 400}-end".encode())
    print(number, flush=True)
"""


@pytest.fixture
def book(tmp_path):
    return AuditLog(Settings(home=tmp_path))


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


def test_lines_come_back_in_order_over_days_and_only_for_their_owner(book, monkeypatch):
    add(book, b"c", day=NEXT)
    add(book, b"a", b"b")
    assert read(book) == [b"a", b"b", b"c"]
    found = sorted(book.folder.glob("*.jsonl"))
    assert [path.name for path in found] == [FIRST, "2026-11-26-001.jsonl"]
    assert [path.stat().st_mode & 0o777 for path in (book.folder, found[0])] == [0o700, 0o600]
    # A long day goes on in another file.
    monkeypatch.setattr(journal, "LARGEST", 10)
    add(book, *(b"12345678" for _ in range(4)))
    assert len(list(book.folder.glob("*-25-*.jsonl"))) == 3
    assert len(read(book)) == 7


def test_what_a_crash_left_of_a_line_or_a_rewriting_goes_and_the_rest_stays(book, caplog):
    add(book, b"a")
    for torn in (b'{"half', b"\x00" * 40, b"x" * 5000):
        caplog.clear()
        with (book.folder / FIRST).open("ab") as file:
            file.write(torn)
        (book.folder / f".{FIRST}.abc").write_bytes(b"secret")
        add(book, b"b")
        assert {*read(book)} == {b"a", b"b"}
        assert "torn" in caplog.text
        assert not list(book.folder.glob(".2026*"))


NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAYS, HOUR, MINUTES = timedelta(days=1), timedelta(hours=1), timedelta(minutes=5)


@pytest.mark.parametrize(
    ("looks", "gone"),
    [
        ([0 * DAYS, 1 * DAYS, 2 * DAYS, 3 * DAYS], [0, 0, 1, 0]),
        # A clock that leaps and comes back removes nothing.
        ([0 * DAYS, 200 * DAYS, 200 * DAYS + MINUTES, MINUTES, 2 * MINUTES, DAYS], [0] * 6),
        # A leap that lasts is believed after a day, and a look a week is enough.
        ([0 * DAYS, 30 * DAYS, 30 * DAYS + 23 * HOUR, 30 * DAYS + 25 * HOUR], [0, 0, 0, 1]),
        ([0 * DAYS, 7 * DAYS, 14 * DAYS], [0, 1, 0]),
    ],
)
def test_lines_grow_old_by_a_clock_that_can_be_believed(book, looks, gone):
    add(book, b"a")
    with book.held():
        assert [book.expire(2, NOON + look) for look in looks] == gone
    assert read(book) == [b"a"][: 1 - sum(gone)]


def test_rare_looks_a_leap_among_them_and_a_line_of_a_clock_that_ran_ahead(book):
    add(book, b"a")
    add(book, b"ahead", day=date(2036, 11, 25))
    looks = (0, 30, 230, 60, 90, 120)
    with book.held():
        assert [book.expire(90, NOON + day * DAYS) for day in looks] == [0, 0, 0, 0, 0, 2]


def test_a_full_disk_a_file_in_the_way_or_a_long_wait_is_told_in_one_sentence(book, monkeypatch):
    add(book, b"a")
    write = os.write
    monkeypatch.setattr(journal.os, "write", lambda handle, data: write(handle, data[:3]))
    with pytest.raises(StoreError, match="the disk is full"):
        add(book, b"a long line")
    monkeypatch.undo()
    assert read(book) == [b"a"]
    monkeypatch.setattr(journal, "PATIENCE", 0)
    with book.held(), pytest.raises(StoreError, match="held by another process"):
        add(book, b"a")
    (file := book.folder.parent / "file").write_text("in the way")
    with pytest.raises(StoreError, match=f"{file}/audit.*a file stands where a folder should"):
        add(AuditLog(Settings(home=file)), b"a")


def test_several_processes_lose_no_line_while_one_removes(book):
    def sweep():
        with book.held():
            book.keep(lambda line, day: line[:1] != b"b")

    writers = [writer(book.folder.parent, name, 40) for name in "abc"]
    while any(process.poll() is None for process in writers):
        sweep()
    for process in writers:
        process.communicate()
    sweep()
    lines = read(book)
    assert all(line.endswith(b"-end") for line in lines)
    assert sorted(line[:1] for line in lines) == [b"a"] * 40 + [b"c"] * 40


def test_kill_9_while_writing_leaves_whole_lines(book):
    for turn in range(3):
        process = writer(book.folder.parent, str(turn), 100_000)
        assert process.stdout
        process.stdout.readline()
        time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        told = process.communicate()[0].count(b"\n")
        lines = [line for line in read(book) if line.startswith(b"%d-" % turn)]
        assert all(line.endswith(b"-end") for line in lines)
        assert len(lines) >= told


def test_only_days_cases_and_numbers_are_counted_and_none_is_lost_among_many_at_once(tmp_path):
    tallies = [Tally(tmp_path / "home") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: tallies[number % 4].add("C", DAY), range(20)))
    tallies[0].add("G", DAY)
    tallies[1].add("H", NEXT)
    assert tallies[2].read() == {"2026-11-25": {"C": 20, "G": 1}, "2026-11-26": {"H": 1}}
    written = (tmp_path / "home" / COUNTS).read_text()
    assert written == '{"2026-11-25": {"C": 20, "G": 1}, "2026-11-26": {"H": 1}}'


def test_a_home_that_cannot_be_written_and_a_damaged_file_break_nothing(tmp_path):
    some = '{"2026-11-25": {"A": "my words", "B": 2, "C": true}, "x": 1}'
    for held, left in (("{", {}), ("[]", {}), (some, {"2026-11-25": {"B": 2}})):
        (tmp_path / COUNTS).write_text(held)
        tally = Tally(tmp_path)
        assert tally.read() == left
        tally.add("I", NEXT)
        assert tally.read() == left | {"2026-11-26": {"I": 1}}
    (tmp_path / "home").write_text("a file")
    tally = Tally(tmp_path / "home")
    tally.add("A", DAY)
    assert tally.read() == {}
