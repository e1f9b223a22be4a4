"""A document as DOCX with real footnotes, written by pandoc in a closed child process."""

from __future__ import annotations

import os
import subprocess
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING

from assistant.errors import ExtraMissing
from ui.exports.document import Document
from ui.exports.document_pandoc import NEW_PAGE, document_as_tree
from ui.words.catalogue import say

if TYPE_CHECKING:
    from docx.document import Document as Docx

SECONDS = 30
"""How long pandoc may take; a document of 20 answers takes about one."""

MEMORY = "512m"
"""How much memory pandoc may take."""

MARKER = "Signpost"
"""Who stands as the author: no person wrote it."""


def document_as_docx(document: Document, *, body: float = 11.0, tight: float = 1.0) -> bytes:
    """Return a document as DOCX, in British English, with headings, footnotes and page numbers.

    Args:
        document: what it says.
        body: size of running words, in points.
        tight: what spaces between paragraphs are multiplied by.

    Raises:
        ExtraMissing: pandoc or python-docx is not installed, or pandoc did not write it.
    """
    if not all(map(find_spec, ("docx", "pypandoc"))):
        raise ExtraMissing(say("export.needs_extra"))
    written = _pandoc(document_as_tree(document))
    return _finished(written, document, body=body, tight=tight)


def _pandoc(tree: bytes) -> bytes:
    """Return what pandoc makes of a tree: with no file, no network, and an end to it."""
    import pypandoc

    command = [pypandoc.get_pandoc_path(), "+RTS", f"-M{MEMORY}", "-RTS", "--sandbox"]
    command += ["--from=json", "--to=docx", "--output=-"]
    # Neither a home with settings of its own, nor whatever else the server's environment holds.
    environment = {"HOME": os.devnull, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            command, input=tree, env=environment, capture_output=True, timeout=SECONDS, check=True
        )
    except subprocess.TimeoutExpired:
        raise ExtraMissing(say("export.too_long")) from None
    except (subprocess.CalledProcessError, OSError):
        raise ExtraMissing(say("export.unwritten")) from None
    return done.stdout


def _finished(written: bytes, document: Document, *, body: float, tight: float) -> bytes:
    """Set what pandoc leaves open: look, properties, headings that start a page, tables."""
    from datetime import UTC, datetime

    import docx

    from ui.exports.document_style import style

    found = docx.Document(BytesIO(written))
    style(found, body=body, tight=tight)
    about = found.core_properties
    about.title, about.language = document.title, "en-GB"
    about.author = about.last_modified_by = MARKER
    about.comments = about.keywords = ""
    about.created = about.modified = datetime.fromisoformat(document.day).replace(tzinfo=UTC)
    _number_on(found)
    _break_pages(found)
    _rule_tables(found)
    _shade_tables(found, document)
    out = BytesIO()
    found.save(out)
    return out.getvalue()


def _number_on(found: Docx) -> None:
    """Let footnotes be numbered through: readers other than Word take pandoc's mark for another."""
    from docx.oxml.ns import qn

    for one in list(found.element.body.iter(qn("w:footnotePr"))):
        one.getparent().remove(one)


def _break_pages(found: Docx) -> None:
    from docx.oxml.ns import qn

    starts = [
        one
        for one in found.element.body.iter(qn("w:bookmarkStart"))
        if one.get(qn("w:name"), "").startswith(NEW_PAGE)
    ]
    paragraphs = {one._p: one for one in found.paragraphs}
    for one in starts:
        beside = one.getparent() if one.getparent() in paragraphs else one.getnext()
        paragraphs[beside].paragraph_format.page_break_before = True


def _rule_tables(found: Docx) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for table in found.tables:
        for row in table.rows:
            # A row that goes on overleaf is hard to read.
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell in table.rows[0].cells:
            for run in (run for one in cell.paragraphs for run in one.runs):
                run.bold = True
        borders = OxmlElement("w:tblBorders")
        for side in ("top", "bottom", "insideH"):
            line = OxmlElement(f"w:{side}")
            for name, value in (
                ("val", "single"),
                ("sz", "4"),
                ("space", "0"),
                ("color", "B1B4B6"),
            ):
                line.set(qn(f"w:{name}"), value)
            borders.append(line)
        # The schema wants borders before these.
        later = table._tbl.tblPr.xpath("w:tblLayout | w:tblCellMar | w:tblLook")
        later[0].addprevious(borders)


def _shade_tables(found: Docx, document: Document) -> None:
    """Colour the cells of tables that have colours; pandoc writes tables without."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    drawn = [one for one in document.blocks if one.shape == "table"]
    for table, block in zip(found.tables, drawn, strict=True):
        for row, shades in zip(table.rows, block.shades, strict=False):
            for cell, shade in zip(row.cells, shades, strict=True):
                if shade:
                    fill = OxmlElement("w:shd")
                    for name, value in (("val", "clear"), ("color", "auto"), ("fill", shade)):
                        fill.set(qn(f"w:{name}"), value)
                    cell._tc.get_or_add_tcPr().append(fill)
