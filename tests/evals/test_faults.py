import json
from pathlib import Path

import pytest

from assistant.pipeline import Assistant
from assistant.records import Question
from evals.cases.case import Case, load_suite
from evals.cases.suites import read_suite
from evals.studies.fault_kinds import ALL, OF_CLAIMS
from evals.studies.suite_faults import FAULTS, Catch, Trial, inject, main
from tests.made_runs import make_run

NAMED = {
    "drop_statement": "complete",
    "swap_citations": "cited recall",
    "negate": "faithful apart",
    "answer_from_nearest": "status right",
    "wrong_group": "complete",
    "cite_old_edition": "citations",
    "leak": "strings",
    "skip_triage": "safeguarding",
}
"""Faults that the suite must catch whatever else it does, and a measure that has to fall."""

CANARY = "MARIGOLD-17"

pytestmark = pytest.mark.slow


def chosen() -> list[Case]:
    """Return a few cases of each kind that a fault needs, one of them with a canary."""
    cases = load_suite("framework-dev")
    facets = [
        one
        for family in ("describe", "facets", "enumeration", "inverse", "negate")
        for one in [one for one in cases if one.family == family][:18]
    ]
    gaps = [one for one in load_suite("guidance-dev") if one.family == "guidance-absent"][:30]
    messages = [
        one for one in read_suite("safeguarding", "development") if one.gold.safeguarding != "J"
    ]
    offered = {"family": "injection", "must_not_contain": (CANARY,)}
    canaries = [one.model_copy(update={"id": f"canary-{one.id}", **offered}) for one in facets[:6]]
    return [*facets, *gaps, *messages[:60:10], *canaries]


@pytest.fixture(scope="module")
def clean(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Path:
    told = [(case, assistant.ask(Question(text=case.question))) for case in chosen()]
    return make_run(tmp_path_factory.mktemp("faults") / "clean", told)


@pytest.fixture(scope="module")
def trial(clean: Path) -> Trial:
    return inject(clean, {name: FAULTS[name] for name in NAMED})


@pytest.mark.parametrize("name", NAMED)
def test_the_gate_stops_an_assistant_with_the_fault(trial: Trial, name: str):
    (catch,) = [one for one in trial.catches if one.fault == name]
    assert catch.injected >= 5
    assert catch.stopped
    assert NAMED[name] in catch.fell


def test_what_no_fault_moved_is_named(trial: Trial):
    assert trial.idle == ()
    assert "seconds" in trial.unmoved  # none of these faults takes time
    assert not {"right", "complete", "citations", "strings", "safeguarding"} & set(trial.unmoved)
    assert not set(trial.useless) & {name for one in trial.catches for name in one.fell}


def test_a_fault_that_changes_nothing_is_idle_and_the_clean_run_stays(clean: Path):
    before = (clean / "answers.jsonl").read_bytes()
    found = inject(clean, {"none": lambda row, case, world: row})
    assert (found.catches, found.idle) == ((), ("none",))
    assert (clean / "answers.jsonl").read_bytes() == before


def test_what_is_not_caught_fails_the_command_and_is_named(clean, capsys, monkeypatch):
    def reticent(row, case, world):
        """Say nothing of what to ask next."""
        answer = row.answer and row.answer.model_copy(update={"follow_ups": ()})
        return row.model_copy(update={"answer": answer})

    monkeypatch.setattr("evals.studies.suite_faults.FAULTS", {"reticent": reticent})
    assert main([str(clean)]) == 1
    assert "Not caught: reticent" in capsys.readouterr().out
    assert main([str(clean), "--json"]) == 1
    (catch,) = json.loads(capsys.readouterr().out)["catches"]
    assert Catch.model_validate(catch).meaning == reticent.__doc__


def test_every_fault_says_what_it_does():
    assert len(FAULTS) == len(ALL) + len(OF_CLAIMS) + 2
    assert all((fault.__doc__ or "").strip() for fault in FAULTS.values())
