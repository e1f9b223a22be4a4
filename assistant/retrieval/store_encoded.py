"""Vectors kept as they are made, so that a build that was killed goes on where it was."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from assistant.retrieval.encoder import Matrix, Vector

logger = logging.getLogger(__name__)

_HASH = 32
"""Bytes of a hash: of the weights at the beginning, of a text before each vector."""


class Encoded:
    """A file of vectors by hash of text; what was torn or made by other weights is not read."""

    def __init__(self, file: Path | None, weights_sha256: str, dimension: int) -> None:
        """Keep the file's place, and what made its vectors; without a place nothing is kept."""
        self._file = file
        self._opening = hashlib.sha256(weights_sha256.encode()).digest()
        self._dimension = dimension

    def read(self) -> dict[str, Vector]:
        """Return the whole vectors of the file by hash of text; none where there is no file."""
        if self._file is None:
            return {}
        try:
            data = self._file.read_bytes()
        except OSError:
            return {}
        size = _HASH + 4 * self._dimension
        whole = (len(data) - _HASH) // size
        if data[:_HASH] != self._opening or whole < 0:
            self.remove()
            return {}
        end = _HASH + whole * size
        if end < len(data):
            # A kill in the middle of a write leaves a piece, behind which nothing could be read.
            with suppress(OSError), self._file.open("r+b") as file:
                file.truncate(end)
        records = np.frombuffer(data[_HASH:end], dtype=np.uint8).reshape(whole, size)
        rows = np.ascontiguousarray(records[:, _HASH:]).view("<f4").astype(np.float32)
        sound = np.abs(np.linalg.norm(rows, axis=1) - 1.0) < 1e-3
        return {
            records[place, :_HASH].tobytes().hex(): rows[place]
            for place in range(whole)
            if sound[place]
        }

    def add(self, digests: Sequence[str], rows: Matrix) -> None:
        """Keep vectors; a disk that is full keeps none, and the build itself will say so."""
        if self._file is None:
            return
        pieces = [
            bytes.fromhex(digest) + row.astype("<f4").tobytes()
            for digest, row in zip(digests, rows, strict=True)
        ]
        try:
            with self._file.open("ab") as file:
                file.write(b"".join((*(() if file.tell() else (self._opening,)), *pieces)))
        except OSError as error:
            logger.debug("no vectors are kept: %s", error)

    def remove(self) -> None:
        """Remove the file, once its vectors are in a build or can be of no use."""
        if self._file is not None:
            with suppress(OSError):
                self._file.unlink(missing_ok=True)
