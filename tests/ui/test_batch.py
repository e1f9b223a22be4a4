"""Files of questions: what is read, and that results are never half there."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from assistant.errors import BatchError
from ui.cli.batch import Bar, read_pairs, read_rows, with_progress, write_rows


def test_rows_keep_the_number_of_their_line_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    rows = tmp_path / "in.jsonl"
    rows.write_text('\n{"id": "a", "question": "q", "note": "unread"}\n\n', encoding="utf-8")
    ((number, row),) = read_rows(rows)
    assert number == 2
    assert (row.id, row.question, row.turns) == ("a", "q", ())


def test_a_byte_order_mark_is_no_part_of_the_first_row(tmp_path: Path) -> None:
    rows = tmp_path / "in.jsonl"
    rows.write_text('{"id": "a", "question": "q"}', encoding="utf-8-sig")
    assert read_rows(rows)[0][1].id == "a"


def test_a_line_separator_inside_a_question_ends_no_row(tmp_path: Path) -> None:
    # U+2028 is legal inside a JSON string, and str.splitlines would cut the row in two.
    rows = tmp_path / "in.jsonl"
    rows.write_text('{"id": "a", "question": "one\u2028two"}\n', encoding="utf-8")
    assert read_rows(rows)[0][1].question == "one\u2028two"


def test_the_error_for_a_bad_row_is_one_short_sentence(tmp_path: Path) -> None:
    rows = tmp_path / "in.jsonl"
    rows.write_text('{"id": "a", "question": ["q"]}\n', encoding="utf-8")
    with pytest.raises(BatchError, match=r"in\.jsonl, line 1: question: ") as refused:
        read_rows(rows)
    assert "\n" not in str(refused.value)


def test_claims_come_with_their_context(tmp_path: Path) -> None:
    rows = tmp_path / "in.jsonl"
    rows.write_text('{"id": "a", "context": "c", "claim": "d", "label": 1}', encoding="utf-8")
    ((number, pair),) = read_pairs(rows)
    assert (number, pair.id, pair.context, pair.claim) == (1, "a", "c", "d")


def test_a_file_without_claims_is_refused(tmp_path: Path) -> None:
    rows = tmp_path / "in.jsonl"
    rows.write_text("\n", encoding="utf-8")
    with pytest.raises(BatchError, match="holds no claim"):
        read_pairs(rows)


def test_results_that_stop_half_way_leave_the_earlier_file(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("earlier\n", encoding="utf-8")

    def rows() -> Iterator[dict[str, object]]:
        yield {"id": "a"}
        raise BatchError("stopped")

    with pytest.raises(BatchError):
        write_rows(out, rows())
    assert out.read_text(encoding="utf-8") == "earlier\n"
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_results_keep_letters_beyond_ascii(tmp_path: Path) -> None:
    write_rows(tmp_path / "out.jsonl", [{"id": "é"}])
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == '{"id": "é"}\n'


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=write_rows, args=(pipe, [{"id": "a"}]))
    writer.start()
    assert json.loads(pipe.read_text(encoding="utf-8")) == {"id": "a"}
    writer.join()
    assert pipe.is_fifo()


def test_no_bar_is_drawn_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(with_progress([1, 2], "Questions")) == [1, 2]
    with Bar("Before", "During") as bar:
        bar.show(1, 2)
    assert capsys.readouterr() == ("", "")
