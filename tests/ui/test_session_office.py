"""DOCX and PPTX of a session, read back by the libraries that write them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.session import Session, SessionRequest
from assistant.session_build import build_session
from corpus.whole import Whole
from ui.session_commands import NO_OFFICE, has_office, write_files
from ui.session_pptx import slides_of

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
    assert 'w:type="page"' in paragraphs[at - 1]._p.xml
    later = [one.text for one in paragraphs[at:] if one.style.name.startswith("Heading")]
    assert len(later) == 1 + len(made.quiz)


def test_every_slide_has_a_title_and_speaker_notes(folder: Path, made: Session) -> None:
    slides = list(pptx.Presentation(str(folder / "slides.pptx")).slides)
    assert len(slides) == len(slides_of(made))
    for slide in slides:
        assert slide.shapes.title.text
        assert slide.notes_slide.notes_text_frame.text


def test_no_slide_gives_the_key_away(made: Session) -> None:
    text = "\n".join("\n".join((one.title, *one.lines, one.notes)) for one in slides_of(made))
    assert all(option.why not in text for item in made.quiz for option in item.options)


def test_no_slide_is_crowded(made: Session) -> None:
    for slide in slides_of(made):
        assert len(slide.lines) == 1 or sum(map(len, slide.lines)) <= 420


def test_without_the_libraries_the_others_are_written_and_it_is_said(
    made: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.session_commands.find_spec", lambda name: None)
    assert not has_office()
    assert "session.json" in write_files(made, tmp_path)
    assert not list(tmp_path.glob("*.docx"))
    assert "signpost[export]" in NO_OFFICE
