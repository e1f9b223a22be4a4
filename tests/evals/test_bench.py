import hashlib

from evals.benches import serving


def test_parts_are_joined_in_numeric_order_if_they_are_the_model(tmp_path, capsys, monkeypatch):
    out = tmp_path / "model.gguf"
    for number in range(1, 12):
        own = tmp_path / "parts" / f"made_up_part{number}"
        own.mkdir(parents=True)
        (own / "__init__.py").write_text("")
        (own / "piece.bin").write_bytes(bytes([number]) * 9)
    join = ["join", str(tmp_path / "parts"), str(out)]
    assert serving.main(join) == 1
    assert "are not the model" in capsys.readouterr().err
    assert not out.exists()
    whole = b"".join(bytes([number]) * 9 for number in range(1, 12))
    monkeypatch.setattr(serving, "SHA256", hashlib.sha256(whole).hexdigest())
    assert serving.main(join) == 0
    assert out.read_bytes() == whole
