"""Builds of the index in folders of the home."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from pydantic import ValidationError

from assistant.errors import StoreError
from assistant.home import alone, stamp_of, sync_folder, write_whole, writing
from assistant.retrieval.manifest import AGAIN, Manifest, Pointer
from assistant.retrieval.store_volume import EXACT, Volume, chroma_settings
from assistant.retrieval.wordings import SUFFIX

if TYPE_CHECKING:
    from chromadb.api.client import Client

    from assistant.retrieval.encoder import Matrix


class FolderStore:
    """Builds in `index/builds` under a home; the pointer is a file that is replaced whole."""

    check_every = 0.0

    def __init__(self, home: Path) -> None:
        """Keep the folder; nothing is made yet."""
        self._home = home
        self._folder = home / "index"
        self._pointer = self._folder / "pointer.json"
        self.encoded: Path | None = self._folder / "encoded.f32"
        self.place = str(self._folder)

    def mark(self) -> Hashable:
        """Return what `stat` says of the pointer file."""
        try:
            return stamp_of(self._pointer)
        except OSError:
            return None

    def pointer(self) -> Pointer:
        """Read the pointer file."""
        try:
            text = self._pointer.read_text("utf-8")
        except FileNotFoundError:
            return Pointer()
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"The index in {self.place} cannot be read: {error}.") from error
        try:
            return Pointer.model_validate_json(text)
        except ValidationError as error:
            raise StoreError(f"The pointer {self._pointer} is damaged; {AGAIN}") from error

    def point(self, pointer: Pointer) -> None:
        """Replace the pointer file."""
        with writing(self._home):
            write_whole(self._pointer, pointer.model_dump_json().encode())

    @contextmanager
    def lock(self) -> Iterator[Callable[[], None]]:
        """Hold the lock file; the system lets go of it when a process dies."""
        with writing(self._home):
            self._folder.mkdir(parents=True, exist_ok=True)
        with alone(self._folder / "lock", f"building the index in {self.place}"):
            yield lambda: None

    def volume(self, build: str) -> Volume:
        """Return a build in a folder."""
        return FolderVolume(self._folder / "builds" / build)

    def sweep(self, keep: Collection[str]) -> None:
        """Remove folders; one that cannot be removed is tried again at the next build."""
        for folder in (self._folder / "builds").glob("*"):
            if folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)
        for unfinished in self._folder.glob(f".{self._pointer.name}.*"):
            unfinished.unlink(missing_ok=True)

    def check_swept(self, keep: Collection[str]) -> None:
        """Look for folders of other builds."""
        for folder in (self._folder / "builds").glob("*"):
            if folder.name not in keep:
                raise StoreError(
                    f"{folder} cannot be removed; what was to be erased is still in it."
                )

    def close(self) -> None:
        """Do nothing: only a volume holds files open."""


class FolderVolume(Volume):
    """A build in a folder of its own; manifest and vectors lie beside Chroma's files.

    So the index is checked, and its vectors are read, without importing Chroma.
    """

    def __init__(self, folder: Path) -> None:
        """Keep the folder."""
        super().__init__(str(folder), lambda: _embedded(folder / "chroma"), "tier-")
        self._folder = folder

    def keeps_graph(self, tier: str, count: int) -> bool:
        """Tell whether Chroma holds a tier: few wordings are compared one by one, from the copy.

        So are documents, however many: an answer from them compares all of their vectors anyway.
        """
        return not tier.startswith("document") and (count > EXACT or not tier.endswith(SUFFIX))

    def write(self, manifest: Manifest, vectors: Mapping[str, Matrix]) -> None:
        """Write vectors and manifest."""
        with writing(self._folder):
            for tier, rows in vectors.items():
                write_whole(self._folder / f"{tier}.f32", rows.astype("<f4").tobytes())
            write_whole(self._folder / "manifest.json", manifest.model_dump_json().encode())
            sync_folder(self._folder.parent)

    def manifest(self) -> Manifest:
        """Read the manifest."""
        with reading(self._folder):
            text = (self._folder / "manifest.json").read_text("utf-8")
        return Manifest.parse(text, self.place)

    def vectors(self, tier: str, manifest: Manifest) -> Matrix:
        """Read the vectors."""
        with reading(self._folder):
            data = (self._folder / f"{tier}.f32").read_bytes()
        if sha256(data).hexdigest() != manifest.vectors[tier]:
            raise StoreError(f"The vectors of the index in {self.place} are damaged; {AGAIN}")
        rows = np.frombuffer(data, dtype="<f4").reshape(-1, manifest.dimension)
        return rows.astype(np.float32, copy=False)


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Turn a missing or unreadable file of a build into one sentence.

    Raises:
        StoreError: the build is damaged.
    """
    try:
        yield
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"The index in {folder} is damaged: {error}; {AGAIN}") from error


def _embedded(folder: Path) -> Client:
    import chromadb

    folder.mkdir(parents=True, exist_ok=True)
    return cast("Client", chromadb.PersistentClient(folder, settings=chroma_settings()))
