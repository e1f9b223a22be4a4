"""Questions that only a value answers: a number, a date, an amount, a place, an order of merit."""

from __future__ import annotations

import re

from assistant.cues import SUPERLATIVES

_WANTED = {
    "percentage": r"\bper ?cent(age)?\b|%|\bproportion of\b|\bwhat share\b|\bwhat rate\b|[- ]rate\b",
    "money": r"\bbudgets?\b|\bhow much (money|funding|does it cost|will it cost)\b|\bgdp\b|\bhow expensive\b"
    r"|\bcompensation\b|\bsalar(y|ies)\b|\bprices?\b|\bfines?\b|\bwhat .{0,30}\bcosts? of\b"
    r"|\bhow much\b.{0,40}\b(spend|spent|pay|paid|cost|get|receive|invest|fund)\w*",
    "duration": r"\bhow long\b|\bwaiting times?\b|\bhow (soon|quickly|fast)\b|\bhow many (days|weeks|months|years)\b",
    "frequency": r"\bhow (often|frequently|regularly)\b",
    "date": r"\bwhen (is|are|was|were|will|did|does|do|must|should|can|has|have)\b|\b(what|which|by what) (date|year|month|day)\b"
    r"|\bdeadlines?\b|\btimelines?\b|\btime ?frames?\b|\btarget dates?\b|\bby when\b|\bdue dates?\b",
    "age": r"\b(what|which|at what) age\b|\bhow old\b",
    "country": r"\b(which|what|name the|list the) (countr(y|ies)|nations?|member states?|jurisdictions?)\b",
    "name": r"\b(which|what) (compan(y|ies)|firms?|vendors?|products?|brands?|agenc(y|ies)|treat(y|ies)"
    r"|conventions?|persons?|individuals?|officials?|authors?|universit(y|ies)|software|apps?|websites?)\b"
    r"|\bwho (wrote|founded|invented|makes|made|owns|published|funds)\b",
    "forecast": r"\bwill\b.{0,40}\b(next|future|20[2-9]\d)\b|\b(predict|forecast)\w*|\bwhat will\b",
    "number": r"\bhow many\b|\bhow much\b|\bwhat (is the )?number\b|^\W*number of\b",
}
VALUES = frozenset(_WANTED) | {"ranking"}
"""Every sort of value that a question can want."""

_PATTERNS = {want: re.compile(pattern, re.I) for want, pattern in _WANTED.items()}
_RANK = re.compile(r"\b(" + "|".join(sorted(SUPERLATIVES)) + r")\b", re.I)
_NOT_RANK = re.compile(
    r"\bat (least|most)\b|\bbest practices?\b|\bworst[- ]of\b|\bmost (directly|closely|relevant|related)\b",
    re.I,
)

_DIGITS = re.compile(r"\d")
_PERIODS = re.compile(
    r"\b(annual(ly)?|yearly|monthly|weekly|daily|biennial(ly)?|quarterly|regular(ly)?|every)\b",
    re.I,
)


def wanted(question: str) -> str:
    """Return the sort of value a question asks for, or an empty string.

    >>> wanted("What percentage of GDP should a country allocate?")
    'percentage'
    >>> wanted("What is the identity of a victim?")
    ''
    """
    for want, pattern in _PATTERNS.items():
        if pattern.search(question):
            return want
    if _RANK.search(_NOT_RANK.sub(" ", question)):
        return "ranking"
    return ""


def holds(want: str, text: str, question: str = "") -> bool:
    """Tell whether a text holds a value of the sort that is wanted, beyond what the question says.

    >>> holds("frequency", "an annual Global Threat Assessment")
    True
    >>> holds("money", "Sufficient funding in place")
    False
    """
    if want == "frequency":
        return bool(_PERIODS.search(text))
    if want == "country":
        return _names_country(text)
    if want == "name":
        return any(name not in question.lower() for name in _names(text))
    return want not in ("ranking", "forecast") and bool(_DIGITS.search(text))


def _names(text: str) -> list[str]:
    """Return the capitalised words that open no sentence, in lower case."""
    return [match[1].lower() for match in re.finditer(r"(?<![.:\n])\s([A-Z]\w+)", text)]


def _names_country(text: str) -> bool:
    from babel import Locale

    names = [name for code, name in Locale("en").territories.items() if code.isalpha()]
    return any(re.search(rf"\b{re.escape(name)}\b", text) for name in names)
