"""A claim beside its context: sentences, words, amounts, names, marks, and what the two share."""

import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice, pairwise
from typing import Literal, NamedTuple, Self

from assistant.citing.amounts import Amount, amounts_in
from assistant.understanding.lexicon import CALENDAR, FUNCTION_WORDS, english_words, stem, words_of
from corpus.text import split_sentences

_MARKS = re.compile(r"\s*\[\d+(?:[,;-] ?\d+)*\]|\bhttps?://\S+")
"""Marks of references, and addresses; neither says anything."""

_SHORT = re.compile(
    r"\b(?P<can>can['\u2019]t|cannot)\b|\b(?P<will>won['\u2019]t)\b|(?P<not>n['\u2019]t)\b|&", re.I
)
_FULL = {"can": "can not", "will": "will not", "not": " not"}
_GLUED = re.compile(r"(?<=[a-z)][.!?])(?=[A-Z])")
"""Where a text from a page has lost the blank between two sentences."""

_BREAK = re.compile(r"[,;:()\u2013\u2014\u201c\u201d\"]|\s-\s")

_COMMONEST, _RAREST = 2.5, 7.0
"""Tens logarithms of how many running words there are for each one of a word."""

NEAR, LETTERS = 5, 4
"""Words within which two are near each other, and letters of a piece of a word."""


class Word(NamedTuple):
    """A word, or an amount, in its place."""

    text: str
    stem: str
    """Lower case and its Snowball stem; an amount as written and its key."""

    clause: int
    """Which piece between marks of punctuation it stands in, from 0."""

    is_content: bool
    is_name: bool
    is_amount: bool
    """Whether it says something: an amount, or no function word; and whether it is written large
    where ordinary words are not, or mixes letters and digits."""


