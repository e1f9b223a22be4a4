"""The journal: whole lines or none, by day, whoever writes or dies."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assistant.errors import StoreError
from assistant.safety import journal
from assistant.safety.journal import Journal

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
def book(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "audit")


def add(book: Journal, *lines: bytes, day: date = DAY) -> None:
    for line in lines:
        with book.held():
            book.append(day, line)


def read(book: Journal) -> list[bytes]:
    with book.held():
        return book.lines()


def writer(folder: Path, name: str, count: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(folder), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."})


def test_lines_come_back_in_order_over_days(book: Journal) -> None:
    add(book, b"c", day=NEXT)
    add(book, b"a", b"b")
    assert read(book) == [b"a", b"b", b"c"]
    assert [path.name for path in sorted(book.folder.glob("*.jsonl"))] == [
        "2026-11-25-001.jsonl",
        "2026-11-26-001.jsonl",
    ]


def test_only_the_owner_may_read_it(book: Journal) -> None:
    add(book, b"a")
    assert (book.folder.stat().st_mode & 0o777) == 0o700
    assert ((book.folder / "2026-11-25-001.jsonl").stat().st_mode & 0o777) == 0o600


def test_a_long_day_goes_on_in_another_file(book: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_what_a_crash_left_of_a_rewriting_is_removed(book: Journal) -> None:
    add(book, b"a")
    (book.folder / ".2026-11-25-001.jsonl.abc").write_bytes(b"secret")
    assert read(book) == [b"a"]
    assert not list(book.folder.glob(".2026*"))


def test_lines_are_removed_by_what_they_say(book: Journal) -> None:
    add(book, b"a", b"b", b"a")
    add(book, b"a", day=NEXT)
    with book.held():
        assert book.keep(lambda line: line != b"a") == 3
    assert read(book) == [b"b"]
    assert len(list(book.folder.glob("*.jsonl"))) == 1


def test_days_are_removed_whole(book: Journal) -> None:
    add(book, b"a", b"b")
    add(book, b"c", day=NEXT)
    with book.held():
        assert book.keep_from(NEXT) == 2
    assert read(book) == [b"c"]


NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def expire(book: Journal, *looks: timedelta) -> list[int]:
    """Return how many lines go at each of some looks, so long after noon of the second day."""
    with book.held():
        return [book.expire(2, NOON + one) for one in looks]


def test_lines_grow_old_by_the_clock(book: Journal) -> None:
    add(book, b"a", b"b")
    days = [timedelta(days=one) for one in range(4)]
    assert expire(book, *days) == [0, 0, 2, 0]


@pytest.mark.parametrize("leap", [timedelta(days=200), timedelta(days=40_000)])
def test_a_clock_that_leaps_and_comes_back_removes_nothing(book: Journal, leap: timedelta) -> None:
    add(book, b"a")
    minutes = timedelta(minutes=5)
    looks = (timedelta(0), leap, leap + minutes, minutes, 2 * minutes, timedelta(days=1))
    assert sum(expire(book, *looks)) == 0
    assert read(book) == [b"a"]


def test_a_leap_that_lasts_is_believed_after_a_day(book: Journal) -> None:
    add(book, b"a")
    off = timedelta(days=30)
    assert expire(book, timedelta(0), off, off + timedelta(hours=23)) == [0, 0, 0]
    assert expire(book, off + timedelta(hours=25)) == [1]


def test_a_look_a_week_is_enough(book: Journal) -> None:
    add(book, b"a")
    assert sum(expire(book, *(timedelta(days=7 * one) for one in range(5)))) == 1


def test_a_full_disk_leaves_nothing_of_a_line(book, monkeypatch):
    add(book, b"a")
    write = os.write
    monkeypatch.setattr(journal.os, "write", lambda handle, data: write(handle, data[:3]))
    with pytest.raises(StoreError, match="the disk is full"):
        add(book, b"a long line")
    monkeypatch.undo()
    assert read(book) == [b"a"]


def test_a_file_where_the_folder_should_be_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "audit").write_text("in the way")
    with pytest.raises(StoreError, match="audit"):
        add(Journal(tmp_path / "audit"), b"a")


def test_who_waits_for_too_long_is_told(book: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "PATIENCE", 0)
    with book.held(), pytest.raises(StoreError, match="held by another process"):
        add(book, b"a")


def test_several_processes_lose_no_line_while_one_removes(book: Journal) -> None:
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


def test_kill_9_while_writing_leaves_whole_lines(book: Journal) -> None:
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
