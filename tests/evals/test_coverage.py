"""The coverage audit names what no case asks for, and what no answer cites."""

from __future__ import annotations

import pytest

from assistant.errors import BatchError
from assistant.settings import Settings
from evals.cases import coverage
from evals.running.run import Chosen, run_chosen


def test_every_capability_outcome_partner_and_note_is_asked_for() -> None:
    found = {one.kind: one for one in coverage.audit().kinds}
    for kind in ("pillar", "capability", "outcome", "partner", "note"):
        assert found[kind].unasked == (), kind
        assert found[kind].uncited is None
    assert found["capability"].total == 26


def test_what_is_left_out_is_named(
    make_case, make_answer, write_cases, play, tmp_path, monkeypatch
) -> None:
    case = make_case("a", "First?", gold={"outcomes": ["gsr:P3-O4"], "facts": ["note:barnahus#2"]})
    out = tmp_path / "run"
    run_chosen(
        Chosen(suite="own", cases=write_cases(case)),
        out,
        Settings(home=tmp_path / "home"),
        open_asker=lambda _: play({"First?": make_answer("gsr:P3-O1")}),
    )
    monkeypatch.setattr(coverage, "read_suite", lambda _: (case,))
    found = coverage.audit(out)
    kinds = {one.kind: one for one in found.kinds}
    assert "gsr:P3-O4" not in kinds["outcome"].unasked
    assert len(kinds["outcome"].unasked) == 40
    assert "gsr:P3-O1" not in (kinds["outcome"].uncited or ())
    assert "note:barnahus" in (kinds["note"].uncited or ())
    assert "note:barnahus" not in kinds["note"].unasked
    told = found.table()
    assert "note:barnahus" in told
    assert "gsr:C12" in told


def test_a_folder_that_is_no_run_is_refused(tmp_path) -> None:
    with pytest.raises(BatchError, match="no run folder"):
        coverage.audit(tmp_path)
