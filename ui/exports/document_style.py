"""How a DOCX of Signpost looks: pandoc's own styles, made those of a plain paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from ui.exports.document_pandoc import BENEATH, SMALL

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.styles.style import ParagraphStyle
    from docx.styles.styles import Styles
    from docx.text.paragraph import Paragraph

FONT = "Arial"
"""The one font; where it is missing, one of the same widths stands in."""

INK = RGBColor(0x0B, 0x0C, 0x0C)
"""Colour of all words; on white, 19 to 1."""

LINK = RGBColor(0x1D, 0x70, 0xB8)
"""Colour of links; on white, 5.2 to 1."""

BODY = 11.0
"""Size of running words, in points."""

NOTE = 8.5
"""Size of footnotes, in points."""

MARGIN = Cm(2.2)
"""Margin on every side of the page."""

PAGE = (Cm(21), Cm(29.7))
"""Width and height of the page: A4."""

_HEADINGS = {"Heading 1": (16.0, 16, 5), "Heading 2": (13.0, 12, 3), "Heading 3": (11.0, 8, 2)}
"""Size, space before and space after of each level, in points."""

_SPACES = {"Body Text": (0, 6), "Compact": (0, 3), "Block Text": (0, 4), "Footnote Text": (0, 1)}
"""Space before and after, in points."""


def style(document: Docx, *, body: float = BODY, tight: float = 1.0) -> None:
    """Give a document that pandoc wrote the look of Signpost.

    Args:
        document: with the styles of pandoc's own reference document.
        body: size of running words, in points.
        tight: what spaces between paragraphs are multiplied by.
    """
    styles = document.styles
    _defaults(styles, body)
    for name, (before, after) in _SPACES.items():
        _space(styles[name], before * tight, after * tight)
    _font(styles["Footnote Text"], NOTE)
    for name, (size, before, after) in _HEADINGS.items():
        _font(styles[name], size * body / BODY, bold=True)
        _space(styles[name], before * tight, after * tight)
    _title(styles, body, tight)
    _quote(styles["Block Text"], body)
    _own(styles, body, tight)
    _link(styles["Hyperlink"])
    section = document.sections[0]
    section.page_width, section.page_height = PAGE
    section.left_margin = section.right_margin = MARGIN
    section.top_margin = section.bottom_margin = MARGIN
    section.footer_distance = Cm(1)
    _footer(section.footer.paragraphs[0])
    _name_font(document)


def _defaults(styles: Styles, body: float) -> None:
    rpr = styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:rPr')}")
    fonts = rpr.find(qn("w:rFonts"))
    fonts.attrib.clear()
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), FONT)
    for kind in ("w:sz", "w:szCs"):
        rpr.find(qn(kind)).set(qn("w:val"), str(round(body * 2)))
    rpr.find(qn("w:lang")).set(qn("w:val"), "en-GB")
    styles["Normal"].font.color.rgb = INK
    styles["Normal"].paragraph_format.line_spacing = 1.1


def _name_font(document: Docx) -> None:
    """Say that the font has no serifs, for a machine that has to put another in its place."""
    fonts = next(
        p for p in document.part.package.iter_parts() if p.partname.endswith("fontTable.xml")
    )
    entry = f"""<w:font w:name="{FONT}"><w:panose1 w:val="020B0604020202020204"/>
<w:charset w:val="00"/><w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font></w:fonts>"""
    fonts._blob = fonts.blob.replace(b"</w:fonts>", entry.encode())


def _font(style: ParagraphStyle, size: float, *, bold: bool = False) -> None:
    rpr = style.element.get_or_add_rPr()
    for kind in ("w:rFonts", "w:color", "w:sz", "w:szCs", "w:i", "w:iCs", "w:spacing", "w:kern"):
        for one in rpr.findall(qn(kind)):
            rpr.remove(one)
    style.font.name = FONT
    style.font.size = Pt(size)
    style.font.bold = bold
    style.font.italic = False
    style.font.color.rgb = INK


def _space(style: ParagraphStyle, before: float, after: float) -> None:
    style.paragraph_format.space_before = Pt(before)
    style.paragraph_format.space_after = Pt(after)


def _title(styles: Styles, body: float, tight: float) -> None:
    for name, size, after in (("Title", 22.0, 4), ("Subtitle", 11.0, 10)):
        style = styles[name]
        _font(style, size * body / BODY, bold=name == "Title")
        _space(style, 0, after * tight)
        style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
        style.paragraph_format.keep_with_next = True


def _quote(style: ParagraphStyle, body: float) -> None:
    _font(style, body)
    style.paragraph_format.left_indent = Cm(0.6)
    style.paragraph_format.right_indent = Cm(0)
    properties = style.element.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    side = OxmlElement("w:left")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "8"), ("color", "B1B4B6")):
        side.set(qn(f"w:{name}"), value)
    borders.append(side)
    # The schema wants borders before spacing.
    properties.find(qn("w:spacing")).addprevious(borders)


def _own(styles: Styles, body: float, tight: float) -> None:
    """Set the styles of our own, which are there where a block has them."""
    looks = {SMALL: (body - 1, Cm(0)), BENEATH: (body, Cm(1.27))}
    for own in [one for one in styles if one.name in looks]:
        size, indent = looks[own.name]
        own.base_style = styles["Normal"]
        _font(own, size)
        _space(own, 0, 4 * tight)
        own.paragraph_format.left_indent = indent


def _link(style: ParagraphStyle) -> None:
    style.font.color.rgb = LINK
    style.font.underline = True


def _footer(paragraph: Paragraph) -> None:
    """Write `Page 1 of 2`, as fields that Word fills in."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for text, field in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
        run = paragraph.add_run(text)
        run.font.size = Pt(9)
        simple = OxmlElement("w:fldSimple")
        simple.set(qn("w:instr"), field)
        shown = paragraph.add_run("1")
        shown.font.size = Pt(9)
        simple.append(shown._r)
        paragraph._p.append(simple)
