"""DOCX and PPTX of a session, read back by the libraries that write them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest

from assistant.sessions.session import Session, SessionRequest
from assistant.sessions.session_build import build_session
from corpus.whole import Whole
from ui.cli.session_commands import NO_OFFICE, has_office, write_files
from ui.exports.sessions.session_document import session_document
from ui.exports.sessions.session_files import SESSION_FORMS, session_file
from ui.exports.sessions.session_outline import guide
from ui.exports.sessions.session_pptx import LETTERS, slides_of

docx = pytest.importorskip("docx")
pptx = pytest.importorskip("pptx")


@pytest.fixture(scope="module")
def made() -> Session:
    request = SessionRequest(pillars=(5,), audience="teachers", seed=2)
    return build_session(request, Whole.read(), date(2026, 11, 25))


@pytest.fixture(scope="module")
def folder(made: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("session")
    write_files(made, folder)
    return folder


def zipped(file: Path, part: str) -> str:
    with ZipFile(file) as parts:
        return parts.read(part).decode()


def test_the_handout_has_headings_and_no_key(folder: Path, made: Session) -> None:
    paragraphs = docx.Document(str(folder / "handout.docx")).paragraphs
    headings = [one.text for one in paragraphs if one.style.name == "Heading 1"]
    assert headings[0] == "Agenda"
    assert "Ground rules" in headings
    assert "Answer key" not in headings
    assert all(item.options[0].why not in one.text for item in made.quiz for one in paragraphs)


def test_the_key_starts_a_page_at_the_end_of_the_guide(folder: Path, made: Session) -> None:
    paragraphs = docx.Document(str(folder / "facilitator.docx")).paragraphs
    at = next(at for at, one in enumerate(paragraphs) if one.text == "Answer key")
    assert paragraphs[at].paragraph_format.page_break_before
    later = [one.text for one in paragraphs[at:] if one.style.name.startswith("Heading")]
    assert len(later) == 1 + len(made.quiz)


def test_every_slide_has_a_title_and_speaker_notes(folder: Path, made: Session) -> None:
    slides = list(pptx.Presentation(str(folder / "slides.pptx")).slides)
    assert len(slides) == len(slides_of(made))
    for slide in slides:
        assert slide.shapes.title.text
        assert slide.notes_slide.notes_text_frame.text


def test_slides_are_wide_numbered_and_told_to_whoever_cannot_see_them(folder: Path) -> None:
    deck = pptx.Presentation(str(folder / "slides.pptx"))
    assert deck.slide_width > deck.slide_height * 1.7
    assert deck.core_properties.language == "en-GB"
    for slide in deck.slides:
        assert 'type="slidenum"' in "".join(one._element.xml for one in slide.shapes)
        for shape in slide.shapes:
            assert shape._element._nvXxPr.cNvPr.get("descr")


def test_a_slide_with_quotes_names_their_sources_at_its_foot(made: Session) -> None:
    said = [one for one in slides_of(made) if one.title == "What the framework says"]
    assert said
    for slide in said:
        assert slide.sources.startswith("Sources: Global Strategic Response, lines ")
        assert slide.sources in slide.notes


def test_places_of_the_documents_are_real_footnotes(folder: Path, made: Session) -> None:
    for name in ("handout.docx", "facilitator.docx"):
        with ZipFile(folder / name) as parts:
            notes = parts.read("word/footnotes.xml").decode()
            body = parts.read("word/document.xml").decode()
        assert body.count("<w:footnoteReference") > 10
        assert "WeProtect Global Alliance" in notes
        assert "[1]" not in body
        assert 'w:val="en-GB"' in zipped(folder / name, "word/styles.xml")


def test_the_agenda_is_a_table_with_a_header(folder: Path, made: Session) -> None:
    (table,) = docx.Document(str(folder / "facilitator.docx")).tables
    assert [one.text for one in table.rows[0].cells] == ["Time", "Part", "What you do"]
    assert len(table.rows) == 1 + len(made.agenda)
    assert "w:tblHeader" in table.rows[0]._tr.xml


def test_no_block_of_the_outline_is_lost(made: Session) -> None:
    drawn = session_document(guide(made), made.today)
    said = "\n".join(
        "".join(words.text for words in one.words) + str(one.rows) for one in drawn.blocks
    )
    said += (
        drawn.title + drawn.subtitle + "".join(note.whole[0].text for note in drawn.notes.values())
    )
    for block in guide(made):
        assert block.text.removesuffix(".") in said


def test_every_form_has_a_plain_name_and_bytes(made: Session) -> None:
    for form in SESSION_FORMS:
        file = session_file(made, form)
        assert file.name.isascii()
        assert len(file.content) > 500


def test_no_slide_gives_the_key_away(made: Session) -> None:
    text = "\n".join("\n".join((one.title, *one.lines, one.notes)) for one in slides_of(made))
    assert all(option.why not in text for item in made.quiz for option in item.options)


def test_no_slide_is_crowded(made: Session) -> None:
    for slide in slides_of(made):
        assert len(slide.lines) == 1 or sum(map(len, slide.lines)) <= LETTERS


def test_without_the_libraries_the_others_are_written_and_it_is_said(
    made: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.cli.session_commands.find_spec", lambda name: None)
    assert not has_office()
    assert "session.json" in write_files(made, tmp_path)
    assert not list(tmp_path.glob("*.docx"))
    assert "signpost[export]" in NO_OFFICE
