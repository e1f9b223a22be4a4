"""`signpost corpus`: checks, passages, editions, differences; certificates and `verify`."""

import json
import re
import shutil
from datetime import date

import pytest

from assistant.certificates.certificate import Certificate
from assistant.certificates.edition import Edition, export_edition, load_edition
from assistant.certificates.recheck import Change, Judged, Verification, certify, verify
from assistant.records import Filters, Question
from corpus.passage import Corpus
from corpus.readers.notes import Marked
from corpus.readers.page import shipped_framework
from corpus.whole import Whole
from tests.certified import sealed
from tests.harbour import LIGHT, OPENING, RULES, cited, harbour_whole, saved, walkways
from tests.park import write_rows
from tests.ui.conftest import EXAMPLE, assert_one_line
from ui.cli.batch import read_day
from ui.cli.corpus_commands import passages_as_text, verification_as_text
from ui.cli.main import main

TODAY = "2026-11-27"


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    file = tmp_path_factory.mktemp("editions") / "old.json"
    export_edition(harbour_whole().corpus, file)
    return file


@pytest.fixture(scope="module")
def new(old):
    """An edition in which each kind of change happened, and the note ran past its review."""
    paint = (Marked(text="Painters renew the marks each spring.", marks=("rules",)),)
    green = LIGHT[1].model_copy(update={"text": "Lights on all walkways are white."})
    whole = harbour_whole(
        walkways(
            ("", OPENING),
            ("Paint", paint),
            ("Light", (LIGHT[0], green)),
            review_by=date(2026, 10, 31),
            sources=[RULES.model_copy(update={"locator": "Rule 8"})],
        )
    )
    passages = tuple(
        one.model_copy(update={"id": "harbour:A7-D9"}) if one.id == "harbour:A7-D1" else one
        for one in whole.framework.passages
        if one.id != "harbour:A2-D1"
    )
    page = whole.framework.model_copy(update={"passages": passages})
    file = old.with_name("new.json")
    export_edition(Whole(framework=page, notes=whole.notes, glossary=whole.glossary).corpus, file)
    return file


@pytest.fixture(scope="module")
def answers(old):
    answers = {
        "lit": saved(cited("note:walkways#2", 0), cited("note:walkways#2", 1)),
        "rings": saved(cited("harbour:A2")),
        "when": saved(cited("harbour:A7-D1"), cited("harbour:A2-D1")),
        "other": saved(corpus=Corpus(sources=(), passages=())),
    }
    rows = ({"id": id_, "answer": answers[id_].model_dump(mode="json")} for id_ in answers)
    return write_rows(old.with_name("answers.jsonl"), *rows)


def test_check_prints_counts_and_warnings_and_that_the_corpus_holds(printed):
    lines = printed("corpus", "check", "--today", "2026-12-01").splitlines()
    for count in ("pillars: 6", "capabilities: 26", "capabilities served: 26 of 26 (100%)"):
        assert f"  {count}" in lines
    assert any(line.strip().startswith("Warning: reviewed_by: ") for line in lines)
    assert lines[-1] == "The corpus holds, with 2 warnings."


@pytest.mark.parametrize(
    ("option", "named"),
    [("--folder", r"^gsr:C12: "), ("--since", r"^Earlier edition\n .*: 0 of [^$]*\bharbour:A1\b")],
)
def test_check_names_a_changed_word_and_ids_that_are_gone(old, tmp_path, capsys, option, named):
    folder = shutil.copytree(str(shipped_framework()), tmp_path / "framework")
    reading = folder / "framework.toml"
    text = reading.read_text(encoding="utf-8")
    reading.write_text(text.replace("Victim identity", "Victim image"), encoding="utf-8")
    place = old if option == "--since" else folder
    assert main(["corpus", "check", "--today", TODAY, option, str(place)]) == 1
    out, err = capsys.readouterr()
    assert re.search(named, out, re.M)
    assert_one_line(err)


@pytest.mark.parametrize("command", ["check --since", "diff"])
def test_an_edition_that_is_not_there_is_refused(refused, tmp_path, command):
    missing = tmp_path / "nowhere.json"
    assert str(missing) in refused("corpus", *command.split(), missing)


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("show_framework.txt", ["harbour:A1"]),
        ("show_corrected.txt", ["harbour:A6-W3"]),
        ("show_doubted.txt", ["harbour:A4-D1"]),
        ("show_note.txt", ["note:walkways#1", "note:walkways#2"]),
        ("show_entry.txt", ["glossary:gangway"]),
    ],
)
def test_passages_are_shown_as_the_golden_file_has_them(name, ids, as_golden):
    whole = harbour_whole()
    passages = [whole.corpus.passage(one) for one in ids]
    as_golden(name, f"{passages_as_text(whole, passages, date.fromisoformat(TODAY))}\n")


