"""`signpost ask --export` and `--brief`: a file of the answer, or one line that says why not."""

from pathlib import Path

import pytest

from tests.ui.conftest import EXAMPLE, Refused
from ui.cli.main import main

docx = pytest.importorskip("docx")


def test_files_are_written_beside_the_printed_answer(ready, tmp_path, capsys):
    file, brief = tmp_path / "answer.md", tmp_path / "brief.docx"
    assert main(["ask", EXAMPLE, "--export", str(file), "--brief", str(brief)]) == 0
    told = capsys.readouterr().out
    assert told.endswith(f"The answer is in {file}.\nThe brief is in {brief}.\n")
    assert "5 of 5 outcomes" in told
    assert "[^9]: Global Strategic Response, lines 165-166" in file.read_text(encoding="utf-8")
    assert docx.Document(str(brief)).paragraphs[0].text == "Briefing note"


def test_a_reply_is_not_exported(ready: Path, tmp_path: Path) -> None:
    file = tmp_path / "answer.md"
    assert main(["ask", "I want to hurt myself", "--export", str(file)]) == 1
    assert not file.exists()


@pytest.mark.parametrize(
    ("option", "name", "told"),
    [
        ("--export", "answer.pdf", ".md, .docx, .ris or .bib"),
        ("--export", "answer", ".md, .docx, .ris or .bib"),
        ("--brief", "brief.md", "brief.docx"),
        ("--export", "nowhere/answer.md", "nowhere"),
    ],
)
def test_a_file_that_cannot_be_is_refused_before_anything_is_asked(
    home, tmp_path, refused, option, name, told
):
    assert told in refused("ask", EXAMPLE, option, str(tmp_path / name))


def test_a_file_that_is_there_is_left_alone(home: Path, tmp_path: Path, refused: Refused) -> None:
    file = tmp_path / "answer.md"
    file.write_text("mine", encoding="utf-8")
    assert str(file) in refused("ask", EXAMPLE, "--export", str(file))
    assert file.read_text(encoding="utf-8") == "mine"
