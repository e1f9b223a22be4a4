"""The documents of a session as DOCX, with headings, real footnotes and an agenda in a table."""

from __future__ import annotations

from collections.abc import Iterable

from ui.exports.document_docx import document_as_docx
from ui.exports.sessions.session_document import session_document
from ui.exports.sessions.session_outline import Block


def as_docx(blocks: Iterable[Block], day: str) -> bytes:
    """Return the blocks of a session as a document.

    Args:
        blocks: as `ui.exports.sessions.session_outline` gives them.
        day: day as of which the session is, ISO 8601.

    Raises:
        ExtraMissing: pandoc or python-docx is not installed.
    """
    return document_as_docx(session_document(blocks, day))
