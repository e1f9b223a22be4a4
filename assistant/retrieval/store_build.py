"""One build of the index: embed, write, verify, swap."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.retrieval.manifest import AGAIN, FORMAT, Manifest, Pointer, embedded_text, versions
from assistant.retrieval.store_volume import FolderStore, ServerStore, Volume
from assistant.retrieval.wordings import FACET, SUFFIX, with_wordings
from corpus.passage import Corpus, Passage, sha256_of

if TYPE_CHECKING:
    from assistant.retrieval.encoder import Matrix, Vector
    from assistant.retrieval.models import Embedder

logger = logging.getLogger(__name__)

Store = FolderStore | ServerStore
"""Keeps builds, a pointer to the one that answers, and a lock for the one who writes."""

Progress = Callable[[int, int], None]
"""Called with passages done and passages in all."""

BATCH = 100
"""Passages written at once: kill -9 during batches of 1000 has damaged folders, of 100 none."""

EMBEDDED = 512
"""Texts embedded at once: whole batches of the encoder, which a remainder would keep waiting."""

NEAREST = 10
"""Neighbours that recall is measured over."""

MIN_RECALL = 0.85
"""An index that finds less than this share of the true neighbours is not used."""

SAMPLE = 2000
"""Passages that recall is measured on, evenly spread; all of them are looked for."""

TIE = 1e-5
"""Cosines closer than this are equal: Chroma's differ from ours in the last digits."""


HASH = 32
"""Bytes of a hash in a file of vectors: of the weights first, of a text before each vector."""


class Encoded:
    """Vectors kept in a file as they are made, so that a build that was killed goes on from there.

    They stand by hash of text; what was torn or made by other weights is not read. Without a file
    nothing is kept.
    """

    def __init__(self, file: Path | None, weights_sha256: str, dimension: int) -> None:
        self._file = file
        self._opening = sha256(weights_sha256.encode()).digest()
        self._form = np.dtype([("digest", np.uint8, HASH), ("row", "<f4", dimension)])

    def read(self) -> dict[str, Vector]:
        """Return the whole vectors of the file by hash of text; none where there is no file."""
        if self._file is None:
            return {}
        try:
            data = self._file.read_bytes()
        except OSError:
            return {}
        if data[:HASH] != self._opening:
            self.remove()
            return {}
        end = len(data) - (len(data) - HASH) % self._form.itemsize
        if end < len(data):
            # A kill in the middle of a write leaves a piece, behind which nothing could be read.
            with suppress(OSError), self._file.open("r+b") as file:
                file.truncate(end)
        records = np.frombuffer(data[HASH:end], dtype=self._form)
        rows = records["row"].astype(np.float32)
        sound = np.abs(np.linalg.norm(rows, axis=1) - 1.0) < 1e-3
        return {
            records["digest"][place].tobytes().hex(): rows[place] for place in np.flatnonzero(sound)
        }

    def add(self, digests: Sequence[str], rows: Matrix) -> None:
        """Keep vectors; a disk that is full keeps none, and the build itself will say so."""
        if self._file is None:
            return
        records = np.zeros(len(rows), self._form)
        records["digest"] = [[*bytes.fromhex(digest)] for digest in digests]
        records["row"] = rows
        try:
            with self._file.open("ab") as file:
                file.write((b"" if file.tell() else self._opening) + records.tobytes())
        except OSError as error:
            logger.debug("no vectors are kept: %s", error)

    def remove(self) -> None:
        """Remove the file, once its vectors are in a build or can be of no use."""
        if self._file is not None:
            with suppress(OSError):
                self._file.unlink(missing_ok=True)


