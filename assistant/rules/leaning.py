"""Follow-ups on a corpus of which nothing is known: what a question leans on, and how far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.rules.cues import ASKING_WORDS, FUNCTION_WORDS, POLAR_OPENINGS
from assistant.rules.lexicon import words_of

LEANING = 0.7
"""What the turn before counts for beside a question that leans on it, and so on back."""

STANDING = 0.2
"""The same beside a question that is complete, which may still be on the same matter."""

TURNS = 5
"""Earlier turns that count at all."""

SHORT = 0.4
"""The same beside one of so few words that it may be either: `when was the song released`."""

FEW = 2
"""Words of its own that a short question has."""

PRONOUNS = frozenset(
    """
    it its itself they them their theirs themselves he him his himself she her hers herself this
    these those
    """.split()
)
"""Words that stand for something said before."""

POSSESSIVES = frozenset("its their theirs his her hers itself themselves himself herself".split())
"""Those of them that often stand for what the same question names."""

AGAIN = frozenset("another other others same similar instead too either again both latter".split())
"""Words that set something beside what was said before."""

_OPENING = re.compile(
    r"^\W*(?:and|but|or|so|then|also|else|what else|(?:what|how) about|why|how come|which ones?"
    r"|ok(?:ay)?|yes|no|i (?:mean|meant|see)|wait)\b",
    re.I,
)
_EXPLETIVE = re.compile(
    r"\bit (?:\w+ ){0,2}?(?:true|possible|necessary|legal|allowed|common|normal|safe|worth|better"
    r"|best|ok|okay|take|takes|mean|means|cost|costs)\b"
    r"|\b(?:is|was) it (?:\w+ ){1,2}(?:to|that|if)\b"
    r"|\bwhat time is it\b|\bthis (?:year|month|week|day|morning)\b",
    re.I,
)
_DEFINES = re.compile(
    r"^\W*(?:(?:can|could) you |please )?(?:what(?:'s| is| are| was| were| does)|who(?:'s| is| was)"
    r"|tell me about|define|explain|describe)\b",
    re.I,
)
_ASKS = POLAR_OPENINGS | frozenset("what which who whom whose when where why how".split())


class Understood(NamedTuple):
    """A question with what earlier turns add to it."""

    text: str
    """The question, with what it leans on in brackets."""

    leans: bool
    """Whether it leans on earlier turns."""

    earlier: tuple[tuple[str, float], ...] = ()
    """Earlier turns, the latest first, with what each counts for beside the question's 1."""

    topic: str = ""
    """What it leans on, in the words of an earlier turn; empty if on nothing."""

    dangling: bool = False
    """Whether it leans on something that nobody has said."""


def understand(text: str, turns: Sequence[str]) -> Understood:
    """Return a question as its conversation means it.

    >>> understand("Is it open in winter?", ["Tell me about the rock garden."]).text
    'Is it open in winter? (Tell me about the rock garden)'
    >>> understand("When was the harbour of Elm built?", ["And in winter?"]).text
    'When was the harbour of Elm built?'
    """
    leans = is_leaning(text)
    short = SHORT if len(content_of(text)) <= FEW else STANDING
    first = LEANING if leans else short
    earlier = tuple(
        (turn, first * LEANING**back) for back, turn in enumerate([*reversed(turns)][:TURNS])
    )
    topic = _topic([turn for turn, _ in earlier]) if leans else ""
    resolved = f"{text} ({topic})" if topic else text
    dangling = has_pronoun(text) and not topic
    return Understood(resolved, leans and bool(topic), earlier, topic, dangling)


def is_leaning(text: str) -> bool:
    """Tell whether a question means something only with what was said before.

    >>> [is_leaning(one) for one in ("And in winter?", "What is a tide table?", "Is it shut?")]
    [True, False, True]
    """
    words = {word for word, _, _ in words_of(text)}
    if _points_back(text):
        return True
    if _DEFINES.match(text) and content_of(text):
        return False
    # Bare keywords name what they are about; a question of few words leaves it out.
    asks = bool(words & _ASKS) or "?" in text
    return len(content_of(text)) < (FEW if asks else 1)


def has_pronoun(text: str) -> bool:
    """Tell whether a word stands for something that the question itself has not named before it.

    >>> has_pronoun("Does a dog know its name?"), has_pronoun("How old is it?")
    (False, True)
    """
    named, determined = 0, False
    for word, _, _ in words_of(_EXPLETIVE.sub(" ", text)):
        if word in PRONOUNS and not (determined or named >= (1 if word in POSSESSIVES else FEW)):
            return True
        named += word not in _EMPTY
        determined |= word in _DETERMINERS
    return False


def _points_back(text: str) -> bool:
    """Tell whether a word of a question says outright that something came before."""
    words = {word for word, _, _ in words_of(text)}
    return has_pronoun(text) or bool(_OPENING.match(text)) or bool(words & AGAIN)


def content_of(text: str) -> list[str]:
    """Return the words of a question that say what it is about."""
    return [word for word, _, _ in words_of(text) if word not in _EMPTY]


_EMPTY = FUNCTION_WORDS | ASKING_WORDS
_DETERMINERS = frozenset("a an the my your our each every any some no".split())


def _topic(turns: Sequence[str]) -> str:
    """Return the latest turn that stands by itself, or the latest that says anything."""
    telling = [turn for turn in turns if content_of(turn)]
    standing = [turn for turn in telling if not _points_back(turn)]
    found = (standing or telling or [""])[0]
    return " ".join(found.split()).rstrip(" .?!")
