"""From a request to a training session, checked statement by statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from random import Random

from assistant import ground
from assistant.answer import Citation, Dropped, Statement
from assistant.composed import capitalised, listed
from assistant.session import (
    AgendaLine,
    Exercise,
    QuizItem,
    Session,
    SessionRequest,
    SourceLine,
    Talk,
)
from assistant.session_agenda import agenda_of
from assistant.session_content import (
    care_of,
    facilitator_of,
    glossary_of,
    messages_of,
    objectives_of,
)
from assistant.session_quiz import Quizzing
from assistant.session_quotes import Quotes
from assistant.session_scope import Scope, scope_of
from assistant.session_work import exercise_of, talks_of
from assistant.subjects import heading_of
from corpus.passage import Corpus
from corpus.whole import Whole

COMPOSER = "session-1"
"""Name and version of the composer."""

PAST = "Its source is past its review, and enters no session."
"""Why a statement is left out although its words stand."""


def build_session(request: SessionRequest, whole: Whole, today: date) -> Session:
    """Make a training session; the same request, corpus and day give the same session.

    Raises:
        SessionError: the length, the subject or the parts are not to be had.
    """
    return _Building(request, whole, today).session()


class _Building:
    """A session in the making."""

    def __init__(self, request: SessionRequest, whole: Whole, today: date) -> None:
        self._request = request
        self._whole = whole
        self._today = today
        self._quotes = Quotes(whole, today)
        self._rng = Random(request.seed)
        self._dropped: list[Dropped] = []
        self._agenda = agenda_of(request.minutes, request.parts)
        self._scope: Scope = scope_of(request, whole, today)

    def session(self) -> Session:
        request, quotes, scope = self._request, self._quotes, self._scope
        care = self._kept(care_of(quotes))
        count = max(4, min(14, self._minutes("page", "guidance") // 3))
        # Questions and cards are taken from messages, whether or not these are shown.
        told = self._kept(messages_of(quotes, scope, count, request.level, self._rng))
        talks = self._talks(told)
        exercise = self._exercise(told)
        quiz = self._quiz(told)
        shown = told if "messages" in request.parts else ()
        objectives = objectives_of(quotes, scope) if "objectives" in request.parts else ()
        used = _all(care, shown, talks, exercise, quiz)
        facilitator = self._kept(facilitator_of(quotes, scope, used))
        # Wrong options bring in terms that the session does not use.
        text = "\n".join(
            one.text for one in (*objectives, *_all(care, told, talks, exercise, ()), *_keys(quiz))
        )
        entries = glossary_of(quotes, text) if "glossary" in request.parts else ()
        glossary = self._kept(entries)
        cited = [one for said in (*used, *facilitator, *glossary) for one in said.citations]
        return Session(
            request=request,
            title=self._title(),
            subjects=tuple(one.id for one in (*scope.tops, *scope.named)),
            objectives=self._kept(objectives),
            agenda=tuple(self._line(one) for one in self._agenda),
            care=care,
            messages=shown,
            talks=talks,
            exercise=exercise,
            quiz=quiz,
            facilitator=facilitator,
            glossary=glossary,
            sources=sources_of(cited, self._whole.corpus),
            dropped=tuple(self._dropped),
            today=self._today.isoformat(),
            corpus=self._whole.corpus.digest,
            composer=COMPOSER,
            checker=ground.CHECKER,
        )

    def _kept(self, statements: Iterable[Statement]) -> tuple[Statement, ...]:
        """Return the statements that stand; the others are listed with why."""
        kept, dropped = ground.check(tuple(statements), self._whole.corpus.by_id)
        self._dropped += dropped
        self._dropped += [Dropped(text=one.text, reason=PAST) for one in kept if one.past_review]
        return tuple(one for one in kept if not one.past_review)

    def _line(self, line: AgendaLine) -> AgendaLine:
        return line.model_copy(update={"does": self._kept((line.does,))[0]})

    def _minutes(self, *blocks: str) -> int:
        return sum(one.minutes for one in self._agenda if one.block in blocks)

    def _talks(self, told: Sequence[Statement]) -> tuple[Talk, ...]:
        if "discussion" not in self._request.parts:
            return ()
        count = max(2, min(6, self._minutes("discussion") // 5))
        found = talks_of(self._quotes, self._scope, told, count, self._request.audience)
        checked = ((self._kept((one.question,)), self._kept(one.points)) for one in found)
        return tuple(Talk(question=asked[0], points=points) for asked, points in checked if asked)

    def _exercise(self, told: Sequence[Statement]) -> Exercise | None:
        if "exercise" not in self._request.parts:
            return None
        request = self._request
        made = exercise_of(
            self._quotes,
            self._scope,
            told,
            self._minutes("exercise"),
            audience=request.audience,
            level=request.level,
            rng=self._rng,
        )
        task, look_for = self._kept((made.task, made.look_for))
        return made.model_copy(
            update={"task": task, "look_for": look_for, "cards": self._kept(made.cards)}
        )

    def _quiz(self, told: Sequence[Statement]) -> tuple[QuizItem, ...]:
        if "quiz" not in self._request.parts:
            return ()
        count = max(4, min(12, self._minutes("quiz") * 2 // 3))
        making = Quizzing(self._quotes, self._scope, self._rng, self._request.level)
        items, dropped = making.quiz(count, told)
        self._dropped += dropped
        return tuple(self._judged(one) for one in items)

    def _judged(self, item: QuizItem) -> QuizItem:
        """Give the evidence of each option its verdict; that it stands was seen before."""
        options = tuple(
            one.model_copy(update={"evidence": self._kept((one.evidence,))[0]})
            for one in item.options
        )
        return item.model_copy(update={"options": options})

    def _title(self) -> str:
        scope, request = self._scope, self._request
        if request.capabilities:
            return listed([one.title for one in scope.named])
        if request.topic.strip() and not request.pillars:
            glossary = self._whole.glossary
            term = glossary.term(request.topic)
            if term and term.status == "avoid":
                return capitalised(glossary.instead_of(term))
            return capitalised(request.topic.strip())
        framework = self._whole.framework
        return listed([heading_of(framework, one) for one in scope.tops])


def statements_of(session: Session) -> tuple[Statement, ...]:
    """Return every statement of a session, in the order of its parts."""
    return (
        *session.objectives,
        *(one.does for one in session.agenda),
        *_all(session.care, session.messages, session.talks, session.exercise, session.quiz),
        *session.facilitator,
        *session.glossary,
    )


def _all(
    care: Sequence[Statement],
    messages: Sequence[Statement],
    talks: Sequence[Talk],
    exercise: Exercise | None,
    quiz: Sequence[QuizItem],
) -> tuple[Statement, ...]:
    work = (exercise.task, *exercise.cards, exercise.look_for) if exercise else ()
    return (
        *care,
        *messages,
        *(one for talk in talks for one in (talk.question, *talk.points)),
        *work,
        *(one for item in quiz for one in (item.stem, *(o.evidence for o in item.options))),
    )


def _keys(quiz: Sequence[QuizItem]) -> tuple[Statement, ...]:
    """Return the words behind the right options."""
    return tuple(one.evidence for item in quiz for one in item.options if one.right)


def sources_of(citations: Iterable[Citation], corpus: Corpus) -> tuple[SourceLine, ...]:
    """Return the sources of some citations in the corpus's order, with the places and works."""
    by: dict[str, list[Citation]] = {}
    for one in citations:
        by.setdefault(one.source_id, []).append(one)
    return tuple(
        SourceLine(
            id=source.id,
            title=source.title,
            publisher=source.publisher,
            tier=source.tier,
            as_of=source.as_of,
            licence=source.licence,
            locators=tuple(dict.fromkeys(one.locator for one in by[source.id])),
            works=tuple({ref.id: ref for one in by[source.id] for ref in one.references}.values()),
        )
        for source in corpus.sources
        if source.id in by
    )
