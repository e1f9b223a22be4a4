"""List what Signpost is made of, weights included, as CycloneDX: `python -m evals.sbom`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.encoder import PACKAGE, PINS, SHIPPED, WEIGHTS, KnownHashes
from assistant.errors import SignpostError, SupplyError
from assistant.home import sha256_of_file, write_whole, writing
from assistant.models import check_pins, shipped_folder
from assistant.settings import Settings
from evals.pins import (
    DEVELOPMENT,
    EXPORT,
    RUNTIME,
    Package,
    canonical,
    installed,
    packages_of,
    read_lock,
)

Bill = dict[str, Any]
"""A CycloneDX document as JSON reads it; its form is CycloneDX's own."""

PANDOC = "pypandoc_binary"
"""The package that brings pandoc along."""

INSTALLER = "pip"
"""Installed beside everything, and no part of it."""

_VALIDATE = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
sys.exit(f"not valid CycloneDX 1.6: {fault}" if fault else 0)
"""


def complete(
    bill: Bill, packages: Sequence[Package], but: Iterable[str], locks: Mapping[str, str]
) -> Bill:
    """Return a bill of the environment as one of Signpost: no tests, weights, hashes of the locks.

    Args:
        bill: as `cyclonedx-py environment` writes it.
        packages: what the locks of Signpost stand for here.
        but: names of what is installed for tests and checks only.
        locks: SHA-256 of each lock, by its name.

    Raises:
        SupplyError: a package of the locks is not in it, or in another version.
    """
    left_out = {*but, INSTALLER}
    kept = [one for one in bill["components"] if canonical(one["name"]) not in left_out]
    if missing := lacking(kept, packages):
        raise SupplyError(f"The list lacks {', '.join(missing)}; run: make sbom")
    refs = {one["bom-ref"] for one in kept} | {bill["metadata"]["component"]["bom-ref"]}
    graph = [
        one | {"dependsOn": [ref for ref in one.get("dependsOn", []) if ref in refs]}
        for one in bill.get("dependencies", [])
        if one["ref"] in refs
    ]
    brought = {canonical(PACKAGE): _model(), canonical(PANDOC): [_pandoc()]}
    for one in graph:
        parts = brought.get(canonical(one["ref"].partition("==")[0]), [])
        one["dependsOn"] = [*one["dependsOn"], *(part["bom-ref"] for part in parts)]
    inside = [part for parts in brought.values() for part in parts]
    graph += [{"ref": part["bom-ref"]} for part in inside]
    pinned = [{"name": f"signpost:{name}:sha256", "value": lock} for name, lock in locks.items()]
    told = [*bill["metadata"].get("properties", []), *pinned]
    metadata = bill["metadata"] | {"properties": told}
    return bill | {"components": [*kept, *inside], "dependencies": graph, "metadata": metadata}


def lacking(components: Iterable[Bill], packages: Iterable[Package]) -> list[str]:
    """Return what is not listed in the version that it should have, as `name version`."""
    listed = {(canonical(one["name"]), one.get("version", "")) for one in components}
    return [
        f"{one.name} {one.version}" for one in packages if (one.name, one.version) not in listed
    ]


def unlicensed(bill: Bill) -> list[str]:
    """Return the components that state no licence, by name."""
    return [one["name"] for one in bill["components"] if not one.get("licenses")]


def _model() -> list[Bill]:
    """Return the shipped model as components: its weights, and the files pinned beside them."""
    licences = [{"license": {"id": "Apache-2.0"}}]
    page = f"https://huggingface.co/sentence-transformers/{SHIPPED}"
    weights = {
        "type": "machine-learning-model",
        "bom-ref": f"model:{SHIPPED}",
        "publisher": "sentence-transformers",
        "name": SHIPPED,
        "description": (
            f"Weights (model.safetensors) that the package {canonical(PACKAGE)} brings; the licence"
            " is that of their model card, and the package's own is another."
        ),
        "hashes": [_sha256(WEIGHTS)],
        "licenses": licences,
        "externalReferences": [{"type": "website", "url": page}],
    }
    files = [
        {
            "type": "file",
            "bom-ref": f"model:{SHIPPED}/{name}",
            "name": f"{SHIPPED}/{name}",
            "hashes": [_sha256(pin)],
            "licenses": licences,
        }
        for name, pin in PINS.items()
        if pin != WEIGHTS
    ]
    return [weights, *files]


def _pandoc() -> Bill:
    """Return the program that writes DOCX, whose licence is not that of the package around it."""
    return {
        "type": "application",
        "bom-ref": "program:pandoc",
        "publisher": "John MacFarlane",
        "name": "pandoc",
        "description": (
            f"A program that the package {canonical(PANDOC)} brings, run as a process of its own;"
            " the package's own licence is another."
        ),
        "licenses": [{"license": {"id": "GPL-2.0-or-later"}}],
        "externalReferences": [{"type": "website", "url": "https://pandoc.org"}],
    }


def _sha256(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest}


def read_environment(tools: Path, project: Path) -> Bill:
    """Return what this Python has installed, as `cyclonedx-py environment` lists it.

    Raises:
        SupplyError: the tool is not installed, or fails.
    """
    command: list[str | Path] = [tools / "cyclonedx-py", "environment", "--output-reproducible"]
    command += ["--spec-version", "1.6", "--pyproject", project, sys.executable]
    bill: Bill = json.loads(_output(command, ""))
    return bill


def validate(tools: Path, text: str) -> None:
    """Hold a bill against the schema of CycloneDX 1.6.

    Raises:
        SupplyError: it is not valid, or the validator is not installed.
    """
    _output([tools / "python", "-c", _VALIDATE], text)


def _output(command: Sequence[str | Path], given: str) -> str:
    # A path to modules of this environment must not reach into another one.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    try:
        done = subprocess.run(
            command, input=given, env=kept, capture_output=True, text=True, check=True
        )
    except OSError:
        raise SupplyError(f"{command[0]} cannot be run; run: make sbom") from None
    except subprocess.CalledProcessError as error:
        lines = str(error.stderr).strip().splitlines()
        told = lines[-1] if lines else "it said nothing"
        raise SupplyError(f"{Path(command[0]).name} failed: {told}") from None
    return done.stdout


def write(settings: Settings, out: Path) -> Bill:
    """Write the bill of this environment to a file, whole and valid, and return it.

    Raises:
        SignpostError: what is installed is not what is pinned, or it cannot be listed or written.
    """
    check_pins(shipped_folder(), KnownHashes(settings.home))
    present = installed()
    pins = [pin for lock in (RUNTIME, EXPORT) for pin in read_lock(lock)]
    tests = {pin.name for pin in read_lock(DEVELOPMENT)} - {pin.name for pin in pins}
    tools = settings.home / "tools" / "bin"
    bill = complete(
        read_environment(tools, Path("pyproject.toml")),
        packages_of(pins, present),
        tests,
        {lock.name: sha256_of_file(lock) for lock in (RUNTIME, EXPORT)},
    )
    text = json.dumps(bill, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    validate(tools, text)
    with writing(out):
        write_whole(out, text.encode("utf-8"))
    return bill


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the bill, say what is in it, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.sbom", description=__doc__)
    parser.add_argument("--out", type=Path, help="file to write, instead of one in the home folder")
    given = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment()
        out = given.out or settings.home / "sbom.cdx.json"
        bill = write(settings, out)
    except SignpostError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{out}: {len(bill['components'])} components, CycloneDX 1.6\n")
    if silent := unlicensed(bill):
        sys.stdout.write(f"State no licence: {', '.join(silent)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
