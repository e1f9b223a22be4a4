"""A training session as files: the handout, the trainer's guide with the key, slides, a quiz."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, get_args

from assistant.errors import SessionError
from assistant.records import Citation, Statement
from assistant.sessions.session import AgendaLine, QuizItem, Session
from assistant.sessions.session_build import DISCLOSURE, ORDER
from assistant.sessions.session_edit import Author, author_of
from ui.exports.document import (
    Block,
    Cited,
    Document,
    Note,
    Words,
    document_as_docx,
    document_as_markdown,
    heading,
    labelled,
    paragraph,
)
from ui.exports.files import DOCX, JSON, MARKDOWN, PPTX, TEXT, File, Form
from ui.words.catalogue import say
from ui.words.phrases import clean, day, printable

SessionForm = Literal["markdown", "guide-markdown", "handout", "guide", "slides", "gift", "record"]
"""What a session can be written as; `markdown` is the handout, `gift` the quiz for Moodle."""

SESSION_FORMS: tuple[SessionForm, ...] = get_args(SessionForm)

_SPECIAL = re.compile(r"([~=#{}:\\])")
"""Marks of Moodle's GIFT format."""

LETTERS = "ABCDEFGH"

TIERS = {"framework": "Framework text", "guidance": "Guidance note"}

MESSAGES = {
    "framework": "What the framework says",
    "guidance": "What guidance adds",
    "note": "In the trainer's own words",
}

AUTHORS: Mapping[Author, str] = {
    "": "",
    "own": "(The trainer's own words, not checked.)",
    "reworded": "(In the trainer's words; the source carries them.)",
}
"""What stands behind words that a trainer wrote."""

PARTS_OF = {"page": "messages", "guidance": "messages"}
"""To which part a stretch of the agenda belongs that is called otherwise."""

CARE = "If somebody discloses abuse"

LINE = "_" * 60

STEP = ("What I do", "By when", "The partner whom I need")

NOTICE_OF_SESSION = (
    say("phrase.notice")
    .replace("answer", "session")
    .replace("source", "sources")
    .replace("it.", "them.")
)

Places = Cited[str, Citation]


def session_file(session: Session, form: SessionForm) -> File:
    """Return a session in a form; the key is in all but `handout` and `markdown`.

    Raises:
        ExtraMissing: what writes the form is not installed.
        SessionError: the session has no quiz, so that there is no GIFT.
    """
    return _FORMS[form].file(session.title, session)


def can_make(form: str) -> bool:
    """Tell whether what writes a form is installed."""
    return all(one.installed for name, one in _FORMS.items() if name == form)


def works_of(cited: Iterable[Citation]) -> str:
    """Return the published works that some words rest on, by publisher and title."""
    works = {
        work.title: f"{work.publisher}, {work.title}{f' ({work.year})' if work.year else ''}"
        for one in cited
        for work in one.references
    }
    return "; ".join(map(clean, works.values()))


def handout(session: Session) -> Document:
    """Return what participants get; the quiz stands apart, since the rest gives answers away."""
    places: Places = Cited()
    agenda = [(times(one), one.title, _learned(session, one)) for one in session.agenda]
    head = ("Time", "Part", "You will be able to")
    blocks = [heading("Today"), Block("table", rows=(head, *agenda))]
    blocks += _care(session.care, places)
    for part in order_of(session):
        if part == "messages":
            blocks += _messages(session, places, guidance="To take home")
        elif part == "discussion" and session.talks:
            blocks.append(heading("Questions to discuss"))
            blocks += [_said(one.question, places) for one in session.talks]
        elif part == "exercise":
            blocks += _exercise(session, places)
    blocks += [*_terms(session, places), heading("My step")]
    blocks += [paragraph(f"{name}: {LINE}", shape="option") for name in STEP]
    return _document(session, "Handout", blocks, list(_quiz_of(session)), places)


def guide(session: Session) -> Document:
    """Return what the trainer gets; the answer key stands apart on a page of its own."""
    places: Places = Cited()
    blocks = _sections(session.facilitator, places)
    rows = [("Time", "Part", "What you do")]
    for one in session.agenda:
        part = ". Aim: ".join(filter(None, (one.title, _learned(session, one))))
        rows.append((times(one), part, one.does.text))
    blocks += [heading("Agenda"), Block("table", rows=tuple(rows))]
    blocks += _care(session.care, places)
    for name in order_of(session):
        if name == "messages":
            blocks += _messages(session, places)
        elif name == "discussion" and session.talks:
            blocks.append(heading("Discussion"))
            for talk in session.talks:
                blocks.append(heading(authored(talk.question), 2))
                blocks += [_said(point, places) for point in talk.points]
        elif name == "exercise":
            blocks += _exercise(session, places, led=True)
    blocks += _terms(session, places)
    if session.dropped:
        blocks.append(heading("Left out because it could not be verified"))
        told = (f"{one.text} ({one.reason})" for one in session.dropped)
        blocks += [paragraph(one, shape="bullet") for one in told]
    return _document(
        session, "Facilitator's guide", blocks, list(_quiz_of(session, places)), places
    )


