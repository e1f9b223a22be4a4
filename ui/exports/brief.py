"""Chosen answers as a briefing note of one page: the answer, points, gaps, sources with dates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple, get_args
from unicodedata import east_asian_width

from assistant.citing.citations import cite_from
from assistant.errors import ExportError
from assistant.records import Answer
from corpus.passage import Corpus, Tier
from ui.exports.answer_document import day_of, edition_of, question_blocks
from ui.exports.document import Block, Document, Note, Words, heading, paragraph, plain
from ui.words.catalogue import say
from ui.words.footnotes import Footnote, works_of
from ui.words.outline import Line, Outline
from ui.words.phrases import clean, day, publication, sentence_of, standing, tier_heading

WIDTH = 480.0
"""Width of the words on a page, in points: A4 less two margins of 2 cm."""

HEIGHT = 715.0
"""Height that the words of a page may take, in points. The page has 740."""

WIDE = 0.53
"""Width of a letter as a share of its size: that of a wide font, so that narrower ones fit too."""

LEADING = 1.28
"""Height of a line as a share of the size of its letters."""

_SIZES: Mapping[str, tuple[float, float]] = {
    "text": (10.0, 4.0),
    "bullet": (10.0, 0.4),
    "beneath": (10.0, 0.4),
    "box": (11.5, 10.0),
    "small": (8.0, 3.0),
    "notes": (8.0, 1.0),
}
"""Size of letters and space beside each shape of block, in points; see `reference_files`."""

_LEVELS = {1: (13.0, 11.0), 2: (10.0, 6.0), 3: (10.0, 5.0)}
"""The same for each level of heading."""

LONGEST_LEAD = 200
"""Characters of the answer in brief from which nothing is added to it."""

MOST_TOLD = 3
"""Places that a note on the answer as a whole may cite; with more it would fill the page."""

MOST_LIMITS = 2
"""Notes whose own limits are told, at most."""


class _Sources:
    """Numbers the sources that a brief cites, in order of first mention."""

    def __init__(self) -> None:
        self._cited: dict[str, list[Footnote]] = {}

    def number(self, footnote: Footnote) -> int:
        """Return the number of the source of a footnote."""
        self._cited.setdefault(footnote.source.id, []).append(footnote)
        return list(self._cited).index(footnote.source.id) + 1

    def notes(self) -> dict[int, Note]:
        """Return each source with its date, the places that are cited, and the works under it."""
        notes = {}
        for at, cited in enumerate(self._cited.values(), 1):
            source = cited[0].source
            said = [f"{publication(source)}. {standing(source)}"]
            said += [f"As of {day(source.as_of)}."] if source.as_of else []
            said.append(sentence_of("; ".join(dict.fromkeys(one.where for one in cited))))
            works = "; ".join(f"{one.named}{one.locators}" for one in works_of(cited))
            said += [f"Rests on: {works}."] if works else []
            words = (Words(" ".join(said)),)
            notes[at] = Note(words, words)
        return notes


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
        outline = self._outlines[at]
        lead = _lead(outline)
        return [
            _Point(at, place, line)
            for place, line in enumerate(_lines(outline))
            if line.statement.kind != "note"
            and not line.statement.past_review
            and not any(line is one for one in lead)
        ]

    def document(self, chosen: Sequence[_Point]) -> Document:
        sources = _Sources()
        answers = [one.answer for one in self._outlines]
        only = len(answers) == 1 and not self._title
        blocks = [
            block
            for at, outline in enumerate(self._outlines)
            for block in self._answer(
                outline, [one for one in chosen if one.answer == at], sources, only=only
            )
        ]
        notes = sources.notes()
        notice = f"{say('phrase.notice').replace('answer', 'brief')} {edition_of(self._corpus)}"
        on = day(day_of(answers))
        return Document(
            title=self._title or (clean(answers[0].question) if only else say("export.brief")),
            subtitle=say("export.brief_head", day=on),
            kicker=say("export.brief"),
            blocks=(
                *blocks,
                *([heading(say("export.sources")), Block("notes")] if notes else []),
                paragraph(notice, shape="small"),
            ),
            notes=notes,
            day=day_of(answers),
        )

    def _answer(
        self, outline: Outline, own: list[_Point], sources: _Sources, *, only: bool
    ) -> Iterator[Block]:
        if not only:
            yield from question_blocks(outline.answer)
        lead = tuple(_cited(_lead(outline), outline, sources))
        reason = sentence_of(outline.reason)
        told = reason or outline.completeness or say("export.brief_points")
        yield Block("box", lead or (Words(told),))
        own.sort(key=lambda one: one.place)
        for tier in get_args(Tier):
            of_tier = [one for one in own if one.line.statement.kind == tier]
            if of_tier:
                yield heading(tier_heading(tier), 1 if only else 2)
                yield from _points(of_tier, outline, sources)
        shown = [one.line.statement.text for one in own] + [plain(lead)]
        lacking = list(_lacking(outline, self._corpus, sources, reason if lead else "", shown))
        if lacking:
            yield heading(say("export.gaps"), 1 if only else 2)
            yield from lacking
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


def _lead(outline: Outline) -> list[Line]:
    """Return the answer in brief: what an answer opens with, about two lines of it."""
    found: list[Line] = []
    for line in outline.opening or _lines(outline)[:1]:
        long = sum(len(one.statement.text) for one in found) + len(line.statement.text)
        past = line.statement.past_review or len(line.numbers) > MOST_TOLD
        if past or not line.numbers or (found and long > LONGEST_LEAD):
            break
        found.append(line)
    return found


def _cited(lines: Sequence[Line], outline: Outline, sources: _Sources) -> Iterator[Words]:
    by_number = {one.number: one for one in outline.footnotes}
    for number, line in enumerate(lines):
        marks = tuple(dict.fromkeys(sources.number(by_number[one]) for one in line.numbers))
        yield Words(" " * bool(number) + clean(line.statement.text), notes=marks)


def _points(points: Sequence[_Point], outline: Outline, sources: _Sources) -> Iterator[Block]:
    section = ""
    for point in points:
        line, statement = point.line, point.line.statement
        if clean(statement.section) != section:
            section = clean(statement.section)
            yield heading(section, 3)
        direct = say("phrase.direct") if statement.relation == "direct" else ""
        beside = "; ".join(filter(None, (direct, line.dating)))
        said = _cited([line], outline, sources)
        yield paragraph(*said, *([f" ({beside})"] if beside else []), shape="bullet")
        yield from (paragraph(f"Doubt: {one}", shape="beneath") for one in line.doubts)


def _lacking(
    outline: Outline, corpus: Corpus, sources: _Sources, reason: str, shown: Sequence[str]
) -> Iterator[Block]:
    """Yield why there is no full answer, our notes that rest on no place, and the sources' limits.

    Limits are those that a cited note states of itself, in its first sentence on them.
    """
    ours = (
        clean(line.statement.text)
        for line in _lines(outline)
        if line.statement.kind == "note" and not line.statement.citations
    )
    for text in dict.fromkeys(filter(None, (reason, *ours))):
        yield paragraph(text, shape="bullet")
    cited = {one.source.id for one in outline.footnotes if one.source.tier == "guidance"}
    limits = [one for one in corpus.passages if one.heading_path[-1:] == ("Limits",)]
    own = [one for one in limits if one.source_id in cited and one.sentences]
    firsts = [cite_from(corpus, one.id, one.sentences[0]) for one in own]
    new = [one for one in firsts if not any(one.quote in text for text in shown)]
    for citation in new[:MOST_LIMITS]:
        mark = sources.number(Footnote.of(citation, corpus, number=0))
        yield paragraph(Words(clean(citation.quote), notes=(mark,)), shape="bullet")


def height_of(document: Document) -> float:
    """Return how high a brief is at most, its footnotes included, in points.

    Every paragraph is taken for as many lines as its letters need at `WIDE`.
    """
    title = _high(document.kicker, 9.0, 2.0) + _high(document.title, 18.0, 3.0)
    title += _high(document.subtitle, 9.5, 20.0)
    notes = sum(
        _high(plain(one.whole), *_SIZES["notes"], WIDTH - 17) for one in document.notes.values()
    )
    high = 0.0
    for block in document.blocks:
        if block.shape != "notes":
            size, space = _LEVELS[block.level] if block.shape == "heading" else _SIZES[block.shape]
            indent = 17.0 if block.shape in ("bullet", "beneath") else 8.0
            marks = "".join(f"{one}, " for words in block.words for one in words.notes)
            high += _high(plain(block.words) + marks, size, space, WIDTH - indent)
    return title + notes + high


def _high(text: str, size: float, space: float, width: float = WIDTH) -> float:
    letters = sum(1 + (east_asian_width(one) in "WF") for one in text)
    lines = max(1, math.ceil(letters * size * WIDE / width))
    return lines * size * LEADING + space
