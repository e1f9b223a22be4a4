"""How many messages were met with signposting: a number for each case and day, and nothing else."""

from __future__ import annotations

import json
import logging
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock

from filelock import FileLock, Timeout

from assistant.home import write_whole

logger = logging.getLogger(__name__)

FILE = "triage-counts.json"
"""Name of the file in the home."""

WAIT = 2.0
"""Seconds to wait for another process that counts; a reply must not wait for long."""

Counts = dict[str, dict[str, int]]
"""Numbers by day, ISO 8601, and by the letter of the case."""

_WITHIN = Lock()


class Tally:
    """Counts kept in the home: no text, no person, no time but the day."""

    def __init__(self, home: Path) -> None:
        """Keep them under a home; nothing is written yet."""
        self._path = home / FILE

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

    def read(self) -> Counts:
        """Return the numbers by day and case; none where no message was counted or none is legible.

        A file that is damaged is taken as empty and replaced by the next count.
        """
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {
            str(day): {str(case): number for case, number in cases.items() if _is_count(number)}
            for day, cases in found.items()
            if isinstance(cases, dict)
        }


def _is_count(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and number > 0
