"""Grounding certificates: an answer in a file of its own, with all that is needed to check it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import Field, JsonValue, ValidationError

from assistant import records
from assistant.errors import CertificateError
from assistant.home import reason_of
from assistant.records import Answer, Citation, Statement
from assistant.safety.personal import kept
from corpus.passage import Confidence, Corpus, Record, Reference, Tier, fault_of, sha256_of

FORMAT, VERSION = "signpost-certificate", 1
"""Name of the form, so that a file says what it is, and what counts up whenever a field is taken
away, renamed or read in another way."""

LARGEST = 2**24
"""Bytes over which no file is a certificate, and characters over which no passage is quoted."""

Taker = TypeVar("Taker", bound=Record)


def _taken(kind: type[Taker], record: Record, **own: object) -> Taker:
    """Return a record with fields of its own, and the others as another record has them."""
    names = kind.model_fields.keys() & type(record).model_fields.keys() - own.keys()
    return kind.model_validate({name: getattr(record, name) for name in names} | own)


class CertifiedQuote(Record):
    """Words of a passage: a `Citation` with the headings above it and the hash of its text."""

    passage_id: str
    source_id: str
    start: int = Field(ge=0)
    end: int = Field(le=LARGEST)
    quote: str
    locator: str
    heading_path: tuple[str, ...]
    tier: Tier
    grounds: tuple[str, ...]
    text_sha256: str

    @classmethod
    def of(cls, citation: Citation, corpus: Corpus) -> Self:
        """Return a citation with what its passage has; `CorpusError` if the corpus has it not."""
        passage = corpus.passage(citation.passage_id)
        path, digest = passage.heading_path, passage.text_sha256
        return _taken(cls, citation, heading_path=path, text_sha256=digest)


class CertifiedStatement(Record):
    """A `Statement` of the answer, with its citations as quotes, which only a note may lack."""

    text: str
    kind: Literal["framework", "guidance", "document", "note"]
    section: str
    verdict: str
    support: float | None
    quotes: tuple[CertifiedQuote, ...]

    @classmethod
    def of(cls, statement: Statement, corpus: Corpus) -> Self:
        """Return a statement with its citations as `CertifiedQuote.of` has them."""
        quotes = tuple(CertifiedQuote.of(one, corpus) for one in statement.citations)
        return _taken(cls, statement, quotes=quotes)

    @property
    def statement(self) -> Statement:
        """The statement, as the checker takes it."""
        citations = tuple(_taken(Citation, one) for one in self.quotes)
        return Statement(text=self.text, kind=self.kind, citations=citations, section=self.section)


class CertifiedSource(Record):
    """A `Source` that is quoted, with the works that quotes rest on."""

    id: str
    tier: Tier
    title: str
    publisher: str
    version: str
    published: str
    url: str
    confidence: Confidence
    as_of: str
    review_by: str
    sha256: str
    references: tuple[Reference, ...]


class Certificate(Record):
    """An answer, and all that it rests on; fields that an `Answer` has too are as there."""

    format: Literal["signpost-certificate"] = "signpost-certificate"
    version: Literal[1] = 1
    question: str
    resolved_question: str
    status: records.Status
    reason: str
    scope: records.Scope
    filters: records.Filters = records.NO_FILTERS
    parts: tuple[records.Part, ...]
    statements: tuple[CertifiedStatement, ...]
    nearest: tuple[CertifiedQuote, ...]
    completeness: tuple[records.Completeness, ...]
    sources: tuple[CertifiedSource, ...]
    """Every source that is quoted, in order of first quote."""

    provenance: records.Provenance
    digest: str
    """SHA-256 of all of the above, so that a change is noticed; no proof of who wrote it."""

    @property
    def quotes(self) -> Iterator[CertifiedQuote]:
        """All quotes, in reading order."""
        yield from chain(*(said.quotes for said in self.statements), self.nearest)

    @classmethod
    def of(cls, answer: Answer, corpus: Corpus) -> Self:
        """Certify an answer that was made from a corpus; personal data of the question is masked.

        `CertificateError` for a reply of which nothing is kept.
        """
        if answer.status == "safeguarding" or answer.signposting:
            raise CertificateError("No certificate was written: nothing is kept of this message.")
        answer = kept(answer, corpus)
        statements = tuple(CertifiedStatement.of(one, corpus) for one in answer.statements)
        nearest = tuple(CertifiedQuote.of(one, corpus) for one in answer.nearest)
        bare = _taken(cls, answer, statements=statements, nearest=nearest, sources=(), digest="")
        bare = bare.model_copy(update={"sources": sources_of(bare.quotes, corpus)})
        return bare.model_copy(update={"digest": digest_of_table(bare.model_dump(mode="json"))})


def sources_of(quotes: Iterable[CertifiedQuote], corpus: Corpus) -> tuple[CertifiedSource, ...]:
    """Describe the sources of quotes, in order of first quote, but for one that is not there."""
    grounds: dict[str, set[str]] = {}
    for quote in quotes:
        grounds.setdefault(quote.source_id, set()).update(quote.grounds)
    found = []
    for id_, named in grounds.items():
        if source := corpus.source_by_id.get(id_):
            works = tuple(one for one in source.references if one.id in named)
            found.append(_taken(CertifiedSource, source, references=works))
    return tuple(found)


def digest_of_table(table: Mapping[str, JsonValue]) -> str:
    """Return the SHA-256 of a certificate's JSON but for `digest`: sorted, no blanks, ASCII."""
    content = {name: value for name, value in table.items() if name != "digest"}
    return sha256_of(json.dumps(content, sort_keys=True, separators=(",", ":")))


def _once(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    """Refuse a name that stands twice: people would read the one, and programs the other."""
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("A name stands twice.")
    return table


def parse_certificate(text: str) -> tuple[Certificate, str]:
    """Read a certificate from the text of its file, with the digest of its content as found.

    `CertificateError` where it is none, or has another form.
    """
    try:
        table: JsonValue = json.loads(text, object_pairs_hook=_once)
        # What no file can hold is refused as well: half a sign, too deep a nest, no number.
        json.dumps(table, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise CertificateError("It is no certificate; it is no JSON that can be read.") from None
    if not isinstance(table, dict) or table.get("format") != FORMAT:
        raise CertificateError(f"It is no certificate; the form it gives is not {FORMAT!r}.")
    version = table.get("version")
    if version != VERSION or type(version) is not int:  # neither 1.0 nor true
        said = f"It has the version {str(version)[:20]!r} of the form"
        raise CertificateError(f"{said}, but this Signpost reads {VERSION}.")
    try:
        # As JSON and strictly, so that a number in quotation marks is no number.
        certificate = Certificate.model_validate_json(json.dumps(table), strict=True)
    except ValidationError as error:
        raise CertificateError(f"It is not in its form: {fault_of(error)}.") from None
    # Over the file's own fields, since records may get more of them later.
    return certificate, digest_of_table(table)


def certificate_text(path: Path) -> str:
    """Return the text of a file that may be a certificate; `CertificateError` if it cannot be."""
    try:
        if path.is_file() and path.stat().st_size > LARGEST:
            raise CertificateError("It is no certificate; it is larger than any.")
        if path.is_file():
            return path.read_text(encoding="utf-8")
        said = "it is no file" if path.exists() else "there is no such file"
    except OSError as error:
        said = reason_of(error).partition(";")[0]
    except UnicodeDecodeError:
        raise CertificateError("It is no certificate; it is not UTF-8.") from None
    raise CertificateError(f"It cannot be read: {said}.")
