"""The files of a training session, each as bytes: for the command, and for the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, get_args

from assistant.errors import ExtraMissing, SessionError
from ui.exports.files import DOCX, JSON, MARKDOWN, PPTX, TEXT, File, file_name
from ui.words.catalogue import say

if TYPE_CHECKING:
    from assistant.sessions.session import Session
import re
from collections.abc import Iterable

from ui.exports.document_docx import document_as_docx
from ui.exports.sessions.session_document import session_document
from ui.exports.sessions.session_outline import Block

SessionForm = Literal["markdown", "guide-markdown", "handout", "guide", "slides", "gift", "record"]
"""What a session can be written as; `markdown` is the handout, `gift` the quiz for Moodle."""

SESSION_FORMS: tuple[SessionForm, ...] = get_args(SessionForm)
"""All forms."""

OFFICE: Mapping[SessionForm, tuple[str, ...]] = {
    "handout": ("docx", "pypandoc"),
    "guide": ("docx", "pypandoc"),
    "slides": ("pptx",),
}
"""The forms that need the extra `export`, with the libraries that write each."""


def session_file(session: Session, form: SessionForm) -> File:
    """Return a session in a form; the key is in `guide`, `guide-markdown`, `gift` and `record`.

    Args:
        session: made by `assistant.sessions.session_build`; what it says is not checked again here.
        form: which of its files.

    Raises:
        ExtraMissing: what writes the form is not installed.
        SessionError: the session has no quiz, so that there is no GIFT.
    """
    if not all(map(find_spec, OFFICE.get(form, ()))):
        raise ExtraMissing(say("export.needs_extra"))
    lead, ending, media_type, write = _FORMS[form]
    name = file_name(" ".join(filter(None, (lead, session.title))), ending)
    return File(name, media_type, write(session))


def _handout_markdown(session: Session) -> bytes:
    from ui.exports.sessions.session_outline import handout

    return as_markdown(handout(session)).encode()


def _guide_markdown(session: Session) -> bytes:
    from ui.exports.sessions.session_outline import guide

    return as_markdown(guide(session)).encode()


def _handout(session: Session) -> bytes:
    from ui.exports.sessions.session_outline import handout

    return as_docx(handout(session), session.today)


def _guide(session: Session) -> bytes:
    from ui.exports.sessions.session_outline import guide

    return as_docx(guide(session), session.today)


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


_FORMS: Mapping[SessionForm, tuple[str, str, str, Callable[[Session], bytes]]] = {
    "markdown": ("Handout", "md", MARKDOWN, _handout_markdown),
    "guide-markdown": ("Facilitator guide", "md", MARKDOWN, _guide_markdown),
    "handout": ("Handout", "docx", DOCX, _handout),
    "guide": ("Facilitator guide", "docx", DOCX, _guide),
    "slides": ("Slides", "pptx", PPTX, _slides),
    "gift": ("Quiz", "gift", TEXT, _gift),
    "record": ("Session", "json", JSON, _record),
}


def as_docx(blocks: Iterable[Block], day: str) -> bytes:
    """Return the blocks of a session as a document.

    Args:
        blocks: as `ui.exports.sessions.session_outline` gives them.
        day: day as of which the session is, ISO 8601.

    Raises:
        ExtraMissing: pandoc or python-docx is not installed.
    """
    return document_as_docx(session_document(blocks, day))


PAGE = '<div style="break-before: page"></div>'
"""Starts a new page where Markdown is printed."""

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def as_markdown(blocks: Iterable[Block]) -> str:
    """Return blocks as Markdown; whatever their words hold, it is shown and not read as a mark."""
    lines: list[str] = []
    before = ""
    for block in blocks:
        list_goes_on = block.shape == before and block.shape in ("bullet", "step", "agenda")
        lines += [_line(block)] if list_goes_on else ["", _line(block)]
        before = block.shape
    return "\n".join(lines).strip() + "\n"


def _line(block: Block) -> str:
    text, lead = _plain(block.text), _plain(block.lead)
    marks = f" {''.join(f'[{one}]' for one in block.marks)}" if block.marks else ""
    led = f"**{lead}** " if lead else ""
    if block.shape in ("bullet", "step", "agenda"):
        return f"- {led}{text}{marks}"
    opens = {"title": "# ", "heading": "## ", "subheading": "### "}
    if block.shape == "page":
        return PAGE
    return f"{opens.get(block.shape, '')}{led}{text}{marks}"


def _plain(text: str) -> str:
    r"""Escape what Markdown would read as a mark.

    >>> print(_plain("a*b_c [1] <i>"))
    a\*b\_c \[1\] \<i\>
    """
    return _SPECIAL.sub(r"\\\1", text)
