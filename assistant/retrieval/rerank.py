"""The pair model: how well a text answers a question, both read together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assistant.home import sha256_of_file
from assistant.retrieval.encoder import THREADS, FastPath

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

    from assistant.settings import Settings

TUNED = "pairs.safetensors"
"""The layers that were trained, in this package; `python -m evals.training.fit_pairs` writes them.
The rest are the shipped encoder's."""

MAX_TOKENS = 208
"""Tokens of question and text together; the longer of the two is cut."""

Scores = NDArray[np.float64]
"""Shape (texts,): log-odds that a text answers."""


class PairModel:
    """Scores texts for a question: a cross-encoder (Nogueira and Cho 2019, section 3)."""

    def __init__(self, settings: Settings) -> None:
        """Keep the home; the model is loaded, and exported if need be, with the first question."""
        self._settings = settings

    @cached_property
    def _files(self) -> tuple[Path, Path]:
        """The folder with the tokenizer, and the exported graph."""
        from assistant.retrieval.models import prepare_pair_model

        return prepare_pair_model(self._settings)

    @cached_property
    def _session(self) -> InferenceSession:
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = THREADS
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return InferenceSession(self._files[1], options, ["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._files[0] / "tokenizer.json"))
        tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
        tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
        return tokenizer

    def warm(self) -> None:
        """Load now what the first question would load."""
        self.score("warm", ["warm"])

    def score(self, question: str, texts: Sequence[str]) -> Scores:
        """Return for each text how well it answers a question.

        Raises:
            ModelError: the encoder that the model was trained from is not installed.
            StoreError: the home cannot be written.
        """
        if not texts:
            return np.zeros(0)
        encodings = self._tokenizer.encode_batch([(question, text) for text in texts])
        feed = {
            "input_ids": np.asarray([one.ids for one in encodings], dtype=np.int64),
            "attention_mask": np.asarray([one.attention_mask for one in encodings], dtype=np.int64),
            "token_type_ids": np.asarray([one.type_ids for one in encodings], dtype=np.int64),
        }
        return np.asarray(self._session.run(None, feed)[0], dtype=np.float64)


def tuned_path() -> Path:
    """Return the file of the trained layers."""
    return Path(str(files(__package__) / TUNED))


def fast_path(home: Path) -> FastPath:
    """Return the place of the exported graph, which is named after the trained layers."""
    return FastPath.within(home / "models" / f"pairs-{sha256_of_file(tuned_path())[:16]}")
