"""Dense and BM25 lists over one facet predicate, fused by reciprocal rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, get_args

import numpy as np
from numpy.typing import NDArray

from assistant.errors import CorpusError
from assistant.records import Filters, Hit
from assistant.retrieval.encoder import Matrix, PairModel, PrecedentModel, Vector
from assistant.retrieval.wordings import SUFFIX, embedded_text, meant_by
from assistant.settings import Settings
from corpus.passage import Passage, Record, Tier

if TYPE_CHECKING:
    from llama_index.retrievers.bm25 import BM25Retriever

    from assistant.retrieval.store import Index

TIERS: tuple[str, ...] = get_args(Tier)
ON = "yes"  # Value of a facet that a passage has or has not, such as `audience:officer`.
RRF_K = 60  # The constant of reciprocal rank fusion, as its authors set it.
DEPTH = 50  # Passages that each list gives to the fusion, at least.


class FacetFilter(Record):
    """Which passages may be found, by their facets."""

    allowed: dict[str, frozenset[str]] = {}
    """Allowed values for each facet that matters; a passage without the facet is not allowed."""

    either: tuple[dict[str, frozenset[str]], ...] = ()
    """Of each of these, one facet or another must have an allowed value."""

    def allows(self, facets: Mapping[str, str]) -> bool:
        """Return whether a passage with these facets may be found.

        >>> FacetFilter(allowed={"kind": frozenset({"outcome"})}).allows({"kind": "partner"})
        False
        >>> one = {"group": frozenset({"gsr:P3"}), "about:gsr:P3": frozenset({"yes"})}
        >>> FacetFilter(either=(one,)).allows({"tier": "guidance", "about:gsr:P3": "yes"})
        True
        """
        return all(facets.get(facet) in values for facet, values in self.allowed.items()) and all(
            any(facets.get(facet) in values for facet, values in part.items())
            for part in self.either
        )


EVERYTHING = FacetFilter()


def group_filter(filters: Filters, passages: Sequence[Passage]) -> FacetFilter:
    """Return tiers, pillars and audience as a predicate over facets.

    A passage of guidance is of a pillar if it is about the pillar or about anything under it. What
    says for whom it is keeps to the audience; the framework and the glossary are for everyone.
    """
    either: list[dict[str, frozenset[str]]] = []
    if filters.pillars:
        groups = frozenset(filters.pillars)
        own = (one.id for one in passages if one.facets.get("group") in groups)
        about = {f"about:{one}": frozenset({ON}) for one in (*groups, *own)}
        either.append({"group": groups} | about)
    if filters.audience:
        wanted = {f"audience:{filters.audience}": frozenset({ON})}
        named = frozenset(
            one.facets["kind"] for one in passages if "kind" in one.facets and not audiences(one)
        )
        either.append(wanted | {"kind": named})
    allowed = {"tier": frozenset[str](filters.tiers)} if filters.tiers else {}
    return FacetFilter(allowed=allowed, either=tuple(either))


def audiences(passage: Passage) -> list[str]:
    """Return for whom a passage says that it is."""
    opens = "audience:"
    return [one.removeprefix(opens) for one in passage.facets if one.startswith(opens)]


class Retriever:
    """Finds passages by meaning and by words."""

    def __init__(self, index: Index, settings: Settings) -> None:
        """Keep an open index and its model; Chroma and BM25 are loaded with the first search."""
        self.index, self.settings = index, settings
        self.corpus, self.embedder = index.corpus, index.embedder
        self.pair_model = PairModel(settings)
        self.precedent_model = PrecedentModel(settings)
        self._words = Words(index.corpus.passages)

    def warm(self) -> None:
        """Load now what the first search would load."""
        self.index.warm()
        self._words.scores("warm")
        self.pair_model.score("warm", ["warm"])

    def vectors(self, passage_ids: Sequence[str]) -> Matrix:
        """Return the vectors of passages in the order asked for, shape (ids, dimension).

        `KeyError` where the index holds no such passage.
        """
        rows: dict[str, Vector] = {}
        for tier in TIERS:
            rows.update(zip(*self.index.vectors(tier), strict=True))
        found = np.array([rows[passage_id] for passage_id in passage_ids], dtype=np.float32)
        return found.reshape(-1, self.embedder.dimension)

    def scores(self, text: str) -> NDArray[np.float32]:
        """Return the BM25 score of every passage of the corpus for a text, in its order."""
        return self._words.scores(text)

    def wordings(self, tier: Tier) -> tuple[tuple[str, ...], Matrix]:
        """Return the ids of a tier's wordings, and their vectors, shape (wordings, dimension)."""
        return self.index.vectors(tier + SUFFIX)

    def search(
        self, text: str, k: int, allowed: FacetFilter = EVERYTHING, *, vector: Vector | None = None
    ) -> tuple[Hit, ...]:
        """Return the passages that fit a question best, best first, at most `k` of those allowed.

        Its vector may be given. `IndexMismatch` where the index was rebuilt from something else.
        """
        self.index.refresh()
        depth = max(DEPTH, k)
        asked = self.embedder.embed(text) if vector is None else vector
        tiers = allowed.allowed.get("tier", TIERS)
        names = (name for tier in TIERS if tier in tiers for name in (tier, tier + SUFFIX))
        near = [pair for name in names for pair in self.index.query(asked, name, depth, allowed)]
        near.sort(key=lambda pair: -pair[1])
        # A passage and its wordings count once, at the place of the nearest.
        dense = [*dict.fromkeys(meant_by(passage_id) for passage_id, _ in near)][:depth]
        return fuse({"dense": dense, "bm25": self._words.search(text, depth, allowed)})[:k]

    def sources(self, topic: str, tier: Tier) -> tuple[float, dict[str, float]]:
        """Return how near a tier comes to a topic, a cosine, and the sources that the topic finds.

        Each source has the score of its best passage, and half that of the second.
        """
        vector, only = self.embedder.embed(topic), FacetFilter(allowed={"tier": frozenset({tier})})
        nearest = (self.index.query(vector, name, 1, only) for name in (tier, tier + SUFFIX))
        scores: dict[str, list[float]] = {}
        for hit in self.search(topic, DEPTH, only, vector=vector):
            scores.setdefault(self.corpus.passage(hit.passage_id).source_id, []).append(hit.score)
        best = {source: first + sum(more[:1]) / 2 for source, (first, *more) in scores.items()}
        return max((cosine for found in nearest for _, cosine in found), default=0.0), best


