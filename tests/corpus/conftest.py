import shutil
from pathlib import Path

import pytest

from corpus.readers.page import read_framework, shipped_framework

HARBOUR = Path(__file__).parent / "harbour"


def rewrite(file, *changes, origin=None):
    text = (origin or file).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def shipped():
    return read_framework(shipped_framework())


@pytest.fixture(scope="session")
def harbour():
    return read_framework(HARBOUR)


@pytest.fixture
def written(tmp_path, request):
    """Write a text to a file, which is called as the tests' module says."""

    def write(text, name=request.module.FILE, encoding="utf-8"):
        file = tmp_path / name
        file.write_bytes(text.encode(encoding))
        return file

    return write


@pytest.fixture
def edited(tmp_path):
    """Copy a framework's folder and replace words in one of its files, once."""

    def edit(old, new, *, file="framework.toml", of="shipped"):
        origin = HARBOUR if of == "harbour" else Path(str(shipped_framework()))
        folder = tmp_path / "copy"
        shutil.copytree(origin, folder)
        return rewrite(folder / file, (old, new)).parent

    return edit
