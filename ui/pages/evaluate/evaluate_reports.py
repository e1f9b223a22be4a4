"""What users said of answers, a page at a time, each with the way to make a case of it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.safety.feedback import Feedback
from ui.look.markup import escape
from ui.pages.evaluate.evaluate_markup import go, heading, page_of, pager, told
from ui.pages.evaluate.evaluate_query import Query
from ui.words.answer_text import verdict_name
from ui.words.catalogue import say

MOST_REPORTS = 1000
"""Reports that are read; of more, the newest."""


def reports_as_html(found: Sequence[Feedback], query: Query) -> str:
    """Return what users said, newest first; nothing tells who they are."""
    start, end = page_of(found, query)
    items = "".join(map(_item, found[start:end]))
    listed = f'<ul class="sp-evaluate-cases">{items}</ul>' if items else ""
    none = "" if found else told(say("feedback.nothing"))
    return (
        f"{heading(say('evaluate.reports'), aside=escape(say('evaluate.reports_about')))}"
        f"{none}{listed}{pager(query, len(found))}"
    )


def typed_of_report(one: Feedback, case_id: str) -> dict[str, str]:
    """Return the form as what a user reported begins it; the gold is for whoever writes the case.

    Args:
        one: what was reported; its texts are masked already.
        case_id: an id that is free.
    """
    note = say("evaluate.reported", verdict=verdict_name(one.verdict), day=one.time[:10])
    return {
        "id": case_id,
        "question": one.resolved_question or one.question,
        "family": "reported",
        "note": f"{note} {one.comment}".strip(),
    }


def _item(one: Feedback) -> str:
    status = f"{one.status} ({one.reason})" if one.reason else one.status
    cited = say("evaluate.cites", ids=", ".join(one.passages)) if one.passages else ""
    small = ". ".join(part for part in (one.time[:10], status, cited) if part)
    comment = (
        f'<span class="sp-evaluate-comment">{escape(one.comment)}</span>' if one.comment else ""
    )
    make = go(Query(show="form", report=one.id), say("evaluate.make_case"), more=one.question)
    return (
        f'<li><span class="sp-evaluate-mark">{escape(verdict_name(one.verdict))}</span>'
        f"<span><strong>{escape(one.question)}</strong>{comment}"
        f'<span class="sp-evaluate-small">{escape(small)}</span>{make}</span></li>'
    )
