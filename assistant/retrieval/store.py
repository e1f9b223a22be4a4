"""The index: build, open, query, refresh, status, roll back."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

import numpy as np

from assistant.errors import IndexMismatch, IndexMissing, StoreError
from assistant.retrieval.encoder import Matrix, Vector
from assistant.retrieval.models import Embedder, Encoded
from assistant.retrieval.search import EVERYTHING, FacetFilter
from assistant.retrieval.store_volume import (
    AGAIN,
    FORMAT,
    FolderStore,
    Manifest,
    Pointer,
    ServerStore,
    Volume,
    versions,
)
from assistant.retrieval.wordings import FACET, SUFFIX, embedded_text, meant_by, with_wordings
from assistant.settings import Settings
from corpus.passage import Corpus, Passage, sha256_of

logger = logging.getLogger(__name__)

Store = FolderStore | ServerStore
"""Keeps builds, a pointer to the one that answers, and a lock for the one who writes."""

Progress = Callable[[int, int], None]  # Called with passages done and passages in all.

BATCH = 100
"""Passages written at once: kill -9 during batches of 1000 has damaged folders, of 100 none."""

EMBEDDED = 512
"""Texts embedded at once: whole batches of the encoder, which a remainder would keep waiting."""


class _Opened(NamedTuple):
    """A build as one value, so that a thread never sees half of a swap."""

    volume: Volume
    manifest: Manifest
    vectors: dict[str, tuple[tuple[str, ...], Matrix]]


class Index:
    """An open build; it is never written to."""

    def __init__(self, store: Store, corpus: Corpus, embedder: Embedder) -> None:
        self._store = store
        self.corpus, self.embedder = corpus, embedder
        self._lock = threading.Lock()
        self._retired: Volume | None = None
        self._looked = time.monotonic()
        self._opened = self._read()

    @classmethod
    def open(cls, corpus: Corpus, embedder: Embedder, settings: Settings) -> Index:
        """Open the build that answers.

        Raises:
            IndexMissing: none has been built.
            IndexMismatch: it was built from another corpus, model or version; the text says which.
            StoreError: it is damaged, or the store cannot be reached.
        """
        store = store_of(settings)
        try:
            return cls(store, corpus, embedder)
        except StoreError:
            store.close()
            raise

    @classmethod
    def build(
        cls,
        corpus: Corpus,
        embedder: Embedder,
        settings: Settings,
        progress: Progress | None = None,
        *,
        passages: str = "",
        erase: bool = False,
        reuse: bool | None = None,
    ) -> Manifest:
        """Build beside what answers now, verify, and only then swap.

        Of a foreign corpus, `passages` is the SHA-256 of its file. To `erase` leaves nothing of any
        build before, so that none can answer again. Unless it is erased, or where it is said, the
        build before is read for vectors to `reuse`, with ids of passages and without words.

        Raises:
            IndexBusy: another process is building.
            StoreError: the store cannot be written, or lost something; what answered before does.
        """
        # What is to be gone is not even read: it could come back with the memory it lay in.
        reuses = not erase if reuse is None else reuse
        with closing(store_of(settings)) as store, store.lock() as beat:
            try:
                pointer = store.pointer()
            except StoreError as error:
                # One that is damaged points at nothing that could be kept.
                logger.warning("%s", error)
                pointer = Pointer()
            encoded = Encoded(settings.home / "index" / "encoded", embedder.weights_sha256)
            told = progress or (lambda done, total: None)
            writer = _Writer(store, embedder, told, beat, encoded)
            try:
                store.sweep(pointer.builds)
                known = writer.known(pointer.current) if reuses and pointer.current else {}
                manifest = writer.write(corpus, known, passages)
                beat()
                erased = datetime.now(UTC).date().isoformat() if erase else ""
                previous = "" if erase else pointer.current
                pointer = Pointer(current=manifest.build, previous=previous, erased=erased)
                store.point(pointer)
                encoded.remove()
            finally:
                store.sweep(pointer.builds)
            if erase:
                store.sweep(pointer.builds, checked=True)
        return manifest

    @property
    def manifest(self) -> Manifest:
        """What the open build was built from."""
        return self._opened.manifest

    def vectors(self, tier: str) -> tuple[tuple[str, ...], Matrix]:
        """Return ids and vectors of a tier in reading order; loaded once."""
        return self._vectors(self._opened, tier)

    def _vectors(self, opened: _Opened, tier: str) -> tuple[tuple[str, ...], Matrix]:
        volume, manifest, vectors = opened
        if tier not in manifest.texts:
            return (), np.zeros((0, manifest.dimension), dtype=np.float32)
        if tier not in vectors:
            vectors[tier] = tuple(manifest.texts[tier]), volume.vectors(tier, manifest)
        return vectors[tier]

    def query(
        self, vector: Vector, tier: str, k: int, allowed: FacetFilter = EVERYTHING
    ) -> list[tuple[str, float]]:
        """Return the ids of the `k` of a tier nearest to a vector of unit norm, with their cosine.

        All that are allowed are compared, so that nothing near is missed.
        """
        opened = self._opened  # Another build may be swapped in meanwhile.
        ids, rows = self._vectors(opened, tier)
        if tier in opened.manifest.texts:
            # Nothing is asked of the collection, but damage to it is told of.
            opened.volume.open(tier)
        cosines, by_id = rows @ vector, self.corpus.by_id
        near = (
            (ids[place], float(cosines[place]))
            for place in np.argsort(-cosines, kind="stable")
            # What is no passage is the wording of one.
            if allowed.allows((by_id.get(ids[place]) or by_id[meant_by(ids[place])]).facets)
        )
        return list(islice(near, k))

    def warm(self) -> None:
        """Open every tier now rather than with the first question."""
        opened = self._opened
        for tier in opened.manifest.counts:
            self._vectors(opened, tier)
            opened.volume.open(tier)

    def close(self) -> None:
        """Let go of files and connections; a later query opens them again."""
        self._opened.volume.close()
        if self._retired is not None:
            self._retired.close()
        self._store.close()

    def refresh(self) -> bool:
        """Open what has been swapped in since, and return whether there was something.

        `IndexMismatch` where it was built from another corpus, model or version.
        """
        now = time.monotonic()
        if now - self._looked < self._store.check_every:
            return False
        try:
            current = self._store.pointer().current
        except StoreError as error:
            if isinstance(self._store, FolderStore):
                raise
            # What is open answers on while a server does not say whether there is another.
            logger.warning("%s", error)
            current = self.manifest.build
        # Nobody is answered from a build that was replaced by what this process does not fit.
        with self._lock:
            # Another thread may have opened it meanwhile.
            reopened = current != self.manifest.build != self._store.pointer().current
            if reopened:
                opened = self._read()
                if self._retired is not None:
                    self._retired.close()
                # Another thread may be asking the old build; it is closed one swap later.
                self._retired, self._opened = self._opened.volume, opened
                logger.info("The index %s answers from now on.", opened.manifest.build)
        self._looked = now
        return reopened

    def _read(self) -> _Opened:
        """Read the build that is pointed at; if it went away meanwhile, the one after it."""
        pointer = self._store.pointer()
        while True:
            if not pointer.current:
                raise IndexMissing(f"No index has been built in {self._store.place}; {AGAIN}")
            volume = self._store.volume(pointer.current)
            try:
                manifest = volume.manifest()
                break
            except StoreError:
                before, pointer = pointer, self._store.pointer()
                if before == pointer:
                    raise
        if problem := manifest.mismatch(self.corpus, self.embedder):
            shared = isinstance(self._store, ServerStore)
            other = "; where it is other servers' index too, update this one" if shared else ""
            raise IndexMismatch(problem + other)
        return _Opened(volume, manifest, {})


class _Writer(NamedTuple):
    """Writes a build, which nobody is pointed at yet."""

    store: Store
    embedder: Embedder
    progress: Progress
    beat: Callable[[], None]
    encoded: Encoded
    """What was embedded for a build that was not done."""

    def known(self, build: str) -> dict[str, Vector]:
        """Return vectors of a build by hash of text, if the same weights made them."""
        mine = (FORMAT, self.embedder.weights_sha256, self.embedder.dimension)
        try:
            with closing(self.store.volume(build)) as volume:
                manifest = volume.manifest()
                if (manifest.format, manifest.weights, manifest.dimension) != mine:
                    return {}
                known: dict[str, Vector] = {}
                for tier, texts in manifest.texts.items():
                    known.update(zip(texts.values(), volume.vectors(tier, manifest), strict=True))
                return known
        except StoreError as error:
            logger.warning("No vector is reused: %s", error)
            return {}

    def write(self, corpus: Corpus, kept: dict[str, Vector], passages_sha256: str) -> Manifest:
        """Embed, write, verify what a reader will open, and store the manifest."""
        known = kept | self.encoded.read()
        build = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        passages = with_wordings(corpus).passages
        embedded = {passage.id: embedded_text(passage) for passage in passages}
        hashes = {passage_id: sha256_of(text) for passage_id, text in embedded.items()}
        tiers: dict[str, list[Passage]] = {}
        for passage in passages:
            suffix = SUFFIX if FACET in passage.facets else ""
            tier = f"{corpus.source_by_id[passage.source_id].tier}{suffix}"
            tiers.setdefault(tier, []).append(passage)
        volume = self.store.volume(build)
        collected = list(filter(volume.collects, tiers))
        new = {digest: embedded[one] for one, digest in hashes.items() if digest not in known}
        vectors = known | self._embed(new, len(passages))
        texts = {tier: {one.id: hashes[one.id] for one in held} for tier, held in tiers.items()}
        rows = {
            tier: np.stack([vectors[digest] for digest in digests.values()])
            for tier, digests in texts.items()
        }
        with closing(volume):
            for tier in collected:
                volume.collection(tier, new=True)
                for start in range(0, len(rows[tier]), BATCH):
                    end = start + BATCH
                    volume.add(tier, tiers[tier][start:end], rows[tier][start:end])
                    self.beat()
            manifest = Manifest(
                format=FORMAT,
                build=build,
                created=datetime.now(UTC).isoformat(timespec="seconds"),
                corpus=corpus.digest,
                embedder=self.embedder.name,
                weights=self.embedder.weights_sha256,
                dimension=self.embedder.dimension,
                counts={tier: len(ids) for tier, ids in texts.items()},
                reused=sum(digest in known for digest in hashes.values()),
                versions=versions(),
                texts=texts,
                vectors={
                    tier: sha256(matrix.astype("<f4").tobytes()).hexdigest()
                    for tier, matrix in rows.items()
                },
                passages=passages_sha256,
            )
            volume.close()
            for tier in collected:
                volume.verify(tier, manifest, rows[tier])
            volume.write(manifest, rows)
        return manifest

    def _embed(self, new: Mapping[str, str], total: int) -> dict[str, Vector]:
        """Return the vectors of texts by their hash; equal texts are embedded once."""
        # Texts of like length go through together, since the shorter ones of a batch are padded.
        digests = sorted(new, key=lambda digest: len(new[digest]))
        vectors: dict[str, Vector] = {}
        for start in range(0, len(digests), EMBEDDED):
            self.progress(total - len(new) + start, total)
            batch = digests[start : start + EMBEDDED]
            rows = self.embedder.embed_all([new[digest] for digest in batch])
            vectors.update(zip(batch, rows, strict=True))
            self.encoded.add(batch, rows)
            self.beat()
        self.progress(total, total)
        return vectors


class IndexStatus(NamedTuple):
    """What the store holds now."""

    place: str
    current: Manifest | None
    previous: Manifest | None
    """Folder or address of the store; the builds that answer, and that a rollback goes to."""


def store_of(settings: Settings) -> Store:
    """Return the store that the settings name."""
    return ServerStore(settings.chroma_url) if settings.chroma_url else FolderStore(settings.home)


def status(settings: Settings) -> IndexStatus:
    """Return what the store holds; `StoreError` where it is damaged or cannot be reached."""
    with closing(store_of(settings)) as store:
        held = store.pointer()
        current, previous = (_manifest(store, one) for one in (held.current, held.previous))
        return IndexStatus(place=store.place, current=current, previous=previous)


def current_manifest(settings: Settings) -> Manifest | None:
    """Return what the build that answers was built from, none before the first; see `status`."""
    with closing(store_of(settings)) as store:
        return _manifest(store, store.pointer().current)


def damage_of(settings: Settings, build: str) -> str:
    """Hold what is kept of a build against its hashes; empty, or one sentence on the damage."""
    with closing(store_of(settings)) as store, closing(store.volume(build)) as volume:
        try:
            manifest = volume.manifest()
            for tier in manifest.texts:
                volume.vectors(tier, manifest)
        except StoreError as error:
            return str(error)
    return ""


def rollback(settings: Settings) -> Manifest:
    """Let the build before answer again, and return its manifest; a second call undoes the first.

    `IndexMissing` without one; `StoreError` where it is damaged, or another process is building.
    """
    with closing(store_of(settings)) as store, store.lock():
        held = store.pointer()
        pointer = Pointer(current=held.previous, previous=held.current)
        manifest = _manifest(store, pointer.current)
        if manifest is None:
            gone = f"Every earlier index in {store.place} was erased on {held.erased}, so there is"
            none = f"{gone} none" if held.erased else f"There is no earlier index in {store.place}"
            raise IndexMissing(f"{none} to go back to.")
        store.point(pointer)
    return manifest


def _manifest(store: Store, build: str) -> Manifest | None:
    if not build:
        return None
    with closing(store.volume(build)) as volume:
        return volume.manifest()
