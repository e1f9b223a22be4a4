"""What a reader is told of a language model that worded an answer, or should have."""

from __future__ import annotations

from assistant.answer import Answer, Cause
from ui.phrases import clean

_WHY: dict[Cause, str] = {
    "timeout": "took too long",
    "refused": "could not be reached",
    "rate_limited": "asked to be called less often",
    "overflow": "found the question too long",
    "malformed": "did not reply in the form that was asked for",
    "empty": "wrote nothing",
    "endless": "did not come to an end",
    "language": "wrote in another language",
    "unsupported": "wrote nothing that the sources carry",
    "failed": "failed",
    "cancelled": "was called off",
    "personal": "was not asked, since the question seems to hold personal data",
}


def wording_note(answer: Answer) -> str:
    """Return one sentence on who worded an answer; empty where no model is set."""
    wording = answer.provenance.wording
    if wording is None:
        return ""
    if wording.cause:
        why = _WHY[wording.cause]
        return f"The language model {why}, so the sentences are the sources' own words."
    written = wording.kept + wording.retried
    if not written:
        return ""
    return (
        f"The language model {clean(wording.model)} worded {_counted(written)} of this answer; "
        "each was held against the quotes that it cites."
    )


def _counted(count: int) -> str:
    return f"{count} sentence{'' if count == 1 else 's'}"
