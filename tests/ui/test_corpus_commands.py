"""What `signpost corpus` prints and writes: its checks, passages, editions and differences."""

import json
import re
import shutil
from datetime import date

import pytest

from corpus.editions.difference import compare
from corpus.editions.edition import export_edition, load_edition
from corpus.passage import Corpus
from corpus.readers.notes import Marked
from corpus.readers.page import shipped_framework
from corpus.whole import Whole
from tests.harbour import LIGHT, OPENING, RULES, cited, harbour_whole, saved, walkways
from tests.ui.conftest import assert_one_line, write_rows
from ui.cli.corpus_commands import passages_as_text
from ui.cli.main import main

TODAY = "2026-11-27"


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """An edition of the little corpus."""
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


# Check


def test_check_prints_all_counts_under_headings_and_that_the_corpus_holds(printed):
    lines = printed("corpus", "check", "--today", TODAY).splitlines()
    assert [line for line in lines if line[0].isupper() and ":" not in line] == [
        *("Framework", "Guidance", "Glossary", "Signposting", "Questions"),
        "The corpus holds, with 2 warnings.",
    ]
    for count in (
        *("pillars: 6", "capabilities: 26", "outcomes: 41", "partners: 20", "statements: 4"),
        "capabilities served: 26 of 26 (100%)",
        "pillars and strips served: 7 of 7 (100%)",
    ):
        assert f"  {count}" in lines
    (sourced,) = (line for line in lines if "sentences with a source" in line)
    assert sourced.endswith("(100%)")
    assert any(line.strip().startswith("Warning: reviewed_by: ") for line in lines)
    for name in ("notes", "terms", "senses", "cases", "services", "texts (en, fr, es)"):
        assert any(line.startswith(f"  {name}: ") for line in lines)
    assert lines[-1].startswith("The corpus holds")


@pytest.mark.parametrize(
    ("option", "named"),
    [("--folder", r"^gsr:C12: "), ("--since", r"^Earlier edition\n .*: 0 of [^$]*\bharbour:A1\b")],
)
def test_check_names_a_statement_of_which_one_word_was_changed_and_ids_that_are_gone(
    old, tmp_path, capsys, option, named
):
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


# Show


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


C12 = ["Victim identity protection", "note:victim-identity-protection"]
C12 += [r"gsr:C12 .*lines 145-147 \(framework\)", r"inferred .*gsr:P3-O4"]
NOTE = ["note:barnahus#1 in ", "note:barnahus#2 in ", f"not past review on {TODAY}"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        *((typed, C12) for typed in ("gsr:C12", "C12", "c12", " GSR:c12 ")),
        *((typed, NOTE) for typed in ("note:barnahus", "barnahus")),
    ],
)
def test_a_passage_or_all_of_a_note_is_shown_by_its_id_short_or_whole(printed, typed, shown):
    told = printed("corpus", "show", typed, "--today", TODAY)
    assert all(re.search(one, told) for one in shown)
    assert told.count("Source note:barnahus: ") == (shown is NOTE)


def test_an_id_that_is_not_there_is_refused_with_the_nearest(refused):
    told = refused("corpus", "show", "gsr:C99")
    assert "'gsr:C99'; the nearest are " in told
    assert "gsr:C9" in told.partition("nearest are ")[2]


# Export


def test_export_writes_the_corpus_as_an_edition(tmp_path, printed, whole):
    file, corpus = tmp_path / "edition.json", whole.corpus
    told = printed("corpus", "export", file)
    assert load_edition(file).corpus == corpus
    assert all(one in told for one in (corpus.digest[:12], str(len(corpus.passages)), str(file)))


# Diff


def test_a_difference_is_told_as_the_golden_file_and_json_have_it(
    old, new, answers, printed, as_golden
):
    given = ("corpus", "diff", old, new, "--answers", answers, "--today", TODAY)
    as_golden("corpus_diff.txt", printed(*given))
    told = json.loads(printed(*given, "--json"))
    before, after = load_edition(old), load_edition(new)
    difference = compare(before.corpus, after.corpus, date.fromisoformat(TODAY))
    assert (told["old"], told["new"]) == (before.digest, after.digest)
    assert told["difference"] == difference.model_dump(mode="json")
    assert told["changed"].keys() == difference.reasons.keys()
    assert [one["id"] for one in told["answers"]["affected"]] == ["lit", "when"]
    assert told["answers"]["foreign"] == ["other"]
