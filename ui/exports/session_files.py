"""The files of a training session, each as bytes: for the command, and for the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from assistant.errors import SessionError
from assistant.sessions.session import QuizItem, Session
from ui.exports.document import document_as_docx, document_as_markdown
from ui.exports.files import DOCX, JSON, MARKDOWN, PPTX, TEXT, File, Form
from ui.exports.session_outline import NOTICE_OF_SESSION, guide, handout, works_of
from ui.words.phrases import clean, printable

SessionForm = Literal["markdown", "guide-markdown", "handout", "guide", "slides", "gift", "record"]
"""What a session can be written as; `markdown` is the handout, `gift` the quiz for Moodle."""

SESSION_FORMS: tuple[SessionForm, ...] = get_args(SessionForm)

_SPECIAL = re.compile(r"([~=#{}:\\])")
"""Marks of Moodle's GIFT format."""


def session_file(session: Session, form: SessionForm) -> File:
    """Return a session in a form; the key is in all but `handout` and `markdown`.

    Raises:
        ExtraMissing: what writes the form is not installed.
        SessionError: the session has no quiz, so that there is no GIFT.
    """
    return _FORMS[form].file(session.title, session)


def can_make(form: str) -> bool:
    """Tell whether what writes a form is installed."""
    return all(one.installed for name, one in _FORMS.items() if name == form)


def as_gift(items: Iterable[QuizItem], category: str) -> str:
    """Return a quiz in Moodle's GIFT format, one question a paragraph, under a category."""
    name = re.sub(r"\s*/\s*", "-", clean(category))
    parts = [f"// {NOTICE_OF_SESSION}\n$CATEGORY: Signpost/{name}"]
    for item in items:
        rows = []
        for one in item.options:
            # The published works behind it, by publisher and title; else its place.
            cited = one.evidence.citations
            place = f"{one.evidence.section or 'Framework'}, {cited[0].locator}"
            why = escaped(f"{one.why} ({works_of(cited) or place})")
            rows.append(f"\t{'~='[one.right]}{escaped(one.text)} #{why}\n")
        stem = f"::{escaped(item.id)}::[plain]{escaped(item.stem.text)}"
        parts.append(f"{stem} {{\n{''.join(rows)}}}")
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    r"""Escape what GIFT would read as a mark.

    >>> escaped("a=b {c}: 50%~")
    'a\\=b \\{c\\}\\: 50%\\~'
    """
    return _SPECIAL.sub(r"\\\1", clean(text))


def _quiz(session: Session) -> str:
    if not session.quiz:
        raise SessionError("This session has no quiz; make one with the part quiz.")
    return as_gift(session.quiz, session.title)


def _slides(session: Session) -> bytes:
    from ui.exports.session_pptx import as_pptx

    return as_pptx(session)


_GUIDE = "Facilitator guide"

_FORMS: Mapping[SessionForm, Form] = {
    "markdown": Form("md", MARKDOWN, lambda one: document_as_markdown(handout(one)), "Handout"),
    "guide-markdown": Form("md", MARKDOWN, lambda one: document_as_markdown(guide(one)), _GUIDE),
    "handout": Form("docx", DOCX, lambda one: document_as_docx(handout(one)), "Handout", "docx"),
    "guide": Form("docx", DOCX, lambda one: document_as_docx(guide(one)), _GUIDE, "docx"),
    "slides": Form("pptx", PPTX, _slides, "Slides", "pptx"),
    "gift": Form("gift", TEXT, _quiz, "Quiz"),
    "record": Form(
        "json", JSON, lambda one: f"{printable(one.model_dump_json(indent=2))}\n", "Session"
    ),
}

OFFICE = {form: one.needs for form, one in _FORMS.items() if one.needs}
"""The forms that need the extra `export`, with the library that writes each."""
