"""Questions that only a value answers: a number, a date, an amount, a place, an order of merit."""

from __future__ import annotations

import re

from assistant.cues import SUPERLATIVES

_WANTED = {
    "percentage": (
        r"\bper ?cent(age)?\b",
        "%",
        r"\bproportion of\b",
        r"\bwhat share\b",
        r"[- ]rate\b",
    ),
    "money": (
        r"\b(budget|price|fine|salary|salarie)s?\b",
        r"\b(gdp|compensation)\b",
        r"\bhow expensive\b",
        r"\bhow much (money|funding)\b",
        r"\bwhat .{0,30}\bcosts? of\b",
        r"\bhow much\b.{0,40}\b(spen[dt]|pay|paid|cost|get|receive|invest|fund)\w*",
    ),
    "duration": (
        r"\bhow long\b",
        r"\bwaiting times?\b",
        r"\bhow (soon|quickly|fast)\b",
        r"\bhow many (day|week|month|year)s\b",
    ),
    "frequency": (r"\bhow (often|frequently|regularly)\b",),
    "date": (
        r"\bwhen (is|are|was|were|will|did|does|do|must|should|can|has|have)\b",
        r"\b(what|which) (date|year|month|day)\b",
        r"\bby when\b",
        r"\b(deadline|timeline|time ?frame|target date|due date)s?\b",
    ),
    "age": (r"\b(what|which) age\b", r"\bhow old\b"),
    "country": (
        r"\b(which|what|name the|list the) (country|countries)\b",
        r"\b(which|what|name the|list the) (nation|member state|jurisdiction)s?\b",
    ),
    "name": (
        r"\b(which|what) (compan|agenc|treat|universit)(y|ies)\b",
        r"\b(which|what) (\w+ )?(firm|vendor|product|brand|convention|author|website|app)s?\b",
        r"\b(which|what) (person|individual|official|software)s?\b",
        r"\bby name\b",
        r"\bnames? of (the )?(compan|agenc|countr)(y|ies)\b",
        r"\bwho (wrote|founded|invented|makes|made|owns|published|funds)\b",
    ),
    "indicator": (r"\b(which|what) (indicator|metric|kpi|benchmark|threshold)s?\b",),
    "forecast": (
        r"\bwill\b.{0,40}\b(next|future|20[2-9]\d)\b",
        r"\b(predict|forecast)\w*",
        r"\bwhat will\b",
    ),
    "number": (r"\bhow many\b", r"\bhow much\b", r"\bwhat (is the )?number\b", r"^\W*number of\b"),
    "ranking": (
        rf"\b({'|'.join(sorted(SUPERLATIVES))})\b",
        r"\btop (\d+|two|three|five|ten|priorit(y|ies))\b",
    ),
}
VALUES = frozenset(_WANTED)
"""Every sort of value that a question can want."""

_PATTERNS = {want: re.compile("|".join(forms), re.I) for want, forms in _WANTED.items()}
_NO_RANK = re.compile(
    r"\bat (least|most)\b|\bbest practices?\b|\bmost (directly|closely|relevant|related)\b", re.I
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
    asked = _NO_RANK.sub(" ", question)
    return next((want for want, form in _PATTERNS.items() if form.search(asked)), "")


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
    return want not in ("ranking", "forecast", "indicator") and bool(_DIGITS.search(text))


def _names(text: str) -> list[str]:
    """Return the capitalised words that open no sentence, in lower case."""
    return [match[1].lower() for match in re.finditer(r"(?<![.:])[ \t]([A-Z]\w+)", text)]


def _names_country(text: str) -> bool:
    from babel import Locale

    names = [name for code, name in Locale("en").territories.items() if code.isalpha()]
    return any(re.search(rf"\b{re.escape(name)}\b", text) for name in names)
