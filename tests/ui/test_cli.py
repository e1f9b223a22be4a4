"""The command itself: help and usage, and that whatever is refused is refused in one line."""

import json
import os
import subprocess
import sys

import pytest

from tests.ui.conftest import EXAMPLE, SIGNPOST, assert_one_line, line_on_stderr, write_rows
from ui.cli.main import main

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
    imported = told.stdout.partition("imported:")[2].split()
    assert not HEAVY & set(imported)


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "answer",
        "ask",
        "ask question --batch in.jsonl --out out.jsonl",
        "ask --batch in.jsonl",
        "ask question --out out.jsonl",
        "ask --json --batch in.jsonl --out out.jsonl",
        "verify",
        "search question -k 0",
        "search question -k ten",
        "index",
        "eval run --suite framework",
        "serve --port 65536",
        "eval gate run --against run --alpha 5",
        "ground claim",
        "ask --batch in.jsonl --out out.jsonl --certificate c.json",
        "ask --batch in.jsonl --out out.jsonl --pillar 3",
    ],
)
def test_wrong_usage_is_told_with_exit_code_two(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments.split())
    assert "error:" in capsys.readouterr().err


# Bad input


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
def test_a_disk_that_takes_nothing_is_told_and_the_index_still_answers(
    tmp_path, own_home, disk, arguments
):
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


# The index


@pytest.mark.slow
@pytest.mark.sample
def test_without_an_index_asking_builds_it_and_goes_on(home, capfd, printed):
    assert main(["ask", EXAMPLE]) == 0
    out, err = capfd.readouterr()
    assert "5 of 5 outcomes" in out
    assert str(home) in err
    printed("ask", EXAMPLE, quiet=True)


def test_a_missing_index_or_one_of_another_model_is_told(broken, refused, monkeypatch):
    (manifest,) = broken.glob("index/builds/*/manifest.json")
    held = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(held | {"embedder": "another-model"}), encoding="utf-8")
    assert "another-model" in refused("ask", EXAMPLE)
    assert "another-model" in line_on_stderr("index", "status")
    monkeypatch.setenv("SIGNPOST_HOME", str(broken / "none"))
    assert "signpost index build" in line_on_stderr("index", "status")
    assert not any(broken.glob("none/index/builds/*"))
