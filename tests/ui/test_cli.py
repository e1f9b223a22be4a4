"""The command: what it prints, where it refuses, and that a refusal is one line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest
from filelock import FileLock

from assistant.answer import Answer
from assistant.models import PACKAGE, shipped_folder
from corpus.page import shipped_framework
from ui.cli import main

EXAMPLE = "What outcomes and partners relate to victim identity protection?"
SIGNPOST = Path(sys.executable).with_name("signpost")
HEAVY = ("torch", "llama_index", "chromadb", "gradio", "transformers", "onnxruntime", "pydantic")

Refused = Callable[..., str]


@pytest.fixture
def refused(capfd: pytest.CaptureFixture[str]) -> Refused:
    """Run a command that is refused; return its one line."""

    def run(*arguments: str) -> str:
        code = main(arguments)
        out, err = capfd.readouterr()
        assert code == 1
        assert out == ""
        assert_one_line(err)
        return err

    return run


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home."""
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def ready(built_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The built home of this run."""
    monkeypatch.setenv("SIGNPOST_HOME", str(built_home))
    return built_home


@pytest.fixture
def broken(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built home that the test breaks."""
    monkeypatch.setenv("SIGNPOST_HOME", str(own_home))
    return own_home


def assert_one_line(err: str) -> None:
    assert err.startswith("signpost: ")
    assert err.endswith("\n")
    assert err.count("\n") == 1


def write_rows(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def rows_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# Usage and help


def test_help_is_there_before_anything_heavy_is_imported() -> None:
    script = (
        "import sys\nfrom ui.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print('imported:', *sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    imported = told.stdout.partition("imported:")[2].split()
    assert not set(HEAVY) & set(imported)


def test_help_takes_less_than_three_tenths_of_a_second() -> None:
    seconds = []
    for _ in range(3):
        start = perf_counter()
        subprocess.run([SIGNPOST, "--help"], capture_output=True, check=True)
        seconds.append(perf_counter() - start)
    assert min(seconds) < 0.3


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    told = capsys.readouterr().out
    for command in ("ask", "search", "index", "corpus", "eval", "serve"):
        assert f"\n    {command} " in told


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == "signpost 0.1.0\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["answer"],
        ["ask"],
        ["ask", "a question", "--batch", "in.jsonl", "--out", "out.jsonl"],
        ["ask", "--batch", "in.jsonl"],
        ["ask", "a question", "--out", "out.jsonl"],
        ["ask", "--json", "--batch", "in.jsonl", "--out", "out.jsonl"],
        ["search", "a question", "-k", "0"],
        ["search", "a question", "-k", "ten"],
        ["index"],
        ["eval", "run", "--suite", "framework"],
        ["serve", "--port", "65536"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told_with_exit_code_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "error:" in capsys.readouterr().err


# Answers


def test_the_example_question_gets_all_five_outcomes_and_the_one_partner(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", EXAMPLE]) == 0
    told = capsys.readouterr().out
    assert "5 of 5 outcomes" in told
    assert "1 of 1 partner" in told
    assert "lines" in told


def test_json_is_the_answer_record(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--json", EXAMPLE]) == 0
    answer = Answer.model_validate_json(capsys.readouterr().out)
    assert answer.question == EXAMPLE
    assert answer.status == "answered"


def test_earlier_turns_are_accepted(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    earlier = ["--turn", "What is victim identity protection?", "--turn", "And its outcomes?"]
    assert main(["ask", EXAMPLE, *earlier]) == 0
    assert "5 of 5 outcomes" in capsys.readouterr().out


def test_a_question_may_begin_with_a_dash(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--", f"- {EXAMPLE}"]) == 0
    assert "5 of 5 outcomes" in capsys.readouterr().out


def test_an_answer_leaves_stderr_empty(ready: Path) -> None:
    told = subprocess.run([SIGNPOST, "ask", EXAMPLE], capture_output=True, text=True, check=True)
    assert told.stderr == ""


def test_whoever_reads_only_the_first_line_gets_no_complaint(ready: Path) -> None:
    command = f"'{SIGNPOST}' ask --json 'List all outcomes' | head -n 1"
    told = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert told.stdout == "{\n"
    assert told.stderr == ""


def test_search_says_where_each_passage_ranked(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", "victim identity protection", "-k", "3", "--json"]) == 0
    hits = json.loads(capsys.readouterr().out)
    assert len(hits) == 3
    assert hits[0]["passage_id"] == "gsr:C12"
    assert hits[0]["ranks"]
    assert main(["search", "victim identity protection", "-k", "3"]) == 0
    assert capsys.readouterr().out.startswith("1. gsr:C12 (lines ")


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
def test_a_bad_row_is_named_and_the_earlier_results_stay(
    ready: Path, tmp_path: Path, refused: Refused, lines: str, named: str
) -> None:
    rows, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows.write_text(f'{{"id": "a", "question": "{EXAMPLE}"}}\n{lines}\n', encoding="utf-8")
    out.write_text("earlier\n", encoding="utf-8")
    assert named in refused("ask", "--batch", str(rows), "--out", str(out))
    assert out.read_text(encoding="utf-8") == "earlier\n"
    assert sorted(path.name for path in tmp_path.glob("*.part")) == []


@pytest.mark.parametrize("content", [None, b"", b"\n\n", b"\xff\xfe"])
def test_a_batch_file_that_holds_no_rows_is_refused(
    ready: Path, tmp_path: Path, refused: Refused, content: bytes | None
) -> None:
    rows = tmp_path / "in.jsonl"
    if content is not None:
        rows.write_bytes(content)
    assert str(rows) in refused("ask", "--batch", str(rows), "--out", str(tmp_path / "out.jsonl"))


# The corpus


def test_corpus_check_prints_what_the_page_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corpus", "check"]) == 0
    told = capsys.readouterr().out
    for count in ("pillars: 6", "capabilities: 26", "outcomes: 41", "partners: 20", ": 4"):
        assert f"{count}\n" in told


def test_corpus_check_names_a_statement_of_which_one_word_was_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "framework"
    shutil.copytree(str(shipped_framework()), folder)
    reading = folder / "framework.toml"
    text = reading.read_text(encoding="utf-8")
    assert "media" in text
    changed = text.replace("Victim identity protection", "Victim image protection")
    reading.write_text(changed, encoding="utf-8")
    assert main(["corpus", "check", "--folder", str(folder)]) == 1
    out, err = capsys.readouterr()
    assert "gsr:C12: " in out
    assert_one_line(err)


def test_corpus_show_gives_a_passage_with_its_source_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["corpus", "show", "gsr:C12"]) == 0
    told = capsys.readouterr().out
    assert "Victim identity protection" in told
    assert "lines " in told


def test_corpus_show_refuses_an_id_that_is_not_there(refused: Refused) -> None:
    assert "'gsr:C99'" in refused("corpus", "show", "gsr:C99")


# Bad input


@pytest.mark.parametrize(
    "question",
    ["", " \t ", "why " * 25_000, "victims\x00", "victims \x1b[2J", "\ud800"],
    ids=["empty", "blank", "100,000 characters", "NUL", "escape", "lone surrogate"],
)
@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_question_that_is_no_question_is_refused(
    ready: Path, refused: Refused, command: str, question: str
) -> None:
    told = refused(command, question)
    assert len(told) < 300
    assert question.strip() == "" or question not in told


def test_an_earlier_turn_that_is_no_question_is_refused(ready: Path, refused: Refused) -> None:
    refused("ask", EXAMPLE, "--turn", "why " * 25_000)


def test_an_unknown_setting_is_refused_with_the_nearest_known_one(
    ready: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNPOST_EMBEDER", "x")
    assert "SIGNPOST_EMBEDDER" in refused("ask", EXAMPLE)


def test_a_setting_out_of_range_is_refused_by_name(
    ready: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNPOST_PORT", "70000")
    assert "SIGNPOST_PORT" in refused("ask", EXAMPLE)


def test_a_model_whose_weights_were_changed_is_refused(
    home: Path, refused: Refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "packages" / PACKAGE / "model"
    shutil.copytree(shipped_folder(), model)
    with (model / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, os.SEEK_END)
        weights.write(b"\x01")
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    told = refused("index", "build")
    assert "model.safetensors" in told
    assert "SHA-256" in told


def test_a_model_that_is_not_on_this_machine_is_refused_by_name(
    home: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNPOST_EMBEDDER", "nobody/no-such-model")
    assert "nobody/no-such-model" in refused("index", "build")


@pytest.fixture
def on_disk(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command whose home is a small disk of its own, full or read-only."""
    alone = ["unshare", "--map-root-user", "--mount", "--"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode != 0:
        reason = "NOT TESTED: a full and a read-only disk; unshare makes no mount namespace here"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)

    def run(*arguments: str, options: str) -> subprocess.CompletedProcess[str]:
        disk = tmp_path / "disk"
        disk.mkdir()
        script = f'mount -t tmpfs -o {options} tmpfs "$0" && exec "$@"'
        return subprocess.run(
            [*alone, "sh", "-c", script, str(disk), str(SIGNPOST), *arguments],
            env=os.environ | {"SIGNPOST_HOME": str(disk)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.parametrize("options", ["size=64k", "ro"], ids=["full", "read-only"])
def test_a_disk_that_takes_no_index_is_told_in_one_line(
    on_disk: Callable[..., subprocess.CompletedProcess[str]], options: str
) -> None:
    told = on_disk("index", "build", options=options)
    assert told.returncode == 1
    assert_one_line(told.stderr)
    assert "SIGNPOST_HOME" in told.stderr or "make room" in told.stderr


# The index


def test_a_missing_index_is_told_with_what_to_run(home: Path, refused: Refused) -> None:
    assert "signpost index build" in refused("ask", EXAMPLE)
    assert not home.exists() or not any(home.glob("index/*"))


def _spoil(path: Path) -> None:
    path.write_bytes(b"spoilt" * 20)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


DAMAGES: dict[str, Callable[[Path, Path], None]] = {
    "the pointer is no JSON": lambda index, build: _spoil(index / "pointer.json"),
    "the pointer is empty": lambda index, build: _empty(index / "pointer.json"),
    "the build is gone": lambda index, build: shutil.rmtree(build),
    "the manifest is no JSON": lambda index, build: _spoil(build / "manifest.json"),
    "the vectors are others": lambda index, build: _spoil(build / "framework.f32"),
    "Chroma's database is none": lambda index, build: _spoil(build / "chroma" / "chroma.sqlite3"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_corrupt_index_is_told_and_a_new_build_mends_it(
    broken: Path, refused: Refused, capfd: pytest.CaptureFixture[str], damage: str
) -> None:
    index = broken / "index"
    (build,) = (index / "builds").iterdir()
    DAMAGES[damage](index, build)
    refused("search", EXAMPLE)
    assert main(["index", "build"]) == 0
    capfd.readouterr()
    assert main(["search", EXAMPLE]) == 0
    assert "gsr:C12" in capfd.readouterr().out


def test_an_index_of_another_model_is_refused_by_name(broken: Path, refused: Refused) -> None:
    (manifest,) = broken.glob("index/builds/*/manifest.json")
    held = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(held | {"embedder": "another-model"}), encoding="utf-8")
    assert "another-model" in refused("ask", EXAMPLE)
    assert "another-model" in _line_on_stderr("index", "status")


def _line_on_stderr(*arguments: str) -> str:
    told = subprocess.run([SIGNPOST, *arguments], capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert_one_line(told.stderr)
    return told.stderr


def test_a_second_writer_is_refused_and_the_index_still_answers(
    broken: Path, refused: Refused, capfd: pytest.CaptureFixture[str]
) -> None:
    with FileLock(broken / "index" / "lock"):
        assert "Another process" in refused("index", "build")
        assert main(["ask", EXAMPLE]) == 0
    assert "5 of 5 outcomes" in capfd.readouterr().out


def test_a_home_that_is_a_file_is_refused(
    tmp_path: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path / "file"))
    assert "SIGNPOST_HOME" in refused("index", "build")


def test_status_and_rollback_say_which_index_answers(
    broken: Path, refused: Refused, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["index", "status"]) == 0
    first = capfd.readouterr().out
    assert "97 framework" in first
    assert "Previous: none" in first
    refused("index", "rollback")
    assert main(["index", "build"]) == 0
    assert main(["index", "rollback"]) == 0
    capfd.readouterr()
    assert main(["index", "status"]) == 0
    current = [line for line in first.splitlines() if line.startswith("Current: ")]
    assert current[0] in capfd.readouterr().out


# Evaluation


def test_a_suite_is_run_and_scored(
    ready: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = str(tmp_path / "run")
    assert main(["eval", "run", "--suite", "framework", "--limit", "2", "--out", run]) == 0
    assert "2 cases" in capfd.readouterr().out
    assert main(["eval", "score", run]) == 0
    assert capfd.readouterr().out


def test_a_suite_that_is_not_there_is_refused(
    ready: Path, tmp_path: Path, refused: Refused
) -> None:
    refused("eval", "run", "--suite", "nothing", "--out", str(tmp_path / "run"))


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, refused: Refused) -> None:
    refused("eval", "score", str(tmp_path))
