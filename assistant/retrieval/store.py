"""The index: build, open, query, refresh, status, roll back."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Hashable
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexMismatch, IndexMissing, StoreError
from assistant.retrieval.manifest import AGAIN, IndexStatus, Manifest, Pointer
from assistant.retrieval.predicate import FacetFilter
from assistant.retrieval.store_build import Building, Progress, Store
from assistant.retrieval.store_volume import EXACT, FolderStore, ServerStore, Volume
from assistant.retrieval.wordings import meant_by
from assistant.settings import Settings
from corpus.passage import Corpus

if TYPE_CHECKING:
    from assistant.retrieval.encoder import Matrix, Vector
    from assistant.retrieval.models import Embedder

logger = logging.getLogger(__name__)

Places = NDArray[np.intp]

MOST_KEPT = 64
"""Predicates whose places in a collection are kept."""


class _Opened(NamedTuple):
    """A build as one value, so that a thread never sees half of a swap."""

    volume: Volume
    manifest: Manifest
    vectors: dict[str, tuple[tuple[str, ...], Matrix]]
    kept: dict[Hashable, Places]


class Index:
    """An open build; it is never written to."""

    def __init__(self, store: Store, corpus: Corpus, embedder: Embedder) -> None:
        self._store = store
        self._fits = (corpus, embedder)
        self._lock = threading.Lock()
        self._retired: Volume | None = None
        self._looked = time.monotonic()
        self._mark = store.mark()
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

        Args:
            corpus: what is indexed.
            embedder: the model.
            settings: where to.
            progress: called with passages done and passages in all.
            passages: SHA-256 of the file that a foreign corpus was read from.
            erase: whether nothing of any build before may be left; then none can answer again.
            reuse: whether vectors of the build before may be used; if not said, unless it is
                erased. It is read for them, with the ids of passages and without their words.

        Raises:
            IndexBusy: another process is building.
            StoreError: the store cannot be written, or lost something; what answered before does.
        """
        with closing(store_of(settings)) as store:
            # What is to be gone is not even read: it could come back with the memory it lay in.
            reuses = not erase if reuse is None else reuse
            told = progress or (lambda done, total: None)
            return Building(store, embedder, told, passages, erase, reuses).run(corpus)

    @property
    def manifest(self) -> Manifest:
        """What the open build was built from."""
        return self._opened.manifest

    def vectors(self, tier: str) -> tuple[tuple[str, ...], Matrix]:
        """Return ids and vectors of a tier in reading order; loaded once."""
        volume, manifest, vectors, _ = self._opened
        if tier not in manifest.texts:
            return (), np.zeros((0, manifest.dimension), dtype=np.float32)
        if tier not in vectors:
            vectors[tier] = tuple(manifest.texts[tier]), volume.vectors(tier, manifest)
        return vectors[tier]

    def query(
        self, vector: Vector, tier: str, k: int, where: FacetFilter | None = None
    ) -> list[tuple[str, float]]:
        """Return the ids of the `k` of a tier nearest to a vector of unit norm, with their cosine.

        Only those that a predicate allows are found, if there is one.
        """
        opened = self._opened
        count = opened.manifest.counts.get(tier, 0)
        if not count or (where and not all(where.clauses)):
            return []
        if self._compares(opened, tier, count):
            ids, rows = self.vectors(tier)
            if where is not None:
                kept = self._kept(tier, where)
                ids, rows = tuple(ids[place] for place in kept), rows[kept]
            cosines = rows @ vector
            order = np.argsort(-cosines, kind="stable")[:k]
            return [(ids[place], float(cosines[place])) for place in order]
        return opened.volume.query(tier, vector, min(k, count), where)

    def _compares(self, opened: _Opened, tier: str, count: int) -> bool:
        """Open a tier, so that damage is told of, and tell whether all its vectors are compared."""
        has_graph = opened.volume.keeps_graph(tier, count)
        if has_graph:
            opened.volume.collection(tier)
        return count <= EXACT or tier in opened.manifest.missed or not has_graph

    def _kept(self, tier: str, where: FacetFilter) -> Places:
        """Return the places of what a predicate allows of a tier, in its order."""
        opened, key = self._opened, (tier, where.clauses)
        if key not in opened.kept:
            by_id = self._fits[0].by_id
            ids, _ = self.vectors(tier)
            # What is no passage is the wording of one.
            held = [by_id.get(one) or by_id[meant_by(one)] for one in ids]
            found = [at for at, one in enumerate(held) if where.allows(one.facets)]
            if len(opened.kept) >= MOST_KEPT:
                opened.kept.clear()
            opened.kept[key] = np.array(found, dtype=np.intp)
        return opened.kept[key]

    def warm(self) -> None:
        """Open every tier now rather than with the first question."""
        opened = self._opened
        for tier, count in opened.manifest.counts.items():
            if self._compares(opened, tier, count):
                self.vectors(tier)

    def close(self) -> None:
        """Let go of files and connections; a later query opens them again."""
        self._opened.volume.close()
        if self._retired is not None:
            self._retired.close()
        self._store.close()

    def refresh(self) -> bool:
        """Open what has been swapped in since, and return whether there was something.

        Raises:
            IndexMismatch: it was built from another corpus, model or version.
        """
        now = time.monotonic()
        if now - self._looked < self._store.check_every:
            return False
        try:
            mark = self._store.mark()
        except StoreError as error:
            # What is open answers on while a server does not say whether there is another.
            logger.warning("%s", error)
            mark = self._mark
        if mark == self._mark:
            self._looked = now
            return False
        # Nobody is answered from a build that was replaced by what this process does not fit.
        with self._lock:
            if reopened := self._store.pointer().current != self.manifest.build:
                opened = self._read()
                if self._retired is not None:
                    self._retired.close()
                # Another thread may be asking the old build; it is closed one swap later.
                self._retired, self._opened = self._opened.volume, opened
                logger.info("The index %s answers from now on.", opened.manifest.build)
            self._mark = mark
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
        if problem := manifest.mismatch(*self._fits):
            shared = isinstance(self._store, ServerStore)
            other = "; where it is other servers' index too, update this one" if shared else ""
            raise IndexMismatch(problem + other)
        return _Opened(volume, manifest, {}, {})


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

    Raises:
        IndexMissing: there is no build before.
        StoreError: it is damaged, or another process is building.
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