class Words:
    """BM25 over the passages' words: LlamaIndex's retriever, asked one floor below.

    Its `retrieve` rebuilds each node from JSON, fires callbacks, and pads the list with passages
    that do not match at all; the `bm25` that it holds gives the score of every passage at once, so
    the predicate is applied before the list is cut, and nothing is padded.
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages

    @cached_property
    def _retriever(self) -> BM25Retriever:
        from llama_index.core.schema import TextNode
        from llama_index.retrievers.bm25 import BM25Retriever

        nodes = (TextNode(id_=one.id, text=embedded_text(one)) for one in self._passages)
        try:
            found = BM25Retriever(nodes=list(nodes), similarity_top_k=1, language="en")
        except ValueError:
            # `bm25s` takes the greatest of no words at all.
            raise CorpusError(
                "The passages hold no words but such as `the`; index a text that can be searched."
            ) from None
        # Its own copy of every node, which only its `retrieve` reads.
        found.corpus.clear()
        return found

    def search(self, text: str, k: int, allowed: FacetFilter) -> list[str]:
        """Return ids by their BM25 score, best first; only passages that share a word."""
        if not self._passages:
            return []
        scores = self.scores(text)
        found = (
            self._passages[place].id
            for place in np.argsort(-scores, kind="stable")
            if scores[place] > 0.0 and allowed.allows(self._passages[place].facets)
        )
        return list(islice(found, k))

    def scores(self, text: str) -> NDArray[np.float32]:
        """Return the score of every passage, shape (passages,)."""
        import bm25s  # type: ignore[import-untyped] # it ships no types

        retriever = self._retriever
        tokens = bm25s.tokenize(
            text,
            stopwords="en",
            stemmer=retriever.stemmer,
            token_pattern=retriever.token_pattern,
            return_ids=False,
            show_progress=False,
        )[0]
        known = [token for token in tokens if token in retriever.bm25.vocab_dict]
        if not known:
            return np.zeros(len(self._passages), dtype=np.float32)
        scores: NDArray[np.float32] = retriever.bm25.get_scores(known)
        return scores


def fuse(lists: Mapping[str, Sequence[str]]) -> tuple[Hit, ...]:
    """Fuse ranked lists of passage ids by reciprocal rank, best first.

    Each list adds `1 / (60 + rank)`, ranks from 1 (Cormack, Clarke and Büttcher 2009,
    "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods", section 2).
    Ties keep the order of first mention.

    >>> hits = fuse({"dense": ["a", "b"], "bm25": ["b"]})
    >>> [(hit.passage_id, hit.ranks, round(hit.score, 5)) for hit in hits]
    [('b', {'dense': 2, 'bm25': 1}, 0.03252), ('a', {'dense': 1}, 0.01639)]
    """
    ranks: dict[str, dict[str, int]] = {}
    for name, ids in lists.items():
        for rank, passage_id in enumerate(ids, start=1):
            ranks.setdefault(passage_id, {})[name] = rank
    scores = {one: sum(1.0 / (RRF_K + at) for at in held.values()) for one, held in ranks.items()}
    order = sorted(scores, key=lambda passage_id: -scores[passage_id])
    return tuple(
        Hit(passage_id=one, rank=rank, score=scores[one], ranks=ranks[one])
        for rank, one in enumerate(order, start=1)
    )
