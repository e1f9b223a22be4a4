"""A small corpus, the model answer to the example question, and an assistant that gives it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from assistant.citing.citations import cite_from
from assistant.errors import QuestionError
from assistant.records import NO_FILTERS, Completeness, Found, Provenance, Signposting, Statement
from assistant.safety.triage import Heard
from corpus.passage import Corpus, Correction, Doubt, Passage, Reference, Source, Span, sha256_of
from tests.harbour import empty_answer

DISCLOSED = "This happened to me."  # What a fake assistant hears as a disclosure.
EXAMPLE = "what outcomes and partners relate to victim identity protection?"
GUIDED = "Are the names of children withheld in court?"
PILLAR = "Victim support services and empowerment"

GSR = Source.model_validate(
    {"id": "gsr", "title": "Global Strategic Response", "publisher": "WeProtect Global Alliance"}
    | {"version": "one-page table", "published": "", "as_of": "2025-11-01", "review_by": ""}
    | {"licence": "not stated", "url": "https://www.weprotect.org/response/", "seen": "copy"}
    | {"locator": "lines 1-344", "sha256": "0" * 64, "tier": "framework"}
)

CONVENTION = Reference.model_validate(
    {"id": "convention-30", "publisher": "Council of Europe", "year": 2007, "seen": "primary"}
    | {"title": "Convention on the Protection of Children", "locator": "Article 30"}
    | {"url": "https://www.coe.int/convention"}
)
CONVENTION_31 = CONVENTION.model_copy(update={"id": "convention-31", "locator": "Article 31"})
HANDBOOK = Reference.model_validate(
    {"id": "handbook", "publisher": "A ministry", "title": "Handbook for courts", "year": None}
    | {"url": "", "locator": "", "seen": "copy"}
)
SURVEY = Reference.model_validate(
    {"id": "survey", "publisher": "A statistics office", "title": "Survey of courts", "year": 2023}
    | {"url": "", "locator": "Table 4", "seen": "secondary"}
)


def guide(source_id, title, **more):
    """Return a guidance note as a source."""
    named = {"id": source_id, "title": title, "publisher": "Signpost", "version": "", "url": ""}
    dated = {"as_of": "2026-07-31", "review_by": "2027-07-31", "licence": "as Signpost"}
    place = {"locator": f"guidance/{source_id}.md", "seen": "primary", "tier": "guidance"}
    return GSR.model_copy(update={**named, **dated, **place, **more})


ABOUT = {"confidence": "medium", "references": (CONVENTION, CONVENTION_31, HANDBOOK)}
NOTES = guide("note:example", "A note on identity protection", dated=True, **ABOUT)
PAST = {"as_of": "2024-01-31", "review_by": "2024-07-31", "references": (SURVEY,)}
OLD_NOTES = guide("note:courts", "Figures from the courts", dated=True, **PAST)


def passage(passage_id, text, lines="", **more):
    """Return a passage of one sentence; with lines it belongs to the framework page."""
    source = GSR if lines else NOTES
    fields = {
        "id": passage_id,
        "source_id": source.id,
        "locator": f"lines {lines}" if lines else "paragraph 1",
        "heading_path": (PILLAR, "Outcomes"),
        "text": text,
        "sentences": (Span(start=0, end=len(text)),),
        "facets": {"tier": source.tier, "source": source.id},
        "text_sha256": sha256_of(text),
        "lines": lines or None,
    }
    return Passage.model_validate(fields | more)


def section(source, number, *said, heading=""):
    """Return a section of a note: its sentences, each with what it rests on."""
    text = " ".join(sentence for sentence, _ in said)
    starts = [(text.index(sentence), sentence) for sentence, _ in said]
    return passage(
        f"{source.id}#{number}",
        text,
        source_id=source.id,
        locator=f"section “{heading}”" if heading else "opening",
        heading_path=(source.title, heading) if heading else (source.title,),
        sentences=tuple(Span(start=at, end=at + len(sentence)) for at, sentence in starts),
        grounds=tuple(grounds for _, grounds in said),
    )


C12_TEXT = "Victim identity protection\nPreserve the anonymity of victims"
C2_TEXT = "Comprehensive technology, including common definitions"
PARTNERS = "National and international civil society organisations with specialist expertise"
WITHHELD, FACES = "Names are withheld in court.", "Faces are too."
LIMITS = "A state that hides the names of children acts in their interest."
COUNTED = "In 2023, courts withheld 12 of 20 names."

PAGE = (
    ("P3-O1", "149-150", "Victims have access to the support they require"),
    ("P3-O2", "152-154", "Standardised procedures for reporting images, material and contextual"
     " information to rescue victims"),
    ("P3-O3", "156-158", "Increase dedicated Child Advocacy Centres for all forms of child"
     " exploitation"),
    ("P3-O4", "160-161", "Standardised practices to protect the identity of victims"),
    ("P3-O5", "163", "Expand victims’ voice groups"),
)  # fmt: skip
"""Outcomes of the framework page: id, lines and words."""

CORRECTION = Correction.model_validate(
    {"lines": "12", "printed": "definitons", "reads": "definitions", "confidence": "high"}
    | {"basis": "a letter was lost"}
)
DOUBT = Doubt.model_validate(
    {"lines": "10", "printed": "technology", "suspected": "legislation", "confidence": "medium"}
    | {"basis": "the capability is legislation"}
)

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
    *(passage(f"gsr:{id_}", text, lines) for id_, lines, text in PAGE),
    passage("gsr:P3-W1", PARTNERS, "165-166", heading_path=(PILLAR, "Partners")),
    passage(
        "gsr:C2",
        C2_TEXT,
        "9-17",
        heading_path=("Policy/Legislation", "Capabilities"),
        corrections=(CORRECTION,),
        doubts=(DOUBT,),
        printed=f"E {C2_TEXT.replace('definitions', 'definitons')}",
    ),
    section(
        NOTES,
        1,
        (WITHHELD, ("convention-30", "gsr:C12")),
        (FACES, ("convention-30", "convention-31", "handbook")),
    ),
    section(NOTES, 2, (LIMITS, ("signpost",)), heading="Limits"),
    section(OLD_NOTES, 1, (COUNTED, ("survey",)), heading="What was counted"),
)

CORPUS = Corpus(sources=(GSR, NOTES, OLD_NOTES), passages=PASSAGES)

PROVENANCE = Provenance.model_validate(
    {"corpus": CORPUS.digest, "settings": "0" * 64, "embedder": "none", "weights": "0" * 64}
    | {"composer": "fake", "checker": "fake", "time": "2025-11-25T00:00:00Z"}
)


def cite(passage_id, quote="", corpus=CORPUS, **more):
    """Cite a passage, whole or from where `quote` stands in it."""
    text = corpus.passage(passage_id).text
    start = text.index(quote or text)
    span = Span(start=start, end=start + len(quote or text))
    return cite_from(corpus, passage_id, span).model_copy(update=more)


def say(passage_id, section, **more):
    """State a whole framework passage under a heading."""
    text, kind = CORPUS.passage(passage_id).text, "framework"
    fields = {"text": text, "kind": kind, "citations": (cite(passage_id),), "section": section}
    return Statement.model_validate(fields | {"verdict": "supported", "support": 1.0} | more)


def tell(passage_id, quote, **more):
    """Quote a sentence of a note under the note's title."""
    source = CORPUS.source_by_id[CORPUS.passage(passage_id).source_id]
    fields = {"text": quote, "kind": "guidance", "citations": (cite(passage_id, quote),)}
    fields |= {"section": source.title, "relation": "related", "as_of": source.as_of}
    return Statement.model_validate(fields | {"past_review": source is OLD_NOTES} | more)


