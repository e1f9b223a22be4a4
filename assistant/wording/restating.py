"""Whether a question that a model rewrote says what a turn and those before it say, and no more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from assistant.rules.cues import FUNCTION_WORDS, NEGATIONS, NUMBER_WORDS, POLAR_OPENINGS
from assistant.rules.lexicon import stem, words_of

FREE = frozenset("a an the of in for about and there is are be do does has have what which".split())
"""Words that a model may bring in. Whatever asks for a person, a time, a place, a reason or a
number, denies, limits, compares, permits or is past is not among them."""

PLACING = frozenset("on to by with from at as under into in for about".split())
"""Words that place what follows: a turn keeps them, and those that are not free stay before the
same word, or before one that is put in its place."""

TURNING = NEGATIONS.union(
    "only solely merely besides apart than more less fewer most least unless instead".split()
)
"""Words that turn or limit what follows: an earlier question lends its words only along with them,
and they stay before the same word."""

COLOURING = frozenset("should must may might shall will would can could was were did had".split())
"""Words of duty, chance and time."""

PRESENT = frozenset("is are be do does has have".split())
"""Words that such a word would stand in the place of."""

HELD = (TURNING | PLACING | COLOURING).union(
    """
    all every each before after since until till if between against or many much
    still yet ever currently often else
    """.split()
)
"""Words without a subject of their own that a turn does not lose."""

ASKING = frozenset("who when where why how".split())
"""Words that say what is asked for; a turn that has one keeps it."""

NAMING = frozenset("what which".split())
"""Words that do so too, and stand for one another."""

LEANING = frozenset("tell know say please one ones same other others".split())
"""Words of a turn that may go: they ask for no more than an answer, or only point."""

_REQUEST = re.compile(r"^\W*(?:(?:can|could|will|would) (?:you|i|we)|do you know)\b", re.I)
_WITHIN = re.compile(r"[?!;]\s+\S|\.\s+[^\W\d_]|\n")
_ORDINAL = re.compile(r"^(\d+)(?:st|nd|rd|th)$")
_ALIKE = {"whom": "who", "whose": "who"}


class Said(NamedTuple):
    """What a rewritten question may be made of; misspelt words are mended in all of it."""

    turn: str
    """The turn, without what only ties it to the one before."""

    typed: str
    """The turn as a whole."""

    earlier: tuple[str, ...]
    """The questions before it."""

    listed: tuple[str, ...] = ()
    """What the answer before listed."""

    offered: tuple[str, ...] = ()
    """Complete questions that were offered to choose from."""

    names: tuple[str, ...] = ()
    """What the questions before it name; none is taken over in part."""


class _Word(NamedTuple):
    """A word as it is compared."""

    word: str
    """In small letters."""

    key: str
    """Its stem, or its number in digits."""

    beside: str
    """Key of the word that a number, or a word of `TURNING` or `PLACING`, belongs to; empty for any
    other, and where it stands alone."""

    @property
    def is_content(self) -> bool:
        """Whether something of a subject is in it."""
        return self.word not in FUNCTION_WORDS and self.word not in LEANING


_Line = tuple[_Word, ...]


def is_restated(text: str, said: Said) -> bool:
    """Tell whether a question says what a turn and the questions before it say, and no more.

    It keeps each word of the turn that does not point. Every other word stands in an earlier
    question, or in what was listed or offered, or is one of `FREE`. What is taken over brings along
    what limits it, keeps its order, and is more than the turn said. Numbers and words such as
    `not`, `only` and `by` stay with the words that they belong to.

    Args:
        text: the rewritten question, misspelt words mended.
        said: what it may be made of.

    >>> said = Said("in 2022", "and in 2022?", ("How many reports did INHOPE get in 2023?",))
    >>> is_restated("How many reports did INHOPE get in 2022?", said)
    True
    >>> is_restated("How many reports did INHOPE get in 2021?", said)
    False
    >>> is_restated("How many calls did INHOPE get in 2022?", said)
    False
    """
    if _WITHIN.search(text):
        return False
    words, turn = _line(text), _line(_REQUEST.sub("", said.turn))
    before = [_line(one) for one in (*said.earlier, *said.listed)]
    sources = [*before, *(_line(one) for one in said.offered)]
    return (
        _keeps(words, turn)
        and _asks_alike(words, turn, sources)
        and _takes(words, turn, sources)
        and _completes(words, turn, before)
        and _are_bound(words, [turn, *sources])
        and _is_in_order(words, turn, sources)
        and all(_is_whole(words, turn, _line(one)) for one in said.names)
        and not _takes_back(words, turn, _line(said.typed))
    )


def contents(text: str) -> frozenset[str]:
    """Return what of a text carries a subject or a number, as it is compared.

    >>> sorted(contents("And its third outcome?"))
    ['3', 'outcom']
    """
    return frozenset(one.key for one in _line(text) if one.is_content or one.key.isdigit())


def _line(text: str) -> _Line:
    words = [_ALIKE.get(word, word) for word, _, _ in words_of(text)]
    return tuple(_Word(word, _key(word), _beside(words, at)) for at, word in enumerate(words))


def _key(word: str) -> str:
    ordinal = _ORDINAL.match(word)
    if ordinal:
        return ordinal[1]
    number = NUMBER_WORDS.get(word)
    return str(number) if number and word != "one" else stem(word)


def _beside(words: Sequence[str], at: int) -> str:
    word = words[at]
    if word in TURNING:
        return _key(next((one for one in words[at + 1 :] if one not in FUNCTION_WORDS), ""))
    if word in PLACING:
        behind = next((one for one in words[at + 1 :] if one not in ("a", "an", "the")), "")
        return "" if behind in FUNCTION_WORDS else _key(behind)
    if not _key(word).isdigit():
        return ""
    # A figure follows what it numbers, a number in letters comes before what it counts.
    near = [words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""]
    told = [one for one in (near if word.isdigit() else near[::-1]) if one not in FUNCTION_WORDS]
    return next((_key(one) for one in told if one), "")


def _keys(words: Sequence[_Word]) -> set[str]:
    return {one.key for one in words}


def _keeps(words: _Line, turn: _Line) -> bool:
    """Tell whether each word of the turn that carries anything is there."""
    kept = {one.key for one in turn if one.is_content or one.word in HELD or one.word in ASKING}
    return kept <= _keys(words)


def _asks_alike(words: _Line, turn: _Line, sources: Sequence[_Line]) -> bool:
    """Tell whether it asks for what the turn asks for, or for what an earlier question asks."""
    asked = [one.word for one in turn if one.word in ASKING | NAMING]
    opening = next((one.word for one in words if one.word in ASKING | NAMING), "")
    if asked and not (opening in asked or {opening, *asked} <= NAMING):
        return False
    ruled = {one.word for one in turn if one.word in PRESENT | COLOURING}
    if ruled and any(one.word in COLOURING - ruled for one in words):
        return False
    polar = _is_polar(words)
    if _is_polar(turn) or asked:
        return polar == _is_polar(turn)
    return not polar or any(map(_is_polar, sources))


def _is_polar(words: _Line) -> bool:
    return bool(words) and words[0].word in POLAR_OPENINGS


def _takes(words: _Line, turn: _Line, sources: Sequence[_Line]) -> bool:
    """Tell whether each other word is lent by something that was said, and not out of a limit."""
    turned = {one.key for one in words if one.word in TURNING}
    lent = {
        word.key
        for line in sources
        if {one.key for one in line if one.word in TURNING} <= turned
        for word in line
    }
    return all(one.key in lent for one in _others(words, turn))


def _others(words: _Line, turn: _Line) -> list[_Word]:
    """Return what is neither the turn's nor free."""
    own = _keys(turn)
    return [one for one in words if one.key not in own and one.word not in FREE]


