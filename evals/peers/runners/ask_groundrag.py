"""Asks groundrag offline: a Markdown file for each page, its own `calibrate`, quoted sentences."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from .peer_rows import Job, Quote, Shown, Talk

if TYPE_CHECKING:
    from groundrag.models import Answer

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


def run(job: Job) -> None:
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
    told = "no threshold"
    if job.refuses:
        items = [
            GoldItem(id=str(number), question=probe.question, answerable=probe.answerable)
            for number, probe in enumerate(job.probes())
        ]
        calibrator = Calibrator(settings, {"no_llm": pipeline})
        report = calibrator.run(COLLECTION, items, modes=("no_llm",))
        calibrator.save(report, force=True)
        result = report.modes["no_llm"]
        whose = (
            "of its calibrate" if result.usable else f"by default: its calibrate {result.status}"
        )
        told = f"threshold {pipeline.min_score(COLLECTION):.3f}, {whose}"

    def begin(turns: Sequence[str]) -> Talk:
        history: list[dict[str, str]] = []
        for turn in turns:
            said = pipeline.answer(turn, history=list(history)).answer
            history += [{"role": "user", "content": turn}, {"role": "assistant", "content": said}]

        def talk(question: str) -> Shown:
            return shown(pipeline.answer(question, history=list(history)))

        return talk

    job.answer_all(begin, metadata.version("groundrag"), f"up to 3 sentences, {told}")


def shown(answer: Answer) -> Shown:
    """Return an answer, or a refusal, with the pieces that it marks as quoted."""
    if not answer.found:
        return Shown(answer.answer, status="not_covered")
    sources = {one.index: Path(one.source).stem for one in answer.citations}
    quotes = tuple(Quote(sources[n], text) for text, n in marked(answer.answer))
    return Shown("\n".join(one.text for one in quotes), quotes)


def marked(answer: str) -> Iterator[tuple[str, int]]:
    """Yield each piece of an answer with the number of the source that is marked after it.

    >>> list(marked("Ring twice. [2] Then wait. [1]"))
    [('Ring twice.', 2), ('Then wait.', 1)]
    """
    start = 0
    for mark in _MARK.finditer(answer):
        yield answer[start : mark.start()].strip(), int(mark[1])
        start = mark.end()


if __name__ == "__main__":
    run(Job.read(sys.argv[1:]))
