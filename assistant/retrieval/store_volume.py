"""One build of the index in Chroma, and where builds are: in folders, or in a Chroma server."""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast
from urllib.parse import urlsplit

import numpy as np
from pydantic import Field, ValidationError

from assistant.errors import IndexBusy, StoreError
from assistant.home import alone, reason_of, sync_folder, write_whole, writing
from assistant.retrieval.encoder import Matrix
from assistant.retrieval.models import Embedder
from assistant.retrieval.wordings import FACET, SUFFIX
from corpus.passage import Corpus, Passage, Record

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection as ChromaCollection
    from chromadb.config import Settings as ChromaSettings

FORMAT = 4  # Counts up whenever an older index can no longer be read.
BUILD = "^[0-9A-Za-z-]*$"  # Form of the id of a build, which is also the name of a folder.
AGAIN = "run: signpost index build"
MEND = "if disk and server are in order, run: signpost index build"
"""What helps where a build of the index cannot be read."""

TOLERANCE = 1e-5  # Largest difference in any number of a vector once it was stored.
PAGE = 1000  # Records that are asked of a server at once.
POINTER = "signpost-pointer"
LOCK = "signpost-lock"
LOCK_AGE = 300.0
"""Seconds after which a lock that nobody renewed is taken for that of a dead process."""


class Pointer(Record):
    """Which build answers, and which one did before it."""

    current: str = Field(default="", pattern=BUILD)
    previous: str = Field(default="", pattern=BUILD)
    erased: str = ""
    """Ids of the build that answers, empty before the first, and of the one that a rollback goes
    to; and the day on which every earlier build was erased, ISO 8601. Empty where there is none."""

    @property
    def builds(self) -> frozenset[str]:
        """Builds that must not be removed."""
        return frozenset({self.current, self.previous} - {""})


