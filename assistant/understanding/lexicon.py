"""Words of a question and of the corpus on common ground: tokens, stems, spelling, concepts."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA
from Stemmer import Stemmer

from corpus.readers.glossary import Glossary, Synonyms
from corpus.text import quoted, whole_words

if TYPE_CHECKING:
    from spellchecker import SpellChecker

_STEMMER = Stemmer("english")
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'"})

_SPELLINGS = (
    ("ization", "isation"), ("izations", "isations"), ("izing", "ising"), ("ized", "ised"),
    ("izes", "ises"), ("ize", "ise"), ("izer", "iser"), ("yze", "yse"), ("yzing", "ysing"),
    ("or", "our"), ("ors", "ours"), ("ored", "oured"), ("er", "re"), ("ers", "res"),
    ("ense", "ence"), ("am", "amme"), ("ams", "ammes"), ("og", "ogue"), ("eled", "elled"),
    ("eling", "elling"), ("ll", "l"), ("l", "ll"),
)  # fmt: skip
"""American ending, British ending."""

FUNCTION_WORDS = frozenset(
    """
    a about apart besides above across after again all also am among an and any anyone
    anything anywhere are around as at back be been before being below between both but by
    can cannot could current currently did do does doing done down during each either else
    etc even ever every everyone everything exactly for from further get gets getting give
    given gives go got had has have having he hello her here hers hi him his how however i
    if in into is it its itself just kind kindly know let lets like made make makes may many
    maybe me might mine more most much must my myself need needed needs neither next no none
    nor not now of off often ok on once one ones only onto or other others our ours out over
    own perhaps please quite rather really s same shall she should since so some something
    sort still such t than thank thanks that the their theirs them then there these they
    thing things this those through to together too toward towards under until up upon us
    use used using very via want wanted wants was we well were what whatever when where
    whereas whether which while who whoever whole whom whose why will with within without
    would yes yet you your yours
    """.split()
)
"""Words that carry no subject."""

CARDINALS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen".split()
)
"""Numbers as words that count rather than place."""

NUMBER_WORDS = {
    word: number
    for number, words in enumerate(
        """
        one first|two second|three third|four fourth|five fifth|six sixth|seven seventh|
        eight eighth|nine ninth|ten tenth|eleven eleventh|twelve twelfth|thirteen thirteenth|
        fourteen fourteenth|fifteen fifteenth|sixteen sixteenth|seventeen seventeenth|
        eighteen eighteenth|nineteen nineteenth|twenty twentieth
        """.split("|"),
        start=1,
    )
    for word in words.split()
}
"""Numbers as words, cardinal and ordinal."""

CALENDAR = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june
    july august september october november december
    """.split()
)
"""Names of days and months, which are written large and name nothing."""

TYPOS = 2  # Letters by which a misspelt word is off.
LONGEST = 40  # Letters that no English word has.
LONGEST_WORDING = 5  # Words of a wording of the glossary that are looked for together.
VOWELS = frozenset("aeiouy")
_APART = {"university": "universit", "universities": "universit"}
"""Stems that Snowball does not tell from those of other words: `universal`."""


def is_year(text: str) -> bool:
    """Tell whether a text is a year of the last century or of this."""
    return len(text) == 4 and text.isdecimal() and text[:2] in ("19", "20")


