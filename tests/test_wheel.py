import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from assistant.settings import PREFIX
from evals.benches.serving import answers, running
from tests.conftest import KEPT
from tests.documents import FLOORS, ROOT

SIGNPOST = str(Path(sys.executable).with_name("signpost"))
QUESTION = "What outcomes and partners relate to victim identity protection?"
# A namespace with nothing but loopback: patched sockets would miss compiled parts.
ALONE = ("unshare", "--map-root-user", "--net", "--")
SET_FLAGS, UP = 0x8914, 0x1

WORKSHOP = ("evals/benches/",)  # What stays in the checkout.
pytestmark = pytest.mark.slow


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


@pytest.mark.sample
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
        return subprocess.check_output(command, cwd=tmp_path, env=outside, text=True)

    signpost("corpus", "check")
    assert "5 of 5 outcomes" in signpost("ask", QUESTION)


@pytest.mark.sample
def test_without_an_index_asking_builds_it_and_needs_nothing_from_outside(tmp_path):
    there = shutil.which("unshare")
    if not there or subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode:
        reason = "that nothing leaves the machine; 'unshare --map-root-user --net' fails here"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"NOT TESTED: {reason}")
    places = {"SIGNPOST_HOME": tmp_path / "home", "HF_HOME": tmp_path / "hub", "HOME": tmp_path}
    env = os.environ | {name: str(place) for name, place in places.items()}
    for one in (KEPT / "models").glob("precedents-*.safetensors"):  # It takes a minute to make.
        (tmp_path / "home/models").mkdir(parents=True, exist_ok=True)
        shutil.copy2(one, tmp_path / "home/models")
    command = [*ALONE, sys.executable, "-m", "tests.test_wheel"]
    told = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.count("5 of 5 outcomes") == 2
    assert str(tmp_path / "home") in told.stderr
    assert told.stdout.endswith("The page answers.\n")


def _work_alone():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        fcntl.ioctl(probe, SET_FLAGS, struct.pack("16sh14x", b"lo", UP))
        # An address that is kept for documentation.
        if not probe.connect_ex(("192.0.2.1", 9)):
            raise SystemExit("The namespace has a way out; this proves nothing.")
    for _ in range(2):  # The first builds the index.
        subprocess.run([SIGNPOST, "ask", QUESTION], check=True)
    # Nobody else is in the namespace, so that every port is free.
    page = "http://127.0.0.1:7860/"
    serve = [SIGNPOST, "serve", "--port", "7860"]
    with running(serve, lambda: answers(page), "The page did not come up."):
        assert "gradio" in httpx.get(page, trust_env=False).text
    sys.stdout.write("The page answers.\n")


if __name__ == "__main__":
    _work_alone()
