"""What can be done with an answer and with a conversation: copy, save, share and report."""

from __future__ import annotations

from assistant.records import Answer
from corpus.passage import Corpus
from ui.look.markup import fill
from ui.words.answer_text import VERDICTS, answer_as_text, verdict_name
from ui.words.outline import is_reply

UNBROKEN = 10_000
"""Characters of a line that is copied: whatever it is pasted into breaks it."""


def actions_as_html(answer: Answer, corpus: Corpus) -> str:
    """Return what can be done with one answer; empty for a reply of whose message nothing is kept.

    Args:
        answer: as it is shown.
        corpus: the edition that it cites.

    Raises:
        CorpusError: a citation is not of this edition.
    """
    if is_reply(answer):
        return ""
    return fill(
        "ask",
        "actions",
        question=answer.resolved_question,
        plain=answer_as_text(answer, corpus, UNBROKEN),
        verdicts=[(one, verdict_name(one)) for one in VERDICTS],
    )


def conversation_as_html() -> str:
    """Return what can be done with this conversation and with earlier ones."""
    return fill("ask", "conversations")
