"""The audit log: one record for each answer that was handed out, and none of its words.

A message that met a reviewed reply is only counted. Whoever asked stands in the log under a keyed
hash; the key stays in the home, so that the log alone says nothing of who they are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from assistant.home import writing
from assistant.records import Answer, Status
from assistant.safety.pseudonyms import Entry, EntryLog, pseudonym
from assistant.safety.tally import FILE as COUNTS
from assistant.safety.tally import Tally

FOLDER = "audit"
"""Folder of the home that holds the log."""

HARMFUL = "harmful_request"
"""Reason of an answer that refuses a harmful request."""

REFUSED = "G"
"""Letter under which harmful requests are counted."""


class AuditRecord(Entry):
    """An answer that was handed out."""

    status: Status
    reason: str
    """Why, for every status but `answered`."""

    passages: tuple[str, ...]
    """Ids of the passages that are cited, each once, in reading order."""

    corpus: str
    """Digest of the corpus edition."""

    settings: str
    """Digest of the settings."""

    ms: int
    """How long the answer took, in milliseconds."""

    question: str = ""
    """The question, masked; only if the settings ask for it."""

    answer: str = ""
    """The sentences of the answer, masked; only if the settings ask for it."""


class AuditLog(EntryLog[AuditRecord]):
    """The audit log of a home."""

    folder = FOLDER
    kind = AuditRecord
    _looked: date | None = None

    def add(
        self, answer: Answer, *, user: str, seconds: float, masked: Callable[[Answer], Answer]
    ) -> None:
        """Record an answer, or count the message that it is no answer to.

        Raises:
            StoreError: the home cannot be written.
        """
        if case := _case_of(answer):
            Tally(self._home).add(case)
            return
        words = masked(answer) if self._settings.audit_text else None
        with self._journal.held():
            now = datetime.now(UTC)
            record = AuditRecord(
                time=now.isoformat(timespec="milliseconds"),
                user=pseudonym(user, self._key_file),
                status=answer.status,
                reason=answer.reason,
                passages=_cited(answer),
                corpus=answer.provenance.corpus,
                settings=answer.provenance.settings,
                ms=round(seconds * 1000),
                question=words.question if words else "",
                answer=" ".join(one.text for one in words.statements) if words else "",
            )
            line = record.model_dump_json(exclude_defaults=True).encode()
            self._journal.append(now.date(), line)
            if now.date() != self._looked:
                # A server runs for months, and a day's lines grow old meanwhile.
                self._looked = now.date()
                self._journal.expire(self._settings.retention_days, now)

    def records(self) -> tuple[AuditRecord, ...]:
        """Return all records, oldest first; a line that is none is passed over.

        Raises:
            StoreError: the home cannot be used.
        """
        return tuple(sorted(self.entries(), key=lambda record: record.time))

    def purge(self) -> int:
        """Remove what is past its time; return how many records.

        Raises:
            StoreError: the home cannot be used.
        """
        return self.start()

    def purge_all(self) -> int:
        """Remove every record, the counts, and the key; return how many records.

        Raises:
            StoreError: the home cannot be used.
        """
        removed = super().purge_all()
        with writing(self._home):
            (self._home / COUNTS).unlink(missing_ok=True)
        return removed


def _case_of(answer: Answer) -> str:
    """Return the case of a message that is only counted; empty for any other."""
    if answer.status == "safeguarding":
        return answer.signposting.case if answer.signposting else REFUSED
    if answer.status == "declined" and answer.reason == HARMFUL:
        return answer.signposting.case if answer.signposting else REFUSED
    return ""


def _cited(answer: Answer) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(one.passage_id for said in answer.statements for one in said.citations)
    )
