"""The real model is joined in numeric order and checked before it is there."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from assistant.errors import ModelError
from evals.benches import real_model


def parts(folder: Path, count: int) -> Path:
    for number in range(1, count + 1):
        own = folder / f"made_up_part{number}"
        own.mkdir(parents=True)
        (own / "__init__.py").write_text("")
        (own / "piece.bin").write_bytes(bytes([number]) * 9)
    return folder


def test_parts_are_joined_in_numeric_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = b"".join(bytes([number]) * 9 for number in range(1, 12))
    monkeypatch.setattr(real_model, "SHA256", hashlib.sha256(whole).hexdigest())
    out = tmp_path / "model.gguf"
    assert real_model.main(["join", str(parts(tmp_path / "parts", 11)), str(out)]) == 0
    assert out.read_bytes() == whole


def test_what_is_not_the_model_is_not_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model.gguf"
    assert real_model.main(["join", str(parts(tmp_path / "parts", 2)), str(out)]) == 1
    assert "are not the model" in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == [tmp_path / "parts"]


def test_a_missing_part_is_told(tmp_path: Path) -> None:
    folder = parts(tmp_path / "parts", 3)
    (folder / "made_up_part2").rename(folder / "other")
    with pytest.raises(ModelError, match="numbered from 1"):
        real_model.join(folder, tmp_path / "model.gguf")
