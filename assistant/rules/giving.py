"""Whether a sentence of any text gives the value that a question asks for."""

from __future__ import annotations

import re

from assistant.rules.quantity import holds, numbers_in, wanted

UNTOLD = frozenset({"indicator", "forecast", "local"})
"""Sorts of value that no look of a sentence tells."""

_WHERE = re.compile(
    r"^\W*(?:and |so |but )?(?:where|in (?:what|which) (?:city|town|place))\b", re.I
)
_SHARE = re.compile(r"%|\bper ?cent|\b(?:proportion|share)\b|\b(?:what|which)\b.*\brate\b", re.I)
_WHO = re.compile(
    r"^\W*(?:and |so |but )?who(?:'s|se|m)?\b(?! (?:can|should|may|must|needs?)\b)", re.I
)
_WHEN = re.compile(r"^\W*(?:and |so |but )?when\b", re.I)
_NAME = re.compile(
    r"\b[A-Z][\w'\u2019-]+(?: (?:of |de |van |von )?[A-Z][\w'\u2019.-]*)+|\b[A-Z]{2,}\b"
)
_INNER = re.compile(r"(?<=[\w,;:)] )[A-Z][\w'\u2019-]+")
_DATE = re.compile(
    r"\b(?:1[0-9]|20)\d\d\b|\b\d{1,4}(?:s| ?BCE?| ?CE| ?AD)\b|\b\d{1,2}[/.:]\d{1,2}\b"
    r"|\b\d{1,2} ?(?:a\.?m|p\.?m)\b|\b(?:century|midnight|noon|season)\b"
    r"|\b(?:spring|summer|autumn|winter)\b"
    r"|\b(?:when|whenever|after|before|until|once|within|during|as soon as|by the|every|since|upon"
    r"|daily|weekly|monthly|yearly|annually|today|now|currently|immediately)\b",
    re.I,
)
_DAY = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\b|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b"
)
"""Months and days, in capitals: a park may open, and opens in May."""

_FREE = re.compile(r"\b(?:free|no (?:charge|cost|fee)s?|at no cost)\b", re.I)
_CONTACT = re.compile(r"\d[\d ().-]{4,}\d|\S@\S+\.\S|https?://|\bwww\.", re.I)
_MERIT = re.compile(r"\b(?:\w{3,}est|most|least|best|worst|top|first|leading|number one)\b", re.I)
_PLACE = re.compile(
    r"\b(?:in|at|on|near|from|under|via|through|inside|outside|across|along|between|here)\b", re.I
)
_COUNTS = re.compile(
    r"\b(?:(?:only|just) one|one (?!of\b)\w+|single|both|none|no limit|unlimited)\b",
    re.I,
)
_DIGIT = re.compile(r"\d")


def value_wanted(question: str) -> str:
    """Return the sort of value that a question about anything asks for, or an empty string.

    >>> value_wanted("Where was the tower built?"), value_wanted("Why was it built?")
    ('place', '')
    """
    if _WHERE.search(question):
        return "place"
    want = wanted(question)
    if not want and _WHO.search(question):
        return "person"
    if not want and _WHEN.search(question):
        return "date"
    if want in UNTOLD or (want == "percentage" and not _SHARE.search(question)):
        return ""
    return want


def gives(want: str, text: str, question: str) -> bool:
    """Tell whether a sentence gives a value of the sort that is wanted, beyond what is said in it.

    >>> gives("date", "The park opens at 9 a.m.", "When does it open?")
    True
    >>> gives("person", "It was drawn by hand.", "Who drew it?")
    False
    """
    if want in ("person", "actor", "name"):
        said = question.lower()
        found = [*_NAME.findall(text), *_INNER.findall(text)]
        return any(one.lower().rstrip(".") not in said for one in found)
    if want == "date":
        return bool(_DATE.search(text) or _DAY.search(text))
    if want == "day":
        return bool(_DAY.search(text))
    forms = {"contact": _CONTACT, "ranking": _MERIT, "place": _PLACE}
    if want in forms:
        return bool(forms[want].search(text))
    if want == "number":
        return bool(numbers_in(text) or _DIGIT.search(text) or _COUNTS.search(text))
    if want == "money" and (_FREE.search(text) or holds("percentage", text)):
        return True
    return holds(want, text, question)
