"""How the slides of a session look: wide pages, one plain font, words on the left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.util import Inches, Length, Pt

if TYPE_CHECKING:
    from pptx.oxml.text import CT_TextParagraphProperties
    from pptx.presentation import Presentation as Deck
    from pptx.shapes.autoshape import Shape
    from pptx.shapes.base import BaseShape
    from pptx.slide import Slide as Page

FONT = "Arial"
"""The one font."""

INK = RGBColor(0x0B, 0x0C, 0x0C)  # type: ignore[no-untyped-call]
"""Colour of all words; on white, 19 to 1."""

TITLE, BODY, ALONE, SMALL = Pt(34), Pt(24), Pt(30), Pt(14)
"""Sizes: of titles, of lines, of a line that stands alone, of sources and numbers."""

_LEFT, _WIDTH = Inches(0.7), Inches(11.9)

_NUMBER = (
    '<a:fld xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum">'
    '<a:rPr lang="en-GB" sz="1400"/><a:t>1</a:t></a:fld>'
)


_NO_BULLET = '<a:buNone xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"/>'

MOST_PLAIN = 2
"""Lines up to which a slide has no bullets."""


def new_deck() -> Deck:
    """Return an empty deck of wide slides."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    _name_fonts(deck)
    return deck


def add_page(deck: Deck, title: str, lines: tuple[str, ...], sources: str, notes: str) -> None:
    """Add a slide: a title, lines under it, its sources at the foot, and speaker notes."""
    page = deck.slides.add_slide(deck.slide_layouts[1])
    _placed(page.shapes.title, "Title", title, top=0.5, height=1.2)
    page.shapes.title.text_frame.text = title
    page.shapes.title.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
    _set(page.shapes.title, TITLE, bold=True)
    body = page.placeholders[1]
    _placed(body, "Lines", " ".join(lines), top=1.9, height=4.5)
    alone = len(lines) == 1
    frame = body.text_frame
    frame.word_wrap = True
    frame.text = "\n".join(lines)
    _set(body, ALONE if alone else BODY)
    for paragraph in frame.paragraphs:
        paragraph.space_after = Pt(8)
        if len(lines) <= MOST_PLAIN:
            _without_bullet(paragraph._p.get_or_add_pPr())
    _foot(page, sources)
    page.notes_slide.notes_text_frame.text = notes


def _foot(page: Page, sources: str) -> None:
    if sources:
        box = page.shapes.add_textbox(_LEFT, Inches(6.55), Inches(10.9), Inches(0.6))
        _placed(box, "Sources", sources, top=6.55, height=0.6, width=Inches(10.9))
        box.text_frame.word_wrap = True
        box.text_frame.text = sources
        box.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
        _set(box, SMALL)
    number = page.shapes.add_textbox(Inches(11.8), Inches(6.75), Inches(0.8), Inches(0.4))
    _described(number, "Slide number", "Number of the slide")
    paragraph = number.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT
    paragraph._p.append(parse_xml(_NUMBER))


def _placed(
    shape: BaseShape, name: str, text: str, *, top: float, height: float, width: Length = _WIDTH
) -> None:
    shape.left, shape.top, shape.width, shape.height = _LEFT, Inches(top), width, Inches(height)
    _described(shape, name, text)


def _described(shape: BaseShape, name: str, text: str) -> None:
    """Give a shape a name and a text for whoever cannot see it."""
    shape.name = name
    shape._element._nvXxPr.cNvPr.set("descr", text)


def _set(shape: Shape, size: Pt, *, bold: bool = False) -> None:
    for paragraph in shape.text_frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT
        for run in paragraph.runs:
            run.font.name, run.font.size, run.font.bold = FONT, size, bold
            run.font.color.rgb = INK
            run._r.get_or_add_rPr().set("lang", "en-GB")


def _without_bullet(properties: CT_TextParagraphProperties) -> None:
    properties.set("marL", "0")
    properties.set("indent", "0")
    properties.append(parse_xml(_NO_BULLET))


def _name_fonts(deck: Deck) -> None:
    """Put the one font in the place of those of the theme."""
    for part in deck.part.package.iter_parts():
        if "/theme/" in part.partname:
            part._blob = part.blob.replace(b'typeface="Calibri"', f'typeface="{FONT}"'.encode())
