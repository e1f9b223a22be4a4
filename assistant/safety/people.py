"""Names of private persons, told by how they are written, what stands before, and known names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from assistant.safety.identifiers import Place, before
from assistant.safety.vocabulary import Vocabulary, is_group

COURTESY = frozenset("mr mrs ms miss mx dr".split())
"""Titles that are followed by nothing but a name."""

TITLES = COURTESY | frozenset(
    """
    prof professor sir dame lord lady judge justice detective sergeant sgt inspector constable
    officer nurse pastor reverend rev imam rabbi coach uncle aunt aunty auntie principal
    headteacher headmaster señor señora señorita sr sra srta don doña monsieur madame
    mademoiselle mme mlle herr frau signor signora sig dott pan pani senhor senhora dhr mevrouw
    agent captain lieutenant
    """.split()
)
"""Titles that a name may follow."""

RELATIONS = frozenset(
    """
    victim suspect offender perpetrator survivor colleague client patient neighbour neighbor
    friend son daughter brother sister husband wife student pupil teacher niece nephew cousin
    boss boyfriend girlfriend boy girl man woman witness caseworker worker stepfather stepmother
    stepson stepdaughter mother father mum mom dad ex trainee manager supervisor informant
    complainant defendant abuser groomer child kid baby nanny babysitter intern sibling grandson
    granddaughter ward
    """.split()
)
"""What somebody is to somebody, or in a case."""

CALLED = re.compile(
    r"(?:\b(?:(?:my|his|her|their|whose|the|victim'?s?|suspect'?s?|child'?s?|full|first|last|sur)"
    r"[ -]?names?(?: is| are| was|:)|named|name:|names:|signed,?|je m['’]appelle|me llamo"
    r"|ich hei(?:ß|ss)e|mi chiamo|meu nome é|mein name ist|mon nom est|mi nombre es"
    r"|nazywam się)\s+)$",
    re.I,
)
"""Says that a name follows."""

PARTICLES = frozenset(
    "de del della di da do dos das du van von der den ter ten la le el al bin ibn ben abu bint y ó"
    " mac mc st af av zu zur san santa".split()
)
"""Small words inside of names."""

LAW_CASE = re.compile(r"\s*(?:v\.?|vs\.?|versus)\s")
"""Goes on the name of a case at court, which is public."""

LAW_CASE_BEFORE = re.compile(r"\b(?:v\.?|vs\.?|versus)\s+$")
"""Stands before the second name of one."""

ENGLISH_ENDING = re.compile(
    r"(?:ly|ing|ed|ions?|ness|ments?|[ai]ble|ous|ive|it(?:y|ies)|is[mt]s?|als?|ers?|[ea]nts?|ful"
    r"|less|[ie]es|[ao]ry|age|ates?|ology|ics?|ures?)$"
)
"""Ends a word of the language, whether or not a vocabulary has it, more often than a name."""

HAN_CUE = re.compile(
    r"(?:叫做?|名字是|姓名[:\uff1a是]|我是|受害者|嫌疑人|名前は|氏名[:\uff1aは])\s?"
    r"(?P<it>[\u4e00-\u9fff々\u3040-\u30ff]{2,4}(?:[ \u3000][\u4e00-\u9fff]{1,2})?)"
    r"|(?P<sir>[\u4e00-\u9fff々]{1,4})(?:さん|様|先生|女士)"
)
"""A name in Chinese or Japanese script, behind what says that it is one or before a title."""

ARABIC_CUE = re.compile(
    r"(?:اسمي|اسمه|اسمها|السيد|السيدة|يدعى|تدعى)\s+(?P<it>[\u0600-\u06ff]+(?:\s+[\u0600-\u06ff]+)?)"
)
"""A name in Arabic script, behind what says that it is one."""

_TOKEN = re.compile(r"(?:[^\W\d_]\.)+|[^\W\d_]+(?:['’\u2011-][^\W\d_]+)*")


class _Names(NamedTuple):
    given: frozenset[str]
    double: frozenset[str]
    family: frozenset[str]


class _Word(NamedTuple):
    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return self.text.lower()

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def initial(self) -> bool:
        return self.text.endswith(".") or (len(self.text) == 1 and self.text.isupper())


class _Line(NamedTuple):
    text: str
    words: Sequence[_Word]
    spread: bool
    """Whether most words begin with a capital, so that one says nothing."""
    english: bool
    """Whether it is of plain words enough that others stand out."""


class People:
    """Finds names of private persons; what a vocabulary holds is public."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Keep what is public."""
        self._vocabulary = vocabulary
        self._names = _names()

    def find(self, text: str) -> Iterator[Place]:
        """Give the places of names, in order of start; they may overlap."""
        yield from _by_script(text)
        line = self._line(text)
        at = 0
        while at < len(line.words):
            taken = self._after_title(line, at) or self._after_cue(line, at)
            taken = taken or (0 if line.spread else self._written(line, at))
            taken = taken or self._listed(line, at)
            if not taken:
                at += 1
                continue
            first, last = line.words[at], line.words[at + taken - 1]
            short = first is last and len(first.text) > 1 and first.text.isupper()
            abbreviation = short and self._vocabulary.is_public(first.text)
            if not (abbreviation or self._is_public(text, first, last)):
                yield Place(first.start, last.end)
            at += taken

    def _line(self, text: str) -> _Line:
        words = [_word(found) for found in _TOKEN.finditer(text)]
        plain = [self._plain(word) for word in words]
        small = [one for one, word in zip(plain, words, strict=True) if not word.capital]
        long = [
            word.capital
            for one, word in zip(plain, words, strict=True)
            if one and len(word.text) > 3
        ]
        titled = len(long) > 2 and sum(long) > 0.6 * len(long)
        return _Line(text, words, _all_capitals(words) or titled, sum(small) >= 0.6 * len(small))

    def _after_title(self, line: _Line, at: int) -> int:
        """Count the words of a name that a title stands before."""
        if at == 0 or line.words[at - 1].low.rstrip(".") not in TITLES:
            return 0
        if not re.fullmatch(
            r"\.?\s{1,2}", line.text[line.words[at - 1].end : line.words[at].start]
        ):
            return 0
        title, word = line.words[at - 1], line.words[at]
        courtesy = title.low.rstrip(".") in COURTESY
        if word.low.rstrip(".") in TITLES and at + 1 < len(line.words):
            return 0
        if not word.capital and not (courtesy and not self._plain(word)):
            return 0
        if self._plain(word) and not (courtesy and word.capital and not is_group(word.text)):
            return 0
        if self._vocabulary.is_public(word.text) and not courtesy and not self._known(word):
            return 0
        return self._run(line, at, self._fitting(word, lower=not word.capital))

    def _after_cue(self, line: _Line, at: int) -> int:
        """Count the words of a name that is said to be one, or is of somebody's relation."""
        said_before, word = before(line.text, line.words[at].start), line.words[at]
        if self._plain(word) and word.low not in self._names.double:
            return 0
        if CALLED.search(said_before):
            run = self._run(line, at, self._fitting(word, lower=True))
            public = self._vocabulary.is_public(word.text) and not self._known(word)
            return 0 if public and run == 1 else run
        shy = re.search(r"\b(?:my|his|her|our|their)\s+\w+,? $", said_before) and self._odd(word)
        related = at > 0 and line.words[at - 1].low in RELATIONS
        if not related or not re.fullmatch(
            r",? \(?", line.text[line.words[at - 1].end : word.start]
        ):
            return 0
        shouted = word.text.isupper() and len(word.text) > 1
        if shouted or not (word.capital or word.low in self._names.given or shy):
            return 0
        if self._vocabulary.is_public(word.text) and not self._known(word):
            return 0
        return self._run(line, at, self._fitting(word, lower=not word.capital))

    def _written(self, line: _Line, at: int) -> int:
        """Count the words of a name that is written as one: two or more capitals in a row."""
        word = line.words[at]
        if not (word.capital and self._namely(word, lower=False)):
            return 0
        run = self._run(line, at, self._fitting(word, lower=False))
        inside = [one for one in line.words[at : at + run] if one.low not in PARTICLES]
        whole = [one for one in inside if not one.initial]
        if len(inside) < 2 or not whole or any(is_group(one.text) for one in whole):
            return 0
        if any(one.text.isupper() and len(one.text) > 1 for one in whole):
            return 0  # an abbreviation
        if len(whole) == 1 and not self._spelt_out(line.words[at : at + run]):
            return 0
        following = line.words[at + run] if at + run < len(line.words) else None
        if (
            following
            and following.capital
            and is_group(following.text)
            and _belongs(line.text, line.words[at + run - 1], following)
        ):
            return 0  # a law or a body that bears a name
        return run if self._could_be(whole, english=line.english) else 0

    def _fitting(self, first: _Word, *, lower: bool) -> Callable[[_Word], bool]:
        """Return what tells whether a word goes on a name; after a given name it may be plain."""
        listed = first.capital and first.low in self._names.given | self._names.double
        return lambda one: (
            self._namely(one, lower=lower) or (listed and one.capital and not is_group(one.text))
        )

    def _odd(self, word: _Word) -> bool:
        """Tell whether a word in small letters is neither plain nor public, nor a slip of one."""
        if len(word.text) < 4 or self._plain(word) or self._vocabulary.is_public(word.text):
            return False
        if ENGLISH_ENDING.search(word.low):
            return False
        return not self._vocabulary.is_slip(word.text)

    def _could_be(self, whole: Sequence[_Word], *, english: bool) -> bool:
        strange = [one for one in whole if not self._plain(one)]
        known = [one for one in whole if self._known(one)]
        doubles = [one for one in whole if one.low in self._names.double]
        if known:
            return True
        if doubles and whole[0] in doubles:
            return any(one not in doubles for one in strange)
        return english and len(strange) == len(whole)

    def _spelt_out(self, words: Sequence[_Word]) -> bool:
        """Tell whether initials and one word make a name: `J. Doe`, no `S. Africa`."""
        word = next(one for one in words if not one.initial)
        return not self._plain(word) and (
            not self._vocabulary.is_public(word.text) or self._known(word)
        )

    def _listed(self, line: _Line, at: int) -> int:
        """Count the words of a name that begins with a known given name, in whatever letters."""
        word = line.words[at]
        if word.low not in self._names.given or self._plain(word):
            return self._family_first(line, at) or self._strange(line, at)
        if self._vocabulary.is_region(word.text):
            return 0
        run = self._run(line, at, lambda one: not self._plain(one) and not is_group(one.text))
        following = line.words[at + run] if at + run < len(line.words) else None
        if (
            following
            and is_group(following.text)
            and _belongs(line.text, line.words[at + run - 1], following)
        ):
            return 0  # a law or a body that bears a name
        if run == 1 and len(word.text) < 4 and not (word.capital and not line.spread):
            return 0
        return run

    def _family_first(self, line: _Line, at: int) -> int:
        """Count the words of a name written the other way round: `Doe, Jane`."""
        if at + 1 >= len(line.words):
            return 0
        word, after = line.words[at], line.words[at + 1]
        turned = line.text[word.end : after.start] == ", " and after.low in self._names.given
        if turned and word.capital and after.capital and self._namely(word, lower=False):
            return 2 if not self._vocabulary.is_public(word.text) else 0
        return 0

    def _strange(self, line: _Line, at: int) -> int:
        """Count two words in small letters of which no vocabulary knows anything."""
        pair = line.words[at : at + 2]
        small = (
            len(pair) == 2 and not any(one.capital for one in pair) and _adjoin(line.text, *pair)
        )
        return 2 if small and line.english and all(map(self._odd, pair)) else 0

    def _run(self, line: _Line, at: int, fits: Callable[[_Word], bool]) -> int:
        """Count the words from `at` on that stand together and fit, four of a name at most."""
        last, place = at, at + 1
        while (
            place < len(line.words)
            and place - at < 7
            and _adjoin(line.text, line.words[place - 1], line.words[place])
        ):
            word = line.words[place]
            if word.low in PARTICLES and not (word.capital and fits(word)):
                place += 1
                continue
            if not (fits(word)) or line.words[place - 1].text.endswith("'s"):
                break
            last, place = place, place + 1
            if last - at >= 4:
                break
        return last - at + 1

    def _namely(self, word: _Word, *, lower: bool) -> bool:
        """Tell whether a word may stand in a name."""
        if word.initial:
            return word.text != "I"
        if not (word.capital or lower):
            return False
        if self._known(word) or word.low in self._names.double:
            return word.capital or not self._plain(word)
        plain = self._plain(word) or is_group(word.text)
        return not (plain or self._vocabulary.is_public(word.text))

    def _plain(self, word: _Word) -> bool:
        if self._vocabulary.is_plain(word.text):
            return True  # most words are, and need no further look
        bare = re.sub(r"['’]s?$", "", word.low)
        parts = re.split(r"[\u2011-]", bare)
        return all(self._vocabulary.is_plain(part) for part in parts) or (
            bare.endswith("s") and self._vocabulary.is_plain(bare[:-1]) and not self._known(word)
        )

    def _known(self, word: _Word) -> bool:
        parts = re.split(r"[\u2011-]", word.low)
        return any(part in self._names.given or part in self._names.family for part in parts)

    def _is_public(self, text: str, first: _Word, last: _Word) -> bool:
        said = text[first.start : last.end]
        if LAW_CASE.match(text, last.end) or LAW_CASE_BEFORE.search(before(text, first.start)):
            return True
        return first is not last and self._vocabulary.prints(said)


