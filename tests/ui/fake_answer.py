"""A small corpus, the model answer to the example question, and an assistant that gives it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from assistant.answer import (
    Answer,
    Citation,
    Completeness,
    Provenance,
    Question,
    Scope,
    Statement,
)
from assistant.errors import QuestionError
from corpus.passage import Corpus, Correction, Doubt, Lines, Passage, Source, Span, sha256_of

T = TypeVar("T")

EXAMPLE = "what outcomes and partners relate to victim identity protection?"

PILLAR = "Victim support services and empowerment"

GSR = Source(
    id="gsr",
    title="Global Strategic Response",
    publisher="WeProtect Global Alliance",
    version="one-page table",
    published="",
    as_of="2025-11-01",
    review_by="",
    licence="not stated",
    url="https://www.weprotect.org/response/",
    locator="lines 1-344",
    seen="copy",
    sha256="0" * 64,
    tier="framework",
)

NOTES = GSR.model_copy(
    update={
        "id": "note:example",
        "title": "A note on identity protection",
        "publisher": "Signpost",
        "tier": "guidance",
        "url": "",
    }
)


def passage(passage_id: str, text: str, lines: str = "", **more: object) -> Passage:
    """Return a passage of one sentence; with lines it belongs to the framework page."""
    source = GSR if lines else NOTES
    locator = f"lines {lines}" if lines else "paragraph 1"
    fields: dict[str, object] = {
        "id": passage_id,
        "source_id": source.id,
        "locator": locator,
        "heading_path": (PILLAR, "Outcomes"),
        "text": text,
        "sentences": (Span(start=0, end=len(text)),),
        "facets": {"tier": source.tier, "source": source.id},
        "text_sha256": sha256_of(text),
        "lines": Lines.parse(lines) if lines else None,
    }
    return Passage.model_validate({**fields, **more})


C12_TEXT = "Victim identity protection\nPreserve the anonymity of victims"

PASSAGES = (
    passage("gsr:P3", PILLAR, "127-128", heading_path=()),
    passage(
        "gsr:C12",
        C12_TEXT,
        "145-147",
        heading_path=(PILLAR, "Capabilities"),
        sentences=(Span(start=0, end=26), Span(start=27, end=len(C12_TEXT))),
        printed="m Victim identity protection Preserve the anonymity of victims",
    ),
    passage("gsr:P3-O1", "Victims have access to the support they require", "149-150"),
    passage(
        "gsr:P3-O2",
        "Standardised procedures for reporting images, material and contextual information"
        " to rescue victims",
        "152-154",
    ),
    passage(
        "gsr:P3-O3",
        "Increase dedicated Child Advocacy Centres for all forms of child exploitation",
        "156-158",
    ),
    passage("gsr:P3-O4", "Standardised practices to protect the identity of victims", "160-161"),
    passage("gsr:P3-O5", "Expand victims’ voice groups", "163"),
    passage(
        "gsr:P3-W1",
        "National and international civil society organisations with specialist expertise",
        "165-166",
        heading_path=(PILLAR, "Partners"),
    ),
    passage(
        "gsr:C2",
        "Comprehensive technology, including common definitions",
        "9-17",
        heading_path=("Policy/Legislation", "Capabilities"),
        corrections=(
            Correction(
                lines=Lines.parse("12"),
                printed="definitons",
                reads="definitions",
                confidence="high",
                basis="a letter was lost",
            ),
        ),
        doubts=(
            Doubt(
                lines=Lines.parse("10"),
                printed="technology",
                suspected="legislation",
                confidence="medium",
                basis="the capability is legislation",
            ),
        ),
        printed="E Comprehensive technology, including common definitons",
    ),
    passage("note:example#1", "Names are withheld in court. Faces are too."),
)

CORPUS = Corpus(sources=(GSR, NOTES), passages=PASSAGES)

PROVENANCE = Provenance(
    corpus=CORPUS.digest,
    settings="0" * 64,
    embedder="none",
    weights="0" * 64,
    composer="fake",
    checker="fake",
    time="2025-11-25T00:00:00Z",
)


def cite(passage_id: str, quote: str = "", corpus: Corpus = CORPUS, **more: object) -> Citation:
    """Cite a passage, whole or from where `quote` stands in it."""
    cited = corpus.passage(passage_id)
    quote = quote or cited.text
    start = cited.text.index(quote)
    fields = {
        "passage_id": passage_id,
        "source_id": cited.source_id,
        "start": start,
        "end": start + len(quote),
        "quote": quote,
        "locator": cited.locator,
        "tier": cited.facets["tier"],
        "lines": cited.lines,
        "printed": cited.printed,
    }
    return Citation.model_validate({**fields, **more})


def say(passage_id: str, section: str, **more: object) -> Statement:
    """State a whole framework passage under a heading."""
    fields = {
        "text": CORPUS.passage(passage_id).text,
        "kind": "framework",
        "citations": (cite(passage_id),),
        "section": section,
        "verdict": "supported",
        "support": 1.0,
    }
    return Statement.model_validate({**fields, **more})


def note(text: str, *passage_ids: str, section: str = "") -> Statement:
    """Say something of Signpost's own about some passages."""
    citations = tuple(cite(passage_id) for passage_id in passage_ids)
    return Statement(
        text=text, kind="note", citations=citations, section=section, verdict="structural"
    )


