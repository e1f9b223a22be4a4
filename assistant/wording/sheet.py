"""What of an answer a model has worded: what stands, what was refused and why, what is missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, takewhile
from typing import NamedTuple

from assistant.citing import ground
from assistant.citing.fidelity import Faithful, tokens_of
from assistant.draft import capitalised
from assistant.records import Answer, Statement
from corpus.passage import Passage
from corpus.text import split_sentences

LONGEST = 2000
"""Characters of a sentence at most; whatever is longer is none."""

_MARK = re.compile(r"\s*\[\s*(\d{1,3}(?:\s*,\s*\d{1,3})*)\s*\]")
_END = re.compile(r"\n|(?:\]\s?[.!?]|[.!?][\"\u201d\u2019)]?\s?(?:\[[\d,\s]+\])+)(?=\s)")
_BULLET = re.compile(r"^\s*(?:[-*\u2022]|\d{1,2}[.)])\s+")


class Cited(NamedTuple):
    """A sentence and what it cites."""

    text: str
    """The sentence in one line, without its marks."""

    numbers: tuple[int, ...]
    """What it cites, each once, in order of first mention; none where it cites nothing."""


class Reader:
    r"""Reads a text piece by piece and gives each sentence once it is whole.

    >>> [*Reader().feed("Ships rest [1]. Pilots train, [2] and sail [3]\nHello")][1]
    Cited(text='Pilots train, and sail', numbers=(2, 3))
    """

    def __init__(self) -> None:
        """Start with nothing read."""
        self.read = 0
        self._held = ""

    def feed(self, piece: str) -> Iterator[Cited]:
        """Read on, and give the sentences that are whole by now."""
        self.read += len(piece)
        self._held += piece
        while end := _END.search(self._held):
            yield from _cited(self._held[: end.end()])
            self._held = self._held[end.end() :]

    def rest(self) -> Iterator[Cited]:
        """Give what is left when the text is over: a sentence only if it was cited to its end."""
        held, self._held = self._held, ""
        yield from _cited(held)


def _cited(text: str) -> Iterator[Cited]:
    numbers = [int(one) for mark in _MARK.findall(text) for one in mark.split(",")]
    plain = " ".join(_MARK.sub("", _BULLET.sub("", text)).split())
    if not plain or len(text) > LONGEST:
        return
    for sign in ",.;:!?":
        plain = plain.replace(f" {sign}", sign)
    cited = tuple(dict.fromkeys(numbers))
    sentences = [span.of(plain) for span in split_sentences(plain)]
    # All marks at the end of as many sentences: each has its own, so that no reader searches.
    if len(sentences) == len(cited) > 1:
        yield from (Cited(one, (number,)) for one, number in zip(sentences, cited, strict=True))
    else:
        yield Cited(plain, cited)


UNKNOWN = "It cites {number}, and there is no such quote."
APART = "It joins quotes that stand apart; give each a sentence of its own."


class Sheet:
    """The statements of an answer in their order, each open until it is settled.

    A quote is settled by the first sentence that carries it; what nothing carries stands verbatim.
    """

    def __init__(
        self, answer: Answer, passages: Mapping[str, Passage], faithful: Faithful, room: int
    ) -> None:
        """Number what may be worded."""
        self._answer = answer
        self._passages = dict(passages)
        self._faithful = faithful
        self.quotes = _numbered(answer.statements, room)
        self.size = sum(len(one.text) for _, one in self.quotes.values())
        self._places = {place: number for number, (place, _) in self.quotes.items()}
        self._worded: dict[int, Statement] = {}
        self._covered: set[int] = set()
        self._verbatim: set[int] = set()
        self._refused: dict[int, tuple[str, str]] = {}
        self._cursor = 0
        self.counts: Counter[str] = Counter()

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of all quotes, in small letters."""
        quotes = (one.text for _, one in self.quotes.values())
        return frozenset(token.text.lower() for one in quotes for token in tokens_of(one))

    @property
    def open(self) -> tuple[int, ...]:
        """Numbers that nothing settles yet."""
        settled = self._covered | self._verbatim
        return tuple(number for number in self.quotes if number not in settled)

    @property
    def refused(self) -> dict[int, tuple[str, str]]:
        """Open numbers of which something was written that does not stand: it, and why."""
        return {number: self._refused[number] for number in self.open if number in self._refused}

    @property
    def written(self) -> int:
        """How many sentences of the model stand, those included that are a quote."""
        return sum(self.counts[one] for one in ("kept", "retried", "copied"))

    def statement(self, number: int) -> Statement:
        """Return what a number stands for."""
        return self.quotes[number][1]

    def offer(self, cited: Cited, *, again: bool = False) -> bool:
        """Take a sentence if it says what its quotes say; note why not if it does not."""
        fresh = [one for one in cited.numbers if one in self.open]
        if not fresh:
            return self._copies(cited)
        worded = self._fault(cited, fresh) or self._judged(cited)
        if isinstance(worded, Statement):
            self._worded[self.quotes[min(fresh)][0]] = worded
            self._covered.update(fresh)
            copied = worded.text == self.statement(fresh[0]).text
            self.counts["copied" if copied else "retried" if again else "kept"] += 1
            return True
        if self._copies(cited):
            return True
        for number in fresh:
            self._refused[number] = cited.text, worded
        return False

    def _copies(self, cited: Cited) -> bool:
        """Settle open quotes that a text copies word for word, whatever numbers it bears."""
        told = {_bare(span.of(cited.text)) for span in split_sentences(cited.text)}
        found = [one for one in self.open if _bare(self.statement(one).text) in told]
        self._verbatim.update(found)
        self.counts["copied"] += len(found)
        return bool(found)

    def settle(self, *, missing_only: bool = False) -> None:
        """Let open quotes stand verbatim: all of them, or those that nothing was written of."""
        refused = self.refused
        for number in self.open:
            if not (number in refused and missing_only):
                self._verbatim.add(number)
                self.counts["replaced" if number in refused else "put_back"] += 1

    def ready(self) -> Iterator[Statement]:
        """Give the statements that are settled, in the answer's order, up to one that is open."""
        while self._cursor < len(self._answer.statements):
            number = self._places.get(self._cursor)
            if number is not None and number in self.open:
                return
            place, self._cursor = self._cursor, self._cursor + 1
            if place in self._worded:
                yield self._worded[place]
            elif number is None or number in self._verbatim:
                yield self._answer.statements[place]

    def _fault(self, cited: Cited, fresh: Sequence[int]) -> str:
        unknown = [one for one in cited.numbers if one not in self.quotes]
        if unknown:
            return UNKNOWN.format(number=unknown[0])
        if len(fresh) < len(cited.numbers):
            return "It repeats a quote that another sentence gives."
        if len(fresh) > 1 and len(split_sentences(cited.text)) > 1:
            return "It is several sentences; give each the numbers of its own quotes."
        return APART if len({_kin(self.statement(one)) for one in fresh}) > 1 else ""

    def _judged(self, cited: Cited) -> Statement | str:
        """Return the sentence as a statement with its verdict, or why it has none."""
        said = [self.statement(one) for one in cited.numbers]
        if len(said) == 1 and _bare(cited.text) == _bare(said[0].text):
            return said[0]
        citations = tuple(citation for one in said for citation in one.citations)
        text = capitalised(_bare(cited.text)) + "."
        worded = said[0].model_copy(update={"text": text, "citations": citations})
        kept, dropped = ground.check((worded,), self._passages, self._faithful)
        return kept[0] if kept else dropped[0].reason


def _numbered(statements: Sequence[Statement], room: int) -> dict[int, tuple[int, Statement]]:
    """Number the statements that are one quote, word for word, as many as there is room for."""
    worded = [(place, one) for place, one in enumerate(statements) if _may_word(one)]
    ends = accumulate(len(one.text) for _, one in worded)
    fitting = takewhile(lambda pair: pair[1] <= room, zip(worded, ends, strict=True))
    return {number: held for number, (held, _) in enumerate(fitting, 1)}


def _may_word(one: Statement) -> bool:
    if one.kind == "note" or len(one.citations) != 1 or one.citations[0].doubts:
        return False
    # A quote that holds what looks like a mark cannot be told from its citation.
    marked = any(part.lstrip()[:1].isdecimal() for part in one.text.split("[")[1:])
    return one.text == one.citations[0].quote and not marked


def _bare(text: str) -> str:
    return text.strip().rstrip(".;,: ")


def _kin(one: Statement) -> tuple[str, ...]:
    """Return what statements of one sentence must have in common, so that no two tiers blend."""
    source = one.citations[0].source_id
    return one.kind, source, one.section, one.relation, one.as_of, str(one.past_review)