def _word(found: re.Match[str]) -> _Word:
    text = re.sub(r"['’]s$", "", found[0])
    return _Word(text, found.start(), found.start() + len(text))


def _adjoin(text: str, one: _Word, other: _Word) -> bool:
    """Tell whether two words may be of one name: nothing but a blank between them."""
    return re.fullmatch(r"[ \u00a0\u202f]{1,2}", text[one.end : other.start]) is not None


def _belongs(text: str, one: _Word, other: _Word) -> bool:
    """Tell whether a word is of what bears the name before it: `Law` in `Jane's Law`."""
    return re.fullmatch(r"(?:['’]s)?\s{1,2}", text[one.end : other.start]) is not None


def _all_capitals(words: Sequence[_Word]) -> bool:
    long = [one for one in words if len(one.text) > 1]
    return len(long) > 2 and sum(one.text.isupper() for one in long) > 0.7 * len(long)


def _by_script(text: str) -> Iterator[Place]:
    """Give names in Chinese, Japanese and Arabic script, which have no capitals."""
    for found in HAN_CUE.finditer(text):
        yield Place(*found.span("it" if found["it"] else "sir"))
    yield from (Place(*found.span("it")) for found in ARABIC_CUE.finditer(text))


@lru_cache(maxsize=1)
def _names() -> _Names:
    held = json.loads(files(__package__).joinpath("names.json").read_text("utf-8"))
    sets = {kind: frozenset(" ".join(lines).split()) for kind, lines in held.items()}
    return _Names(sets["given"], sets["double"], sets["family"])
