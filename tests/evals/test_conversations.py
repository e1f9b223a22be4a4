"""Labelled conversations, as they are read."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from assistant.errors import BatchError
from corpus.readers.rows import read_rows
from evals.cases.conversations import PASSAGES, TASKS, read_conversations, write_passages


def write_gz(path: Path, *rows: dict[str, object]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(row)}\n" for row in rows)


def task(**changed: object) -> dict[str, object]:
    row: dict[str, object] = {
        "id": "t1",
        "collection": "park",
        "history": [
            {"role": "user", "text": "Where is the lake?"},
            {"role": "agent", "text": "North."},
            {"role": "user", "text": "..."},
        ],
        "question": "Who dug it?",
        "answerability": ["ANSWERABLE"],
        "gold": ["lake"],
    }
    return row | changed


def test_only_what_the_user_asked_is_a_turn(tmp_path: Path) -> None:
    write_gz(tmp_path / TASKS, task())
    (one,) = read_conversations(tmp_path)
    assert one.asked.turns == ("Where is the lake?",)
    assert (one.label, one.answerable, one.gold) == ("answerable", True, ("lake",))


def test_lists_may_be_written_as_python_shows_them(tmp_path: Path) -> None:
    shown = task(history="[{'role': 'user', 'text': 'a'}]", answerability="['PARTIAL']", gold="[]")
    write_gz(tmp_path / TASKS, shown, task(id="t2", answerability="UNANSWERABLE"))
    one, other = read_conversations(tmp_path)
    assert (one.turns, one.answerable, one.gold) == (("a",), None, ())
    assert other.answerable is False


def test_the_pool_is_written_as_rows_that_can_be_indexed(tmp_path: Path) -> None:
    write_gz(tmp_path / PASSAGES, {"pid": "a", "title": None, "text": "Words."})
    write_passages(tmp_path, tmp_path / "rows.jsonl")
    assert read_rows(tmp_path / "rows.jsonl").passage("a").text == "Words."


def test_a_folder_without_them_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BatchError, match="no gzipped JSON Lines"):
        read_conversations(tmp_path)
