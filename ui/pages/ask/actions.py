"""What can be done with an answer and with a conversation: copy, save, share and report."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.records import Answer
from corpus.passage import Corpus
from ui.exports.export import FORMS, ExportForm
from ui.look.templates import render
from ui.words.answer_text import VERDICTS, answer_as_text, verdict_name
from ui.words.catalogue import say
from ui.words.outline import is_reply

UNBROKEN = 10_000
"""Characters of a line that is copied: whatever it is pasted into breaks it."""

OF_ANSWER: tuple[ExportForm, ...] = ("docx", "markdown", "brief", "certificate", "ris", "bibtex")
"""What an answer can be saved as."""

OF_CONVERSATION: tuple[ExportForm, ...] = ("docx", "markdown")
"""What a conversation can be saved as."""


def actions_as_html(answer: Answer, corpus: Corpus, library: str = "") -> str:
    """Return what can be done with one answer; empty for a reply of whose message nothing is kept.

    Raises:
        CorpusError: a citation is not of this edition.
    """
    if is_reply(answer):
        return ""
    return render(
        "ask/actions",
        question=answer.resolved_question,
        plain=answer_as_text(answer, corpus, UNBROKEN),
        forms=_named(OF_ANSWER),
        verdicts=[] if library else [(one, verdict_name(one)) for one in VERDICTS],
    )


def conversation_as_html() -> str:
    """Return what can be done with this conversation and with earlier ones."""
    return render("ask/conversations", forms=_named(OF_CONVERSATION))


def _named(forms: Iterable[ExportForm]) -> list[tuple[ExportForm, str]]:
    """Return the forms that this machine can write, with their names."""
    return [(form, say(f"ask.{form}")) for form in forms if FORMS[form].installed]
