"""What users say of answers: a verdict, a masked comment, and the question that it is about.

It is checked and triaged before it is kept as the audit log is: lines by day, whole or not at all,
for as many days, users under a keyed hash. Nothing is kept of what met a reviewed reply.
"""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal

from assistant.errors import CertificateError, CorpusError, FeedbackError, QuestionError
from assistant.records import NO_FILTERS, Answer, Filters, Signposting, cited_in
from assistant.safety.journal import DAY, Entry, EntryLog
from assistant.safety.personal import Finder
from assistant.safety.triage import Heard, one_line, visible
from assistant.settings import Settings
from corpus.passage import Corpus

FOLDER = "feedback"  # Folder of the home that holds it.
LONGEST_COMMENT = 1000  # Characters that a comment may have.
MOST_A_DAY = 50  # Times that a user may say something of answers in a day, UTC.

UNTRUE = "This is no answer that Signpost gave from the sources at hand; ask again, then say it."
"""What is said to an answer that does not verify."""

NOT_KEPT = "Nothing is kept of this message, so nothing is kept of what is said about the reply."
"""What is said to a reviewed reply."""

_LONGEST_WORD = 25  # Letters of a reason, and of a kind of facet.

Verdict = Literal[
    "helpful", "wrong_answer", "wrongly_refused", "incomplete", "wrong_citation", "unsafe"
]
"""What a user says of an answer."""


class Feedback(Entry):
    """What one user said of one answer."""

    id: str = ""
    """Unlike every other, hexadecimal; it tells nothing, and is given where it is kept."""

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


class FeedbackLog(EntryLog[Feedback]):
    """The feedback in a home."""

    place = FOLDER
    kind = Feedback

    def add(self, said: Feedback, user: str) -> Feedback:
        """Keep what a user says, its words masked; return it with an id, a time and a pseudonym.

        `FeedbackError` where the user has said enough for a day.
        """
        with self.held():
            own, today = self._pseudonym(user), datetime.now(UTC).date().isoformat()
            before = filter(None, map(self._entry, self.lines()))
            if sum(one.user == own and one.time[:DAY] == today for one in before) >= MOST_A_DAY:
                raise FeedbackError(f"{MOST_A_DAY} times a day are enough; try again tomorrow.")
            return self.write(user, said.model_copy(update={"id": secrets.token_hex(8)}))

    def newest(self, verdict: Verdict | None = None, limit: int = 100) -> tuple[Feedback, ...]:
        """Return what was said last, or by one verdict; a line that is none is passed over."""
        found = sorted(reversed(self.entries()), key=lambda one: one.time, reverse=True)
        return tuple(one for one in found if verdict in (None, one.verdict))[:limit]


class Remarks:
    """Takes what users say of answers."""

    def __init__(self, settings: Settings, corpus: Corpus, hear: Callable[[str], Heard]) -> None:
        self._settings = settings
        self._corpus = corpus
        self._hear = hear
        self.log = FeedbackLog(settings)

    def take(self, answer: Answer, verdict: Verdict, comment: str, user: str) -> Signposting | None:
        """Keep what a user says of an answer, or return the reviewed text that is due.

        The answer is believed in nothing: its quotes, spans, texts and counts are held against the
        corpus, and of it the question, ids and digests are kept. `FeedbackError` where it does not
        verify, the comment is too long, or the user has said enough for a day; `StoreError` where
        the home cannot be written.
        """
        if len(comment) > LONGEST_COMMENT:
            most = f"write at most {LONGEST_COMMENT} characters"
            raise FeedbackError(f"The comment is too long; {most}.")
        said = visible(comment)
        heard = [self._hear(said)] if said else []
        # Whoever discloses something is answered, whatever is wrong with the rest.
        if heard and not heard[0].kept:
            return heard[0].reply
        if answer.signposting or answer.status in ("safeguarding", "declined"):
            raise FeedbackError(NOT_KEPT)
        limit = self._settings.max_question_chars
        try:
            # What earlier turns add makes a question longer than it was typed.
            resolved = one_line(answer.resolved_question, 2 * limit)
            questions = (one_line(answer.question, limit), resolved)
        except QuestionError:
            raise FeedbackError(UNTRUE) from None
        self._check(answer)
        heard += [self._hear(text) for text in dict.fromkeys(questions)]
        due = next((one.reply for one in heard if one.reply), None)
        if not all(one.kept for one in heard):
            return due
        kept = Feedback(
            verdict=verdict,
            comment="" if due else self._finder.mask(said),
            question=self._finder.mask(questions[0]),
            resolved_question=self._finder.mask(questions[1]),
            filters=answer.filters,
            status=answer.status,
            reason=answer.reason,
            passages=cited_in(answer.statements),
            corpus=answer.provenance.corpus,
        )
        self.log.add(kept, user)
        return due

    def _check(self, answer: Answer) -> None:
        # Who only hands out answers need not wait for it to be loaded.
        from assistant.certificates.recheck import certify

        try:
            certify(answer, self._corpus, datetime.now(UTC).date())
        except (CertificateError, CorpusError, KeyError):
            raise FeedbackError(UNTRUE) from None
        # What stands in the place of a word, so that nothing else is kept there.
        if not all(map(_is_word, (answer.reason or "none", *answer.filters.facets))):
            raise FeedbackError(UNTRUE)

    @cached_property
    def _finder(self) -> Finder:
        return Finder(self._corpus)


def _is_word(text: str) -> bool:
    """Tell whether a text has the form of a reason, and of a kind of facet."""
    letters = text.isascii() and text.islower() and text.replace("_", "").isalpha()
    return letters and text[0] != "_" and 1 < len(text) <= _LONGEST_WORD