def _completes(words: _Line, turn: _Line, before: Sequence[_Line]) -> bool:
    """Tell whether what was said before adds a subject, and whether more is asked than before."""
    said = {key for line in before for key in _keys(line)}
    adds = any(one.is_content and one.key in said for one in _others(words, turn))
    return adds and all(_asked(words) != _asked(line) for line in before)


def _asked(words: _Line) -> list[str]:
    return [one.key for one in words if one.word not in FREE - NAMING]


def _are_bound(words: _Line, lines: Sequence[_Line]) -> bool:
    """Tell whether numbers and what turns a question stand with the words that they belong to."""
    said = {(one.key, one.beside) for line in lines for one in line}
    bound = [one for one in words if one.key.isdigit() or one.word in TURNING]
    placed = [one for one in words if one.word in PLACING - FREE]
    # What a word placed before may have been exchanged for what stands there now.
    free = {key for key, beside in said if beside not in _keys(words)}
    return all({(one.key, one.beside), (one.key, "")} & said for one in bound) and all(
        (one.key, one.beside) in said or one.key in free for one in placed
    )


def _is_in_order(words: _Line, turn: _Line, sources: Sequence[_Line]) -> bool:
    """Tell whether the turn's words keep its order, and those taken over that of their question."""
    own = _keys(turn)
    for lines, kept in (([turn], True), (sources, False)):
        found = [one.key for one in words if one.is_content and (one.key in own) == kept]
        if not all(_follows(one, other, lines) for one, other in pairwise(found)):
            return False
    return True


def _follows(one: str, other: str, lines: Sequence[_Line]) -> bool:
    keys = [[word.key for word in line] for line in lines]
    both = [line for line in keys if one in line and other in line]
    return not both or any(line.index(one) <= _last(line, other) for line in both)


def _last(line: Sequence[str], key: str) -> int:
    return len(line) - 1 - line[::-1].index(key)


def _is_whole(words: _Line, turn: _Line, name: _Line) -> bool:
    """Tell whether a name is taken over as a whole, or not at all."""
    own = {one.key for one in name if one.is_content or one.key.isdigit()} - _keys(turn)
    return own <= _keys(words) or not own & {one.key for one in _others(words, turn)}


def _takes_back(words: _Line, turn: _Line, typed: _Line) -> bool:
    """Tell whether it brings again what the turn takes back: `and the partners, not X`."""
    off = {one.key for one in typed if one.is_content} - _keys(turn)
    return bool(off & _keys(words))
