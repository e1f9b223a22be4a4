"""Answers as files: all that an answer says is there, nothing else, and words stay words."""

import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import get_args
from zipfile import ZipFile

import pytest
from markdown_it import MarkdownIt

from assistant.certificates.certificate import Certificate
from assistant.errors import CertificateError, ExportError
from assistant.records import Answer, Question, Rewriting, Signposting, Wording
from tests.ui import fake_answer as fake
from tests.ui.fake_answer import CORPUS, DISCLOSED, EXAMPLE, GSR, FakeAssistant
from ui.exports import export
from ui.exports.answer_document import HEIGHT, answers_document, brief_document, height_of
from ui.exports.document import (
    Document,
    Words,
    document_as_docx,
    document_as_markdown,
    heading,
    paragraph,
    plain,
    table,
)
from ui.exports.export import ExportForm, export_file
from ui.server.api import checked_answers, checked_title
from ui.words import phrases

docx = pytest.importorskip("docx")

TODAY = date(2026, 11, 25)


def held(answers, assistant=None):
    assistant = assistant or FakeAssistant()
    return checked_answers(answers, (), assistant, assistant)


def refused(key):
    return pytest.raises(ExportError, match=re.escape(phrases.say(f"export.{key}")))


def conversation():
    return [fake.example_answer(), fake.guided_answer(), fake.uncovered_answer()]


def lines_of(document):
    return [plain(block.words) for block in document.blocks]


def footnotes(content):
    with ZipFile(BytesIO(content)) as parts:
        notes = docx.oxml.parse_xml(parts.read("word/footnotes.xml"))
    words = ["".join(w.text or "" for w in note.iter(docx.oxml.ns.qn("w:t"))) for note in notes]
    return [said.strip() for said in words if said.strip()]


@pytest.mark.parametrize(
    ("name", "form", "answers"),
    [
        ("export_example.md", "markdown", [fake.example_answer()]),
        ("export_conversation.md", "markdown", conversation()),
        ("export_conversation.txt", "text", conversation()),
    ],
)
def test_an_export_is_as_it_was(name, form, answers, as_golden):
    as_golden(name, export_file(answers, form, CORPUS, TODAY).content.decode())


def test_a_docx_holds_every_block_and_every_footnote_of_a_document_under_its_title():
    drawn = answers_document(conversation(), CORPUS, "For the ministry")
    content = export_file(conversation(), "docx", CORPUS, TODAY, "For the ministry").content
    lines = docx.Document(BytesIO(content)).paragraphs
    assert [line.text for line in lines[:2]] == ["For the ministry", drawn.subtitle]
    assert [line.text.split() for line in lines[2:]] == [line.split() for line in lines_of(drawn)]
    styles = [(line.style.name, line.text) for line in lines]
    headings = [text for style, text in styles if style == "Heading 1"]
    assert (styles[0][0], headings[:3]) == ("Title", [given.question for given in conversation()])
    notes = footnotes(content)
    assert all(" ".join(one.whole.split()) in " ".join(notes) for one in drawn.notes)
    # What was told in whole before is told in short.
    assert f"{GSR.title}, lines 160-161." in notes


def test_doubts_corrections_our_notes_and_readings_come_along():
    drawn = answers_document([fake.answer(fake.say("gsr:C2", "Capability 2: Legislation"))], CORPUS)
    assert any(line.startswith("Doubt: ") and "legislation" in line for line in lines_of(drawn))
    (only,) = drawn.notes
    assert re.search("“definitons”.*“definitions”", only.whole)
    abstained = fake.uncovered_answer().model_copy(
        update={"statements": (fake.note("Nothing says it."),)}
    )
    assert "Note: Nothing says it." in lines_of(answers_document([abstained], CORPUS))
    unclear = fake.unclear_answer("names?", "Names of children", "Are names withheld?")
    told = lines_of(answers_document([unclear], CORPUS))
    assert {"Names of children", "Names of outcomes"} <= set(told)


@pytest.mark.parametrize("form", get_args(ExportForm))
def test_a_reply_is_never_exported(form):
    for change in (
        {"status": "safeguarding", "statements": ()},
        {"status": "declined"},
        {"signposting": Signposting(case="A", text="Help is there.", services=())},
    ):
        reply = fake.example_answer().model_copy(update=change)
        with refused("reply"):
            export_file([fake.example_answer(), reply], form, CORPUS, TODAY)


