"""Advisories that were judged: read, and held against their dates and versions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.errors import SupplyError
from evals.exceptions import EXCEPTIONS, faults_of, read_exceptions
from evals.pins import RUNTIME, Package, packages_of, read_lock

ROOT = Path(__file__).parents[2]
ROW = {
    "id": '"CVE-2026-1"',
    "package": '"Some_Package"',
    "version": '"1.0"',
    "reviewed": "2026-11-01",
    "review_by": "2027-02-01",
    "reason": '"What it is about is never reached from here, since we do not serve."',
}


def _file(path: Path, **changed: str | None) -> Path:
    rows = {name: value for name, value in {**ROW, **changed}.items() if value is not None}
    lines = "".join(f"{name} = {value}\n" for name, value in rows.items())
    path.write_text(f"[[exception]]\n{lines}", encoding="utf-8")
    return path


def test_the_exceptions_that_ship_are_for_versions_that_are_pinned() -> None:
    exceptions = read_exceptions(ROOT / EXCEPTIONS)
    pinned = packages_of(read_lock(ROOT / RUNTIME), {"torch": "2.13.0"})
    assert faults_of(exceptions, pinned, max(one.reviewed for one in exceptions)) == []
    assert {one.id for one in exceptions} == {
        f"CVE-2026-{number}" for number in (45829, 45830, 45831, 45833)
    }


def test_every_exception_is_told_to_those_who_run_a_server() -> None:
    told = (ROOT / "docs/supply-chain.md").read_text(encoding="utf-8")
    for one in read_exceptions(ROOT / EXCEPTIONS):
        assert one.id in told


def test_an_exception_says_what_why_and_until_when(tmp_path: Path) -> None:
    (one,) = read_exceptions(_file(tmp_path / "a.toml"))
    assert (one.id, one.package, one.review_by) == ("CVE-2026-1", "some-package", date(2027, 2, 1))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"reason": None}, "reason: Field required"),
        ({"reason": '"not reached"'}, "reason: String should have at least 40"),
        ({"review_by": None}, "review_by: Field required"),
        ({"review_by": "2026-11-01"}, "review_by is not within 366 days after reviewed"),
        ({"review_by": "2028-11-01"}, "review_by is not within 366 days after reviewed"),
        ({"reviewed": '"soon"'}, "reviewed: Input should be a valid date"),
        ({"id": '"all of them"'}, "id: String should match"),
        ({"version": '""'}, "version: String should have"),
        ({"until": '"ever"'}, "until: Extra inputs"),
    ],
)
def test_an_exception_that_leaves_something_out_is_refused(
    changed: dict[str, str | None], told: str, tmp_path: Path
) -> None:
    with pytest.raises(SupplyError, match=f"exception 1: .*{told}"):
        read_exceptions(_file(tmp_path / "a.toml", **changed))


def test_a_file_in_another_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    twice = _file(path).read_text() * 2
    for text, told in (
        ("[[exception]", "cannot be read as TOML"),
        ("[[exceptions]]\nid = 1\n", "more than tables named"),
        (twice, "names CVE-2026-1 twice"),
    ):
        path.write_text(text)
        with pytest.raises(SupplyError, match=told):
            read_exceptions(path)
    with pytest.raises(SupplyError, match="cannot be read"):
        read_exceptions(tmp_path / "none.toml")


def test_an_exception_ends_with_its_review_date_and_with_its_version(tmp_path: Path) -> None:
    exceptions = read_exceptions(_file(tmp_path / "a.toml"))
    here, newer = ([Package(name="some-package", version=version)] for version in ("1.0", "1.1"))
    assert faults_of(exceptions, here, date(2027, 2, 1)) == []
    (late,) = faults_of(exceptions, here, date(2027, 2, 2))
    assert "was to be reviewed by 2027-02-01" in late
    (gone,) = faults_of(exceptions, newer, date(2027, 2, 1))
    assert "which no lock pins; take it out" in gone
