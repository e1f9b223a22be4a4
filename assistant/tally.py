"""How many messages a day met a reviewed reply instead of an answer: counts, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from assistant.errors import StoreError
from assistant.home import write_whole, writing

FILE = "triage-counts.json"
"""Name of the file in the home."""

PATIENCE = 10
"""Seconds to wait for another process that is counting."""


class Tally:
    """Counts of a home, by day and by the letter of the case."""

    def __init__(self, home: Path) -> None:
        """Keep the place; nothing is made yet."""
        self._home = home
        self._path = home / FILE

    def add(self, case: str) -> None:
        """Count one message of a case on the day that it is, UTC.

        Raises:
            StoreError: the home cannot be written, or its counts are damaged.
        """
        from filelock import FileLock, Timeout

        with writing(self._home):
            self._home.mkdir(parents=True, exist_ok=True)
            try:
                with FileLock(f"{self._path}.lock", timeout=PATIENCE):
                    counts = self.read()
                    day = counts.setdefault(datetime.now(UTC).date().isoformat(), {})
                    day[case] = day.get(case, 0) + 1
                    write_whole(self._path, json.dumps(counts, indent=1).encode())
            except Timeout:
                raise StoreError(f"{self._path} is held by another process; try again.") from None

    def read(self) -> dict[str, dict[str, int]]:
        """Return the counts: day, ISO 8601, to case to number.

        Raises:
            StoreError: they cannot be read.
        """
        try:
            counts = json.loads(self._path.read_text("utf-8"))
            return {
                str(day): {str(case): int(count) for case, count in cases.items()}
                for day, cases in counts.items()
            }
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError, TypeError):
            raise StoreError(f"{self._path} holds no counts; move it away.") from None