def test_a_certificate_is_that_of_the_command(assistant):
    given = assistant.ask(Question(text=EXAMPLE), TODAY)
    file = export_file([given], "certificate", assistant.corpus, TODAY)
    assert Certificate.model_validate_json(file.content).question == EXAMPLE
    assert file.name.startswith("certificate-what-outcomes")
    forged = given.model_copy(update={"statements": (fake.note("The page lists 9 outcomes."),)})
    with pytest.raises(CertificateError):
        export_file([forged], "certificate", assistant.corpus, TODAY)


def many(count, words=12):
    """Return an answer of so many framework points, the last of which answers directly."""
    said = fake.say("gsr:P3-O1", "Outcomes", text="word " * words, relation="shared")
    direct = fake.say("gsr:P3-O4", "Outcomes", relation="direct")
    return fake.answer(fake.tell("note:example#1", "Faces are too."), *[said] * count, direct)


def test_a_brief_holds_question_points_dates_gaps_and_edition_and_nothing_past_review():
    drawn = brief_document([fake.guided_answer(), fake.uncovered_answer()], CORPUS)
    told = lines_of(drawn)
    assert told[0] == fake.guided_answer().question
    assert any(re.match(r"Names are withheld in court\. .*31 July 2026", line) for line in told)
    assert phrases.say("answer.reason_coverage_gap") in told
    assert any(line.endswith(export.edition_of(CORPUS)) for line in told)
    assert "25 November 2025" in drawn.subtitle
    assert "12 of 20" not in "".join(told)
    assert not any("Figures from the courts" in cited.whole for cited in drawn.notes)
    assert re.search(r"past review: 1\b", "".join(told))


def test_points_that_answer_directly_are_kept_first_whole_and_what_is_cut_is_counted():
    drawn = brief_document([many(200)], CORPUS)
    told = lines_of(drawn)
    assert any(line.startswith("Standardised practices") for line in told)
    assert any(re.match(r"1\d\d of 201 points ", line) for line in told)
    assert height_of(drawn) <= HEIGHT
    # A point is taken whole or not at all.
    long = many(3, words=400)
    drawn = brief_document([long], CORPUS)
    bullets = [plain(block.words) for block in drawn.blocks if block.shape == "bullet"]
    whole = tuple(said.text.strip() for said in long.statements)
    assert 0 < len(bullets) < len(whole)
    assert all(line.startswith(whole) for line in bullets)


def test_too_many_answers_are_refused_with_how_many_fit_and_so_is_one_that_asks_back():
    with pytest.raises(ExportError) as error:
        brief_document([fake.guided_answer()] * 20, CORPUS)
    most = int(re.search(r"(\d+) at most", str(error.value))[1])
    assert str(error.value) == phrases.say("export.too_much", most=most)
    assert brief_document([fake.guided_answer()] * most, CORPUS)
    with pytest.raises(ExportError, match=r"asks back"):
        brief_document([fake.unclear_answer("x", "y", "z")], CORPUS)


def parsed_ris(text):
    entries = (entry.split("\n") for entry in text.strip("\n").split("\n\n"))
    return [dict(line.split("  - ", 1) for line in entry) for entry in entries]


def bare_bibtex(text):
    """Return keys, and what is left of the values without braces and escapes."""
    values = re.findall(r"^  (?!url)[a-z]+ = \{(.*)\},$", text, re.M)
    bare = [re.sub(r"\\text[a-z]+\{\}|\\.|[{}]", "", value) for value in values]
    return re.findall(r"^@misc\{([a-z0-9-]+),$", text, re.M), "".join(bare)


