"""Embedding models behind LlamaIndex's `BaseEmbedding`; imported only when one is needed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr

from assistant.errors import ModelError
from assistant.home import sha256_of_file
from assistant.retrieval.encoder import BATCH, SHIPPED, Encoder

NOT_INSTALLED = (
    "This needs sentence-transformers, which is not installed; run: pip install 'signpost[models]'"
)
"""Why a model other than the exported one cannot be loaded."""


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
    try:
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    except ImportError:
        raise ModelError(NOT_INSTALLED) from None
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