@dataclass(frozen=True)
class Said:
    """A sentence, taken apart."""

    text: str
    words: tuple[Word, ...]
    amounts: tuple[Amount, ...]
    """As written, short forms in full; all its words and amounts, in order; and the amounts with
    their values."""

    line: int = 0
    """Which line of the text it stands in, from 0."""

    @classmethod
    def of(cls, text: str, line: int = 0) -> Self:
        """Take a sentence apart."""
        text = _SHORT.sub(lambda short: _FULL.get(short.lastgroup or "", " and "), text)
        amounts = amounts_in(text)
        covered = {place: one for one in amounts for place in range(one.start, one.end)}
        breaks = [match.start() for match in _BREAK.finditer(text)]
        words: dict[int, Word] = {}
        for word, start, end in words_of(text):
            clause = sum(place < start for place in breaks)
            if amount := covered.get(start):
                counted = Word(amount.text, amount.key, clause, True, False, True)
                words.setdefault(amount.start, counted)
                continue
            is_content = word not in FUNCTION_WORDS
            is_name = is_content and _is_name(text[start:end], is_first=not words)
            words[start] = Word(word, stem(word), clause, is_content, is_name, False)
        return cls(text, tuple(words.values()), amounts, line)

    @cached_property
    def content(self) -> tuple[Word, ...]:
        """The words that say something, in order."""
        return tuple(word for word in self.words if word.is_content)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems of what it says."""
        return frozenset(word.stem for word in self.content)

    @cached_property
    def all_stems(self) -> frozenset[str]:
        """Stems of all its words."""
        return frozenset(word.stem for word in self.words)

    @cached_property
    def names(self) -> frozenset[str]:
        """Stems of the names in it."""
        return frozenset(word.stem for word in self.words if word.is_name)


def _is_name(text: str, *, is_first: bool) -> bool:
    if any(letter.isdigit() for letter in text) and any(letter.isalpha() for letter in text):
        return True
    if text.lower() in CALENDAR:
        return False
    if any(letter.isupper() for letter in text[1:]) and not text.isupper():
        return True
    if not text[:1].isupper():
        return False
    # The first word is written large in any case; a word that is rare in English, or large
    # throughout, is a name even there.
    return not is_first or (len(text) > 1 and text.isupper()) or rarity(text.lower()) > 0.75


def read_claim(text: str) -> Said:
    """Take a claim apart as one sentence, without the marks of references in it."""
    return Said.of(" ".join(_MARKS.sub("", text).split()))


def read_context(text: str) -> tuple[Said, ...]:
    """Take a context apart, sentence by sentence, in order; none for a text without words."""
    plain = _GLUED.sub(" ", _MARKS.sub("", text))
    sentences = (
        Said.of(span.of(line), number)
        for number, line in enumerate(plain.splitlines())
        for span in split_sentences(line)
    )
    return tuple(said for said in sentences if said.words)


@lru_cache(maxsize=50_000)
def rarity(word: str) -> float:
    """Return how much a lower-case word tells, from how rare English has it, 0.05 to 1."""
    counts = english_words().word_frequency
    log = math.log10(counts.total_words / (counts[word] + 0.5))
    return min(1.0, max(0.05, (log - _COMMONEST) / (_RAREST - _COMMONEST)))


def weight(word: Word) -> float:
    """Return how much a word tells; an amount tells all."""
    return 1.0 if word.is_amount else rarity(word.text)


@dataclass(frozen=True)
class Alignment:
    """A claim beside its context."""

    claim: Said
    context: tuple[Said, ...]

    @cached_property
    def weights(self) -> dict[str, float]:
        """How much each stem of the claim tells."""
        return {word.stem: weight(word) for word in self.claim.content}

    @cached_property
    def known(self) -> frozenset[str]:
        """Stems of the context."""
        return frozenset().union(*(said.stems for said in self.context))

    def share(self, stems: Collection[str], of: Iterable[str] | None = None) -> float:
        """Return the share of the claim, or of some of its stems, that is among some stems."""
        wanted = self.weights if of is None else {one: self.weights[one] for one in of}
        total = sum(wanted.values())
        return sum(w for one, w in wanted.items() if one in stems) / total if total else 0.0

    @cached_property
    def source(self) -> Said:
        """The sentence that holds most of the claim, in its order if two hold as much."""
        pairs = _pairs(self.claim.content, 2)

        def holds(said: Said) -> float:
            near = _pairs(said.content, NEAR)
            either = {*near, *((second, first) for first, second in near)}
            return self.share(said.stems) + 0.3 * _part(pairs, either)

        return max(self.context, key=holds, default=Said("", (), ()))

    @cached_property
    def around(self) -> tuple[Said, ...]:
        """The source with the sentences before and after it."""
        place = self.context.index(self.source) if self.context else 0
        return self.context[max(0, place - 1) : place + 2]

    @cached_property
    def closeness(self) -> float:
        """Share of the claim, its amounts apart, that the source holds."""
        plain = [word.stem for word in self.claim.content if not word.is_amount]
        return self.share(self.source.stems, plain) if plain else self.share(self.source.stems)

    @cached_property
    def lines(self) -> dict[int, frozenset[str]]:
        """Stems of each line of the context, by its number."""
        held: dict[int, frozenset[str]] = {}
        for said in self.context:
            held[said.line] = held.get(said.line, frozenset()) | said.stems
        return held

    def spelt(self, stem: str) -> str:
        """Return a word of the claim or of the source as it is spelt there, from its stem."""
        words = (*self.claim.words, *self.source.words)
        return next((word.text for word in words if word.stem == stem), stem)


def measures(alignment: Alignment) -> dict[str, float]:
    """Return what is measured of a claim and its context, by name.

    `neighbours`, `letters` and `amounts` are shares of the claim's neighbouring words, pieces of
    words (by weight) and amounts that the context has, 0 to 1; `missing_names` is the logarithm of
    one more than the names that it has not.
    """
    claim = alignment.claim
    run = [word for said in alignment.context for word in said.content]
    held = frozenset[str]().union(*(said.all_stems for said in alignment.context))
    amounts = [amount for said in alignment.context for amount in said.amounts]
    found = [any(own.is_in(other) for other in amounts) for own in claim.amounts]
    pieces = set[str]().union(*(_pieces(text) for text in {word.text for word in run}))
    own = {word.stem: _pieces(word.text) for word in claim.content}
    total = sum(alignment.weights.values())
    letters = sum(
        alignment.weights[stem] * len(some & pieces) / len(some) for stem, some in own.items()
    )
    return {
        "neighbours": _part(_pairs(claim.content, 1), frozenset(_pairs(run, 1))),
        "letters": letters / total if total else 0.0,
        "amounts": _part(found, (True,)),
        "missing_names": math.log1p(sum(name not in held for name in claim.names)),
    }


def _part(wanted: Sequence[object], found: Collection[object]) -> float:
    """Return the share of some things that are found; 1 where nothing is wanted."""
    return sum(thing in found for thing in wanted) / len(wanted) if wanted else 1.0


def _pairs(words: Sequence[Word], reach: int) -> list[tuple[str, str]]:
    """Return the pairs of stems at most `reach` words apart, in order."""
    return [
        (word.stem, other.stem)
        for place, word in enumerate(words)
        for other in words[place + 1 : place + 1 + reach]
    ]


def _pieces(text: str) -> set[str]:
    padded = f"^{text}$"
    return {padded[at : at + LETTERS] for at in range(max(1, len(padded) - LETTERS + 1))}


# Words that turn, bind, widen or explain a statement: negation, modality, quantity, cause.

MarkKind = Literal["negation", "modality", "quantity"]

REACH, SIDE = 3, 4
"""Telling words after a mark that it bears on, and on each side of a cause that it joins."""

MUST, SHOULD, MAY = 3, 2, 1
ALL, MOST, MANY, SOME, FEW = 5, 4, 3, 2, 1

_PHRASES: dict[tuple[MarkKind, int], str] = {
    ("negation", 1): "not|no|never|neither|nor|nobody|nothing|none|nowhere|without|lack|lacks|"
    "lacked|lacking|fail to|fails to|failed to|unable to|rather than|instead of",
    ("modality", MUST): "must|shall|has to|have to|had to|need to|needs to|needed to|require|"
    "requires|required|requiring|oblige|obliges|obliged|obliging|is bound to|are bound to|"
    "compulsory|mandatory|compel|compels|compelled|ordered to|is forced to|are forced to",
    ("modality", SHOULD): "should|ought to|recommend|recommends|recommended|recommending|advise|"
    "advises|advised|advising|urge|urges|urged|encourage|encourages|encouraged|call on|"
    "calls on|called on|called upon|is supposed to|are supposed to|suggest|suggests|suggested|"
    "propose|proposes|proposed|invites|invited",
    ("modality", MAY): "may|might|can|could|allow|allows|allowed|allowing|permit|permits|"
    "permitted|is able to|are able to|optional|voluntary|voluntarily|is free to|are free to|"
    "option to|choose to|possible to",
    ("quantity", ALL): "all|every|each|always|entirely|entire|whole|everyone|everybody|completely|"
    "any",
    ("quantity", MOST): "most|mostly|usually|generally|majority of|typically|mainly|largely",
    ("quantity", MANY): "many|often|numerous|frequently|much of",
    ("quantity", SOME): "some|several|sometimes|certain|partly|part of|partially|various|"
    "occasionally",
    ("quantity", FEW): "few|a few|rarely|seldom|hardly|a handful of",
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
    clause: frozenset[str]
    """Stems of the next words that say something, at most `REACH`, and of its whole clause."""


_MARKING = {
    tuple(phrase.split()): mark
    for mark, phrases in _PHRASES.items()
    for phrase in phrases.split("|")
}
_CAUSING = frozenset(tuple(phrase.split()) for phrase in _CAUSES.split("|"))
_CUE_STEMS = frozenset(stem(phrase[0]) for phrase in _MARKING if len(phrase) == 1)


def _phrase_at(
    words: Sequence[str], place: int, phrases: Collection[tuple[str, ...]]
) -> tuple[str, ...]:
    """Return the longest of some phrases that begins at a place; empty if none does."""
    begun = (tuple(words[place : place + length]) for length in (3, 2, 1))
    return next((one for one in begun if one in phrases), ())


def marks_in(said: Said) -> tuple[Mark, ...]:
    """Return the marks of a sentence, in order.

    >>> for mark in marks_in(read_claim("Staff should not confront the accused.")):
    ...     print(mark.kind, mark.words, mark.scope)
    modality should ('confront', 'accus')
    negation not ('confront', 'accus')
    """
    words = [word.text for word in said.words]
    marks: list[Mark] = []
    place = 0
    while place < len(words):
        turns = {tuple(words[at : at + 2]) for at in (place - 1, place) if at >= 0}
        phrase = () if turns & _NO_MARK else _phrase_at(words, place, _MARKING)
        if not phrase:
            place += 1
            continue
        start, end = next(bounds for bounds in _clause_bounds(said) if place < bounds[1])
        place += len(phrase)
        after = (w.stem for w in said.words[place:] if w.is_content and w.stem not in _CUE_STEMS)
        scope, clause = tuple(islice(after, REACH)), _stems(said.words[start:end])
        marks.append(Mark(*_MARKING[phrase], " ".join(phrase), scope, clause))
    return tuple(marks)


class Cause(NamedTuple):
    """A word that makes one thing the cause of another."""

    word: str
    before: frozenset[str]
    after: frozenset[str]
    """Stems before it, or after the comma where it opens a sentence, and after it; `SIDE` each."""


def causes_in(said: Said, *, claimed: bool = False) -> tuple[Cause, ...]:
    """Return the causes of a sentence, in order; where it is a claim, only those said outright."""
    words = [word.text for word in said.words]
    found: list[Cause] = []
    for start, word in enumerate(words):
        # The `since` of a reason, not that of a time.
        timed = word == "since" and not _SUBJECTS.intersection(words[start + 1 : start + 2])
        phrase = () if timed else _phrase_at(words, start, _CAUSING)
        end = start + (len(phrase) if claimed else word in _TOLD)
        if end == start:
            continue
        before, after = said.words[:start][::-1], said.words[end:]
        if not any(one.is_content for one in before):
            clause = said.words[start].clause
            before = tuple(one for one in after if one.clause > clause)
            after = tuple(one for one in after if one.clause == clause)
        found.append(Cause(word, _first(before), _first(after)))
    return tuple(found)


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
