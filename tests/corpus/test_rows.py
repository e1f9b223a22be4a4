import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from assistant.errors import DocumentError
from corpus.errors import CorpusError
from corpus.readers.documents import SUFFIXES, Document, read_document, sandbox
from corpus.readers.documents.html import draw_page
from corpus.readers.documents.section import Block, sections_of
from corpus.readers.rows import parse_rows, read_bytes
from tests.hostile import SECRET, SHOWN, odd_files, pdf, pdf_words, write
from tests.park import ROWS, write_rows


def test_a_row_is_a_passage_and_a_source_under_its_own_id_and_title(tmp_path):
    park = write_rows(tmp_path / "park.jsonl", *ROWS)
    corpus = parse_rows(read_bytes(park), "park.jsonl")
    assert [one.text for one in corpus.passages] == [row["text"] for row in ROWS]
    assert {one.tier for one in corpus.sources} == {"document"}
    assert corpus.source_by_id["café"].title == "café"
    assert corpus.passage("hours").heading_path == ("Opening hours",)
    quotes = [span.of(one.text) for one in corpus.passages for span in one.sentences]
    assert "In winter the park opens at 10 a.m. and the gates close at dusk." in quotes
    corpus = parse_rows('{"id": "a", "text": "one\u2028two"}\n\n'.encode(), "rows.jsonl")
    assert corpus.passage("a").text == "one\u2028two"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: .*JSON"),
        ('{"id": "b"}', "line 2: text: "),
        ('{"id": 7, "text": "words"}', "line 2: id"),
        ('{"id": "b", "text": " \\n."}', "line 2: .*'b'"),
        ('{"id": "a", "text": "words"}', "line 2: .*'a' .*line 1"),
        ('{"id": "b~2", "text": "words"}', "line 2: .*'b~2'"),
        ('{"id": "b", "text": "half \\ud800"}', "line 2: "),
    ],
)
def test_a_bad_row_is_named_by_its_line_in_one_sentence(line, said):
    with pytest.raises(CorpusError, match=rf"rows\.jsonl, {said}") as refusal:
        parse_rows(f'{{"id": "a", "text": "words"}}\n{line}\n'.encode(), "rows.jsonl")
    assert "\n" not in str(refusal.value)


def test_a_file_without_rows_or_that_is_not_there_is_refused(tmp_path):
    for data, said in ((b"\n\n", "no passages"), (b"\xff\xfe", "not UTF-8")):
        with pytest.raises(CorpusError, match=said):
            parse_rows(data, "rows.jsonl")
    with pytest.raises(CorpusError, match=r"none\.jsonl"):
        read_bytes(tmp_path / "none.jsonl")


FILES = odd_files()
MADE = "nothing link pipe folder large program".split()
APART = [one for one in FILES if one.name.partition(".")[0] in MADE]
"""What is refused before a byte of it is read."""


def _check(odd, found):
    if isinstance(found, DocumentError):
        assert found.outcome == odd.outcome
        assert str(found).startswith(odd.name)
        assert SECRET not in str(found)
        return
    assert odd.outcome == "kept"
    text = " ".join(section.text for section in found.sections)
    assert SHOWN in text
    assert SECRET not in text
    assert bool(found.remarks) >= odd.hides
    for section in found.sections:
        assert all(span.of(section.text).strip() for span in section.sentences)


ALONE = [one for one in FILES if one not in APART and one.outcome != "slow"]


@pytest.mark.parametrize("odd", ALONE, ids=lambda one: one.name)
def test_a_file_is_read_or_refused_by_name(odd):
    data = odd.data if isinstance(odd.data, bytes) else odd.data.encode()
    told = sandbox.told_of(data, SUFFIXES[Path(odd.name).suffix], odd.name)
    refused = "outcome" in told and DocumentError(told["outcome"], told["said"])
    _check(odd, refused or Document.model_validate(told))


SLOW = [pytest.param(one, marks=() if one in APART else pytest.mark.slow) for one in FILES]


@pytest.mark.parametrize("odd", SLOW, ids=[one.name for one in FILES])
def test_apart_a_file_takes_little_time_and_memory(odd, tmp_path):
    path, start = write(odd, tmp_path), time.perf_counter()
    found: Document | DocumentError
    try:
        found = read_document(path, 2 if odd.outcome == "slow" else sandbox.SECONDS)
    except DocumentError as error:
        found = error
    _check(odd, found)
    assert found.megabytes < sandbox.MEGABYTES
    assert time.perf_counter() - start < 3 * sandbox.SECONDS
    assert not (path.parent.parent / "climbed.xml").exists()


@pytest.mark.parametrize("page", [b"", b"/MediaBox[0 0 1e9 1e9]"])
def test_a_page_is_drawn_at_modest_size_or_not_at_all(page):
    data = pdf(pdf_words(SHOWN), page=page)
    drawn = sandbox.page_picture(data, 1, "a.pdf")
    assert max(Image.open(io.BytesIO(drawn)).size) == sandbox.PICTURE
    with pytest.raises(DocumentError, match="cannot be drawn"):
        sandbox.page_picture(data, 2, "a.pdf")


