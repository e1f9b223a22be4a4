"""A message as triage reads it: in one line without what is invisible, and sentence by sentence."""

from __future__ import annotations

import re
import unicodedata

from assistant.errors import QuestionError

LONGEST = 4000
"""Characters of a message that are read: half from its beginning and half from its end."""

PIECES = 8
"""Sentences that are read one by one; of a message with more, the neighbours are read together."""

WORDS = 3
"""Words that a sentence needs to be read by itself."""

_END = re.compile(r"(?<=[.?!;…])\s+|\s+[-–—]\s+")
# A colon ends nothing: what follows `case study:` is read with it.

_QUOTED = re.compile('["“«„][^"”»“]{4,}["”»“]')


def sentences(line: str) -> list[str]:
    """Return the sentences of a message that are read by themselves; none where it has but one.

    What is nothing but a quotation is read with the rest alone.

    >>> sentences("What is grooming? I think that my friend is in danger.")
    ['What is grooming?', 'I think that my friend is in danger.']
    >>> sentences("What is grooming?")
    []
    >>> sentences("Case study: a girl tells her teacher. What should he do?")
    ['Case study: a girl tells her teacher.', 'What should he do?']
    """
    found = [
        one
        for one in _split(line)
        if len(one.split()) >= WORDS and not _QUOTED.fullmatch(one.rstrip(".?! "))
    ]
    if len(found) < 2 and not (found and len(found[0]) < len(line) - 1):
        return []
    while len(found) > PIECES:
        found = [" ".join(found[place : place + 2]) for place in range(0, len(found), 2)]
    return found


def _split(line: str) -> list[str]:
    """Split a message where its sentences end, but never inside what it quotes."""
    quoted = [one.span() for one in _QUOTED.finditer(line)]
    found, start = [], 0
    for end in _END.finditer(line):
        if not any(first < end.start() < last for first, last in quoted):
            found.append(line[start : end.start()])
            start = end.end()
    return [*found, line[start:]]


def readable(text: str) -> str:
    """Return a message in one line without what is invisible, cut in the middle if it is long."""
    cut = text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} {text[-LONGEST // 2 :]}"
    kept = (
        sign if unicodedata.category(sign)[0] != "C" else " " * (unicodedata.category(sign) == "Cc")
        for sign in cut
    )
    return " ".join("".join(kept).split())


def one_line(text: str, limit: int) -> str:
    """Return a question in one line, without what is invisible.

    Args:
        text: as typed.
        limit: characters that it may have.

    Raises:
        QuestionError: it is empty, too long or not text.
    """
    if len(text) > limit:
        raise QuestionError(f"The question has {len(text)} characters; ask in at most {limit}.")
    line = " ".join(text.split())
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in line):
        raise QuestionError("The question holds control characters; type it as plain text.")
    shown = "".join(sign for sign in line if unicodedata.category(sign) != "Cf")
    if not any(sign.isalnum() for sign in shown):
        raise QuestionError("The question is empty; type what you want to know.")
    return shown
