"""Guidance notes, Markdown with front matter, and the questions that their sections answer."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import groupby
from typing import Annotated, Literal

import yaml
from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from corpus import passage
from corpus.errors import CorpusError
from corpus.passage import Confidence, Fault, Passage, Record, Reference, Source, Span

Topic = Literal[
    "law", "treaty", "regulation", "institution", "figures", "terminology", "prevention",
    "detection", "removal", "reporting", "identification", "investigation", "support", "survivors",
    "privacy", "encryption", "transparency", "industry", "education", "media", "research",
    "capacity", "governance", "safeguarding", "ai", "age-assurance", "offenders", "helplines",
]  # fmt: skip
"""What a note is about, for a filter."""

Audience = Literal["officer", "trainer", "evaluator"]  # Whom a note serves.
OWN = "signpost"  # Marks a sentence that is our own judgement.
PREFIX = "note:"
SUFFIX = ".md"
LEANING = ("It ", "They ")  # Open a sentence which is cited together with the one before it.
ON = "yes"  # Value of a facet that a passage either has or has not: `about:gsr:C12`.
ASKED_FILE = "asked.toml"  # The everyday questions that sections of notes answer.
SUGGESTED = "suggested.toml"  # Those that an answer may suggest, as they are answered outright.

Asked = Mapping[str, tuple[str, ...]]
"""Questions by the id of the section that answers them: `note:barnahus#2`."""

MARK = re.compile(r"\[\^([^\]\s]+)\]")  # Names a work or an item behind the words that rest on it.


class FrontMatter(Record):
    """What a note says of itself, above its text."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Annotated[str, Field(min_length=3, max_length=80)]
    summary: Annotated[str, Field(min_length=20, max_length=250)]
    pillars: tuple[str, ...]
    capabilities: tuple[str, ...]
    """Capabilities that it serves, by id, the main one first."""

    topics: Annotated[tuple[Topic, ...], Field(min_length=1)]
    audiences: Annotated[tuple[Audience, ...], Field(min_length=1)]
    names: tuple[Annotated[str, Field(min_length=3)], ...] = ()
    """What the one thing that it is about is called, where people compare it with others."""

    sources: tuple[Reference, ...]
    """The works that its sentences rest on, one entry for each place in a work."""

    as_of: date
    """Day of the oldest source that it dates; where it dates none, of its last check."""

    review_by: date
    """Last day on which it may be used without a new look at its sources."""

    confidence: Confidence
    dated: bool


class Marked(Record):
    """A sentence with the marks of what it rests on."""

    text: str
    marks: tuple[str, ...]
    """Ids of the note's sources, of the framework, or `signpost`; empty where it has no mark."""


class Section(Record):
    """What stands under one heading, which the opening lacks."""

    heading: str
    paragraphs: tuple[tuple[Marked, ...], ...]

    @property
    def sentences(self) -> tuple[Marked, ...]:
        """All sentences, in reading order."""
        return tuple(one for paragraph in self.paragraphs for one in paragraph)


