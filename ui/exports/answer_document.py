"""Answers as documents: in full, each with its tiers apart, and as a briefing note of one page."""

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import chain, groupby, zip_longest
from typing import NamedTuple, Self
from unicodedata import east_asian_width

from assistant.citing.citations import cite_from
from assistant.errors import ExportError
from assistant.records import Answer
from corpus.passage import Corpus
from ui.exports.document import (
    Block,
    Cited,
    Document,
    Note,
    Words,
    heading,
    labelled,
    paragraph,
    plain,
    table,
)
from ui.words import phrases
from ui.words.footnotes import Footnote, list_sources, works_of
from ui.words.outline import TIERS, Line, Outline, Section, TierPart, place_of
from ui.words.phrases import clean, day, say, sentence_of

WIDTH, HEIGHT = 480.0, 715.0
"""Width of the words on a page of a brief, A4 less two margins of 2 cm, and height that they may
take, in points. The page has 740."""

WIDE, LEADING = 0.53, 1.28
"""Width of a letter as a share of its size, that of a wide font, so that narrower ones fit too; and
height of a line as such a share."""

_SIZES: Mapping[str | int, tuple[float, float, float]] = {
    **{"kicker": (9.0, 2.0, 0.0), "title": (18.0, 3.0, 0.0), "subtitle": (9.5, 20.0, 0.0)},
    **{1: (13.0, 11.0, 8.0), 2: (10.0, 6.0, 8.0), 3: (10.0, 5.0, 8.0), "text": (10.0, 4.0, 8.0)},
    **{"bullet": (10.0, 0.4, 17.0), "beneath": (10.0, 0.4, 17.0), "box": (11.5, 10.0, 8.0)},
    **{"small": (8.0, 3.0, 8.0), "notes": (8.0, 1.0, 17.0)},
}
"""Size of letters, space beside and indent of each shape of block, or level of heading, in points,
as in `reference.docx`."""

Marks = Cited[Hashable, Footnote]  # By place, or in a brief by source.


def status_of(answer: Answer) -> str:
    """Return what became of a question, as a document says it."""
    if answer.is_closest:
        return "Not answered outright; what comes closest"
    told = {"answered": "Answered", "partial": "Answered in part", "clarify": "Not answered yet"}
    return told.get(answer.status, "Not answered")


def day_of(answers: Sequence[Answer]) -> str:
    """Return the day of the latest answer, ISO 8601."""
    return max(answer.provenance.time[:10] for answer in answers)


def edition_of(corpus: Corpus, answers: Sequence[Answer] = ()) -> str:
    """Name the corpus and the version that answered, and of answers the day, in sentences."""
    written = f" Written on {day(day_of(answers))}." if answers else ""
    return f"Corpus edition {corpus.digest[:12]}, Signpost {version('signpost')}.{written}"


def _question(answer: Answer) -> list[Block]:
    question = " ".join(clean(answer.question).split()) or "Question"
    # A longer one stands under its heading, and not in it.
    if len(question) <= 160:
        return [heading(question)]
    return [heading("Question"), paragraph(question)]


def answers_document(answers: Sequence[Answer], corpus: Corpus, title: str = "") -> Document:
    """Return answers as a document, or raise as `Outline.of` does."""
    places = Marks(lambda note: place_of(note.citation))
    outlines = [Outline.of(answer, corpus) for answer in answers]
    blocks = [block for outline in outlines for block in _whole(outline, places)]
    shown = [text for outline in outlines for text in outline.shown]
    footnotes = [cited[0] for cited in places.values()]
    cited_ids = [note.source.id for note in footnotes]
    several = f"{len(answers)} answers" if len(answers) > 1 else "An answer"
    return Document(
        title=clean(title) or f"{several} from Signpost",
        subtitle=f"{day(day_of(answers))}. Corpus edition {corpus.digest[:12]}.",
        blocks=(*blocks, *_sources(footnotes), *_about(answers, corpus)),
        notes=tuple(
            _note(note, shown, first=cited_ids.index(note.source.id) == at)
            for at, note in enumerate(footnotes)
        ),
        day=day_of(answers),
    )


