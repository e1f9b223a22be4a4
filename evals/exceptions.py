"""Advisories that were read and judged: each with its reason, for one version, up to a date."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pydantic import Field, ValidationError, field_validator, model_validator

from assistant.errors import SupplyError
from corpus.passage import Record
from evals.pins import Package, canonical

EXCEPTIONS = Path("requirements-exceptions.toml")
LONGEST = 366
"""Days that a review may hold: an advisory changes, and so does what reaches it."""


class Exempted(Record):
    """One advisory that does not fail the audit."""

    id: str = Field(pattern=r"^(CVE|GHSA|PYSEC)-[\w-]+$")
    """The advisory, by any of its ids."""

    package: str
    """Package that it is about."""

    version: str = Field(min_length=1)
    """The one version that was judged."""

    reviewed: date
    """Day on which it was judged."""

    review_by: date
    """Last day on which that holds."""

    reason: str = Field(min_length=40)
    """Why it does no harm here."""

    @field_validator("package")
    @classmethod
    def _spell(cls, name: str) -> str:
        return canonical(name)

    @model_validator(mode="after")
    def _last(self) -> Exempted:
        if not 0 < (self.review_by - self.reviewed).days <= LONGEST:
            raise ValueError(f"review_by is not within {LONGEST} days after reviewed")
        return self


def read_exceptions(path: Path) -> tuple[Exempted, ...]:
    """Read the file of exceptions.

    Raises:
        SupplyError: it cannot be read, is not in its form, or has an advisory twice.
    """
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SupplyError(f"{path} cannot be read as TOML: {error}.") from None
    if {*rows} - {"exception"}:
        raise SupplyError(f"{path} holds more than tables named [[exception]].")
    read: list[Exempted] = []
    for number, row in enumerate(rows.get("exception", []), start=1):
        one = _exempted(f"{path}, exception {number}", row)
        if any((one.id, one.package) == (other.id, other.package) for other in read):
            raise SupplyError(f"{path} names {one.id} twice; keep one.")
        read.append(one)
    return tuple(read)


def _exempted(place: str, row: object) -> Exempted:
    try:
        return Exempted.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SupplyError(f"{place}: {f'{field}: ' if field else ''}{first['msg']}.") from None


def faults_of(
    exceptions: Iterable[Exempted], packages: Iterable[Package], today: date
) -> list[str]:
    """Say of each exception that no longer holds why: past its review, or for another version.

    Args:
        exceptions: as read.
        packages: what the locks pin.
        today: the day that review dates are held against.
    """
    pinned = {(one.name, one.public) for one in packages}
    faults = []
    for one in exceptions:
        if one.review_by < today:
            faults.append(
                f"{one.id} ({one.package}) was to be reviewed by {one.review_by}; judge it again."
            )
        if (one.package, one.version) not in pinned:
            faults.append(
                f"{one.id} is excepted for {one.package} {one.version}, which no lock pins;"
                " take it out."
            )
    return faults
