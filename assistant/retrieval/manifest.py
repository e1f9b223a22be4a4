"""What is known of an index without opening it: Pointer, Manifest, IndexStatus."""

from importlib.metadata import version
from typing import Self

from pydantic import Field, ValidationError

from assistant.errors import StoreError
from assistant.retrieval.models import Embedder
from assistant.retrieval.wordings import FACET
from corpus.passage import Corpus, Passage, Record

FORMAT = 3  # Counts up whenever an older index can no longer be read.
BUILD = "^[0-9A-Za-z-]*$"  # Form of the id of a build, which is also the name of a folder.
AGAIN = "run: signpost index build"


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


class Manifest(Record):
    """What an index was built from, and what was found when it was checked."""

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
    recall: dict[str, float]
    """For each tier, its passages, and the share of the true nearest ones that a search finds, 0 to
    1."""

    missed: dict[str, int] = {}
    """For each tier whose graph misses passages by their own vector, how many; it is searched by
    comparing all vectors."""

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


class IndexStatus(Record):
    """What the store holds now."""

    place: str
    current: Manifest | None
    previous: Manifest | None
    """Folder or address of the store; the builds that answer, and that a rollback goes to."""


def versions() -> dict[str, str]:
    """Return the versions that a manifest records, without importing either."""
    return {name: version(name) for name in ("chromadb", "signpost")}


def embedded_text(passage: Passage) -> str:
    """Return what of a passage is embedded: its words, and nothing of its facets.

    A section of a note or a document gets the titles above it in front, which say what it is about.
    """
    if passage.facets["tier"] == "framework" or FACET in passage.facets:
        return passage.text
    return ". ".join((*passage.heading_path, passage.text))
