"""What an earlier turn was about: the scope of its answer, never the text of its passages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.answering.extractive import COMPOSER as EXTRACTIVE
from assistant.answering.structured import COMPOSER as STRUCTURED
from assistant.draft import is_unanswered
from assistant.records import Choice, Draft, Status
from assistant.rules.lexicon import Token, stem
from assistant.rules.words import Words
from assistant.understanding.query import Query
from corpus.structure.graph import Framework

REFUSED: frozenset[Status] = frozenset({"not_covered", "out_of_scope", "declined", "safeguarding"})
"""What became of a turn that brought no answer; what follows it brings none by itself."""

_SMALL = frozenset("the of on in for and to a an".split())
"""Words that may stand inside a name."""


class Earlier(NamedTuple):
    """The last turn as understood, and what its answer was about."""

    text: str
    """Its complete question."""

    query: Query
    """What it asks, or the last thing of several."""

    subjects: tuple[str, ...]
    """Items that it is about."""

    listed: tuple[str, ...]
    """Items that the answer lists, in its order; the subjects of a comparison."""

    notes: tuple[str, ...]
    """Titles of the notes that the answer quotes, in its order."""

    refused: bool
    """Whether it brought no answer."""

    choices: tuple[Choice, ...]
    """Readings that the answer offered to choose from."""

    topic: str
    """What guidance was asked about, in the question's words; empty where nothing stands out."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of thing that were asked for."""
        return self.query.kinds

    @property
    def counted(self) -> bool:
        """Whether a number was asked for."""
        return self.query.operation == "count"

    @property
    def compared(self) -> bool:
        """Whether things were set beside each other."""
        return self.query.operation == "compare" and len(self.subjects) > 1

    @property
    def related(self) -> bool:
        """Whether it was asked what has something, or whether something has it."""
        return self.query.operation in ("inverse", "negate", "verify")


def earlier(
    text: str, queries: Sequence[Query], draft: Draft, words: Words, framework: Framework
) -> Earlier:
    """Keep of an answered turn what a later one can lean on.

    Args:
        text: its complete question.
        queries: what it asks.
        draft: what was answered.
        words: the question with what it names.
        framework: whose items it may be about.
    """
    query = queries[-1]
    meant = [one for every in queries for one in every.subjects]
    # Where guidance answers, a subject that was only guessed is not what was talked about.
    framed = query.sure or query.of_page or draft.composer == EXTRACTIVE
    beside = STRUCTURED not in draft.composer and not framed
    subjects = () if beside else tuple(dict.fromkeys(query.subjects or meant))
    titles = [said.section for said in draft.statements if said.kind == "guidance"]
    notes = tuple(dict.fromkeys(one for one in titles if one))
    listed = _listed(query, draft, framework)
    if query.operation == "compare":
        listed = subjects
    return Earlier(
        text=text,
        query=query,
        subjects=subjects or _heads(query, listed, beside),
        listed=listed,
        notes=notes,
        refused=draft.status in REFUSED or is_unanswered(draft),
        choices=draft.choices,
        topic=_topic(words, notes),
    )


def _listed(query: Query, draft: Draft, framework: Framework) -> tuple[str, ...]:
    """Return the items that an answer lists, in its order: of the kinds asked for, if any."""
    wanted = {query.target} if query.target else set(query.kinds)
    found: list[str] = []
    for said in draft.statements:
        if said.kind != "framework":
            continue
        items = [one.passage_id for one in said.citations if one.passage_id in framework.item_by_id]
        of_kind = [one for one in items if framework.item(one).kind in wanted]
        found += of_kind[:1] or ([] if wanted else items[:1])
    own = set(query.subjects) if len(set(found)) > 1 else set()
    return tuple(one for one in dict.fromkeys(found) if one not in own or query.target)


def _heads(query: Query, listed: Sequence[str], beside: bool) -> tuple[str, ...]:
    """Return what is then talked about where a question named no item: what it asked to find."""
    if query.operation in ("inverse", "negate") and query.target:
        return tuple(listed)
    return tuple(listed) if len(listed) == 1 and not beside else ()


def _topic(words: Words, notes: Sequence[str]) -> str:
    """Return the words of a question that name what guidance speaks of.

    The longest run that stands in the title of a quoted note, or names a term; else all the words
    from the first to the last that carry a subject.
    """
    topic = words.topic("kind", "description", "framework")
    titles = [{stem(word) for word in re.findall(r"\w+", title.lower())} for title in notes]
    runs = [_run(words, topic, title) for title in titles[:2]]
    runs += [
        (words.tokens[one.first].start, words.tokens[one.last].end)
        for one in words.mentions
        if one.type in ("term", "entity")
    ]
    best = max(runs, key=lambda run: run[1] - run[0], default=(0, 0))
    start, end = best if best[1] > best[0] else _phrase(words, topic)
    article = re.search(r"\b(?:the|an?)\s+$", words.text[:start], re.I)
    return words.text[article.start() if article else start : end]


def _run(words: Words, topic: Sequence[Token], stems: set[str]) -> tuple[int, int]:
    """Return the longest stretch of words with these stems, small words inside allowed."""
    named = {token.start for token in topic if token.stem in stems}
    best = (0, 0)
    start = end = -1
    for token in words.tokens:
        if token.start in named:
            start = token.start if start < 0 else start
            end = token.end
        elif start >= 0 and token.stem in stems:
            end = token.end
        elif token.word not in _SMALL:
            start = -1
        if start >= 0 and end - start > best[1] - best[0]:
            best = (start, end)
    return best


def _phrase(words: Words, topic: Sequence[Token]) -> tuple[int, int]:
    """Return the first unbroken phrase of topic words."""
    if not topic:
        return (0, 0)
    starts = {token.start for token in topic}
    first = topic[0]
    end = first.end
    for token in words.tokens:
        if token.start <= first.start:
            continue
        if token.start in starts:
            end = token.end
        elif token.word not in _SMALL:
            break
    return (first.start, end)
