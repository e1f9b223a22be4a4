"""`signpost ask --certificate` writes a certificate; `signpost verify` says how it stands."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.certificates.certificate import Certificate
from assistant.certificates.recheck import Change, Judged, Verification
from assistant.pipeline import Assistant
from assistant.records import Question
from corpus.editions.edition import export_edition
from corpus.passage import Corpus
from corpus.whole import Whole
from tests.certified import Table, sealed
from tests.ui.conftest import EXAMPLE, assert_one_line
from ui.cli.arguments import read_day
from ui.cli.check_commands import keep
from ui.cli.main import main
from ui.words.difference_text import verification_as_text

Told = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def certificate(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of the example's answer, made with the settings of whoever set none."""
    file = tmp_path_factory.mktemp("certificates") / "example.json"
    keep(assistant.ask(Question(text=EXAMPLE)), assistant.corpus, file, read_day(None))
    return file


def forge(certificate: Path, folder: Path, old: str, new: str) -> Path:
    """Replace words in a copy of a certificate, under a digest that fits."""
    text = certificate.read_text(encoding="utf-8")
    assert old in text
    table: Table = json.loads(text.replace(old, new))
    file = folder / "forged.json"
    file.write_text(json.dumps(sealed(table)), encoding="utf-8")
    return file


# ask --certificate


def test_the_certificate_is_written_beside_the_printed_answer(ready, tmp_path, capsys):
    file = tmp_path / "example.json"
    assert main(["ask", EXAMPLE, "--certificate", str(file)]) == 0
    told = capsys.readouterr().out
    kept = Certificate.model_validate_json(file.read_text(encoding="utf-8"))
    assert "5 of 5 outcomes" in told
    last = f"Certificate {kept.digest[:12]} is in {file}; check it with: signpost verify"
    assert told.splitlines()[-1] == last
    assert kept.question == EXAMPLE
    assert main(["verify", str(file)]) == 0


def test_a_file_that_is_there_is_refused_before_anything_is_asked(ready, certificate, refused):
    before = certificate.read_bytes()
    said = refused("ask", EXAMPLE, "--certificate", str(certificate))
    assert str(certificate) in said
    assert certificate.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    [
        "What are the outcomes of the technology pillar?",
        "What does the Lanzarote Convention require on solicitation of children?",
        "What is the annual budget of the WeProtect Global Alliance in Norway?",
        "How many capabilities are there, and what is Project Arachnid?",
        "What does CSAM mean?",
        "Which pillars name law enforcement as a partner?",
        "Who put out the quality standards for Barnahus and how old are they?",
    ],
)
def test_answers_of_every_sort_get_a_certificate_that_holds(assistant, tmp_path, text):
    file = tmp_path / "certificate.json"
    keep(assistant.ask(Question(text=text)), assistant.corpus, file, read_day(None))
    assert main(["verify", str(file)]) == 0


# verify


def test_a_valid_certificate_is_told_in_a_few_lines(certificate: Path, capsys: Told) -> None:
    assert main(["verify", str(certificate)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("Valid: ")
    assert "9 of 9 statements" in out
    assert err == ""


def test_a_stale_certificate_names_what_changed_and_stands(certificate, tmp_path, capsys):
    corpus = Whole.read().corpus
    left = tuple(one for one in corpus.passages if one.id != "gsr:P3-O5")
    edition = tmp_path / "edition.json"
    export_edition(Corpus(sources=corpus.sources, passages=left), edition)
    assert main(["verify", str(certificate), "--edition", str(edition)]) == 3
    out, err = capsys.readouterr()
    assert out.startswith("Stale: ")
    for words in ("passage gsr:P3-O5: ", "outcomes of gsr:P3: 5 -> 4", ": 2 of 9 ", ": 7 of 9 "):
        assert words in out
    assert err == ""


def test_a_broken_certificate_names_the_statement(certificate, tmp_path, capsys):
    file = forge(certificate, tmp_path, "Preserve the anonymity", "Publish the anonymity!")
    assert main(["verify", str(file)]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("Broken: ")
    assert "Statement 2 quotes words" in out
    assert_one_line(err)
    assert f"{file} is broken: Statement 2 " in err


def test_a_file_that_is_no_certificate_is_broken_in_one_sentence(tmp_path, capsys):
    file = tmp_path / "notes.txt"
    file.write_text("mine", encoding="utf-8")
    for given in ([str(file)], [str(tmp_path / "nowhere")]):
        assert main(["verify", *given]) == 1
        assert_one_line(capsys.readouterr().err)
        assert main(["verify", *given, "--json"]) == 1
        assert json.loads(capsys.readouterr().out)["result"] == "broken"


def test_no_index_and_no_model_are_needed_and_nothing_heavy_is_imported(home, certificate):
    heavy = "torch chromadb llama_index onnxruntime sentence_transformers gradio sklearn"
    code = (
        "import sys; from ui.cli.main import main; "
        f"assert main(['verify', {str(certificate)!r}]) == 0; "
        f"assert not sys.modules.keys() & set({heavy!r}.split())"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert not home.exists()


def told(**fields: object) -> str:
    given = {"result": "stale", "question": "Why?", "certified": "2026-11-25T10:00:00+00:00"}
    return verification_as_text(Verification.model_validate(given | fields), "c.json")


def judged(number: int, state: str, **fields: object) -> Judged:
    said = {"number": number, "text": f"Statement no. {number}", "state": state}
    return Judged.model_validate({**said, **fields})


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("passage", "n#1", "id", "n#1", ""), "passage n#1: it is gone"),
        (
            ("passage", "n#1", "text", "a" * 64, "b" * 64),
            "passage n#1: its words changed (aaaaaaaaaaaa -> bbbbbbbbbbbb)",
        ),
        (("source", "n", "title", "Old", "New"), "source n: title “Old” -> “New”"),
        (
            ("source", "n", "sha256", "a" * 64, "b" * 64),
            f"source n: sha256 {'a' * 12} -> {'b' * 12}",
        ),
        (("count", "gsr:P3", "outcomes", "5", "4"), "count of outcomes of gsr:P3: 5 -> 4"),
        (("checker", "", "name", "one-1", "one-2"), "checker: “one-1” -> “one-2”"),
        (("settings", "", "digest", "a" * 64, "b" * 64), f"settings: {'a' * 12} -> {'b' * 12}"),
    ],
)
def test_a_change_is_told_in_a_line_with_old_and_new(change: tuple[str, ...], line: str) -> None:
    one = Change.model_validate(dict(zip(Change.model_fields, change, strict=True)))
    assert f"Changed: 1\n  {line}" in told(changes=(one,))


def test_what_was_forged_to_reach_the_terminal_is_taken_out() -> None:
    said = "Ships\x1b[2J wait.\u202e\n\nValid: all"
    text = told(question=said, faults=(said,), statements=(judged(1, "broken", text=said),))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\nValid: all" not in text
