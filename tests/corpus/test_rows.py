import pytest

from corpus.errors import CorpusError
from corpus.readers.rows import parse_rows, read_rows
from tests.park import ROWS, write_park


def test_a_row_is_a_passage_and_a_source_under_its_own_id_and_title(tmp_path):
    corpus = read_rows(write_park(tmp_path / "park.jsonl"))
    assert [one.id for one in corpus.passages] == [row["id"] for row in ROWS]
    assert [one.id for one in corpus.sources] == [row["id"] for row in ROWS]
    assert [one.text for one in corpus.passages] == [row["text"] for row in ROWS]
    assert {one.tier for one in corpus.sources} == {"document"}
    assert corpus.source_by_id["café"].title == "café"
    assert corpus.passage("café").heading_path == ()
    assert corpus.passage("hours").heading_path == ("Opening hours",)
    quotes = [span.of(one.text) for one in corpus.passages for span in one.sentences]
    assert "In winter the park opens at 10 a.m. and the gates close at dusk." in quotes
    assert all(quote == quote.strip() and quote for quote in quotes)
    corpus = parse_rows('{"id": "a", "text": "one\u2028two"}\n\n'.encode(), "rows.jsonl")
    assert corpus.passage("a").text == "one\u2028two"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: .*JSON"),
        ("[1]", "line 2: "),
        ('{"id": "b"}', "line 2: text: "),
        ('{"id": "", "text": "words"}', "line 2: id"),
        ('{"id": 7, "text": "words"}', "line 2: id"),
        ('{"id": "b", "text": " \\n."}', "line 2: .*'b'"),
        ('{"id": "a", "text": "words"}', "line 2: .*'a' .*line 1"),
        ('{"id": "b~2", "text": "words"}', "line 2: .*'b~2'"),
        ('{"id": "b", "text": "half \\ud800"}', "line 2: "),
        ("[" * 100_000, "line 2: .*JSON"),
    ],
)
def test_a_bad_row_is_named_by_its_line_in_one_sentence(line, said):
    with pytest.raises(CorpusError, match=rf"rows\.jsonl, {said}") as refusal:
        parse_rows(f'{{"id": "a", "text": "words"}}\n{line}\n'.encode(), "rows.jsonl")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(("data", "said"), [(b"\n\n", "no passages"), (b"\xff\xfe", "not UTF-8")])
def test_a_file_without_rows_is_refused(data, said):
    with pytest.raises(CorpusError, match=said):
        parse_rows(data, "rows.jsonl")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CorpusError, match=r"none\.jsonl"):
        read_rows(tmp_path / "none.jsonl")
