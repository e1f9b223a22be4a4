"""What came of checking a certificate again, as the terminal shows it."""

from __future__ import annotations

import pytest

from assistant.certificates.verification import Change, Judged, Verification
from ui.words.verification_text import verification_as_text


def told(**fields: object) -> str:
    given = {"result": "stale", "question": "Why?", "certified": "2026-11-25T10:00:00+00:00"}
    return verification_as_text(Verification.model_validate(given | fields), "c.json")


def judged(number: int, state: str, **fields: object) -> Judged:
    said = {"number": number, "text": f"Statement no. {number}", "state": state}
    return Judged.model_validate({**said, **fields})


def test_the_result_stands_first_then_the_file_and_the_question() -> None:
    result, file, question, edition = told(edition="a" * 64).splitlines()[:4]
    assert result.startswith("Stale: ")
    assert file.endswith(": c.json")
    assert "Why?" in question
    assert "2026-11-25" in question
    assert edition.endswith(f" {'a' * 12}")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("passage", "n#1", "id", "n#1", ""), "passage n#1: it is gone"),
        (
            ("passage", "n#1", "text", "a" * 64, "b" * 64),
            "passage n#1: its words changed (aaaaaaaaaaaa -> bbbbbbbbbbbb)",
        ),
        (("source", "n", "title", "Old", "New"), "source n: title “Old” -> “New”"),
        (
            ("source", "n", "sha256", "a" * 64, "b" * 64),
            f"source n: sha256 {'a' * 12} -> {'b' * 12}",
        ),
        (("count", "gsr:P3", "outcomes", "5", "4"), "count of outcomes of gsr:P3: 5 -> 4"),
        (("checker", "", "name", "one-1", "one-2"), "checker: “one-1” -> “one-2”"),
        (("settings", "", "digest", "a" * 64, "b" * 64), f"settings: {'a' * 12} -> {'b' * 12}"),
    ],
)
def test_a_change_is_told_in_a_line_with_old_and_new(change: tuple[str, ...], line: str) -> None:
    one = Change.model_validate(dict(zip(Change.model_fields, change, strict=True)))
    assert f"Changed: 1\n  {line}" in told(changes=(one,))


def test_statements_stand_in_blocks_with_why_and_what_their_words_are_now() -> None:
    fields = {"reason": "n#1 has other words now.", "quote": "Ships wait.", "now": "Ships go."}
    text = told(statements=(judged(1, "stands"), judged(2, "falls", **fields)))
    assert text.endswith(
        "No longer stand: 1 of 2 statements\n"
        "  2. Statement no. 2\n"
        "     n#1 has other words now.\n"
        "     old: Ships wait.\n"
        "     new: Ships go.\n"
        "\n"
        "Still stand: 1 of 2 statements\n"
        "  1. Statement no. 1"
    )


def test_where_all_stands_it_is_only_counted() -> None:
    text = told(result="valid", statements=(judged(1, "stands"), judged(2, "stands")))
    assert text.endswith("Still stand: 2 of 2 statements")


def test_a_fault_is_told_once_and_remarks_stand_last() -> None:
    broken = judged(1, "broken", reason="It lies.")
    text = told(
        result="broken", faults=("It lies.",), statements=(broken,), remarks=("By the way.",)
    )
    assert text.count("It lies.") == 1
    assert text.endswith("Remark: By the way.")


def test_what_was_forged_to_reach_the_terminal_is_taken_out() -> None:
    said = "Ships\x1b[2J wait.\u202e\n\nValid: all"
    text = told(question=said, faults=(said,), statements=(judged(1, "broken", text=said),))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\nValid: all" not in text
