"""A document as DOCX: styles of the reference file, with real footnotes or gathered ones."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import docx
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm
from docx.text.paragraph import Paragraph

from ui.exports.document import Block, Document, Shape, Words, apart
from ui.words.phrases import clean

REFERENCE = Path(__file__).with_name("reference.docx")
"""All styles stand in it; an office program edits them."""

STYLES: dict[Shape, str] = {
    "text": "Normal",
    "bullet": "List Bullet",
    "beneath": "List Continue",
    "option": "Option",
    "quote": "Quote",
    "small": "Small",
    "box": "Answer",
}

_WIDTHS = {2: (3.2, 13.8), 3: (2.6, 7.2, 7.2), 5: (6.6, 2.6, 2.6, 2.6, 2.6)}
"""How wide the columns of a table are, in centimetres; others are all alike."""

_EMPTY_NOTES = """<w:footnotes
 xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p>
</w:footnote></w:footnotes>"""


class Writing:
    """Writes a document, and knows which footnotes were told in whole."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._docx = docx.Document(str(REFERENCE))
        self._told: set[int] = set()
        self._footnotes: list[BaseOxmlElement] = []
        self._gathered = any(one.shape == "notes" for one in document.blocks)

    def content(self) -> bytes:
        """Return the file."""
        document, main = self._document, self._docx.part
        opening = (document.kicker, document.title, document.subtitle)
        for style, text in zip(("Kicker", "Title", "Subtitle"), opening, strict=True):
            if text:
                self._paragraph(style, (Words(text),))
        for block in document.blocks:
            self._block(block)
        if self._footnotes:
            root = parse_xml(_EMPTY_NOTES)
            root.extend(self._footnotes)
            name, kind = PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES
            main.relate_to(XmlPart(name, kind, root, main.package), RELATIONSHIP_TYPE.FOOTNOTES)
        about = self._docx.core_properties
        # No longer may a DOCX file's own title be.
        about.title, about.language = clean(document.title)[:255], "en-GB"
        about.author = about.last_modified_by = "Signpost"
        about.created = about.modified = datetime.fromisoformat(document.day).replace(tzinfo=UTC)
        out = BytesIO()
        self._docx.save(out)
        return out.getvalue()

    def _block(self, block: Block) -> None:
        if block.shape == "table":
            self._table(block)
        elif block.shape == "notes":
            for number, note in enumerate(self._document.notes, 1):
                added = self._paragraph("Source", (Words(str(number), strong=True),))
                added.add_run("\t")
                for words in (Words(note.whole), *note.works):
                    self._run(added, words)
        else:
            style = STYLES.get(block.shape, f"Heading {block.level}")
            added = self._paragraph(style, block.words)
            if block.new_page:
                added.paragraph_format.page_break_before = True
            if block.kept:
                added.paragraph_format.keep_with_next = True

    def _paragraph(self, style: str, words: Sequence[Words]) -> Paragraph:
        paragraph = self._docx.add_paragraph(style=style)
        for one in words:
            self._run(paragraph, one)
        return paragraph

    def _run(self, paragraph: Paragraph, words: Words) -> None:
        run = paragraph.add_run("".join(apart(words.text)))
        run.bold = words.strong or None
        if words.link:
            run.style = "Hyperlink"
            link = OxmlElement("w:hyperlink")
            kind = RELATIONSHIP_TYPE.HYPERLINK
            link.set(qn("r:id"), paragraph.part.relate_to(words.link, kind, is_external=True))
            run._r.addprevious(link)
            link.append(run._r)
        if words.notes and self._gathered:
            marks = paragraph.add_run(", ".join(map(str, words.notes)))
            marks.font.superscript = True
        elif words.notes:
            self._cite(paragraph, words.notes)

    def _cite(self, paragraph: Paragraph, numbers: Sequence[int]) -> None:
        """Set one footnote for several: two marks side by side would read as one number."""
        at = len(self._footnotes) + 1
        run = paragraph.add_run()
        run.style = "Footnote Reference"
        run._r.append(parse_xml(f'<w:footnoteReference {nsdecls("w")} w:id="{at}"/>'))
        note = parse_xml(
            f'<w:footnote {nsdecls("w")} w:id="{at}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/>'
            '</w:pPr><w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/>'
            '</w:r><w:r><w:t xml:space="preserve"></w:t></w:r></w:p></w:footnote>'
        )
        said = ""
        for number in numbers:
            told = self._document.notes[number - 1]
            said += f" {clean(told.short if number in self._told else told.whole)}"
            self._told.add(number)
        note[-1][-1][-1].text = said
        self._footnotes.append(note)

    def _table(self, block: Block) -> None:
        count = len(block.rows[0])
        widths = [Cm(one) for one in _WIDTHS.get(count, (17 / count,) * count)]
        table = self._docx.add_table(len(block.rows), len(widths), style="Signpost Table")
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for number, (row, texts) in enumerate(zip(table.rows, block.rows, strict=True)):
            # A row that goes on overleaf is hard to read.
            marks = ("w:cantSplit",) if number else ("w:cantSplit", "w:tblHeader")
            row._tr.get_or_add_trPr().extend(map(OxmlElement, marks))
            for cell, text, width in zip(row.cells, texts, widths, strict=True):
                cell.width = width
                cell.paragraphs[0].style = "Cell"
                for words in text:
                    self._run(cell.paragraphs[0], words._replace(strong=number == 0))
        self._docx.add_paragraph(style="Small")
