import re
import shutil
from datetime import date

import pytest

from corpus.checks.corpus_check import check_corpus
from corpus.checks.signposting import shipped_signposting
from corpus.passage import Corpus
from corpus.readers.glossary import shipped_glossary
from corpus.readers.notes import shipped_notes
from corpus.readers.page import shipped_framework
from corpus.whole import Whole
from tests.fakes import passage

TODAY = date(2026, 11, 27)


@pytest.fixture(scope="module")
def report():
    return check_corpus(today=TODAY)


@pytest.fixture
def one_note(tmp_path):
    """A folder with one of the notes that ship, since the others take seconds to check."""
    folder = tmp_path / "guidance"
    folder.mkdir()
    text = (shipped_notes() / "barnahus.md").read_text(encoding="utf-8")
    (folder / "barnahus.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def faults(one_note):
    """Check the corpus with that note; return what is wrong with one part."""

    def check(part, **named):
        found = check_corpus(today=TODAY, notes=one_note, **named)
        said = [problem.message for problem in found.parts[part].problems]
        return [one for one in said if "is served by no note" not in one]

    return check


@pytest.fixture
def held(whole):
    """What the corpus with that note holds."""
    notes = tuple(note for note in whole.notes if note.front.id == "barnahus")
    return Whole(framework=whole.framework, notes=notes, glossary=whole.glossary).corpus


def edited(file, origin, old, new):
    assert old in origin
    file.write_text(origin.replace(old, new, 1), encoding="utf-8")
    return file


def test_the_framework_comes_first_then_notes_then_the_glossary(whole):
    sources = [source.id for source in whole.corpus.sources]
    assert sources[0] == "gsr"
    assert sources[-1] == "glossary"
    assert all(one.startswith("note:") for one in sources[1:-1])


def test_the_corpus_that_ships_has_no_problem_and_every_part_is_counted(report):
    assert [problem.message for problem in report.problems] == []
    assert list(report.parts) == ["framework", "guidance", "glossary", "signposting", "questions"]
    guidance = report.parts["guidance"]
    assert guidance.counts["sentences with a source"] == guidance.counts["sentences"]
    assert guidance.counts["capabilities served"] == guidance.totals["capabilities served"] == 26
    assert guidance.counts["pillars and strips served"] == 7
    assert guidance.counts["notes"] >= 50
    assert report.parts["glossary"].counts["terms"] > 0
    assert report.parts["signposting"].counts["cases"] == 10
    assert report.parts["signposting"].counts["services"] > 0


def test_a_framework_that_does_not_hold_is_all_that_is_checked(tmp_path):
    folder = tmp_path / "framework"
    shutil.copytree(str(shipped_framework()), folder)
    file = folder / "framework.toml"
    edited(file, file.read_text(encoding="utf-8"), "Victim identity", "Victim image")
    report = check_corpus(today=TODAY, framework=folder)
    assert list(report.parts) == ["framework"]
    assert report.problems


def rewrite(note, old, new):
    edited(note, note.read_text(encoding="utf-8"), old, new)


def test_a_phrase_that_a_note_shares_with_the_glossary_is_a_problem(faults, one_note, whole):
    entry = next(
        span.of(one.text)
        for one in whole.corpus.passages
        if one.source_id == "glossary"
        for span in one.sentences
        if 14 <= len(span.of(one.text).split()) <= 30
    )
    rewrite(one_note / "barnahus.md", "\n## ", f"\n{entry}[^gsr:C9]\n\n## ")
    assert [said for said in faults("guidance") if "with the glossary" in said]


def test_a_fault_of_a_note_the_glossary_or_the_signposting_is_a_problem(faults, one_note, whole):
    rewrite(one_note / "barnahus.md", "id: barnahus", "id: barnahouse")
    (said,) = faults("guidance")
    assert "'barnahouse'" in said
    file, origin = one_note.parent / "new.toml", shipped_glossary().read_text(encoding="utf-8")
    edited(file, origin, 'review_by = "', 'review_by = "2026-11-24" # ')
    (said,) = faults("glossary", glossary=file)
    assert "2026-11-24" in said
    assert "2026-11-27" in said
    origin = shipped_signposting().read_text(encoding="utf-8")
    (said,) = faults(
        "signposting", signposting=edited(file, origin, 'order = ["', 'order = ["Z", "')
    )
    assert "'Z'" in said
    wording = next(iter(whole.glossary.deprecated))
    edited(file, origin, 'en = "', f'en = "{wording}. ')
    assert any(repr(wording) in one for one in faults("signposting", signposting=file))


def test_ids_are_compared_with_an_earlier_edition_unless_a_note_cannot_be_read(one_note, held):
    found = check_corpus(today=TODAY, notes=one_note, since=held)
    part = found.parts["earlier edition"]
    assert part.problems == ()
    assert part.counts == part.totals
    assert list(part.counts.values()) == [len(held.passages)]
    (one_note / "barnahus.md").write_text("no note", encoding="utf-8")
    found = check_corpus(today=TODAY, notes=one_note, since=held)
    assert found.parts["earlier edition"].problems == ()
    assert found.parts["earlier edition"].warnings


def test_an_id_that_is_gone_or_renumbered_is_a_problem_by_name(faults, held):
    lost = passage("gsr:C99", "Lighthouses on every rock", source_id="gsr")
    since = Corpus(sources=held.sources, passages=(*held.passages, lost))
    (said,) = faults("earlier edition", since=since)
    assert re.findall(r"gsr:\w+", said) == ["gsr:C99"]
    passages = [
        one.model_copy(update={"id": "gsr:C99"}) if one.id == "gsr:C12" else one
        for one in held.passages
    ]
    since = Corpus(sources=held.sources, passages=tuple(passages))
    (said,) = faults("earlier edition", since=since)
    assert re.findall(r"gsr:\w+", said) == ["gsr:C99", "gsr:C12"]
