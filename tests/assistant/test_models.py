import os
import shutil

import numpy as np
import pytest

from assistant.errors import ModelError, StoreError
from assistant.home import stamp_of
from assistant.retrieval import models
from assistant.retrieval.encoder import DIMENSION, SHIPPED, WEIGHTS, Encoder, exported_path
from assistant.settings import Settings

TEXTS = (
    "What outcomes and partners relate to victim identity protection?",
    "Naïve café, 漢字 and 🙂.",
    "National plans name who does what. " * 60,
)


@pytest.fixture(scope="module")
def fast(built_home):
    """The model with the fast path, as `signpost index build` leaves it."""
    return models.load_embedder(Settings(home=built_home))


@pytest.mark.slow
@pytest.mark.sample
def test_the_fast_path_and_a_folder_give_the_vectors_of_sentence_transformers(fast, tmp_path):
    folder = shutil.copytree(models.shipped_folder(), tmp_path / "mine", copy_function=shutil.copy)
    settings = Settings(home=tmp_path / "home", embedder=str(folder))
    slow = models.load_embedder(settings)
    assert (fast.encoder is None, slow.encoder is None) == (False, True)
    assert (slow.name, slow.weights_sha256, slow.dimension) == (str(folder), WEIGHTS, DIMENSION)
    assert np.allclose(fast.embed_all(TEXTS), slow.embed_all(TEXTS), atol=1e-5)
    for text in TEXTS:
        assert np.allclose(fast.embed(text), slow.embed(text), atol=1e-5)
    models.ready_embedder(settings)
    assert not settings.home.exists()


def test_a_vector_depends_on_no_neighbours_and_the_fast_path_is_made_once(fast, built_home):
    single = np.stack([fast.embed(text) for text in TEXTS])
    assert np.allclose(fast.embed_all(TEXTS), single, atol=1e-6)
    made = stamp_of(onnx := exported_path(built_home))
    models.prepare(Settings(home=built_home))
    assert stamp_of(onnx) == made


def test_an_export_that_was_changed_is_refused(built_home, tmp_path):
    shutil.copytree(built_home / "models", tmp_path / "models")  # a copy: the home is shared
    onnx = exported_path(tmp_path)
    assert models.load_embedder(Settings(home=tmp_path)).encoder
    with onnx.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"\x00changed")
    with pytest.raises(ModelError, match="signpost index build"):
        models.load_embedder(Settings(home=tmp_path))


def test_an_export_that_differs_from_the_original_is_not_used(monkeypatch, tmp_path):
    encode = Encoder.encode
    monkeypatch.setattr(Encoder, "encode", lambda self, texts: encode(self, texts) + 2e-5)
    with pytest.raises(ModelError, match="differs from the original"):
        models.prepare(Settings(home=tmp_path))
    assert not exported_path(tmp_path).exists()
    assert not list((tmp_path / "models").glob(".export-*"))


def test_a_changed_model_file_is_refused_even_with_its_times_put_back(tmp_path, monkeypatch):
    folder = shutil.copytree(models.shipped_folder(), tmp_path / "model", copy_function=shutil.copy)
    monkeypatch.setattr(models, "shipped_folder", lambda: folder)
    models.load_embedder(Settings(home=tmp_path))
    before = (file := folder / "tokenizer.json").stat()
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ModelError, match="does not have the SHA-256"):
        models.load_embedder(Settings(home=tmp_path))
    file.unlink()
    with pytest.raises(ModelError, match="is missing; reinstall"):
        models.load_embedder(Settings(home=tmp_path))


def test_a_home_that_cannot_be_written_still_answers_but_is_not_exported_to(tmp_path):
    (tmp_path / "home").write_text("a file")
    settings = Settings(home=tmp_path / "home")
    assert models.load_embedder(settings).name == SHIPPED
    with pytest.raises(StoreError, match="a file stands where a folder should"):
        models.prepare(settings)


@pytest.mark.slow
def test_a_folder_with_pickled_weights_is_refused(tmp_path):
    settings = Settings(home=tmp_path / "home", embedder=str(tmp_path))
    for name, said in (("pytorch_model.bin", "only safetensors"), ("model.safetensors", "loaded")):
        (tmp_path / name).write_bytes(b"nonsense")
        with pytest.raises(ModelError, match=said):
            models.load_embedder(settings)


def test_a_hub_model_that_is_not_cached_is_refused(tmp_path):
    for name in ("nobody/no-such-model", "no-such-model", "not a name at all"):
        with pytest.raises(ModelError, match="nothing is downloaded"):
            models.load_embedder(Settings(home=tmp_path, embedder=name))


def test_everything_that_would_look_outside_is_told_not_to(monkeypatch):
    wanted = {"HF_HUB_OFFLINE": "1"}
    wanted |= dict.fromkeys(("GRADIO_ANALYTICS_ENABLED", "ANONYMIZED_TELEMETRY"), "False")
    for name in wanted:
        monkeypatch.setenv(name, "unset")
    models.go_offline()
    assert wanted.items() <= os.environ.items()
