"""What `signpost ask`, `search`, `ground`, `index`, `ingest` and `eval` print and write."""

import json
import os
import subprocess
import sys
from threading import Thread

import pytest

from assistant.opening import FOLDER
from assistant.records import Answer, Filters
from assistant.safety.audit import AuditLog
from assistant.settings import Settings
from tests.park import write_park
from tests.ui.conftest import EXAMPLE, SIGNPOST, rows_of, write_rows
from ui.cli import batch
from ui.cli.batch import Row, read_rows
from ui.cli.batch import write_rows as write_results
from ui.cli.main import main


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out.jsonl"


# Answers


def test_the_example_is_answered_whole_and_whoever_reads_one_line_gets_no_complaint(ready):
    command = "'{0}' ask '{1}'; '{0}' ask --json 'List all outcomes' | head -n 1"
    command = command.format(SIGNPOST, EXAMPLE)
    told = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert all(one in told.stdout for one in ("5 of 5 outcomes", "1 of 1 partner", "Lines 145-147"))
    assert told.stdout.endswith("\n{\n")
    assert told.stderr == ""


# Files of answers


def test_files_are_written_beside_the_printed_answer(ready, tmp_path, printed):
    docx = pytest.importorskip("docx")
    file, brief = tmp_path / "answer.md", tmp_path / "brief.docx"
    told = printed("ask", EXAMPLE, "--export", file, "--brief", brief)
    assert told.endswith(f"The answer is in {file}.\nThe brief is in {brief}.\n")
    assert "5 of 5 outcomes" in told
    assert "[^9]: Global Strategic Response, lines 165-166" in file.read_text(encoding="utf-8")
    assert docx.Document(str(brief)).paragraphs[0].text == "Briefing note"


@pytest.mark.parametrize(
    ("option", "name", "told"),
    [
        ("--export", "answer.pdf", ".md, .docx, .ris or .bib"),
        ("--export", "answer", ".md, .docx, .ris or .bib"),
        ("--brief", "brief.md", "brief.docx"),
        ("--export", "nowhere/answer.md", "nowhere"),
        ("--export", "mine.md", "mine.md"),
    ],
)
def test_a_file_that_cannot_be_is_refused_before_anything_is_asked(
    home, tmp_path, refused, option, name, told
):
    (tmp_path / "mine.md").write_text("mine", encoding="utf-8")
    assert told in refused("ask", EXAMPLE, option, tmp_path / name)
    assert (tmp_path / "mine.md").read_text(encoding="utf-8") == "mine"


# Filters


def test_the_command_answers_and_searches_under_filters(ready, printed, refused):
    told = printed("ask", EXAMPLE, "--facet", "partners", "--pillar", 3)
    assert told.startswith("Only: pillar 3, partners.\n")
    assert "Complete: 1 of 1 partner." in told
    asked = ("search", "victim identity protection", "-k", 5)
    hits = json.loads(printed(*asked, "--json"))
    assert len(hits) == 5
    assert "gsr:C12" in [hit["passage_id"] for hit in hits]
    assert all(hit["ranks"] for hit in hits)
    assert printed(*asked).startswith(f"1. {hits[0]['passage_id']} (")
    hits = json.loads(printed(*asked, "--tier", "framework", "--json"))
    assert {hit["source_id"] for hit in hits} == {"gsr"}
    assert "choose from gsr:P1" in refused("ask", EXAMPLE, "--pillar", "9")
    assert "choose from officer" in refused("search", EXAMPLE, "--audience", "king")


# Batches


def test_a_batch_of_questions_becomes_a_batch_of_answers_with_filters_of_their_own(
    ready, tmp_path, printed, out
):
    only = {"pillars": ["gsr:P3"], "facets": ["partners"]}
    rows = write_rows(
        tmp_path / "in.jsonl",
        {"id": "a", "question": EXAMPLE},
        {"id": "b", "question": EXAMPLE, "filters": only},
        {"id": "c", "question": "How many pillars are there?", "turns": ["What is this about?"]},
    )
    printed("ask", "--batch", rows, "--out", out)
    answered = rows_of(out)
    assert [row["id"] for row in answered] == ["a", "b", "c"]
    assert all(set(row) == {"id", "answer", "seconds"} for row in answered)
    found = [Answer.model_validate(row["answer"]) for row in answered]
    assert [len(answer.completeness) for answer in found[:2]] == [2, 1]
    assert found[1].filters == Filters.model_validate(only)
    assert found[0].status == "answered"


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ("not json", "line 2"),
        ('{"id": "b"}', "line 2: question"),
        ('{"question": "q"}', "line 2: id"),
        ('{"id": "b", "question": "q", "turns": "earlier"}', "line 2: turns"),
        ('{"id": "a", "question": "q"}', "line 2: the id 'a' is already on line 1"),
        ('{"id": "b", "question": ""}', "line 2"),
        ('{"id": "b", "question": "q", "filters": {"tiers": ["page"]}}', "line 2"),
    ],
)
def test_a_bad_row_is_named_and_the_earlier_results_stay(
    ready, tmp_path, refused, out, lines, named
):
    rows = tmp_path / "in.jsonl"
    rows.write_text(f'{{"id": "a", "question": "{EXAMPLE}"}}\n{lines}\n', encoding="utf-8")
    out.write_text("earlier\n", encoding="utf-8")
    assert named in refused("ask", "--batch", rows, "--out", out)
    assert out.read_text(encoding="utf-8") == "earlier\n"
    assert list(tmp_path.glob("*.part")) == []
    # A file that holds no rows is refused too.
    for content in (b"", b"\n\n", b"\xff\xfe"):
        rows.write_bytes(content)
        assert str(rows) in refused("ask", "--batch", rows, "--out", out)
    rows.unlink()
    assert str(rows) in refused("ask", "--batch", rows, "--out", out)


