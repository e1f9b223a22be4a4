"""The wheel holds all that an answer needs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from assistant.settings import PREFIX
from tests.documents import FLOORS, ROOT

QUESTION = "What outcomes and partners relate to victim identity protection?"

WORKSHOP = ("evals/benches/",)
"""What stays in the checkout."""

pytestmark = [pytest.mark.slow, pytest.mark.sample]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    # Built from a copy: a `build` folder left in the checkout would put deleted modules into it.
    copy = tmp_path_factory.mktemp("copy")
    for floor in FLOORS:
        shutil.copytree(ROOT / floor, copy / floor, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, copy)
    command = [sys.executable, "-m", "build", "--wheel", str(copy)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = copy.glob("dist/signpost-*.whl")
    return built


def test_the_wheel_holds_each_module_and_each_data_file_and_no_tests(wheel):
    held = set(ZipFile(wheel).namelist())
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                name = path.relative_to(ROOT).as_posix()
                assert (name in held) is not name.startswith(WORKSHOP), name
    assert not [name for name in held if name.startswith("tests/")]


def test_a_fresh_environment_answers_from_outside_the_checkout(wheel, tmp_path):
    environment, uv = tmp_path / "environment", Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, environment], check=True)
    install = ["pip", "install", "--quiet", "--python", environment / "bin" / "python"]
    # From the checkout, whose settings of uv keep torch out.
    subprocess.run([uv, *install, "-c", "requirements.lock", wheel], check=True, cwd=ROOT)
    assert not list(environment.glob("lib/*/site-packages/torch"))
    outside = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    outside |= {"SIGNPOST_HOME": str(tmp_path / "home")}
    outside.pop("PYTHONPATH", None)

    def signpost(*arguments):
        command = [environment / "bin" / "signpost", *arguments]
        return subprocess.run(
            command, check=True, cwd=tmp_path, env=outside, capture_output=True, text=True
        ).stdout

    signpost("corpus", "check")
    assert "5 of 5 outcomes" in signpost("ask", QUESTION)
