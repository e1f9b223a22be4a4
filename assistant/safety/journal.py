"""Lines that are only ever added, in files by day: whole lines or none, whoever writes, or dies.

What users did stands in them under a keyed hash of their names; its key stays beside them.
"""

from __future__ import annotations

import errno
import hmac
import logging
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from pydantic import ValidationError

from assistant.errors import StoreError
from assistant.home import sync_folder, write_whole, writing
from assistant.settings import Settings
from corpus.passage import Record

logger = logging.getLogger(__name__)

LARGEST = 4 * 2**20
"""Bytes from which on the lines of a day go on in another file."""

PATIENCE = 10
"""Seconds to wait for another process that writes or removes lines."""

KEY_BYTES = 32
"""Length of the key of a hash."""

CLOCK = "clock.json"
"""What the clock said at the last look, in the folder of the lines."""

LEAP = timedelta(days=8)
"""Time between two looks from which the clock has leapt, if it was looked at every week."""

A_DAY = timedelta(days=1)
"""How long a clock goes on before its leap is believed."""


class _Clock(Record):
    day: date
    """By which lines grow old."""

    seen: datetime
    """What the clock said at the last look."""

    since: datetime | None = None
    """What it said when it had leapt, while that is not believed yet."""


class Journal:
    """Files of lines in a folder, named by day and number: `2026-11-25-001.jsonl`.

    Servers that share a folder each add to files of their own, with their name before the number,
    since not every network folder keeps two who add to one file apart.
    """

    def __init__(self, folder: Path, writer: str = "") -> None:
        """Keep the folder; nothing is made yet.

        Args:
            folder: where the lines are.
            writer: name of whoever adds lines; empty where that is one machine alone.
        """
        self.folder = folder
        self._writer = writer

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other threads and processes out: a line must not go to a file that is replaced.

        Raises:
            StoreError: the folder cannot be used, or another process holds it for too long.
        """
        from filelock import FileLock, Timeout

        with writing(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock(self.folder / "lock", timeout=PATIENCE)
            try:
                lock.acquire()
            except Timeout:
                raise StoreError(f"{self.folder} is held by another process; try again.") from None
            try:
                yield
            finally:
                lock.release()

    def append(self, day: date, line: bytes) -> None:
        """Add a line to those of a day; it is on the disk when this returns. The journal is held.

        Raises:
            OSError: it cannot be written; then nothing of it is.
        """
        path = self._open_file(day)
        new = not path.exists()
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = _mend(handle, path)
            data = line + b"\n"
            # One call for the whole line, so that a process that dies leaves all of it or none.
            if os.write(handle, data) < len(data):
                os.ftruncate(handle, size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            os.fsync(handle)
        finally:
            os.close(handle)
        if new:
            sync_folder(self.folder)

    def lines(self) -> list[bytes]:
        """Return all lines without their newlines, each writer's oldest first. It is held."""
        self.mend()
        return [line for path in self._files() for line in path.read_bytes().splitlines()]

    def keep(self, is_kept: Callable[[bytes], bool]) -> int:
        """Rewrite the files without some lines, and return how many went. The journal is held."""
        self.mend()
        removed = 0
        for path in self._files():
            lines = path.read_bytes().splitlines()
            kept = [line for line in lines if is_kept(line)]
            removed += len(lines) - len(kept)
            if not kept:
                path.unlink()
            elif len(kept) < len(lines):
                write_whole(path, b"".join(line + b"\n" for line in kept))
        sync_folder(self.folder)
        return removed

    def expire(self, days: int, now: datetime) -> int:
        """Remove the files older than some days; return how many lines. The journal is held.

        A clock that leaps, by more than a week or backwards, is believed only when it has gone on
        for a day: until then nothing more is old than was before.

        Args:
            days: that a line is kept.
            now: what the clock says, in UTC.
        """
        return self.keep_from(self._believed(now) - timedelta(days=days))

    def _believed(self, now: datetime) -> date:
        """Return the day by which lines grow old, and keep what the clock said."""
        path = self.folder / CLOCK
        try:
            clock = _Clock.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            days = [path.name[: len("2026-11-25")] for path in self._files()]
            known = max((one for one in days if one <= now.date().isoformat()), default="")
            day = date.fromisoformat(known) if known else now.date()
            clock = _Clock(day=day, seen=now, since=now if known else None)
        leapt = not clock.seen <= now <= clock.seen + LEAP
        since = now if leapt else clock.since
        if since is None or since + A_DAY <= now:
            clock = _Clock(day=now.date(), seen=now)
        else:
            clock = _Clock(day=min(clock.day, now.date()), seen=now, since=since)
        write_whole(path, clock.model_dump_json().encode())
        return clock.day

    def keep_from(self, day: date) -> int:
        """Remove the files of the days before one; return how many lines. The journal is held."""
        removed = 0
        for path in self._files():
            if path.name[: len("2026-11-25")] < day.isoformat():
                removed += path.read_bytes().count(b"\n")
                path.unlink()
        sync_folder(self.folder)
        return removed

    def mend(self) -> None:
        """Cut off what a crash left of a line or of a file. The journal is held."""
        for unfinished in self.folder.glob(".*"):
            unfinished.unlink(missing_ok=True)
        for path in self._files():
            handle = os.open(path, os.O_RDWR)
            try:
                _mend(handle, path)
            finally:
                os.close(handle)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("????-??-??-*.jsonl"))

    def _open_file(self, day: date) -> Path:
        """Return the file that lines of a day go to."""
        name = f"{day.isoformat()}-{self._writer}" if self._writer else day.isoformat()
        files = [path for path in self._files() if path.stem.rpartition("-")[0] == name]
        if files and files[-1].stat().st_size < LARGEST:
            return files[-1]
        number = int(files[-1].stem[-3:]) + 1 if files else 1
        return self.folder / f"{name}-{number:03d}.jsonl"