def test_a_mark_or_line_separator_is_read_well_and_a_pipe_is_written_to_and_not_replaced(tmp_path):
    # U+2028 is legal inside a JSON string, and str.splitlines would cut the row in two.
    rows, pipe = tmp_path / "in.jsonl", tmp_path / "pipe"
    rows.write_text('{"id": "a", "question": "one\u2028two"}\n', encoding="utf-8-sig")
    ((_, row),) = read_rows(rows, Row)
    assert (row.id, row.question) == ("a", "one\u2028two")
    os.mkfifo(pipe)
    writer = Thread(target=write_results, args=(pipe, [{"id": "a"}]))
    writer.start()
    assert json.loads(pipe.read_text(encoding="utf-8")) == {"id": "a"}
    writer.join()
    assert pipe.is_fifo()


def test_long_work_tells_lines_and_what_is_left_where_there_is_no_terminal(monkeypatch, capfd):
    clock = iter((0.0, 1.0, 5.0, 31.0, 32.0, 61.0))
    monkeypatch.setattr(batch, "monotonic", lambda: next(clock))
    with batch.Bar("Reading", "Embedding") as bar:
        for done in (0, 256, 2000, 2100, 10000):
            bar.show(done, 12000)
    assert capfd.readouterr().err.splitlines() == [
        "Embedding: 2,000 of 12,000, about 2 min left",
        "Embedding: 10,000 of 12,000",
    ]


# Claims

CONTEXT = "Harbour masters should keep lists of ships. Pilots are rested."
TRUE, TURNED = "Pilots are rested.", "Harbour masters must keep lists of ships."


@pytest.fixture
def context(tmp_path):
    file = tmp_path / "context.txt"
    file.write_text(CONTEXT, encoding="utf-8")
    return file


