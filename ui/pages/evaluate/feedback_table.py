"""What users said of answers, as a table and for the terminal; nothing here knows Gradio.

Comments and questions are anybody's words: as HTML they are inert.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import get_args
from urllib.parse import quote

from assistant.safety.feedback import Feedback, Verdict
from ui.look.markup import escape
from ui.words.catalogue import say
from ui.words.phrases import clean, day

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""What users can say of an answer, in the order in which it is offered."""


def verdict_name(verdict: Verdict) -> str:
    """Return what a verdict is called."""
    return say(f"feedback.{verdict}")


def feedback_as_html(found: Sequence[Feedback]) -> str:
    """Return what users said as a table, in the order given, or a sentence where there is none."""
    if not found:
        return f'<p class="sp-feedback-none">{escape(say("feedback.nothing"))}</p>'
    heads = ("when", "verdict", "question", "comment", "status", "cited")
    head = "".join(f'<th scope="col">{escape(say(f"feedback.head_{one}"))}</th>' for one in heads)
    rows = "".join(map(_row, found))
    caption = f"<caption>{escape(say('feedback.caption', n=len(found)))}</caption>"
    label = escape(say("feedback.table"))
    return (
        f'<div class="sp-feedback" role="region" aria-label="{label}" tabindex="0">'
        f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def asking_again(question: str) -> str:
    """Return the address at which the page asks a question; it stays out of access logs."""
    return f"/#q={quote(clean(question), safe='')}"


def feedback_as_text(found: Sequence[Feedback]) -> str:
    """Return what users said for a terminal, without a newline at the end."""
    if not found:
        return say("feedback.nothing")
    return "\n".join(line for one in found for line in _lines(one))


def _row(one: Feedback) -> str:
    question = escape(one.question)
    again = f'<a href="{escape(asking_again(one.resolved_question))}">{question}</a>'
    status = f"{one.status} ({one.reason})" if one.reason else one.status
    cells = (
        escape(day(one.time[:10])),
        escape(verdict_name(one.verdict)),
        again,
        escape(one.comment),
        escape(status),
        escape(", ".join(one.passages)),
    )
    shown = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr data-feedback="{escape(one.id)}" data-verdict="{one.verdict}">{shown}</tr>'


def _lines(one: Feedback) -> Iterable[str]:
    yield f"{one.time[:10]}  {verdict_name(one.verdict)}: {clean(one.question)}"
    if one.comment:
        yield f"  {clean(one.comment)}"
    if one.passages:
        yield f"  {', '.join(one.passages)}"
