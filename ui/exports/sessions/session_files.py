"""The files of a training session, each as bytes: for the command, and for the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from assistant.errors import ExtraMissing, SessionError
from ui.exports.files import DOCX, JSON, MARKDOWN, PPTX, TEXT, File, file_name
from ui.words.catalogue import say

if TYPE_CHECKING:
    from assistant.sessions.session import Session

SessionForm = Literal["markdown", "guide-markdown", "handout", "guide", "slides", "gift", "record"]
"""What a session can be written as; `markdown` is the handout, `gift` the quiz for Moodle."""

SESSION_FORMS: tuple[SessionForm, ...] = get_args(SessionForm)
"""All forms."""


class _Form(NamedTuple):
    lead: str
    ending: str
    media_type: str
    write: Callable[[Session], bytes]


def session_file(session: Session, form: SessionForm) -> File:
    """Return a session in a form; the key is in all but `handout` and `markdown`.

    Args:
        session: made by `assistant.sessions.session_build`; what it says is not checked again here.
        form: which of its files.

    Raises:
        ExtraMissing: what writes the form is not installed.
        SessionError: the session has no quiz, so that there is no GIFT.
    """
    if not can_make(form):
        raise ExtraMissing(say("export.needs_extra"))
    asked = _FORMS[form]
    name = file_name(" ".join(filter(None, (asked.lead, session.title))), asked.ending)
    return File(name, asked.media_type, asked.write(session))


def can_make(form: str) -> bool:
    """Tell whether what writes a form is installed."""
    needs = {str(one): library for one, library in OFFICE.items()}
    return form not in needs or bool(find_spec(needs[form]))


def _handout_markdown(session: Session) -> bytes:
    from ui.exports.document_markdown import document_as_markdown
    from ui.exports.sessions.session_outline import handout

    return document_as_markdown(handout(session)).encode()


def _guide_markdown(session: Session) -> bytes:
    from ui.exports.document_markdown import document_as_markdown
    from ui.exports.sessions.session_outline import guide

    return document_as_markdown(guide(session)).encode()


def _handout(session: Session) -> bytes:
    from ui.exports.document_docx import document_as_docx
    from ui.exports.sessions.session_outline import handout

    return document_as_docx(handout(session))


def _guide(session: Session) -> bytes:
    from ui.exports.document_docx import document_as_docx
    from ui.exports.sessions.session_outline import guide

    return document_as_docx(guide(session))


def _slides(session: Session) -> bytes:
    from ui.exports.sessions.session_pptx import as_pptx

    return as_pptx(session)


def _gift(session: Session) -> bytes:
    from ui.exports.sessions.gift import as_gift

    if not session.quiz:
        raise SessionError("This session has no quiz; make one with the part quiz.")
    return as_gift(session.quiz, session.title).encode()


def _record(session: Session) -> bytes:
    from ui.words.phrases import printable

    return f"{printable(session.model_dump_json(indent=2))}\n".encode()


_FORMS: Mapping[SessionForm, _Form] = {
    "markdown": _Form("Handout", "md", MARKDOWN, _handout_markdown),
    "guide-markdown": _Form("Facilitator guide", "md", MARKDOWN, _guide_markdown),
    "handout": _Form("Handout", "docx", DOCX, _handout),
    "guide": _Form("Facilitator guide", "docx", DOCX, _guide),
    "slides": _Form("Slides", "pptx", PPTX, _slides),
    "gift": _Form("Quiz", "gift", TEXT, _gift),
    "record": _Form("Session", "json", JSON, _record),
}

OFFICE: Mapping[SessionForm, str] = {"handout": "docx", "guide": "docx", "slides": "pptx"}
"""The forms that need the extra `export`, with the library that writes each."""