def note(text, *passage_ids, section=""):
    """Say something of Signpost's own about some passages."""
    cited = tuple(map(cite, passage_ids))
    return Statement(text=text, kind="note", citations=cited, section=section, verdict="structural")


def answer(*statements, **more):
    """Return an answer with these statements; everything else is empty unless given."""
    return empty_answer(EXAMPLE, **{"statements": statements, "provenance": PROVENANCE, **more})


def example_answer():
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


def guided_answer():
    """Return an answer from the framework and from two notes, one of them past its review."""
    return answer(
        note("The page speaks of this in one place."),
        say("gsr:P3-O4", "Pillar 3: Victim support services and empowerment"),
        tell("note:example#1", WITHHELD),
        tell("note:example#1", FACES),
        tell("note:example#2", LIMITS),
        tell("note:courts#1", COUNTED),
        question=GUIDED,
        resolved_question=GUIDED,
    )


def uncovered_answer(question="Who owns each outcome?"):
    return answer(
        question=question,
        resolved_question=question,
        status="not_covered",
        reason="coverage_gap",
        nearest=(cite("gsr:P3-O1"), cite("note:example#1", WITHHELD)),
    )


def unclear_answer(question, label, stands_for):
    """Return a question back with two readings, the second of them the example."""
    return answer(
        note(f"\u201c{question}\u201d can be read in 2 ways. Which do you mean?"),
        question=question,
        resolved_question=question,
        status="clarify",
        reason="ambiguous",
        choices=(
            {"label": label, "question": stands_for},
            {"label": "Names of outcomes", "question": EXAMPLE},
        ),
    )


def in_a_loop(make):
    """Call `make` inside an event loop; outside one Gradio opens loops that it never closes.

    The loop runs in a thread of its own, since Playwright keeps one running in this thread.
    """

    async def call():
        return make()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(call())).result()


class FakeAssistant:
    """Gives the model answer to the example, an error to nothing, and otherwise abstains."""

    def __init__(self, corpus=CORPUS, answers=None):
        self.corpus, self.asked = corpus, []
        self.answers = answers or {EXAMPLE: example_answer(), GUIDED: guided_answer()}

    def warm(self):
        pass

    def find(self, text, k, turns=(), filters=NO_FILTERS):
        """Find one passage."""
        if not text.strip():
            raise QuestionError("The question is empty; type one.")
        hit = {"passage_id": "gsr:C12", "rank": 1, "score": 1.0, "ranks": {"dense": 1}}
        return Found(hits=(hit,)[:k])

    def near(self, topic):
        """Find one note on one topic."""
        return (1.0, {"note:hash-matching": 1.0}) if topic == "hash matching" else (0.0, {})

    def hear(self, text):
        """Hear a disclosure in one sentence alone."""
        reply = Signposting(case="A", text="Thank you for saying this.", services=())
        return Heard(kept=False, reply=reply) if text == DISCLOSED else Heard(kept=True, reply=None)

    def write(self, question):
        """Have no language model."""

    def ask(self, question, today=None):
        """Answer from what was prepared, in the sources' own words."""
        self.asked.append(question)
        if not question.text.strip():
            raise QuestionError("The question is empty; type one.")
        if question.text == "break":
            raise RuntimeError("A bug, as the page would meet it.")
        return self.answers.get(question.text) or uncovered_answer(question.text)

    def quoted(self, question):
        return self.ask(question)
