"""What a reader is told of a language model that worded an answer or read a question."""

from __future__ import annotations

from assistant.records import Answer
from ui.words.catalogue import say
from ui.words.phrases import clean


def with_reader(question: str, answer: Answer) -> str:
    """Return a question as understood, and which language model read it, if one did."""
    rewriting = answer.provenance.rewriting
    if rewriting is None or rewriting.cause:
        return question
    return say("wording.read_by", question=question, model=clean(rewriting.model))


def wording_note(answer: Answer) -> str:
    """Return one sentence on who worded an answer; empty where no model is set."""
    wording = answer.provenance.wording
    if wording is None:
        return ""
    written, model = wording.kept + wording.retried, clean(wording.model)
    why = say(f"wording.{wording.cause}") if wording.cause else ""
    if written and why:
        return say("wording.in_part", n=written, model=model, why=why)
    if why:
        return say("wording.own_words", why=why)
    return say("wording.worded", n=written, model=model) if written else ""