class Manifest(Record, extra="ignore"):
    """What an index was built from; older ones told of more, which nothing reads."""

    format: int
    build: str
    created: str
    """Version of this layout, id of the build, and when it was built, ISO 8601 in UTC."""

    corpus: str
    embedder: str
    weights: str
    dimension: int
    """Digest of the corpus edition; name of the embedding model, SHA-256 of its weights, and length
    of a vector."""

    counts: dict[str, int]
    """For each tier, its passages."""

    reused: int
    versions: dict[str, str]
    """Passages whose vector came from the index before, since their text is the same; and versions
    of Signpost and of Chroma that built it."""

    texts: dict[str, dict[str, str]]
    vectors: dict[str, str]
    """For each tier, SHA-256 of what was embedded, by passage id, in reading order; and of its
    vectors as float32, row by row."""

    passages: str = ""
    """SHA-256 of the file of passages that was indexed; empty for the corpus that ships."""

    @classmethod
    def parse(cls, text: str | bytes, where: str) -> Self:
        """Read a manifest as it was stored; `StoreError` where it is none."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            told = f"The manifest of the index in {where} is damaged, or of another release"
            raise StoreError(f"{told}; {AGAIN}") from error

    @property
    def total(self) -> int:
        """Passages in all tiers."""
        return sum(self.counts.values())

    def mismatch(self, corpus: Corpus, embedder: Embedder) -> str:
        """Return one sentence that names what the index does not fit, or an empty string."""
        chroma, mine = (
            ".".join(held["chromadb"].split(".")[:2]) for held in (self.versions, versions())
        )
        pairs: dict[str, tuple[object, object]] = {
            "format": (self.format, FORMAT),
            "embedder": (self.embedder, embedder.name),
            "weights": (self.weights, embedder.weights_sha256),
            "dimension": (self.dimension, embedder.dimension),
            "version of Chroma": (chroma, mine),
            "corpus": (self.corpus, corpus.digest),
        }
        for name, (built, wanted) in pairs.items():
            if built != wanted:
                return (
                    f"The index was built with another {name} ({built!s:.40}) than the one in use "
                    f"({wanted!s:.40}); {AGAIN}"
                )
        return ""


def versions() -> dict[str, str]:
    """Return the versions that a manifest records, without importing either."""
    return {name: version(name) for name in ("chromadb", "signpost")}


class Volume:
    """One build: a Chroma collection for each tier, and one for the manifest, in a server."""

    def __init__(self, place: str, client: Callable[[], Client], prefix: str) -> None:
        self.place, self._client, self._prefix = place, client, prefix
        self._collections: dict[str, ChromaCollection] = {}

    def close(self) -> None:
        """Forget the collections; the client is the store's."""
        self._collections = {}

    def collects(self, tier: str) -> bool:
        """Tell whether a tier has a collection."""
        return True

    def open(self, tier: str) -> None:
        """Open the collection of a tier that has one; `StoreError` where it is damaged."""
        if self.collects(tier):
            self.collection(tier)

    def collection(self, tier: str, *, new: bool = False) -> ChromaCollection:
        """Return the collection of a tier; make it if it is new."""
        if new or tier not in self._collections:
            name = self._prefix + tier
            with explained(self.place):
                client = self._client()
                gives = client.create_collection if new else client.get_collection
                self._collections[tier] = gives(name, embedding_function=None)
        return self._collections[tier]

    def add(self, tier: str, passages: Sequence[Passage], vectors: Matrix) -> None:
        """Add passages with their vectors, through LlamaIndex's vector store.

        A wording is kept without its text, which only its vector is asked for.
        """
        from llama_index.core.schema import TextNode
        from llama_index.vector_stores.chroma import ChromaVectorStore

        nodes = [
            TextNode(
                id_=passage.id,
                text="" if FACET in passage.facets else passage.text,
                embedding=row.tolist(),
                metadata=dict(passage.facets),
            )
            for passage, row in zip(passages, vectors, strict=True)
        ]
        with explained(self.place):
            ChromaVectorStore(chroma_collection=self.collection(tier)).add(list(nodes))

    def verify(self, tier: str, manifest: Manifest, vectors: Matrix) -> None:
        """Read a collection back; `StoreError` where it lost passages, or has other vectors."""
        with explained(self.place):
            held = self.collection(tier).count()
        if held != len(vectors):
            raise StoreError(f"The new index holds {held} of {len(vectors)} passages; {AGAIN}")
        # As the collection has them, whatever else a build reads them from.
        kept = Volume.vectors(self, tier, manifest)
        if not np.allclose(kept, vectors, rtol=0.0, atol=TOLERANCE):
            raise StoreError(f"The new index has other vectors than were written to it; {AGAIN}")

    def vectors(self, tier: str, manifest: Manifest) -> Matrix:
        """Return the vectors of a tier in the manifest's order, shape (passages, dimension)."""
        ids = list(manifest.texts[tier])
        rows = np.zeros((len(ids), manifest.dimension), dtype=np.float32)
        place_of = {passage_id: place for place, passage_id in enumerate(ids)}
        for start in range(0, len(ids), PAGE):
            page = ids[start : start + PAGE]
            with explained(self.place):
                found = self.collection(tier).get(ids=page, include=["embeddings"])
            if len(found["ids"]) < len(page):
                raise StoreError(f"The index in {self.place} has lost passages; {AGAIN}")
            rows[[place_of[passage_id] for passage_id in found["ids"]]] = found["embeddings"]
        return rows

    def write(self, manifest: Manifest, vectors: Mapping[str, Matrix]) -> None:
        """Store the manifest, a record of a collection of its own; the last step before the swap.

        The vectors are in their collections already.
        """
        row, text = np.ones((1, 1), dtype=np.float32), manifest.model_dump_json()
        with explained(self.place):
            self.collection("manifest", new=True).add("manifest", embeddings=row, documents=text)

    def manifest(self) -> Manifest:
        """Read the manifest."""
        with explained(self.place):
            held = self.collection("manifest").get("manifest", include=["documents"])
        return Manifest.parse((held["documents"] or [""])[0], self.place)


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turn what Chroma raises into a `StoreError` of one sentence."""
    import httpx
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, httpx.HTTPError, OSError) as error:
        first = str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
        problem = reason_of(error) if isinstance(error, OSError) else first
        raise StoreError(f"The index in {place} cannot be used: {problem}; {MEND}") from error


def chroma_settings() -> ChromaSettings:
    """Return settings for any Chroma client."""
    from chromadb.config import Settings as ChromaSettings

    # Chroma would read an `.env` file in whatever folder the command is called from.
    return ChromaSettings(_env_file=None, anonymized_telemetry=False)


class FolderStore:
    """Builds in `index/builds` under a home; the pointer is a file that is replaced whole."""

    check_every = 0.0
    """Seconds between two looks at the pointer."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folder = home / "index"
        self._pointer = self._folder / "pointer.json"
        self.place = str(self._folder)
        """Folder or address, for messages."""

    def pointer(self) -> Pointer:
        """Return the pointer; an empty one before the first build."""
        try:
            return Pointer.model_validate_json(self._pointer.read_text("utf-8"))
        except FileNotFoundError:
            return Pointer()
        except ValidationError as error:
            raise StoreError(f"The pointer {self._pointer} is damaged; {AGAIN}") from error
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"The index in {self.place} cannot be read: {error}.") from error

    def point(self, pointer: Pointer) -> None:
        """Swap the pointer at once."""
        with writing(self._home):
            write_whole(self._pointer, pointer.model_dump_json().encode())

    @contextmanager
    def lock(self) -> Iterator[Callable[[], None]]:
        """Keep other writers out; what it gives is called now and then to say we still work.

        The system lets go of the lock file when a process dies.
        """
        with writing(self._home):
            self._folder.mkdir(parents=True, exist_ok=True)
        with alone(self._folder / "lock", f"building the index in {self.place}"):
            yield lambda: None

    def volume(self, build: str) -> Volume:
        """Return a build, new or old, unopened."""
        return FolderVolume(self._folder / "builds" / build)

    def sweep(self, keep: Collection[str], *, checked: bool = False) -> None:
        """Remove every build but these; one that cannot be removed is tried again at the next.

        If checked, see that nothing of any other is left, or raise `StoreError`.
        """
        for folder in (self._folder / "builds").glob("*"):
            if folder.name in keep:
                continue
            if checked:
                raise StoreError(
                    f"{folder} cannot be removed; what was to be erased is still in it."
                )
            shutil.rmtree(folder, ignore_errors=True)
        for unfinished in self._folder.glob(f".{self._pointer.name}.*"):
            unfinished.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of connections: here only a volume holds files open."""


class FolderVolume(Volume):
    """A build in a folder of its own; manifest and vectors lie beside Chroma's files.

    So the index is checked, and its vectors are read, without importing Chroma.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), self._embedded, "tier-")
        self._folder, self._opening = folder, threading.Lock()
        self._opened: Client | None = None

    def close(self) -> None:
        """Let go of files too."""
        if self._opened is not None:
            self._opened.close()
        self._opened = None
        super().close()

    def collects(self, tier: str) -> bool:
        """Tell whether a tier has a collection: wordings and documents are vectors alone."""
        return not tier.startswith("document") and not tier.endswith(SUFFIX)

    def write(self, manifest: Manifest, vectors: Mapping[str, Matrix]) -> None:
        """Write vectors and manifest."""
        with writing(self._folder):
            for tier, rows in vectors.items():
                write_whole(self._folder / f"{tier}.f32", rows.astype("<f4").tobytes())
            write_whole(self._folder / "manifest.json", manifest.model_dump_json().encode())
            sync_folder(self._folder.parent)

    def manifest(self) -> Manifest:
        """Read the manifest."""
        return Manifest.parse(self._read("manifest.json"), self.place)

    def vectors(self, tier: str, manifest: Manifest) -> Matrix:
        """Read the vectors."""
        data = self._read(f"{tier}.f32")
        if sha256(data).hexdigest() != manifest.vectors[tier]:
            raise StoreError(f"The vectors of the index in {self.place} are damaged; {AGAIN}")
        rows = np.frombuffer(data, dtype="<f4").reshape(-1, manifest.dimension)
        return rows.astype(np.float32, copy=False)

    def _read(self, name: str) -> bytes:
        try:
            return (self._folder / name).read_bytes()
        except OSError as error:
            raise StoreError(f"The index in {self.place} is damaged: {error}; {AGAIN}") from error

    def _embedded(self) -> Client:
        import chromadb

        with self._opening:
            if self._opened is None:
                (folder := self._folder / "chroma").mkdir(parents=True, exist_ok=True)
                opened = chromadb.PersistentClient(folder, settings=chroma_settings())
                self._opened = cast("Client", opened)
            return self._opened


