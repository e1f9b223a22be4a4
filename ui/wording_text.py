"""What a reader is told of a language model that worded an answer, or should have."""

from __future__ import annotations

from assistant.answer import Answer
from ui.catalogue import say
from ui.phrases import clean


def wording_note(answer: Answer) -> str:
    """Return one sentence on who worded an answer; empty where no model is set."""
    wording = answer.provenance.wording
    if wording is None:
        return ""
    if wording.cause:
        return say("wording.own_words", why=say(f"wording.{wording.cause}"))
    written = wording.kept + wording.retried
    if not written:
        return ""
    return say("wording.worded", n=written, model=clean(wording.model))
