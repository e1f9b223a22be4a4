"""The records that every floor shares: Source, Span, Lines, Passage, Corpus."""

import ast
import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from importlib.resources.abc import Traversable
from inspect import cleandoc, getsource
from itertools import pairwise
from textwrap import dedent
from typing import Any, Literal, NamedTuple, Self, TypeVar

from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError, model_validator

from corpus.errors import CorpusError

T = TypeVar("T")

Tier = Literal["framework", "guidance", "document"]
"""Where a statement comes from; tiers are never blended in an answer."""

Confidence = Literal["high", "medium", "low"]  # How sure the reading of a source is.

Seen = Literal["primary", "copy", "secondary"]
"""Whether the publisher's own text was read, a copy of it, or somebody's account."""


def _describe(schema: dict[str, Any], record: type[BaseModel]) -> None:
    """Let a schema say what each field is; its source is read where a schema is asked for."""
    told = docstrings_of(record)
    for field, shown in schema.get("properties", {}).items():
        if field in told:
            shown.setdefault("description", told[field])


class Record(BaseModel, frozen=True, extra="forbid", json_schema_extra=_describe):
    """A frozen record that refuses fields it does not know."""


def docstrings_of(record: type[BaseModel]) -> dict[str, str]:
    """Return what stands under each field of a record, those of its bases included."""
    found: dict[str, str] = {}
    for base in reversed(record.__mro__):
        if not issubclass(base, BaseModel) or base.__module__.startswith("pydantic"):
            continue
        (made,) = ast.parse(dedent(getsource(base))).body
        for field, said in pairwise(made.body if isinstance(made, ast.ClassDef) else ()):
            match field, said:
                case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(text))):
                    found[name] = cleandoc(text)
    return found


class Span(Record):
    """A half-open range of characters, `text[start:end]`."""

    start: int
    """First character, counted from 0."""

    end: int
    """One past the last character."""

    def of(self, text: str) -> str:
        """Return the characters of `text` in this span."""
        return text[self.start : self.end]


class Lines(Record):
    """A closed range of source lines, counted from 1 as an editor shows them; read of `145-147`."""

    first: int
    """First line."""

    last: int
    """Last line, itself included."""

    @model_validator(mode="before")
    @classmethod
    def _parsed(cls, stated: object) -> object:
        if not isinstance(stated, str):
            return stated
        first, _, last = stated.partition("-")
        if not first.isdigit() or (last and not last.isdigit()):
            raise ValueError(f"{stated!r} is no range of lines; write '145' or '145-147'")
        if not 1 <= int(first) <= int(last or first):
            raise ValueError(f"The lines {stated!r} run backwards; write the smaller number first")
        return {"first": int(first), "last": int(last or first)}

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"


class Reference(Record):
    """A published work that a sentence rests on, so that a reader can look it up."""

    id: str
    """Short, and stable within its source: `coe-lanzarote-31`."""

    publisher: str
    """Who published it."""

    title: str
    """Title as published."""

    year: int | None
    """Year of publication; none if it is not known."""

    url: str
    """The publisher's own page; empty if only a copy or a mirror was seen."""

    locator: str
    """Where in it: an article, a section, a page; empty for the whole."""

    seen: Seen
    """What of it was read."""

    date: str = ""
    """Day, or month, for which it speaks, ISO 8601; given where it states figures or legal status
    that change."""


