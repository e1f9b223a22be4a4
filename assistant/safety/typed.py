"""A question as somebody typed it: in one line, or refused."""

from __future__ import annotations

import unicodedata

from assistant.errors import QuestionError


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
