"""Words that turn, bind, widen or explain a statement: negation, modality, quantity, cause."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise
from typing import Literal, NamedTuple

from assistant.citing.claims import Said, Word
from assistant.understanding.lexicon import stem

MarkKind = Literal["negation", "modality", "quantity"]

REACH = 3
"""Telling words after a mark that it bears on."""

SIDE = 4
"""Telling words on each side of a cause that it joins."""

MUST, SHOULD, MAY = 3, 2, 1
ALL, MOST, MANY, SOME, FEW = 5, 4, 3, 2, 1

_PHRASES: dict[MarkKind, dict[int, str]] = {
    "negation": {
        1: "not|no|never|neither|nor|nobody|nothing|none|nowhere|without|lack|lacks|lacked|lacking|"
        "fail to|fails to|failed to|unable to|rather than|instead of"
    },
    "modality": {
        MUST: "must|shall|has to|have to|had to|need to|needs to|needed to|require|requires|"
        "required|requiring|oblige|obliges|obliged|obliging|is bound to|are bound to|compulsory|"
        "mandatory|compel|compels|compelled|ordered to|is forced to|are forced to",
        SHOULD: "should|ought to|recommend|recommends|recommended|recommending|advise|advises|"
        "advised|advising|urge|urges|urged|encourage|encourages|encouraged|call on|calls on|"
        "called on|called upon|is supposed to|are supposed to|suggest|suggests|suggested|propose|"
        "proposes|proposed|invites|invited",
        MAY: "may|might|can|could|allow|allows|allowed|allowing|permit|permits|permitted|"
        "is able to|are able to|optional|voluntary|voluntarily|is free to|are free to|option to|"
        "choose to|possible to",
    },
    "quantity": {
        ALL: "all|every|each|always|entirely|entire|whole|everyone|everybody|completely|any",
        MOST: "most|mostly|usually|generally|majority of|typically|mainly|largely",
        MANY: "many|often|numerous|frequently|much of",
        SOME: "some|several|sometimes|certain|partly|part of|partially|various|occasionally",
        FEW: "few|a few|rarely|seldom|hardly|a handful of",
    },
}
_CAUSES = (
    "because|due to|owing to|as a result|as a consequence|results in|resulted in|resulting in|"
    "result in|results from|resulted from|leads to|lead to|led to|leading to|causes|caused|"
    "causing|therefore|thus|hence|consequently|thanks to|stems from|attributed to|driven by|"
    "on account of|since"
)
_TOLD = frozenset(
    "because due owing result results resulted resulting consequence lead leads leading led cause "
    "causes caused causing therefore thus hence consequently thanks stems attributed driven "
    "account since so reason reasons why reflects explained explains contributed contribute "
    "contributes thereby makes made".split()
)
"""Words with which a context may tell of a cause; wider than what claims one, to be fair."""

_JOINTS = frozenset(
    "and while whereas but so which because although though since yet whose who or if when".split()
)
"""Words that begin another clause."""

_SUBJECTS = frozenset("it they he she the this these there".split())
"""Words that a reason begins with."""

_NO_MARK = frozenset(
    tuple(turn.split())
    for turn in "not only|not just|not merely|no later|no fewer|no less|at all|after all|above all|"
    "without doubt|each other".split("|")
)


class Mark(NamedTuple):
    """A mark and what it bears on."""

    kind: MarkKind
    strength: int
    """How much: must over should over may, all over most over many over some over few."""

    words: str
    scope: tuple[str, ...]
    """Stems of the next words that say something, at most `REACH`."""

    clause: frozenset[str]
    """Stems of the clause that it stands in."""


_TABLE: dict[str, list[tuple[tuple[str, ...], MarkKind, int]]] = {}
"""Phrases with kind and strength under their first word, the longest first."""

for _kind, _strengths in _PHRASES.items():
    for _strength, _phrases in _strengths.items():
        for _words in map(str.split, _phrases.split("|")):
            _TABLE.setdefault(_words[0], []).append((tuple(_words), _kind, _strength))
for _entries in _TABLE.values():
    _entries.sort(key=lambda entry: -len(entry[0]))

_CAUSE_PHRASES = [phrase.split() for phrase in _CAUSES.split("|")]
_CUE_STEMS = frozenset(
    stem(words[0]) for entries in _TABLE.values() for words, _, _ in entries if len(words) == 1
)


def marks_in(said: Said) -> tuple[Mark, ...]:
    """Return the marks of a sentence, in order.

    >>> from assistant.citing.claims import read_claim
    >>> for mark in marks_in(read_claim("Staff should not confront the accused.")):
    ...     print(mark.kind, mark.words, mark.scope)
    modality should ('confront', 'accus')
    negation not ('confront', 'accus')
    """
    words = [word.text for word in said.words]
    marks: list[Mark] = []
    place = 0
    while place < len(words):
        found = _at(words, place)
        if found is None:
            place += 1
            continue
        phrase, kind, strength = found
        start, end = next(one for one in _clause_bounds(said) if place < one[1])
        place += len(phrase)
        after = (w.stem for w in said.words[place:] if w.is_content and w.stem not in _CUE_STEMS)
        scope, clause = tuple(islice(after, REACH)), _stems(said.words[start:end])
        marks.append(Mark(kind, strength, " ".join(phrase), scope, clause))
    return tuple(marks)


def _at(words: list[str], place: int) -> tuple[tuple[str, ...], MarkKind, int] | None:
    turns = {tuple(words[at : at + 2]) for at in (place - 1, place) if at >= 0}
    entries = [] if turns & _NO_MARK else _TABLE.get(words[place], [])
    return next(
        (one for one in entries if tuple(words[place : place + len(one[0])]) == one[0]), None
    )


class Cause(NamedTuple):
    """A word that makes one thing the cause of another."""

    word: str
    before: frozenset[str]
    """Stems before it, at most `SIDE`; where it opens a sentence, those after the comma."""

    after: frozenset[str]
    """Stems after it, at most `SIDE`."""

    def joins_as(self, other: Cause) -> bool:
        """Tell whether another cause joins the same two things, either way round."""
        return bool(
            (self.before & other.before and self.after & other.after)
            or (self.before & other.after and self.after & other.before)
        )


def causes_in(said: Said, *, claimed: bool = False) -> tuple[Cause, ...]:
    """Return the causes of a sentence, in order; where it is a claim, only those said outright."""
    words, found = [word.text for word in said.words], []
    for start, word in enumerate(words):
        end = start + (_claimed_at(words, start) if claimed else word in _TOLD)
        if end == start:
            continue
        before, after = said.words[:start][::-1], said.words[end:]
        if not any(one.is_content for one in before):
            clause = said.words[start].clause
            before = tuple(one for one in after if one.clause > clause)
            after = tuple(one for one in after if one.clause == clause)
        found.append(Cause(word, _first(before), _first(after)))
    return tuple(found)


def _claimed_at(words: list[str], place: int) -> int:
    """Return of how many words the cause is that is claimed at a place; 0 if there is none."""
    lengths = (len(one) for one in _CAUSE_PHRASES if words[place : place + len(one)] == one)
    # The `since` of a reason, not that of a time.
    timed = words[place] == "since" and not _SUBJECTS.intersection(words[place + 1 : place + 2])
    return 0 if timed else next(lengths, 0)


def _first(words: Sequence[Word]) -> frozenset[str]:
    """Return the first stems that say something, as far as their piece between marks goes."""
    telling = [word for word in words if word.is_content]
    return frozenset(word.stem for word in telling[:SIDE] if word.clause == telling[0].clause)


def clauses(said: Said) -> list[frozenset[str]]:
    """Return the stems of each clause of a sentence: a piece between marks or joining words."""
    stems = (_stems(said.words[start:end]) for start, end in _clause_bounds(said))
    return [one for one in stems if one]


def _stems(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(word.stem for word in words if word.is_content)


def _clause_bounds(said: Said) -> list[tuple[int, int]]:
    starts = [
        place
        for place, word in enumerate(said.words)
        if place and (word.text in _JOINTS or word.clause != said.words[place - 1].clause)
    ]
    return list(pairwise([0, *starts, len(said.words)]))
