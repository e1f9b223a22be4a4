"""What the command prints and writes; that whatever it refuses is refused in one line."""

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
from evals.running.shelf import FOLDER as RUNS
from tests.park import ROWS, write_rows
from tests.ui.conftest import EXAMPLE, SIGNPOST, assert_one_line, line_on_stderr, rows_of
from ui.cli.batch import Row, read_rows
from ui.cli.batch import write_rows as write_results
from ui.cli.main import main


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out.jsonl"


def test_the_example_is_answered_whole_and_whoever_reads_one_line_gets_no_complaint(ready):
    command = "'{0}' ask '{1}'; '{0}' ask --json 'List all outcomes' | head -n 1"
    command = command.format(SIGNPOST, EXAMPLE)
    told = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert all(one in told.stdout for one in ("5 of 5 outcomes", "1 of 1 partner", "Lines 145-147"))
    assert told.stdout.endswith("\n{\n")
    assert told.stderr == ""


def test_files_are_written_beside_the_printed_answer(ready, tmp_path, printed):
    pytest.importorskip("docx")
    file, brief = tmp_path / "answer.md", tmp_path / "brief.docx"
    told = printed("ask", EXAMPLE, "--export", file, "--brief", brief)
    assert told.endswith(f"The answer is in {file}.\nThe brief is in {brief}.\n")
    assert "[^9]: Global Strategic Response, lines 165-166" in file.read_text(encoding="utf-8")
    assert brief.stat().st_size > 0


@pytest.mark.parametrize(
    ("option", "name", "told"),
    [
        ("--export", "answer.pdf", ".docx, .md, .ris or .bib"),
        ("--brief", "brief.md", "brief.docx"),
        ("--export", "nowhere/answer.md", "nowhere"),
        ("--export", "mine.md", "mine.md"),
    ],
)
def test_a_file_that_cannot_be_is_refused(home, tmp_path, refused, option, name, told):
    (tmp_path / "mine.md").write_text("mine", encoding="utf-8")
    assert told in refused("ask", EXAMPLE, option, tmp_path / name)
    assert (tmp_path / "mine.md").read_text(encoding="utf-8") == "mine"


def test_the_command_answers_and_searches_under_filters(ready, printed, refused):
    told = printed("ask", EXAMPLE, "--facet", "partners", "--pillar", 3)
    assert told.startswith("Only: pillar 3, partners.\n")
    assert "Complete: 1 of 1 partner." in told
    asked = ("search", "victim identity protection", "-k", 5, "--tier", "framework")
    hits = json.loads(printed(*asked, "--json"))
    assert {hit["source_id"] for hit in hits} == {"gsr"}
    assert "gsr:C12" in [hit["passage_id"] for hit in hits]
    assert len(hits) == 5
    assert printed(*asked).startswith(f"1. {hits[0]['passage_id']} (")
    assert "choose from gsr:P1" in refused("ask", EXAMPLE, "--pillar", "9")
    assert "choose from officer" in refused("search", EXAMPLE, "--audience", "king")


