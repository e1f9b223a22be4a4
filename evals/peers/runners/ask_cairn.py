"""Asks cairn-assistant: a Markdown file for each page, three passages, its own `calibrate`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib import metadata

from .peer_rows import Job, Probe, Quote, Shown, Talk, even_threshold

MAX_PASSAGES = 3
CANDIDATES = 10
LOWEST = 1e-9


def run(job: Job) -> None:
    """Index, calibrate, and answer every question; earlier turns are asked in one session."""
    from cairn.calibrate import calibrate
    from cairn.config import Config
    from cairn.index import build_and_write, read_index
    from cairn.session import Session

    places = {
        "corpus_path": str(job.write_corpus(front_matter=True)),
        "index_path": str(job.folder / "index.json"),
    }
    probes = job.folder / "probes.toml"
    probes.write_text(probes_toml(job.probes()), encoding="utf-8")
    config = Config(**places, max_passages=MAX_PASSAGES, candidates=CANDIDATES)
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
            answer = session.ask(question, index, config, lang="en").answer
            return Shown(
                text=answer.text,
                quotes=tuple(
                    Quote(one.source_id.partition("#")[0], one.text) for one in answer.sources
                ),
                status="not_covered" if answer.kind == "refusal" else "answered",
            )

        return talk

    job.answer_all(begin, metadata.version("cairn-assistant"), f"{MAX_PASSAGES} passages, {how}")


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
