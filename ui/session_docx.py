"""The documents of a session as DOCX, with headings that a reader can go through."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from docx import Document
from docx.enum.text import WD_BREAK
from docx.shared import Pt

from ui.session_outline import Block

STYLES = {
    "title": "Title",
    "heading": "Heading 1",
    "subheading": "Heading 2",
    "text": "Normal",
    "bullet": "List Bullet",
    "step": "List Number",
    "agenda": "List Bullet",
}
"""The style of Word for each shape of block."""

MARK_SIZE = Pt(8)
"""Size of the numbers of sources."""


def as_docx(blocks: Iterable[Block], title: str) -> bytes:
    """Return blocks as a document; a page block starts a new page."""
    document = Document()
    document.core_properties.title = title
    document.core_properties.author = "Signpost"
    document.core_properties.comments = ""
    for block in blocks:
        if block.shape == "page":
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
            continue
        paragraph = document.add_paragraph(style=STYLES[block.shape])
        if block.lead:
            paragraph.add_run(f"{block.lead} ").bold = True
        paragraph.add_run(block.text)
        if block.marks:
            run = paragraph.add_run(f" {''.join(f'[{one}]' for one in block.marks)}")
            run.font.size = MARK_SIZE
    out = BytesIO()
    document.save(out)
    return out.getvalue()