def test_a_batch_of_questions_becomes_a_batch_of_answers(ready, tmp_path, printed, out):
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
    found = [Answer.model_validate(row["answer"]) for row in answered]
    assert [len(answer.completeness) for answer in found[:2]] == [2, 1]
    assert found[1].filters == Filters.model_validate(only)


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ("not json", "line 2"),
        ('{"id": "b"}', "line 2: question"),
        ('{"id": "a", "question": "q"}', "line 2: the id 'a' is already on line 1"),
        ('{"id": "b", "question": ""}', "line 2"),
        ('{"id": "b", "question": "q", "filters": {"tiers": ["page"]}}', "line 2"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(ready, tmp_path, refused, out, lines, named):
    rows = tmp_path / "in.jsonl"
    rows.write_text(f'{{"id": "a", "question": "{EXAMPLE}"}}\n{lines}\n', encoding="utf-8")
    assert named in refused("ask", "--batch", rows, "--out", out)
    assert list(tmp_path.iterdir()) == [rows]
    # A file that holds no rows is refused too.
    for content in (b"", b"\n\n", b"\xff\xfe"):
        rows.write_bytes(content)
        assert str(rows) in refused("ask", "--batch", rows, "--out", out)
    rows.write_text(f'{{"id": "a", "question": "{EXAMPLE}"}}', encoding="utf-8")
    nowhere = tmp_path / "nowhere"
    assert str(nowhere) in refused("ask", "--batch", rows, "--out", nowhere / "out.jsonl")
    rows.unlink()
    assert str(rows) in refused("ask", "--batch", rows, "--out", out)


def test_a_mark_or_line_separator_is_read_well_and_a_pipe_is_written_to_and_not_replaced(tmp_path):
    # U+2028 is legal inside a JSON string, and str.splitlines would cut the row in two.
    rows, pipe = tmp_path / "in.jsonl", tmp_path / "pipe"
    rows.write_text('{"id": "a", "question": "one\u2028two"}\n', encoding="utf-8-sig")
    ((_, row),) = read_rows(rows, Row)
    assert (row.id, row.question) == ("a", "one\u2028two")
    os.mkfifo(pipe)
    writer = Thread(target=write_results, args=(pipe, [(1, row)], lambda *_: {}, ""))
    writer.start()
    assert json.loads(pipe.read_text(encoding="utf-8")) == {"id": "a"}
    writer.join()
    assert pipe.is_fifo()


CONTEXT = "Harbour masters should keep lists of ships. Pilots are rested."
TRUE, TURNED = "Pilots are rested.", "Harbour masters must keep lists of ships."


def test_claims_are_judged_by_their_context(ready, tmp_path, printed, refused, out):
    file = tmp_path / "context.txt"
    file.write_text(CONTEXT, encoding="utf-8")
    likely = ("ground", "Those who guide vessels have had enough sleep.", "--context", file)
    both = [json.loads(printed(*likely, "--json", *more)) for more in ([], ["--words"])]
    # The model counts where it is prepared.
    assert both[0]["support"] != both[1]["support"]
    told = printed("ground", TRUE, "--context", file, "--words")
    assert told.startswith("supported, support 1.00\n  - ")
    claims = [(TRUE, CONTEXT), (TURNED, CONTEXT), (TRUE, "")]
    rows = [
        {"id": str(number), "context": context, "claim": claim, "label": "unread"}
        for number, (claim, context) in enumerate(claims)
    ]
    rows = write_rows(tmp_path / "in.jsonl", *rows)
    assert "is there already" in refused("ground", "--batch", rows, "--out", rows, "--words")
    printed("ground", "--batch", rows, "--out", out, "--words")
    told = rows_of(out)
    assert [set(row) for row in told] == [{"id", "verdict", "support", "reasons"}] * 3
    assert told[1]["reasons"][0] == "The claim says “must”, the context only “should”."
    assert 0.0 == told[2]["support"] < told[1]["support"] < told[0]["support"] == 1.0
    file.write_bytes(b"\xff\xfe\xff")
    assert "UTF-8" in refused("ground", TRUE, "--context", file, "--words")


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


def test_a_corpus_of_ones_own_is_indexed_and_asked(broken, tmp_path, printed, refused, out):
    park = write_rows(tmp_path / "park.jsonl", *ROWS)
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
    out.unlink()
    printed("search", "--batch", rows, "--out", out, "-k", 3)
    assert rows_of(out)[0]["hits"][0]["passage_id"] == "lake<::>1"
    assert "The lake was dug in 1871 by Ada Birch." in printed("ask", "Who dug the lake?")
    assert "ask without filters" in refused("ask", "Who dug the lake?", "--tier", "document")
    assert "It takes cards." in printed("corpus", "show", "café")


# Erasure, from the outside: a secret that was kept is in no file of the home afterwards.

SECRET = "zanzibarite"
PARK = {"id": "lake", "title": "The lake", "text": "The lake was dug in 1871 by Ada Birch."}
HIDDEN = {"id": "well", "title": "The well", "text": f"The well holds {SECRET} of a private kind."}


def holders(home):
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
    mark = AuditLog(Settings(home=ready)).entries()[-1].user.encode()
    assert holders(ready)
    printed("audit", "purge", "--user", "local")
    assert holders(ready) == []
    assert not any(mark in path.read_bytes() for path in ready.rglob("*") if path.is_file())


def test_a_document_is_taken_in_asked_and_taken_out(broken, tmp_path, printed, refused):
    coast, bad = tmp_path / "coast.md", tmp_path / "bad.pdf"
    coast.write_text("# Plan\n\nThe Ministry of Tides opens a hotline in June.\n")
    bad.write_bytes(b"no PDF")
    told = printed("ingest", coast, "--role", "trainer")
    assert "[1/1] coast.md: 1 passage." in told
    assert "1 embedded now" in told
    assert "seen by: trainer" in told
    told = printed("ingest", bad, coast, code=1)
    assert "[1/2] mismatch: bad.pdf" in told
    asked = ["ask", "Who opens a hotline in June?", "--library", "documents", "--json"]
    answer = Answer.model_validate_json(printed(*asked))
    assert any("Ministry of Tides" in said.text for said in answer.statements)
    assert "holds 0 files" in printed("ingest", "--remove", "coast.md")
    assert "no library 'documents'" in refused(*asked)


def test_a_suite_is_run_and_scored(ready, tmp_path, printed):
    told = printed("eval", "run", "--suite", "framework", "--limit", 2, "--out", tmp_path / "run")
    assert "2 cases" in told
    assert printed("eval", "score", tmp_path / "run")


@pytest.fixture
def runs(home, home_with_runs):
    return [home_with_runs / RUNS / name for name in ("before", "after")]


def test_compare_shows_measures_and_both_answers(runs, printed):
    shown = printed("eval", "compare", *runs)
    assert all(one in shown for one in ("34 cases in both", "Broken:", "Fixed:", " | "))
    (row,) = (line for line in shown.splitlines() if line.startswith("citations"))
    assert row.split()[2] > row.split()[3]


def test_the_gate_lets_the_same_run_pass_and_stops_a_worse_one(runs, printed, refused, tmp_path):
    good, worse = runs
    file = tmp_path / "baseline.json"
    printed("eval", "baseline", good, "--out", file)
    refused("eval", "baseline", good, "--out", good / "cases.jsonl")
    assert "does not:" not in printed("eval", "gate", good, "--against", file)
    shown = printed("eval", "gate", worse, "--against", file, code=1)
    assert "does not:" in shown
    assert "lost right, citations" in shown


def test_a_report_is_written_to_a_new_file(runs, tmp_path, printed, refused):
    (good, worse), out = runs, tmp_path / "report.html"
    assert "name it FILE.html" in refused("eval", "report", worse, "--out", tmp_path / "report.md")
    assert "34 cases in" in printed("eval", "report", worse, "--against", good, "--out", out)
    assert "is there already" in refused("eval", "report", worse, "--out", out)
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize("command", ["compare {0}", "baseline --out b", "gate --against {0}"])
def test_what_is_no_run_is_one_line(home, tmp_path, refused, command):
    name, *more = command.format(tmp_path).split()
    refused("eval", name, tmp_path, *more)


HEAVY = set("torch llama_index chromadb gradio transformers onnxruntime pydantic mcp".split())


def test_help_is_there_before_anything_heavy_is_imported():
    script = (
        "import sys\nfrom ui.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print('imported:', *sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(told.stdout.partition("imported:")[2].split())


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "answer",
        "ask",
        "ask --batch in.jsonl",
        "search question -k 0",
        "serve --port 65536",
        "session --audience pirates --out new",
        "session --parts song --out new",
        "eval gate run --against run --alpha 5",
        "ask --batch in.jsonl --out out.jsonl --pillar 3",
    ],
)
def test_wrong_usage_is_told_with_exit_code_two(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments.split())
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_question_that_is_no_question_is_refused_and_not_repeated(ready, refused, command):
    assert refused(command, " \t ")
    for question in ("why " * 25_000, "victims\x00", "victims \x1b[2J", "\ud800"):
        told = refused(command, question)
        assert len(told) < 300
        assert question not in told


