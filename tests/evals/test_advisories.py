"""The audit: what passes, what fails, and why; `pip-audit` is a script that says what it must."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from assistant.errors import SupplyError
from evals import advisories
from evals.advisories import Report, Verdict, ask, audit, why
from evals.exceptions import Exempted
from evals.pins import Package

ROOT = Path(__file__).parents[2]
CHROMA = Package(name="chromadb", version="1.5.9")
TORCH = Package(name="torch", version="2.13.0+cpu")
FLAW = {"id": "GHSA-x", "aliases": ["CVE-2026-1"], "fix_versions": [], "description": "unread"}
JUDGED = Exempted(
    id="CVE-2026-1",
    package="chromadb",
    version="1.5.9",
    reviewed=date(2026, 11, 1),
    review_by=date(2027, 2, 1),
    reason="What it is about is never reached from here, since we do not serve.",
)


def _row(name: str, version: str, *flaws: object) -> dict[str, object]:
    return {"name": name, "version": version, "vulns": list(flaws)}


def _judge(
    *rows: object, packages: tuple[Package, ...] = (CHROMA,), judged: bool = False
) -> Verdict:
    report = Report.model_validate({"dependencies": rows, "fixes": []})
    return audit(packages, (JUDGED,) if judged else (), report)


def _auditor(folder: Path, *, out: str = "", err: str = "", code: int = 0) -> Path:
    """Return a `pip-audit` that says this, and keeps what it was given."""
    script = folder / "pip-audit"
    (folder / "out").write_text(out)
    (folder / "err").write_text(err)
    script.write_text(
        f'#!/bin/sh\necho "$@" > {folder}/given\n'
        f'while [ "$1" != --requirement ]; do shift; done; cp "$2" {folder}/wanted\n'
        f"cat {folder}/out; cat {folder}/err >&2; exit {code}\n"
    )
    script.chmod(0o755)
    return script


def test_an_audit_with_nothing_open_passes() -> None:
    assert _judge(_row("chromadb", "1.5.9")) == Verdict(faults=(), remarks=())


def test_an_advisory_that_was_not_judged_fails_with_what_fixes_it() -> None:
    (fault,) = _judge(_row("chromadb", "1.5.9", FLAW)).faults
    assert fault == "chromadb 1.5.9: GHSA-x, CVE-2026-1, with no release that fixes it."
    (fault,) = _judge(_row("chromadb", "1.5.9", FLAW | {"fix_versions": ["2.0"]})).faults
    assert fault.endswith("fixed in 2.0.")


def test_a_judged_advisory_is_told_and_does_not_fail() -> None:
    verdict = _judge(_row("chromadb", "1.5.9", FLAW), judged=True)
    assert verdict.faults == ()
    assert verdict.remarks == ("CVE-2026-1 (chromadb 1.5.9) is excepted until 2027-02-01.",)


def test_an_exception_covers_neither_another_advisory_nor_another_package() -> None:
    other = {"id": "CVE-2026-2"}
    assert len(_judge(_row("chromadb", "1.5.9", FLAW, other), judged=True).faults) == 1
    rows = (_row("chromadb", "1.5.9", FLAW), _row("torch", "2.13.0", FLAW))
    assert len(_judge(*rows, packages=(CHROMA, TORCH), judged=True).faults) == 1


def test_an_exception_that_nothing_reports_any_more_fails() -> None:
    (fault,) = _judge(_row("chromadb", "1.5.9"), judged=True).faults
    assert fault == "CVE-2026-1 is excepted, and nothing reports it of chromadb; take it out."


def test_a_package_that_was_skipped_left_out_or_mistaken_fails() -> None:
    skipped = {"name": "chromadb", "skip_reason": "not found"}
    for rows in ((skipped,), (), (_row("chromadb", "1.5.8"),)):
        (fault,) = _judge(*rows).faults
        assert fault == "chromadb 1.5.9 was not audited; that is no pass."


def test_a_local_build_is_audited_by_its_public_version_and_that_is_told() -> None:
    verdict = _judge(_row("torch", "2.13.0"), packages=(TORCH,))
    assert verdict.faults == ()
    (remark,) = verdict.remarks
    assert remark.startswith("torch 2.13.0+cpu is a local build: 2.13.0, which it is built from")


def test_pip_audit_is_asked_strictly_for_each_package_in_one_version(tmp_path: Path) -> None:
    report = json.dumps({"dependencies": [_row("chromadb", "1.5.9", FLAW)], "fixes": []})
    found = ask(_auditor(tmp_path, out=report, code=1), [CHROMA, TORCH], "osv")
    assert found.dependencies[0].vulns[0].is_named("CVE-2026-1")
    given = (tmp_path / "given").read_text()
    assert "--strict --no-deps --disable-pip" in given
    assert "--vulnerability-service osv" in given
    assert (tmp_path / "wanted").read_text() == "chromadb==1.5.9\ntorch==2.13.0\n"


def test_no_report_is_no_pass(tmp_path: Path) -> None:
    # Without --strict, pip-audit ends well although it skipped every package.
    with pytest.raises(SupplyError, match="nothing was audited"):
        ask(_auditor(tmp_path, err="No known vulnerabilities found\n"), [CHROMA], "pypi")
    with pytest.raises(SupplyError, match="cannot be run; run: make audit"):
        ask(tmp_path / "none", [CHROMA], "pypi")


@pytest.mark.parametrize(
    ("stderr", "told"),
    [
        (
            "WARNING:pip_audit._cli:hash them\nERROR:pip_audit._cli:chromadb: Dependency not found"
            " on PyPI and could not be audited: chromadb (1.5.9)\n",
            "chromadb was not audited, since the vulnerability service pypi does not know it",
        ),
        (
            "Traceback (most recent call last):\nrequests.exceptions.ConnectionError: no name\n",
            "The vulnerability service pypi cannot be reached, so nothing was audited",
        ),
        (
            "ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed\n",
            "The vulnerability service pypi cannot be reached, so nothing was audited",
        ),
        ("ERROR: odd\n", "pip-audit failed, so nothing was audited: ERROR: odd"),
        ("", "pip-audit failed, so nothing was audited: it said nothing"),
    ],
)
def test_a_failure_is_one_sentence(stderr: str, told: str) -> None:
    said = why(stderr, "pypi")
    assert said.startswith(told)
    assert "\n" not in said


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with room for a `pip-audit`, and the checkout to run in."""
    (tmp_path / "tools/bin").mkdir(parents=True)
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path))
    monkeypatch.chdir(ROOT)
    return tmp_path / "tools/bin"


