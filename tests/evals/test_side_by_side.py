"""Runs side by side: one table of the same cases, and what is not told is not zero."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.estimate import Estimate, rate
from evals.folder import RunConfig
from evals.side_by_side import ROWS, main
from evals.summary import Summary

NOTHING = Estimate(value=None, n=0, unscored=4)


@pytest.fixture
def scored(tmp_path: Path):
    def write(name: str, *, asked: int = 4, cases: str = "c", **told: Estimate) -> str:
        config = RunConfig(
            suite="own",
            cases=cases,
            count=4,
            family=None,
            limit=None,
            settings={},
            settings_digest="s",
            edition="e",
            versions={},
            started="2026-11-25",
        )
        latency = {"latency median (ms)": Estimate(value=12.0, n=asked, unscored=0)}
        metrics = dict.fromkeys(ROWS.values(), NOTHING) | latency | told
        summary = Summary(config=config, asked=asked, refused=0, metrics=metrics, families={})
        folder = tmp_path / name
        folder.mkdir()
        (folder / "summary.json").write_text(summary.model_dump_json(), encoding="utf-8")
        return str(folder)

    return write


def test_runs_stand_side_by_side_with_intervals_and_numbers_of_cases(scored, capsys) -> None:
    three, four = rate([True, True, False]), rate([True] * 4)
    ours = scored("ours", right=four, precision=three)
    other = scored("other", right=rate([True, False, False, False]), precision=four)
    assert main([ours, other]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "| | ours | other |",
        "| --- | --- | --- |",
        "| right in all that is scored (n 4) | 1.00 (0.51 to 1.00) | 0.25 (0.05 to 0.70) |",
        "| facet precision | 0.67 (0.21 to 0.94), n 3 | 1.00 (0.51 to 1.00), n 4 |",
        "| seconds for a question, median | 0.012 | 0.012 |",
    ]


def test_what_a_system_does_not_tell_is_unscored_and_not_zero(scored, capsys) -> None:
    ours, other = scored("ours", **{"recall@10": rate([True])}), scored("other")
    assert main([ours, other]) == 0
    told = capsys.readouterr().out
    assert "| recall@10 | 1.00 (0.21 to 1.00), n 1 | unscored |" in told


def test_runs_that_cannot_be_compared_are_refused_in_one_sentence(scored, tmp_path, capsys) -> None:
    ours = scored("ours")
    wrong = (scored("short", asked=3), scored("elsewhere", cases="d"), str(tmp_path / "none"))
    assert [main([ours, one]) for one in wrong] == [1, 1, 1]
    told = capsys.readouterr().err.splitlines()
    for said, sentence in zip(("not finished", "other cases", "not scored"), told, strict=True):
        assert said in sentence
