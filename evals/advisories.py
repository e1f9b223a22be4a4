"""Hold every pinned package against known advisories: `python -m evals.advisories`."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import SignpostError, SupplyError
from assistant.settings import Settings
from corpus.passage import Record
from evals.exceptions import EXCEPTIONS, Exempted, faults_of, read_exceptions
from evals.pins import (
    DEVELOPMENT,
    EXPORT,
    RUNTIME,
    TOOLS,
    Package,
    beside,
    canonical,
    installed,
    packages_of,
    read_lock,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICES = ("pypi", "osv")
"""Where `pip-audit` can ask."""

UNAUDITED = ("pip", "signpost")
"""What is installed beside the locks and not audited: Python's own installer, and this."""


class Advisory(BaseModel):
    """What `pip-audit` says of one flaw of a package; it says more, which is let through unread."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    aliases: tuple[str, ...] = ()
    fix_versions: tuple[str, ...] = ()

    def is_named(self, one: str) -> bool:
        """Whether an id is one of its ids."""
        return one == self.id or one in self.aliases


class Audited(BaseModel):
    """What `pip-audit` says of one package."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    version: str = ""
    vulns: tuple[Advisory, ...] = ()
    skip_reason: str = ""


class Report(BaseModel):
    """All that `pip-audit` says, as it writes JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    dependencies: tuple[Audited, ...]


class Verdict(Record):
    """What came of an audit."""

    faults: tuple[str, ...]
    """Why it fails, each a sentence; it passes if there are none."""

    remarks: tuple[str, ...]
    """What a reader of a pass must know."""


def audit(packages: Sequence[Package], exceptions: Sequence[Exempted], report: Report) -> Verdict:
    """Judge a report.

    Args:
        packages: what was to be audited.
        exceptions: the advisories that were judged, each on one of these packages.
        report: what `pip-audit` said.
    """
    told = {canonical(one.name): one for one in report.dependencies}
    faults = [
        *_not_audited(packages, told),
        *_open(report, exceptions),
        *_unreported(exceptions, told),
    ]
    return Verdict(faults=tuple(faults), remarks=tuple(_remarks(packages, exceptions)))


def _not_audited(packages: Iterable[Package], told: Mapping[str, Audited]) -> Iterator[str]:
    for one in packages:
        found = told.get(one.name)
        if found is None or found.skip_reason or found.version != one.public:
            yield f"{one.name} {one.public} was not audited; that is no pass."


def _open(report: Report, exceptions: Sequence[Exempted]) -> Iterator[str]:
    for package in report.dependencies:
        for flaw in package.vulns:
            if not any(_covers(one, package, flaw) for one in exceptions):
                yield f"{package.name} {package.version}: {_flaw(flaw)}."


def _covers(one: Exempted, package: Audited, flaw: Advisory) -> bool:
    here = (one.package, one.version) == (canonical(package.name), package.version)
    return here and flaw.is_named(one.id)


def _flaw(flaw: Advisory) -> str:
    ids = ", ".join(dict.fromkeys([flaw.id, *flaw.aliases]))
    fixed = ", ".join(flaw.fix_versions)
    return f"{ids}, fixed in {fixed}" if fixed else f"{ids}, with no release that fixes it"


def _unreported(exceptions: Iterable[Exempted], told: Mapping[str, Audited]) -> Iterator[str]:
    for one in exceptions:
        found = told.get(one.package)
        if found is None or found.skip_reason:
            continue  # told already, as not audited
        if not any(flaw.is_named(one.id) for flaw in found.vulns):
            yield f"{one.id} is excepted, and nothing reports it of {one.package}; take it out."


def _remarks(packages: Iterable[Package], exceptions: Iterable[Exempted]) -> Iterator[str]:
    for package in packages:
        if package.version != package.public:
            yield (
                f"{package.name} {package.version} is a local build: {package.public}, which it is"
                " built from, was audited; what the build bundles was not."
            )
    for one in exceptions:
        yield f"{one.id} ({one.package} {one.version}) is excepted until {one.review_by}."


def ask(auditor: Path, packages: Iterable[Package], service: str) -> Report:
    """Ask a service for the advisories on packages, through `pip-audit --strict`.

    Raises:
        SupplyError: it is not installed, the service cannot be reached, or a package was skipped.
    """
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        wanted.write_text(
            "".join(f"{one.name}=={one.public}\n" for one in packages), encoding="utf-8"
        )
        # Every package is given in one version, so that nothing is resolved and nothing installed.
        command: list[str | Path] = [
            auditor,
            "--strict",
            "--no-deps",
            "--disable-pip",
            "--requirement",
            wanted,
        ]
        command += ["--vulnerability-service", service, "--format", "json", "--desc", "off"]
        try:
            done = subprocess.run(
                [*command, "--progress-spinner", "off"], capture_output=True, text=True, check=False
            )
        except OSError:
            raise SupplyError(f"{auditor} cannot be run; run: make audit") from None
    try:
        return Report.model_validate_json(done.stdout)
    except ValidationError:
        raise SupplyError(why(done.stderr, service)) from None


def why(stderr: str, service: str) -> str:
    """Return why `pip-audit` gave no report, as one sentence."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    skipped = re.search(r"^ERROR:[\w.]+:([\w.-]+): .*could not be audited", stderr, re.MULTILINE)
    if skipped:
        return (
            f"{skipped[1]} was not audited, since the vulnerability service {service} does not know"
            " it here, and what was not audited is no pass; a mirror of an index often has no"
            " advisories, so audit where the service itself can be reached."
        )
    if re.search(r"ConnectionError|ConnectTimeout|ReadTimeout|Could not connect|Tip: ", stderr):
        return (
            f"The vulnerability service {service} cannot be reached, so nothing was audited;"
            " try another with SERVICE=osv or SERVICE=pypi, or audit where it can be reached."
        )
    return f"pip-audit failed, so nothing was audited: {lines[-1] if lines else 'it said nothing'}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Audit what the locks pin, say what came of it, and return the exit code."""
    given = _parser().parse_args(arguments)
    try:
        auditor = Settings.from_environment().home / "tools" / "bin" / "pip-audit"
        exceptions, packages = read_exceptions(EXCEPTIONS), _packages()
        # These need no service, and are told even where none can be reached.
        if outlived := faults_of(exceptions, packages, datetime.now(UTC).date()):
            raise SupplyError("\n".join(outlived))
        verdict = audit(packages, exceptions, ask(auditor, packages, given.service))
    except SignpostError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("".join(f"{line}\n" for line in verdict.remarks))
    if verdict.faults:
        sys.stderr.write("".join(f"{line}\n" for line in verdict.faults))
        return 1
    sys.stdout.write(
        f"{len(packages)} packages were audited against {given.service}: no advisory is open."
        f" Not audited: {', '.join(UNAUDITED)}.\n"
    )
    return 0


def _packages() -> list[Package]:
    """Return what the locks pin, each once, and what is installed beside them."""
    present = installed()
    pins = [pin for lock in (RUNTIME, EXPORT, DEVELOPMENT) for pin in read_lock(lock)]
    here = [*packages_of(pins, present), *beside(pins, present, UNAUDITED)]
    # The tools stand in an environment of their own, so that nothing is held against this one.
    return list(dict.fromkeys([*here, *packages_of(read_lock(TOOLS), {})]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals.advisories", description=__doc__)
    parser.add_argument("--service", choices=SERVICES, default=SERVICES[0], help="where to ask")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
