"""What a corpus calls things in public: its plain words, its names, and its wordings as a whole."""

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Self

from corpus.passage import Corpus

_WORD = re.compile(r"[^\W\d_]+")

_PLAIN = frozenset(
    """
    i aren't bye can't cheers dear didn't doesn't don't email emailed fifth fly fourth hasn't hello
    hence hers hey hi hmm however i'd i'll i'm i've isn't living lives lot mine myself nice ok okay
    ours perhaps shall sorry thank thanks that's they're tomorrow via wait wasn't we're what's who's
    won't you'd you'll you're yours zero monday tuesday wednesday thursday friday saturday sunday
    january february april june july august september october november december monsieur madame mr
    mrs ms dr sir detective inspector sergeant mum dad brother sister uncle aunt cousin friend
    boyfriend girlfriend neighbour neighbor husband wife tel road born regards sincerely yo fyi btw
    cc re ref plz aka apparently currently summarise summarize translate situation town village flat
    laptop game games
    """.split()
)
"""Plain words of questions that the guidance which ships hardly prints; it prints all others."""

GROUPS = frozenset(
    """
    act acts law laws bill code rule protocol convention directive regulation clause article section
    alliance foundation institute institution university college centre center school academy court
    ministry department office agency bureau commission committee council union nations network
    project programme program operation initiative campaign fund trust charity society association
    coalition federation service services police force hotline helpline line unit group company inc
    ltd llc gmbh corp corporation plc press journal report review study survey index guide
    guidelines framework strategy declaration charter treaty summit conference forum day week award
    prize alert app platform software tool api model database street river lake mountain island bay
    beach city county state province district region north south east west republic kingdom islands
    valley church mosque temple hospital museum station airport bank times post news bbc cnn
    agreement communiqué principles standard standards test score scale checklist toolkit v vs
    versus judgment compact accord pact plan digital global online judgement ruling case pillar
    capability outcome
    """.split()
)
"""Words beside which a name is that of a law, a body or a place, and nobody's own."""

_TOWNS = frozenset(
    town.strip()
    for town in """
    abu dhabi, addis ababa, baton rouge, buenos aires, burkina faso, cape town, costa rica,
    dar es salaam, el salvador, ho chi minh, hong kong, kuala lumpur, las vegas, los angeles,
    new delhi, new jersey, new mexico, new south wales, new york, north carolina,
    northern ireland, phnom penh, port moresby, puerto rico, rio de janeiro, saint petersburg,
    san diego, san francisco, san jose, santa barbara, santo domingo, sao paulo, são paulo,
    sierra leone, silicon valley, south carolina, sri lanka, tel aviv, west virginia
    """.split(",")
)
"""Places whose names look like somebody's."""


class Vocabulary:
    """What is public in a corpus, and so nobody's own."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._text = "\n".join(texts)

    @classmethod
    def of(cls, corpus: Corpus) -> Self:
        """Read all that a corpus prints: passages, titles, publishers, works, questions.

        Beside a corpus without guidance stands what ships, for its plain words.
        """
        whole = any(source.tier == "guidance" for source in corpus.sources)
        return cls((*printed(corpus), *(() if whole else printed(shipped_corpus()))))

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self._text))

    @cached_property
    def _small(self) -> frozenset[str]:
        return frozenset(word for word in self._words if word[0].islower())

    @cached_property
    def names(self) -> frozenset[str]:
        """Words that only stand with a capital, in small letters."""
        return frozenset(word.lower() for word in self._words if word[0].isupper()) - self._small

    @cached_property
    def regions(self) -> frozenset[str]:
        """Words of the names of countries and languages, in small letters."""
        from babel import Locale

        locale = Locale.parse("en")
        named = [*locale.territories.values(), *locale.languages.values()]
        return frozenset(word.lower() for name in named for word in _WORD.findall(name))

    def is_plain(self, word: str) -> bool:
        """Tell whether a word is an ordinary one."""
        word = word.lower()
        return word in _PLAIN or word in self._small or word in GROUPS

    def is_slip(self, word: str) -> bool:
        """Tell whether a word is a plain one with a slip in it."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        most = 1 if len(word) < 7 else 2
        near = process.extractOne(word.lower(), self._long, scorer=OSA.distance, score_cutoff=most)
        return near is not None

    @cached_property
    def _long(self) -> tuple[str, ...]:
        return tuple(word for word in self._small | _PLAIN if len(word) > 2)

    @cached_property
    def _running(self) -> str:
        return f" {' '.join(_WORD.findall(self._text))} ".lower()

    def prints(self, phrase: str) -> bool:
        """Tell whether words stand together somewhere, or name a place that everybody knows."""
        words = " ".join(_WORD.findall(phrase)).lower()
        return f" {words} " in self._running or words in _TOWNS


def printed(corpus: Corpus) -> Iterable[str]:
    """Give all that a corpus prints: titles, publishers, texts, headings, questions."""
    for source in corpus.sources:
        yield from (source.title, source.publisher)
        for work in source.references:
            yield from (work.title, work.publisher)
    for passage in corpus.passages:
        yield from (passage.text, *passage.heading_path, *passage.also, *passage.asked)


@lru_cache(maxsize=1)
def shipped_corpus() -> Corpus:
    """Return the corpus that ships; read once."""
    from corpus.whole import Whole

    return Whole.read().corpus
