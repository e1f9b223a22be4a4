import re
import shutil
from datetime import date

import pytest

from corpus.checks import corpus_check
from corpus.checks.signposting import shipped_signposting
from corpus.passage import Corpus
from corpus.readers.glossary import shipped_glossary
from corpus.readers.notes import shipped_notes
from corpus.whole import Whole
from tests.corpus.conftest import rewrite
from tests.fakes import passage

TODAY = date(2026, 12, 1)


@pytest.fixture
def one_note(tmp_path):
    """A folder with one of the notes that ship, since the others take seconds to check."""
    folder = tmp_path / "guidance"
    folder.mkdir()
    shutil.copy(str(shipped_notes() / "barnahus.md"), folder)
    return folder


@pytest.fixture
def faults(one_note, monkeypatch):
    """Check the corpus with that note, or other files; return what is wrong with one part."""

    def check(part, since=None, **shipped):
        with monkeypatch.context() as patch:
            for name, file in shipped.items():
                patch.setattr(corpus_check, f"shipped_{name}", lambda file=file: file)
            found = corpus_check.check_corpus(today=TODAY, notes=one_note, since=since)
        said = [problem.message for problem in found.parts[part].problems]
        return [one for one in said if "is served by no note" not in one]

    return check


def test_the_framework_comes_first_and_if_it_does_not_hold_nothing_else_is_checked(whole, edited):
    assert [whole.corpus.sources[at].id for at in (0, -1)] == ["gsr", "glossary"]
    report = corpus_check.check_corpus(
        today=TODAY, framework=edited("Victim identity", "Victim image")
    )
    assert list(report.parts) == ["framework"]
    assert report.problems


def test_a_fault_of_a_note_the_glossary_or_the_signposting_is_a_problem(faults, one_note, whole):
    said = [span.of(one.text) for one in whole.corpus.passages[::-1] for span in one.sentences]
    entry = next(text for text in said if 14 <= len(text.split()) <= 30)
    note = rewrite(one_note / "barnahus.md", ("\n## ", f"\n{entry}[^gsr:C9]\n\n## "))
    assert [said for said in faults("guidance") if "with the glossary" in said]
    shutil.copy(str(shipped_notes() / "barnahus.md"), note)
    file = one_note.parent / "new.toml"
    rewrite(file, ('review_by = "', 'review_by = "2026-11-24" # '), origin=shipped_glossary())
    (said,) = faults("glossary", glossary=file)
    assert "2026-11-24" in said
    wording = next(iter(whole.glossary.deprecated))
    rewrite(file, ('en = "', f'en = "{wording}. '), origin=shipped_signposting())
    assert any(repr(wording) in one for one in faults("signposting", signposting=file))


def test_an_id_that_is_gone_or_renumbered_is_a_problem_by_name(faults, whole, one_note):
    notes = tuple(note for note in whole.notes if note.front.id == "barnahus")
    held = Whole(framework=whole.framework, notes=notes, glossary=whole.glossary).corpus
    lost = passage("gsr:C99", "Lighthouses on every rock", source_id="gsr")
    moved = [
        one.model_copy(update={"id": "gsr:C99"}) if one.id == "gsr:C12" else one
        for one in held.passages
    ]
    for passages, ids in ((*held.passages, lost), "C99"), (moved, "C99 C12"):
        since = Corpus(sources=held.sources, passages=passages)
        (said,) = faults("earlier edition", since=since)
        assert re.findall(r"gsr:(\w+)", said) == ids.split()
    (one_note / "barnahus.md").write_text("no note", encoding="utf-8")
    assert faults("earlier edition", since=held) == []  # since what is left cannot be compared