def _mend(handle: int, path: Path) -> int:
    """Cut off what stands behind the last newline; return the size of what is left, in bytes.

    A line without a newline is what a power cut or a full disk left of one; half a record says
    nothing that could be relied on.
    """
    size = os.fstat(handle).st_size
    end = size
    while end and os.pread(handle, 1, end - 1) != b"\n":
        end -= 1
    if end < size:
        logger.warning("The last line of %s was torn, and is cut off.", path.name)
        os.ftruncate(handle, end)
    return end


class Entry(Record):
    """What one user did once."""

    time: str
    """When, ISO 8601 in UTC."""

    user: str
    """Pseudonym of the user: a keyed hash, hexadecimal."""


E = TypeVar("E", bound=Entry)


class EntryLog(Generic[E]):
    """Entries of one kind in a folder of a home; they are removed when they are old.

    Raises:
        StoreError: by whatever is done, where the home cannot be used.
    """

    folder: ClassVar[str]
    kind: type[E]

    def __init__(self, settings: Settings) -> None:
        """Keep the place; nothing is made yet."""
        self._settings = settings
        self._home = settings.home
        self._journal = Journal(settings.home / self.folder, settings.replica)
        self._key_file = settings.home / self.folder / "key"

    def start(self) -> int:
        """Mend what a crash left and remove what is past its time; return how many."""
        days = self._settings.retention_days
        return self._purge(lambda: self._journal.expire(days, datetime.now(UTC)))

    def entries(self) -> list[E]:
        """Return all entries as they were added; a line that is none is passed over."""
        if not self._journal.folder.is_dir():
            return []
        with self._journal.held():
            lines = self._journal.lines()
        return [entry for entry in map(self._entry, lines) if entry]

    def purge_before(self, day: date) -> int:
        """Remove the entries of the days before one, UTC; return how many."""
        return self._purge(lambda: self._journal.keep_from(day))

    def purge_user(self, user: str) -> int:
        """Remove all entries of a user, and every line that is none; return how many."""

        def remove() -> int:
            own = pseudonym(user, self._key_file)
            # A line that cannot be read might be theirs.
            return self._journal.keep(lambda line: getattr(self._entry(line), "user", own) != own)

        return self._purge(remove)

    def purge_all(self) -> int:
        """Remove every entry, and the key; return how many."""

        def remove() -> int:
            removed = self._journal.keep(lambda line: False)
            self._key_file.unlink(missing_ok=True)
            return removed

        return self._purge(remove)

    def _purge(self, remove: Callable[[], int]) -> int:
        if not self._journal.folder.is_dir():
            return 0
        with self._journal.held():
            self._journal.mend()
            return remove()

    def _entry(self, line: bytes) -> E | None:
        try:
            return self.kind.model_validate_json(line)
        except ValidationError:
            return None


def pseudonym(name: str, key_file: Path) -> str:
    """Return the keyed hash of a name, hexadecimal; a key is made where there is none.

    The key is read each time: another process may have removed it, with all records, since. The
    caller keeps other processes out.

    Raises:
        StoreError: the key is damaged.
    """
    try:
        key = key_file.read_bytes()
    except FileNotFoundError:
        key = secrets.token_bytes(KEY_BYTES)
        write_whole(key_file, key)  # which only its owner may read
    if len(key) != KEY_BYTES:
        raise StoreError(f"The key {key_file} is damaged; remove it, and users get new pseudonyms.")
    return hmac.new(key, name.encode(), sha256).hexdigest()[:32]