@dataclass
class Building:
    """One run of `Index.build`, which says what each field is."""

    store: Store
    embedder: Embedder
    progress: Progress
    passages: str
    erase: bool
    reuse: bool

    def __post_init__(self) -> None:
        """Choose an id; nothing is written yet."""
        self._build = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        weights, dimension = self.embedder.weights_sha256, self.embedder.dimension
        self._encoded = Encoded(self.store.encoded, weights, dimension)
        self._beat: Callable[[], None] = lambda: None

    def run(self, corpus: Corpus) -> Manifest:
        """Build, verify, swap; whatever happens, leave nothing half-built."""
        with self.store.lock() as self._beat:
            try:
                pointer = self.store.pointer()
            except StoreError as error:
                # One that is damaged points at nothing that could be kept.
                logger.warning("%s", error)
                pointer = Pointer()
            try:
                self.store.sweep(pointer.builds)
                known = self._known(pointer) if self.reuse else {}
                manifest = self._fill(corpus, known | self._encoded.read())
                self._beat()
                erased = datetime.now(UTC).date().isoformat() if self.erase else ""
                previous = "" if self.erase else pointer.current
                pointer = Pointer(current=self._build, previous=previous, erased=erased)
                self.store.point(pointer)
                self._encoded.remove()
            finally:
                self.store.sweep(pointer.builds)
            if self.erase:
                self.store.sweep(pointer.builds, checked=True)
        return manifest

    def _known(self, pointer: Pointer) -> dict[str, Vector]:
        """Return vectors of the current build by hash of text, if the same weights made them."""
        if not pointer.current:
            return {}
        mine = (FORMAT, self.embedder.weights_sha256, self.embedder.dimension)
        try:
            with closing(self.store.volume(pointer.current)) as volume:
                manifest = volume.manifest()
                if (manifest.format, manifest.weights, manifest.dimension) != mine:
                    return {}
                return {
                    digest: row
                    for tier, texts in manifest.texts.items()
                    for digest, row in zip(
                        texts.values(), volume.vectors(tier, manifest), strict=True
                    )
                }
        except StoreError as error:
            logger.warning("No vector is reused: %s", error)
            return {}

    def _fill(self, corpus: Corpus, known: dict[str, Vector]) -> Manifest:
        """Embed, write, verify what a reader will open, and store the manifest."""
        whole = with_wordings(corpus)
        hashes = {passage.id: sha256_of(embedded_text(passage)) for passage in whole.passages}
        tiers: dict[str, list[Passage]] = {}
        for passage in whole.passages:
            name: str = whole.source_by_id[passage.source_id].tier
            name += SUFFIX if FACET in passage.facets else ""
            tiers.setdefault(name, []).append(passage)
        volume = self.store.volume(self._build)
        graphs = [tier for tier in tiers if volume.keeps_graph(tier, len(tiers[tier]))]
        vectors = known | self._embed(whole.passages, hashes, known)
        texts = {
            tier: {passage.id: hashes[passage.id] for passage in passages}
            for tier, passages in tiers.items()
        }
        rows = {
            tier: np.stack([vectors[digest] for digest in held.values()])
            for tier, held in texts.items()
        }
        with closing(volume):
            for tier in graphs:
                volume.collection(tier, new=True)
                for start in range(0, len(rows[tier]), BATCH):
                    end = start + BATCH
                    volume.add(tier, tiers[tier][start:end], rows[tier][start:end])
                    self._beat()
            volume.close()
            found = {tier: verify(volume, tier, list(texts[tier]), rows[tier]) for tier in graphs}
            manifest = Manifest(
                format=FORMAT,
                build=self._build,
                created=datetime.now(UTC).isoformat(timespec="seconds"),
                corpus=corpus.digest,
                embedder=self.embedder.name,
                weights=self.embedder.weights_sha256,
                dimension=self.embedder.dimension,
                counts={tier: len(ids) for tier, ids in texts.items()},
                recall={tier: found.get(tier, (1.0, 0))[0] for tier in tiers},
                missed={tier: missed for tier, (_, missed) in found.items() if missed},
                reused=sum(digest in known for digest in hashes.values()),
                versions=versions(),
                texts=texts,
                vectors={
                    tier: sha256(matrix.astype("<f4").tobytes()).hexdigest()
                    for tier, matrix in rows.items()
                },
                passages=self.passages,
            )
            volume.write(manifest, rows)
        return manifest

    def _embed(
        self, passages: Sequence[Passage], hashes: Mapping[str, str], known: Mapping[str, Vector]
    ) -> dict[str, Vector]:
        """Return the vectors that are not known, by hash of text; equal texts are embedded once."""
        new = {
            hashes[passage.id]: embedded_text(passage)
            for passage in passages
            if hashes[passage.id] not in known
        }
        # Texts of like length go through together, since the shorter ones of a batch are padded.
        total, digests = len(passages), sorted(new, key=lambda digest: len(new[digest]))
        vectors: dict[str, Vector] = {}
        for start in range(0, len(digests), EMBEDDED):
            self.progress(total - len(new) + start, total)
            batch = digests[start : start + EMBEDDED]
            rows = self.embedder.embed_all([new[digest] for digest in batch])
            vectors.update(zip(batch, rows, strict=True))
            self._encoded.add(batch, rows)
            self._beat()
        self.progress(total, total)
        return vectors


def verify(volume: Volume, tier: str, ids: Sequence[str], rows: Matrix) -> tuple[float, int]:
    """Look for every passage of a tier by its own vector; return recall and how many are missed.

    The recall is the share of the exact nearest `NEAREST` found, 0 to 1, over `SAMPLE` passages. A
    graph is approximate, and misses some that the store holds. They make no build useless: where
    there are any, a search compares all vectors, as it does for up to `EXACT` passages.

    Raises:
        StoreError: the store has lost passages, or the recall is under `MIN_RECALL`.
    """
    held = volume.count(tier)
    if held != len(ids):
        raise StoreError(f"The new index holds {held} of {len(ids)} passages; {AGAIN}")
    place_of = {passage_id: place for place, passage_id in enumerate(ids)}
    step = max(1, len(ids) // SAMPLE)
    shares: list[float] = []
    missed = 0
    for start in range(0, len(rows), BATCH):
        block = rows[start : start + BATCH]
        near = volume.neighbours(tier, block, min(NEAREST, len(rows)))
        for place, found, cosines in zip(count(start), near, block @ rows.T, strict=False):
            if ids[place] not in found:
                # It is near all the same if a search finds it among all that equal the one sought.
                equals = int((cosines >= cosines.max() - TIE).sum())
                k = min(len(cosines), equals + NEAREST)
                missed += ids[place] not in volume.neighbours(tier, rows[[place]], k)[0]
            if place % step == 0:
                shares.append(recall_of([place_of[one] for one in found], cosines))
    recall = float(np.mean(shares))
    if recall < MIN_RECALL:
        raise StoreError(
            f"The new index finds {recall:.0%} of the nearest passages and is not used, since "
            f"{MIN_RECALL:.0%} are required."
        )
    return recall, missed


def recall_of(found: Sequence[int], cosines: NDArray[np.float32]) -> float:
    """Return the share of the true nearest `NEAREST` among the places found; ties all count.

    >>> recall_of([0, 2], np.array([1.0, 0.9, 0.1], dtype=np.float32))
    0.6666666666666666
    """
    k = min(NEAREST, len(cosines))
    least = np.partition(cosines, -k)[-k] - TIE
    return sum(bool(cosines[place] >= least) for place in found) / k
