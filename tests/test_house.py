import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from itertools import chain, pairwise
from pathlib import Path

from corpus.passage import sha256_of
from corpus.readers.page import read_framework, shipped_framework
from tests.documents import FLOORS, ROOT

SOURCE_SHA256 = "86aa90f02bde767ccf44407af84ab59dc0f7481e076538fac75962543a5652c1"
PATTERN = re.compile(r"\bre\.(?:compile|search|match|fullmatch|sub|subn|findall|finditer|split)\(")
KINDS = {".py", ".js", ".css", ".html", ".jinja", ".j2"}


def _lines(path):
    return path.read_bytes().count(b"\n")


def _files(floor):
    return [path for path in (ROOT / floor).rglob("*") if path.suffix in KINDS]


def _measured():
    """Return what `budgets.toml` limits, by the same names."""
    source = [path for floor in FLOORS for path in _files(floor)]
    modules = [path for path in source if path.suffix == ".py" and path.name != "__init__.py"]
    packages = Counter(path.parent for path in modules)
    return {
        "readme_bytes": (ROOT / "README.md").stat().st_size,
        "source_lines": sum(map(_lines, source)),
        "test_lines": sum(map(_lines, (ROOT / "tests").rglob("*.py"))),
        "patterns": sum(
            len(PATTERN.findall(path.read_text(encoding="utf-8")))
            for floor in ("assistant", "corpus")
            for path in _files(floor)
        ),
        "modules": len(modules),
        "rules_modules": packages[ROOT / "assistant" / "rules"],
        "packages_over_14": sum(count > 14 for count in packages.values()),
        "small_modules": sum(_lines(path) < 60 for path in modules),
        "long_modules": sum(_lines(path) > 500 for path in modules),
        "names_twice": sum(count > 1 for count in Counter(path.stem for path in modules).values()),
    }


def test_the_house_keeps_its_budgets():
    budgets = tomllib.loads((ROOT / "tests" / "budgets.toml").read_text("utf-8"))
    measured = _measured()
    assert budgets.keys() == measured.keys()
    assert {name: found for name, found in measured.items() if found > budgets[name]} == {}


def test_packages_say_what_they_are_for_and_no_file_where_packages_come_from() -> None:
    for floor in FLOORS:
        for folder in {path.parent for path in _files(floor) if path.suffix == ".py"}:
            text = (folder / "__init__.py").read_text(encoding="utf-8")
            assert re.match(r'"""[A-Z`].{20,}\.', text), folder
    for name in ("requirements.lock", "Makefile", "pyproject.toml", ".ci/run"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8"), name
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert hooks.count("- id:") <= 9
    assert set(re.findall(r"- repo: (\S+)", hooks)) == {"local"}


def test_imports_keep_to_floors_and_rooms():
    command = Path(sys.executable).with_name("lint-imports")
    checked = [command, "--no-cache", "--no-logo"]
    result = subprocess.run(checked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_the_source_of_the_framework_is_as_it_was_given():
    source = (ROOT / "corpus/framework/source.txt").read_bytes()
    assert sha256_of(source.decode("utf-8")) == SOURCE_SHA256
    assert read_framework(shipped_framework()).source.sha256 == SOURCE_SHA256


def test_there_is_one_lock_and_it_pins_all_that_is_asked_for_but_torch():
    assert [path.name for path in ROOT.glob("*.lock")] == ["requirements.lock"]
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pinned = {
        line.partition("=")[0].casefold().replace("_", "-")
        for line in lines
        if re.match(r"[\w.-]+==[\w.]+( ;|$)", line)
    }
    assert len(pinned) + 1 == len([line for line in lines if not line.startswith("#")])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *chain(*project["project"]["optional-dependencies"].values()),
        *chain(*project["dependency-groups"].values()),
    ]
    names = {re.split("[>=<]", name)[0].casefold().replace("_", "-") for name in wanted}
    assert names - pinned == {"torch"}


def test_asking_installs_neither_tests_nor_exports_nor_models():
    def told(target):
        command = ["make", "--no-print-directory", "--dry-run", "--always-make", target]
        return subprocess.check_output(command, cwd=ROOT, text=True)

    assert "[export]" in told("run")
    assert "--group dev" in told("test")
    assert not re.search(r"\[export|models|--group", told("ask"))


def test_what_pip_is_told_of_packages_reaches_uv():
    told = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "/wheels /more"}
    told |= {"PIP_CONSTRAINT": "one.txt", "PIP_INDEX_URL": "file:///index", "PIP_NO_INDEX": "1"}
    shown = "$$UV_FIND_LINKS $$UV_DEFAULT_INDEX $$UV_NO_INDEX $${pinned[*]}"
    rule = f'told: ; @$(PIP_TO_UV); echo "{shown}"'
    command = ["make", "--no-print-directory", "--eval", rule, "told"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    found = subprocess.check_output(command, cwd=ROOT, env=kept | told, text=True)
    assert found.strip() == "/wheels,/more file:///index 1 -c requirements.lock -c one.txt"


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