def _note(footnote: Footnote, shown: Sequence[str], *, first: bool) -> Note:
    """Return a footnote: source and place, tier, age, what it rests on, and corrections.

    A quote that is `shown` is not told again; of a source all is told where it comes `first`.
    """
    source, quote = footnote.source, clean(footnote.citation.quote)
    named = phrases.publication(source) if first else clean(source.title)
    grounds = [f"{work.named}{work.locators}" for work in footnote.works]
    grounds += map(clean, footnote.others)
    said = (
        f"{named}, {footnote.place}.",
        phrases.standing(source) if first else "",
        f"As of {day(footnote.as_of)}." if footnote.as_of else "",
        f"{say('phrase.past_review').capitalize()}." if footnote.past_review else "",
        "" if any(quote in text for text in shown) else f"“{quote}”",
        *(f"Corrected: {phrases.change_of(change)}." for change in footnote.passage.corrections),
        f"Rests on: {'; '.join(grounds)}." if grounds else "",
    )
    short = f"{clean(source.title)}, {footnote.where}."
    return Note(whole=" ".join(filter(None, said)), short=short)


def _whole(outline: Outline, marks: Marks) -> Iterator[Block]:
    yield from _question(outline.answer)
    if outline.understood:
        yield labelled("Understood as", outline.understood)
    if outline.reason or outline.answer.status != "answered":
        yield labelled("Status", f"{status_of(outline.answer)}. {sentence_of(outline.reason)}")
    if outline.completeness:
        name, _, counts = outline.completeness.partition(": ")
        yield labelled(name, counts)
    for line in outline.opening:
        kind = line.statement.kind
        label = "Note" if kind == "note" else say(f"phrase.tier_{kind}")
        yield paragraph(Words(f"{label}: ", strong=True), *_said(line, outline, marks))
    for part in outline.parts:
        yield from _tier(part, outline, marks)
    yield from _rest(outline, marks)


def _tier(part: TierPart, outline: Outline, marks: Marks) -> Iterator[Block]:
    # Notes on what no source says are of no tier.
    if part.quotes:
        yield heading(say(f"phrase.tiers_{part.tier}"), 2)
    found = outline.table if part.tier == "framework" else None
    for section in part.sections:
        if not (found and section.heading):
            yield from _section(section, outline, marks)
    if found:
        rows = (
            ("" if at else name, *(_said(line, outline, marks) if line else "" for line in lines))
            for name, sides in found.rows
            for at, lines in enumerate(zip_longest(*sides))
        )
        yield table(("", *found.columns), rows)
        told = chain(*(lines for _, sides in found.rows for lines in sides))
        yield from (labelled("Doubt", doubt) for line in told for doubt in line.doubts)


def _rest(outline: Outline, marks: Marks) -> Iterator[Block]:
    if outline.answer.choices:
        yield heading("What the question can mean", 2)
    yield from (paragraph(clean(choice.label), shape="bullet") for choice in outline.answer.choices)
    if outline.near:
        yield heading("Closest passages, which do not answer", 2)
    for near in outline.near:
        quote = Words(clean(near.citation.quote), notes=marks.numbers([near]))
        yield paragraph(quote, f" ({phrases.origin(near.source)})", shape="quote")
    if outline.past_review:
        yield paragraph(say("phrase.past_review_means"), shape="small")


def _section(section: Section, outline: Outline, marks: Marks) -> Iterator[Block]:
    if section.heading:
        age = f" ({section.dating})" if section.dating else ""
        yield heading(f"{section.heading}{age}", 3)
    for run in section.without():
        said = [_said(line, outline, marks, dated=not section.dating) for line in run.lines]
        if run.flows:
            yield paragraph(*_joined(said))
            continue
        for line, words in zip(run.lines, said, strict=True):
            listed = bool(line.statement.section)
            if run.kind == "note":
                yield paragraph(Words("Note: ", strong=True), *words)
                continue
            yield paragraph(*words, shape="bullet" if listed else "text")
            for doubt in line.doubts:
                yield labelled("Doubt", doubt, shape="beneath" if listed else "text")


def _said(line: Line, outline: Outline, marks: Marks, *, dated: bool = True) -> tuple[Words, ...]:
    """Return the words of a line with their marks, and what stands behind it."""
    numbers = marks.numbers(outline.footnotes[at - 1] for at in line.numbers)
    said, aside = Words(clean(line.statement.text), notes=numbers), line.beside(dated=dated)
    return (said, Words(f" ({aside})")) if aside else (said,)


def _joined(said: Iterable[Sequence[Words]]) -> Iterator[Words]:
    for at, words in enumerate(said):
        yield from (Words(" "), *words) if at else words


