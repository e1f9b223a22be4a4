"""The first word of a reply to a yes-or-no question, from the polarity of the sentence quoted."""

from __future__ import annotations

import re

_AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|may|might|must|should|will|would)"
)
_POLAR = re.compile(
    rf"(?:^|[,;:.?!\u2013-]\s*)(?:and |but |so |or |then |please )?{_AUXILIARY}(?:n['\u2019]t)?\b"
    r"(?! (?:you|u) )",
    re.I,
)
_OPEN = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.I)
_DENIES = re.compile(
    r"\b(?:not|no|never|nor|cannot|neither|nobody|none|nothing|without)\b|n['\u2019]t\b", re.I
)
_ASKED_NOT = re.compile(
    rf"^\W*(?:{_AUXILIARY}n['\u2019]t\b|{_AUXILIARY} (?:it|they|there|this|that) not\b)", re.I
)
_CLAUSE = re.compile(r"(?<=[.?!])\s+")

CLOSE = 0.55
"""Cosine of question and sentence from which the sentence settles it."""

ON_POINT = 0.5
"""Share of the question's concepts that it holds from which it does too."""


def asks_yes_or_no(text: str) -> bool:
    """Tell whether the last sentence that asks something is answered by yes or no.

    >>> asks_yes_or_no("We met. May a firm on the list say that it complies?")
    True
    >>> asks_yes_or_no("Is there a treaty, and which article is it?")
    False
    """
    asked = [one for one in _CLAUSE.split(text) if one.rstrip().endswith("?")] or [text]
    return bool(_POLAR.search(asked[-1])) and not _OPEN.search(asked[-1])


def first_word(question: str, sentence: str, *, held: float, similarity: float) -> str:
    """Return `Yes`, `No`, or an empty string where a sentence settles neither.

    A sentence that is on the point and denies something says no, another one yes; what is asked in
    the negative turns it round.

    Args:
        question: asks for yes or no.
        sentence: the best that there is.
        held: share of the question's concepts that it holds.
        similarity: its cosine with the question.
    """
    if held < ON_POINT and similarity < CLOSE:
        return ""
    denies = bool(_DENIES.search(sentence)) != bool(_ASKED_NOT.search(question))
    return "No" if denies else "Yes"
