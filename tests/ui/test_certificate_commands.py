"""`signpost ask --certificate` writes a certificate; `signpost verify` says how it stands."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.certificates.certificate import Certificate
from assistant.pipeline import Assistant
from assistant.records import Answer, Question
from assistant.settings import Settings
from corpus.editions.edition import export_edition
from corpus.passage import Corpus
from corpus.whole import Whole
from tests.certified import Table, sealed
from tests.ui.conftest import EXAMPLE, Refused, assert_one_line
from ui.cli.arguments import read_day
from ui.cli.certificate_commands import keep
from ui.cli.main import main

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


def test_the_certificate_is_written_beside_the_printed_answer(
    ready: Path, tmp_path: Path, capsys: Told
) -> None:
    file = tmp_path / "example.json"
    assert main(["ask", EXAMPLE, "--certificate", str(file)]) == 0
    told = capsys.readouterr().out
    kept = Certificate.model_validate_json(file.read_text(encoding="utf-8"))
    assert "5 of 5 outcomes" in told
    last = f"Certificate {kept.digest[:12]} is in {file}; check it with: signpost verify"
    assert told.splitlines()[-1] == last
    assert kept.question == EXAMPLE
    assert main(["verify", str(file)]) == 0


def test_with_json_the_output_is_the_answer_record_alone(
    ready: Path, tmp_path: Path, capsys: Told
) -> None:
    file = tmp_path / "example.json"
    assert main(["ask", EXAMPLE, "--json", "--certificate", str(file)]) == 0
    out, err = capsys.readouterr()
    answer = Answer.model_validate_json(out)
    assert str(file) in err
    assert Certificate.model_validate_json(file.read_bytes()).provenance == answer.provenance


def test_a_file_that_is_there_is_refused_before_anything_is_asked(
    ready: Path, certificate: Path, refused: Refused
) -> None:
    before = certificate.read_bytes()
    said = refused("ask", EXAMPLE, "--certificate", str(certificate))
    assert str(certificate) in said
    assert certificate.read_bytes() == before


def test_a_batch_has_no_certificate(capsys: Told) -> None:
    with pytest.raises(SystemExit) as left:
        main("ask --batch in.jsonl --out out.jsonl --certificate c.json".split())
    assert left.value.code == 2
    assert "--certificate" in capsys.readouterr().err


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
def test_answers_of_every_sort_get_a_certificate_that_holds(
    assistant: Assistant, tmp_path: Path, text: str
) -> None:
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


def test_a_stale_certificate_names_what_changed_and_what_still_stands(
    certificate: Path, tmp_path: Path, capsys: Told
) -> None:
    corpus = Whole.read().corpus
    left = tuple(one for one in corpus.passages if one.id != "gsr:P3-O5")
    edition = tmp_path / "edition.json"
    export_edition(Corpus(sources=corpus.sources, passages=left), edition)
    assert main(["verify", str(certificate), "--edition", str(edition)]) == 3
    out, err = capsys.readouterr()
    assert out.startswith("Stale: ")
    assert "passage gsr:P3-O5: " in out
    assert re.search("outcomes of gsr:P3: 5 -> 4", out)
    assert ": 2 of 9 statements" in out
    assert ": 7 of 9 statements" in out
    assert err == ""


def test_other_settings_make_a_certificate_stale(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, capsys: Told
) -> None:
    monkeypatch.setenv("SIGNPOST_K", "11")
    assert main(["verify", str(certificate), "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert found["result"] == "stale"
    assert [one["what"] for one in found["changes"]] == ["settings"]
    assert {one["state"] for one in found["statements"]} == {"stands"}


def test_a_broken_certificate_names_the_statement(
    certificate: Path, tmp_path: Path, capsys: Told
) -> None:
    file = forge(certificate, tmp_path, "Preserve the anonymity", "Publish the anonymity!")
    assert main(["verify", str(file)]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("Broken: ")
    assert "Statement 2 quotes words" in out
    assert_one_line(err)
    assert f"{file} is broken: Statement 2 " in err


def test_a_file_that_is_no_certificate_is_broken_in_one_sentence(
    tmp_path: Path, capsys: Told
) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine", encoding="utf-8")
    for given in ([str(file)], [str(tmp_path / "nowhere")]):
        assert main(["verify", *given]) == 1
        assert_one_line(capsys.readouterr().err)
        assert main(["verify", *given, "--json"]) == 1
        assert json.loads(capsys.readouterr().out)["result"] == "broken"


def test_a_file_that_is_no_edition_is_refused(certificate: Path, refused: Refused) -> None:
    said = refused("verify", str(certificate), "--edition", str(certificate))
    assert "is no edition" in said


def test_no_index_and_no_model_are_needed(home: Path, certificate: Path) -> None:
    assert main(["verify", str(certificate)]) == 0
    assert not home.exists()


def test_nothing_heavy_is_imported(certificate: Path) -> None:
    heavy = "torch chromadb llama_index onnxruntime sentence_transformers gradio sklearn"
    code = (
        "import sys; from ui.cli.main import main; "
        f"assert main(['verify', {str(certificate)!r}]) == 0; "
        f"assert not sys.modules.keys() & set({heavy!r}.split())"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_the_settings_of_the_tests_are_those_of_whoever_set_none(settings: Settings) -> None:
    assert settings.digest() == Settings().digest()