def _document(
    session: Session, kicker: str, blocks: list[Block], quiz: list[Block], places: Places
) -> Document:
    request = session.request
    about = f"{request.minutes} minutes, for {request.audience.replace('-', ' ')}, {request.level}."
    sources = {one.id: one for one in session.sources}
    notes = {}
    works: dict[tuple[str, int], tuple[str, str]] = {}
    for at, (source_id, cited) in enumerate(places.items(), 1):
        # The published works under what is cited of a source; else the places in it.
        under, source = works_of(cited), sources[source_id]
        found = ", ".join(dict.fromkeys(clean(one.locator) for one in cited))
        rest = f". Rests on {under}." if under else f", {found}."
        notes[at] = Note(f"{clean(source.title)}, {clean(source.publisher)}{rest}")
        for work in (work for one in cited for work in one.references):
            name = clean(f"{work.publisher}, {work.title}")
            works[name.lower(), work.year or 0] = (name, work.url)
    gathered = [heading("Sources"), Block("notes"), paragraph(NOTICE_OF_SESSION, shape="small")]
    if works:
        gathered.append(heading("Published works that the guidance rests on", 2))
    for (_, year), (name, url) in sorted(works.items()):
        address = [Words(url, url=url)] if url else []
        told = f"{name}, {year}. " if year else f"{name}. "
        gathered.append(paragraph(told, *address, shape="small"))
    return Document(
        title=session.title,
        subtitle=f"{about} Sources as of {day(session.today)}.",
        kicker=kicker,
        blocks=(*blocks, *gathered, *quiz),
        notes=notes,
        day=session.today,
    )


def times(line: AgendaLine) -> str:
    """Return from when to when a line lasts, in hours and minutes from the beginning.

    >>> from assistant.citing.citations import note
    >>> line = AgendaLine(start=55, minutes=10, block="quiz", title="Quiz", does=note("Ask."))
    >>> times(line)
    '0:55 to 1:05'
    """
    return " to ".join(f"{one // 60}:{one % 60:02d}" for one in (line.start, line.end))


def objective_of(session: Session, line: AgendaLine) -> Statement | None:
    """Return what participants learn in a line of the agenda: in the first of its block."""
    first = next(one for one in session.agenda if one.block == line.block)
    found = (one for one in session.objectives if one.section == line.block and first is line)
    return next(found, None)


def _learned(session: Session, line: AgendaLine) -> str:
    found = objective_of(session, line)
    return authored(found) if found else ""


def order_of(session: Session) -> tuple[str, ...]:
    """Return the parts that take time in the order of the agenda."""
    held = (PARTS_OF.get(one.block, one.block) for one in session.agenda)
    return tuple(dict.fromkeys(one for one in held if one in ORDER))


def authored(statement: Statement) -> str:
    """Return the words of a statement with what a reader should know of who wrote them."""
    return " ".join(filter(None, (clean(statement.text), AUTHORS[author_of(statement)])))


def _said(statement: Statement, places: Places, lead: str = "") -> Block:
    is_told = statement.as_of[:4] in statement.text
    text = authored(statement) + ("" if is_told else f" (As of {day(statement.as_of)}.)")
    strong = (Words(f"{lead} ", strong=True),) if lead else ()
    return Block("bullet", (*strong, Words(text, notes=_marks([statement], places))))


def _marks(statements: Iterable[Statement], places: Places) -> tuple[int, ...]:
    """Return the numbers of what statements cite."""
    cited = (one for statement in statements for one in statement.citations)
    return tuple(dict.fromkeys(places.number(one.source_id, one) for one in cited))


def _sections(statements: Iterable[Statement], places: Places, level: int = 1) -> list[Block]:
    by: dict[str, list[Statement]] = {}
    for one in statements:
        by.setdefault(one.section, []).append(one)
    return [
        block
        for name, said in by.items()
        for block in (heading(name, level), *(_said(one, places) for one in said))
    ]


def _care(care: Sequence[Statement], places: Places) -> list[Block]:
    """Return ground rules and contacts, then how a disclosure is met, then wellbeing."""
    found: list[Block] = []
    for name in dict.fromkeys(one.section for one in care):
        if name == DISCLOSURE[0]:
            found.append(heading(CARE))
        here = [one for one in care if one.section == name]
        found += _sections(here, places, 2 if name in DISCLOSURE else 1)
    return found


def _messages(session: Session, places: Places, guidance: str = "") -> Iterator[Block]:
    for tier, name in MESSAGES.items():
        said = [one for one in session.messages if one.kind == tier]
        if said:
            yield heading(guidance if guidance and tier == "guidance" else name)
            yield from _sections(said, places, 2)
        if tier == "framework":
            through = {cited.passage_id for one in said for cited in one.citations}
            for column in session.columns if not guidance else ():
                if through.intersection(c.passage_id for i in column.items for c in i.citations):
                    continue
                lead = Words(f"{column.top}, {column.kind}: ", strong=True)
                text = "; ".join(clean(one.text) for one in column.items)
                yield paragraph(lead, Words(f"{text}.", notes=_marks(column.items, places)))