def test_what_answers_cite_is_read_back_from_ris_and_from_bibtex():
    ris, bib = (
        export_file(conversation(), form, CORPUS, TODAY).content.decode()
        for form in ("ris", "bibtex")
    )
    entries, (keys, _) = parsed_ris(ris), bare_bibtex(bib)
    cited = export.entries_of(conversation(), CORPUS)
    assert [entry["ID"] for entry in entries] == keys == [entry.key for entry in cited]
    for entry, known in zip(entries, cited, strict=True):
        told = (entry["TI"], entry["AU"], entry.get("PY", ""), entry["ER"])
        assert told == (known.title, known.publisher, known.year, "")
        assert f"  title = {{{{{export.escaped(known.title)}}}}},\n" in bib
    assert GSR.title in [entry["TI"] for entry in entries]
    assert any("Article" in entry["N1"] for entry in entries)
    # Signs of TeX and line breaks stay words.
    odd = "A & B_C {50%} #1 $x$ ~ ^ \\input \nER  - "
    strange = export.Entry("k", odd, odd, "2020", "https://a.org/{x}%20_y", "2026-01-02", odd)
    keys, bare = bare_bibtex(export.as_bibtex([strange]))
    assert (keys, set(bare) & set("#$%&_~^\\")) == (["k"], set())
    (read,) = parsed_ris(export.as_ris([strange]))
    assert read["TI"] == " ".join(odd.split())


@pytest.mark.parametrize(
    "change",
    [
        {"statements": (fake.note("Signpost says that somebody is guilty."),)},
        {"statements": fake.example_answer().statements[1:]},
        {"status": "partial"},
        {"reason": "coverage_gap"},
        {"completeness": ()},
        {"nearest": fake.uncovered_answer().nearest},
        {"resolved_question": "Who owns each outcome?"},
        {"resolved_question": ""},
    ],
)
def test_an_answer_that_was_changed_is_refused(change):
    with refused("not_ours"):
        held([fake.example_answer().model_copy(update={"question": "x", **change})])


def test_another_edition_and_a_mark_of_past_review_that_was_taken_off_are_refused():
    said = fake.guided_answer().statements
    fresh = tuple(statement.model_copy(update={"past_review": False}) for statement in said)
    with refused("not_ours"):
        held([fake.guided_answer().model_copy(update={"statements": fresh})])
    made = fake.example_answer().provenance.model_copy(update={"corpus": "1" * 64})
    with refused("other_edition"):
        held([fake.example_answer().model_copy(update={"provenance": made})])


def test_words_that_no_answer_can_be_held_against_do_not_come_out():
    assert held(conversation()) == conversation()
    for sent in (
        {"follow_ups": ("Is he guilty?",), "personal_note": "He is.", "dropped": ()},
        {"question": "Does jane.doe@example.org have it?"},
        {"question": "I want to hurt myself"},
        {"question": "Is he guilty?"},
    ):
        assert held([fake.example_answer().model_copy(update=sent)]) == [fake.example_answer()]
    assert checked_title("For jane.doe@example.org", FakeAssistant()) == "For [email]"
    assert checked_title("", FakeAssistant()) == ""
    with refused("reply"):
        checked_title(DISCLOSED, FakeAssistant())


def test_what_a_model_worded_is_handed_on_in_the_sources_own_words_and_its_reading_is_told():
    given = fake.example_answer()
    made = given.provenance.model_copy(update={"wording": Wording(model="m", kept=1)})
    worded = given.statements[1].model_copy(update={"text": "Victims stay unnamed."})
    said = (given.statements[0], worded, *given.statements[2:])
    sent = given.model_copy(update={"provenance": made, "statements": said})
    assert held([sent]) == [given]
    with refused("not_ours"):
        held([sent.model_copy(update={"completeness": ()})])
    made = given.provenance.model_copy(update={"rewriting": Rewriting(model="a-model")})
    sent = given.model_copy(update={"question": "and its partners?", "provenance": made})
    drawn = document_as_markdown(answers_document([sent], CORPUS))
    assert re.search(rf"{re.escape(given.resolved_question)} \(.*a-model", drawn)
    # What comes back is asked again as it was read, and stands under that question.
    assert held([sent]) == [given]


