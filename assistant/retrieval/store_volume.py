"""One build of the index in Chroma, and what every store of builds can do."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from assistant.errors import StoreError
from assistant.home import reason_of, room_note
from assistant.retrieval.manifest import Manifest, Pointer
from assistant.retrieval.predicate import FacetFilter
from assistant.retrieval.wordings import FACET
from corpus.passage import Passage

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection as ChromaCollection
    from chromadb.api.types import Where as ChromaWhere
    from chromadb.config import Settings as ChromaSettings

    from assistant.retrieval.encoder import Matrix, Vector

MEND = "if disk and server are in order, run: signpost index build"
"""What helps where a build of the index cannot be read."""

EXACT = 20_000
"""Vectors up to which a collection is searched by comparing all of them: then nothing near is
missed, and it costs less than asking Chroma, whose graph pays from there on. The vectors are the
copy that Chroma was verified against."""

HNSW = {"space": "cosine", "ef_construction": 200, "max_neighbors": 32, "ef_search": 400}
"""The defaults find 30 % of the true neighbours among 30,000 hard vectors; these find 90 %."""


class Store(Protocol):
    """Keeps builds, a pointer to the one that answers, and a lock for the one who writes."""

    place: str
    """Folder or address, for messages."""

    encoded: Path | None
    """File that keeps the vectors of a build that is not done; none where there can be none."""

    check_every: float
    """Seconds between two looks at the pointer."""

    def mark(self) -> Hashable:
        """Return what changes when the pointer does."""

    def pointer(self) -> Pointer:
        """Return the pointer; an empty one before the first build."""

    def point(self, pointer: Pointer) -> None:
        """Swap the pointer at once."""

    def lock(self) -> AbstractContextManager[Callable[[], None]]:
        """Keep other writers out; what it gives is called now and then to say we still work."""

    def volume(self, build: str) -> Volume:
        """Return a build, new or old, unopened."""

    def sweep(self, keep: Collection[str]) -> None:
        """Remove every build but these."""

    def check_swept(self, keep: Collection[str]) -> None:
        """Check that nothing of any other build is left.

        Raises:
            StoreError: something is.
        """

    def close(self) -> None:
        """Let go of connections."""


class Volume(ABC):
    """One build: a Chroma collection for each tier, and a manifest."""

    def __init__(self, place: str, connect: Callable[[], Client], prefix: str) -> None:
        """Keep how to reach it; nothing is opened yet."""
        self.place = place
        self._connect = connect
        self._prefix = prefix
        self._client: Client | None = None
        self._opening = threading.Lock()
        self._collections: dict[str, ChromaCollection] = {}

    @property
    def client(self) -> Client:
        """The open client."""
        with self._opening:
            if self._client is None:
                with explained(self.place):
                    self._client = self._connect()
            return self._client

    def close(self) -> None:
        """Let go of files and connections."""
        if self._client is not None:
            self._client.close()
        self._client = None
        self._collections = {}

    def keeps_graph(self, tier: str, count: int) -> bool:
        """Tell whether Chroma holds a tier of so many vectors."""
        del tier, count
        return True

    def create(self, tier: str) -> None:
        """Make the collection of a tier."""
        with explained(self.place):
            self._collections[tier] = self.client.create_collection(
                self._prefix + tier,
                configuration=cast("CreateCollectionConfiguration", {"hnsw": HNSW}),
                embedding_function=None,
            )

    def collection(self, tier: str) -> ChromaCollection:
        """Return the collection of a tier."""
        if tier not in self._collections:
            with explained(self.place):
                self._collections[tier] = self.client.get_collection(
                    self._prefix + tier, embedding_function=None
                )
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
                excluded_embed_metadata_keys=list(passage.facets),
                excluded_llm_metadata_keys=list(passage.facets),
            )
            for passage, row in zip(passages, vectors, strict=True)
        ]
        with explained(self.place):
            ChromaVectorStore(chroma_collection=self.collection(tier)).add(list(nodes))

    def count(self, tier: str) -> int:
        """Return how many passages a tier says that it holds."""
        with explained(self.place):
            return self.collection(tier).count()

    def query(
        self, tier: str, vector: Vector, k: int, where: FacetFilter | None = None
    ) -> list[tuple[str, float]]:
        """Return ids of a tier with their cosine, nearest first.

        LlamaIndex's `query` gives exp(-distance) and builds a node from JSON for each hit; this
        asks the collection below it for ids and distances only.
        """
        asked = cast("ChromaWhere | None", filter_of(where))
        with explained(self.place):
            found = self.collection(tier).query(
                query_embeddings=vector, n_results=k, where=asked, include=["distances"]
            )
        distances = found["distances"] or [[]]
        pairs = zip(found["ids"][0], distances[0], strict=True)
        return [(passage_id, 1.0 - float(distance)) for passage_id, distance in pairs]

    def neighbours(self, tier: str, rows: Matrix, k: int) -> list[list[str]]:
        """Return ids nearest to each row, nearest first."""
        with explained(self.place):
            found = self.collection(tier).query(query_embeddings=rows, n_results=k, include=[])
        return found["ids"]

    @abstractmethod
    def vectors(self, tier: str, manifest: Manifest) -> Matrix:
        """Return the vectors of a tier in the manifest's order, shape (passages, dimension)."""

    @abstractmethod
    def write(self, manifest: Manifest, vectors: Mapping[str, Matrix]) -> None:
        """Store the manifest; the last step before the swap."""

    @abstractmethod
    def manifest(self) -> Manifest:
        """Return the manifest.

        Raises:
            StoreError: there is no such build, or it is damaged.
        """


def filter_of(where: FacetFilter | None) -> dict[str, object] | None:
    """Return a facet predicate as Chroma writes it.

    >>> filter_of(FacetFilter(allowed={"kind": frozenset({"outcome", "partner"})}))
    {'kind': {'$in': ['outcome', 'partner']}}
    """
    parts = [
        _joined("$or", [{facet: {"$in": [*values]}} for facet, values in one])
        for one in (where.clauses if where else ())
    ]
    return _joined("$and", parts) if parts else None


def _joined(word: str, parts: list[dict[str, object]]) -> dict[str, object]:
    """Join conditions; Chroma refuses to join fewer than two."""
    return parts[0] if len(parts) == 1 else {word: parts}


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turn what Chroma raises into one sentence.

    Raises:
        StoreError: the store cannot be read or written.
    """
    import httpx
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, httpx.HTTPError) as error:
        first = str(error).strip().partition("\n")[0] or type(error).__name__
        problem = first.rstrip(".") + room_note(place)
        raise StoreError(f"The index in {place} cannot be used: {problem}; {MEND}") from error
    except OSError as error:
        raise StoreError(
            f"The index in {place} cannot be used: {reason_of(error)}; {MEND}"
        ) from error


def chroma_settings() -> ChromaSettings:
    """Return settings for any Chroma client."""
    from chromadb.config import Settings as ChromaSettings

    # Chroma would read an `.env` file in whatever folder the command is called from.
    return ChromaSettings(_env_file=None, anonymized_telemetry=False)
