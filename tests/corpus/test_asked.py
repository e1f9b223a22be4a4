"""Everyday questions that sections answer."""

from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.readers.asked import FILE, asked_faults, read_asked
from corpus.readers.notes import read_notes, shipped_notes


def test_questions_are_read_by_section_where_there_are_any(tmp_path: Path) -> None:
    assert read_asked(tmp_path) == {}
    (tmp_path / FILE).write_text('"note:a#1" = ["What is A?"]\n', encoding="utf-8")
    assert read_asked(tmp_path) == {"note:a#1": ("What is A?",)}


@pytest.mark.parametrize("text", ["= 1", '"note:a#1" = "no list"', '"note:a#1" = [1]'])
def test_a_file_that_is_not_in_its_form_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=FILE):
        read_asked(tmp_path)


def test_dead_ids_empty_and_double_questions_are_named() -> None:
    asked = {"note:a#1": ("What is A?", " "), "note:b#9": ("what is  a?",)}
    said = [problem.message for problem in asked_faults(asked, {"note:a#1"})]
    assert len(said) == 3
    assert "note:b#9" in said[1]


def test_every_section_is_asked_for_and_every_note_suggests_what_it_is_asked() -> None:
    for note in read_notes(shipped_notes()):
        asked = {(one.id, question) for one in note.passages for question in one.asked}
        assert set(note.suggested) <= asked
        assert note.suggested, note.front.id
    bare = [p.id for note in read_notes(shipped_notes()) for p in note.passages if not p.asked]
    assert bare == []
