"""Documents: words stay words in Markdown and in DOCX, and the DOCX is one that all can read."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from markdown_it import MarkdownIt

from ui.exports.document import (
    Block,
    Document,
    Note,
    Words,
    document_as_docx,
    document_as_markdown,
    heading,
    paragraph,
)

docx = pytest.importorskip("docx")

HOSTILE = (
    "a note[^1] and [^2]: one",
    "see @cite and [@cite, p. 2]",
    "$x^2$ and $$y$$ and \\(z\\)",
    "<script>alert(1)</script> <b>bold</b> <!-- gone -->",
    "`<w:p/>`{=openxml} and ```{=openxml}",
    "--- title: stolen ---",
    "![](http://example.org/pixel.png) [go](http://example.org)",
    "# no heading {#stolen .class}",
    *(f"{mark} no mark" for mark in ("-", "1.", "1)", ":", "%", ">", "===")),
    "| no | table |",
    "*no* _look_ **at** __all__ ~~struck~~ H~2~O x^2^",
    "&lt;entity&gt; &#60;",
    "\\begin{document}\\input{/etc/passwd}",
    "#include /etc/passwd {{< include /etc/passwd >}}",
    "x" * 5000,
    "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd",
    "\N{WOMAN}\N{PERSONAL COMPUTER} \N{GRINNING FACE}",
    "quotes \" and ' and ]]> and </w:t>",
)

NOTES = {1: Note("The whole of one.", "One."), 2: Note("The whole of two [^1] <i>.", "Two.")}


def of(*blocks, title="A title"):
    return Document(title, blocks, NOTES, "2026-11-25", "Under it.")


def read(document):
    return docx.Document(BytesIO(document_as_docx(document)))


def text_of(document):
    return [paragraph.text for paragraph in read(document).paragraphs]


# Hostile words.


def test_a_reader_of_markdown_or_docx_finds_hostile_words_as_they_went_in_and_no_mark():
    blocks = [paragraph(one) for one in HOSTILE]
    text = document_as_markdown(of(*blocks, title=HOSTILE[0]))
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    kinds = {one.type.rpartition("_")[0] or one.type for one in tokens}
    assert kinds <= {"heading", "paragraph", "inline"}
    inline = [one for one in tokens if one.type == "inline"]
    assert {child.type for one in inline for child in one.children} <= {"text", "text_special"}
    read = ["".join(child.content for child in one.children) for one in inline]
    assert read[0] == HOSTILE[0]
    assert read[2 : 2 + len(HOSTILE)] == [" ".join(one.split()) for one in HOSTILE]
    blocks = [heading(HOSTILE[0]), *map(paragraph, HOSTILE)]
    document = of(*blocks, title=HOSTILE[5])
    text = text_of(document)
    assert text[0] == HOSTILE[5]
    assert text[3 : 3 + len(HOSTILE)] == [" ".join(words.split()) for words in HOSTILE]
    with ZipFile(BytesIO(document_as_docx(document))) as parts:
        assert not [name for name in parts.namelist() if "media" in name]
        assert b"example.org" not in parts.read("word/_rels/document.xml.rels")


def test_what_nobody_sees_is_taken_out_and_a_link_leads_to_the_web_or_nowhere():
    unseen = of(paragraph("a\x00b\u202ec\u200bd\U000e0041e\x1b[31mf\nnew\tline"))
    assert "abcde\\[31mf new line" in document_as_markdown(unseen)
    assert text_of(unseen)[2] == "abcde[31mf new line"
    for url in ("javascript:alert(1)", "file:///etc/passwd", "https://a b", ""):
        linked = of(paragraph(Words("name", url=url)))
        assert "<w:hyperlink" not in read(linked).element.xml
        assert "\n\nname\n" in document_as_markdown(linked)


# What a reader of the DOCX meets.


@pytest.fixture(scope="module")
def content():
    return document_as_docx(
        of(
            heading("First"),
            paragraph(Words("Said", notes=(1, 2)), " and again", Words(".", notes=(1,))),
            paragraph("An item", shape="bullet"),
            paragraph("More of it", shape="beneath"),
            heading("Second", 2, new_page=True),
            Block("table", rows=(("Time", "Part"), ("0:00", "Welcome"))),
        )
    )


def test_citations_are_footnotes_and_a_repeated_one_is_short_or_gathered_in_a_list(content):
    with ZipFile(BytesIO(content)) as parts:
        notes = docx.oxml.parse_xml(parts.read("word/footnotes.xml"))
        body = parts.read("word/document.xml").decode()
        for name in parts.namelist():
            assert str(Path.home()).encode() not in parts.read(name)
    words = [[word.text for word in note.iter(docx.oxml.ns.qn("w:t"))] for note in notes]
    assert ["".join(said).strip() for said in words][-2:] == [
        "The whole of one. The whole of two [^1] <i>.",
        "One.",
    ]
    assert body.count("<w:footnoteReference ") == 2
    said = paragraph(Words("Said", notes=(1, 2)))
    gathered = of(said, heading("Sources"), Block("notes"))
    told = ["Said1, 2", "Sources", *(f"{number}\t{note.whole}" for number, note in NOTES.items())]
    assert text_of(gathered)[2:] == told
    with ZipFile(BytesIO(document_as_docx(gathered))) as parts:
        assert "word/footnotes.xml" not in parts.namelist()


def test_headings_page_breaks_tables_and_the_paper_are_what_they_look_like(content):
    found = docx.Document(BytesIO(content))
    styles = {line.text: line.style.name for line in found.paragraphs}
    wanted = {"A title": "Title", "First": "Heading 1", "Second": "Heading 2"}
    assert {text: styles[text] for text in wanted} == wanted
    (second,) = (line for line in found.paragraphs if line.text == "Second")
    assert second.paragraph_format.page_break_before
    assert "w:tblHeader" in found.tables[0].rows[0]._tr.xml
    section = found.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    assert 'w:instr="PAGE"' in section.footer._element.xml
    defaults = found.styles.element.xml.partition("</w:docDefaults>")[0]
    assert 'w:ascii="Arial"' in defaults
    assert 'w:val="en-GB"' in defaults
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3", "Footnote Text"):
        assert found.styles[name].font.name == "Arial"
    # Word refuses a file whose properties stand in another order than the schema's.
    order = ("keepNext", "keepLines", "pageBreakBefore", "pBdr", "spacing", "ind", "jc")
    for style in found.styles.element.iter(docx.oxml.ns.qn("w:pPr")):
        names = [element.tag.partition("}")[2] for element in style]
        known = [name for name in names if name in order]
        assert known == sorted(known, key=order.index)
    about = found.core_properties
    assert (about.title, about.author, about.language) == ("A title", "Signpost", "en-GB")
    assert about.last_modified_by == "Signpost"
    assert about.created.isoformat().startswith("2026-11-25T00:00:00")
