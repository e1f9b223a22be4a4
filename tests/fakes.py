"""Fakes with the seams of the real things: an embedder that hashes words, a made-up corpus."""

import hashlib
import re

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr

from assistant.retrieval.models import Embedder
from corpus.passage import Corpus, Passage, Source, Span, sha256_of

HASHING = "hashing"
WEIGHTS = sha256_of(HASHING)


class HashingEmbedding(BaseEmbedding):
    """Adds a pseudo-random direction for each word: texts with words in common are near.

    It keeps the texts that it was asked to embed, in `seen`.
    """

    dimension: int = 64

    _seen: list[str] = PrivateAttr(default_factory=list)

    @property
    def seen(self):
        return self._seen

    def _vector(self, text):
        rows = []
        for word in re.findall(r"\w+", text.lower()) or [""]:
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
            rows.append(np.random.default_rng(seed).normal(size=self.dimension))
        total = np.sum(rows, axis=0)
        return (total / np.linalg.norm(total)).tolist()

    def _get_text_embedding(self, text):
        self._seen.append(text)
        return self._vector(text)

    def _get_query_embedding(self, query):
        return self._vector(query)

    async def _aget_query_embedding(self, query):
        return self._vector(query)


def hashing_embedder(model=None, *, name=HASHING, weights=WEIGHTS, dimension=64):
    """Return an embedder around a `HashingEmbedding`, or around a model of the caller's."""
    held = model or HashingEmbedding(model_name=name, dimension=dimension)
    return Embedder(name, weights, dimension, lambda: held)


def source(source_id="made-up", tier="framework"):
    said = {"title": "A made-up source", "publisher": "nobody", "version": "1", "locator": "lines"}
    dated = {"published": "2020", "as_of": "2020-01-01"}
    return Source(id=source_id, **said, **dated, sha256=sha256_of(source_id), tier=tier)


def passage(passage_id, text, *, source_id="made-up", facets=None):
    return Passage(
        id=passage_id,
        source_id=source_id,
        locator="line 1",
        heading_path=(),
        text=text,
        sentences=(Span(start=0, end=len(text)),) if text else (),
        facets=dict(facets or {"tier": "framework", "source": source_id, "kind": "statement"}),
        text_sha256=sha256_of(text),
    )


def corpus_of(texts):
    """Return a framework of passages `made-up:0`, `made-up:1`, and so on."""
    passages = (passage(f"made-up:{place}", text) for place, text in enumerate(texts))
    return Corpus(sources=(source(),), passages=tuple(passages))


def two_tier_corpus():
    """Return a framework of four passages of two kinds, and a guidance note of two."""
    rows = [
        ("f:1", "harbour masters keep lists of ships", "action"),
        ("f:2", "harbour masters train new pilots", "action"),
        ("f:3", "pilots are rested and ready", "aim"),
        ("f:4", "ships arrive on time", "aim"),
        ("n:1", "a note on ships and their pilots", "note"),
        ("n:2", "a note on lighthouses", "note"),
    ]
    sources = {"f": source(), "n": source("a-note", "guidance")}
    passages = []
    for passage_id, text, kind in rows:
        own = sources[passage_id[0]]
        facets = {"tier": own.tier, "source": own.id, "kind": kind}
        passages.append(passage(passage_id, text, source_id=own.id, facets=facets))
    return Corpus(sources=tuple(sources.values()), passages=tuple(passages))


def many_texts(count, seed=0):
    """Return texts of twelve words from a vocabulary of 400, the same for the same seed."""
    draw = np.random.default_rng(seed)
    return [" ".join(f"word{one}" for one in draw.integers(0, 400, 12)) for _ in range(count)]