def test_a_claim_is_judged_by_its_context(context, home, printed, refused):
    command = [sys.executable, "-m", "ui.cli.main", "ground", TRUE, "--context", str(context)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.startswith("supported")
    # Without a prepared model words alone count.
    assert len(told.stderr.splitlines()) == 1
    told = printed("ground", TRUE, "--context", context, "--words")
    assert told.startswith("supported, support 1.00\n  - ")
    told = json.loads(printed("ground", TURNED, "--context", context, "--words", "--json"))
    assert told["verdict"] != "supported"
    assert told["reasons"][0] == "The claim says “must”, the context only “should”."
    context.write_bytes(b"\xff\xfe\xff")
    assert "UTF-8" in refused("ground", TRUE, "--context", context, "--words")


def test_a_file_of_claims_gives_a_verdict_for_each(tmp_path, home, printed, out):
    pairs = [(TRUE, CONTEXT), (TURNED, CONTEXT), (TRUE, "")]
    claims = [
        {"id": str(number), "context": context, "claim": claim, "label": "unread"}
        for number, (claim, context) in enumerate(pairs)
    ]
    rows = write_rows(tmp_path / "in.jsonl", *claims)
    printed("ground", "--batch", rows, "--out", out, "--words")
    told = rows_of(out)
    assert [set(row) for row in told] == [{"id", "verdict", "support", "reasons"}] * 3
    judged = [(row["id"], row["verdict"]) for row in told]
    assert judged[::2] == [("0", "supported"), ("2", "unsupported")]
    assert 0.0 == told[2]["support"] < told[1]["support"] < told[0]["support"] == 1.0


def test_the_model_counts_where_it_is_prepared(ready, context, printed):
    likely = "Those who guide vessels have had enough sleep."
    asked = ("ground", likely, "--context", context, "--json")
    both = [json.loads(printed(*asked, *more)) for more in ([], ["--words"])]
    assert both[0]["support"] != both[1]["support"]


# The index


@pytest.mark.slow
@pytest.mark.sample
def test_status_and_rollback_say_which_index_answers(broken, refused, printed):
    first = printed("index", "status")
    assert " guidance-wordings), all-MiniLM-L6-v2 " in first
    assert "Previous: none" in first
    refused("index", "rollback")
    printed("index", "build")
    printed("index", "rollback")
    (current,) = (line for line in first.splitlines() if line.startswith("Current: "))
    assert current in printed("index", "status")


def test_a_corpus_of_ones_own_is_indexed_asked_and_searched(
    broken, tmp_path, printed, refused, out
):
    park = write_park(tmp_path / "park.jsonl")
    assert " document" in printed("index", "build", "--passages", park)
    assert "It fits the passages of your own" in printed("index", "status")
    rows = write_rows(
        tmp_path / "in.jsonl",
        {"id": "a", "question": "And who dug it?", "turns": ["Tell me about the lake."]},
    )
    printed("ask", "--batch", rows, "--out", out)
    answer = Answer.model_validate(rows_of(out)[0]["answer"])
    assert answer.status == "answered"
    assert "Ada Birch" in answer.statements[0].text
    printed("search", "--batch", rows, "--out", out, "-k", 3)
    hits = rows_of(out)[0]["hits"]
    assert hits[0]["passage_id"] == hits[0]["source_id"] == "lake<::>1"
    assert {"score", "text"} <= set(hits[0])
    assert len(hits) == 3
    assert "The lake was dug in 1871 by Ada Birch." in printed("ask", "Who dug the lake?")
    assert "ask without filters" in refused("ask", "Who dug the lake?", "--tier", "document")
    assert "It takes cards." in printed("corpus", "show", "café")
    assert printed("search", "tea and soup", "-k", 1).startswith("1. café (row 3)")


# Erasure, from the outside: a secret that was kept is in no file of the home afterwards.

SECRET = "zanzibarite"
PARK = {"id": "lake", "title": "The lake", "text": "The lake was dug in 1871 by Ada Birch."}
HIDDEN = {"id": "well", "title": "The well", "text": f"The well holds {SECRET} of a private kind."}


def holders(home):
    """Return the files that hold the secret, in large letters or small."""
    files = [path for path in home.rglob("*") if path.is_file()]
    return [path for path in files if SECRET.encode() in path.read_bytes().lower()]


def test_passages_that_were_taken_out_are_in_no_file(broken, tmp_path, refused, printed):
    printed("index", "build", "--passages", write_rows(tmp_path / "with.jsonl", PARK, HIDDEN))
    (broken / FOLDER / ".unfinished.jsonl.x").write_text(SECRET)
    build = ("index", "build", "--passages", write_rows(tmp_path / "without.jsonl", PARK))
    printed(*build)
    assert holders(broken)  # the index before is kept for a rollback
    assert "Every earlier index is erased" in printed(*build, "--erase")
    assert holders(broken) == []
    assert "was erased on" in refused("index", "rollback")


def test_a_user_whose_words_were_kept_is_in_no_file(ready, monkeypatch, printed):
    monkeypatch.setenv("SIGNPOST_AUDIT_TEXT", "true")
    printed("ask", f"What are the outcomes of pillar 3 on {SECRET}?")
    mark = AuditLog(Settings(home=ready)).records()[-1].user.encode()
    assert holders(ready)
    printed("audit", "purge", "--user", "local")
    assert holders(ready) == []
    assert not any(mark in path.read_bytes() for path in ready.rglob("*") if path.is_file())


# Libraries of documents, and evaluation


def test_a_document_is_taken_in_asked_beside_the_framework_and_taken_out(
    broken, tmp_path, printed, refused
):
    coast, bad = tmp_path / "coast.md", tmp_path / "bad.pdf"
    coast.write_text("# Plan\n\nThe Ministry of Tides opens a hotline in June.\n")
    bad.write_bytes(b"no PDF")
    told = printed("ingest", coast, "--role", "trainer")
    assert "[1/1] coast.md: 1 passage." in told
    assert "1 embedded now" in told
    assert "seen by: trainer" in told
    told = printed("ingest", bad, coast, code=1)
    assert "[1/2] mismatch: bad.pdf" in told
    assert "0 embedded now" in told
    asked = ["ask", "Who opens a hotline in June?", "--library", "documents", "--json"]
    answer = Answer.model_validate_json(printed(*asked))
    assert any("Ministry of Tides" in said.text for said in answer.statements)
    assert "holds 0 files" in printed("ingest", "--remove", "coast.md")
    assert "no library 'documents'" in refused(*asked)
    with pytest.raises(SystemExit, match="2"):
        main(["ingest"])


def test_a_suite_is_run_and_scored(ready, tmp_path, printed):
    told = printed("eval", "run", "--suite", "framework", "--limit", 2, "--out", tmp_path / "run")
    assert "2 cases" in told
    assert printed("eval", "score", tmp_path / "run")
