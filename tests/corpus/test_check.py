import re
import shutil
from pathlib import Path

import pytest

from corpus.checks.framework_check import CheckReport, check_framework
from corpus.readers.page import shipped_framework
from tests.corpus.conftest import Edited


def messages(report: CheckReport) -> str:
    return "\n".join(problem.message for problem in report.problems)


def test_the_shipped_framework_is_clean_and_counted() -> None:
    report = check_framework(shipped_framework())
    assert report.problems == ()
    assert report.counts == {
        "pillars": 6,
        "capabilities": 26,
        "outcomes": 41,
        "partners": 20,
        "strips": 1,
        "statements": 4,
    }


def test_another_framework_is_checked_by_the_same_code(harbour_folder: Path) -> None:
    report = check_framework(harbour_folder)
    assert report.problems == ()
    assert report.counts == {"themes": 3, "actions": 7, "owners": 12, "deadlines": 8}


@pytest.mark.parametrize(
    ("old", "new", "item"),
    [
        ("Preserve the anonymity of victims", "Preserve the anonymity of survivors", "gsr:C12"),
        ('title = "Crisis response"', 'title = "Crisis responses"', "gsr:C9"),
        ("Victims have access to the support", "Victims have access to all support", "gsr:P3-O1"),
        ("Parents are empowered", "Parents are enabled", "gsr:P5-O2"),
        ("evolving the technology; inc", "evolving with the technology; inc", "gsr:C17"),
        ('description = "UN agencies"', 'description = "UN bodies"', "gsr:P1-W3"),
        ("Coordinated capacity", "Co-ordinated capacity", "gsr:X"),
        ("trained to identify strengths", "trained to name strengths", "gsr:X-2"),
    ],
)
def test_one_changed_word_of_the_reading_names_its_item(
    edited: Edited, old: str, new: str, item: str
) -> None:
    report = check_framework(edited(old, new))
    assert item in {problem.id for problem in report.problems}