def _sources(footnotes: Sequence[Footnote]) -> Iterator[Block]:
    if footnotes:
        yield heading("Sources")
    for listed in list_sources(footnotes):
        source = listed.source
        facts = [f"As of {day(source.checked)}."] if source.checked else []
        facts += [f"Review by {day(source.review_by)}."] if source.review_by else []
        yield paragraph(" ".join((listed.named, *facts)), shape="bullet")
    works = works_of(footnotes)
    if works:
        yield heading("Published works that guidance rests on", 2)
    for work in works:
        address = (Words(" "), Words(url, url=url)) if (url := work.reference.url) else ()
        yield paragraph(f"{work.named}.", *address, shape="bullet")


def _about(answers: Sequence[Answer], corpus: Corpus) -> Iterator[Block]:
    notice = say("phrase.notice")
    if len(answers) > 1:
        notice = notice.replace("this answer", "these answers").replace(" it.", " them.")
    yield heading("About this document")
    yield paragraph(notice)
    yield paragraph(edition_of(corpus, answers))
    yield paragraph(
        "Words of the framework, of guidance notes and of documents are quoted and kept apart;"
        " what is marked as a note is Signpost's own, derived from the framework's structure.",
        shape="small",
    )


class _Part(NamedTuple):
    """What a brief can take of one answer."""

    outline: Outline
    lines: list[Line]
    lead: list[Line]
    """The answer in brief: what it opens with, about two lines of it."""

    points: list[Line]
    """Those that may stand in the brief, what is kept first in front: framework text on the
    subject, then what it shares, then others."""

    @classmethod
    def of(cls, outline: Outline) -> Self:
        sections = (section for part in outline.parts for section in part.sections)
        lines = [*outline.opening, *chain(*(section.lines for section in sections))]
        lead: list[Line] = []
        for line in outline.opening or lines[:1]:
            long = sum(len(own.statement.text) for own in (*lead, line))
            past = line.statement.past_review
            if past or not line.numbers or (lead and long > 200):
                break
            lead.append(line)
        points = [
            line
            for line in lines
            if line.statement.kind != "note" and not line.statement.past_review
            if not any(line is own for own in lead)
        ]
        points.sort(key=lambda line: line.statement.relation == "shared")
        points.sort(key=lambda line: TIERS.index(line.statement.kind))
        return cls(outline, lines, lead, points)


def brief_document(answers: Sequence[Answer], corpus: Corpus, title: str = "") -> Document:
    """Return answers as a brief that fits one page of A4: points, gaps, sources with dates.

    Of each answer in turn the next point in rank is taken whole if the page has room for it, never
    one past its review. `ExportError` if not even one point of each answer fits.
    """
    asked = [answer for answer in answers if answer.status != "clarify"]
    parts = [_Part.of(Outline.of(answer, corpus)) for answer in asked]
    if not parts:
        raise ExportError(say("export.nothing"))

    def fits(points: Sequence[Line], most: int | None = None) -> bool:
        return height_of(_drawn(parts[:most], points, corpus, title)) <= HEIGHT

    turns = [list(filter(None, turn)) for turn in zip_longest(*(part.points for part in parts))]
    chosen = turns[0] if turns else []
    if not fits(chosen):
        fitting = (most for most in range(len(parts) - 1, 1, -1) if fits(chosen, most))
        raise ExportError(say("export.too_much", most=next(fitting, 1)))
    for point in chain(*turns[1:]):
        if fits([*chosen, point]):
            chosen.append(point)
    return _drawn(parts, chosen, corpus, title)


def _drawn(parts: Sequence[_Part], chosen: Sequence[Line], corpus: Corpus, title: str) -> Document:
    """Draw a brief of chosen points."""
    sources = Marks(lambda note: note.source.id)
    answers = [part.outline.answer for part in parts]
    only = len(answers) == 1 and not clean(title)
    asked, subjects = clean(answers[0].question), answers[0].scope.subjects
    few = subjects if len(subjects) < 4 else ()
    names = [clean(corpus.passage(one).text.partition("\n")[0]) for one in few]
    name = "; ".join(names) or asked if only else say("export.brief")
    blocks = [labelled("Question", asked, shape="small")] if only and name != asked else []
    for part in parts:
        own = [line for line in part.lines if any(line is point for point in chosen)]
        blocks += [] if only else _question(part.outline.answer)
        blocks += _brief(part, own, sources, corpus, level=1 if only else 2)
    notes = tuple(map(_source, sources.values()))
    notice = f"{say('phrase.notice').replace('answer', 'brief')} {edition_of(corpus)}"
    listed = (heading(say("export.sources")), Block("notes")) if notes else ()
    return Document(
        title=clean(title) or name,
        subtitle=say("export.brief_head", day=day(day_of(answers))),
        kicker=say("export.brief") if only or clean(title) else "",
        blocks=(*blocks, *listed, paragraph(notice, shape="small")),
        notes=notes,
        day=day_of(answers),
    )


