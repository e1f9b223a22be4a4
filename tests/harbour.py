"""A whole little corpus: the invented framework, one note, a glossary of one entry."""

from datetime import date
from pathlib import Path

from assistant.citing.citations import cite_from
from assistant.records import Answer, Provenance, Scope, Statement
from corpus.passage import Reference, sha256_of
from corpus.readers.glossary import Glossary, Term
from corpus.readers.notes import FrontMatter, Marked, Note, Section
from corpus.readers.page import read_framework
from corpus.structure.graph import Ties
from corpus.whole import Whole

FOLDER = Path(__file__).parent / "corpus" / "harbour"

RULES = Reference.model_validate(
    {"id": "rules", "publisher": "Port of Nowhere", "title": "Rules of the Quay", "year": 2024}
    | {"url": "https://example.org/rules", "locator": "Rule 7", "seen": "primary"}
)

OPENING = (Marked(text="Walkways keep people off the rails.", marks=("harbour:A1", "signpost")),)
LIGHT = (
    Marked(text="Rule 7 asks for a light every ten metres of walkway.", marks=("rules",)),
    Marked(text="Lights on walkways are green.", marks=("rules",)),
)


def walkways(*sections, **front):
    fields = {"id": "walkways", "title": "Walkways", "topics": ["law"], "audiences": ["officer"]}
    fields |= {"summary": "What walkways are for, and how they are lit.", "sources": [RULES]}
    fields |= {"pillars": ["harbour:T1"], "capabilities": ["harbour:A1"]}
    fields |= {"as_of": date(2026, 7, 31), "review_by": date(2027, 7, 31)}
    fields |= {"confidence": "medium", "dated": True}
    rows = sections or (("", OPENING), ("Light", LIGHT))
    return Note(
        front=FrontMatter.model_validate(fields | front),
        sections=tuple(Section(heading=heading, paragraphs=(said,)) for heading, said in rows),
        sha256=sha256_of("walkways"),
    )


def harbour_whole(note=None):
    link = Ties(source="harbour:A1", targets=("harbour:A2-D1",), strength="high")
    gangway = Term(
        term="gangway",
        items=("harbour:A1",),
        note="A gangway joins a ship and the quay.[^harbour:A1]",
    )
    return Whole(
        framework=read_framework(FOLDER).model_copy(update={"links": (link,)}),
        notes=(note or walkways(),),
        glossary=Glossary(terms=(gangway,), as_of="2026-07-31", review_by="2028-07-31"),
    )


HARBOUR = harbour_whole()


def empty_answer(question, /, **fields):
    none = dict.fromkeys(("embedder", "checker"), "none") | {"composer": "made up"}
    none |= dict.fromkeys(("corpus", "settings", "weights"), "0")
    provenance = Provenance(**none, time="2026-11-01T00:00:00Z")
    given = {"question": question, "resolved_question": question}
    lists = ("parts", "statements", "completeness", "dropped", "hits", "nearest", "follow_ups")
    given |= {"status": "answered", "reason": "", "scope": Scope(), **dict.fromkeys(lists, ())}
    given |= {"signposting": None, "provenance": provenance}
    return Answer.model_validate(given | fields)


def saved(*citations, corpus=None, **fields):
    said = tuple(Statement(text=one.quote, kind="guidance", citations=(one,)) for one in citations)
    answer = empty_answer("What about walkways?")
    made = answer.provenance.model_copy(update={"corpus": (corpus or HARBOUR.corpus).digest})
    return empty_answer(answer.question, **({"statements": said, "provenance": made} | fields))


def cited(passage_id, sentence=None):
    passage = HARBOUR.corpus.passage(passage_id)
    span = passage.sentences[sentence] if sentence is not None else None
    return cite_from(HARBOUR.corpus, passage_id, span)
