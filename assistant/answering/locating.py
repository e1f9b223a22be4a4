"""Where a framework says something: the places, each with its lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.citing.citations import Quoting, note
from assistant.draft import Composed, capitalised, listed
from assistant.records import Statement
from assistant.rules.cues import ASKING_WORDS, FUNCTION_WORDS, MENTIONING
from assistant.rules.lexicon import content_stems, stem, stems_of, words_of
from assistant.rules.subjects import heading_of, name_of
from assistant.understanding.query import Query
from corpus.structure.graph import Framework, Item

_TELLS = (
    r"(?:sa(?:y|ys|id)|mention(?:s|ed)?|speak(?:s)?|spoken|talk(?:s|ed)?|state(?:s|d)?|written"
    r"|cover(?:s|ed)?|address(?:es|ed)?|discuss(?:es|ed)?|refer(?:s|red)?|deal(?:s|t)?|listed"
    r"|found|quoted?|appear(?:s)?|come(?:s)? up|set out|printed|name(?:s|d)?"
    r"|described|ha(?:s|ve)|holds?|contains?)"
)
_PLACE = r"(?:lines?|line numbers?|sections?|passages?|parts?|places?|paragraphs?|headings?|bits?)"
_READER = r"(?:can|do|could|would|might|should) (?:i|we|one|you) (?:find|read|look|see)"
_FINDING = (
    rf"(?:find|locate|point (?:me|us) to|show (?:me|us)) (?:me |us )?(?:the )?(?:exact )?{_PLACE}"
)
_THAT = r"(?:on|about|where|that|which|in which)"
_LOCATES = re.compile(
    rf"\bwhere(?:abouts)?\b.{{0,80}}\b{_TELLS}\b"
    rf"|\b(?:on|in|at|under) (?:which|what) {_PLACE}\b"
    rf"|\b(?:which|what) {_PLACE} (?:of (?:the |this )?[\w ]+? )?{_TELLS}\b"
    rf"|\bwhere(?:abouts)? {_READER}\b|\b{_FINDING} {_THAT}\b"
    r"|\bwhere(?:abouts)?\b[^?.;]{0,80}\b(?:in|on) (?:the|this)"
    r" (?:page|framework|response|document|text)\b",
    re.I,
)
_FRAME = re.compile(
    rf"\bwhere(?:abouts)?\b|\bexactly\b|\b{_READER}\b"
    rf"|\b(?:on|in|at|under)? ?(?:which|what) {_PLACE}\b"
    rf"|\b{_FINDING} {_THAT}\b|\bthe {_PLACE} {_THAT}\b",
    re.I,
)


_ASKING = ASKING_WORDS | FUNCTION_WORDS | MENTIONING


def locates(text: str) -> bool:
    """Tell whether a question asks where something is said.

    >>> locates("Where does the page say that victims stay anonymous?")
    True
    >>> locates("Where do survivors get help?")
    False
    """
    return bool(_LOCATES.search(text))


def unlocated(text: str) -> str:
    """Return a question for a place without the words that ask for one.

    >>> unlocated("On which lines is transparency mentioned?")
    'is transparency mentioned?'
    """
    return " ".join(_FRAME.sub(" ", text).split())


class Locating:
    """Says where a framework speaks of something."""

    def __init__(self, framework: Framework) -> None:
        """Keep the framework and what quotes it."""
        self._framework = framework
        self._quoting = Quoting(framework)

    def compose(self, query: Query) -> Composed | None:
        """Name the places of what a query is about, in reading order; `None` where there is none.

        An item that is named is one place; what is only spoken of may have several.
        """
        items = self._places(query)
        if not items:
            return None
        composed = Composed()
        composed.statements.append(self._opening(query, items))
        for item in items:
            top = self._framework.top(item.id)
            section = heading_of(self._framework, top) if top is not item else ""
            composed.statements.append(self._quoting.entry(item, section))
        return composed

    def _places(self, query: Query) -> list[Item]:
        items = self._framework.items
        if query.entities:
            wanted = set(query.entities)
            return [item for item in items if wanted & set(item.entities)]
        ids = {*(query.matches or query.subjects), *self._saying(query.text)}
        return [item for item in items if item.id in ids]

    def _saying(self, text: str) -> list[str]:
        """Return the items whose words hold all that is looked for, where that is anything."""
        framed = content_stems(" ".join((self._framework.name, *self._framework.aliases)))
        said = [word for word, _, _ in words_of(text) if word not in _ASKING]
        wanted = {stem(word) for word in said}.difference(framed)
        passages = self._framework.passages if wanted else ()
        return [one.id for one in passages if wanted.issubset(stems_of(one.text))]

    def _opening(self, query: Query, items: Sequence[Item]) -> Statement:
        named = [f"{self._lines(item)} ({name_of(self._framework, item)})" for item in items]
        what = f" \u201c{query.topic}\u201d" if query.topic and not query.entities else " this"
        places = "one place" if len(items) == 1 else f"{len(items)} places"
        quotes = [self._quoting.words(item) for item in items]
        return note(capitalised(f"the page speaks of{what} in {places}: {listed(named)}."), quotes)

    def _lines(self, item: Item) -> str:
        return self._framework.passage_by_id[item.id].locator
