"""Sentences that give the value a question asks for, of the thing that it asks about."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from assistant.rules.lexicon import Concept, contains, content_stems, stem, stems_of, words_of
from assistant.rules.quantity import (
    counted_in,
    event_in,
    holds,
    is_asked_to_be,
    numbers_in,
    sets_norm,
)
from assistant.understanding.query import Query

FAR = 8
"""Words behind a number within which stands what it counts: `20 of the 50 largest services`."""

CLOSE = 0.68
"""Cosine from which a sentence is on the point of a question whatever its words."""

_DENIES = re.compile(r"\b(not|no|never|nor|cannot|neither|without|unconfirmed)\b", re.I)
_VERB = re.compile(
    r"\b(?:do|does|did|ha[sd]|have|is|are|was|were|will|can|could|should|would|must|there)\b", re.I
)
_SORT = re.compile(r"\b(?:which|what|how many)\s+([\w-]+)", re.I)
_DOER = re.compile(r"\bby (?:the )?[A-Z]")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


VALUE_WORDS = frozenset(
    """
    age old number numbers percentage percent share proportion rate date dates year month day amount
    total figure figures long often since exact exactly precise roughly approximately
    """.split()
)
"""Words that ask for a value, and say nothing of what it is a value of."""


class Valued:
    """What a sentence has to hold to answer one question that a value answers."""

    def __init__(
        self, query: Query, concepts: Sequence[Concept], telling: Sequence[Concept]
    ) -> None:
        """Keep what is asked for.

        Args:
            query: the question.
            concepts: what it is about.
            telling: those of them that tell it from most other questions.
        """
        self._query = query
        self._telling = [one for one in telling if one.label.lower() not in VALUE_WORDS]
        self._years = set(_YEAR.findall(query.text))
        # What sort of thing is asked for is no repetition of the title: `which companies`.
        sort = _SORT.search(query.text)
        self._sort = sort[1] if sort else ""
        self._counted = _counted(query, concepts)
        self._event = (
            event_in(query.text) if query.wants in ("date", "day", "actor") else frozenset()
        )

    @property
    def asks(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self._query.wants or self._years)

    def is_given(self, text: str, title: str, similarity: float) -> bool:
        """Tell whether a sentence gives it.

        Args:
            text: the sentence.
            title: what stands above it, which says what it is about without being repeated.
            similarity: cosine of sentence and question.
        """
        if self._years and not self._years & set(_YEAR.findall(text)):
            return False
        if not self._query.wants:
            return True
        return self._holds(text, title) and (similarity >= CLOSE or self._is_on_point(text, title))

    def _holds(self, text: str, title: str) -> bool:
        """Tell whether it holds a value of the sort; a sentence that denies it does not."""
        query = self._query
        if _DENIES.search(text) and not (query.negated or query.polar):
            return False
        if self._event and not self._tells_event(text):
            return False
        if is_asked_to_be(query.text) and not sets_norm(text):
            return False
        if self._counted and query.wants == "number" and not _counts(text, self._counted):
            return False
        if self._counted and query.wants == "percentage":
            return bool(self._counted & set(stems_of(text))) and holds(query.wants, text)
        return holds(query.wants, text, f"{query.text} {title}")

    def _tells_event(self, text: str) -> bool:
        """Tell whether it speaks of the event asked of, or at least of somebody's doing it."""
        said = {word for word, _, _ in words_of(text)}
        return bool(self._event & said) or (
            self._query.wants == "actor" and bool(_DOER.search(text))
        )

    def _is_on_point(self, text: str, title: str) -> bool:
        """Tell whether it says anything that is asked beside what its title says already."""
        above = frozenset(content_stems(title))
        said = stems_of(text)
        rest = [
            one
            for one in self._telling
            if one.label == self._sort or not any(above.issuperset(form) for form in one.forms)
        ]
        return not rest or any(contains(said, form) for one in rest for form in one.forms)


def _counted(query: Query, concepts: Sequence[Concept]) -> frozenset[str]:
    """Return the stems of what is counted, in any wording; none where nothing is named."""
    said = _VERB.split(counted_in(query.text))[0].strip()
    named = [one for one in concepts if said.startswith(one.label)]
    # What follows is what it does, or whose it is: `how many firms follow the scheme`.
    first = said.partition(" ")[0]
    return frozenset(content_stems(first)).union(*(form for one in named for form in one.forms))


def _counts(text: str, stems: Collection[str]) -> bool:
    """Tell whether one of some words follows a number.

    >>> _counts("By 2022, 16 technology companies had joined.", {"compani"})
    True
    >>> _counts("Companies follow ten standards.", {"compani"})
    False
    """
    words = words_of(text)
    for end in numbers_in(text):
        behind = [word for word, start, _ in words if start >= end][:FAR]
        if any(stem(word) in stems for word in behind):
            return True
    return False