def test_a_service_out_of_reach_ends_in_one_line_and_exit_code_1(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _auditor(home, err="requests.exceptions.ConnectionError: no name\n", code=1)
    assert advisories.main([]) == 1
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "cannot be reached" in err


def test_the_locks_pass_where_only_what_was_judged_is_reported(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    judged = [{"id": f"CVE-2026-{one}"} for one in (45829, 45830, 45831, 45833)]
    rows = [
        _row(one.name, one.public, *(judged if one.name == "chromadb" else ()))
        for one in advisories._packages()
    ]
    _auditor(home, out=json.dumps({"dependencies": rows}), code=1)
    assert advisories.main([]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    assert f"{len(rows)} packages were audited against pypi: no advisory is open." in out
    rows[0] = _row(str(rows[0]["name"]), str(rows[0]["version"]), {"id": "CVE-2026-7"})
    _auditor(home, out=json.dumps({"dependencies": rows}), code=1)
    assert advisories.main([]) == 1
    assert "CVE-2026-7" in capfd.readouterr().err


def test_an_exception_that_outlived_its_reason_is_told_before_any_service_is_asked(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old.toml"
    text = (ROOT / "requirements-exceptions.toml").read_text(encoding="utf-8")
    old.write_text(text.replace("2026-11-25", "2020-11-25").replace("2027-02-25", "2021-02-25"))
    monkeypatch.setattr(advisories, "EXCEPTIONS", old)
    assert advisories.main([]) == 1
    assert capfd.readouterr().err.count("was to be reviewed by 2021-02-25") == 4
    assert not (home / "given").exists()
