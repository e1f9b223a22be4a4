"""The packed file of the multilingual encoder."""

import hashlib
from pathlib import Path

import pytest

from assistant.retrieval.encoder import KnownHashes
from assistant.safety.multilingual import Multilingual, assembled, base_model
from assistant.safety.packed import MAGIC, replaced, unpacked
from assistant.settings import Settings


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return base_model(KnownHashes(tmp_path_factory.mktemp("home"))).read_bytes()


def test_a_packed_file_says_where_everything_stands(base: bytes) -> None:
    packed = unpacked(base)
    assert packed.sizes == (384, 12, 12, 1536, 250037, 512, 2)
    assert packed.pieces == 250002
    assert base[packed.letters].startswith(b"<s><pad></s><unk>")
    assert len(packed.tensors) == 5 + 12 * 16
    assert max(one.stop for one in packed.tensors.values()) <= len(base)


def test_a_tensor_is_replaced_by_one_of_its_size(base: bytes) -> None:
    place = unpacked(base).tensors["l11.q.b"]
    changed = replaced(base, {"l11.q.b": bytes(place.stop - place.start)})
    assert changed[: place.start] == base[: place.start]
    assert not any(changed[place])
    assert changed[place.stop :] == base[place.stop :]
    with pytest.raises(ValueError, match="size"):
        replaced(base, {"l11.q.b": b"short"})
    with pytest.raises(KeyError):
        replaced(base, {"l99.q.b": b""})


@pytest.mark.parametrize("data", [b"", b"something else", MAGIC + bytes(50)])
def test_what_is_no_packed_file_is_told(data: bytes) -> None:
    with pytest.raises(ValueError, match="encoder"):
        unpacked(data)


def test_the_model_is_put_together_as_the_weights_say(tmp_path: Path) -> None:
    data = assembled(base_model(KnownHashes(tmp_path)))
    assert hashlib.sha256(data).hexdigest() == Multilingual(Settings(home=tmp_path)).weights.model
