"""Names of private persons, told by how they are written, what stands before, and known names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from assistant.identifiers import Place
from assistant.vocabulary import Vocabulary, is_group

_TOKEN = re.compile(r"(?:[^\W\d_]\.)+|[^\W\d_]+(?:['’‑-][^\W\d_]+)*")

_COURTESY = frozenset("mr mrs ms miss mx dr".split())
"""Titles that are followed by nothing but a name."""

_TITLES = _COURTESY | frozenset(
    """
    prof professor sir dame lord lady judge justice detective sergeant sgt inspector constable
    officer nurse pastor reverend rev imam rabbi coach uncle aunt aunty auntie principal headteacher
    headmaster señor señora señorita sr sra srta don doña monsieur madame mademoiselle mme mlle
    herr frau signor signora sig dott pan pani senhor senhora dhr mevrouw agent captain lieutenant
    """.split()
)
_RELATIONS = frozenset(
    """
    victim suspect offender perpetrator survivor colleague client patient neighbour neighbor friend
    son daughter brother sister husband wife student pupil teacher niece nephew cousin boss boyfriend
    girlfriend boy girl man woman witness caseworker worker stepfather stepmother stepson stepdaughter
    mother father mum mom dad ex trainee manager supervisor informant complainant defendant abuser
    groomer child kid baby nanny babysitter intern sibling grandson granddaughter ward
    """.split()
)
_CALLED = re.compile(
    r"(?:\b(?:(?:my|his|her|their|whose|the|victim'?s?|suspect'?s?|child'?s?|full|first|last|sur)"
    r"[ -]?names?(?: is| are| was|:)|named|name:|names:|signed,?|je m['’]appelle|me llamo|ich hei(?:ß|ss)e"
    r"|mi chiamo|meu nome é|mein name ist|mon nom est|mi nombre es|nazywam się)\s+)$",
    re.I,
)
_CALLED_WEAKLY = re.compile(
    r"(?:\b(?:called|i am|i['’]m|this is|it['’]s|regards,?|sincerely,?|from|by|contact|ask|with|about"
    r"|is|hi|hello|dear|hey)\s+)$",
    re.I,
)
_PARTICLES = frozenset(
    "de del della di da do dos das du van von der den ter ten la le el al bin ibn ben abu bint y ó mac"
    " mc st af av zu zur san santa".split()
)
_LAW_CASE = re.compile(r"^\s*(?:v\.?|vs\.?|versus)\s")
_LAW_CASE_BEFORE = re.compile(r"\b(?:v\.?|vs\.?|versus)\s+$")
_SLAVIC = re.compile(r"(?:ов|ова|ев|ева|ёв|ин|ина|ын|ына|ский|ская|ич|енко|чук|юк|ів|иш)$")
_HAN_CUE = re.compile(
    r"(?:叫做?|名字是|姓名[:：是]|我是|受害者|嫌疑人|名前は|氏名[:：は])\s?(?P<it>[\u4e00-\u9fff々\u3040-\u30ff]{2,4}(?:[ 　][\u4e00-\u9fff]{1,2})?)"
    r"|(?P<sir>[\u4e00-\u9fff々]{1,4})(?:さん|様|先生|女士)"
)
_ARABIC_CUE = re.compile(
    r"(?:اسمي|اسمه|اسمها|السيد|السيدة|يدعى|تدعى)\s+(?P<it>[\u0600-\u06ff]+(?:\s+[\u0600-\u06ff]+)?)"
)


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


class People:
    """Finds names of private persons; what a vocabulary holds is public."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Keep what is public."""
        self._vocabulary = vocabulary
        self._names = _names()

    def find(self, text: str) -> Iterator[Place]:
        """Give the places of names, in order of start; they may overlap."""
        yield from _by_script(text)
        words = [_word(found) for found in _TOKEN.finditer(text)]
        spread = _all_capitals(words) or self._all_titles(words)
        at = 0
        while at < len(words):
            taken = self._after_title(text, words, at) or self._after_cue(text, words, at)
            taken = taken or (0 if spread else self._written(text, words, at))
            taken = taken or self._listed(text, words, at, spread=spread)
            if not taken:
                at += 1
                continue
            first, last = words[at], words[at + taken - 1]
            if not self._is_public(text, first, last):
                yield Place(first.start, last.end)
            at += taken

    def _after_title(self, text: str, words: Sequence[_Word], at: int) -> int:
        """Count the words of a name that a title stands before."""
        if at == 0 or words[at - 1].low.rstrip(".") not in _TITLES:
            return 0
        if not re.fullmatch(r"\.?\s{1,2}", text[words[at - 1].end : words[at].start]):
            return 0
        title, word = words[at - 1], words[at]
        courtesy = title.low.rstrip(".") in _COURTESY
        if word.low.rstrip(".") in _TITLES and at + 1 < len(words):
            return 0
        if not word.capital and not (courtesy and not self._plain(word)):
            return 0
        if self._plain(word) and not (courtesy and word.capital and not is_group(word.text)):
            return 0
        if self._vocabulary.is_public(word.text) and not courtesy and not self._known(word):
            return 0
        return self._run(text, words, at, lambda one: self._namely(one, lower=not word.capital))

    def _after_cue(self, text: str, words: Sequence[_Word], at: int) -> int:
        """Count the words of a name that is said to be one, or is of somebody's relation."""
        before, word = text[: words[at].start], words[at]
        if self._plain(word) and word.low not in self._names.double:
            return 0
        if _CALLED.search(before):
            run = self._run(text, words, at, lambda one: self._namely(one, lower=True))
            public = self._vocabulary.is_public(word.text) and not self._known(word)
            return 0 if public and run == 1 else run
        related = at > 0 and words[at - 1].low in _RELATIONS and before.rstrip(" ,(") != ""
        if not related or not re.fullmatch(r",? \(?", text[words[at - 1].end : word.start]):
            return 0
        shouted = word.text.isupper() and len(word.text) > 1
        if shouted or not (word.capital or word.low in self._names.given):
            return 0
        if self._vocabulary.is_public(word.text) and not self._known(word):
            return 0
        return self._run(text, words, at, lambda one: self._namely(one, lower=not word.capital))

    def _written(self, text: str, words: Sequence[_Word], at: int) -> int:
        """Count the words of a name that is written as one: two or more capitals in a row."""
        word = words[at]
        if not (word.capital and self._namely(word, lower=False)):
            return 0
        listed = word.low in self._names.given | self._names.double
        run = self._run(
            text, words, at, lambda one: one.capital and (self._namely(one, lower=False) or listed)
        )
        inside = [one for one in words[at : at + run] if one.low not in _PARTICLES]
        whole = [one for one in inside if not one.initial]
        if len(inside) < 2 or not whole or any(is_group(one.text) for one in whole):
            return 0
        if any(one.text.isupper() and len(one.text) > 1 for one in whole):
            return 0  # an abbreviation
        if len(whole) == 1 and not self._spelt_out(text, words[at : at + run]):
            return 0
        return run if self._could_be(whole) else 0

    def _could_be(self, whole: Sequence[_Word]) -> bool:
        strange = [one for one in whole if not self._plain(one)]
        known = [one for one in whole if self._known(one)]
        doubles = [one for one in whole if one.low in self._names.double]
        if known:
            return True
        if doubles and whole[0] in doubles:
            return any(one not in doubles for one in strange)
        return len(strange) == len(whole)

    def _spelt_out(self, text: str, words: Sequence[_Word]) -> bool:
        """Tell whether initials and one word make a name: `J. Doe`, no `S. Africa`."""
        word = next(one for one in words if not one.initial)
        return not self._plain(word) and (
            not self._vocabulary.is_public(word.text) or self._known(word)
        )

    def _listed(self, text: str, words: Sequence[_Word], at: int, *, spread: bool) -> int:
        """Count the words of a name that begins with a known given name, in whatever letters."""
        word = words[at]
        if word.low not in self._names.given or self._plain(word):
            return self._family_first(text, words, at)
        if self._vocabulary.is_region(word.text):
            return 0
        run = self._run(
            text, words, at, lambda one: not self._plain(one) and not is_group(one.text)
        )
        following = words[at + run] if at + run < len(words) else None
        if following and is_group(following.text) and _adjoin(text, words[at + run - 1], following):
            return 0  # a law or a body that bears a name
        if run == 1 and len(word.text) < 4 and not (word.capital and not spread):
            return 0
        return run

    def _family_first(self, text: str, words: Sequence[_Word], at: int) -> int:
        """Count the words of a name written the other way round: `Doe, Jane`."""
        if at + 1 >= len(words):
            return 0
        word, after = words[at], words[at + 1]
        turned = text[word.end : after.start] == ", " and after.low in self._names.given
        if turned and word.capital and after.capital and self._namely(word, lower=False):
            return 2 if not self._vocabulary.is_public(word.text) else 0
        return 0

    def _run(self, text: str, words: Sequence[_Word], at: int, fits: object) -> int:
        """Count the words from `at` on that stand together and fit, four of a name at most."""
        last, place = at, at + 1
        while (
            place < len(words) and place - at < 7 and _adjoin(text, words[place - 1], words[place])
        ):
            word = words[place]
            if word.low in _PARTICLES and not (word.capital and callable(fits) and fits(word)):
                place += 1
                continue
            if not (callable(fits) and fits(word)) or words[place - 1].text.endswith("'s"):
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
        public = self._vocabulary.is_public(word.text)
        return not (self._plain(word) or public or is_group(word.text))

    def _plain(self, word: _Word) -> bool:
        bare = re.sub(r"['’]s?$", "", word.low)
        parts = re.split(r"[‑-]", bare)
        return all(self._vocabulary.is_plain(part) for part in parts) or (
            bare.endswith("s") and self._vocabulary.is_plain(bare[:-1]) and not self._known(word)
        )

    def _known(self, word: _Word) -> bool:
        parts = re.split(r"[‑-]", word.low)
        return any(part in self._names.given or part in self._names.family for part in parts)

    def _all_titles(self, words: Sequence[_Word]) -> bool:
        """Tell whether most plain words begin with a capital, so that one says nothing."""
        plain = [one for one in words if self._plain(one) and len(one.text) > 3]
        return len(plain) > 2 and sum(one.capital for one in plain) > 0.6 * len(plain)

    def _is_public(self, text: str, first: _Word, last: _Word) -> bool:
        said = text[first.start : last.end]
        if _LAW_CASE.match(text[last.end :]) or _LAW_CASE_BEFORE.search(text[: first.start]):
            return True
        return first is not last and self._vocabulary.prints(said)


