"""Follow-ups that a model may read: what is right, what is changed, and what is told of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import BatchError
from assistant.pipeline import Assistant
from assistant.safety.personal import Finder
from assistant.wording.calls import Calls
from assistant.wording.generative import Generative
from evals.studies.rewritten import (
    FollowUp,
    Scripted,
    changes_of_subject,
    main,
    read_follow_ups,
    readings,
    rewritten,
    talks,
    wrong_ones,
)

CASES = read_follow_ups()


def test_follow_ups_are_complete_and_lean_on_something() -> None:
    assert len({one.id for one in CASES}) == len(CASES) > 50
    assert all(one.turns and one.gold and one.gold != one.question for one in CASES)


def test_what_is_no_follow_up_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"id": "one"}\n', encoding="utf-8")
    with pytest.raises(BatchError, match="holds no follow-ups"):
        read_follow_ups(path)


def test_a_changed_rewriting_is_another_question() -> None:
    wrong = wrong_ones(CASES[0], CASES)
    assert {"another subject beside", "the turn as it was", "an answer to it"} <= wrong.keys()
    assert CASES[0].gold not in wrong.values()
    assert wrong == wrong_ones(CASES[0], CASES)


def test_development_alone_is_asked() -> None:
    assert all(one.turns for one in talks())
    assert all(len(one.turns) == 1 for one in changes_of_subject())


def test_a_right_rewriting_is_right_and_a_changed_one_is_not(assistant: Assistant) -> None:
    passages, finder = assistant.corpus.by_id, Finder.of(assistant.corpus)
    nobody = Generative("nobody", lambda _: Scripted(""), passages, finder, seconds=9, max_tokens=9)
    sure = FollowUp(id="sure", turns=("Describe pillar 3",), question="its partners?", gold="x")
    held = readings([CASES[0], sure], assistant, assistant.rewriter(nobody))
    assert [one.id for one, _ in held] == [CASES[0].id]
    ((case, reading),) = held
    found = rewritten(case, reading, assistant, lambda _: Scripted(case.gold))
    assert found.believed
    assert found.right
    for text in wrong_ones(case, CASES).values():
        told = reading(Calls(lambda _, text=text: Scripted(text), 9.0)).provenance.rewriting
        assert told is not None
        assert told.cause == "unsupported"


def test_without_an_index_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path))
    assert main([]) == 1
    assert "signpost index build" in capsys.readouterr().err