def test_a_follow_up_comes_out(assistant):
    first = Question(text="What are the outcomes of pillar 3?")
    second = Question(text="and its partners?", turns=(first.text,))
    given = [assistant.ask(first), assistant.ask(second)]
    checked = held([Answer.model_validate_json(own.model_dump_json()) for own in given], assistant)
    assert [own.statements for own in checked] == [own.statements for own in given]
    drawn = document_as_markdown(answers_document(checked, assistant.corpus))
    assert f"## {given[1].resolved_question}" in drawn
    assert "and its partners" not in drawn
    again = checked_answers(given, [(), (first.text,)], assistant, assistant)
    assert [own.statements for own in again] == [own.statements for own in given]
    for form in ("docx", "brief", "ris"):
        assert export_file(again, form, assistant.corpus, TODAY).content
    brief = brief_document(checked[1:], assistant.corpus)
    assert (brief.title, brief.kicker) == (fake.PILLAR, phrases.say("export.brief"))


ODD = (
    "a note[^1] and [^2]: one",
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
    "#include /etc/passwd {{< include /etc/passwd >}}",
    "x" * 5000,
    "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd",
    "quotes \" and ' and ]]> and </w:t>",
)


def paper(*blocks, title="A title"):
    return Document(title, blocks, "2026-11-25", subtitle="Under it.")


def read(document):
    return docx.Document(BytesIO(document_as_docx(document)))


def text_of(document):
    return [paragraph.text for paragraph in read(document).paragraphs]


def test_a_reader_of_markdown_or_docx_finds_hostile_words_as_they_went_in_and_no_mark():
    blocks = [paragraph(one) for one in ODD]
    text = document_as_markdown(paper(*blocks, title=ODD[0]))
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    kinds = {one.type.rpartition("_")[0] or one.type for one in tokens}
    assert kinds <= {"heading", "paragraph", "inline"}
    inline = [one for one in tokens if one.type == "inline"]
    assert {child.type for one in inline for child in one.children} <= {"text", "text_special"}
    read = ["".join(child.content for child in one.children) for one in inline]
    assert read[0] == ODD[0]
    assert read[2 : 2 + len(ODD)] == [" ".join(one.split()) for one in ODD]
    blocks = [heading(ODD[0]), *map(paragraph, ODD)]
    document = paper(*blocks, title=ODD[5])
    text = text_of(document)
    assert text[0] == ODD[5]
    assert text[3 : 3 + len(ODD)] == [" ".join(words.split()) for words in ODD]
    with ZipFile(BytesIO(document_as_docx(document))) as parts:
        assert not [name for name in parts.namelist() if "media" in name]
        assert b"example.org" not in parts.read("word/_rels/document.xml.rels")


def test_what_nobody_sees_is_taken_out_and_a_link_leads_to_the_web_or_nowhere():
    unseen = paper(paragraph("a\x00b\u202ec\u200bd\U000e0041e\x1b[31mf\nnew\tline"))
    assert "abcde\\[31mf new line" in document_as_markdown(unseen)
    assert text_of(unseen)[2] == "abcde[31mf new line"
    for url in ("javascript:alert(1)", "file:///etc/passwd", "https://a b", ""):
        linked = paper(paragraph(Words("name", url=url)))
        assert "<w:hyperlink" not in read(linked).element.xml
        assert "\n\nname\n" in document_as_markdown(linked)


def test_headings_page_breaks_tables_and_the_paper_are_what_they_look_like():
    second = heading("Second", 2, new_page=True)
    cells = table(("Time", "Part"), [("0:00", (Words("Welcome"),))])
    content = document_as_docx(paper(heading("First"), second, cells))
    with ZipFile(BytesIO(content)) as parts:
        for name in parts.namelist():
            assert str(Path.home()).encode() not in parts.read(name)
    found = docx.Document(BytesIO(content))
    (second,) = (line for line in found.paragraphs if line.text == "Second")
    assert second.paragraph_format.page_break_before
    assert "w:tblHeader" in found.tables[0].rows[0]._tr.xml
    section = found.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    # Word refuses a file whose properties stand in another order than the schema's.
    order = ("keepNext", "keepLines", "pageBreakBefore", "pBdr", "spacing", "ind", "jc")
    for style in found.styles.element.iter(docx.oxml.ns.qn("w:pPr")):
        names = [element.tag.partition("}")[2] for element in style]
        known = [name for name in names if name in order]
        assert known == sorted(known, key=order.index)
    about = found.core_properties
    assert (about.title, about.author, about.last_modified_by) == ("A title", *["Signpost"] * 2)
    assert about.created.isoformat().startswith("2026-11-25T00:00:00")