def answer(*statements: Statement, **more: object) -> Answer:
    """Return an answer with these statements; everything else is empty unless given."""
    fields: dict[str, object] = {
        "question": EXAMPLE,
        "resolved_question": EXAMPLE,
        "status": "answered",
        "reason": "",
        "scope": Scope(),
        "parts": (),
        "statements": statements,
        "completeness": (),
        "dropped": (),
        "hits": (),
        "nearest": (),
        "follow_ups": (),
        "signposting": None,
        "provenance": PROVENANCE,
    }
    return Answer.model_validate({**fields, **more})


def example_answer() -> Answer:
    """Return the model answer to the example question."""
    outcomes, partners = "Outcomes (5 of 5)", "Partners (1 of 1)"
    return answer(
        note(
            "The page ties outcomes and partners to the pillar “Victim support services and"
            " empowerment”, not to a single capability."
        ),
        say(
            "gsr:C12",
            "Capability 12: Victim identity protection",
            text="Preserve the anonymity of victims",
            citations=(cite("gsr:C12", "Preserve the anonymity of victims"),),
            relation="related",
        ),
        say("gsr:P3-O4", outcomes, relation="direct"),
        *(say(f"gsr:P3-O{n}", outcomes, relation="shared") for n in (1, 2, 3, 5)),
        say("gsr:P3-W1", partners, relation="shared"),
        completeness=(
            Completeness(facet="outcomes", group="gsr:P3", listed=5, total=5, label="outcomes"),
            Completeness(facet="partners", group="gsr:P3", listed=1, total=1, label="partner"),
        ),
        follow_ups=("Which other capabilities does pillar 3 have?",),
    )


def uncovered_answer(question: str = "Who owns each outcome?") -> Answer:
    """Return an abstention with its nearest passages."""
    return answer(
        question=question,
        resolved_question=question,
        status="not_covered",
        reason="coverage_gap",
        nearest=(cite("gsr:P3-O1"), cite("note:example#1", "Names are withheld in court.")),
    )


def in_a_loop(make: Callable[[], T]) -> T:
    """Call `make` inside an event loop; outside one Gradio opens loops that it never closes.

    The loop runs in a thread of its own, since Playwright keeps one running in this thread.
    """

    async def call() -> T:
        return make()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(call())).result()


class FakeAssistant:
    """Gives the model answer to the example, an error to nothing, and otherwise abstains."""

    def __init__(self, corpus: Corpus = CORPUS, answers: dict[str, Answer] | None = None) -> None:
        self.corpus = corpus
        self.answers = answers or {EXAMPLE: example_answer()}

    def warm(self) -> None:
        """Have nothing to load."""

    def ask(self, question: Question) -> Answer:
        """Answer from what was prepared."""
        if not question.text.strip():
            raise QuestionError("The question is empty; type one.")
        if question.text == "break":
            raise RuntimeError("A bug, as the page would meet it.")
        return self.answers.get(question.text) or uncovered_answer(question.text)
