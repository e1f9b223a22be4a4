"""The words of a question, with what they name and how they ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from assistant.rules.cues import (
    ASKING_WORDS,
    CARDINALS,
    COMPARISONS,
    COUNTING,
    EXPLAINING,
    FUNCTION_WORDS,
    GENERAL,
    INVOLVING,
    MENTIONING,
    NEGATIONS,
    NUMBER_WORDS,
    POLAR_OPENINGS,
    SETTING_ASIDE,
)
from assistant.rules.lexicon import Token
from assistant.rules.subjects import Mention

if TYPE_CHECKING:
    from assistant.rules.narrowing import Narrowing

_REQUEST = re.compile(r"^\W*(?:(?:can|could|will|would) (?:you|i|we)|do you know)\b", re.I)
_TAG = re.compile(
    r"[,;] *(?:isn't|aren't|doesn't|don't|is|are|does|do) (?:it|they|that|there)(?: not)?\W*$"
    r"|[,;] *(?:right|correct|yes|no)\W*$|\bis (?:it|that) (?:in )?there\W*$",
    re.I,
)
_OWNS = re.compile(
    r"\bin charge of\b|\b(?:responsible|accountable|answerable) for\b|\banswers? for\b"
    r"|\bwho (?:\w+ )?(?:owns?|leads?|heads?|chairs?|runs?|funds?|pays?|finances?)\b"
    r"|\bowners? of\b",
    re.I,
)
_HOW_MANY = re.compile(r"\bhow many\b|\bnumber of\b|\btotal of\b|\bhow big\b", re.I)

_COUNT_ENDS = re.compile(
    r"do|does|did|has|have|had|is|are|was|were|will|can|could|should|would|must|there", re.I
)
"""Words with which what is counted is at its end."""

CUES = (
    (FUNCTION_WORDS | ASKING_WORDS | COMPARISONS | EXPLAINING | MENTIONING | NEGATIONS | COUNTING)
    .union(NUMBER_WORDS)
    .difference({"second", "first"})
)
"""Words that say how something is asked."""


_LOOKED_INTO = frozenset(
    """
    in on under within per by to from across does do did can could would should will inside
    """.split()
)
"""Words before a framework's name that make it what is looked into: `does the framework`."""


_OF_IT = re.compile(
    r"\b(?:does|did) it (?:say|mention|have|ask|expect|want|put|cover)\b|\bis said\b|\bin there\b"
    r"|\bis there (?:on|about)\b",
    re.I,
)
"""Words that ask a text for what it says without naming it."""


