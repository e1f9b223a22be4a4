"""Answers as a document: each with its question, status, tiers apart, dates, doubts, footnotes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version

from assistant.records import Answer, Status
from corpus.passage import Corpus
from ui.exports.document import Block, Document, Note, Words, heading, labelled, paragraph
from ui.words.catalogue import say
from ui.words.footnotes import Footnote, list_sources, works_of
from ui.words.outline import Line, Outline, Section, TierPart
from ui.words.phrases import (
    change_of,
    clean,
    day,
    origin,
    publication,
    sentence_of,
    standing,
    tier_heading,
    tier_name,
)

LONGEST_HEADING = 160
"""Characters of a question over which it stands under its heading, and not in it."""

STATUSES: dict[Status, str] = {
    "answered": "Answered",
    "partial": "Answered in part",
    "not_covered": "Not answered",
    "clarify": "Not answered yet",
    "out_of_scope": "Not answered",
    "declined": "Not answered",
    "safeguarding": "Not answered",
}

CLOSEST = "Not answered outright; what comes closest"
"""The same of an answer that only shows what comes closest."""


def status_of(answer: Answer) -> str:
    """Return what became of a question, as a document says it."""
    return CLOSEST if answer.is_closest else STATUSES[answer.status]


class Notes:
    """Numbers what is cited, over all answers of a document."""

    def __init__(self) -> None:
        """Start with none."""
        self._numbers: dict[tuple[str, int, int], int] = {}
        self.footnotes: list[Footnote] = []

    def number(self, footnote: Footnote) -> int:
        """Return the number of a place, a new one where it was not cited before."""
        cited = footnote.citation
        at = (cited.passage_id, cited.start, cited.end)
        if at not in self._numbers:
            self._numbers[at] = len(self._numbers) + 1
            self.footnotes.append(footnote.model_copy(update={"number": self._numbers[at]}))
        return self._numbers[at]

    def drawn(self, shown: Sequence[str]) -> dict[int, Note]:
        """Return the footnotes; what stands in `shown`, and of a source before, is not repeated."""
        told: set[str] = set()
        drawn = {}
        for one in self.footnotes:
            drawn[one.number] = note_of(one, shown, first=one.source.id not in told)
            told.add(one.source.id)
        return drawn


def answers_document(answers: Sequence[Answer], corpus: Corpus, title: str = "") -> Document:
    """Return answers as a document.

    Raises:
        CorpusError: an answer cites what this edition does not have.
    """
    notes = Notes()
    outlines = [Outline.of(one, corpus) for one in answers]
    blocks = [block for one in outlines for block in _answer(one, notes)]
    shown = [clean(said.text) for one in answers for said in one.statements]
    shown += [clean(one.quote) for answer in answers for one in answer.nearest]
    several = f"{len(answers)} answers" if len(answers) > 1 else "An answer"
    return Document(
        title=clean(title) or f"{several} from Signpost",
        subtitle=f"{day(day_of(answers))}. Corpus edition {corpus.digest[:12]}.",
        blocks=(*blocks, *_sources(notes.footnotes), *_about(answers, corpus)),
        notes=notes.drawn(shown),
        day=day_of(answers),
    )


def day_of(answers: Sequence[Answer]) -> str:
    """Return the day of the latest answer, ISO 8601."""
    return max(one.provenance.time[:10] for one in answers)


def edition_of(corpus: Corpus) -> str:
    """Name the corpus and the version that answered, as one sentence."""
    return f"Corpus edition {corpus.digest[:12]}, Signpost {version('signpost')}."


def note_of(footnote: Footnote, shown: Sequence[str], *, first: bool = True) -> Note:
    """Return a footnote: source and place, tier, age, what it rests on, and corrections.

    Args:
        footnote: what is cited.
        shown: what the document says; a quote that stands in it is not told again.
        first: whether nothing of its source was cited before, so that all of it is told.
    """
    source = footnote.source
    named = publication(source) if first else clean(source.title)
    said = [f"{named}, {footnote.place}."]
    if first:
        said.append(standing(source))
        said += [f"As of {day(source.as_of)}."] if source.as_of else []
    if footnote.past_review:
        said.append(f"{say('phrase.past_review').capitalize()}.")
    quote = clean(footnote.citation.quote)
    if not any(quote in text for text in shown):
        said.append(f"“{quote}”")
    said += [f"Corrected: {change_of(one)}." for one in footnote.passage.corrections]
    grounds = [f"{one.named}{one.locators}" for one in works_of([footnote])]
    grounds += (clean(other) for other in footnote.others)
    if grounds:
        said.append(f"Rests on: {'; '.join(grounds)}.")
    short = f"{clean(source.title)}, {footnote.where}."
    return Note(whole=(Words(" ".join(said)),), short=(Words(short),))


def question_blocks(answer: Answer) -> list[Block]:
    """Return the question of an answer as a heading, or beneath one where it is long."""
    question = " ".join(clean(answer.question).split()) or "Question"
    if len(question) <= LONGEST_HEADING:
        return [heading(question)]
    return [heading("Question"), paragraph(question)]


def _answer(outline: Outline, notes: Notes) -> Iterator[Block]:
    yield from question_blocks(outline.answer)
    if outline.understood:
        yield labelled("Understood as", outline.understood)
    told = f"{status_of(outline.answer)}. {sentence_of(outline.reason)}"
    yield labelled("Status", told)
    if outline.completeness:
        name, _, counts = outline.completeness.partition(": ")
        yield labelled(name, counts)
    drawing = _Drawing(outline, notes)
    yield from drawing.opening()
    for part in outline.parts:
        yield from drawing.part(part)
    yield from drawing.rest()


class _Drawing:
    """Draws the statements of one answer with the footnotes of the whole document."""

    def __init__(self, outline: Outline, notes: Notes) -> None:
        self._outline = outline
        self._numbers = {one.number: notes.number(one) for one in outline.footnotes}

    def opening(self) -> Iterator[Block]:
        for run in self._outline.opening_runs:
            label = "Note" if run.kind == "note" else tier_name(run.kind)
            for line in run.lines:
                yield paragraph(Words(f"{label}: ", strong=True), *self._said(line, dated=True))

    def part(self, part: TierPart) -> Iterator[Block]:
        lines = [line for section in part.sections for line in section.lines]
        # Notes on what no source says are of no tier.
        if any(line.statement.kind != "note" for line in lines):
            yield heading(tier_heading(part.tier), 2)
        for section in part.sections:
            yield from self._section(section)

    def _section(self, section: Section) -> Iterator[Block]:
        if section.heading:
            age = f" ({section.dating})" if section.dating else ""
            yield heading(f"{section.heading}{age}", 3)
        for run in section.runs:
            if run.flows:
                said = [self._said(line, dated=not section.dating) for line in run.lines]
                rest = (word for words in said[1:] for word in (Words(" "), *words))
                yield paragraph(*said[0], *rest)
                continue
            for line in run.lines:
                yield from self._line(line, dated=not section.dating)

    def _line(self, line: Line, *, dated: bool) -> Iterator[Block]:
        said = self._said(line, dated=dated)
        if line.statement.kind == "note":
            yield paragraph(Words("Note: ", strong=True), *said)
            return
        listed = bool(line.statement.section)
        yield paragraph(*said, shape="bullet" if listed else "text")
        for doubt in line.doubts:
            yield labelled("Doubt", doubt, shape="beneath" if listed else "text")

    def _said(self, line: Line, *, dated: bool) -> tuple[Words, ...]:
        statement = line.statement
        notes = tuple(self._numbers[number] for number in line.numbers)
        direct = say("phrase.direct") if statement.relation == "direct" else ""
        beside = "; ".join(filter(None, (direct, line.dating if dated else "")))
        said = Words(clean(statement.text), notes=notes)
        return (said, Words(f" ({beside})")) if beside else (said,)

    def rest(self) -> Iterator[Block]:
        outline = self._outline
        if outline.answer.choices:
            yield heading("What the question can mean", 2)
        for choice in outline.answer.choices:
            yield paragraph(clean(choice.label), shape="bullet")
        if outline.near:
            yield heading("Closest passages, which do not answer", 2)
        for near in outline.near:
            quote = Words(clean(near.citation.quote), notes=(self._numbers[near.number],))
            yield paragraph(quote, f" ({origin(near.source)})", shape="quote")
        if outline.past_review:
            yield paragraph(say("phrase.past_review_means"), shape="small")


def _sources(footnotes: Sequence[Footnote]) -> Iterator[Block]:
    """List each source once, and the works that guidance rests on."""
    listed = list_sources(footnotes)
    if listed:
        yield heading("Sources")
    for one in listed:
        of = one.source
        facts = [f"As of {day(of.as_of)}."] if of.as_of else []
        facts += [f"Review by {day(of.review_by)}."] if of.review_by else []
        yield paragraph(" ".join((one.named, *facts)), shape="bullet")
    works = works_of(footnotes)
    if works:
        yield heading("Published works that guidance rests on", 2)
    for work in works:
        address = (Words(" "), Words(work.url, url=work.url)) if work.url else ()
        yield paragraph(f"{work.named}.", *address, shape="bullet")


def _about(answers: Sequence[Answer], corpus: Corpus) -> Iterator[Block]:
    notice = say("phrase.notice")
    if len(answers) > 1:
        notice = notice.replace("this answer", "these answers").replace(" it.", " them.")
    yield heading("About this document")
    yield paragraph(notice)
    yield paragraph(f"{edition_of(corpus)} Written on {day(day_of(answers))}.")
    yield paragraph(
        "Words of the framework, of guidance notes and of documents are quoted and kept apart;"
        " what is marked as a note is Signpost's own, derived from the framework's structure.",
        shape="small",
    )
