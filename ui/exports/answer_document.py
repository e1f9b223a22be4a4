"""Answers as a document: each with its question, status, tiers apart, dates, doubts, footnotes."""

from collections.abc import Iterator, Sequence
from importlib.metadata import version

from assistant.records import Answer, Status
from corpus.passage import Corpus
from ui.exports.document import Block, Cited, Document, Note, Words, heading, labelled, paragraph
from ui.words import phrases
from ui.words.catalogue import say
from ui.words.footnotes import Footnote, list_sources, works_of
from ui.words.outline import Line, Outline, Section, place_of
from ui.words.phrases import clean, day, sentence_of

LONGEST_HEADING = 160
"""Characters of a question over which it stands under its heading, and not in it."""

STATUSES: dict[Status, str] = {
    "answered": "Answered",
    "partial": "Answered in part",
    "clarify": "Not answered yet",
}
"""What became of a question, where it is not simply `Not answered`."""

CLOSEST = "Not answered outright; what comes closest"
"""The same of an answer that only shows what comes closest."""


def status_of(answer: Answer) -> str:
    """Return what became of a question, as a document says it."""
    return CLOSEST if answer.is_closest else STATUSES.get(answer.status, "Not answered")


def answers_document(answers: Sequence[Answer], corpus: Corpus, title: str = "") -> Document:
    """Return answers as a document, or raise as `Outline.of` does."""
    places: Cited[tuple[str, int, int], Footnote] = Cited()
    outlines = [Outline.of(one, corpus) for one in answers]
    blocks: list[Block] = []
    for outline in outlines:
        noted = outline.footnotes
        numbers = {one.number: places.number(place_of(one.citation), one) for one in noted}
        blocks += _answer(outline, numbers)
    shown = [text for one in outlines for text in one.shown]
    several = f"{len(answers)} answers" if len(answers) > 1 else "An answer"
    footnotes = [cited[0] for cited in places.values()]
    told = [one.source.id for one in footnotes]
    return Document(
        title=clean(title) or f"{several} from Signpost",
        subtitle=f"{day(day_of(answers))}. Corpus edition {corpus.digest[:12]}.",
        blocks=(*blocks, *_sources(footnotes), *_about(answers, corpus)),
        notes={
            at: note_of(one, shown, first=told.index(one.source.id) == at - 1)
            for at, one in enumerate(footnotes, 1)
        },
        day=day_of(answers),
    )


def day_of(answers: Sequence[Answer]) -> str:
    """Return the day of the latest answer, ISO 8601."""
    return max(one.provenance.time[:10] for one in answers)


def edition_of(corpus: Corpus) -> str:
    """Name the corpus and the version that answered, as one sentence."""
    return f"Corpus edition {corpus.digest[:12]}, Signpost {version('signpost')}."


def note_of(footnote: Footnote, shown: Sequence[str], *, first: bool) -> Note:
    """Return a footnote: source and place, tier, age, what it rests on, and corrections.

    A quote that is `shown` is not told again; of a source all is told where it comes `first`.
    """
    source, quote = footnote.source, clean(footnote.citation.quote)
    named = phrases.publication(source) if first else clean(source.title)
    grounds = [f"{one.named}{one.locators}" for one in footnote.works]
    grounds += map(clean, footnote.others)
    said = (
        f"{named}, {footnote.place}.",
        phrases.standing(source) if first else "",
        f"As of {day(source.as_of)}." if first and source.as_of else "",
        f"{say('phrase.past_review').capitalize()}." if footnote.past_review else "",
        "" if any(quote in text for text in shown) else f"“{quote}”",
        *(f"Corrected: {phrases.change_of(one)}." for one in footnote.passage.corrections),
        f"Rests on: {'; '.join(grounds)}." if grounds else "",
    )
    short = f"{clean(source.title)}, {footnote.where}."
    return Note(whole=" ".join(filter(None, said)), short=short)


def question_blocks(answer: Answer) -> list[Block]:
    """Return the question of an answer as a heading, or beneath one where it is long."""
    question = " ".join(clean(answer.question).split()) or "Question"
    if len(question) <= LONGEST_HEADING:
        return [heading(question)]
    return [heading("Question"), paragraph(question)]


def _answer(outline: Outline, numbers: dict[int, int]) -> Iterator[Block]:
    yield from question_blocks(outline.answer)
    if outline.understood:
        yield labelled("Understood as", outline.understood)
    yield labelled("Status", f"{status_of(outline.answer)}. {sentence_of(outline.reason)}")
    if outline.completeness:
        name, _, counts = outline.completeness.partition(": ")
        yield labelled(name, counts)
    for line in outline.opening:
        kind = line.statement.kind
        label = "Note" if kind == "note" else phrases.tier_name(kind)
        yield paragraph(Words(f"{label}: ", strong=True), *_said(line, numbers, dated=True))
    for part in outline.parts:
        # Notes on what no source says are of no tier.
        if part.quotes:
            yield heading(phrases.tier_heading(part.tier), 2)
        for section in part.sections:
            yield from _section(section, numbers)
    yield from _rest(outline, numbers)


def _rest(outline: Outline, numbers: dict[int, int]) -> Iterator[Block]:
    if outline.answer.choices:
        yield heading("What the question can mean", 2)
    for choice in outline.answer.choices:
        yield paragraph(clean(choice.label), shape="bullet")
    if outline.near:
        yield heading("Closest passages, which do not answer", 2)
    for near in outline.near:
        quote = Words(clean(near.citation.quote), notes=(numbers[near.number],))
        yield paragraph(quote, f" ({phrases.origin(near.source)})", shape="quote")
    if outline.past_review:
        yield paragraph(say("phrase.past_review_means"), shape="small")


def _section(section: Section, numbers: dict[int, int]) -> Iterator[Block]:
    if section.heading:
        age = f" ({section.dating})" if section.dating else ""
        yield heading(f"{section.heading}{age}", 3)
    for run in section.without():
        said = [_said(line, numbers, dated=not section.dating) for line in run.lines]
        if run.flows:
            rest = (word for words in said[1:] for word in (Words(" "), *words))
            yield paragraph(*said[0], *rest)
            continue
        for line, words in zip(run.lines, said, strict=True):
            listed = bool(line.statement.section)
            if run.kind == "note":
                yield paragraph(Words("Note: ", strong=True), *words)
                continue
            yield paragraph(*words, shape="bullet" if listed else "text")
            for doubt in line.doubts:
                yield labelled("Doubt", doubt, shape="beneath" if listed else "text")


def _said(line: Line, numbers: dict[int, int], *, dated: bool) -> tuple[Words, ...]:
    said = Words(clean(line.statement.text), notes=tuple(numbers[one] for one in line.numbers))
    beside = line.beside(dated=dated)
    return (said, Words(f" ({beside})")) if beside else (said,)


def _sources(footnotes: Sequence[Footnote]) -> Iterator[Block]:
    """List each source once, and the works that guidance rests on."""
    if footnotes:
        yield heading("Sources")
    for listed in list_sources(footnotes):
        of = listed.source
        facts = [f"As of {day(of.as_of)}."] if of.as_of else []
        facts += [f"Review by {day(of.review_by)}."] if of.review_by else []
        yield paragraph(" ".join((listed.named, *facts)), shape="bullet")
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
