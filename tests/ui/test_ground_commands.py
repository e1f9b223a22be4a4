"""What `signpost ground` prints and writes: verdicts for claims, one or many."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.conftest import write_rows
from ui.cli.main import main

CONTEXT = "Harbour masters should keep lists of ships. Pilots are rested."
TRUE, TURNED = "Pilots are rested.", "Harbour masters must keep lists of ships."

Told = pytest.CaptureFixture[str]


@pytest.fixture
def context(tmp_path: Path) -> Path:
    file = tmp_path / "context.txt"
    file.write_text(CONTEXT, encoding="utf-8")
    return file


def test_a_sentence_of_the_context_is_supported(context: Path, home: Path, capsys: Told) -> None:
    assert main(["ground", TRUE, "--context", str(context), "--words"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("supported, support 1.00\n  - ")


def test_json_is_the_judgement(context: Path, home: Path, capsys: Told) -> None:
    assert main(["ground", TURNED, "--context", str(context), "--words", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] != "supported"
    assert told["reasons"][0] == "The claim says “must”, the context only “should”."


def test_a_file_of_claims_gives_a_verdict_for_each(tmp_path: Path, home: Path) -> None:
    rows, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    pairs = [(TRUE, CONTEXT), (TURNED, CONTEXT), (TRUE, "")]
    claims = [
        {"id": str(number), "context": context, "claim": claim, "label": "unread"}
        for number, (claim, context) in enumerate(pairs)
    ]
    write_rows(rows, *claims)
    assert main(["ground", "--batch", str(rows), "--out", str(out), "--words"]) == 0
    told = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [set(row) for row in told] == [{"id", "verdict", "support", "reasons"}] * 3
    assert [(row["id"], row["verdict"]) for row in told][::2] == [
        ("0", "supported"),
        ("2", "unsupported"),
    ]
    assert 0.0 == told[2]["support"] < told[1]["support"] < told[0]["support"] == 1.0


def test_the_model_counts_where_it_is_prepared(tmp_path, ready, context, capsys):
    likely = "Those who guide vessels have had enough sleep."
    supports = []
    for more in ([], ["--words"]):
        assert main(["ground", likely, "--context", str(context), "--json", *more]) == 0
        supports.append(json.loads(capsys.readouterr().out)["support"])
    assert supports[0] != supports[1]


def test_without_a_prepared_model_words_alone_count(context: Path, home: Path) -> None:
    command = [sys.executable, "-m", "ui.cli.main", "ground", TRUE, "--context", str(context)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.startswith("supported")
    assert len(told.stderr.splitlines()) == 1


def test_a_context_in_another_encoding_is_refused(tmp_path, home, refused):
    file = tmp_path / "context.txt"
    file.write_bytes(b"\xff\xfe\xff")
    assert "UTF-8" in refused("ground", TRUE, "--context", str(file), "--words")
