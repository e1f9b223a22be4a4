"""One build of the index: embed, write, verify, swap."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.retrieval.manifest import AGAIN, FORMAT, Manifest, Pointer, embedded_text, versions
from assistant.retrieval.store_volume import Store, Volume
from assistant.retrieval.wordings import FACET, SUFFIX, with_wordings
from corpus.passage import Corpus, Passage, sha256_of

if TYPE_CHECKING:
    from assistant.retrieval.encoder import Matrix, Vector
    from assistant.retrieval.models import Embedder

logger = logging.getLogger(__name__)

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

    They stand by hash of text; what was torn or made by other weights is not read.
    """

    def __init__(self, file: Path | None, weights_sha256: str, dimension: int) -> None:
        """Keep the file's place, and what made its vectors; without a place nothing is kept."""
        self._file = file
        self._opening = sha256(weights_sha256.encode()).digest()
        self._dimension = dimension

    def read(self) -> dict[str, Vector]:
        """Return the whole vectors of the file by hash of text; none where there is no file."""
        if self._file is None:
            return {}
        try:
            data = self._file.read_bytes()
        except OSError:
            return {}
        size = HASH + 4 * self._dimension
        whole = (len(data) - HASH) // size
        if data[:HASH] != self._opening or whole < 0:
            self.remove()
            return {}
        end = HASH + whole * size
        if end < len(data):
            # A kill in the middle of a write leaves a piece, behind which nothing could be read.
            with suppress(OSError), self._file.open("r+b") as file:
                file.truncate(end)
        records = np.frombuffer(data[HASH:end], dtype=np.uint8).reshape(whole, size)
        rows = np.ascontiguousarray(records[:, HASH:]).view("<f4").astype(np.float32)
        sound = np.abs(np.linalg.norm(rows, axis=1) - 1.0) < 1e-3
        return {
            records[place, :HASH].tobytes().hex(): rows[place]
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


class Building:
    """One run of `Index.build`."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        progress: Progress | None,
        passages: str = "",
        *,
        erase: bool = False,
        reuse: bool = True,
    ) -> None:
        """Choose an id; nothing is written yet."""
        self._passages = passages
        self._erase = erase
        self._reuse = reuse
        self._encoded = Encoded(store.encoded, embedder.weights_sha256, embedder.dimension)
        self._store = store
        self._embedder = embedder
        self._progress = progress or (lambda done, total: None)
        self._build = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        self._beat: Callable[[], None] = lambda: None

    def run(self, corpus: Corpus) -> Manifest:
        """Build, verify, swap; whatever happens, leave nothing half-built.

        Raises:
            IndexBusy: another process is building.
            StoreError: the store cannot be written, or lost something.
        """
        with self._store.lock() as self._beat:
            pointer = self._pointer()
            try:
                self._store.sweep(pointer.builds)
                known = self._known(pointer) if self._reuse else {}
                manifest = self._fill(corpus, known | self._encoded.read())
                self._beat()
                pointer = self._next(pointer)
                self._store.point(pointer)
                self._encoded.remove()
            finally:
                self._store.sweep(pointer.builds)
            if self._erase:
                self._store.check_swept(pointer.builds)
        return manifest

    def _next(self, pointer: Pointer) -> Pointer:
        """Return the pointer to this build, and to the one before unless that is erased."""
        if self._erase:
            return Pointer(current=self._build, erased=datetime.now(UTC).date().isoformat())
        return Pointer(current=self._build, previous=pointer.current)

    def _pointer(self) -> Pointer:
        """Return the pointer; one that is damaged points at nothing that could be kept."""
        try:
            return self._store.pointer()
        except StoreError as error:
            logger.warning("%s", error)
            return Pointer()

    def _known(self, pointer: Pointer) -> dict[str, Vector]:
        """Return vectors of the current build by hash of text, if the same weights made them."""
        if not pointer.current:
            return {}
        mine = (FORMAT, self._embedder.weights_sha256, self._embedder.dimension)
        found: dict[str, Vector] = {}
        try:
            with closing(self._store.volume(pointer.current)) as volume:
                manifest = volume.manifest()
                if (manifest.format, manifest.weights, manifest.dimension) != mine:
                    return {}
                for tier, texts in manifest.texts.items():
                    found.update(zip(texts.values(), volume.vectors(tier, manifest), strict=True))
        except StoreError as error:
            logger.warning("No vector is reused: %s", error)
            return {}
        return found

    def _fill(self, corpus: Corpus, known: dict[str, Vector]) -> Manifest:
        """Embed, write, verify what a reader will open, and store the manifest."""
        whole = with_wordings(corpus)
        hashes = {passage.id: sha256_of(embedded_text(passage)) for passage in whole.passages}
        tiers = _by_tier(whole)
        volume = self._store.volume(self._build)
        graphs = [tier for tier in tiers if volume.keeps_graph(tier, len(tiers[tier]))]
        vectors = known | self._embed(whole.passages, hashes, known)
        rows = {
            tier: np.stack([vectors[hashes[passage.id]] for passage in passages])
            for tier, passages in tiers.items()
        }
        texts = {
            tier: {passage.id: hashes[passage.id] for passage in passages}
            for tier, passages in tiers.items()
        }
        with closing(volume):
            for tier in graphs:
                self._write(volume, tier, tiers[tier], rows[tier])
            volume.close()
            found = {tier: verify(volume, tier, list(texts[tier]), rows[tier]) for tier in graphs}
            recall = {tier: found[tier].recall if tier in graphs else 1.0 for tier in tiers}
            manifest = self._manifest(corpus, texts, rows, recall).model_copy(
                update={
                    "missed": {tier: one.missed for tier, one in found.items() if one.missed},
                    "reused": sum(digest in known for digest in hashes.values()),
                    "passages": self._passages,
                }
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
            self._progress(total - len(new) + start, total)
            batch = digests[start : start + EMBEDDED]
            rows = self._embedder.embed_all([new[digest] for digest in batch])
            vectors.update(zip(batch, rows, strict=True))
            self._encoded.add(batch, rows)
            self._beat()
        self._progress(total, total)
        return vectors

    def _write(self, volume: Volume, tier: str, passages: Sequence[Passage], rows: Matrix) -> None:
        volume.create(tier)
        for start in range(0, len(passages), BATCH):
            end = start + BATCH
            volume.add(tier, passages[start:end], rows[start:end])
            self._beat()

    def _manifest(
        self,
        corpus: Corpus,
        texts: dict[str, dict[str, str]],
        rows: Mapping[str, Matrix],
        recall: dict[str, float],
    ) -> Manifest:
        return Manifest(
            format=FORMAT,
            build=self._build,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            corpus=corpus.digest,
            embedder=self._embedder.name,
            weights=self._embedder.weights_sha256,
            dimension=self._embedder.dimension,
            counts={tier: len(ids) for tier, ids in texts.items()},
            recall=recall,
            reused=0,
            versions=versions(),
            texts=texts,
            vectors={tier: hash_of(matrix) for tier, matrix in rows.items()},
        )


class Verified(NamedTuple):
    """What a search of a graph finds of its own passages."""

    recall: float
    """Share of the exact nearest `NEAREST` that it finds, over `SAMPLE` passages, 0 to 1."""

    missed: int
    """Passages that it does not find by their own vector."""


def verify(volume: Volume, tier: str, ids: Sequence[str], rows: Matrix) -> Verified:
    """Look for every passage of a tier by its own vector.

    A graph is approximate, and misses some that the store holds. They make no build useless: where
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
    for place, found, cosines in _neighbourhoods(volume, tier, rows):
        if ids[place] not in found:
            missed += ids[place] not in _as_near(volume, tier, rows[place], cosines)
        if place % step == 0:
            shares.append(recall_of([place_of[one] for one in found], cosines))
    recall = float(np.mean(shares))
    if recall < MIN_RECALL:
        raise StoreError(
            f"The new index finds {recall:.0%} of the nearest passages and is not used, since "
            f"{MIN_RECALL:.0%} are required."
        )
    return Verified(recall, missed)


def recall_of(found: Sequence[int], cosines: NDArray[np.float32]) -> float:
    """Return the share of the true nearest `NEAREST` among the places found; ties all count.

    >>> recall_of([0, 2], np.array([1.0, 0.9, 0.1], dtype=np.float32))
    0.6666666666666666
    """
    k = min(NEAREST, len(cosines))
    least = np.partition(cosines, -k)[-k] - TIE
    return sum(bool(cosines[place] >= least) for place in found) / k


def hash_of(rows: Matrix) -> str:
    """Return the SHA-256 of vectors as float32, row by row."""
    return sha256(rows.astype("<f4").tobytes()).hexdigest()


def _neighbourhoods(
    volume: Volume, tier: str, rows: Matrix
) -> Iterator[tuple[int, list[str], NDArray[np.float32]]]:
    """Give, for each place, the ids that a search finds near it, and its exact cosine to all."""
    k = min(NEAREST, len(rows))
    for start in range(0, len(rows), BATCH):
        block = rows[start : start + BATCH]
        near = volume.neighbours(tier, block, k)
        for offset, (found, cosines) in enumerate(zip(near, block @ rows.T, strict=True)):
            yield start + offset, found, cosines


def _as_near(volume: Volume, tier: str, row: Vector, cosines: NDArray[np.float32]) -> list[str]:
    """Return what a search finds if it may return every passage that equals the one sought."""
    equals = int((cosines >= cosines.max() - TIE).sum())
    k = min(len(cosines), equals + NEAREST)
    return volume.neighbours(tier, row[np.newaxis], k)[0]


def _by_tier(corpus: Corpus) -> dict[str, list[Passage]]:
    tiers: dict[str, list[Passage]] = {}
    for passage in corpus.passages:
        name: str = corpus.source_by_id[passage.source_id].tier
        name += SUFFIX if FACET in passage.facets else ""
        tiers.setdefault(name, []).append(passage)
    return tiers