class Token(NamedTuple):
    """A word of a text."""

    word: str
    """Lower case, straight apostrophe, possessive removed, spelling mended."""

    stem: str
    """Snowball stem of the word."""

    start: int
    """First character in the text."""

    end: int
    """One past the last character."""


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the Snowball English stem of a lower-case word.

    >>> stem("anonymity") == stem("anonymous")
    True
    >>> stem("identity") == stem("identification")
    False
    >>> stem("ngos"), stem("mdts"), stem("plus")  # Snowball keeps the s of all three.
    ('ngo', 'mdt', 'plus')
    """
    found = _APART.get(word) or str(_STEMMER.stemWord(word))
    plural = word[3:] and found == word and word[-1] == "s" and word[-2] not in "isu"
    return word[:-1] if plural and VOWELS.isdisjoint(word[:-2]) else found


def words_of(text: str) -> list[tuple[str, int, int]]:
    """Return the words of a text in lower case with their places; hyphens and slashes separate.

    >>> [word for word, _, _ in words_of("Victims\u2019 voice, e.g. self-generated")]
    ['victims', 'voice', 'e', 'g', 'self', 'generated']
    """
    return [(_plain(one.group()), one.start(), one.end()) for one in _WORD.finditer(text)]


@lru_cache(maxsize=50_000)
def _plain(typed: str) -> str:
    """Return a word as it is compared: in lower case, apostrophes straight, no possessive."""
    word = typed.translate(_APOSTROPHES).lower().removesuffix("'s").removesuffix("'")
    return word.removesuffix("'t") if word.endswith("n't") else word


def counts_of(texts: Iterable[str]) -> Counter[str]:
    """Return how often some texts say each of their words."""
    found: Counter[str] = Counter()
    for typed, count in Counter(_WORD.findall("\n".join(texts))).items():
        found[_plain(typed)] += count
    return found


def stems_of(text: str) -> tuple[str, ...]:
    """Return the stems of all words of a text, in order."""
    return tuple(stem(_plain(typed)) for typed in _WORD.findall(text))


def content_stems(text: str) -> tuple[str, ...]:
    """Return the stems of the words that are no function words, in order."""
    return tuple(stem(word) for word, _, _ in words_of(text) if word not in FUNCTION_WORDS)


def ordinals_of(text: str) -> list[int]:
    """Return the places that a text names in order, from 1; the last is -1.

    >>> ordinals_of("the fourth one, then the 2nd and the last")
    [4, 2, -1]
    """
    last = {"last": -1, "final": -1}
    found = [last.get(word) or number_of(word, ordinal=True) for word, _, _ in words_of(text)]
    return [place for place in found if place]


def number_of(word: str, *, ordinal: bool) -> int | None:
    """Read `12`, `12th`, `twelve`, `twelfth`; or none but the ordinals among them."""
    digits = word[:-2] if word.endswith(("st", "nd", "rd", "th")) else word
    if digits.isdecimal() and len(digits) < 4:
        return int(digits) if digits != word or not ordinal else None
    return None if ordinal and word in CARDINALS else NUMBER_WORDS.get(word)


def numbers_of(text: str, things: Collection[str]) -> list[int]:
    """Return the numbers up to 99 of some things that a text tells, in order.

    >>> numbers_of("In five minutes: are there 12 such aims, or two aims?", ("aim", "aims"))
    [12, 2]
    """
    digits = {str(one): one for one in range(1, 100)}
    numbers = digits | {word: NUMBER_WORDS[word] for word in CARDINALS - {"one"}}
    words = [word for word, _, _ in words_of(text)]
    return [
        numbers[word]
        for at, word in enumerate(words)
        if word in numbers and {*things} & {*words[at + 1 : at + 3]}
    ]


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """Return the English names of countries, in lower case."""
    from babel import Locale

    names = Locale("en").territories.items()
    return frozenset(name.lower() for code, name in names if code.isalpha())


class Concept(NamedTuple):
    """Words of a question that mean one thing."""

    label: str
    """The words as typed."""

    forms: tuple[tuple[str, ...], ...]
    """Stem sequences, any of which says it; the typed one first."""

    start: int
    """First character in the question."""


SAID = 1e4  # Mentions in the corpus that count like a word that is all of English.
COMMON = 5e-4
"""Share of English that a word makes which a slip of four letters or less may stand for."""

RARE = 4e-6  # The same of a longer slip, for a word that the corpus lacks.
LONG_FORM = 6
"""Letters from which a single wrong one is mended, towards a word of the corpus alone."""


def _keeps(typed: str, word: str) -> bool:
    """Tell whether a word has all the letters typed, in their order, or no others.

    >>> _keeps("wich", "which"), _keeps("teh", "the"), _keeps("wifi", "wife")
    (True, True, False)
    """
    rest = iter(word)
    return sorted(word) == sorted(typed) or all(letter in rest for letter in typed)


@lru_cache(maxsize=1)
def english_words() -> SpellChecker:
    """Return ordinary English, 0.3 s to load: only for words that nothing else has, and claims."""
    from spellchecker import SpellChecker

    return SpellChecker()


class Lexicon:
    """What is known of words: the corpus's own, the glossary's, and ordinary English."""

    def __init__(
        self, texts: Iterable[str], names: Iterable[str], terms: Sequence[Synonyms]
    ) -> None:
        """Learn the words of the passages' texts, of names, and of terms with their synonyms."""
        self._terms = terms
        self._said = counts_of((*texts, *names))
        known = counts_of(wording for term in terms for wording in term.wordings)
        self._words = {*FUNCTION_WORDS, *NUMBER_WORDS, *self._said, *known}
        self._stems = {stem(word) for word in self._words}
        self._choices = sorted(word for word in self._words if len(word) > 3)

    @cached_property
    def _groups(self) -> dict[tuple[str, ...], tuple[int, ...]]:
        """Stems of each wording in any order, to the terms that it stands for."""
        groups: dict[tuple[str, ...], set[int]] = {}
        for number, term in enumerate(self._terms):
            for wording in term.wordings:
                groups.setdefault(tuple(sorted(content_stems(wording))), set()).add(number)
        groups.pop((), None)
        return {form: tuple(sorted(numbers)) for form, numbers in groups.items()}

    def says(self, name: str) -> bool:
        """Tell whether the corpus has every word of a name."""
        return all(self._said[word] for word, _, _ in words_of(name))

    def rarity(self, text: str) -> float:
        """Return how telling words are that the corpus lacks, from how rare English has them.

        0.2 for words that make 10**-3.5 or more of running text, 1 for 10**-5.5 or less, between
        them by the logarithm; for several words their mean.
        """
        share = english_words().word_usage_frequency
        logs = [-math.log10(float(share(word)) or 1e-9) for word, _, _ in words_of(text)]
        mean = sum(logs) / len(logs) if logs else 5.5
        return min(1.0, max(0.2, 0.2 + 0.8 * (mean - 3.5) / 2.0))

    def is_name(self, concept: Concept, text: str) -> bool:
        """Tell whether a concept is a name: a year, a word written large, or no word at all.

        A word that opens a sentence is large anyway; a misspelt or clipped word is no name.
        """
        label = concept.label
        if is_year(label) or label.lower() in countries():
            return True
        before = text[: concept.start].rstrip(" \"'(\u201c\u2018")
        inside = before and before[-1] not in ".?!:;-\u2013"
        if label[:1].isupper() and inside and not text.isupper():
            return label.lower() not in CALENDAR
        # What English knows nothing of, nor of anything near it, is a name as well.
        strange = len(label) > 4 and label not in self._words
        return strange and not any(self._is_english(word) for word, _, _ in words_of(label))

    def is_proper(self, concept: Concept) -> bool:
        """Tell whether a name is more than an ordinary word written large, as "Sir" is."""
        word = concept.label.lower()
        return is_year(word) or word in countries() or word not in english_words()

    @lru_cache(maxsize=20_000)  # noqa: B019  # one lexicon lives as long as its process
    def _is_english(self, word: str) -> bool:
        """Tell whether English has a word or one that is two letters off, as a typo is."""
        if word in english_words():
            return True
        near = self._dictionary[max(len(word) - TYPOS, 0) : len(word) + TYPOS + 1]
        choices = [one for words in near for one in words]
        found = process.extractOne(word, choices, scorer=OSA.distance, score_cutoff=TYPOS)
        return found is not None

    @cached_property
    def _dictionary(self) -> list[list[str]]:
        """English words by their length."""
        words: list[list[str]] = [[] for _ in range(LONGEST)]
        for word in english_words().word_frequency.words():
            words[min(len(word), LONGEST - 1)].append(word)
        return words

    def tokens(self, text: str) -> list[Token]:
        """Return the words of a text with stems, misspellings mended towards the corpus."""
        tokens = []
        for typed, start, end in words_of(text):
            # "US" alone is no pronoun, but in a question that is all capitals.
            named = text[start:end] == "US" and not text.isupper()
            word = "usa" if named else self._mend(typed)
            tokens.append(Token(word, stem(word), start, end))
        return tokens

    def mended(self, text: str) -> str:
        """Return a text with its misspelt words in small letters mended; what is quoted stays.

        A word that neither the corpus nor English has becomes the nearest one that either has, if
        it only lacks letters or has them in a wrong place; of equally near ones the commonest.
        """
        pieces, end = [], 0
        literal = " ".join(quoted(text))
        for _, first, last in words_of(text):
            typed = text[first:last]
            if not (typed.isalpha() and typed.islower()) or typed in literal:
                continue
            if (word := self._nearest(typed)) != typed:
                pieces += [text[end:first], word]
                end = last
        return "".join((*pieces, text[end:]))

    @lru_cache(maxsize=20_000)  # noqa: B019  # one lexicon lives as long as its process
    def _nearest(self, typed: str) -> str:
        if typed in self._words:
            return typed
        english = english_words()
        known = [typed, *(typed.replace(british, us) for us, british in _SPELLINGS)]
        known += [f"{typed[:at]}'{typed[at:]}" for at in range(1, len(typed))]
        if any(word in english for word in known):
            return typed
        common = english.known(english.edit_distance_1(typed))
        near = process.extract(
            typed, self._choices, scorer=OSA.distance, score_cutoff=2 if len(typed) > 5 else 1
        )

        def order(word: str) -> tuple[float, bool, float]:
            share = float(english.word_usage_frequency(word)) + self._said[word] / SAID
            return OSA.distance(typed, word), not _keeps(typed, word), -share

        def is_meant(word: str) -> bool:
            share = english.word_usage_frequency(word)
            if len(typed) <= SHORT_FORM:
                return len(typed) > 2 and _keeps(typed, word) and share >= COMMON
            if not (self._said[word] or share >= RARE) or not word.isalpha():
                return False
            slip = len(typed) >= LONG_FORM and OSA.distance(typed, word) == 1
            return _keeps(typed, word) or (slip and self._said[word] > 0)

        return min(
            filter(is_meant, {*common, *(word for word, *_ in near)}), key=order, default=typed
        )

    def telling(self, text: str) -> list[Token]:
        """Return the words of a text that are no function words, as a list of English has them."""
        from bm25s.stopwords import STOPWORDS_EN_PLUS  # type: ignore[import-untyped] # no types

        return [one for one in self.tokens(text) if one.word not in STOPWORDS_EN_PLUS]

    @lru_cache(maxsize=20_000)  # noqa: B019  # one lexicon lives as long as its process
    def _mend(self, word: str) -> str:
        if len(word) < 4 or any(sign.isdigit() for sign in word):
            return word
        for american, british in _SPELLINGS:
            variant = word.removesuffix(american) + british
            if word.endswith(american) and variant in self._said:
                return variant
        if word in self._words or stem(word) in self._stems or word in english_words():
            return word
        distance = 1 if len(word) < 6 else 2
        near = process.extract(
            word, self._choices, scorer=OSA.distance, score_cutoff=distance, limit=8
        )
        # Of words that are equally near, the one that texts and names say most is meant.
        nearest = min(near, key=lambda one: (one[1], -self._said[one[0]]), default=None)
        return str(nearest[0]) if nearest else word

    def concepts(self, tokens: Sequence[Token], text: str) -> tuple[Concept, ...]:
        """Group tokens into concepts: the longest glossary wordings first, then single words."""
        found: list[Concept] = []
        place = 0
        while place < len(tokens):
            forms = self._forms(tokens[place : place + LONGEST_WORDING])
            run = tokens[place : place + len(forms[0])]
            found.append(Concept(text[run[0].start : run[-1].end], forms, run[0].start))
            place += len(run)
        return tuple(found)

    def _forms(self, tokens: Sequence[Token]) -> tuple[tuple[str, ...], ...]:
        """Return the longest wording that tokens begin with, and what else means the same."""
        stems = tuple(token.stem for token in tokens)
        for size in range(len(stems), 0, -1):
            if numbers := self._groups.get(tuple(sorted(stems[:size]))):
                wordings = (one for number in numbers for one in self._terms[number].wordings)
                others = filter(None, map(content_stems, wordings))
                return tuple(dict.fromkeys((stems[:size], *others)))
        return (stems[:1],)


