"""What users say of answers: a verdict, a masked comment, and the question that it is about.

It is kept as the audit log is: lines by day, whole or not at all, for as many days, users under a
keyed hash. Nothing is kept of what met a reviewed reply.
"""

import secrets
from datetime import UTC, datetime
from typing import Literal

from assistant.errors import FeedbackError
from assistant.records import NO_FILTERS, Filters, Status
from assistant.safety.journal import DAY, Entry, EntryLog

FOLDER = "feedback"  # Folder of the home that holds it.
LONGEST_COMMENT = 1000  # Characters that a comment may have.
MOST_A_DAY = 50  # Times that a user may say something of answers in a day, UTC.

Verdict = Literal[
    "helpful", "wrong_answer", "wrongly_refused", "incomplete", "wrong_citation", "unsafe"
]
"""What a user says of an answer."""


class Feedback(Entry):
    """What one user said of one answer."""

    id: str
    """Unlike every other, hexadecimal; it tells nothing."""

    verdict: Verdict
    """What they say of the answer."""

    comment: str = ""
    """What they add, with personal data masked."""

    question: str
    """The question, masked."""

    resolved_question: str
    """The question as understood, masked: what to ask to get the answer again."""

    filters: Filters = NO_FILTERS
    """What the answer was narrowed to."""

    status: Status
    """What became of the question."""

    reason: str = ""
    """Why, for every status but `answered`."""

    passages: tuple[str, ...] = ()
    """Ids of the passages that the answer cites, each once, in reading order."""

    corpus: str
    """Digest of the corpus edition."""


class FeedbackLog(EntryLog[Feedback]):
    """The feedback in a home."""

    place = FOLDER
    kind = Feedback

    def add(self, said: Feedback, user: str) -> Feedback:
        """Keep what a user says, its words masked; return it with an id, a time and a pseudonym.

        `FeedbackError` where the user has said enough for a day.
        """
        with self.held():
            now = datetime.now(UTC)
            own = self._pseudonym(user)
            today = now.date().isoformat()
            before = filter(None, map(self._entry, self.lines()))
            if sum(one.user == own and one.time[:DAY] == today for one in before) >= MOST_A_DAY:
                raise FeedbackError(f"{MOST_A_DAY} times a day are enough; try again tomorrow.")
            set_here = {
                "id": secrets.token_hex(8),
                "time": now.isoformat(timespec="seconds"),
                "user": own,
            }
            kept = said.model_copy(update=set_here)
            self.append(now.date(), kept.model_dump_json().encode())
        return kept

    def newest(self, verdict: Verdict | None = None, limit: int = 100) -> tuple[Feedback, ...]:
        """Return what was said last, or by one verdict; a line that is none is passed over."""
        found = sorted(reversed(self.entries()), key=lambda one: one.time, reverse=True)
        return tuple(one for one in found if verdict in (None, one.verdict))[:limit]
