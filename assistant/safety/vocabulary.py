"""What a corpus calls things in public: its plain words, its names, and its wordings as a whole."""

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Self

from corpus.passage import Corpus

_WORD = re.compile(r"[^\W\d_]+")

_PLAIN = frozenset(
    """
    a about above according across after again against all also am an and any anyone are aren't as
    asked asking at ask asks away back be been being below between both but by bye can can't cannot
    cheers check could daily dear did didn't do does doesn't doing don't during each eight either
    else email emailed ever every everyone few fifth find first five fly for found four fourth from
    further gave get getting give gives go going gone good got had happen happened has hasn't have
    having he hello hence her here hers hey hi him himself his hmm hope how however i i'd i'll i'm
    i've if in inside into is isn't it its itself just keep know last later least less let like
    living lives lot made make makes many matter may me mean means meet mentioned might mine more
    most much must my myself name named names near need needs never new next nice nine no nobody
    none nor not nothing now of off often ok okay on once one only onto or other our ours out
    outside over own part perhaps please quick quote reach reached really right said same say saying
    says second see seem seems sent seven shall she should show since six so some somebody someone
    soon sorry speak still such sure take tell ten than thank thanks that that's the their them then
    there these they they're thing things think third this those three through to today together
    told tomorrow too tried try two under until up upon us use used using very via wait want wants
    was wasn't way we we're well went were what what's whatever when where whether which while who
    who's whom whose why will with within without won't word words work worked works would wrote yes
    yesterday yet you you'd you'll you're your yours zero monday tuesday wednesday thursday friday
    saturday sunday january february march april june july august september october november
    december monsieur madame mr mrs ms dr sir officer detective inspector sergeant teacher mother
    father mum dad brother sister son daughter uncle aunt cousin friend boyfriend girlfriend
    neighbour neighbor husband wife colleague client boss manager phone call text tel contact
    address street road born case number regards sincerely yo fyi btw cc re ref id pls plz aka
    apparently currently explain summarise summarize describe compare list define translate draft
    write question answer situation office town city village flat house school class lesson meeting
    interview app apps website phone laptop computer game games chat chats account photo photos
    picture pictures
    """.split()
)
"""Plain words of questions, whether or not a corpus uses them."""

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
        self._texts = tuple(texts)

    @classmethod
    def of(cls, corpus: Corpus) -> Self:
        """Read all that a corpus prints: passages, titles, publishers, works, questions.

        Beside a corpus without guidance stands what ships, for its plain words.
        """
        whole = any(source.tier == "guidance" for source in corpus.sources)
        return cls((*printed(corpus), *(() if whole else printed(shipped_corpus()))))

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(_WORD.findall("\n".join(self._texts)))

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

        near = process.extractOne(
            word.lower(), self._long, scorer=OSA.distance, score_cutoff=1 if len(word) < 7 else 2
        )
        return near is not None

    @cached_property
    def _long(self) -> tuple[str, ...]:
        return tuple(word for word in self._small | _PLAIN if len(word) > 2)

    @cached_property
    def _running(self) -> str:
        return f" {' '.join(_WORD.findall(chr(10).join(self._texts)))} ".lower()

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
