"""The look of documents and slides: writes the two reference files that the exports fill.

Run `python -m ui.exports.reference_files` after a change; the files stand beside this module.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import docx
import pptx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from pptx.dml.color import RGBColor as SlideColour
from pptx.oxml import parse_xml as parse_slide_xml
from pptx.util import Inches

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.styles.style import ParagraphStyle
    from pptx.presentation import Presentation as Deck

FOLDER = Path(__file__).parent

FONT = "Arial"
"""The one font; where it is missing, one of the same widths stands in."""

ACCENT, INK, MUTED, LINE, PALE = "0A5560", "14191C", "4D585F", "C3CBD0", "EEF3F4"
"""Colours; on white the accent has 8 to 1, ink 17 to 1, the muted one 7 to 1."""

BODY = 10.0
"""Size of running words on paper, in points."""


class Look(NamedTuple):
    """How a style looks; sizes and spaces in points, the indent in centimetres."""

    size: float = BODY
    before: float = 0
    after: float = 4
    bold: bool = False
    colour: str = INK
    indent: float = 0
    hanging: float = 0


LOOKS = {
    "Normal": Look(),
    "Kicker": Look(9, after=2, bold=True, colour=ACCENT),
    "Title": Look(18, after=3, bold=True),
    "Subtitle": Look(9.5, after=8, colour=MUTED),
    "Heading 1": Look(13, before=8, after=3, bold=True, colour=ACCENT),
    "Heading 2": Look(BODY, before=4, after=2, bold=True),
    "Heading 3": Look(BODY, before=4, after=1, bold=True),
    "List Bullet": Look(after=2, indent=0.6, hanging=0.4),
    "List Number": Look(after=2, indent=0.6, hanging=0.6),
    "List Continue": Look(after=2, indent=0.6),
    "Quote": Look(after=4, indent=0.4),
    "Option": Look(after=1, indent=0.6),
    "Answer": Look(11.5, before=2, after=6, indent=0.3),
    "Small": Look(8, after=3, colour=MUTED),
    "Source": Look(8, after=1, indent=0.6, hanging=0.6),
    "Cell": Look(9, after=1),
    "Footnote Text": Look(8.5, after=1),
    "Footer": Look(8.5, after=0, colour=MUTED),
}
"""Every style that a document of ours uses."""


def paper() -> Docx:
    """Return the reference document: A4, one font, page numbers, and the styles of `LOOKS`."""
    document = docx.Document()
    for paragraph in list(document.paragraphs):
        paragraph._p.getparent().remove(paragraph._p)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin, section.bottom_margin = Cm(1.8), Cm(1.8)
    section.header_distance = section.footer_distance = Cm(0.9)
    _strip(document)
    styles = document.styles
    run = styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:rPr')}")
    fonts = run.find(qn("w:rFonts"))
    fonts.attrib.clear()
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), FONT)
    run.find(qn("w:lang")).set(qn("w:val"), "en-GB")
    for name, look in LOOKS.items():
        if name not in styles:
            styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
        _set_style(styles[name], look)
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb, link.font.underline = RGBColor.from_string(ACCENT), True
    styles.add_style("Footnote Reference", WD_STYLE_TYPE.CHARACTER).font.superscript = True
    _rule(styles["Subtitle"], "bottom", ACCENT, 12)
    _rule(styles["Quote"], "left", LINE, 18)
    _rule(styles["Answer"], "left", ACCENT, 36)
    shade = _xml(f'<w:shd NS w:val="clear" w:color="auto" w:fill="{PALE}"/>')
    styles["Answer"].element.pPr.xpath("w:pBdr")[0].addnext(shade)
    styles.element.append(_xml(_TABLE))
    _prune(styles.element)
    # `Page 1 of 2` at the right, as fields that a reader's program fills in.
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for text, field in (("Signpost  |  Page ", "PAGE"), (" of ", "NUMPAGES")):
        footer.add_run(text)
        one = f'<w:fldSimple NS w:instr="{field}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        footer._p.append(_xml(one))
    return document


def _strip(document: Docx) -> None:
    """Take out parts of the template that nothing of ours uses, and name our font."""
    for rel in list(document.part.rels.values()):
        if rel.reltype.endswith("/stylesWithEffects"):
            document.part.drop_rel(rel.rId)
        # A machine without the font is told that another without serifs is to stand in.
        elif rel.reltype.endswith("/fontTable"):
            rel.target_part._blob = f"<w:fonts {nsdecls('w')}>{_SANS}</w:fonts>".encode()
    for key, rel in list(document.part.package.rels.items()):
        if rel.reltype.endswith("/thumbnail"):
            del document.part.package.rels[key]


def _prune(styles: BaseOxmlElement) -> None:
    """Leave out the hundreds of styles that nothing of ours uses."""
    kept = {*LOOKS, *(name.lower() for name in LOOKS), "Hyperlink", "Footnote Reference"}
    for style in styles.findall(qn("w:style")):
        name = style.find(qn("w:name")).get(qn("w:val"))
        if name not in kept | {"Signpost Table"} and not style.get(qn("w:default")):
            styles.remove(style)
        for link in style.findall(qn("w:link")):
            style.remove(link)


def _set_style(style: ParagraphStyle, look: Look) -> None:
    properties = style.element.get_or_add_rPr()
    for kind in ("rFonts", "color", "sz", "szCs", "i", "iCs", "b", "bCs", "spacing", "kern"):
        for found in properties.findall(qn(f"w:{kind}")):
            properties.remove(found)
    for found in style.element.findall(f".//{qn('w:pBdr')}"):
        found.getparent().remove(found)
    style.font.name, style.font.size, style.font.bold = FONT, Pt(look.size), look.bold
    style.font.italic, style.font.color.rgb = False, RGBColor.from_string(look.colour)
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(look.before), Pt(look.after)
    form.line_spacing, form.left_indent = 1.08, Cm(look.indent)
    form.first_line_indent = Cm(-look.hanging)
    form.keep_with_next = style.name.startswith(("Heading", "Kicker", "Title"))
    if look.hanging:
        form.tab_stops.add_tab_stop(Cm(look.indent))
    style.hidden, style.quick_style = False, True


def _xml(text: str) -> BaseOxmlElement:
    return parse_xml(text.replace(" NS", f" {nsdecls('w')}", 1))


def _rule(style: ParagraphStyle, side: str, colour: str, eighths: int) -> None:
    # The schema wants borders before shading, tabs and spacing.
    rule = f'<w:{side} w:val="single" w:sz="{eighths}" w:space="6" w:color="{colour}"/>'
    later = style.element.get_or_add_pPr().xpath("w:shd | w:tabs | w:spacing | w:ind")
    later[0].addprevious(_xml(f"<w:pBdr NS>{rule}</w:pBdr>"))


_SANS = (
    f'<w:font w:name="{FONT}"><w:panose1 w:val="020B0604020202020204"/><w:charset w:val="00"/>'
    '<w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font>'
)

_TABLE = (
    '<w:style NS w:type="table" w:customStyle="1" w:styleId="SignpostTable">'
    '<w:name w:val="Signpost Table"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>'
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>'
        for side in ("top", "bottom", "insideH")
    )
    + '</w:tblBorders><w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="80" w:type="dxa"/>'
    '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr>'
    f'<w:shd w:val="clear" w:color="auto" w:fill="{PALE}"/></w:tcPr></w:tblStylePr></w:style>'
)


Box = tuple[float, float, float, float]
"""Left, top, width and height, in inches."""


class Holder(NamedTuple):
    """A placeholder of a slide; its letters in points."""

    name: str
    slot: int
    box: Box
    size: float
    bold: bool = False
    colour: str = INK
    bullet: bool = False
    anchor: str = "t"


_HEAD = Holder("Title", 0, (0.9, 0.5, 11.5, 1.0), 30, bold=True, colour=ACCENT, anchor="ctr")
_LINE = _HEAD._replace(size=20)
_FOOT = Holder("Source", 13, (0.9, 6.7, 10.6, 0.5), 12, colour=MUTED, anchor="b")
_TITLE = Holder("Title", 0, (0.9, 2.0, 11.5, 1.9), 44, bold=True, colour="FFFFFF", anchor="b")
_QUESTION = Holder("Text", 1, (0.9, 1.5, 11.5, 1.9), 24, bold=True, anchor="ctr")
LAYOUTS = {
    "Title": (_TITLE, Holder("Text", 1, (0.9, 4.1, 11.5, 1.4), 20, colour="FFFFFF")),
    "Points": (_HEAD, Holder("Text", 1, (0.9, 1.7, 11.5, 4.8), 22, bullet=True), _FOOT),
    "Quote": (_LINE, Holder("Text", 1, (0.9, 1.6, 11.5, 4.8), 34, anchor="ctr"), _FOOT),
    "Question": (_LINE, _QUESTION, Holder("Options", 14, (0.9, 3.5, 11.5, 3.1), 20), _FOOT),
    "Diagram": (_HEAD, _FOOT),
}
"""The layouts of slides, with what each holds."""

_NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)


def slides() -> Deck:
    """Return the reference deck: wide slides without content, and the layouts of `LAYOUTS`."""
    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    for part in deck.part.package.iter_parts():
        if "/theme/" in part.partname:
            part._blob = part.blob.replace(b'typeface="Calibri"', f'typeface="{FONT}"'.encode())
    for layout in list(deck.slide_layouts)[len(LAYOUTS) :]:
        deck.slide_layouts.remove(layout)
    for layout, (name, holders) in zip(deck.slide_layouts, LAYOUTS.items(), strict=True):
        layout._element.cSld.set("name", name)
        layout._element.attrib.pop("type", None)
        tree = layout.shapes._spTree
        for shape in list(layout.shapes):
            tree.remove(shape._element)
        bar = (0, 0, 13.333, 7.5) if name == "Title" else (0, 0, 0.3, 7.5)
        tree.append(_shape(90, "Bar", bar, f"<a:solidFill>{_ink(ACCENT)}</a:solidFill>"))
        tree.append(_shape(91, "Number", (11.6, 6.75, 1.1, 0.4), "<a:noFill/>", _NUMBER))
        for at, holder in enumerate(holders, 2):
            tree.append(_holder(at, holder))
    return deck


def _ink(colour: str) -> str:
    return f'<a:srgbClr val="{colour}"/>'


_NUMBER = (
    '<a:p><a:pPr algn="r"/><a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum">'
    f'<a:rPr lang="en-GB" sz="1200"><a:solidFill>{_ink(MUTED)}</a:solidFill></a:rPr>'
    "<a:t>1</a:t></a:fld></a:p>"
)


def ink_of(colour: str) -> SlideColour:
    """Return a colour as slides take it."""
    found: SlideColour = SlideColour.from_string(colour)  # type: ignore[no-untyped-call]
    return found


def _drawn(number: int, name: str, kind: str, box: Box, fill: str, words: str) -> BaseOxmlElement:
    left, top, width, height = map(Inches, box)
    found: BaseOxmlElement = parse_slide_xml(
        f'<p:sp {_NAMESPACES}><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr/>{kind}'
        f'</p:nvSpPr><p:spPr><a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"'
        f"/></a:xfrm>{fill}</p:spPr><p:txBody>{words}</p:txBody></p:sp>"
    )
    return found


def _shape(number: int, name: str, box: Box, fill: str, words: str = "<a:p/>") -> BaseOxmlElement:
    form = f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{fill}'
    kind = '<p:nvPr userDrawn="1"/>'
    return _drawn(number, name, kind, box, form, f"<a:bodyPr/><a:lstStyle/>{words}")


def _holder(number: int, one: Holder) -> BaseOxmlElement:
    kind = 'type="title"' if one.slot == 0 else f'type="body" idx="{one.slot}"'
    mark = '<a:buFont typeface="Arial"/><a:buChar char="&#8226;"/>' if one.bullet else "<a:buNone/>"
    left = 285750 if one.bullet else 0
    words = (
        f'<a:bodyPr lIns="0" rIns="0" anchor="{one.anchor}"><a:normAutofit/></a:bodyPr>'
        f'<a:lstStyle><a:lvl1pPr marL="{left}" indent="{-left}" algn="l">'
        f'<a:spcBef><a:spcPts val="0"/></a:spcBef><a:spcAft><a:spcPts val="800"/></a:spcAft>{mark}'
        f'<a:defRPr lang="en-GB" sz="{round(one.size * 100)}" b="{int(one.bold)}">'
        f'<a:solidFill>{_ink(one.colour)}</a:solidFill><a:latin typeface="{FONT}"/>'
        f"</a:defRPr></a:lvl1pPr></a:lstStyle><a:p><a:r><a:rPr/><a:t>{one.name}</a:t></a:r></a:p>"
    )
    return _drawn(number, one.name, f"<p:nvPr><p:ph {kind}/></p:nvPr>", one.box, "", words)


def main() -> None:
    """Write both files."""
    paper().save(str(FOLDER / "reference.docx"))
    slides().save(str(FOLDER / "reference.pptx"))


if __name__ == "__main__":
    main()
