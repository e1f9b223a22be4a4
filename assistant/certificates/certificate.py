"""Grounding certificates: an answer in a file of its own, with all that is needed to check it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from pydantic import Field, JsonValue

from assistant.errors import CertificateError
from assistant.records import (
    NO_FILTERS,
    Answer,
    Citation,
    Completeness,
    Filters,
    Part,
    Provenance,
    Scope,
    Statement,
    Status,
)
from assistant.safety.personal import kept
from corpus.passage import Confidence, Corpus, Record, Reference, Tier, sha256_of

FORMAT = "signpost-certificate"
"""Name of the form, so that a file says what it is."""

VERSION = 1
"""Counts up whenever a field is taken away, renamed or read in another way."""

LARGEST = 2**24
"""Bytes over which no file is a certificate, and characters over which no passage is quoted."""


class CertifiedQuote(Record):
    """Words of a passage, with all that tells whether they still stand there."""

    passage_id: str
    source_id: str
    """Its source, which the certificate describes under `sources`."""

    start: int = Field(ge=0)
    end: int = Field(le=LARGEST)
    """One past the last character."""

    quote: str
    """The words, verbatim."""

    locator: str
    """Where a reader finds the passage in the source: `lines 145-147`."""

    heading_path: tuple[str, ...]
    """Headings above the passage, outermost first."""

    tier: Tier
    grounds: tuple[str, ...]
    """What the words rest on in their turn, as in a Citation."""

    text_sha256: str
    """SHA-256 of the passage's whole text."""

    @classmethod
    def of(cls, citation: Citation, corpus: Corpus) -> CertifiedQuote:
        """Return a citation with the hash and the headings of its passage.

        Raises:
            CorpusError: the passage is not in the corpus.
        """
        passage = corpus.passage(citation.passage_id)
        own = {name: getattr(passage, name) for name in ("heading_path", "text_sha256")}
        return cls(**own, **citation.model_dump(include=cls.model_fields.keys() - own.keys()))

    @property
    def citation(self) -> Citation:
        """The citation, as the checker takes it."""
        return Citation.model_validate(self.model_dump(exclude={"heading_path", "text_sha256"}))


class CertifiedStatement(Record):
    """A sentence of the answer, what the checker said of it, and what it rests on."""

    text: str
    kind: Literal["framework", "guidance", "document", "note"]
    """Tier of the words, or `note` for Signpost's own sentence about the structure."""

    section: str
    """Heading that it stands under; empty for what opens an answer."""

    verdict: str
    """What the checker said, in its own words: `supported`; `structural` for a note."""

    support: float | None
    """How well its quotes carry it, 0 to 1; none where nothing was checked."""

    quotes: tuple[CertifiedQuote, ...]
    """What it rests on; empty only for a note."""

    @classmethod
    def of(cls, statement: Statement, corpus: Corpus) -> CertifiedStatement:
        """Return a statement with its citations as `CertifiedQuote.of` has them."""
        quotes = tuple(CertifiedQuote.of(one, corpus) for one in statement.citations)
        told = cls.model_fields.keys() - {"quotes"}
        return cls(**{name: getattr(statement, name) for name in told}, quotes=quotes)

    @property
    def statement(self) -> Statement:
        """The statement, as the checker takes it."""
        citations = tuple(one.citation for one in self.quotes)
        return Statement(text=self.text, kind=self.kind, citations=citations, section=self.section)


