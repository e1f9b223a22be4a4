"""Lines that are only ever added, in files by day: whole lines or none, whoever writes, or dies.

What users did stands in them under a keyed hash of their names; its key stays beside them. Messages
that were met with signposting are only counted: a number for each case and day, and nothing else.
"""

import errno
import hmac
import json
import logging
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import ClassVar, Generic, TypeVar

from filelock import FileLock, Timeout
from pydantic import ValidationError

from assistant.errors import StoreError
from assistant.home import sync_folder, write_whole, writing
from assistant.records import Status
from assistant.settings import Settings
from corpus.passage import Record

logger = logging.getLogger(__name__)
DAY = len("2026-11-25")  # Characters of a time, and of the name of a file, that tell the day.
HARMFUL = "harmful_request"  # Reason of an answer that refuses a harmful request.
REFUSED = "G"  # Letter of the case of harmful requests.
LARGEST = 4 * 2**20  # Bytes from which on the lines of a day go on in another file.
PATIENCE = 10  # Seconds to wait for another process that writes or removes lines.
KEY_BYTES = 32  # Length of the key of a hash.
CLOCK = "clock.json"  # What the clock said at the last look, in the folder of the lines.

LEAP = timedelta(days=8)  # So long after the last look the clock has leapt; one a week is usual.
A_DAY = timedelta(days=1)  # How long a clock goes on before its leap is believed.
COUNTS = "triage-counts.json"  # Name of the file in the home that counts messages.
WAIT = 2.0  # Seconds to wait for another process that counts; a reply must not wait for long.
_WITHIN = Lock()


class _Clock(Record):
    day: date
    seen: datetime
    since: datetime | None = None
    """By which lines grow old; what the clock said at the last look; and what it said when it had
    leapt, while that is not believed yet."""

    ahead: dict[str, str] = {}
    """Days to come that have lines, and the day on which that was found, from which they age."""


class Entry(Record):
    """What one user did once, and what is kept of the answer that it was about."""

    time: str = ""
    """When, ISO 8601 in UTC."""

    user: str = ""
    """Pseudonym of the user: a keyed hash, hexadecimal; both are empty until it is kept."""

    status: Status
    """What became of the question."""

    reason: str = ""
    """Why, for every status but `answered`; empty for that."""

    passages: tuple[str, ...] = ()
    """Ids of the passages that the answer cites, each once, in reading order."""

    corpus: str
    """Digest of the corpus edition."""


E = TypeVar("E", bound=Entry)


