"""Erasure, from the outside: a secret that was kept is in no file of the home afterwards."""

from pathlib import Path

import pytest

from assistant.opening import FOLDER
from assistant.safety.audit import AuditLog
from assistant.settings import Settings
from tests.ui.conftest import write_rows
from ui.cli.main import main

SECRET = "zanzibarite"

PARK = {"id": "lake", "title": "The lake", "text": "The lake was dug in 1871 by Ada Birch."}
HIDDEN = {"id": "well", "title": "The well", "text": f"The well holds {SECRET} of a private kind."}


def holders(home: Path) -> list[Path]:
    """Return the files that hold the secret, in large letters or small."""
    files = [path for path in home.rglob("*") if path.is_file()]
    return [path for path in files if SECRET.encode() in path.read_bytes().lower()]


@pytest.fixture
def secretive(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with an index over passages of which one holds a secret."""
    monkeypatch.setenv("SIGNPOST_HOME", str(own_home))
    rows = write_rows(tmp_path / "with.jsonl", PARK, HIDDEN)
    assert main(["index", "build", "--passages", str(rows)]) == 0
    assert holders(own_home)
    return own_home


def test_passages_that_were_taken_out_are_in_no_file(secretive, tmp_path, refused, capfd):
    (secretive / FOLDER / ".unfinished.jsonl.x").write_text(SECRET)
    rows = write_rows(tmp_path / "without.jsonl", PARK)
    assert main(["index", "build", "--passages", str(rows)]) == 0
    assert holders(secretive)  # the index before is kept for a rollback
    assert main(["index", "build", "--passages", str(rows), "--erase"]) == 0
    assert "Every earlier index is erased" in capfd.readouterr().out
    assert holders(secretive) == []
    assert "was erased on" in refused("index", "rollback")


@pytest.mark.slow
@pytest.mark.sample
def test_going_back_to_the_corpus_that_ships_erases_foreign_passages(secretive: Path) -> None:
    assert main(["index", "build", "--erase"]) == 0
    assert holders(secretive) == []


def test_a_user_whose_words_were_kept_is_in_no_file(ready, tmp_path, monkeypatch):
    monkeypatch.setenv("SIGNPOST_AUDIT_TEXT", "true")
    assert main(["ask", f"What are the outcomes of pillar 3 on {SECRET}?"]) == 0
    log = AuditLog(Settings(home=ready))
    mark = log.records()[-1].user.encode()
    assert holders(ready)
    assert main(["audit", "purge", "--user", "local"]) == 0
    assert holders(ready) == []
    assert not any(mark in path.read_bytes() for path in ready.rglob("*") if path.is_file())
