"""The house is as its documents say: module map, settings table, floors, the source as given."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from assistant.settings import PREFIX, Settings
from corpus.page import read_framework, shipped_framework
from corpus.passage import sha256_of

ROOT = Path(__file__).parents[1]
FLOORS = ("corpus", "assistant", "evals", "ui")
SOURCE_SHA256 = "86aa90f02bde767ccf44407af84ab59dc0f7481e076538fac75962543a5652c1"


@pytest.fixture(scope="module")
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def _modules() -> set[str]:
    return {
        f"{floor}/{path.name}"
        for floor in FLOORS
        for path in (ROOT / floor).glob("*.py")
        if path.name != "__init__.py"
    }


def test_the_module_map_names_every_module_and_no_other(readme: str) -> None:
    named = set(re.findall(rf"`((?:{'|'.join(FLOORS)})/\w+\.py)`", readme))
    assert named == _modules()


def test_the_settings_table_names_every_setting_and_no_other(readme: str) -> None:
    rows = re.findall(rf"^\| `{PREFIX}(\w+)` \|", readme, flags=re.MULTILINE)
    assert sorted(rows) == sorted(name.upper() for name in Settings.model_fields)


@pytest.mark.parametrize("name", sorted(set(Settings.model_fields) - {"home"}))
def test_the_settings_table_shows_the_default_of(name: str, readme: str) -> None:
    row = re.search(rf"^\| `{PREFIX}{name.upper()}` \| ([^|]*) \|", readme, flags=re.MULTILINE)
    default = str(Settings.model_fields[name].default)
    assert row, f"README.md has no row for {name}"
    assert row[1].strip("` ") == (default or "empty")


def test_every_make_target_in_the_readme_exists(readme: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", readme)) <= targets


def test_make_help_lists_every_public_target() -> None:
    told = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for target in (
        "run",
        "ask",
        "test",
        "check",
        "eval",
        "gate",
        "bench",
        "bench-peers",
        "browser",
        "audit",
        "sbom",
        "help",
    ):
        assert re.search(rf"^{target}\s+\w", told, flags=re.MULTILINE), target


def test_imports_go_down_the_house_only() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [command, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


def test_the_source_of_the_framework_is_as_it_was_given() -> None:
    source = (ROOT / "corpus/framework/source.txt").read_bytes()
    assert sha256_of(source.decode("utf-8")) == SOURCE_SHA256
    assert read_framework(shipped_framework()).source.sha256 == SOURCE_SHA256


def test_the_locks_pin_every_version_but_that_of_torch() -> None:
    for name in sorted(path.name for path in ROOT.glob("requirements*.lock")):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                expected = (
                    r"torch>=[\d.]+,<\d+" if line.startswith("torch>") else r"[\w.-]+==[\w.]+"
                )
                assert re.fullmatch(expected, line), line


def test_pre_commit_has_at_most_nine_hooks_and_all_are_local() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert hooks.count("- id:") <= 9
    assert set(re.findall(r"- repo: (\S+)", hooks)) == {"local"}


def test_the_extra_is_what_its_lock_installs() -> None:
    lock = (ROOT / "requirements-export.lock").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["optional-dependencies"]["export"]
    assert {re.split("[>=]", one)[0] for one in wanted} <= set(re.findall(r"^[\w-]+", lock, re.M))


def test_serving_installs_the_extra_and_asking_does_not() -> None:
    def told(target: str) -> str:
        command = ["make", "--no-print-directory", "--dry-run", "--always-make", target]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert "requirements-export.lock" in told("run")
    assert "requirements-export.lock" not in told("ask")
