"""What Signpost is installed from: the pins of the lock files, beside what is installed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path

from assistant.errors import SupplyError
from corpus.passage import Record

RUNTIME = Path("requirements.lock")
EXPORT = Path("requirements-export.lock")
DEVELOPMENT = Path("requirements-dev.lock")
TOOLS = Path("requirements-tools.lock")

_PIN = re.compile(r"([A-Za-z0-9][\w.-]*)(==|>=)([\w.]+(?:,<[\w.]+)?)")


class Pin(Record):
    """One line of a lock."""

    name: str
    """Name of the package, in the one spelling that an index knows it by."""

    version: str
    """The one version; empty where the lock leaves it to the machine."""


class Package(Record):
    """What is to be audited or listed."""

    name: str
    """Name of the package, in the one spelling that an index knows it by."""

    version: str
    """Version that is installed, with the mark of a local build, as in `2.13.0+cpu`."""

    @property
    def public(self) -> str:
        """The version without the mark of a local build, which no index knows."""
        return self.version.partition("+")[0]


def canonical(name: str) -> str:
    """Return a name as an index spells it (PEP 503).

    >>> canonical("Typing_Extensions")
    'typing-extensions'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(path: Path) -> tuple[Pin, ...]:
    """Read the pins of a lock, in order.

    Raises:
        SupplyError: it cannot be read, or a line is no pin.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        reason = error.strerror or "the operating system refuses"
        raise SupplyError(f"{path} cannot be read: {reason}; run this in the checkout.") from None
    return tuple(
        _pin(path, number, line)
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.startswith("#")
    )


def _pin(path: Path, number: int, line: str) -> Pin:
    found = _PIN.fullmatch(line.strip())
    if not found:
        raise SupplyError(f"{path}, line {number}: {line!r} is no pin; write name==version.")
    name, sign, version = found.groups()
    return Pin(name=canonical(name), version=version if sign == "==" else "")


def installed() -> dict[str, str]:
    """Return the version of each package that this Python has, by name."""
    return {canonical(one.name): one.version for one in distributions()}


def packages_of(pins: Iterable[Pin], present: Mapping[str, str]) -> tuple[Package, ...]:
    """Return what a lock stands for on this machine, in order.

    A pin stands for itself, whether it is installed or not; a range stands for what is installed.

    Args:
        pins: of a lock.
        present: what is installed, as `installed` gives it.

    Raises:
        SupplyError: a package is installed in another version, or one of a range not at all.
    """
    return tuple(_package(pin, present.get(pin.name, "")) for pin in pins)


def _package(pin: Pin, version: str) -> Package:
    if not pin.version and not version:
        raise SupplyError(
            f"{pin.name} is not installed, and the lock leaves its version open; run: make test"
        )
    if pin.version and version and Package(name=pin.name, version=version).public != pin.version:
        raise SupplyError(
            f"{pin.name} {version} is installed, and the lock says {pin.version}; "
            "install the lock again."
        )
    return Package(name=pin.name, version=version or pin.version)


def beside(pins: Sequence[Pin], present: Mapping[str, str], but: Sequence[str]) -> list[Package]:
    """Return what is installed and in no lock, such as what a build of torch brings along.

    Args:
        pins: of every lock that was installed.
        present: what is installed.
        but: names to leave out.
    """
    known = {pin.name for pin in pins} | {*but}
    return [Package(name=name, version=present[name]) for name in sorted({*present} - known)]
