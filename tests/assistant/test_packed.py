"""The packed file of the multilingual encoder."""

import hashlib
from pathlib import Path

import pytest

from assistant.retrieval.encoder import KnownHashes
from assistant.safety import multilingual
from assistant.safety.multilingual import MAGIC, Multilingual, base_model, replaced, unpacked
from assistant.settings import Settings
from assistant.understanding.reader import CASES


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return base_model(KnownHashes(tmp_path_factory.mktemp("home"))).read_bytes()


def test_a_packed_file_says_where_everything_stands(base: bytes) -> None:
    packed = unpacked(base)
    assert packed.sizes == (384, 12, 12, 1536, 250037, 512, 2)
    assert base[packed.letters].startswith(b"<s><pad></s><unk>")
    assert len(packed.tensors) == 5 + 12 * 16
    assert max(one.stop for one in packed.tensors.values()) <= len(base)


def test_a_tensor_is_replaced_by_one_of_its_size(base: bytes) -> None:
    place = unpacked(base).tensors["l11.q.b"]
    none = bytes(place.stop - place.start)
    changed = base[: place.start] + none + base[place.stop :]
    assert replaced(base, {"l11.q.b": none}) == changed
    with pytest.raises(ValueError, match="size"):
        replaced(base, {"l11.q.b": b"short"})
    with pytest.raises(KeyError):
        replaced(base, {"l99.q.b": b""})


@pytest.mark.parametrize("data", [b"", b"something else", MAGIC + bytes(50)])
def test_what_is_no_packed_file_is_told(data: bytes) -> None:
    with pytest.raises(ValueError, match="encoder"):
        unpacked(data)


def test_the_model_is_put_together_once_and_older_ones_go(tmp_path: Path, monkeypatch) -> None:
    second = Multilingual(Settings(home=tmp_path))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "messages-older.bin").write_bytes(b"")
    path = second.prepare()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == second.weights.model
    assert [*path.parent.glob("*.bin")] == [path]
    monkeypatch.setattr(multilingual, "assembled", None)
    assert second.prepare() == path


def test_a_home_that_cannot_be_written_costs_no_second_reading(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file stands where the folder should")
    second = Multilingual(Settings(home=tmp_path))
    assert second.cases("Quiero morirme.")[CASES.index("H")] > 0.5
