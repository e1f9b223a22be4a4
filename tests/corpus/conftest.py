import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.readers.page import read_framework, shipped_framework
from corpus.structure.graph import Framework

HARBOUR = Path(__file__).parent / "harbour"

Edited = Callable[..., Path]


@pytest.fixture(scope="session")
def shipped() -> Framework:
    return read_framework(shipped_framework())


@pytest.fixture(scope="session")
def harbour() -> Framework:
    return read_framework(HARBOUR)


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """Copy a framework's folder and replace words in one of its files, once."""

    def edit(old: str, new: str, *, file: str = "framework.toml", of: str = "shipped") -> Path:
        origin = HARBOUR if of == "harbour" else Path(str(shipped_framework()))
        folder = tmp_path / "copy"
        shutil.copytree(origin, folder)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return edit
