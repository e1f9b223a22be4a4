"""DOCX and PPTX of a session, read back by the libraries that write them."""

from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest

from assistant.sessions.session import Session, SessionRequest
from assistant.sessions.session_build import build_session
from corpus.whole import Whole
from ui.cli.document_commands import NO_OFFICE, has_office, write_files
from ui.exports.session_pptx import slides_of

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


def paragraphs(file):
    return docx.Document(str(file)).paragraphs


def test_the_handout_has_headings_and_no_key_and_the_guide_has_it_on_its_last_page(folder, made):
    handed = paragraphs(folder / "handout.docx")
    headings = [one.text for one in handed if one.style.name == "Heading 1"]
    assert headings[0] == "Today"
    assert "Ground rules" in headings
    assert "Answer key" not in headings
    assert all(item.options[0].why not in one.text for item in made.quiz for one in handed)
    guided = paragraphs(folder / "facilitator.docx")
    at = next(at for at, one in enumerate(guided) if one.text == "Answer key")
    assert guided[at].paragraph_format.page_break_before
    later = [one.text for one in guided[at:] if one.style.name.startswith("Heading")]
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
        layout = slide.slide_layout
        assert 'type="slidenum"' in "".join(one._element.xml for one in layout.shapes)
        for shape in slide.shapes:
            assert shape._element._nvXxPr.cNvPr.get("descr")


def test_a_slide_holds_one_quote_and_names_its_source(made: Session) -> None:
    said = [one for one in slides_of(made) if one.title.startswith("What the framework says")]
    assert len(said) == sum(one.kind == "framework" for one in made.messages)
    for slide in said:
        assert len(slide.lines) == 1
        assert slide.sources.startswith("Sources: Global Strategic Response, lines ")


def test_every_objective_and_every_part_of_the_agenda_has_a_slide(made: Session) -> None:
    slides = slides_of(made)
    assert len(slides[4].lines) == len(made.objectives)
    titles = " ".join(one.title for one in slides)
    for words in ("Ground rules", "discloses", "guidance", "Discussion", "Situation B", "Close"):
        assert words in titles


def test_the_pillar_is_drawn_with_all_that_it_lists(folder: Path, made: Session) -> None:
    deck = pptx.Presentation(str(folder / "slides.pptx"))
    (drawn,) = (one for one in deck.slides if one.slide_layout.name == "Diagram")
    text = "\n".join(one.text_frame.text for one in drawn.shapes)
    assert len(made.columns) == 3
    assert all(item.text in text for one in made.columns for item in one.items)


def test_places_of_the_documents_are_gathered(folder: Path, made: Session) -> None:
    for name in ("handout.docx", "facilitator.docx"):
        listed = [o.text for o in paragraphs(folder / name) if o.style.name == "Source"]
        assert 5 < len(listed) <= len(made.sources)
        assert any("WeProtect Global Alliance" in one for one in listed)
        with ZipFile(folder / name) as parts:
            assert b'w:val="en-GB"' in parts.read("word/styles.xml")


def test_an_answer_stands_on_the_slide_after_its_question(made: Session) -> None:
    asked = [one for one in slides_of(made) if one.layout == "Question"]
    assert len(asked) == 2 * len(made.quiz)
    for item, question, answer in zip(made.quiz, asked[::2], asked[1::2], strict=True):
        assert question.lines == answer.lines == (item.stem.text,)
        assert not any(right for _, right in question.options)
        assert sum(right for _, right in answer.options) == sum(o.right for o in item.options)
        assert all(option.why in answer.notes for option in item.options)
        assert not any(option.why in question.notes for option in item.options)


def test_without_the_libraries_the_others_are_written_and_it_is_said(made, tmp_path, monkeypatch):
    monkeypatch.setattr("ui.cli.document_commands.find_spec", lambda name: None)
    assert not has_office()
    assert "session.json" in write_files(made, tmp_path)
    assert not list(tmp_path.glob("*.docx"))
    assert "signpost[export]" in NO_OFFICE
