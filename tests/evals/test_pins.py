"""What the locks pin, beside what is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SupplyError
from evals.pins import (
    DEVELOPMENT,
    EXPORT,
    RUNTIME,
    TOOLS,
    Package,
    Pin,
    beside,
    installed,
    packages_of,
    read_lock,
)

ROOT = Path(__file__).parents[2]
TORCH = Pin(name="torch", version="")


def test_the_locks_are_read_line_by_line() -> None:
    pins = read_lock(ROOT / RUNTIME)
    assert len({pin.name for pin in pins}) == len(pins) > 150
    assert [pin.name for pin in pins if not pin.version] == ["torch"]
    assert Pin(name="chromadb", version="1.5.9") in pins
    assert Pin(name="huggingface-hub", version="2.4.0") in pins


def test_the_locks_agree_where_they_pin_the_same_package() -> None:
    pins = [pin for lock in (RUNTIME, EXPORT, DEVELOPMENT, TOOLS) for pin in read_lock(ROOT / lock)]
    versions = {(pin.name, pin.version) for pin in pins}
    assert len({name for name, _ in versions}) == len(versions)


def test_this_environment_is_what_the_locks_say() -> None:
    locks = (RUNTIME, EXPORT, DEVELOPMENT)
    pins = [pin for lock in locks for pin in read_lock(ROOT / lock)]
    assert {one.name for one in packages_of(pins, installed())} == {pin.name for pin in pins}


@pytest.mark.parametrize("line", ["torch", "x>1", "git+https://example.org/x", "-r other", "x=1"])
def test_a_line_that_is_no_pin_is_refused_by_its_number(line: str, tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    lock.write_text(f"# Why.\n\n{line}\n")
    with pytest.raises(SupplyError, match=r"line 3: .* is no pin"):
        read_lock(lock)


def test_a_lock_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(SupplyError, match="run this in the checkout"):
        read_lock(Path("no.lock"))


def test_a_range_stands_for_the_build_that_is_installed() -> None:
    (torch,) = packages_of([TORCH], {"torch": "2.13.0+cpu"})
    assert (torch.version, torch.public) == ("2.13.0+cpu", "2.13.0")
    with pytest.raises(SupplyError, match="torch is not installed"):
        packages_of([TORCH], {})


def test_another_version_than_the_lock_has_is_refused() -> None:
    pin = Pin(name="x", version="1.0")
    assert packages_of([pin], {}) == packages_of([pin], {"x": "1.0"})
    assert packages_of([pin], {"x": "1.0+local"}) == (Package(name="x", version="1.0+local"),)
    with pytest.raises(SupplyError, match=r"x 1\.1 is installed, and the lock says 1\.0"):
        packages_of([pin], {"x": "1.1"})


def test_what_is_installed_and_in_no_lock_is_told() -> None:
    present = {"torch": "2.13.0", "nvidia-something": "12.1", "pip": "26"}
    assert beside([TORCH], present, ["pip"]) == [Package(name="nvidia-something", version="12.1")]
