"""A judge is asked of what it may see, believed in nothing, and stands beside the scores."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from assistant.errors import BatchError, ModelError, SettingsError
from assistant.settings import Settings
from corpus.whole import Whole
from evals.comparing.baseline import Baseline
from evals.folder import JUDGED, SCORES, SUMMARY
from evals.judging import judge
from evals.judging.judge import JudgeRun, Wanted, judge_run
from evals.judging.judge_rows import load_judged
from evals.judging.judge_summary import JudgeSummary, Over, Rater
from evals.judging.judge_text import table
from evals.judging.kappa import Kappa
from evals.metrics.score import score_run
from evals.studies.misbehaviours import Behaviour, Exchange, FakeEndpoint
from tests.judged import (
    ALARM,
    QUESTIONS,
    UNSEEN,
    always,
    broken,
    limited,
    right,
    run_to_judge,
    whole,
)

CLAIMS = 12
"""Labelled claims of each judging; among the first of the seed are both kinds."""

ITEMS = CLAIMS + 4 + 3 + 3
"""Claims, statements, answers and exchanged answers."""


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Whole, "read", staticmethod(whole))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_to_judge(tmp_path_factory.mktemp("judged") / "run")


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    """A run of its own for each test."""
    return Path(shutil.copytree(made, tmp_path / "run"))


def judged(run: Path, *script: Behaviour, **settings: object) -> tuple[JudgeRun, FakeEndpoint]:
    with FakeEndpoint(*script) as fake:
        told: dict[str, object] = {"llm_url": fake.url, "llm_model": "made-up", **settings}
        done = judge_run(run, Settings.model_validate(told), Wanted(claims=CLAIMS))
    return done, fake


def summary(run: Path, *script: Behaviour) -> JudgeSummary:
    found = judged(run, *script)[0].summary
    assert found is not None
    return found


def pair(found: JudgeSummary, over: Over, first: Rater, second: Rater) -> Kappa:
    (held,) = [
        one.kappa
        for one in found.pairings
        if (one.over, one.first, one.second) == (over, first, second)
    ]
    return held


def prompts(fake: FakeEndpoint) -> str:
    return "\n".join(str(one["messages"]) for one in fake.asked)


def test_a_judge_that_is_right_agrees_with_gold_and_is_told_beside_the_checker(run: Path) -> None:
    found = summary(run, right)
    assert (found.asked, found.unsaid) == (ITEMS, 0)
    assert pair(found, "claims", "judge", "gold").value == 1
    assert pair(found, "both", "judge", "gold").value == 1
    checker = pair(found, "claims", "checker", "gold")
    assert pair(found, "claims", "judge", "checker") == checker
    assert checker.n == CLAIMS
    assert found.yes["swapped"].value == 0
    assert found.yes["right"].value == 1


def test_quotes_give_the_checker_no_variance_and_that_is_said(run: Path) -> None:
    found = summary(run, right)
    kappa = pair(found, "statements", "judge", "checker")
    assert (kappa.value, kappa.agree, kappa.n) == (None, 1, 4)
    assert "judge and checker" in table(found)


@pytest.mark.parametrize(("word", "share"), [("yes", 1.0), ("NO.\n", 0.0)])
def test_a_judge_that_always_says_the_same_has_no_kappa(run: Path, word: str, share: float) -> None:
    found = summary(run, always(word))
    for over in ("claims", "answers", "both"):
        kappa = pair(found, over, "judge", "gold")
        assert kappa.value is None
        assert kappa.constant == (True, False)
    assert {one.value for one in found.yes.values()} == {share}
    told = table(found)
    assert re.search("exchanged answers: judge and gold +none", told)
    assert "undefined" in told


def test_what_is_neither_yes_nor_no_is_no_verdict(run: Path) -> None:
    found = summary(run, always("Yes, since the text says so"), right)
    assert (found.asked, found.unsaid) == (ITEMS, 1)
    assert found.pairings[0].kappa.n + found.yes["statements"].n >= CLAIMS + 3


def test_a_judge_that_only_rambles_leaves_what_needs_no_judge(run: Path) -> None:
    found = summary(run, always("It depends. " * 400))
    assert found.unsaid == found.asked == ITEMS
    assert [(one.first, one.second) for one in found.pairings] == [("checker", "gold")]
    assert not found.yes
    assert re.search(rf"\bon {ITEMS}\b", " ".join(table(found).split()))


def test_a_word_or_two_is_asked_for_at_temperature_nought(run: Path) -> None:
    _, fake = judged(run, right)
    assert {(one["max_tokens"], one["temperature"]) for one in fake.asked} == {(8, 0.0)}
    assert fake.calls == ITEMS


def test_nothing_is_asked_of_refusals_replies_claims_and_what_is_held_out(run: Path) -> None:
    _, fake = judged(run, right)
    told = prompts(fake)
    assert all(question in told for question in QUESTIONS.values())
    for unseen in (UNSEEN, ALARM, "Here is help.", "Who painted it?"):
        assert unseen not in told


def test_a_judge_that_fails_in_a_row_is_left_and_gone_on_with(run: Path) -> None:
    script = (right, right, right, *(broken for _ in range(judge.FAILURES)))
    with pytest.raises(ModelError, match=rf"\b{judge.FAILURES}\b.*\(failed\)"):
        judged(run, *script)
    assert len(load_judged(run)) == 3
    done, fake = judged(run, right)
    assert (done.kept, done.asked, done.failed) == (3, ITEMS - 3, 0)
    assert fake.calls == ITEMS - 3
    assert done.summary == summary(run, right)


def test_a_single_failure_is_asked_again_by_the_next_call(run: Path) -> None:
    done, _ = judged(run, broken, right)
    assert (done.failed, len(load_judged(run))) == (1, ITEMS - 1)
    assert judged(run, right)[0].asked == 1


def test_a_reply_has_its_time_and_no_more(run: Path) -> None:
    done, _ = judged(run, Exchange.wait, right, llm_timeout_s=0.5)
    assert done.failed == 1


def test_a_judge_that_wants_to_be_asked_later_is(run: Path) -> None:
    done, fake = judged(run, limited, right)
    assert (done.failed, fake.calls) == (0, ITEMS + 1)


def test_an_interruption_loses_nothing(run: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with FakeEndpoint(right) as fake:
        settings = Settings(llm_url=fake.url, llm_model="made-up")
        with pytest.raises(KeyboardInterrupt):
            judge_run(run, settings, Wanted(claims=CLAIMS), stop)
    path = run / JUDGED
    path.write_text(path.read_text() + '{"id": "claims:cut')
    done, _ = judged(run, right)
    assert (done.kept, done.asked) == (4, ITEMS - 4)


def test_more_is_asked_of_a_larger_sample_and_nothing_twice(run: Path) -> None:
    with FakeEndpoint(right) as fake:
        settings = Settings(llm_url=fake.url, llm_model="made-up")
        few = judge_run(run, settings, Wanted(claims=3, answers=1))
        more = judge_run(run, settings, Wanted(claims=CLAIMS))
        none = judge_run(run, settings, Wanted(claims=0, answers=0))
    assert few.kept == 0
    assert few.asked == more.kept
    assert more.kept + more.asked == none.kept == fake.calls == ITEMS


def test_verdicts_of_another_model_are_not_mixed_in(run: Path) -> None:
    judged(run, right)
    with pytest.raises(BatchError, match=r"made-up .*development"):
        judged(run, right, llm_model="another")


def test_a_changed_question_is_asked_again(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged(run, right)
    monkeypatch.setattr("evals.judging.judge_items.ANSWERS", "Other rules.")
    assert judged(run, right)[0].asked == 6


def test_scores_and_gate_are_as_they_were(run: Path) -> None:
    score_run(run)
    held = [(run / name).read_bytes() for name in (SCORES, SUMMARY)]
    before = Baseline.of(run)
    judged(run, always("no"))
    assert [(run / name).read_bytes() for name in (SCORES, SUMMARY)] == held
    assert Baseline.of(run) == before
    assert "judge:" not in score_run(run).table()


def test_no_word_of_anybody_is_kept(run: Path) -> None:
    judged(run, always("A remark of its own"))
    kept = (run / JUDGED).read_text()
    assert "remark" not in kept
    assert QUESTIONS["right"] not in kept


def test_without_a_model_one_sentence_says_what_to_set(run: Path) -> None:
    with pytest.raises(SettingsError, match="set SIGNPOST_LLM_URL"):
        judge_run(run, Settings(), Wanted())
    assert not (run / JUDGED).exists()


def test_another_machine_is_asked_only_where_it_is_allowed(run: Path) -> None:
    with pytest.raises(SettingsError, match="SIGNPOST_LLM_REMOTE_OK"):
        judge_run(run, Settings(llm_url="http://model.invalid/v1"), Wanted())