class Note(Record):
    """One guidance note."""

    front: FrontMatter
    sections: tuple[Section, ...]
    sha256: str
    asked: tuple[tuple[str, ...], ...] = ()
    """For each section the everyday questions that it answers; may be shorter than the text."""

    suggested: tuple[tuple[str, str], ...] = ()
    """Those of them that an answer may suggest, each after the id of its section."""

    @property
    def sentences(self) -> tuple[Marked, ...]:
        """All sentences, in reading order."""
        return tuple(one for section in self.sections for one in section.sentences)

    @property
    def words(self) -> int:
        """Words of the text; headings and marks are not counted."""
        return sum(len(one.text.split()) for one in self.sentences)

    @property
    def source(self) -> Source:
        """The note as the source of its passages."""
        return Source(
            id=f"{PREFIX}{self.front.id}",
            title=self.front.title,
            publisher="Signpost",
            as_of=self.front.as_of.isoformat(),
            review_by=self.front.review_by.isoformat(),
            licence="as Signpost",
            locator=f"guidance/{self.front.id}{SUFFIX}",
            sha256=self.sha256,
            tier="guidance",
            confidence=self.front.confidence,
            dated=self.front.dated,
            references=self.front.sources,
        )

    @property
    def passages(self) -> tuple[Passage, ...]:
        """One passage a section: `note:lanzarote-convention#2`."""
        sections = enumerate(self.sections, start=1)
        return tuple(self._passage(at, section) for at, section in sections if section.sentences)

    def _passage(self, number: int, section: Section) -> Passage:
        front, source_id = self.front, f"{PREFIX}{self.front.id}"
        start, spans, grounds = 0, list[Span](), list[tuple[str, ...]]()
        for paragraph in section.paragraphs:
            for place, sentence in enumerate(paragraph):
                span, marks = Span(start=start, end=start + len(sentence.text)), sentence.marks
                if place and sentence.text.startswith(LEANING):
                    # What "it" is stands in the sentence before: the two are cited as one.
                    span = Span(start=spans.pop().start, end=span.end)
                    marks = tuple(dict.fromkeys((*grounds.pop(), *marks)))
                spans.append(span)
                grounds.append(marks)
                start = span.end + 1  # A blank or a line end follows.
        paragraphs = (" ".join(one.text for one in paragraph) for paragraph in section.paragraphs)
        text = "\n".join(paragraphs)
        on = [f"about:{item}" for item in (*front.pillars, *front.capabilities)]
        on += [f"topic:{topic}" for topic in front.topics]
        on += [f"audience:{audience}" for audience in front.audiences]
        own = {"tier": "guidance", "source": source_id, "kind": "note"}
        return Passage(
            id=f"{source_id}#{number}",
            source_id=source_id,
            locator=f"section \u201c{section.heading}\u201d" if section.heading else "opening",
            heading_path=(front.title, *filter(None, [section.heading])),
            text=text,
            sentences=tuple(spans),
            facets=own | dict.fromkeys(on, ON),
            text_sha256=passage.sha256_of(text),
            grounds=tuple(grounds),
            # What the note answers, in the words of its author: found by, and never quoted.
            also=(front.summary,) if number == 1 else (),
            asked=self.asked[number - 1] if number <= len(self.asked) else (),
        )


def shipped_notes() -> Traversable:
    """Return the folder of the notes that ship with Signpost."""
    return files("corpus") / "guidance"


def note_files(folder: Traversable) -> tuple[Traversable, ...]:
    """Return the files of a folder that are notes, by name."""
    if not folder.is_dir():
        return ()
    found = (one for one in folder.iterdir() if one.name.endswith(SUFFIX) and one.is_file())
    return tuple(sorted(found, key=lambda one: one.name))


def read_notes(folder: Traversable) -> tuple[Note, ...]:
    """Read all notes of a folder, by id; CorpusError if one, or a file of questions, is refused."""
    asked, suggested = read_asked(folder), read_asked(folder, SUGGESTED)
    notes = []
    for note in map(read_note, note_files(folder)):
        ids = [f"{PREFIX}{note.front.id}#{number}" for number in range(1, len(note.sections) + 1)]
        more = tuple((id_, question) for id_ in ids for question in suggested.get(id_, ()))
        told = {"asked": tuple(asked.get(id_, ()) for id_ in ids), "suggested": more}
        notes.append(note.model_copy(update=told))
    return tuple(notes)


def read_asked(folder: Traversable, name: str = ASKED_FILE) -> Asked:
    """Read questions by section, if there are any; CorpusError if the file is not in its form."""
    file = folder / name
    if not file.is_file():
        return {}
    try:
        return passage.read_toml(file, dict[str, tuple[str, ...]])
    except CorpusError as error:
        raise CorpusError(f"{error} Write a section's questions as ['...', '...'].") from None