class CertifiedSource(Record):
    """A source that is quoted, as a reader would cite it."""

    id: str
    """Short and stable: `gsr`."""

    tier: Tier
    title: str
    publisher: str
    """Who stands behind the words."""

    version: str
    """Edition or version as the publisher names it; empty if it names none."""

    published: str
    """Date or year of publication; empty if it is not known."""

    url: str
    """Where the publisher shows it; empty if only a copy was seen."""

    confidence: Confidence
    """How sure its content is."""

    as_of: str
    """Day on which the content was last checked, ISO 8601."""

    review_by: str
    """Day after which it needs a new check, ISO 8601; empty for a text that is fixed."""

    sha256: str
    """SHA-256 of the file that was read."""

    references: tuple[Reference, ...]
    """The published works that the quoted sentences rest on."""

    @classmethod
    def of(cls, source_id: str, grounds: Iterable[str], corpus: Corpus) -> CertifiedSource:
        """Describe a source of the corpus, with the works among what its quotes rest on."""
        source, named = corpus.source_by_id[source_id], set(grounds)
        fields = {name: getattr(source, name) for name in cls.model_fields.keys() - {"references"}}
        works = tuple(one for one in source.references if one.id in named)
        return cls(**fields, references=works)


class Certificate(Record):
    """An answer, and all that it rests on."""

    format: Literal["signpost-certificate"] = "signpost-certificate"
    version: Literal[1] = 1
    question: str
    resolved_question: str
    """The question as understood."""

    status: Status
    reason: str
    """Why, for every status but `answered`; empty for that."""

    scope: Scope
    filters: Filters = NO_FILTERS
    parts: tuple[Part, ...]
    """One for each thing asked, where a question asks several."""

    statements: tuple[CertifiedStatement, ...]
    """The answer, in reading order."""

    nearest: tuple[CertifiedQuote, ...]
    """The closest passages, where there is no answer."""

    completeness: tuple[Completeness, ...]
    """How many of each thing are listed, of how many."""

    sources: tuple[CertifiedSource, ...]
    """Every source that is quoted, in order of first quote."""

    provenance: Provenance
    """Corpus edition, settings, embedder and its weights, composer, checker, time."""

    digest: str
    """SHA-256 of all of the above, so that a change is noticed; no proof of who wrote it."""

    @property
    def quotes(self) -> Iterator[CertifiedQuote]:
        """All quotes, in reading order."""
        for statement in self.statements:
            yield from statement.quotes
        yield from self.nearest

    @classmethod
    def of(cls, answer: Answer, corpus: Corpus) -> Certificate:
        """Certify an answer that was made from a corpus; personal data of the question is masked.

        Raises:
            CertificateError: the answer is a reply of which nothing is kept.
            CorpusError: it cites what is not in the corpus.
        """
        if answer.status == "safeguarding" or answer.signposting:
            raise CertificateError("No certificate was written: nothing is kept of this message.")
        answer = kept(answer, corpus)
        statements = tuple(CertifiedStatement.of(one, corpus) for one in answer.statements)
        nearest = tuple(CertifiedQuote.of(one, corpus) for one in answer.nearest)
        quotes = [*(quote for one in statements for quote in one.quotes), *nearest]
        bare = cls(
            **{name: getattr(answer, name) for name in _KEPT},
            statements=statements,
            nearest=nearest,
            sources=sources_of(quotes, corpus),
            digest="",
        )
        return bare.model_copy(update={"digest": digest_of_table(bare.model_dump(mode="json"))})


_KEPT = (
    "question resolved_question status reason scope filters parts completeness provenance"
).split()
"""Fields that a certificate takes over from an answer."""


def sources_of(quotes: Iterable[CertifiedQuote], corpus: Corpus) -> tuple[CertifiedSource, ...]:
    """Describe the sources of quotes, in order of first quote, but for one that is not there."""
    grounds: dict[str, list[str]] = {}
    for quote in quotes:
        grounds.setdefault(quote.source_id, []).extend(quote.grounds)
    known = corpus.source_by_id
    return tuple(CertifiedSource.of(id_, grounds[id_], corpus) for id_ in grounds if id_ in known)


def digest_of_table(table: Mapping[str, JsonValue]) -> str:
    """Return the SHA-256 of a certificate's content: its JSON without `digest`.

    The JSON has sorted keys, no blanks, and escapes for all that is not ASCII.
    """
    content = {name: value for name, value in table.items() if name != "digest"}
    return sha256_of(json.dumps(content, sort_keys=True, separators=(",", ":")))
