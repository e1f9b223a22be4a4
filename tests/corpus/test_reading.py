import pytest

from corpus.errors import CorpusError
from corpus.passage import Lines
from corpus.readers.page import shipped_framework
from corpus.structure.framework_records import Reading, load_lines, load_reading, printed_at
from tests.corpus.conftest import Edited


@pytest.fixture(scope="module")
def reading() -> Reading:
    return load_reading(shipped_framework())


def test_every_id_carries_that_of_the_source_once(reading: Reading, edited: Edited) -> None:
    assert all(item.id.startswith("gsr:") for item in reading.items)
    assert all(item.parent.startswith("gsr:") for item in reading.items if item.parent)
    assert reading.links[0].source == "gsr:C1"
    assert reading.decisions[0].items == ("gsr:C1", "gsr:C26")
    folder = edited('id = "C12"', 'id = "gsr:C12"')
    assert "gsr:C12" in {item.id for item in load_reading(folder).items}


def test_corrections_bullets_and_lines_are_those_of_the_source(reading: Reading) -> None:
    fixes = [fix for item in reading.items for fix in item.corrections]
    assert len(fixes) == 9
    assert all(fix.basis and fix.confidence == "high" for fix in fixes)
    glyphs = {bullet.glyph: len(bullet.lines) for bullet in reading.bullets}
    assert glyphs == {"K}": 1, "E": 4, "n": 2, "m": 12, "\ufb01": 1, "": 6}
    assert all(bullet.basis for bullet in reading.bullets)
    assert reading.glyph_at(304) == "\ufb01"
    assert reading.glyph_at(66) == ""
    assert reading.glyph_at(5) == ""
    by_id = {item.id: item for item in reading.items}
    assert by_id["gsr:C6"].lines == Lines(first=80, last=82)
    assert by_id["gsr:C12"].lines == Lines(first=145, last=147)
    assert by_id["gsr:P2"].lines is None
    assert printed_at(("m Crisis", "", " response", "x"), Lines(first=1, last=3)) == (
        "m Crisis response"
    )


def test_only_a_newline_ends_a_line_and_what_is_no_utf8_or_no_table_is_named(tmp_path):
    # U+2028 and a form feed end a line for str.splitlines, but not for an editor.
    (tmp_path / "source.txt").write_text("one\u2028two\x0cthree\nfour", encoding="utf-8")
    lines, _ = load_lines(tmp_path, "source.txt")
    assert lines == ("one\u2028two\x0cthree", "four")
    (tmp_path / "source.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(CorpusError, match="not UTF-8"):
        load_lines(tmp_path, "source.txt")
    (tmp_path / "framework.toml").write_text('name = "x"\nitems = "none"\n', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"framework\.toml"):
        load_reading(tmp_path)