class Words:
    """A question, or a part of one, with everything in it that is named."""

    def __init__(self, text: str, tokens: Sequence[Token], mentions: Sequence[Mention]) -> None:
        """Sort the mentions by what they name; the tokens left over are the topic."""
        self.text = text
        self.tokens = tokens
        self.mentions = mentions
        self.said = {token.word for token in tokens}
        self.kinds = distinct(one.ids[0] for one in mentions if one.type == "kind")
        self.items = distinct(one.ids[0] for one in mentions if one.type == "item")
        self.entities = distinct(one.ids[0] for one in mentions if one.type == "entity")
        self.excluded = distinct(one.ids[0] for one in mentions if one.type == "excluded")
        self.absent = [one.ids for one in mentions if one.type == "absent"]
        self.description = any(one.type == "description" for one in mentions)
        self.only: Narrowing | None = None

    @property
    def sure(self) -> bool:
        """Whether an item is named by more than one word, by number, or with its kind."""
        return any(
            one.type == "item" and (one.sure or one.last > one.first or self._owns(one))
            for one in self.mentions
        )

    def _owns(self, mention: Mention) -> bool:
        """Tell whether a kind of thing is said to be an item's: `outcomes of technology`."""
        kinds = {one.last for one in self.mentions if one.type == "kind"}
        place = mention.first - 1
        while place > 0 and self.tokens[place].word in {
            "of",
            "in",
            "under",
            "for",
            "within",
            "the",
        }:
            place -= 1
        return place in kinds and place < mention.first - 1

    @property
    def overall(self) -> bool:
        """Whether it names the framework and nothing else."""
        types = {one.type for one in self.mentions}
        return types == {"framework"} and not self.topic("framework")

    @property
    def of_page(self) -> bool:
        """Whether it asks what the framework says, rather than about the framework as a thing."""
        asked = any(one.type == "framework" and self._is_asked(one) for one in self.mentions)
        return not self.said & COMPARISONS and (asked or self._of_it())

    def _of_it(self) -> bool:
        """Tell whether `it` is the framework: whatever is named before would be meant instead."""
        found = _OF_IT.search(self.text)
        if found is None or not found.group().lower().startswith("d"):
            return found is not None
        return all(one.end > found.start() for one in self.topic())

    def _is_asked(self, mention: Mention) -> bool:
        place = mention.first - 1
        while place > 0 and self.tokens[place].word in {"the", "this", "our", "whole"}:
            place -= 1
        before = self.tokens[place].word if place >= 0 else ""
        after = self.tokens[mention.last + 1].word if mention.last + 1 < len(self.tokens) else ""
        return before in _LOOKED_INTO or after in MENTIONING | ASKING_WORDS

    def topic(self, *accounted: str) -> list[Token]:
        """Return the content words that no mention of the `accounted` types accounts for."""
        taken = {
            place
            for mention in self.mentions
            if mention.type in accounted
            for place in range(mention.first, mention.last + 1)
        }
        terms = {
            place
            for mention in self.mentions
            if mention.type == "term"
            for place in range(mention.first, mention.last + 1)
            if self.tokens[place].word not in FUNCTION_WORDS
        }
        return [
            token
            for place, token in enumerate(self.tokens)
            if place not in taken and (place in terms or not self._is_cue(place))
        ]

    def _is_cue(self, place: int) -> bool:
        word = self.tokens[place].word
        verb = self.asks_who or any(
            one.type == "kind" and one.last == place - 1 for one in self.mentions
        )
        return word in CUES or (verb and word in INVOLVING)

    def between(self, start: int, end: int) -> str:
        """Return a stretch of the question without the words for kinds and for the framework."""
        text = self.text
        for mention in self.mentions:
            if mention.type in ("kind", "description", "framework"):
                first, last = self.tokens[mention.first].start, self.tokens[mention.last].end
                text = text[:first] + " " * (last - first) + text[last:]
        return " ".join(text[start:end].split())

    @property
    def asks_who(self) -> bool:
        """Whether it asks for those who act."""
        return bool(self.said & {"who", "whom", "whose"})

    def asks(self, phrases: Sequence[str]) -> int | None:
        """Return where one of some phrases asks: its first character, `None` if none does.

        A single word of three or four letters asks only where a question can begin, since `those
        who` asks nothing.
        """
        for phrase in phrases:
            short = " " not in phrase and len(phrase) < 5
            opening = (
                r"^\W*(?:and |so |but )?|[,;] (?:and )?|\b(?:and|with|by|for|of) "
                if short
                else r"\b"
            )
            match = re.search(rf"(?:{opening}){re.escape(phrase)}\b", self.mended, re.I)
            if match:
                return match.start()
        return None

    def ordinal(self, mention: Mention) -> int | None:
        """Return the number before what is mentioned: 5 for `fifth`, 0 for `last`, or `None`."""
        if not mention.first:
            return None
        word = self.tokens[mention.first - 1].word
        if word in ("last", "final"):
            return 0
        cardinal = word in CARDINALS or word.isdigit()
        return None if cardinal else NUMBER_WORDS.get(word.removesuffix("s"))

    @property
    def told_of(self) -> bool:
        """Whether it asks what an item says of something: `what does X say about Y`."""
        ends = [one.last for one in self.mentions if one.type == "item"]
        telling = {"say", "says", "said", "state", "states", "mention", "mentions"}
        return any(
            token.word in telling and end < place
            for end in ends
            for place, token in enumerate(self.tokens)
        )

    @property
    def asks_owner(self) -> bool:
        """Whether it asks who answers for something, which is more than taking part in it."""
        return self.asks_who and bool(_OWNS.search(self.text))

    @property
    def opens_with(self) -> str:
        """Its first word that says how it is asked."""
        skipped = {"and", "but", "so", "also", "please", "then", "or"}
        words = [token.word for token in self.tokens if token.word not in skipped]
        return words[0] if words else ""

    @property
    def polar(self) -> bool:
        """Whether yes or no is asked: by its first word, or by a tag at its end."""
        if _REQUEST.search(self.text):
            return False
        return self.opens_with in POLAR_OPENINGS or bool(_TAG.search(self.text))

    @property
    def negated(self) -> bool:
        """Whether it asks for what is not there."""
        # A first `no` answers what was said before, unless it stands with the next word.
        first = 0 if self.tokens and self.text[self.tokens[0].end :][:1] == " " else 1
        said = {token.word for token in self.tokens[first:]} & NEGATIONS
        aside = SETTING_ASIDE if self.excluded else frozenset[str]()
        return bool(said - aside) and not self.polar

    @property
    def mended(self) -> str:
        """The question with its misspelt words mended, and all else as typed."""
        text, end = "", 0
        for token in self.tokens:
            text += self.text[end : token.start] + token.word
            end = token.end
        return text + self.text[end:]

    def qualifies(self, kind: str) -> bool:
        """Tell whether a kind only says what a topic is: `the capability on AI`."""
        for mention in self.mentions:
            if mention.type == "kind" and mention.ids[0] == kind and mention.first:
                following = self.tokens[mention.last + 1 : mention.last + 2]
                told = [token.word for token in following]
                if self.tokens[mention.first - 1].word == "the" and told in (["on"], ["about"]):
                    return True
        return False

    @property
    def citing(self) -> bool:
        """Whether it asks for statements by the very words that they use."""
        return bool(self.said & {"mention", "mentions", "mentioning", "refer", "refers", "about"})

    @property
    def mentioning(self) -> bool:
        """Whether it asks which statements hold certain words."""
        return bool(self.said & MENTIONING)

    @property
    def counts_other(self) -> bool:
        """Whether what is counted is no kind of the framework: `how many hours`."""
        found = _HOW_MANY.search(self.text)
        if not found:
            return False
        kinds = {
            place
            for one in self.mentions
            if one.type in ("kind", "item", "absent")
            for place in range(one.first, one.last + 1)
        }
        for place, token in enumerate(self.tokens):
            if token.start < found.end():
                continue
            if place in kinds or _COUNT_ENDS.fullmatch(token.word):
                return False
            if token.word not in CUES | GENERAL:
                behind = range(place + 1, min(place + 4, len(self.tokens)))
                return not any(one in kinds for one in behind)
        return False

    @property
    def counting(self) -> Literal["", "number", "most", "least", "more", "fewer"]:
        """Whether it asks how many, or where there are more."""
        if _HOW_MANY.search(self.text) or self.said & COUNTING:
            return "number"
        if {"than", "or"} & self.said and self.said & {"more", "fewer", "less"}:
            return "more" if "more" in self.said else "fewer"
        if self.said & {"most", "largest", "highest"}:
            return "most"
        return "least" if self.said & {"least", "fewest", "smallest", "lowest"} else ""


def distinct(ids: Iterable[str]) -> tuple[str, ...]:
    """Return ids without repeats, in order of first appearance."""
    return tuple(dict.fromkeys(ids))