class Source(Record):
    """Where passages come from, as a reader would cite it."""

    id: str
    """Short and stable: `gsr`, `note:lanzarote-convention`."""

    title: str
    """Title as published."""

    publisher: str = ""
    """Who stands behind the words."""

    version: str = ""
    """Edition or version as the publisher names it; empty if it names none."""

    published: str = ""
    """Date or year of publication, ISO 8601; empty if it is not known."""

    as_of: str = ""
    """Day on which the content was last checked against its publisher, ISO 8601; of what is
    `dated`, the oldest for which one of its works speaks."""

    review_by: str = ""
    """Day after which the content needs a new check, ISO 8601; empty for a text that is fixed."""

    licence: str = "not stated"
    """Terms under which the text may be used."""

    url: str = ""
    """Where the publisher shows it; empty if only a copy was seen."""

    locator: str = ""
    """Where in the source; for a page its lines, for a treaty its articles."""

    seen: Seen = "primary"
    """What of it was read."""

    sha256: str
    """SHA-256 of the file that was read."""

    tier: Tier
    """Kept apart in every answer and export."""

    confidence: Confidence = "high"
    """How sure its content is."""

    dated: bool = False
    """Whether it holds figures or legal status that change; each sentence has a day of its own."""

    references: tuple[Reference, ...] = ()
    """The published works that its sentences rest on."""

    @property
    def checked(self) -> str:
        """Its `as_of`; empty where each sentence has the day of its own works instead."""
        return "" if self.dated else self.as_of


class Correction(Record):
    """A reading that differs from the words as printed, and is sure enough to be applied."""

    lines: Lines
    """Source lines it touches."""

    printed: str
    """The words as printed, lines joined."""

    reads: str
    """The words as corrected; empty where something printed is left out."""

    confidence: Confidence
    """How sure the correction is."""

    basis: str
    """Why."""


class Doubt(Record):
    """Words that are kept as printed although they are probably not what was meant."""

    lines: Lines
    """Source lines it touches."""

    printed: str
    """The words as printed, and as shown."""

    suspected: str
    """What was probably meant; empty where nobody can say."""

    confidence: Confidence
    """How sure it is that the printed words are wrong."""

    basis: str
    """Why."""


class Passage(Record):
    """A piece of a source that is retrieved and cited as one."""

    id: str
    """From the source's own numbering, stable over rebuilds: `gsr:C12`, `gsr:P3-O4`."""

    source_id: str
    """The Source it belongs to."""

    locator: str
    """Where in the source, for a reader: `lines 145-147`."""

    heading_path: tuple[str, ...]
    """Headings above it, outermost first."""

    text: str
    """The corrected reading; every span counts characters of this."""

    sentences: tuple[Span, ...]
    """The units of citation, in reading order, without overlap."""

    facets: dict[str, str]
    """Flat keys for filters: `tier` and `source`, for a framework also `kind` and `group`."""

    text_sha256: str
    """SHA-256 of `text` in UTF-8."""

    lines: Lines | None = None
    """Source lines, where the source is a page of lines."""

    printed: str = ""
    """The words as printed, glyphs and errors included; empty where they are `text`."""

    corrections: tuple[Correction, ...] = ()
    """What was changed between `printed` and `text`, bullet glyphs excepted."""

    doubts: tuple[Doubt, ...] = ()
    """What is kept as printed although it is suspected."""

    also: tuple[str, ...] = ()
    """Everyday wordings of what it means, ours, to match questions by; never quoted."""

    asked: tuple[str, ...] = ()
    """Everyday questions that it answers, ours, to match questions by; never quoted."""

    grounds: tuple[tuple[str, ...], ...] = ()
    """For each sentence what it rests on: ids of its source's references, of passages, or
    `signpost` for a judgement of ours; empty where the words are the source's own."""

    @model_validator(mode="after")
    def _hash_and_spans_hold(self) -> Self:
        if self.text_sha256 != sha256_of(self.text):
            raise CorpusError(f"{self.id} does not have the hash it claims; rebuild it.")
        if self.grounds and len(self.grounds) != len(self.sentences):
            raise CorpusError(f"{self.id} does not say for each sentence what it rests on.")
        ends = 0
        for span in self.sentences:
            if not ends <= span.start < span.end <= len(self.text):
                raise CorpusError(f"A sentence of {self.id} lies outside its text; rebuild it.")
            ends = span.end
        return self