def asked_faults(asked: Asked, sections: Collection[str]) -> Iterator[Fault]:
    """Name ids that no section has, empty questions, and questions that are there twice."""
    seen: dict[str, str] = {}
    for name, questions in asked.items():
        if name not in sections:
            yield name, f"{ASKED_FILE} has questions for {name}, which no note has; correct the id."
        for question in questions:
            text = " ".join(question.lower().split())
            if not text:
                yield name, f"{ASKED_FILE} has an empty question; take it out."
            elif text in seen:
                said = f"has \u201c{question}\u201d for {seen[text]} too; keep one."
                yield name, f"{ASKED_FILE} {said}"
            seen[text] = name


def read_note(file: Traversable) -> Note:
    """Read a note; CorpusError if its front matter is refused, the rest is for the check."""
    name = file.name
    text = passage.text_of(file)
    lines = text.splitlines()
    fences = [place for place, line in enumerate(lines) if line.strip() == "---"]
    if fences[:1] != [0]:
        raise CorpusError(f"{name} does not open with front matter; put it between '---' lines.")
    if len(fences) < 2:
        raise CorpusError(f"The front matter of {name} does not end; close it with a '---' line.")
    above = "\n".join(lines[1 : fences[1]])
    try:
        # The loader in C is as safe as the other, and ten times as fast.
        found = yaml.load(above, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        front = FrontMatter.model_validate(found)
    except ValidationError as error:
        faults = error.errors()
        # A list whose only entry is refused counts as empty too.
        inside = {fault["loc"][:-1] for fault in faults} - {()}
        said = "; ".join(_refused(fault) for fault in faults if fault["loc"] not in inside)
        raise CorpusError(f"The front matter of {name} is refused: {said}.") from None
    except (yaml.YAMLError, ValueError) as error:
        # A day that no calendar has is a ValueError.
        said = " ".join(str(error).split())
        raise CorpusError(f"The front matter of {name} is no YAML: {said}.") from None
    sections = tuple(_sections(lines[fences[1] + 1 :]))
    return Note(front=front, sections=sections, sha256=passage.sha256_of(text))


def _refused(error: ErrorDetails) -> str:
    steps = [step + 1 if isinstance(step, int) else step for step in error["loc"]]
    place, given = " ".join(map(str, steps)) or "the whole", error["input"]
    choices = str(error.get("ctx", {}).get("expected", "the known words")).replace("'", "")
    known = {
        "missing": "is missing, write it",
        "extra_forbidden": "is no field of a note, take it out",
        "literal_error": f"is {given!r}, write one of {choices}",
        "string_pattern_mismatch": f"is {given!r}, write small letters and hyphens",
        "too_short": "is empty, write at least one",
        "bool_parsing": "is neither true nor false, write one of them",
        "date": f"is {given!r}, write a day as 2027-08-01",
    }
    kind = "date" if error["type"].startswith("date") else error["type"]
    return f"{place} {known.get(kind, error['msg'][:1].lower() + error['msg'][1:])}"


def _sections(lines: list[str]) -> Iterator[Section]:
    heading, paragraphs = "", list[tuple[Marked, ...]]()
    # A heading ends a paragraph, as it does in Markdown, with or without a blank line; a last one
    # that is no heading of the note ends it.
    shown = groupby((*lines, "## "), lambda line: (line[:3] == "## ", line.strip() > ""))
    for (opens, is_text), run in shown:
        if opens:
            for line in run:
                if heading or paragraphs:
                    yield Section(heading=heading, paragraphs=tuple(paragraphs))
                heading, paragraphs = line[3:].strip(), []
        elif is_text:
            pieces = parted(" ".join(line.strip() for line in run))
            marked = [(text.strip(), marks) for text, marks in pieces if marks or text.strip()]
            paragraphs.append(tuple(Marked(text=text, marks=marks) for text, marks in marked))


def parted(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Part a text after each group of marks, and return the pieces with their marks.

    >>> parted("Help is free.[^a][^gsr:C9] More.")
    [('Help is free.', ('a', 'gsr:C9')), (' More.', ())]
    """
    pieces = MARK.split(text)
    found = [(pieces[0], tuple[str, ...]())]
    for mark, after in zip(pieces[1::2], pieces[2::2], strict=True):
        found[-1] = (found[-1][0], (*found[-1][1], mark))
        if after:
            found.append((after, ()))
    return found
