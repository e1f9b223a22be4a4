"""A budget is only lowered; one that is raised is raised by a commit that changes nothing else."""

import subprocess
import tomllib
from itertools import pairwise

from tests.documents import ROOT

BUDGETS = "tests/budgets.toml"
SINCE = "tests/test_ratchet.py"


def _git(*arguments):
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def _raised(before, after):
    return {name for name in before if after.get(name, before[name] + 1) > before[name]}


def test_a_budget_is_raised_by_a_commit_of_its_own():
    first = _git("log", "--diff-filter=A", "--format=%H", "--", SINCE)[-1:]
    commits = [*first, *_git("log", "--reverse", "--format=%H", f"{first[0]}..HEAD", "--", BUDGETS)]
    tables = [tomllib.loads("\n".join(_git("show", f"{one}:{BUDGETS}"))) for one in commits]
    for (before, after), commit in zip(pairwise(tables), commits[1:], strict=True):
        if _raised(before, after):
            assert _git("show", "--format=", "--name-only", commit) == [BUDGETS], commit


def test_a_budget_that_is_raised_or_gone_is_noticed():
    assert _raised({"a": 3, "b": 3}, {"a": 3, "b": 2}) == set()
    assert _raised({"a": 3, "b": 3}, {"a": 4}) == {"a", "b"}
