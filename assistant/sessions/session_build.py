"""From a request to a training session, checked statement by statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from random import Random
from typing import NamedTuple

from assistant.citing import ground
from assistant.draft import capitalised, listed
from assistant.records import Citation, Dropped, Statement
from assistant.sessions.session import (
    AgendaLine,
    Exercise,
    QuizItem,
    Session,
    SessionRequest,
    SourceLine,
    Talk,
)
from assistant.sessions.session_agenda import ORDER, agenda_of
from assistant.sessions.session_content import (
    TOLD,
    columns_of,
    facilitator_of,
    glossary_of,
    messages_of,
    objectives_of,
    talks_of,
)
from assistant.sessions.session_quiz import Quizzing, numbered
from assistant.sessions.session_quotes import Quotes
from assistant.sessions.session_scope import Scope, scope_of
from assistant.sessions.situations import Situations, steps_of
from assistant.understanding.naming import heading_of
from corpus.passage import Corpus
from corpus.whole import Whole

COMPOSER = "session-3"
"""Name and version of the composer."""

FULL = 60
"""Words that the page prints on all items, from which its slot is not cut short."""

PAST = "Its source is past its review, and enters no session."
"""Why a statement is left out although its words stand."""


def build_session(request: SessionRequest, whole: Whole, today: date) -> Session:
    """Make a training session; the same request, corpus and day give the same session.

    Raises:
        SessionError: the length, the subject or the parts are not to be had.
    """
    building = Building(request, whole, today)
    return building.session(building.choose())


class Chosen(NamedTuple):
    """What a session is made of; all else follows from it."""

    objectives: tuple[Statement, ...]
    care: tuple[Statement, ...]
    messages: tuple[Statement, ...]
    talks: tuple[Talk, ...]
    exercise: Exercise | None
    quiz: tuple[QuizItem, ...]
    order: tuple[str, ...] = ORDER
    """Parts that take time, in their order."""

    emptied: frozenset[str] = frozenset()
    """Parts that were asked for and of which nothing is left."""


class Building:
    """A session in the making."""

    def __init__(self, request: SessionRequest, whole: Whole, today: date) -> None:
        """Find out what it is about and how its time is shared out.

        Raises:
            SessionError: the length, the subject or the parts are not to be had.
        """
        self.request, self.whole, self.today = request, whole, today
        self.quotes = Quotes(whole, today)
        self._told = sum(one.section in TOLD for one in self.quotes.care(request.audience))
        self.scope: Scope = scope_of(request, whole, today)
        self.agenda = self.agenda_for(request.parts)
        self._rng, same = Random(request.seed), Random(request.seed)
        minutes = self._minutes("exercise")
        self.situations = Situations(self.quotes, self.scope, request, same, minutes)
        self._dropped: list[Dropped] = []

    def agenda_for(
        self, parts: Collection[str], order: Sequence[str] = ORDER
    ) -> tuple[AgendaLine, ...]:
        """Return the lines of the agenda with some parts in an order.

        Raises:
            SessionError: the parts cannot fill the time.
        """
        named = self.scope.named
        bare = [one.title for one in named if not one.description]
        words = sum(len(one.description.split()) for one in named)
        few = bare if words < FULL else None
        return agenda_of(self.request.minutes, parts, order, self._told, few)

    def choose(self) -> Chosen:
        """Choose what it is made of; each call after the first chooses anew."""
        quotes, scope, parts = self.quotes, self.scope, self.request.parts
        care = self.kept(quotes.care(self.request.audience))
        count = max(4, min(9, self._minutes("guidance") // 2 + 1))
        many = max(1, min(4, self._minutes("discussion") // 5))
        # Questions are taken from messages, whether or not these are shown.
        told = self.kept(messages_of(quotes, scope, count, care))
        shown = told if "messages" in parts else ()
        exercise = next(iter(self.exercises(told)), None)
        talks = self.talks((*told, *said_in(exercise)), many) if "discussion" in parts else ()
        quiz: tuple[QuizItem, ...] = ()
        if "quiz" in parts:
            asked = max(3, min(7, self._minutes("quiz") // 2))
            items, dropped = self.quizzing(self._rng).quiz(asked, told)
            self._dropped += dropped
            quiz = tuple(map(self.judged, items))
        aims = objectives_of(quotes, scope, shown, parts) if "objectives" in parts else ()
        return Chosen(self.kept(aims), care, shown, talks, exercise, quiz)

    def session(self, chosen: Chosen) -> Session:
        """Return the session that is made of what was chosen."""
        request, quotes, scope = self.request, self.quotes, self.scope
        parts = [one for one in request.parts if one not in chosen.emptied]
        agenda = self.agenda_for(parts, chosen.order)
        exercise = _timed(chosen.exercise, agenda)
        whole_page = "messages" in request.parts and not request.topic.strip()
        columns = columns_of(quotes, scope, self.kept) if whole_page else ()
        shown = (*chosen.messages, *said_in(*chosen.talks, exercise))
        used = (*chosen.care, *shown, *said_in(*chosen.quiz))
        facilitator = self.kept(facilitator_of(quotes, scope, used))
        # Wrong options bring in terms that the session does not use.
        keys = (o.evidence for item in chosen.quiz for o in item.options if o.right)
        said = (*shown, *keys, *chosen.objectives, *chosen.care)
        text = "\n".join(one.text for one in said)
        entries = glossary_of(quotes, text) if "glossary" in request.parts else ()
        glossary = self.kept(entries)
        drawn = (item for one in columns for item in one.items)
        all_said = (*chosen.objectives, *drawn, *used, *facilitator, *glossary)
        cited = [one for said in all_said for one in said.citations]
        return Session(
            request=request,
            title=self._title(),
            subjects=tuple(one.id for one in (*scope.tops, *scope.named)),
            objectives=chosen.objectives,
            agenda=tuple(
                one.model_copy(update={"does": self.kept((one.does,))[0]}) for one in agenda
            ),
            columns=columns,
            care=chosen.care,
            messages=chosen.messages,
            talks=chosen.talks,
            exercise=exercise,
            quiz=numbered(chosen.quiz),
            facilitator=facilitator,
            glossary=glossary,
            sources=sources_of(cited, self.whole.corpus),
            dropped=tuple(dict.fromkeys(self._dropped)),
            today=self.today.isoformat(),
            corpus=self.whole.corpus.digest,
            composer=COMPOSER,
            checker=ground.CHECKER,
        )

    def kept(self, statements: Iterable[Statement]) -> tuple[Statement, ...]:
        """Return the statements that stand; the others are listed with why."""
        kept, dropped = ground.check(tuple(statements), self.whole.corpus.by_id)
        self._dropped += dropped
        self._dropped += [Dropped(text=one.text, reason=PAST) for one in kept if one.past_review]
        return tuple(one for one in kept if not one.past_review)

    def _minutes(self, block: str) -> int:
        return sum(one.minutes for one in self.agenda if one.block == block)

    def talks(self, told: Sequence[Statement], count: int) -> tuple[Talk, ...]:
        """Return up to `count` questions for discussion, with points that stand and are new."""
        judged = self.situations.judged if "exercise" in self.request.parts else ()
        return self._standing(talks_of(self.quotes, self.scope, told, judged, count))

    def exercises(self, told: Sequence[Statement] = ()) -> tuple[Exercise, ...]:
        """Return the exercises that stand, the best first; no debrief says what was told."""
        if "exercise" not in self.request.parts:
            return ()
        return tuple(
            made.model_copy(
                update={
                    "task": self.kept((made.task,))[0],
                    "look_for": self.kept((made.look_for,))[0],
                    "situations": self._standing(made.situations, told),
                }
            )
            for made in self.situations.exercises()
        )

    def _standing(self, talks: Iterable[Talk], told: Sequence[Statement] = ()) -> tuple[Talk, ...]:
        texts = {one.text for one in told}
        return tuple(
            Talk(question=asked[0], points=self.kept(p for p in one.points if p.text not in texts))
            for one in talks
            if (asked := self.kept((one.question,)))
        )

    def quizzing(self, rng: Random) -> Quizzing:
        """Return what makes the questions of the quiz."""
        return Quizzing(self.quotes, self.scope, rng, self.situations)

    def judged(self, item: QuizItem) -> QuizItem:
        """Give the evidence of each option its verdict; that it stands was seen before."""
        options = tuple(
            one.model_copy(update={"evidence": self.kept((one.evidence,))[0]})
            for one in item.options
        )
        return item.model_copy(update={"options": options})

    def _title(self) -> str:
        scope, topic = self.scope, self.request.topic.strip()
        if self.request.capabilities:
            return listed([one.title for one in scope.named])
        if not topic:
            return listed([heading_of(self.whole.framework, one) for one in scope.tops])
        glossary = self.whole.glossary
        term = glossary.term(topic)
        avoided = term and term.status == "avoid"
        return capitalised(glossary.instead_of(term) if term and avoided else topic)


def _timed(exercise: Exercise | None, agenda: Sequence[AgendaLine]) -> Exercise | None:
    """Return an exercise whose steps take the time that the agenda has for it."""
    if exercise is None:
        return None
    minutes = sum(one.minutes for one in agenda if one.block == "exercise")
    steps = steps_of(minutes, [one.text for one in exercise.steps])
    return exercise.model_copy(update={"steps": steps})


def statements_of(session: Session) -> tuple[Statement, ...]:
    """Return every statement of a session, in the order of its parts."""
    return (
        *session.objectives,
        *(one.does for one in session.agenda),
        *(one for column in session.columns for one in column.items),
        *session.care,
        *session.messages,
        *said_in(*session.talks, session.exercise, *session.quiz),
        *session.facilitator,
        *session.glossary,
    )


def said_in(*items: Talk | Exercise | QuizItem | None) -> Iterator[Statement]:
    """Yield the statements of some items, in the order in which they are read."""
    for item in items:
        match item:
            case Talk():
                yield from (item.question, *item.points)
            case Exercise():
                yield from (*said_in(*item.situations), item.task, item.look_for)
            case QuizItem():
                yield from (item.stem, *(one.evidence for one in item.options))


_ABOUT_A_SOURCE = {"id", "title", "publisher", "tier", "as_of", "licence"}


def sources_of(citations: Iterable[Citation], corpus: Corpus) -> tuple[SourceLine, ...]:
    """Return the sources of some citations in the corpus's order, with the places and works."""
    by: dict[str, list[Citation]] = {}
    for one in citations:
        by.setdefault(one.source_id, []).append(one)
    return tuple(
        SourceLine(
            **source.model_dump(include=_ABOUT_A_SOURCE),
            locators=tuple(dict.fromkeys(one.locator for one in by[source.id])),
            works=tuple({ref.id: ref for one in by[source.id] for ref in one.references}.values()),
        )
        for source in corpus.sources
        if source.id in by
    )