FULL = """
cp -a "$SIGNPOST_HOME/index" "$SIGNPOST_HOME/kept"
mount -t tmpfs -o size=96m tmpfs "$SIGNPOST_HOME/index"
cp -a "$SIGNPOST_HOME/kept/." "$SIGNPOST_HOME/index"
head -c 128m /dev/zero > "$SIGNPOST_HOME/index/filler" 2>/dev/null
"""
READ_ONLY = """
mount --bind "$SIGNPOST_HOME" "$SIGNPOST_HOME"
mount -o remount,ro,bind "$SIGNPOST_HOME"
"""


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("disk", [FULL, READ_ONLY], ids=["full", "read-only"])
@pytest.mark.parametrize("arguments", ["index build", "ask --batch {rows} --out {home}/index/out"])
def test_on_a_disk_that_takes_nothing_the_index_answers(tmp_path, own_home, disk, arguments):
    alone = ["unshare", "--map-root-user", "--mount", "--"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode != 0:
        reason = "NOT TESTED: a full and a read-only disk; unshare makes no mount namespace here"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    rows = write_rows(tmp_path / "in.jsonl", {"id": "a", "question": EXAMPLE})
    refused = arguments.format(rows=rows, home=own_home)
    script = f"{disk} '{SIGNPOST}' {refused}; echo \"code $?\"; '{SIGNPOST}' ask '{EXAMPLE}'"
    told = subprocess.run([*alone, "sh", "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("code 1\n")
    assert "5 of 5 outcomes" in told.stdout
    lines = told.stderr.splitlines(keepends=True)
    unrecorded = [line for line in lines if "No audit record was written" in line]
    assert all("read-only" in line for line in unrecorded)  # said of an answer that is given
    assert_one_line("".join(line for line in lines if line not in unrecorded))
    assert "full" in told.stderr or "room" in told.stderr or "read-only" in told.stderr.lower()


def test_a_missing_index_or_one_of_another_model_is_told(broken, refused, monkeypatch):
    (manifest,) = broken.glob("index/builds/*/manifest.json")
    held = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(held | {"embedder": "another-model"}), encoding="utf-8")
    assert "another-model" in refused("ask", EXAMPLE)
    assert "another-model" in line_on_stderr("index", "status")
    monkeypatch.setenv("SIGNPOST_HOME", str(broken / "none"))
    assert "signpost index build" in line_on_stderr("index", "status")
    assert not any(broken.glob("none/index/builds/*"))