def _exercise(session: Session, places: Places, *, led: bool = False) -> Iterator[Block]:
    """Return the exercise with room to write in; or, for who leads it, with times and debrief."""
    made = session.exercise
    if made is None:
        return
    yield heading(f"Exercise: {made.title}")
    yield paragraph(authored(made.task))
    if led:
        yield from (labelled(f"{one.minutes} min", one.text) for one in made.steps)
    for letter, one in zip(LETTERS, made.situations, strict=False):
        if led:
            yield heading(f"{letter}. {clean(one.question.text)}", 2)
            yield from (_said(point, places) for point in one.points)
        else:
            yield _said(one.question, places, f"{letter}.")._replace(shape="text")
            yield paragraph(f"Our reply, and why: {LINE}", shape="option")
    if led:
        yield labelled("What good work shows", made.look_for.text)
    elif session.request.level == "advanced":
        yield paragraph(f"The strongest objection, and our answer: {LINE}", shape="option")


def _quiz_of(session: Session, places: Places | None = None) -> Iterator[Block]:
    """Return the quiz; where there are places to cite, with its key."""
    if session.quiz:
        yield heading("Quiz" if places is None else "Answer key", new_page=True)
    if session.quiz and places is not None:
        yield paragraph("Keep this page apart.")
    for item in session.quiz:
        yield heading(f"{item.id[1:]}. {clean(item.stem.text)}", 3)
        if places is not None:
            yield labelled("Key", key_of(item))
        for letter, option in zip(LETTERS, item.options, strict=False):
            words = Words(option.text)
            if places is not None:
                verdict = "Right" if option.right else "Wrong"
                told = f"{option.text.removesuffix('.')}. {verdict}: {option.why}"
                words = Words(told, notes=_marks([option.evidence], places))
            yield paragraph(Words(f"{letter}. ", strong=True), words, shape="option")


def key_of(item: QuizItem) -> str:
    """Return the letters of the key as one line."""
    pairs = zip(LETTERS, item.options, strict=False)
    return ", ".join(letter for letter, option in pairs if option.right)


def _terms(session: Session, places: Places) -> list[Block]:
    found = [_said(one, places, f"{one.section}:") for one in session.glossary]
    return [heading("Terms used"), *found] if found else []


def as_gift(items: Iterable[QuizItem], category: str) -> str:
    """Return a quiz in Moodle's GIFT format, one question a paragraph, under a category."""
    name = re.sub(r"\s*/\s*", "-", clean(category))
    parts = [f"// {NOTICE_OF_SESSION}\n$CATEGORY: Signpost/{name}"]
    for item in items:
        rows = []
        for one in item.options:
            # The published works behind it, by publisher and title; else its place.
            cited = one.evidence.citations
            place = f"{one.evidence.section or 'Framework'}, {cited[0].locator}"
            why = escaped(f"{one.why} ({works_of(cited) or place})")
            rows.append(f"\t{'~='[one.right]}{escaped(one.text)} #{why}\n")
        stem = f"::{escaped(item.id)}::[plain]{escaped(item.stem.text)}"
        parts.append(f"{stem} {{\n{''.join(rows)}}}")
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    r"""Escape what GIFT would read as a mark.

    >>> escaped("a=b {c}: 50%~")
    'a\\=b \\{c\\}\\: 50%\\~'
    """
    return _SPECIAL.sub(r"\\\1", clean(text))


def _quiz(session: Session) -> str:
    if not session.quiz:
        raise SessionError("This session has no quiz; make one with the part quiz.")
    return as_gift(session.quiz, session.title)


def _slides(session: Session) -> bytes:
    from ui.exports.session_pptx import as_pptx

    return as_pptx(session)


_GUIDE = "Facilitator guide"

_FORMS: Mapping[SessionForm, Form] = {
    "markdown": Form("md", MARKDOWN, lambda one: document_as_markdown(handout(one)), "Handout"),
    "guide-markdown": Form("md", MARKDOWN, lambda one: document_as_markdown(guide(one)), _GUIDE),
    "handout": Form("docx", DOCX, lambda one: document_as_docx(handout(one)), "Handout", "docx"),
    "guide": Form("docx", DOCX, lambda one: document_as_docx(guide(one)), _GUIDE, "docx"),
    "slides": Form("pptx", PPTX, _slides, "Slides", "pptx"),
    "gift": Form("gift", TEXT, _quiz, "Quiz"),
    "record": Form(
        "json", JSON, lambda one: f"{printable(one.model_dump_json(indent=2))}\n", "Session"
    ),
}

OFFICE = {form: one.needs for form, one in _FORMS.items() if one.needs}
"""The forms that need the extra `export`, with the library that writes each."""
