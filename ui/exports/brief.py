"""Chosen answers as a briefing note of one page: the answer, points, gaps, sources with dates."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from typing import NamedTuple, Self, get_args
from unicodedata import east_asian_width

from assistant.citing.citations import cite_from
from assistant.errors import ExportError
from assistant.records import Answer
from corpus.passage import Corpus, Tier
from ui.exports.answer_document import day_of, edition_of, question_blocks
from ui.exports.document import Block, Cited, Document, Note, Words, heading, paragraph, plain
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
"""Size of letters and space beside each shape of block, in points, as in `reference.docx`."""

_LEVELS = {1: (13.0, 11.0), 2: (10.0, 6.0), 3: (10.0, 5.0)}
"""The same for each level of heading."""

LONGEST_LEAD = 200
"""Characters of the answer in brief from which nothing is added to it."""

MOST_TOLD = 3
"""Places that a note on the answer as a whole may cite; with more it would fill the page."""

MOST_LIMITS = 2
"""Notes whose own limits are told, at most."""

Sources = Cited[str, Footnote]


class _Part(NamedTuple):
    outline: Outline
    lines: list[Line]
    lead: list[Line]
    """The answer in brief: what it opens with, about two lines of it."""

    points: list[int]
    """Which of its lines may stand in the brief, what is kept first in front."""

    @classmethod
    def of(cls, outline: Outline) -> Self:
        sections = (section for part in outline.parts for section in part.sections)
        lines = [*outline.opening, *(line for section in sections for line in section.lines)]
        lead: list[Line] = []
        for line in outline.opening or lines[:1]:
            long = sum(len(one.statement.text) for one in (*lead, line))
            past = line.statement.past_review or len(line.numbers) > MOST_TOLD
            if past or not line.numbers or (lead and long > LONGEST_LEAD):
                break
            lead.append(line)
        points = [
            place
            for place, line in enumerate(lines)
            if line.statement.kind != "note"
            and not line.statement.past_review
            and not any(line is one for one in lead)
        ]

        def rank(place: int) -> int:
            """Keep framework text on the subject first, then what it shares, then others."""
            said = lines[place].statement
            shared = said.kind == "framework" and said.relation == "shared"
            return get_args(Tier).index(said.kind) * 2 + shared

        return cls(outline, lines, lead, sorted(points, key=rank))


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
    parts = [_Part.of(Outline.of(one, corpus)) for one in answers if one.status != "clarify"]
    if not parts:
        raise ExportError(say("export.nothing"))

    def fits(points: Sequence[tuple[int, int]], most: int | None = None) -> bool:
        return height_of(_document(parts[:most], points, corpus, title)) <= HEIGHT

    turns = [
        [(at, place) for at, place in enumerate(turn) if place is not None]
        for turn in zip_longest(*(one.points for one in parts))
    ]
    chosen = turns[0] if turns else []
    if not fits(chosen):
        fitting = (most for most in range(len(parts) - 1, 1, -1) if fits(chosen, most))
        raise ExportError(say("export.too_much", most=next(fitting, 1)))
    for point in chain(*turns[1:]):
        if fits([*chosen, point]):
            chosen.append(point)
    return _document(parts, chosen, corpus, title)


def _document(
    parts: Sequence[_Part], chosen: Sequence[tuple[int, int]], corpus: Corpus, title: str
) -> Document:
    """Draw a brief of chosen points, each the place of its answer and its own place in it."""
    sources: Sources = Cited()
    answers = [one.outline.answer for one in parts]
    only = len(answers) == 1 and not clean(title)
    blocks: list[Block] = []
    for at, part in enumerate(parts):
        own = [part.lines[place] for where, place in sorted(chosen) if where == at]
        blocks += [] if only else question_blocks(part.outline.answer)
        blocks += _answer(part, own, sources, corpus, level=1 if only else 2)
    notes = {at: _note(cited) for at, cited in enumerate(sources.values(), 1)}
    notice = f"{say('phrase.notice').replace('answer', 'brief')} {edition_of(corpus)}"
    return Document(
        title=clean(title) or (clean(answers[0].question) if only else say("export.brief")),
        subtitle=say("export.brief_head", day=day(day_of(answers))),
        kicker=say("export.brief"),
        blocks=(
            *blocks,
            *([heading(say("export.sources")), Block("notes")] if notes else []),
            paragraph(notice, shape="small"),
        ),
        notes=notes,
        day=day_of(answers),
    )


def _note(cited: Sequence[Footnote]) -> Note:
    """Return a source with its date, the places that are cited, and the works under it."""
    source = cited[0].source
    said = [f"{publication(source)}. {standing(source)}"]
    said += [f"As of {day(source.as_of)}."] if source.as_of else []
    said.append(sentence_of("; ".join(dict.fromkeys(one.where for one in cited))))
    works = "; ".join(f"{one.named}{one.locators}" for one in works_of(cited))
    said += [f"Rests on: {works}."] if works else []
    return Note(" ".join(said))


def _answer(
    part: _Part, own: Sequence[Line], sources: Sources, corpus: Corpus, level: int
) -> Iterator[Block]:
    outline = part.outline
    lead = tuple(_cited(part.lead, outline, sources))
    reason = sentence_of(outline.reason)
    told = reason or outline.completeness or say("export.brief_points")
    yield Block("box", lead or (Words(told),))
    for tier in get_args(Tier):
        of_tier = [one for one in own if one.statement.kind == tier]
        if of_tier:
            yield heading(tier_heading(tier), level)
            yield from _points(of_tier, outline, sources)
    shown = [one.statement.text for one in own] + [plain(lead)]
    lacking = list(_lacking(part, corpus, sources, reason if lead else "", shown))
    if lacking:
        yield heading(say("export.gaps"), level)
        yield from lacking
    # How much of the answer is not here.
    given, points = len(own), len(part.points)
    past = sum(line.statement.past_review for line in part.lines)
    rest = outline.completeness
    if given < points:
        rest = f"{points - given} of {points} points are left out for room;"
        rest += " they stand in the full answer."
    aside = [rest] if rest else []
    aside += [f"Left out because their sources are past review: {past}."] if past else []
    if aside:
        yield paragraph(" ".join(aside), shape="small")


def _cited(lines: Sequence[Line], outline: Outline, sources: Sources) -> Iterator[Words]:
    for at, line in enumerate(lines):
        cited = [outline.footnotes[number - 1] for number in line.numbers]
        marks = dict.fromkeys(sources.number(one.source.id, one) for one in cited)
        yield Words(" " * bool(at) + clean(line.statement.text), notes=tuple(marks))


def _points(lines: Sequence[Line], outline: Outline, sources: Sources) -> Iterator[Block]:
    section = ""
    for line in lines:
        if clean(line.statement.section) != section:
            section = clean(line.statement.section)
            yield heading(section, 3)
        beside = line.beside(dated=True)
        said = _cited([line], outline, sources)
        yield paragraph(*said, *([f" ({beside})"] if beside else []), shape="bullet")
        yield from (paragraph(f"Doubt: {one}", shape="beneath") for one in line.doubts)


def _lacking(
    part: _Part, corpus: Corpus, sources: Sources, reason: str, shown: Sequence[str]
) -> Iterator[Block]:
    """Yield why there is no full answer, our notes that rest on no place, and the sources' limits.

    Limits are those that a cited note states of itself, in its first sentence on them.
    """
    ours = (
        clean(line.statement.text)
        for line in part.lines
        if line.statement.kind == "note" and not line.statement.citations
    )
    for text in dict.fromkeys(filter(None, (reason, *ours))):
        yield paragraph(text, shape="bullet")
    cited = {one.source.id for one in part.outline.footnotes if one.source.tier == "guidance"}
    limits = [one for one in corpus.passages if one.heading_path[-1:] == ("Limits",)]
    own = [one for one in limits if one.source_id in cited and one.sentences]
    firsts = [cite_from(corpus, one.id, one.sentences[0]) for one in own]
    new = [one for one in firsts if not any(one.quote in text for text in shown)]
    for citation in new[:MOST_LIMITS]:
        footnote = Footnote.of(citation, corpus, number=0)
        mark = sources.number(footnote.source.id, footnote)
        yield paragraph(Words(clean(citation.quote), notes=(mark,)), shape="bullet")


def height_of(document: Document) -> float:
    """Return how high a brief is at most, its footnotes included, in points.

    Every paragraph is taken for as many lines as its letters need at `WIDE`.
    """
    high = _high(document.kicker, 9.0, 2.0) + _high(document.title, 18.0, 3.0)
    high += _high(document.subtitle, 9.5, 20.0)
    high += sum(_high(one.whole, *_SIZES["notes"], WIDTH - 17) for one in document.notes.values())
    for block in document.blocks:
        if block.shape != "notes":
            size, space = _LEVELS[block.level] if block.shape == "heading" else _SIZES[block.shape]
            indent = 17.0 if block.shape in ("bullet", "beneath") else 8.0
            marks = "".join(f"{one}, " for words in block.words for one in words.notes)
            high += _high(plain(block.words) + marks, size, space, WIDTH - indent)
    return high


def _high(text: str, size: float, space: float, width: float = WIDTH) -> float:
    letters = sum(1 + (east_asian_width(one) in "WF") for one in text)
    lines = max(1, math.ceil(letters * size * WIDE / width))
    return lines * size * LEADING + space
