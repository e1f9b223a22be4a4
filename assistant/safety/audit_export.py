"""The audit log as counts by day, status and reason, none so small that it points at anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from assistant.errors import AuditError
from assistant.home import reason_of, write_whole
from assistant.safety.audit import FOLDER as AUDIT
from assistant.safety.audit import AuditLog
from assistant.safety.tally import FILE as COUNTS
from assistant.safety.tally import Tally
from assistant.settings import Settings
from corpus.passage import Record

LEAST = 5
"""Smallest count that is given as a number."""

FEW: Literal["fewer than 5"] = "fewer than 5"
"""What stands for a smaller one."""

Count = int | Literal["fewer than 5"]
"""A count, as it is given away."""


class AnswerCount(Record):
    """Answers of one kind on one day."""

    day: str
    """The day, UTC, ISO 8601."""

    status: str
    """What became of the questions."""

    reason: str
    """Why, for every status but `answered`."""

    answers: Count
    """How many."""


class MessageCount(Record):
    """Messages of one safeguarding case on one day."""

    day: str
    """The day, UTC, ISO 8601."""

    case: str
    """Letter of the case."""

    messages: Count
    """How many."""


class AuditCounts(Record):
    """All that is given away of an audit log."""

    format: Literal["signpost-audit-counts"] = "signpost-audit-counts"
    """What the file is."""

    version: Literal[1] = 1
    """Number of the form."""

    answers: tuple[AnswerCount, ...]
    """By day, then status and reason; what did not occur is left out."""

    triage: tuple[MessageCount, ...]
    """By day, then case."""

    @classmethod
    def of(cls, settings: Settings, places: Sequence[Path] = ()) -> AuditCounts:
        """Count what the logs of one or several homes hold, together.

        Args:
            settings: whose home it is where no other is given.
            places: homes, or folders of homes.

        Raises:
            AuditError: a place is neither.
            StoreError: a home cannot be used.
        """
        homes = dict.fromkeys(home for place in places for home in _homes(place))
        counts: Counter[tuple[str, str, str]] = Counter()
        triage: Counter[tuple[str, str]] = Counter()
        for home in homes or (settings.home,):
            log = AuditLog(settings.model_copy(update={"home": home}))
            counts.update(
                (one.time[: len("2026-11-25")], one.status, one.reason) for one in log.records()
            )
            for day, cases in Tally(home).read().items():
                triage.update({(day, case): count for case, count in cases.items()})
        return cls(
            answers=tuple(
                AnswerCount(day=day, status=status, reason=reason, answers=shown(count))
                for (day, status, reason), count in sorted(counts.items())
            ),
            triage=tuple(
                MessageCount(day=day, case=case, messages=shown(count))
                for (day, case), count in sorted(triage.items())
            ),
        )

    def write(self, path: Path) -> None:
        """Write the counts to a new file.

        Raises:
            AuditError: the file is there already, or cannot be written.
        """
        if path.exists() or path.is_symlink():
            raise AuditError(f"{path} is there already; remove it, or name another file.")
        if not path.parent.is_dir():
            raise AuditError(f"{path.parent} is no folder; make it, or name a file elsewhere.")
        try:
            write_whole(path, f"{self.model_dump_json(indent=2)}\n".encode())
        except OSError as error:
            reason = reason_of(error).partition(";")[0]
            raise AuditError(
                f"{path} cannot be written: {reason}; name a file elsewhere."
            ) from None


def _homes(place: Path) -> list[Path]:
    """Return the homes that a place is or holds; of one that answered nobody, only models tell."""
    found = [
        one.resolve()
        for one in (place, *(sorted(place.iterdir()) if place.is_dir() else ()))
        if any((one / name).exists() for name in (AUDIT, COUNTS, "models"))
    ]
    if not found:
        raise AuditError(
            f"{place} holds no audit log; name the home of a server, or a folder of such homes."
        )
    return found


def shown(count: int) -> Count:
    """Return a count as it is given away.

    >>> shown(4), shown(5)
    ('fewer than 5', 5)
    """
    return count if count >= LEAST else FEW
