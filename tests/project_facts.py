"""What the project can count or look up about itself, by the names that its card gives it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from assistant.encoder import DIMENSION
from assistant.settings import Settings
from corpus.signposting import read_signposting, shipped_signposting
from corpus.whole import Whole
from evals.sbom import complete

ROOT = Path(__file__).parents[1]


def counts_of_project() -> dict[str, int]:
    """Return what the project has how many of, by the names that the card gives it."""
    whole = Whole.read()
    texts = read_signposting(shipped_signposting())
    kinds = [item.kind for item in whole.framework.items]
    fitted = {name: _fitted(name) for name in ("answerability", "abstention", "triage", "support")}
    triage = fitted["triage"]["fitted"]
    return {
        "Pillars": kinds.count("pillar"),
        "Capabilities": kinds.count("capability"),
        "Outcomes": kinds.count("outcome"),
        "Partner entries": kinds.count("partner"),
        "Guidance notes": len(whole.notes),
        "Sections of notes": sum(len(note.passages) for note in whole.notes),
        "Terms of the glossary": len(whole.glossary.terms),
        "Passages that can be cited": len(whole.corpus.passages),
        "Safeguarding cases": len(texts.cases),
        "Reply texts": len(texts.cases) * len(texts.languages),
        "Services": len(texts.services),
        "Development and calibration questions": _lines("cases/*") - _lines("cases/*-test.jsonl"),
        "Test questions": _lines("cases/*-test.jsonl"),
        "Messages for triage, development": _lines("triage_cases/development.jsonl"),
        "Messages for triage, test": _lines("triage_cases/test.jsonl"),
        "Drafts that answerability was fitted on": fitted["answerability"]["fitted"]["drafts"],
        "Conversations that abstention was fitted on": sum(
            fitted["abstention"]["fitted_on"].values()
        ),
        "Hand-written messages that triage was fitted on": triage["written"],
        "Suite questions that triage was fitted on": triage["suite"],
        "Variants and filled patterns that triage was fitted on": triage["variant"]
        + triage["pattern"],
        "Claims that support was fitted on": sum(
            one["rows"] for one in fitted["support"]["fitted_from"]
        ),
        "Days for which an audit record is kept by default": Settings.model_fields[
            "retention_days"
        ].default,
        "Numbers in a vector": DIMENSION,
    }


def _fitted(name: str) -> dict:
    return json.loads((ROOT / "assistant" / f"{name}.json").read_text(encoding="utf-8"))


def _lines(pattern: str) -> int:
    """Count the lines of files of cases, without reading what they say."""
    return sum(path.read_bytes().count(b"\n") for path in (ROOT / "evals").glob(pattern))


def licences_of_project() -> dict[str, str]:
    """Return under what the project is, by the names that the card gives its parts."""
    whole = Whole.read()
    nothing = {"components": [], "metadata": {"component": {"bom-ref": ""}}}
    parts = complete(nothing, (), (), {})["components"]
    own = {part["name"]: part["licenses"][0]["license"]["id"] for part in parts}
    program = own.pop("pandoc")
    (weights,) = set(own.values())
    (written,) = {one.licence for one in whole.corpus.sources if one.tier == "guidance"}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    stated = bool(list(ROOT.glob("LICEN[CS]E*"))) or bool(re.search(r"^license", project, re.M))
    return {
        "Signpost's own code, notes, glossary, replies and cases": "stated" if stated else "none",
        "Framework page": whole.framework.source.licence,
        "Notes and glossary, as their sources name it": written,
        "Embedding weights and tokenizer": weights,
        "Pandoc, which writes DOCX": program,
    }