def _source(cited: Sequence[Footnote]) -> Note:
    """Return a source with its date, the places that are cited, and the works under it."""
    source = cited[0].source
    works = "; ".join(f"{work.named}{work.locators}" for work in works_of(cited))
    said = (
        f"{phrases.publication(source)}. {phrases.standing(source)}",
        f"As of {day(source.checked)}." if source.checked else "",
        sentence_of("; ".join(dict.fromkeys(note.where for note in cited))),
        f"Rests on: {works}." if works else "",
    )
    return Note(" ".join(filter(None, said)))


def _brief(
    part: _Part, own: Sequence[Line], marks: Marks, corpus: Corpus, level: int
) -> Iterator[Block]:
    outline = part.outline
    lead = tuple(_joined(_said(line, outline, marks)[:1] for line in part.lead))
    reason = sentence_of(outline.reason)
    yield paragraph(*(lead or [reason or say("export.brief_points")]), shape="box")
    for tier in TIERS:
        of_tier = [line for line in own if line.statement.kind == tier]
        if of_tier:
            yield heading(say(f"phrase.tiers_{tier}"), level)
        for section, lines in groupby(of_tier, lambda line: clean(line.statement.section)):
            if section:
                yield heading(section, 3)
            for line in lines:
                yield paragraph(*_said(line, outline, marks), shape="bullet")
                yield from (paragraph(f"Doubt: {doubt}", shape="beneath") for doubt in line.doubts)
    lacking = list(_lacking(part, own, corpus, marks, reason if lead else ""))
    if lacking:
        yield heading(say("export.gaps"), level)
        yield from lacking
    # How much of the answer is not here.
    given, points = len(own), len(part.points)
    past = sum(line.statement.past_review for line in part.lines)
    cut = (
        f"{points - given} of {points} points are left out for room; they stand in the full answer."
    )
    rest = [cut if given < points else outline.completeness]
    rest += [f"Left out because their sources are past review: {past}."] if past else []
    if any(rest):
        yield paragraph(" ".join(filter(None, rest)), shape="small")


def _lacking(
    part: _Part, own: Sequence[Line], corpus: Corpus, marks: Marks, reason: str
) -> Iterator[Block]:
    """Yield why there is no full answer, our notes that rest on no place, and a source's limits.

    These are what the note that most of the brief cites states of itself, in its first sentence.
    """
    told = [line.statement for line in (*part.lead, *own)]
    ours = (
        clean(line.statement.text)
        for line in part.lines
        if line.statement.kind == "note" and not line.statement.citations
    )
    for text in dict.fromkeys(filter(None, (reason, *ours))):
        yield paragraph(text, shape="bullet")
    cited = [one.source_id for said in told for one in said.citations if one.tier == "guidance"]
    most = max(cited, key=cited.count, default="")
    limits = (
        cite_from(corpus, passage.id, passage.sentences[0])
        for passage in corpus.passages
        if passage.heading_path[-1:] == ("Limits",)
        if passage.source_id == most and passage.sentences
    )
    for limit in limits:
        if not any(limit.quote in said.text for said in told):
            numbers = marks.numbers([Footnote.of(limit, corpus, number=0)])
            yield paragraph(Words(clean(limit.quote), notes=numbers), shape="bullet")


def height_of(document: Document) -> float:
    """Return how high a brief is at most, its footnotes included, in points."""
    texts: list[tuple[str | int, str]] = [
        *(("kicker", document.kicker), ("title", document.title), ("subtitle", document.subtitle)),
        *(("notes", note.whole) for note in document.notes),
    ]
    for block in document.blocks:
        if block.shape != "notes":
            marks = "".join(f"{number}, " for words in block.words for number in words.notes)
            look = block.level if block.shape == "heading" else block.shape
            texts.append((look, plain(block.words) + marks))
    total = 0.0
    for shape, text in texts:
        size, space, indent = _SIZES[shape]
        letters = sum(1 + (east_asian_width(letter) in "WF") for letter in text)
        lines = max(1, math.ceil(letters * size * WIDE / (WIDTH - indent)))
        total += lines * size * LEADING + space
    return total
