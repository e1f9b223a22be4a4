import cProfile
import json
import pstats
import sys
from pathlib import Path

import pytest

from assistant.errors import SignpostError
from assistant.settings import Settings
from evals.benches import bench


def command(folder: Path, script: str) -> str:
    """Put a `signpost` beside a Python that does not exist, and return that Python."""
    path = folder / "signpost"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(folder / "python")


def test_a_process_is_timed_with_the_home_of_the_settings(monkeypatch, tmp_path):
    python = command(tmp_path, f'echo "$SIGNPOST_HOME $1" >> {tmp_path}/calls')
    monkeypatch.setattr(sys, "executable", python)
    assert bench.process_times(["--help"], Settings(home=tmp_path / "home")) > 0
    calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert calls == [f"{tmp_path}/home --help"] * (bench.PROCESSES + 1)


def test_a_command_that_fails_or_is_missing_is_one_error(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", command(tmp_path, "echo broken >&2; exit 3"))
    with pytest.raises(SignpostError, match="ended with 3: broken"):
        bench.process_times(["ask"], Settings(home=tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere" / "python"))
    with pytest.raises(SignpostError, match="not installed"):
        bench.process_times(["ask"], Settings(home=tmp_path))


def test_calls_are_warmed_by_other_questions_and_take_turns_on_a_few_at_a_time(monkeypatch):
    monkeypatch.setattr(bench, "TURN", 2)
    heard: list[str] = []
    calls = {"a": lambda text: heard.append(f"a{text}"), "b": lambda text: heard.append(f"b{text}")}
    times = bench.warm_times(["0"], ["1", "2", "3"], calls)
    assert heard == ["a0", "b0", "a1", "a2", "b1", "b2", "a3", "b3"]
    assert set(times) == {"a", "b"}
    assert [len(spent) for spent in times.values()] == [3, 3]


def test_compiled_functions_are_charged_to_their_callers():
    profiler = cProfile.Profile()
    profiler.enable()
    json.dumps({"a": list(range(1000))})
    sorted(range(1000))
    profiler.disable()
    spent = bench.time_by_owner(pstats.Stats(profiler))
    assert set(spent) == {"Python itself"}
    assert spent["Python itself"] > 0


def test_a_file_belongs_to_its_module_or_its_library():
    assert bench.owner_of("/usr/lib/python3.11/json/encoder.py") == "Python itself"
    assert bench.owner_of("/x/site-packages/numpy/linalg/_linalg.py") == "numpy"
    assert bench.owner_of("/x/corpus/readers/page.py") == "corpus.readers.page"


def test_the_table_shows_the_ratio_and_where_time_goes():
    shown = bench.Bench(
        questions=3,
        help=100,
        cold=900,
        ask=4,
        ask_p95=6,
        embed=3,
        torch=8,
        worst={"names": 40, "numbers": 30},
        windows={"names": 20, "numbers": 5},
        shares={"assistant.citing.ground": 0.25},
    ).table()
    assert "warm ask / embedding on torch" in shown
    assert "0.50" in shown
    rows = dict(line.rsplit(maxsplit=1) for line in shown.splitlines() if line[-1].isdigit())
    assert rows["cold ask / signpost --help"] == "9.0"
    assert rows["against the median of ordinary ones".rjust(37)] == "10.0"
    assert rows["against embedding it uncut: numbers".rjust(37)] == "6.0"
    assert shown.splitlines()[-1].split() == ["assistant.citing.ground", "25%"]


def test_an_error_is_one_line_and_exit_code_1(monkeypatch, capsys):
    monkeypatch.setenv("SIGNPOST_COLOUR", "red")
    assert bench.main() == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_shares_add_up_to_no_more_than_all(assistant):
    shares = bench.profile(assistant, ["What is crisis response?", "How many pillars are there?"])
    assert 0.8 < sum(shares.values()) <= 1.001
    assert list(shares.values()) == sorted(shares.values(), reverse=True)


@pytest.mark.slow
def test_the_whole_bench_runs(monkeypatch, capsys, built_home):
    monkeypatch.setattr(bench, "PROCESSES", 1)
    monkeypatch.setenv("SIGNPOST_HOME", str(built_home))
    assert bench.main() == 0
    assert "sentence-transformers on torch" in capsys.readouterr().out
