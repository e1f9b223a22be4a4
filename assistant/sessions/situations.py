"""Situations to judge: invented, and debriefed with the sentences of guidance that decide them.

The file beside this module ties each reply to one sentence, which asks for the reply or rules it
out. That tie is what a quiz proves its key by.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

from assistant.citing.citations import note
from assistant.records import Statement
from assistant.sessions.session import AUDIENCES, Audience, Exercise, SessionRequest, Step, Talk
from assistant.sessions.session_quotes import Quotes, points
from assistant.sessions.session_scope import Scope
from corpus.passage import Record
from corpus.whole import Whole

FILE = Path(__file__).with_suffix(".toml")

JUDGED, EACH = 3, 7
"""Situations of an exercise at most, and the minutes that each takes with its debrief."""

USED = 10
"""Notes of a session, the best first, that its situations may be on."""

WELLBEING, ENOUGH = "staff-wellbeing", 3
"""What a quiz asks of only where it has fewer other cases than these."""


class Reply(Record):
    """What somebody may do in a situation."""

    text: str
    """In words of ours."""

    fits: bool
    """Whether the sentence asks for it; else it rules it out."""

    rests_on: str
    """A note and words that one of its sentences holds: `safe-training-sessions: A trainer`."""

    @property
    def note(self) -> str:
        """The id of the note."""
        return self.rests_on.partition(": ")[0]


class Situation(Record):
    """A short invented situation at policy level."""

    id: str
    """A word."""

    text: str
    ask: str
    """What is to be judged."""

    replies: tuple[Reply, ...]
    """One that fits, and two that do not."""

    good: str
    """A reply to take as a model, in words of ours."""

    advanced: bool = False
    """Whether it is for those who know much."""

    audiences: tuple[Audience, ...] = AUDIENCES
    """Whose work it may occur in."""

    @property
    def about(self) -> str:
        """The id of the note that its right reply rests on."""
        return self.replies[0].note


@cache
def situations() -> Mapping[str, Situation]:
    """Return all situations by id."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["situation"]
    found = [Situation.model_validate(row) for row in rows]
    return {one.id: one for one in found}


def reply_of(subject: str, text: str) -> Reply | None:
    """Return the reply with these words to a situation, if the file has it."""
    situation = situations().get(subject)
    return next((one for one in situation.replies if one.text == text), None) if situation else None


def decides(reply: Reply, statement: Statement, whole: Whole) -> bool:
    """Tell whether a statement quotes the sentence that a reply rests on."""
    cited, words = statement.citations[0], reply.rests_on.partition(": ")[2]
    passage = whole.corpus.by_id.get(cited.passage_id)
    return (
        cited.source_id == f"note:{reply.note}"
        and words in cited.quote
        and passage is not None
        and any((span.start, span.end) == (cited.start, cited.end) for span in passage.sentences)
    )


class Situations:
    """The situations of a session, those that bear most on it first, with their sentences."""

    def __init__(
        self, quotes: Quotes, scope: Scope, request: SessionRequest, rng: Random, minutes: int
    ) -> None:
        """Choose; a situation whose sentences do not all stand on the day is not chosen.

        Args:
            quotes: what quotes.
            scope: what the session is about.
            request: whose work they occur in, and how much these know.
            rng: decides among equals.
            minutes: length of the exercise; those that are judged in it are not in the quiz.
        """
        self._whole, self._level, self._minutes = quotes.whole, request.level, minutes
        self._count = count = max(1, min(JUDGED, minutes // EACH))
        by_id = {one.front.id: one for one in quotes.whole.notes}
        named = {reply.note for one in situations().values() for reply in one.replies}
        self._sentences = {
            name: [one for one in quotes.sentences(by_id[name]) if not one.past_review]
            for name in named & by_id.keys()
        }
        rank = {one.front.id: at for at, one in enumerate(scope.notes[:USED])}
        tops = {one.id for one in scope.tops}
        near = {one for one in by_id if tops.intersection(by_id[one].front.pillars)}
        told = quotes.care(request.audience)
        taught = {one.citations[0].source_id for one in told if one.citations}
        standing = [
            one
            for one in rng.sample(list(situations().values()), len(situations()))
            if request.audience in one.audiences and all(map(self.sentence, one.replies))
        ]
        # Its first reply is what a situation is about; an audience of few is near its own work.
        standing.sort(key=lambda one: (rank.get(one.about, USED), len(one.audiences)))
        topical = [one for one in standing if one.about in rank]
        topical.sort(key=lambda one: one.advanced != (request.level == "advanced"))
        first = {one.about: one for one in reversed(topical)}
        topical.sort(key=lambda one: first[one.about] is not one)
        care = [one for one in standing if f"note:{one.about}" in taught and one not in topical]
        rest = [one for one in standing if one not in (*topical, *care)]
        rest.sort(key=lambda one: one.about not in near)
        self.exercise = [*topical[:count], *rest]
        self.judged = {one.about for one in self.exercise[:count]}
        asked = [*topical[count:], *(one for one in care if one.about != WELLBEING)]
        tired = [one for one in care if one.about == WELLBEING]
        self.quiz = asked if len(asked) >= ENOUGH else [*asked, *tired]

    def sentence(self, reply: Reply) -> Statement | None:
        """Return the one sentence that a reply rests on."""
        said = self._sentences.get(reply.note, ())
        found = [one for one in said if decides(reply, one, self._whole)]
        return found[0] if len(found) == 1 else None

    def exercises(self) -> tuple[Exercise, ...]:
        """Return exercises of one to three situations, those that bear most on the session first.

        The steps of each take the minutes together; a situation takes seven.
        """
        told, count = points(), self._count
        steps = told.steps if self._level == "introductory" else (*told.steps, told.harder)
        last = max(0, len(self.exercise) - count)
        starts = dict.fromkeys(min(count * at, last) for at in range(len(told.tasks)))
        return tuple(
            Exercise(
                title="Situations to judge" + (f", set {number}" if number > 1 else ""),
                task=note(task),
                steps=steps_of(self._minutes, steps),
                situations=tuple(map(self._talk, self.exercise[start : start + count])),
                look_for=note(told.look_for),
            )
            for number, (start, task) in enumerate(zip(starts, told.tasks, strict=False), 1)
        )

    def _talk(self, situation: Situation) -> Talk:
        """Return a situation with its debrief: the sentences that decide it, then a good reply."""
        said = {one.text: one for reply in situation.replies if (one := self.sentence(reply))}
        good = note(f"A good reply: {situation.good}")
        question = note(f"{situation.text} {situation.ask}")
        return Talk(question=question, points=(*said.values(), good))


def steps_of(minutes: int, texts: Sequence[str]) -> tuple[Step, ...]:
    """Return steps that take `minutes` together: the first half as long as each of the others.

    >>> [one.minutes for one in steps_of(15, ("Read.", "Judge.", "Compare."))]
    [3, 6, 6]
    """
    first = minutes // (2 * len(texts) - 1)
    ends = [first + (minutes - first) * at // (len(texts) - 1) for at in range(len(texts))]
    lengths = [first, *(end - start for start, end in pairwise(ends))]
    return tuple(Step(minutes=one, text=text) for one, text in zip(lengths, texts, strict=True))