class ServerStore:
    """Builds as collections of a Chroma server; pointer and lock are collections too."""

    check_every = 2.0

    def __init__(self, url: str) -> None:
        self.place = url

    @cached_property
    def _client(self) -> Client:
        import chromadb

        url, parts = self.place, urlsplit(self.place)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise StoreError(f"SIGNPOST_CHROMA_URL={url!r} is no address; write http://host:port")
        ssl = parts.scheme == "https"
        port = parts.port or (443 if ssl else 8000)
        with explained(url):
            try:
                client = chromadb.HttpClient(parts.hostname, port, ssl, settings=chroma_settings())
            except ValueError as error:
                raise StoreError(
                    f"No Chroma server answers at {url}; start one, or unset SIGNPOST_CHROMA_URL."
                ) from error
        return cast("Client", client)

    def pointer(self) -> Pointer:
        """Ask for the pointer."""
        held = self._collection(POINTER)
        try:
            return Pointer() if held is None else Pointer.model_validate(held.metadata or {})
        except ValidationError as error:
            raise StoreError(f"The pointer in {self.place} is damaged; {AGAIN}") from error

    def point(self, pointer: Pointer) -> None:
        """Replace the pointer in one call."""
        with explained(self.place):
            held = self._client.get_or_create_collection(POINTER, embedding_function=None)
            held.modify(metadata=pointer.model_dump())

    @contextmanager
    def lock(self) -> Iterator[Callable[[], None]]:
        """Hold a collection that only one can create, and renew it while we work."""
        from chromadb.errors import ChromaError

        held = self._collection(LOCK)
        beat = (held.metadata or {}).get("beat", 0) if held else time.time()
        if held and time.time() - float(str(beat)) > LOCK_AGE:
            # The lock of a dead process is renamed by its id, not deleted by its name: of two who
            # find it at the same time, the slower one cannot hit the lock that the faster one has
            # made since.
            with suppress(ChromaError):
                held.modify(name=f"signpost-dead-lock-{secrets.token_hex(8)}")
        with explained(self.place):
            try:
                lock = self._client.create_collection(
                    LOCK, metadata={"beat": time.time()}, embedding_function=None
                )
            except ChromaError:
                if self._collection(LOCK) is None:
                    raise
                raise IndexBusy(
                    f"Another process is building the index in {self.place}; wait until it is done."
                ) from None

        def is_ours() -> bool:
            found = self._collection(LOCK)
            return found is not None and found.id == lock.id

        def renew() -> None:
            if not is_ours():
                raise IndexBusy(f"Another process took over the index in {self.place}; try again.")
            with explained(self.place):
                lock.modify(metadata={"beat": time.time()})

        try:
            yield renew
        finally:
            if is_ours():
                with explained(self.place):
                    self._client.delete_collection(LOCK)

    def volume(self, build: str) -> Volume:
        """Return a build in the server."""
        return Volume(self.place, lambda: self._client, f"signpost-{build}-")

    def sweep(self, keep: Collection[str], *, checked: bool = False) -> None:
        """Delete collections of other builds; what is not ours is left alone."""
        kept = (POINTER, LOCK, *(f"signpost-{build}-" for build in keep))
        with explained(self.place):
            for name in [held.name for held in self._client.list_collections(limit=PAGE)]:
                if not name.startswith("signpost-") or name.startswith(kept):
                    continue
                if checked:
                    raise StoreError(f"The collection {name} in {self.place} cannot be removed.")
                self._client.delete_collection(name)

    def close(self) -> None:
        """Close the client and its connections, which Chroma's own `close` leaves open."""
        client = self.__dict__.pop("_client", None)
        if client is None:
            return
        client.close()
        for owner in (client, client._admin_client):
            session = getattr(getattr(owner, "_server", None), "_session", None)
            if session is not None:
                session.close()

    def _collection(self, name: str) -> ChromaCollection | None:
        from chromadb.errors import NotFoundError

        with explained(self.place):
            try:
                return self._client.get_collection(name, embedding_function=None)
            except NotFoundError:
                return None
