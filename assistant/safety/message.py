"""A message as triage reads it: in one line without what is invisible, and part by part."""

from __future__ import annotations

import re
import unicodedata

from assistant.errors import QuestionError

LONGEST = 4000
"""Characters of a message that are read: half from its beginning and half from its end."""

TOGETHER = 70
"""Words of a message that are read together; one that is longer is read part by part."""

WORDS = 3
"""Words that a sentence needs to be read by itself."""

_END = re.compile(r"(?<=[.?!;…])\s+|\s+[-–—]\s+")


def passages(line: str) -> list[str]:
    """Return the parts of a message that are read by themselves, each of whole sentences.

    >>> passages("What is grooming? And what is a hotline?")
    ['What is grooming? And what is a hotline?']
    >>> [len(one.split()) for one in passages("This is one sentence. " * 40)]
    [68, 68, 24]
    """
    found: list[list[str]] = [[]]
    for sentence in _END.split(line):
        words = sentence.split()
        if found[-1] and len(found[-1]) + len(words) > TOGETHER:
            found.append([])
        found[-1] += words
    return [
        " ".join(words[start : start + TOGETHER])
        for words in found
        for start in range(0, len(words), TOGETHER)
    ]


def sentences(part: str) -> list[str]:
    """Return the sentences of a part that are read by themselves too; none where it has but one.

    >>> sentences("What is grooming? I think that my friend is in danger. Thanks.")
    ['What is grooming?', 'I think that my friend is in danger.']
    """
    found = [one for one in _END.split(part) if len(one.split()) >= WORDS]
    return found if len(found) > 1 or (found and found[0] != part) else []


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

    Raises:
        QuestionError: it is empty, longer than so many characters, or not text.
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
