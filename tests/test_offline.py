"""Index, answer and page with no way out of the machine.

The work runs in a network namespace that has nothing but loopback: patched sockets would miss the
compiled parts of Chroma and of onnxruntime.
"""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

SIGNPOST = str(Path(sys.executable).with_name("signpost"))
QUESTION = "What outcomes and partners relate to victim identity protection?"
ALONE = ("unshare", "--map-root-user", "--net", "--")
SET_FLAGS, UP = 0x8914, 0x1


@pytest.mark.slow
@pytest.mark.sample
def test_index_answer_and_page_need_nothing_from_outside(tmp_path):
    there = shutil.which("unshare")
    if not there or subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode:
        reason = "that nothing leaves the machine; 'unshare --map-root-user --net' fails here"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"NOT TESTED: {reason}")
    places = {"SIGNPOST_HOME": tmp_path / "home", "HF_HOME": tmp_path / "hub", "HOME": tmp_path}
    told = subprocess.run(
        [*ALONE, sys.executable, __file__],
        env=os.environ | {name: str(place) for name, place in places.items()},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "5 of 5 outcomes" in told.stdout
    assert told.stdout.endswith("The page answers.\n")


def _work_alone():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        fcntl.ioctl(probe, SET_FLAGS, struct.pack("16sh14x", b"lo", UP))
        # An address that is kept for documentation.
        if not probe.connect_ex(("192.0.2.1", 9)):
            raise SystemExit("The namespace has a way out; this proves nothing.")
    for arguments in (["index", "build"], ["ask", QUESTION]):
        subprocess.run([SIGNPOST, *arguments], check=True)
    # Nobody else is in the namespace, so that every port is free.
    with subprocess.Popen([SIGNPOST, "serve", "--port", "7860"]) as server:
        try:
            _wait_for_page(server, "http://127.0.0.1:7860/")
        finally:
            server.terminate()
    sys.stdout.write("The page answers.\n")


def _wait_for_page(server, url):
    until = time.monotonic() + 90
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=30) as page:
                assert page.status == 200
                assert b"gradio" in page.read()
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The page did not come up.")


if __name__ == "__main__":
    _work_alone()
