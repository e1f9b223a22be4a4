"""`signpost ask --certificate` writes a certificate; `signpost verify` says how it stands."""

import json
import subprocess
import sys
from datetime import date

import pytest

from assistant.certificates.certificate import Certificate
from assistant.certificates.recheck import Change, Judged, Verification, certify, verify
from assistant.records import Filters, Question
from corpus.editions.edition import Edition, export_edition
from corpus.passage import Corpus
from corpus.whole import Whole
from tests.certified import sealed
from tests.ui.conftest import EXAMPLE, assert_one_line
from ui.cli.batch import read_day
from ui.cli.corpus_commands import keep, verification_as_text
from ui.cli.main import main


@pytest.fixture(scope="module")
def certificate(assistant, tmp_path_factory):
    """The certificate of the example's answer, made with the settings of whoever set none."""
    file = tmp_path_factory.mktemp("certificates") / "example.json"
    keep(assistant.ask(Question(text=EXAMPLE)), assistant.corpus, file, read_day(None))
    return file


def test_the_certificate_is_written_beside_the_printed_answer_and_never_replaced(
    ready, tmp_path, printed, refused
):
    file = tmp_path / "example.json"
    told = printed("ask", EXAMPLE, "--certificate", file)
    kept = Certificate.model_validate_json(before := file.read_text(encoding="utf-8"))
    assert "5 of 5 outcomes" in told
    last = f"Certificate {kept.digest[:12]} is in {file}; check it with: signpost verify"
    assert told.splitlines()[-1] == last
    assert kept.question == EXAMPLE
    printed("verify", file)
    assert str(file) in refused("ask", EXAMPLE, "--certificate", file)
    assert file.read_text(encoding="utf-8") == before


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
def test_answers_of_every_sort_get_a_certificate_that_holds(assistant, tmp_path, printed, text):
    file = tmp_path / "certificate.json"
    keep(assistant.ask(Question(text=text)), assistant.corpus, file, read_day(None))
    printed("verify", file)


def test_a_valid_certificate_is_told_in_a_few_lines_without_index_or_model(
    certificate, home, printed
):
    out = printed("verify", certificate, quiet=True)
    assert out.startswith("Valid: ")
    assert "9 of 9 statements" in out
    assert not home.exists()
    heavy = "torch chromadb llama_index onnxruntime sentence_transformers gradio sklearn"
    code = (
        "import sys; from ui.cli.main import main; "
        f"assert main(['verify', {str(certificate)!r}]) == 0; "
        f"assert not sys.modules.keys() & set({heavy!r}.split())"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_a_stale_certificate_names_what_changed_and_a_broken_one_the_statement(
    certificate, tmp_path, printed, capfd
):
    corpus = Whole.read().corpus
    left = tuple(one for one in corpus.passages if one.id != "gsr:P3-O5")
    edition, file = tmp_path / "edition.json", tmp_path / "forged.json"
    export_edition(Corpus(sources=corpus.sources, passages=left), edition)
    out = printed("verify", certificate, "--edition", edition, code=3, quiet=True)
    assert out.startswith("Stale: ")
    for words in ("passage gsr:P3-O5: ", "outcomes of gsr:P3: 5 -> 4", ": 2 of 9 ", ": 7 of 9 "):
        assert words in out
    text = certificate.read_text(encoding="utf-8")
    forged = text.replace("Preserve the anonymity", "Publish the anonymity!")
    assert forged != text
    file.write_text(json.dumps(sealed(json.loads(forged))), encoding="utf-8")
    assert main(["verify", str(file)]) == 1
    out, err = capfd.readouterr()
    assert out.startswith("Broken: ")
    assert "Statement 2 quotes words" in out
    assert_one_line(err)
    assert f"{file} is broken: Statement 2 " in err


def test_a_file_that_is_no_certificate_is_broken_in_one_sentence(tmp_path, printed, capfd):
    file = tmp_path / "notes.txt"
    file.write_text("mine", encoding="utf-8")
    for given in (file, tmp_path / "nowhere"):
        assert main(["verify", str(given)]) == 1
        assert_one_line(capfd.readouterr().err)
        told = json.loads(printed("verify", given, "--json", code=1))
        assert told["result"] == "broken"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("passage", "n#1", "id", "n#1", ""), "passage n#1: it is gone"),
        (("passage", "n#1", "text", *"ab"), "passage n#1: its words changed ({} -> {})"),
        (("source", "n", "title", "Old", "New"), "source n: title “Old” -> “New”"),
        (("source", "n", "sha256", *"ab"), "source n: sha256 {} -> {}"),
        (("count", "gsr:P3", "outcomes", "5", "4"), "count of outcomes of gsr:P3: 5 -> 4"),
        (("checker", "", "name", "one-1", "one-2"), "checker: “one-1” -> “one-2”"),
        (("settings", "", "digest", *"ab"), "settings: {} -> {}"),
    ],
)
def test_a_change_is_told_in_a_line_and_what_was_forged_to_reach_the_terminal_not(change, line):
    values = (one * 64 if one in ("a", "b") else one for one in change)
    changed = Change.model_validate(dict(zip(Change.model_fields, values, strict=True)))
    said = "Ships\x1b[2J wait.\u202e\n\nValid: all"
    found = Verification(
        result="stale",
        question=said,
        certified="2026-11-25T10:00:00+00:00",
        changes=(changed,),
        faults=(said,),
        statements=(Judged(number=1, text=said, state="broken"),),
    )
    text = verification_as_text(found, "c.json")
    assert f"Changed: 1\n  {line.format('a' * 12, 'b' * 12)}" in text
    assert not any(one in text for one in ("\x1b", "\u202e", "\nValid: all"))


def test_a_certificate_keeps_filters_and_is_broken_by_others(assistant):
    only = Filters(pillars=("gsr:P3",), facets=("outcomes", "partners"), tiers=("framework",))
    answer = assistant.ask(Question(text=EXAMPLE, filters=only))
    edition, settings = Edition.of(assistant.corpus), answer.provenance.settings
    day = date(2026, 11, 25)
    kept = certify(answer, assistant.corpus, day)
    assert kept.filters == only
    for other in (Filters(tiers=("guidance",)), Filters(pillars=("gsr:P2",))):
        found = verify(kept.model_copy(update={"filters": other}), edition, settings, day)
        assert found.result == "broken"
        assert any("which its filters leave out" in one for one in found.faults)
    # One that was written before there were filters is read as one without.
    table = json.loads(kept.model_dump_json())
    del table["filters"]
    assert Certificate.model_validate(table).filters == Filters()