def _word(found: re.Match[str]) -> _Word:
    text = re.sub(r"['’]s$", "", found[0])
    return _Word(text, found.start(), found.start() + len(text))


def _adjoin(text: str, one: _Word, other: _Word) -> bool:
    """Tell whether two words may be of one name: nothing but a blank between them."""
    return re.fullmatch(r"[ \u00a0\u202f]{1,2}", text[one.end : other.start]) is not None


def _all_capitals(words: Sequence[_Word]) -> bool:
    long = [one for one in words if len(one.text) > 1]
    return len(long) > 2 and sum(one.text.isupper() for one in long) > 0.7 * len(long)


def _by_script(text: str) -> Iterator[Place]:
    """Give names in Chinese, Japanese and Arabic script, which have no capitals."""
    for found in _HAN_CUE.finditer(text):
        yield Place(*found.span("it" if found["it"] else "sir"))
    yield from (Place(*found.span("it")) for found in _ARABIC_CUE.finditer(text))


@lru_cache(maxsize=1)
def _names() -> _Names:
    held = json.loads(files("assistant").joinpath("names.json").read_text("utf-8"))
    sets = {kind: frozenset(" ".join(lines).split()) for kind, lines in held.items()}
    return _Names(sets["given"], sets["double"], sets["family"])
