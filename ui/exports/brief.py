"""Chosen answers as a brief of one page: points with dates and places, and what is not said."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple, get_args
from unicodedata import east_asian_width

from assistant.errors import ExportError
from assistant.records import Answer
from corpus.passage import Corpus, Tier
from ui.exports.answer_document import Notes, day_of, edition_of, question_blocks
from ui.exports.document import Block, Document, Words, heading, paragraph, plain
from ui.words.catalogue import say
from ui.words.outline import Line, Outline
from ui.words.phrases import clean, day, sentence_of, tier_heading

SIZE = 10.0
"""Size of running words, in points."""

TIGHT = 0.6
"""What spaces between paragraphs are multiplied by."""

WIDTH = 470.0
"""Width of the words on a page, in points: A4 less two margins of 2.2 cm."""

HEIGHT = 705.0
"""Height that the words of a page may take, footnotes and the rule above them included; in points.
The page has 717."""

WIDE = 0.52
"""Width of a letter as a share of its size: that of a wide font, so that narrower ones fit too."""

LEADING = 1.25
"""Height of a line as a share of the size of its letters."""

_SIZES: Mapping[str, tuple[float, float]] = {
    "text": (SIZE, 6.0),
    "bullet": (SIZE, 3.0),
    "beneath": (SIZE, 4.0),
    "small": (SIZE - 1, 4.0),
}
"""Size of the letters and space beside each shape of block, in points."""

_LEVELS = {1: (14.6, 21.0), 2: (11.9, 15.0), 3: (SIZE, 10.0)}
"""The same for each level of heading."""

_NOTE = (8.5, 1.0)
"""The same for a footnote."""


MOST_TOLD = 3
"""Footnotes that a note on the answer as a whole may bring; with more it would fill the page."""

_DENIES = re.compile(r"\b(?:no|nor|not|none|nothing|neither|lacks?)\b", re.IGNORECASE)
"""What a note of ours has that says what a source does not."""


class _Point(NamedTuple):
    """A statement that may stand in the brief."""

    answer: int
    place: int
    line: Line

    @property
    def rank(self) -> tuple[int, int]:
        """What is kept first: framework text on the subject, then what it shares, then others."""
        statement = self.line.statement
        order = ("framework", "guidance", "document").index(statement.kind)
        shared = statement.kind == "framework" and statement.relation == "shared"
        return order * 2 + shared, self.place


def brief_document(answers: Sequence[Answer], corpus: Corpus, title: str = "") -> Document:
    """Return answers as a brief that fits one page of A4.

    Of each answer in turn the next point is taken if the page still has room for it, framework text
    that is the subject's own or speaks directly to it first, then framework text that the subject
    shares with others, then guidance, then documents; a point is taken whole or not at all. What is
    past its review is never taken. The brief says how many points are left out.

    Args:
        answers: at least one.
        corpus: the edition that they cite.
        title: of the brief; the question if it is empty and there is one.

    Raises:
        ExportError: not even one point of each answer fits.
        CorpusError: an answer cites what this edition does not have.
    """
    outlines = [Outline.of(one, corpus) for one in answers if one.status != "clarify"]
    if not outlines:
        raise ExportError(say("export.nothing"))
    making = _Making(outlines, corpus, title)
    ranked = [sorted(making.points_of(at), key=lambda one: one.rank) for at in range(len(outlines))]
    turns = [[one for one in turn if one] for turn in zip_longest(*ranked)]
    chosen = turns[0] if turns else []
    if height_of(making.document(chosen)) > HEIGHT:
        raise ExportError(say("export.too_much", most=_most(outlines, corpus, title)))
    for point in (one for turn in turns[1:] for one in turn):
        if height_of(making.document([*chosen, point])) <= HEIGHT:
            chosen.append(point)
    return making.document(chosen)


def _most(outlines: Sequence[Outline], corpus: Corpus, title: str) -> int:
    """Return how many of these answers fit with their first point; 1 at least."""
    for most in range(len(outlines) - 1, 1, -1):
        making = _Making(outlines[:most], corpus, title)
        firsts = [
            min(making.points_of(at), key=lambda one: one.rank, default=None) for at in range(most)
        ]
        if height_of(making.document([one for one in firsts if one])) <= HEIGHT:
            return most
    return 1


class _Making:
    """Draws a brief of chosen points."""

    def __init__(self, outlines: Sequence[Outline], corpus: Corpus, title: str) -> None:
        self._outlines = outlines
        self._corpus = corpus
        self._title = clean(title)

    def points_of(self, at: int) -> list[_Point]:
        """Return what may stand in the brief of an answer, in reading order."""
        return [
            _Point(at, place, line)
            for place, line in enumerate(_lines(self._outlines[at]))
            if line.statement.kind != "note" and not line.statement.past_review
        ]

    def document(self, chosen: Sequence[_Point]) -> Document:
        notes = Notes()
        answers = [one.answer for one in self._outlines]
        blocks = [
            block
            for at, outline in enumerate(self._outlines)
            for block in self._answer(outline, [one for one in chosen if one.answer == at], notes)
        ]
        shown = [clean(one.line.statement.text) for one in chosen]
        return Document(
            title=self._title or "Brief",
            subtitle=f"{day(day_of(answers))}. {edition_of(self._corpus)}",
            blocks=(
                *blocks,
                paragraph(say("phrase.notice").replace("answer", "brief"), shape="small"),
            ),
            notes=notes.drawn(shown),
            day=day_of(answers),
        )

    def _answer(self, outline: Outline, own: list[_Point], notes: Notes) -> Iterator[Block]:
        yield from question_blocks(outline.answer)
        yield from _told(outline, notes)
        own.sort(key=lambda one: one.place)
        for tier in get_args(Tier):
            of_tier = [one for one in own if one.line.statement.kind == tier]
            if of_tier:
                yield heading(tier_heading(tier), 2)
                yield from _points(of_tier, outline, notes)
        lacking = _lacking(outline)
        if lacking:
            yield heading("What the sources do not say", 2)
            yield from (paragraph(one, shape="bullet") for one in lacking)
        yield from self._rest(outline, len(own))

    def _rest(self, outline: Outline, given: int) -> Iterator[Block]:
        """Say how much of an answer is not here."""
        at = self._outlines.index(outline)
        points = len(self.points_of(at))
        past = sum(line.statement.past_review for line in _lines(outline))
        said = []
        if given < points:
            said.append(
                f"{points - given} of {points} points are left out for room; they stand in the full"
                " answer."
            )
        elif outline.completeness:
            said.append(outline.completeness)
        if past:
            said.append(f"Left out because their sources are past review: {past}.")
        if said:
            yield paragraph(" ".join(said), shape="small")


def _lines(outline: Outline) -> list[Line]:
    sections = (section for part in outline.parts for section in part.sections)
    return [*outline.opening, *(line for section in sections for line in section.lines)]


def _told(outline: Outline, notes: Notes) -> Iterator[Block]:
    """Yield what Signpost says of the answer as a whole: yes or no, and how many there are."""
    by_number = {one.number: one for one in outline.footnotes}
    for line in outline.opening or _lines(outline)[:1]:
        if line.statement.kind == "note" and 0 < len(line.numbers) <= MOST_TOLD:
            numbers = tuple(notes.number(by_number[one]) for one in line.numbers)
            label = Words(f"{say('phrase.tier_note')}: ", strong=True)
            yield paragraph(label, Words(clean(line.statement.text), notes=numbers))


def _points(points: Sequence[_Point], outline: Outline, notes: Notes) -> Iterator[Block]:
    by_number = {one.number: one for one in outline.footnotes}
    section = ""
    for point in points:
        line, statement = point.line, point.line.statement
        if clean(statement.section) != section:
            section = clean(statement.section)
            yield heading(section, 3)
        numbers = tuple(notes.number(by_number[one]) for one in line.numbers)
        direct = say("phrase.direct") if statement.relation == "direct" else ""
        beside = "; ".join(filter(None, (direct, line.dating)))
        said = Words(clean(statement.text), notes=numbers)
        yield paragraph(said, *([f" ({beside})"] if beside else []), shape="bullet")
        yield from (paragraph(f"Doubt: {one}", shape="beneath") for one in line.doubts)


def _lacking(outline: Outline) -> list[str]:
    """Return why there is no full answer, and notes of ours on what no source says."""
    notes = (
        clean(line.statement.text)
        for line in _lines(outline)
        if line.statement.kind == "note"
        and not line.statement.citations
        and _DENIES.search(line.statement.text)
    )
    reason = sentence_of(outline.reason) if outline.answer.status != "answered" else ""
    return list(dict.fromkeys(filter(None, (reason, *notes))))


def height_of(document: Document) -> float:
    """Return how high a brief is at most, its footnotes included, in points.

    Every paragraph is taken for as many lines as its letters need at `WIDE`.
    """
    title = _high(document.title, 20.0, 3.0) + _high(document.subtitle, SIZE, 6.0)
    blocks = sum(_block_high(one) for one in document.blocks)
    # Footnotes behind one statement are one; the rule above them takes a line.
    cited = [words.notes for one in document.blocks for words in one.words if words.notes]
    told: set[int] = set()
    notes = 12.0
    for numbers in cited:
        parts = []
        for number in numbers:
            note = document.notes[number]
            parts.append(plain(note.short if number in told else note.whole))
            told.add(number)
        notes += _high(" ".join(parts), *_NOTE)
    return title + blocks + notes


def _block_high(block: Block) -> float:
    size, space = _LEVELS[block.level] if block.shape == "heading" else _SIZES[block.shape]
    indent = 36.0 if block.shape in ("bullet", "beneath") else 0.0
    return _high(plain(block.words), size, space * TIGHT, WIDTH - indent)


def _high(text: str, size: float, space: float, width: float = WIDTH) -> float:
    letters = sum(1 + (east_asian_width(one) in "WF") for one in text)
    lines = max(1, math.ceil(letters * size * WIDE / width))
    return lines * size * LEADING + space
