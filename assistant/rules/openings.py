"""What only ties a question to the one before, taken off: openings, corrections, courtesies."""

from __future__ import annotations

import re
from typing import NamedTuple

_CIVIL = (
    r"an(?= (?:its|the|their|for|what|how|who|which)\b)|and|but|so|ok(?:ay)?|also|then|now|great"
    r"|good|thanks?(?: you)?|right|sure|yes|yeah|hm+|well|cool|please|pls|alright|oh|ah|hi|hello"
    r"|hey|fine|nice|perfect|interesting|plus|or"
)
_OPENING = re.compile(rf"^\W*(?:{_CIVIL})\b(?!\s*[-/])[\s,.;:!\u2026-]*", re.I)
_CLOSING = re.compile(
    r"[\s,]*\b(?:please|thanks?(?: you)?|then|though|exactly|again|pls|plz|now|actually|instead"
    r"|too|as well|for me|only)\W*$",
    re.I,
)
_CORRECTING = re.compile(
    r"^\W*(?:no+p?e?\b(?=\W*[,.;!-]| i\b| not\b| the\b| it\b| sorry\b| wait\b| no\b)"
    r"|nah\b|sorry\b|oops\b|wait\b"
    r"|actually\b|apologies\b|my (?:bad|mistake)\b|scratch that\b|make that\b|correction\b|rather\b"
    r"|not (?:that|this|those|it)(?: ones?)?\b|wrong(?: ones?| question)?\b"
    r"|i (?:meant?|was (?:asking|thinking) (?:of|about|for)|wanted|did ?n.?t mean (?:that|it)"
    r"|actually (?:meant?|wanted))\b|that(?:'s| is| was)(?: not|n't) (?:it|what i \w+|right)\b"
    r"|that(?:'s| is) wrong\b|should (?:be|have been)\b|typo\b)[\s,.;:!\u2026-]*",
    re.I,
)
_CONTINUING = re.compile(
    r"^\W*(?:now do|(?:now )?do the same(?: for| with)|(?:those|that|the ones?)(?= (?:of|for) )"
    r"|(?:what|how)(?: ?(?:'s|is))? about|(?:the )?same(?: thing| question| again)?"
    r"(?: for| with| but(?: for| with)?| on)|ditto(?: for)?|(?:only|just|and|but|also)(?= ))"
    r"[\s,:]*",
    re.I,
)
_NOT_THIS = re.compile(
    r",?\s*\b(?:and not|not|rather than|instead of)\s+(?:the\s+|for\s+|about\s+)?[^,;]+$", re.I
)
_NOT_FIRST = re.compile(r"^not\s+[^,;.]+?(?:[,;.]\s*(?:but\s+)?|\s+but\s+)(?=\w)", re.I)

_SWAPS = {"adn": "and", "nad": "and", "diff": "difference", "teh": "the", "hte": "the",
          "waht": "what", "wat": "what", "whta": "what", "wht": "what", "abuot": "about",
          "abt": "about",
          "abotu": "about", "wich": "which", "whihc": "which", "hwo": "who", "whos": "who is",
          "wyh": "why", "whats": "what is", "ther": "there", "thier": "their", "tehir": "their",
          "ti": "it", "fro": "for", "onyl": "only", "jsut": "just", "scond": "second",
          "secnd": "second", "thrid": "third", "thirs": "third", "fisrt": "first",
          "tel": "tell", "sry": "sorry", "soz": "sorry", "u": "you", "r": "are", "y": "why",
          "n": "and", "ment": "meant"}  # fmt: skip
"""Slips and short forms of the small words that lean; the lexicon mends only longer ones."""


class Opened(NamedTuple):
    """A question without the words that only tie it to what came before."""

    text: str
    """What is left, slips mended, without marks and courtesies at the end."""

    led: bool
    """Whether it goes on: `and`, `what about`, `same for`."""

    corrects: bool
    """Whether it takes back what was asked before."""


def opened(text: str) -> Opened:
    """Take off the words that tie a question to what came before.

    >>> opened("no, I meant the tech pillar")
    Opened(text='the tech pillar', led=False, corrects=True)
    >>> opened("and waht about pillar 4?")
    Opened(text='pillar 4', led=True, corrects=False)
    """
    text = _mended(text)
    led = corrects = False
    before = ""
    while text != before:
        before = text
        if (shorter := _CORRECTING.sub("", text)) != text:
            text, corrects = shorter, True
        if (shorter := _NOT_FIRST.sub("", text)) != text:
            text, corrects = shorter, True
        if (shorter := _CONTINUING.sub("", text)) != text and shorter:
            text, led = shorter, True
        if (shorter := _OPENING.sub("", text)) != text and shorter:
            led = led or bool(re.match(r"\W*(?:and|but|so|also|plus|or|then)\b", text, re.I))
            text = shorter
    if corrects or led:
        text = _NOT_THIS.sub("", text) or text
    return Opened(_closed(text), led, corrects)


def _closed(text: str) -> str:
    """Take off the marks and courtesies at the end."""
    before = ""
    while text != before:
        before, text = text, _CLOSING.sub("", text)
    return text.strip(" ?.!,;:\u2026")


def _mended(text: str) -> str:
    return re.sub(r"[A-Za-z]+", lambda one: _swapped(one.group()), text)


def _swapped(word: str) -> str:
    return word if word.isupper() and len(word) > 1 else _SWAPS.get(word.lower(), word)
