"""Embedding models behind LlamaIndex's `BaseEmbedding`; imported only when one is needed."""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr

from assistant.encoder import BATCH, MAX_TOKENS, SHIPPED, Encoder, FastPath, unit
from assistant.errors import ModelError
from assistant.home import sha256_of_file, write_whole

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

TOLERANCE = 1e-5
"""Largest difference in any number of a vector between the export and the original."""

UNFINISHED = ".export-"
"""Start of the name of a folder that an export is made in."""

SAMPLES = (
    "child",
    "What outcomes and partners relate to victim identity protection?",
    "Naïve café: “quotes”, ½, emoji 🙂, 漢字, العربية, and a\ttab.",
    "1. 2. 3. 4. 5.",
    "Law enforcement agencies share what they know across borders and act on it together. " * 3,
    "National plans name who does what, by when, and with which means. " * 40,
)
"""Short, long, over the limit, and in scripts that the tokenizer breaks up."""


class OnnxEmbedding(BaseEmbedding):
    """The fast path behind LlamaIndex's seam."""

    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder, model_name: str, embed_batch_size: int) -> None:
        """Serve what an encoder gives."""
        super().__init__(model_name=model_name, embed_batch_size=embed_batch_size)
        self._encoder = encoder

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self._encoder.encode(texts).tolist()
        return rows

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embeddings([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def hugging_face(folder: Path) -> BaseEmbedding:
    """Return the model in a folder through LlamaIndex and sentence-transformers.

    Raises:
        ModelError: the folder holds no model that sentence-transformers can load.
    """
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

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


def cached_folder(name: str) -> Path:
    """Return the folder of a hub model that is already on this machine.

    Raises:
        ModelError: it is not, or no model can have this name.
    """
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


def weights_hash(folder: Path) -> str:
    """Return one SHA-256 for the weights in a folder: of the file, or of all hashes and names.

    Raises:
        ModelError: weights are missing, or are pickles, which can run code when they are read.
    """
    files = sorted(folder.rglob("*.safetensors"))
    safe = {path.parent for path in files}
    pickles = [path for path in folder.rglob("pytorch_model*.bin") if path.parent not in safe]
    if pickles or not files:
        raise ModelError(
            f"The model in {folder} has no safetensors weights"
            f"{f' beside {pickles[0].name}' if pickles else ''}; only safetensors are read."
        )
    if len(files) == 1:
        return sha256_of_file(files[0])
    rows = [f"{sha256_of_file(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    return hashlib.sha256("".join(rows).encode("utf-8")).hexdigest()


def export(folder: Path, fast: FastPath, progress: Callable[[str], None]) -> None:
    """Export the shipped model for onnxruntime, check it, and only then put it in place.

    Raises:
        ModelError: its vectors differ from the original's.
        OSError: the home cannot be written.
    """
    from sentence_transformers import SentenceTransformer

    place = fast.onnx.parent
    for unfinished in place.parent.glob(f"{UNFINISHED}*"):
        shutil.rmtree(unfinished)
    progress("Loading the embedding model")
    original = SentenceTransformer(
        str(folder), device="cpu", local_files_only=True, model_kwargs={"use_safetensors": True}
    ).eval()
    original.max_seq_length = MAX_TOKENS
    with tempfile.TemporaryDirectory(
        dir=place.parent, prefix=UNFINISHED, ignore_cleanup_errors=True
    ) as name:
        draft = FastPath.within(Path(name) / place.name)
        draft.onnx.parent.mkdir()
        progress("Exporting the embedding model for onnxruntime")
        _write_onnx(original, draft.onnx)
        progress("Checking the export against the original")
        _check_export(original, Encoder.load(folder, draft.onnx))
        write_whole(draft.sha256, f"{sha256_of_file(draft.onnx)}  {draft.onnx.name}\n".encode())
        if place.exists():
            shutil.rmtree(place)
        draft.onnx.parent.replace(place)


def _write_onnx(original: SentenceTransformer, path: Path) -> None:
    """Write the whole way from tokens to unit vectors as one graph, any batch, any length."""
    import torch

    class Whole(torch.nn.Module):
        """Transformer, pooling and norm, as sentence-transformers chains them."""

        def __init__(self) -> None:
            super().__init__()
            self.chain = original

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            vectors: torch.Tensor = self.chain(features)["sentence_embedding"]
            return vectors

    ids = torch.tensor([[101, 2775, 102, 0], [101, 2775, 3808, 102]])
    # With nothing padded in the example, transformers leaves the mask out of the graph.
    mask = torch.tensor([[1, 1, 1, 0], [1, 1, 1, 1]])
    axes = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    with torch.no_grad(), warnings.catch_warnings(), _only_errors("torch.onnx"):
        warnings.simplefilter("ignore")  # the exporter warns of its own internals
        torch.onnx.export(
            Whole().eval(),
            (ids, mask),
            path,
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_shapes=(axes, axes),
            dynamo=True,
            external_data=False,
            verbose=False,
        )


@contextmanager
def _only_errors(name: str) -> Iterator[None]:
    """Let a logger and what is below it say only what went wrong, for a while."""
    log = logging.getLogger(name)
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def _check_export(original: SentenceTransformer, encoder: Encoder) -> None:
    """Compare single texts and a batch of unlike lengths with the original."""
    texts: Sequence[str] = SAMPLES
    wanted = original.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
    batch = encoder.encode(texts)
    single = np.concatenate([encoder.encode([text]) for text in texts])
    worst = max(float(np.abs(unit(rows) - wanted).max()) for rows in (batch, single))
    if not worst <= TOLERANCE:
        raise ModelError(
            f"The exported model differs from the original by {worst:.1e}, more than "
            f"{TOLERANCE:.0e}, and is not used."
        )
