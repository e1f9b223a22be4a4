"""The audit log: one record for each answer that was handed out, and none of its words.

A message that met a reviewed reply is only counted. Whoever asked stands in the log under a keyed
hash; the key stays in the home, so that the log alone says nothing of who they are. What is given
away of it are counts by day, status and reason, none so small that it points at anybody.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal, Self

from assistant.errors import StoreError
from assistant.home import check_free, write_whole, writing
from assistant.records import Answer, cited_in
from assistant.safety.journal import COUNTS, DAY, HARMFUL, REFUSED, Entry, EntryLog, Tally
from assistant.settings import Settings
from corpus.passage import Record

FOLDER = "audit"  # Folder of the home that holds the log.
LEAST = 5  # Smallest count that is given as a number.
Count = int | Literal["fewer than 5"]  # A count, as it is given away.


class AuditRecord(Entry):
    """An answer that was handed out."""

    # An earlier release reads no record without them.
    reason: str
    passages: tuple[str, ...]
    settings: str
    ms: int
    """Digest of the settings; and how long the answer took, in milliseconds."""

    question: str = ""
    answer: str = ""
    """The question, and the sentences of the answer, masked; only if the settings ask for it."""


class AuditLog(EntryLog[AuditRecord]):
    """The audit log of a home."""

    place = FOLDER
    kind = AuditRecord
    _looked: date | None = None

    def add(
        self, answer: Answer, *, user: str, seconds: float, masked: Callable[[Answer], Answer]
    ) -> None:
        """Record an answer, or count the message that it is no answer to."""
        # A message that met a reviewed reply is only counted.
        refused = answer.status == "declined" and answer.reason == HARMFUL
        if answer.status == "safeguarding" or refused:
            case = answer.signposting.case if answer.signposting else REFUSED
            Tally(self._settings.home).add(case)
            return
        words = masked(answer) if self._settings.audit_text else None
        with self.held():
            record = AuditRecord(
                status=answer.status,
                reason=answer.reason,
                passages=cited_in(answer.statements),
                corpus=answer.provenance.corpus,
                settings=answer.provenance.settings,
                ms=round(seconds * 1000),
                question=words.question if words else "",
                answer=" ".join(one.text for one in words.statements) if words else "",
            )
            self.write(user, record)
            now = datetime.now(UTC)
            if now.date() != self._looked:
                # A server runs for months, and a day's lines grow old meanwhile.
                self._looked = now.date()
                self.expire(self._settings.retention_days, now)

    def purge_all(self) -> int:
        """Remove every record, the counts, and the key; return how many records."""
        removed = super().purge_all()
        with writing(self._settings.home):
            (self._settings.home / COUNTS).unlink(missing_ok=True)
        return removed


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
    def of(cls, settings: Settings, places: Sequence[Path] = ()) -> Self:
        """Count what the logs of homes, or of folders of homes, hold together; or one's own.

        `StoreError` where a place is neither, or a home cannot be used.
        """
        homes = dict.fromkeys(home for place in places for home in _homes(place))
        counts: Counter[tuple[str, str, str]] = Counter()
        triage: Counter[tuple[str, str]] = Counter()
        for home in homes or (settings.home,):
            log = AuditLog(settings.model_copy(update={"home": home}))
            counts.update((one.time[:DAY], one.status, one.reason) for one in log.entries())
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
        """Write a new file, or raise `OSError`; `StoreError` where one is there already."""
        check_free(path, StoreError)
        write_whole(path, f"{self.model_dump_json(indent=2)}\n".encode(), private=False)


def _homes(place: Path) -> list[Path]:
    """Return the homes that a place is or holds; of one that answered nobody, only models tell."""
    found = [
        one.resolve()
        for one in (place, *(sorted(place.iterdir()) if place.is_dir() else ()))
        if any((one / name).exists() for name in (FOLDER, COUNTS, "models"))
    ]
    if not found:
        raise StoreError(
            f"{place} holds no audit log; name the home of a server, or a folder of such homes."
        )
    return found


def shown(count: int) -> Count:
    """Return a count as it is given away.

    >>> shown(4), shown(5)
    ('fewer than 5', 5)
    """
    return count if count >= LEAST else "fewer than 5"
