"""The quiz of a session: forms in turn, nothing asked twice, and only what the structure proves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

from assistant.records import Dropped, Statement
from assistant.sessions.session import Level, QuizItem
from assistant.sessions.session_questions import (
    JudgingQuestions,
    PageQuestions,
    WordQuestions,
)
from assistant.sessions.session_quotes import Quotes
from assistant.sessions.session_scope import Scope
from assistant.sessions.session_truth import faults
from assistant.sessions.situations import Situations

_LAST = frozenset({"expands", "gap", "named"})
"""What is asked last: it tests memory."""


class Quizzing:
    """Chooses the items of a quiz."""

    def __init__(
        self, quotes: Quotes, scope: Scope, rng: Random, level: Level, chosen: Situations
    ) -> None:
        """Keep what makes questions."""
        self._judging = JudgingQuestions(quotes, scope, rng, level)
        self._chosen = chosen
        self._page = PageQuestions(quotes, scope, rng, level)
        self._words = WordQuestions(quotes, scope, rng, level)
        self._whole = quotes.whole
        self._level = level
        # Where a session is about one item at the top, its title is the answer.
        self._last = _LAST | {"under"} if len(scope.tops) == 1 else _LAST

    def quiz(
        self, count: int, messages: Sequence[Statement]
    ) -> tuple[tuple[QuizItem, ...], list[Dropped]]:
        """Return up to `count` items that stand, and those that do not with why.

        Three of four ask for judgement and come first; memory comes last.

        Args:
            count: how many are wanted.
            messages: the session's key messages; their years and abbreviations are asked for.
        """
        standing, dropped = self.standing(messages)
        chosen: list[QuizItem] = []
        for item in standing:
            if len(chosen) < count and fits(item, chosen, count):
                chosen.append(item)
        return numbered(chosen), dropped

    def standing(self, messages: Sequence[Statement]) -> tuple[list[QuizItem], list[Dropped]]:
        """Return all items that stand, the best first, and those that do not with why."""
        found: list[QuizItem] = []
        dropped: list[Dropped] = []
        for maker in self._makers(messages):
            for item in maker:
                if wrong := faults(item, self._whole):
                    dropped.append(Dropped(text=item.stem.text, reason=wrong[0]))
                else:
                    found.append(item)
        judged = [one for one in found if one.relation == "fits"]
        last = [one for one in found if one.relation in self._last]
        rest = [one for one in found if one not in judged and one not in last]
        return [*judged, *_spread(rest), *_spread(last)], dropped

    def _makers(self, messages: Sequence[Statement]) -> list[Iterable[QuizItem]]:
        text = " ".join(one.text for one in messages)
        page, words = self._page, self._words
        known = [words.terms(text), page.members(), page.descriptions()]
        recalled = [page.places(), words.bodies(messages), words.expansions(text)]
        recalled.append(words.years(messages))
        return [self._judging.replies(self._chosen), *known, *recalled]


def numbered(items: Iterable[QuizItem]) -> tuple[QuizItem, ...]:
    """Return items under their places in the quiz: `Q1`."""
    return tuple(one.model_copy(update={"id": f"Q{number}"}) for number, one in enumerate(items, 1))


def _spread(items: Sequence[QuizItem]) -> list[QuizItem]:
    """Return items so that what is asked changes from one to the next as long as it can."""
    by: dict[str, list[QuizItem]] = {}
    for item in items:
        by.setdefault(item.relation, []).append(item)
    found: list[QuizItem] = []
    while len(found) < len(items):
        found += [queue.pop(0) for queue in by.values() if queue]
    return found


def fits(item: QuizItem, chosen: Sequence[QuizItem], count: int) -> bool:
    """Tell whether an item adds to those chosen.

    A quarter of a quiz at most asks the same, and three quarters ask for judgement.
    """
    alike = sum(
        (one.relation, one.closed_set) == (item.relation, item.closed_set) for one in chosen
    )
    most = count * 3 // 4 if item.relation == "fits" else max(1, count // 4)
    return alike < most and not any(is_same(item, one) for one in chosen)


def is_same(item: QuizItem, other: QuizItem) -> bool:
    """Tell whether one of two items gives the other away."""
    mine = (item.relation, item.subject, item.closed_set)
    if any({item.relation, other.relation} <= pair for pair in ({"described"}, {"gap", "named"})):
        return other.subject == item.subject or _shows_key(item, other)
    if item.relation == other.relation and item.relation in ("expands", "preferred", "under"):
        return _shows_key(item, other)
    return mine == (other.relation, other.subject, other.closed_set)


def _shows_key(item: QuizItem, other: QuizItem) -> bool:
    """Tell whether what is right in one of two items of a kind is to be read in the other."""
    if item.relation != other.relation:
        return False
    mine, theirs = ({one.text for one in two.options} for two in (item, other))
    keys = {one.text for two in (item, other) for one in two.options if one.right}
    return bool(keys & mine & theirs)