@pytest.mark.parametrize("files", [0, 3])
def test_a_reader_reaches_neither_the_network_nor_a_program(files, tmp_path):
    script = (
        "import socket, subprocess, sys; from pathlib import Path;"
        "from corpus.readers.documents import sandbox;"
        f"sandbox._limit(5, {files});\n"
        "for act in (lambda: socket.create_connection(('127.0.0.1', 9)),"
        " lambda: subprocess.run(['true']), lambda: Path(sys.argv[1]).write_text('x')):\n"
        "  try: act(); print('reached')\n"
        "  except OSError: pass\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "x")]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert "reached" not in done.stdout


def test_columns_are_read_one_after_the_other_and_rows_across():
    left = [(72, 700 - 14 * n, f"Left line {n} ends.") for n in range(14)]
    right = [(320, 700 - 14 * n, f"Right line {n} ends.") for n in range(14)]
    row = [(72, 400, "Hotline"), (200, 400, "Ministry of"), (200, 388, "Justice")]
    content = b"".join(
        pdf_words(text, b"1 0 0 1 %d %d Tm" % (x, y))
        for x, y, text in (*left, *right, *row, (330, 400, "2027"))
    )
    told = Document.model_validate(sandbox.told_of(pdf(content), "pdf", "a.pdf"))
    first, second, last = told.sections[0].text.split("\n")
    assert first.startswith("Left line 0 ends. Left line 1 ends.")
    assert second.startswith("Right line 0 ends. Right line 1 ends.")
    assert last == "Hotline | Ministry of Justice | 2027"


def test_sections_keep_to_a_heading_a_page_and_a_length():
    words = " ".join(["word"] * 100) + "."
    blocks = [Block("One", 1, 1, 1), *[Block(words, 0, 1, 1)] * 3, Block(words, 0, 2, 2)]
    blocks += [Block("Two", 1, 2, 2), Block(words, 0, 2, 3)]
    found = [(one.page, *one.heading_path, len(one.sentences)) for one in sections_of(blocks)]
    assert found == [(1, "One", 2), (1, "One", 1), (2, "One", 1), (2, "Two", 1)]


def test_a_row_has_the_names_of_its_columns_and_a_list_stands_with_what_opens_it():
    steps = "<p>They act:</p><ol><li>One. At once.</li><li>Two.</li></ol><p>It ends. No. Never.</p>"
    named = "<table><tr><th>Year<th>Reports<th><tr><td>2020<td>14<td>x<tr><td>2021<td><td></table>"
    plain = "".join(f"<tr><td>{a}<td>{b}<td>{c}" for a, b, c in ("ABC", "DEF", "GHI"))
    (found,) = sections_of(draw_page(f"{steps}{named}<table>{plain}</table>").blocks)
    told = [one.of(found.text) for one in found.sentences]
    told.remove("No. Never.")
    assert told[:3] == ["They act:\nOne. At once.\nTwo.", "It ends.", "Year | Reports"]
    assert told[3:6] == ["Year: 2020; Reports: 14; x", "Year: 2021", "A | B | C"]
    assert told[6:] == ["A: D; B: E; C: F", "A: G; B: H; C: I"]
    inner = "<ul><li>harm is near; or</li><li>they ask. It is noted.</li></ul>"
    steps = f"<ol><li>Tell. Not yet if{inner}</li><li>Refer.</li></ol><p>It binds none\u2014</p>"
    terms = "<dl><dt>quay<dd>means a wall;<dt>mole:<dd>means another.</dl>"
    (found,) = sections_of(draw_page(f"{steps}<p>(a) a club.</p>{terms}").blocks)
    told = [one.of(found.text) for one in found.sentences]
    assert told[:2] == ["Tell. Not yet if\nharm is near; or\nthey ask. It is noted.", "Refer."]
    assert told[2:] == ["It binds none\u2014\n(a) a club.", "quay: means a wall;", *told[4:]]
    assert told[4:] == ["mole: means another."]


def test_a_row_of_a_pdf_has_its_cells_where_other_rows_have_them(tmp_path):
    rows = [("No", "Body", "Due"), ("A", "Schools", "May"), ("B", "Ministry of Health", "June")]
    rows.append(("C", "Ministry of Education and Sport", "July"))
    places = [(x, 700 - 20 * at, cell) for at, row in enumerate(rows) for x, cell in zip(
        (72, 120, 260), row, strict=True)]  # fmt: skip
    words = [pdf_words(cell, b"1 0 0 1 %d %d Tm" % (x, y), size=9) for x, y, cell in places]
    (tmp_path / "plan.pdf").write_bytes(pdf(b"".join(words)))
    (found,) = read_document(tmp_path / "plan.pdf").sections
    assert found.text.splitlines()[3] == "No: C; Body: Ministry of Education and Sport; Due: July"