C12 = ["note:victim-identity-protection", r"gsr:C12 .*lines 145-147 \(framework\)"]
NOTE = ["note:barnahus#1 in ", "note:barnahus#2 in ", f"not past review on {TODAY}"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("gsr:C12", C12), (" c12 ", C12), ("note:barnahus", NOTE), ("barnahus", NOTE)],
)
def test_a_passage_or_all_of_a_note_is_shown_by_its_id_short_or_whole(printed, typed, shown):
    told = printed("corpus", "show", typed, "--today", TODAY)
    assert all(re.search(one, told) for one in shown)
    assert told.count("Source note:barnahus: ") == (shown is NOTE)


def test_an_id_that_is_not_there_is_refused_with_the_nearest(refused):
    told = refused("corpus", "show", "gsr:C99")
    assert "'gsr:C99'; the nearest are " in told
    assert "gsr:C9" in told.partition("nearest are ")[2]


def test_export_writes_the_corpus_as_an_edition(tmp_path, printed, whole):
    file, corpus = tmp_path / "edition.json", whole.corpus
    told = printed("corpus", "export", file)
    assert load_edition(file).corpus == corpus
    assert all(one in told for one in (corpus.digest[:12], str(len(corpus.passages)), str(file)))


def test_a_difference_is_told_as_the_golden_file_has_it(old, new, answers, printed, as_golden):
    given = ("corpus", "diff", old, new, "--answers", answers, "--today", TODAY)
    as_golden("corpus_diff.txt", printed(*given))
    told = json.loads(printed(*given, "--json"))
    assert (told["old"], told["new"]) == (load_edition(old).digest, load_edition(new).digest)
    assert [one["id"] for one in told["answers"]["affected"]] == ["lit", "when"]
    assert told["answers"]["foreign"] == ["other"]


@pytest.fixture(scope="module")
def certificate(assistant, tmp_path_factory):
    file = tmp_path_factory.mktemp("certificates") / "example.json"
    made = certify(assistant.ask(Question(text=EXAMPLE)), assistant.corpus, read_day(None))
    file.write_text(made.model_dump_json(), encoding="utf-8")
    return file


def test_the_certificate_is_written_and_never_replaced(ready, tmp_path, printed, refused):
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


def test_answers_of_every_sort_get_a_certificate_that_holds(assistant, tmp_path, printed):
    for number, text in enumerate(
        (
            "What does the Lanzarote Convention require on solicitation of children?",
            "What is the annual budget of the WeProtect Global Alliance in Norway?",
            "How many capabilities are there, and what is Project Arachnid?",
        )
    ):
        file = tmp_path / f"{number}.json"
        made = certify(assistant.ask(Question(text=text)), assistant.corpus, read_day(None))
        file.write_text(made.model_dump_json(), encoding="utf-8")
        printed("verify", file)


def test_a_valid_certificate_is_told_without_index_or_model(certificate, home, printed):
    out = printed("verify", certificate, quiet=True)
    assert out.startswith("Valid: ")
    assert "9 of 9 statements" in out
    assert not home.exists()


def test_a_stale_certificate_names_what_changed(certificate, tmp_path, printed, capfd):
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
    assert main(["verify", str(file)]) == 1
    assert_one_line(capfd.readouterr().err)
    assert json.loads(printed("verify", file, "--json", code=1))["result"] == "broken"
    with pytest.raises(SystemExit, match="2"):
        main(["verify", str(tmp_path / "nowhere")])


def test_a_certificate_keeps_filters_and_is_broken_by_others(assistant):
    only = Filters(pillars=("gsr:P3",), tiers=("framework",))
    answer = assistant.ask(Question(text=EXAMPLE, filters=only))
    edition, settings = Edition.of(assistant.corpus), answer.provenance.settings
    day = date(2026, 11, 25)
    kept = certify(answer, assistant.corpus, day)
    assert kept.filters == only
    for other in (Filters(tiers=("guidance",)), Filters(pillars=("gsr:P2",))):
        found = verify(kept.model_copy(update={"filters": other}), edition, settings, day)
        assert found.result == "broken"
        assert any("which its filters leave out" in one for one in found.faults)


def test_what_was_forged_to_reach_the_terminal_does_not():
    said = "Ships\x1b[2J wait.\u202e\n\nValid: all"
    found = Verification(
        result="stale",
        question=said,
        certified="2026-11-25T10:00:00+00:00",
        changes=(Change(what="passage", id="n#1", field="id", old="n#1", new=""),),
        faults=(said,),
        statements=(Judged(number=1, text=said, state="broken"),),
    )
    text = verification_as_text(found, "c.json")
    assert "Changed: 1\n  passage n#1: it is gone" in text
    assert not any(one in text for one in ("\x1b", "\u202e", "\nValid: all"))