class Corpus(Record):
    """All passages of one edition, with their sources."""

    sources: tuple[Source, ...]
    """In reading order."""

    passages: tuple[Passage, ...]
    """In reading order; ids are unique."""

    @model_validator(mode="after")
    def _ids_are_unique_and_known(self) -> Self:
        for id_ in twice(passage.id for passage in self.passages):
            raise CorpusError(f"Two passages have the id {id_}; rename one.")
        for passage in self.passages:
            if passage.source_id not in self.source_by_id:
                raise CorpusError(f"{passage.id} names the unknown source {passage.source_id!r}.")
        return self

    @cached_property
    def by_id(self) -> dict[str, Passage]:
        """Passages by id."""
        return {passage.id: passage for passage in self.passages}

    @cached_property
    def source_by_id(self) -> dict[str, Source]:
        """Sources by id."""
        return {source.id: source for source in self.sources}

    @cached_property
    def digest(self) -> str:
        """Name this edition: SHA-256 over sources and passages in order, hexadecimal."""
        return digest_of([*self.sources, *self.passages])

    def passage(self, passage_id: str) -> Passage:
        """Return the passage with this id; CorpusError if there is none."""
        try:
            return self.by_id[passage_id]
        except KeyError:
            raise CorpusError(f"No passage has the id {passage_id!r}; try 'gsr:C12'.") from None


class Problem(NamedTuple):
    """One thing that is wrong with a file of the corpus, and what to do."""

    id: str
    """The item, kind, entity, entry, file or source line that it is about."""

    message: str


Fault = tuple[str, str]  # What a problem is about, and the sentence that names it.


def failing(*checks: tuple[object, str]) -> list[str]:
    """Return what is said where a check fails, in their order."""
    return [said for is_broken, said in checks if is_broken]


def twice(names: Iterable[str]) -> dict[str, int]:
    """Return how often names stand that stand more than once, in their order."""
    return {name: count for name, count in Counter(names).items() if count > 1}


def text_of(file: Traversable) -> str:
    """Return what stands in a file, line ends as a bare newline; CorpusError if it is not UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise CorpusError(f"{file.name} is not UTF-8; save it as UTF-8.") from None


def read_toml(file: Traversable, kind: type[T]) -> T:
    """Read what is of a kind from TOML; CorpusError, by the row's id, if it is not in its form."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        return TypeAdapter(kind).validate_python(table)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"{file.name} is no valid TOML ({error}); correct it there.") from None
    except OSError as error:
        raise CorpusError(f"{file.name} cannot be read: {error.strerror or error}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        path = list(map(str, first["loc"]))
        match first["loc"]:
            case str(name), int(place), *_ if isinstance(rows := table[name], list):
                row = rows[place]
                path[1] = str((isinstance(row, dict) and row.get("id")) or f"number {place + 1}")
        said = first["msg"].removeprefix("Value error, ").rstrip(".")
        if first["type"] == "extra_forbidden":
            said = "no such field is known (CHANGELOG.md names those that went)"
        said = f"{file.name}: {' '.join(path) or 'the file'} is refused: {said}; correct it there."
        raise CorpusError(said) from None


def refusal_of(error: ValidationError, whole: str = "the row") -> str:
    """Say in a sentence which field, or the `whole`, is refused first, and why."""
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or whole} is refused: {first['msg']}."


def fault_of(error: ValidationError) -> str:
    """Name the field that is refused first, if it is one, and why, to stand in a sentence."""
    first = error.errors()[0]
    said = first["msg"].removeprefix("Value error, ")
    return ": ".join(filter(None, (".".join(map(str, first["loc"])), said)))


def sha256_of(text: str) -> str:
    """Return the SHA-256 of `text` in UTF-8, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def digest_of(records: Iterable[BaseModel | JsonValue]) -> str:
    """Return one SHA-256 over records, or their JSON, in order; equal ones give equal digests."""
    whole = hashlib.sha256()
    for record in records:
        table = record.model_dump(mode="json") if isinstance(record, BaseModel) else record
        whole.update(f"{json.dumps(table, ensure_ascii=False, sort_keys=True)}\n".encode())
    return whole.hexdigest()
