"""Asks cairn-assistant: a Markdown file for each page, three passages, its own `calibrate`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib import metadata
from typing import TYPE_CHECKING

from .peer_rows import (
    DEPTH,
    Job,
    PeerNote,
    Probe,
    Quote,
    Shown,
    Talk,
    answer_all,
    even_threshold,
    read_pages,
    read_probes,
    write_markdown,
)

if TYPE_CHECKING:
    from cairn.answer import Answer

MAX_PASSAGES = 3
LOWEST = 1e-9


def run(job: Job) -> None:
    """Index, calibrate, and answer every question; earlier turns are asked in one session."""
    from cairn.calibrate import calibrate
    from cairn.config import Config
    from cairn.index import build_and_write, read_index
    from cairn.session import Session

    folder = job.work / job.name
    write_markdown(read_pages(job.work), folder / "corpus", front_matter=True)
    probes = folder / "probes.toml"
    probes.write_text(probes_toml(read_probes(job.work)), encoding="utf-8")
    places = {"corpus_path": str(folder / "corpus"), "index_path": str(folder / "index.json")}
    config = Config(**places, max_passages=MAX_PASSAGES, candidates=DEPTH)
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

        def talk(question: str) -> Shown:
            return shown(session.ask(question, index, config, lang="en").answer)

        return talk

    version = metadata.version("cairn-assistant")
    answer_all(job, begin, PeerNote(version, f"{MAX_PASSAGES} passages, {how}"))


def shown(answer: Answer) -> Shown:
    """Return an answer, or a refusal, with the candidates that it was chosen from."""
    candidates = answer.trace.candidates
    return Shown(
        text=answer.text,
        quotes=tuple(_quote(one.source_id, one.text) for one in answer.sources),
        status="not_covered" if answer.kind == "refusal" else "answered",
        found=tuple(_quote(one.passage.passage_id, one.passage.text) for one in candidates),
        confidence=candidates[0].score if candidates else None,
    )


def _quote(passage_id: str, text: str) -> Quote:
    return Quote(passage_id.partition("#")[0], text)


def probes_toml(probes: Sequence[Probe]) -> str:
    """Return probes as `cairn calibrate` reads them; a JSON string is a TOML string too.

    >>> print(probes_toml([Probe("How deep?", False)]).strip())
    [[probe]]
    question = "How deep?"
    behavior = "refuse"
    lang = "en"
    """
    return "\n".join(
        f"[[probe]]\nquestion = {json.dumps(one.question, ensure_ascii=False)}\n"
        f'behavior = "{"answer" if one.answerable else "refuse"}"\nlang = "en"\n'
        for one in probes
    )


if __name__ == "__main__":
    run(Job.read(sys.argv[1:]))