class EntryLog(Generic[E]):
    """Entries of one kind in a home, a line each, in files by day and number, removed when old.

    Servers that share a home each add to files of their own, `2026-11-25-NAME-001.jsonl`, since not
    every network folder keeps two who add to one file apart. What reads or writes lines wants the
    log to be `held`; what purges holds it. `StoreError` where it cannot be used.
    """

    place: ClassVar[str]
    kind: type[E]

    def __init__(self, settings: Settings) -> None:
        self.folder = settings.home / self.place
        self._settings = settings
        self._key_file = self.folder / "key"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep others out, lest a line go to a file that is replaced; `StoreError` if held long."""
        with writing(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                with FileLock(self.folder / "lock", timeout=PATIENCE):
                    yield
            except Timeout:
                raise StoreError(f"{self.folder} is held by another process; try again.") from None

    def write(self, user: str, entry: E) -> E:
        """Add what a user did just now, and return it as it is kept: under a pseudonym."""
        now = datetime.now(UTC)
        told = {"time": now.isoformat(timespec="milliseconds"), "user": self._pseudonym(user)}
        kept = entry.model_copy(update=told)
        self.append(now.date(), kept.model_dump_json(exclude_defaults=True).encode())
        return kept

    def append(self, day: date, line: bytes) -> None:
        """Add a line to those of a day; it is on the disk, or nothing of it is: `OSError`."""
        name = "-".join(filter(None, (day.isoformat(), self._settings.replica)))
        files = [path for path in self._files() if path.stem.rpartition("-")[0] == name]
        if new := not files or files[-1].stat().st_size >= LARGEST:
            number = int(files[-1].stem[-3:]) + 1 if files else 1
            files.append(self.folder / f"{name}-{number:03d}.jsonl")
        path = files[-1]
        size = 0 if new else _mended(path)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
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
        """Return all lines without their newlines, each writer's oldest first."""
        return [line for path in self._mend() for line in path.read_bytes().splitlines()]

    def keep(self, is_kept: Callable[[bytes, str], bool]) -> int:
        """Rewrite the files without some lines, told by line and day; return how many went."""
        removed = 0
        for path in self._mend():
            lines = path.read_bytes().splitlines()
            kept = [line for line in lines if is_kept(line, path.name[:DAY])]
            removed += len(lines) - len(kept)
            if not kept:
                path.unlink()
            elif len(kept) < len(lines):
                write_whole(path, b"".join(line + b"\n" for line in kept))
        sync_folder(self.folder)
        return removed

    def expire(self, days: int, now: datetime) -> int:
        """Remove the lines older than some days; return how many.

        A clock that leaps, by more than a week or backwards, is believed as soon as a look a day or
        more later has not gone back behind it; until then nothing more is old than was before. So
        one leap removes nothing, and where looks are rare each counts from the next on. What a
        clock wrote that ran ahead ages from the day on which that was found.
        """
        path = self.folder / CLOCK
        try:
            clock = _Clock.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            known = max((one for one in self._days() if one <= now.date().isoformat()), default="")
            day = date.fromisoformat(known) if known else now.date()
            clock = _Clock(day=day, seen=now, since=now if known else None)
        day, since = clock.day, clock.since
        if now < clock.seen:
            day, since = min(day, now.date()), now
        elif since and since + A_DAY <= now:
            day, since = since.date(), None
        if since is None and clock.seen + LEAP < now:
            since = now
        day = day if since else now.date()
        later = {name for name in self._days() if name > now.date().isoformat()}
        ahead = {name: clock.ahead.get(name, day.isoformat()) for name in later}
        clock = _Clock(day=day, seen=now, since=since, ahead=ahead)
        write_whole(path, clock.model_dump_json().encode())
        oldest = (day - timedelta(days=days)).isoformat()
        return self.keep(lambda line, written: ahead.get(written, written) >= oldest)

    def start(self) -> int:
        """Mend what a crash left and remove what is past its time; return how many."""
        days = self._settings.retention_days
        return self._purge(lambda: self.expire(days, datetime.now(UTC)))

    def entries(self) -> list[E]:
        """Return all entries as they were added; a line that is none is passed over."""
        if not self.folder.is_dir():
            return []
        with self.held():
            lines = self.lines()
        return [entry for entry in map(self._entry, lines) if entry]

    def purge_before(self, day: date) -> int:
        """Remove the entries of the days before one, UTC; return how many."""
        return self._purge(lambda: self.keep(lambda line, written: written >= day.isoformat()))

    def purge_user(self, user: str) -> int:
        """Remove all entries of a user, and every line that is none; return how many."""

        def remove() -> int:
            own = self._pseudonym(user)
            # A line that cannot be read might be theirs.
            return self.keep(lambda line, day: getattr(self._entry(line), "user", own) != own)

        return self._purge(remove)

    def purge_all(self) -> int:
        """Remove every entry, and the key; return how many."""

        def remove() -> int:
            removed = self.keep(lambda line, day: False)
            self._key_file.unlink(missing_ok=True)
            return removed

        return self._purge(remove)

    def _purge(self, remove: Callable[[], int]) -> int:
        if not self.folder.is_dir():
            return 0
        with self.held():
            return remove()

    def _entry(self, line: bytes) -> E | None:
        try:
            return self.kind.model_validate_json(line)
        except ValidationError:
            return None

    def _pseudonym(self, name: str) -> str:
        """Return the keyed hash of a name, hexadecimal; a key is made where there is none.

        The key is read each time: another process may have removed it, with all records, since.
        """
        try:
            key = self._key_file.read_bytes()
        except FileNotFoundError:
            key = secrets.token_bytes(KEY_BYTES)
            write_whole(self._key_file, key)  # which only its owner may read
        if len(key) != KEY_BYTES:
            raise StoreError(
                f"The key {self._key_file} is damaged; remove it, and users get new pseudonyms."
            )
        return hmac.new(key, name.encode(), sha256).hexdigest()[:32]

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("????-??-??-*.jsonl"))

    def _days(self) -> list[str]:
        return [path.name[:DAY] for path in self._files()]

    def _mend(self) -> list[Path]:
        """Cut off what a crash left of a line or of a file; return the files."""
        for unfinished in self.folder.glob(".*"):
            unfinished.unlink(missing_ok=True)
        files = self._files()
        for path in files:
            _mended(path)
        return files


def _mended(path: Path) -> int:
    """Cut off what stands behind the last newline; return the size of what is left, in bytes.

    A line without a newline is what a power cut or a full disk left of one; half a record says
    nothing that could be relied on.
    """
    with path.open("r+b") as file:
        end = size = file.seek(0, os.SEEK_END)
        while end and os.pread(file.fileno(), 1, end - 1) != b"\n":
            end -= 1
        if end < size:
            logger.warning("The last line of %s was torn, and is cut off.", path.name)
            file.truncate(end)
    return end


class Tally:
    """Counts of messages kept in the home: no text, no person, no time but the day."""

    def __init__(self, home: Path) -> None:
        self._path = home / COUNTS

    def add(self, case: str, day: date | None = None) -> None:
        """Count a message of a case; what cannot be written is left: the reply comes first."""
        key = (day or datetime.now(UTC).date()).isoformat()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with _WITHIN, FileLock(f"{self._path}.lock", timeout=WAIT):
                counts = self.read()
                of_day = counts.setdefault(key, {})
                of_day[case] = of_day.get(case, 0) + 1
                write_whole(self._path, json.dumps(counts, sort_keys=True).encode())
        except (OSError, Timeout):
            logger.warning("A message was not counted: %s cannot be written.", self._path.name)

    def read(self) -> dict[str, dict[str, int]]:
        """Return numbers by day, ISO 8601, and letter of the case; what is illegible is left out.

        A file that is damaged is taken as empty and replaced by the next count.
        """
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        days = found.items() if isinstance(found, dict) else ()
        return {
            # `true` is an `int` too.
            day: {case: n for case, n in cases.items() if type(n) is int and n > 0}
            for day, cases in days
            if isinstance(cases, dict)
        }
