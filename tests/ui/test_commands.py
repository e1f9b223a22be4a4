"""What each subcommand prints and writes."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from assistant.errors import BatchError
from assistant.records import Answer
from tests.park import write_park
from tests.ui.conftest import (
    EXAMPLE,
    SIGNPOST,
    Refused,
    rows_of,
    write_rows,
)
from ui.cli import batch
from ui.cli.batch import Row, read_rows
from ui.cli.batch import write_rows as write_results
from ui.cli.main import main

# Answers


def test_the_example_question_gets_all_five_outcomes_and_the_one_partner(ready, capsys):
    assert main(["ask", EXAMPLE]) == 0
    told = capsys.readouterr().out
    assert "5 of 5 outcomes" in told
    assert "1 of 1 partner" in told
    assert "Lines 145-147" in told


def test_json_is_the_answer_record(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--json", EXAMPLE]) == 0
    answer = Answer.model_validate_json(capsys.readouterr().out)
    assert answer.question == EXAMPLE
    assert answer.status == "answered"


def test_an_answer_leaves_stderr_empty(ready: Path) -> None:
    told = subprocess.run([SIGNPOST, "ask", EXAMPLE], capture_output=True, text=True, check=True)
    assert told.stderr == ""


def test_whoever_reads_only_the_first_line_gets_no_complaint(ready: Path) -> None:
    command = f"'{SIGNPOST}' ask --json 'List all outcomes' | head -n 1"
    told = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert told.stdout == "{\n"
    assert told.stderr == ""


def test_search_says_where_each_passage_ranked(ready, capsys):
    assert main(["search", "victim identity protection", "-k", "5", "--json"]) == 0
    hits = json.loads(capsys.readouterr().out)
    assert len(hits) == 5
    assert "gsr:C12" in [hit["passage_id"] for hit in hits]
    assert all(hit["ranks"] for hit in hits)
    assert main(["search", "victim identity protection", "-k", "5"]) == 0
    assert capsys.readouterr().out.startswith(f"1. {hits[0]['passage_id']} (")


# Batches


def test_a_batch_of_questions_becomes_a_batch_of_answers(ready: Path, tmp_path: Path) -> None:
    rows = write_rows(
        tmp_path / "in.jsonl",
        {"id": "a", "question": EXAMPLE},
        {"id": "b", "question": "How many pillars are there?", "turns": ["What is this about?"]},
    )
    assert main(["ask", "--batch", str(rows), "--out", str(tmp_path / "out.jsonl")]) == 0
    answered = rows_of(tmp_path / "out.jsonl")
    assert [row["id"] for row in answered] == ["a", "b"]
    assert all(set(row) == {"id", "answer", "seconds"} for row in answered)
    assert Answer.model_validate(answered[0]["answer"]).status == "answered"


def test_a_batch_of_searches_becomes_a_batch_of_hits(ready: Path, tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "in.jsonl", {"id": "a", "question": "offender outreach"})
    out = tmp_path / "out.jsonl"
    assert main(["search", "--batch", str(rows), "--out", str(out), "-k", "2"]) == 0
    (row,) = rows_of(out)
    hits = row["hits"]
    assert isinstance(hits, list)
    assert len(hits) == 2
    assert {"passage_id", "source_id", "score", "text"} <= set(hits[0])


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ("not json", "line 2"),
        ('{"id": "b"}', "line 2: question"),
        ('{"question": "q"}', "line 2: id"),
        ('{"id": "b", "question": "q", "turns": "earlier"}', "line 2: turns"),
        ('{"id": "a", "question": "q"}', "line 2: the id 'a' is already on line 1"),
        ('{"id": "b", "question": ""}', "line 2"),
    ],
)
def test_a_bad_row_is_named_and_the_earlier_results_stay(ready, tmp_path, refused, lines, named):
    rows, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows.write_text(f'{{"id": "a", "question": "{EXAMPLE}"}}\n{lines}\n', encoding="utf-8")
    out.write_text("earlier\n", encoding="utf-8")
    assert named in refused("ask", "--batch", str(rows), "--out", str(out))
    assert out.read_text(encoding="utf-8") == "earlier\n"
    assert sorted(path.name for path in tmp_path.glob("*.part")) == []


@pytest.mark.parametrize("content", [None, b"", b"\n\n", b"\xff\xfe"])
def test_a_batch_file_that_holds_no_rows_is_refused(ready, tmp_path, refused, content):
    rows = tmp_path / "in.jsonl"
    if content is not None:
        rows.write_bytes(content)
    assert str(rows) in refused("ask", "--batch", str(rows), "--out", str(tmp_path / "out.jsonl"))


# The index


@pytest.mark.slow
@pytest.mark.sample
def test_status_and_rollback_say_which_index_answers(broken, refused, capfd):
    assert main(["index", "status"]) == 0
    first = capfd.readouterr().out
    assert " guidance-wordings), all-MiniLM-L6-v2 " in first
    assert "Previous: none" in first
    refused("index", "rollback")
    assert main(["index", "build"]) == 0
    assert main(["index", "rollback"]) == 0
    capfd.readouterr()
    assert main(["index", "status"]) == 0
    current = [line for line in first.splitlines() if line.startswith("Current: ")]
    assert current[0] in capfd.readouterr().out


# Evaluation


def test_a_suite_is_run_and_scored(ready, tmp_path, capfd):
    run = str(tmp_path / "run")
    assert main(["eval", "run", "--suite", "framework", "--limit", "2", "--out", run]) == 0
    assert "2 cases" in capfd.readouterr().out
    assert main(["eval", "score", run]) == 0
    assert capfd.readouterr().out


# A foreign corpus


def test_a_corpus_of_ones_own_is_indexed_asked_and_searched(broken, tmp_path, capfd):
    park = write_park(tmp_path / "park.jsonl")
    assert main(["index", "build", "--passages", str(park)]) == 0
    assert " document" in capfd.readouterr().out
    assert main(["index", "status"]) == 0
    assert "It fits the passages of your own" in capfd.readouterr().out
    rows = write_rows(
        tmp_path / "in.jsonl",
        {"id": "a", "question": "And who dug it?", "turns": ["Tell me about the lake."]},
    )
    out = tmp_path / "out.jsonl"
    assert main(["ask", "--batch", str(rows), "--out", str(out)]) == 0
    answer = Answer.model_validate(rows_of(out)[0]["answer"])
    assert answer.status == "answered"
    assert "Ada Birch" in answer.statements[0].text
    assert main(["search", "--batch", str(rows), "--out", str(out), "-k", "3"]) == 0
    hits = rows_of(out)[0]["hits"]
    assert isinstance(hits, list)
    assert hits[0]["passage_id"] == hits[0]["source_id"] == "lake<::>1"
    capfd.readouterr()
    assert main(["ask", "Who dug the lake?"]) == 0
    assert "The lake was dug in 1871 by Ada Birch." in capfd.readouterr().out
    assert main(["corpus", "show", "café"]) == 0
    assert "It takes cards." in capfd.readouterr().out
    assert main(["search", "tea and soup", "-k", "1"]) == 0
    assert capfd.readouterr().out.startswith("1. café (row 3)")


def test_a_byte_order_mark_is_no_part_of_the_first_row(tmp_path: Path) -> None:
    rows = tmp_path / "in.jsonl"
    rows.write_text('{"id": "a", "question": "q"}', encoding="utf-8-sig")
    assert read_rows(rows, Row)[0][1].id == "a"


def test_a_line_separator_inside_a_question_ends_no_row(tmp_path: Path) -> None:
    # U+2028 is legal inside a JSON string, and str.splitlines would cut the row in two.
    rows = tmp_path / "in.jsonl"
    rows.write_text('{"id": "a", "question": "one\u2028two"}\n', encoding="utf-8")
    assert read_rows(rows, Row)[0][1].question == "one\u2028two"


def test_results_that_stop_half_way_leave_the_earlier_file(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("earlier\n", encoding="utf-8")

    def rows() -> Iterator[dict[str, object]]:
        yield {"id": "a"}
        raise BatchError("stopped")

    with pytest.raises(BatchError):
        write_results(out, rows())
    assert out.read_text(encoding="utf-8") == "earlier\n"
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=write_results, args=(pipe, [{"id": "a"}]))
    writer.start()
    assert json.loads(pipe.read_text(encoding="utf-8")) == {"id": "a"}
    writer.join()
    assert pipe.is_fifo()


# Libraries of documents


def test_a_document_is_taken_in_asked_beside_the_framework_and_taken_out(
    broken: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], refused: Refused
) -> None:
    (tmp_path / "coast.md").write_text("# Plan\n\nThe Ministry of Tides opens a hotline in June.\n")
    (tmp_path / "bad.pdf").write_bytes(b"no PDF")
    assert main(["ingest", str(tmp_path / "coast.md"), "--role", "trainer"]) == 0
    told = capfd.readouterr().out
    assert "[1/1] coast.md: 1 passage." in told
    assert "1 embedded now" in told
    assert "seen by: trainer" in told
    assert main(["ingest", str(tmp_path / "bad.pdf"), str(tmp_path / "coast.md")]) == 1
    told = capfd.readouterr().out
    assert "[1/2] mismatch: bad.pdf" in told
    assert "0 embedded now" in told
    asked = ["ask", "Who opens a hotline in June?", "--library", "documents", "--json"]
    assert main(asked) == 0
    answer = Answer.model_validate_json(capfd.readouterr().out)
    assert any("Ministry of Tides" in one.text for one in answer.statements)
    assert main(["ingest", "--remove", "coast.md"]) == 0
    assert "holds 0 files" in capfd.readouterr().out
    assert "no library 'documents'" in refused(*asked)
    with pytest.raises(SystemExit, match="2"):
        main(["ingest"])


def test_long_work_tells_lines_and_what_is_left_where_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    clock = iter((0.0, 1.0, 5.0, 31.0, 32.0, 61.0))
    monkeypatch.setattr(batch, "monotonic", lambda: next(clock))
    with batch.Bar("Reading", "Embedding") as bar:
        for done in (0, 256, 2000, 2100, 10000):
            bar.show(done, 12000)
    assert capfd.readouterr().err.splitlines() == [
        "Embedding: 2,000 of 12,000, about 2 min left",
        "Embedding: 10,000 of 12,000",
    ]
