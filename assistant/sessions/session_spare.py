"""What may take the place of an item of a session: all that the same request could have held."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from random import Random

from assistant.citing import ground
from assistant.records import Statement
from assistant.sessions.session import Exercise, QuizItem, Talk
from assistant.sessions.session_build import Building
from assistant.sessions.session_content import messages_of
from assistant.sessions.session_quiz import Quizzing
from assistant.sessions.session_work import exercises_of, talks_of

MOST = 60
"""Key messages from guidance that are thought of, at most."""

TALKS = 40
"""Questions for discussion that are thought of, at most."""


class Spare:
    """Items that stand, the best first; the same request gives the same."""

    def __init__(self, building: Building) -> None:
        """Keep what knows the request."""
        self._building = building
        self._request = building.request

    @cached_property
    def messages(self) -> tuple[Statement, ...]:
        """Key messages."""
        one = self._building
        level = self._request.level
        return self._standing(messages_of(one.quotes, one.scope, MOST, level, self._rng()))

    @cached_property
    def talks(self) -> tuple[Talk, ...]:
        """Questions for discussion, each with points that stand."""
        one = self._building
        found = talks_of(one.quotes, one.scope, self.messages, TALKS, self._request.audience)
        made = ((self._standing([talk.question]), self._standing(talk.points)) for talk in found)
        return tuple(Talk(question=asked[0], points=points) for asked, points in made if asked)

    @cached_property
    def exercises(self) -> tuple[Exercise, ...]:
        """Exercises of the audience."""
        one, request = self._building, self._request
        found = exercises_of(
            one.quotes,
            one.scope,
            self.messages,
            sum(line.minutes for line in one.agenda if line.block == "exercise"),
            audience=request.audience,
            level=request.level,
            rng=self._rng(),
        )
        return tuple(
            made.model_copy(
                update={
                    "task": self._standing([made.task])[0],
                    "look_for": self._standing([made.look_for])[0],
                    "cards": self._standing(made.cards),
                }
            )
            for made in found
        )

    @cached_property
    def quiz(self) -> tuple[QuizItem, ...]:
        """Questions of the quiz, each proven."""
        one = self._building
        making = Quizzing(one.quotes, one.scope, self._rng(), self._request.level)
        return tuple(one.judged(item) for item in making.standing(self.messages)[0])

    def _rng(self) -> Random:
        return Random(self._request.seed)

    def _standing(self, statements: Iterable[Statement]) -> tuple[Statement, ...]:
        """Return the statements that stand; nobody asked for the others, so they are not told."""
        kept, _ = ground.check(tuple(statements), self._building.whole.corpus.by_id)
        return tuple(one for one in kept if not one.past_review)