def contains(text: Sequence[str], form: Sequence[str]) -> bool:
    """Tell whether the stems of `form` stand in `text` in order, function words between allowed.

    >>> contains(("the", "ident", "of", "victim"), ("ident", "victim"))
    True
    >>> contains(("victim", "voic", "group", "ident"), ("victim", "ident"))
    False
    """
    size = len(form)
    if size == 1:
        return form[0] in text
    bare = [word for word in text if word not in FUNCTION_WORDS]
    return any(tuple(bare[at : at + size]) == tuple(form) for at in range(len(bare) - size + 1))


SHORT_FORM = 4
"""Letters from which a short form is known in small letters too: `csam`, but not `cac`."""


class Spelling:
    """Says the abbreviations of a glossary in full."""

    def __init__(self, glossary: Glossary) -> None:
        """Keep what each abbreviation stands for."""
        self._full = {term.term: term.expansion for term in glossary.terms if term.expansion}
        self._small = {short.lower(): short for short in self._full if len(short) >= SHORT_FORM}
        self._form = whole_words({*self._full, *self._small}, inside=r"\w-")

    def in_full(self, text: str) -> str:
        """Return a text with each abbreviation behind what it stands for, once."""
        return self._form.sub(lambda found: self._said(found, text), text)

    def _said(self, found: re.Match[str], text: str) -> str:
        short = found.group()
        full = self._full[self._small.get(short.lower(), short)]
        told = full.lower() in text.lower() or short in text[: found.start()]
        return short if told else f"{full} ({short})"
