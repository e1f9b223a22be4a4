import shutil
from pathlib import Path

import pytest

from corpus.readers.page import shipped_framework

HARBOUR = Path(__file__).parent / "harbour"


def rewrite(file, *changes, origin=None):
    text = (origin or file).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    return file


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
    """Copy the framework's folder and replace words in one of its files, once."""

    def edit(old, new, *, file="framework.toml"):
        folder = shutil.copytree(str(shipped_framework()), tmp_path / "copy")
        return rewrite(folder / file, (old, new)).parent

    return edit