def test_one_changed_word_of_any_item_names_it(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(Path(str(shipped_framework())), folder)
    whole = (folder / "framework.toml").read_text(encoding="utf-8")
    head, *tables = whole.split("[[items]]\n")
    for place, table in enumerate(tables):
        # The last word of the statement, or of the title where there is nothing else.
        words = re.findall(r'^(?:title|description) = "(.*)"$', table, re.MULTILINE)[-1]
        changed = table.replace(f'{words}"', f'{words.rpartition(" ")[0]} otherwise"', 1)
        copy = "[[items]]\n".join([head, *tables[:place], changed, *tables[place + 1 :]])
        (folder / "framework.toml").write_text(copy, encoding="utf-8")
        name = re.findall(r'^id = "(.*)"$', table, re.MULTILINE)[0]
        problems = check_framework(folder).problems
        assert f"gsr:{name}" in {problem.id for problem in problems}


def test_a_changed_word_is_shown_beside_what_was_expected(edited: Edited) -> None:
    report = check_framework(edited("the anonymity of victims", "the anonymity of survivors"))
    (problem,) = report.problems
    assert problem.id == "gsr:C12"
    assert re.search("'victims' .*'survivors'", problem.message)
    assert "'Preserve the anonymity of victims'" in problem.message


def test_one_changed_word_of_the_source_names_the_file_and_the_item(edited: Edited) -> None:
    report = check_framework(edited("Advocates for change", "Voices for change", file="source.txt"))
    assert [problem.id for problem in report.problems] == ["source.txt", "gsr:C10"]


def test_a_correction_that_is_not_listed_is_not_applied(edited: Edited) -> None:
    report = check_framework(edited('reads = "child safety"', 'reads = "child security"'))
    assert "gsr:C17" in {problem.id for problem in report.problems}


PLANTED = [
    # a correction or doubt of words that its lines do not hold
    ('printed = "child safely"', 'printed = "child safley"', "gsr:C17", "the correction names"),
    ('printed = "exploitive"', 'printed = "exploitiv3"', "gsr:C13", "the doubt names"),
    ('printed = "reporting systems"', 'printed = "reporting"', "gsr:C6", "the omission names"),
    # a lost heading that nothing restores
    ('reads = "Societal"', 'reads = "Society"', "gsr:P5", "no correction restores it"),
    # lines that nobody claims, or two do
    (
        'lines = "48"\ntext = "Outcomes"',
        'lines = "19"\ntext = "Capabilities"',
        "line 48",
        "no item",
    ),
    ('description_lines = "163"', 'description_lines = "161-163"', "line 161", "give it to one"),
    # marks and layout that the source does not have
    ("lines = [21, 130]", "lines = [21, 131]", "line 131", "not with the bullet 'n'"),
    ("lines = [66, 76,", "lines = [9, 76,", "line 9", "bullet ''"),
    ('"69", "72",', '"69", "70",', "line 70", "no such layout as 'blank'"),
    ('"69", "72",', '"69",', "line 72", "which is not listed"),
    ('lines = ["179-180"]', "lines = []", "line 179", "'slash'"),
    ('text = "Partners"', 'text = "Partner"', "line 65", "not the label 'Partner'"),
    # references and ids
    ('id = "P3-O5"', 'id = "P3-O4"', "gsr:P3-O4", "there twice"),
    ('targets = ["P3-O5"]', 'targets = ["P3-O55"]', "gsr:P3-O55", "which is no item"),
    ('items = ["C17"]', 'items = ["C77"]', "gsr:C77", "A decision names"),
    ('kind = "partner"\nlabel = "Interpol"', 'kind = "pillar"\nlabel = "Interpol"', "interpol", ""),
    ('kind = "outcome"\nparent = "P3"', 'kind = "outcome"\nparent = "C9"', "gsr:P3-O1", "under"),
    # picks
    ("sentence = 2", "sentence = 3", "gsr:P5-O2", "no sentence 3"),
    ("sentence = 2", "sentence = 1", "gsr:P5-O2", "where they live."),
    ("entry = 6", "entry = 7", "gsr:P6-W6", "it is entry 6"),
    # lines that the text does not have
    ('description_lines = "341"', 'description_lines = "999"', "gsr:X-4", "the text has 344"),
    ("lines = [304]", "lines = [3040]", "bullets", "3040"),
    # a file that cannot be read as a reading at all
    ('confidence = "high"', 'confidence = "total"', "framework.toml", "confidence"),
    ("[source]", "[source", "framework.toml", "no valid TOML"),
    ('file = "source.txt"', 'file = "gone.txt"', "framework.toml", "is missing"),
]


@pytest.mark.parametrize(("old", "new", "item", "message"), PLANTED)
def test_a_planted_fault_is_named(
    edited: Edited, old: str, new: str, item: str, message: str
) -> None:
    report = check_framework(edited(old, new))
    found = [problem for problem in report.problems if problem.id == item]
    assert found, messages(report)
    assert message in "\n".join(problem.message for problem in found)


def test_an_entry_of_a_list_that_nobody_reads_is_found(edited: Edited) -> None:
    start = 'description = "industry partners"'
    report = check_framework(edited(start, 'description = "industry"'))
    assert "go on ' partners'; add the entry" in messages(report)


def test_a_sentence_of_a_block_that_nobody_reads_is_found(edited: Edited) -> None:
    folder = edited('[[items]]\nid = "A6-D2"', '[[items]]\nid = "A7-D2"', of="harbour")
    text = (folder / "framework.toml").read_text(encoding="utf-8")
    start = text.index('[[items]]\nid = "A7-D2"')
    end = text.index("[[items]]", start + 1)
    text = (text[:start] + text[end:]).replace('"A6-D1", "A6-D2"', '"A6-D1"')
    (folder / "framework.toml").write_text(text, encoding="utf-8")
    report = check_framework(folder)
    assert [problem.id for problem in report.problems] == ["harbour:A6-D1"]
    assert "'All equipment in place within one year.'" in messages(report)
