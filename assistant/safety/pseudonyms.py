"""What users did, kept under a keyed hash of their names, whose key stays beside it in the home."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from pydantic import ValidationError

from assistant.errors import StoreError
from assistant.home import write_whole
from assistant.safety.journal import Journal
from assistant.settings import Settings
from corpus.passage import Record

KEY_BYTES = 32
"""Length of the key."""


class Entry(Record):
    """What one user did once."""

    time: str
    """When, ISO 8601 in UTC."""

    user: str
    """Pseudonym of the user: a keyed hash, hexadecimal."""


E = TypeVar("E", bound=Entry)


class EntryLog(Generic[E]):
    """Entries of one kind in a folder of a home; they are removed when they are old."""

    folder: ClassVar[str]
    kind: type[E]

    def __init__(self, settings: Settings) -> None:
        """Keep the place; nothing is made yet."""
        self._settings = settings
        self._home = settings.home
        self._journal = Journal(settings.home / self.folder, settings.replica)
        self._key_file = settings.home / self.folder / "key"

    def start(self) -> int:
        """Mend what a crash left and remove what is past its time; return how many.

        Raises:
            StoreError: the home cannot be used.
        """
        days = self._settings.retention_days
        return self._purge(lambda: self._journal.expire(days, datetime.now(UTC)))

    def entries(self) -> list[E]:
        """Return all entries as they were added; a line that is none is passed over.

        Raises:
            StoreError: the home cannot be used.
        """
        if not self._journal.folder.is_dir():
            return []
        with self._journal.held():
            lines = self._journal.lines()
        return [entry for entry in map(self._entry, lines) if entry]

    def purge_before(self, day: date) -> int:
        """Remove the entries of the days before one, UTC; return how many.

        Raises:
            StoreError: the home cannot be used.
        """
        return self._purge(lambda: self._journal.keep_from(day))

    def purge_user(self, user: str) -> int:
        """Remove all entries of a user, and every line that is none; return how many.

        Raises:
            StoreError: the home cannot be used.
        """

        def remove() -> int:
            own = pseudonym(user, self._key_file)
            # A line that cannot be read might be theirs.
            return self._journal.keep(lambda line: getattr(self._entry(line), "user", own) != own)

        return self._purge(remove)

    def purge_all(self) -> int:
        """Remove every entry, and the key; return how many.

        Raises:
            StoreError: the home cannot be used.
        """

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
