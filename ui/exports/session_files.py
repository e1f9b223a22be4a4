"""A training session as files: the handout, the trainer's guide with the key, slides, a quiz."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from assistant.errors import SessionError
from assistant.records import Citation, Statement
from assistant.sessions.session import AgendaLine, Option, QuizItem, Session
from assistant.sessions.session_build import DISCLOSURE
from assistant.sessions.session_edit import Author, author_of
from corpus.passage import Reference
from ui.exports.document import (
    Block,
    Cited,
    Document,
    File,
    Form,
    Note,
    Words,
    heading,
    labelled,
    paragraph,
    table,
)
from ui.words.phrases import clean, day, grouped, say

_SPECIAL = re.compile(r"([~=#{}:\\])")  # Marks of Moodle's GIFT format.
LETTERS = "ABCDEFGH"

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

CARE, ABLE = "If somebody discloses abuse", "What you will be able to do"

LINE = "_" * 60

STEP = ("What I do", "By when", "The partner I need")

NOTICE_OF_SESSION = (
    say("phrase.notice")
    .replace("answer", "session")
    .replace("source", "sources")
    .replace("it.", "them.")
)

SOURCES = (heading("Sources"), Block("notes"), paragraph(NOTICE_OF_SESSION, shape="small"))

Places = Cited[str, Citation]


def files_of(session: Session) -> Iterator[tuple[str, File]]:
    """Yield all files that can be made, each with its name in a folder: `facilitator.docx`."""
    for name, form in SESSION_FORMS.items():
        if form.installed and (session.quiz or name != "gift"):
            short = f"{form.lead.partition(' ')[0].lower()}.{form.ending}"
            yield short, form.file(session.title, session)


def named_works(cited: Citation) -> Iterator[tuple[str, Reference]]:
    """Yield the published works that some words rest on, by publisher, title and year."""
    for work in cited.references:
        year = f" ({work.year})" if work.year else ""
        yield f"{clean(work.publisher)}, {clean(work.title)}{year}", work


def works_of(cited: Iterable[Citation]) -> str:
    """Return the names of the published works that some words rest on."""
    return "; ".join(dict.fromkeys(name for one in cited for name, _ in named_works(one)))


def session_document(session: Session, *, led: bool) -> Document:
    """Return what the trainer gets, by whom it is `led`, or else what participants get.

    The quiz stands apart, since the rest gives answers away; and so does the key, on its own page.
    """
    places: Places = Cited(lambda cite: works_of([cite]) or cite.source_id)
    aims = grouped(session.objectives, lambda aim: aim.section)
    if led:
        rows = []
        # Of a block that has several lines, the first has what is learned in it.
        for line in session.agenda:
            learned = " ".join(map(authored, aims.pop(line.block, [])))
            part = ". Aim: ".join(filter(None, (line.title, learned)))
            rows.append((times(line), part, line.does.text))
        plan = table(("Time", "Part", "What you do"), rows)
        blocks = [*_sections(session.facilitator, places), heading("Agenda"), plan]
    else:
        blocks = [heading(ABLE)] if aims else []
        blocks += [paragraph(authored(aim), shape="bullet") for aim in session.objectives]
    blocks += _care(session.care, places)
    draw = {"messages": _messages, "discussion": _talks, "exercise": _exercise}
    held = dict.fromkeys(PARTS_OF.get(line.block, line.block) for line in session.agenda)
    for name in (name for name in held if name in draw):
        blocks += draw[name](session, places, led=led)
    if session.glossary:
        blocks.append(heading("Terms used"))
        blocks += [_said(term, places, f"{term.section}:") for term in session.glossary]
    if not led:
        blocks.append(heading("My step"))
        blocks += [paragraph(f"{name}: {LINE}", shape="option") for name in STEP]
    elif session.dropped:
        blocks.append(heading("Left out because it could not be verified"))
        dropped = (f"{lost.text} ({lost.reason})" for lost in session.dropped)
        blocks += [paragraph(words, shape="bullet") for words in dropped]
    quiz = tuple(_quiz_of(session, places if led else None))
    request = session.request
    about = f"{request.minutes} minutes, for {request.audience.replace('-', ' ')}, {request.level}."
    return Document(
        title=session.title,
        subtitle=f"{about} Sources as of {day(session.today)}.",
        kicker="Facilitator's guide" if led else "Handout",
        blocks=(*blocks, *SOURCES, *quiz),
        notes=tuple(_cited(session, places)),
        day=session.today,
    )


def _cited(session: Session, places: Places) -> Iterator[Note]:
    """Yield the notes of what was cited, each with the published works that it rests on."""
    sources = {source.id: source for source in session.sources}
    for cited in places.values():
        source = sources[cited[0].source_id]
        works = {name: work.url for name, work in named_works(cited[0])}
        linked = [o for name, url in works.items() for o in (Words("; "), Words(name, url=url))]
        # Lines of a file that no reader has are left out.
        found = dict.fromkeys(clean(cite.locator) for cite in cited if not cite.lines)
        named = ", ".join((clean(source.title), clean(source.publisher), *found))
        yield Note("" if works else f"{named}.", works=tuple(linked[1:]))


def times(line: AgendaLine) -> str:
    """Return from when to when a line lasts, in hours and minutes from the beginning.

    >>> from assistant.citing.citations import note
    >>> line = AgendaLine(start=55, minutes=10, block="quiz", title="Quiz", does=note("Ask."))
    >>> times(line)
    '0:55 to 1:05'
    """
    return " to ".join(f"{one // 60}:{one % 60:02d}" for one in (line.start, line.end))


def authored(statement: Statement) -> str:
    """Return the words of a statement with what a reader should know of who wrote them."""
    return " ".join(filter(None, (clean(statement.text), AUTHORS[author_of(statement)])))


def dated(statement: Statement) -> str:
    """Return the words of a statement with who wrote them, and its day unless they tell it."""
    is_told = statement.as_of[:4] in statement.text
    return authored(statement) + ("" if is_told else f" (As of {day(statement.as_of)}.)")


def _said(statement: Statement, places: Places, lead: str = "") -> Block:
    strong = (Words(f"{lead} ", strong=True),) if lead else ()
    words = Words(dated(statement), notes=places.numbers(statement.citations))
    return Block("bullet", (*strong, words))


def _sections(statements: Iterable[Statement], places: Places, level: int = 1) -> list[Block]:
    blocks: list[Block] = []
    for name, own in grouped(statements, lambda said: said.section).items():
        blocks += [heading(name, level), *(_said(said, places) for said in own)]
    return blocks


def _care(care: Sequence[Statement], places: Places) -> list[Block]:
    """Return ground rules and contacts, then how a disclosure is met, then wellbeing."""
    found: list[Block] = []
    for name, own in grouped(care, lambda said: said.section).items():
        if name == DISCLOSURE[0]:
            found.append(heading(CARE))
        found += _sections(own, places, 2 if name in DISCLOSURE else 1)
    return found


def _messages(session: Session, places: Places, *, led: bool) -> Iterator[Block]:
    for tier, name in MESSAGES.items():
        said = [message for message in session.messages if message.kind == tier]
        if said:
            yield heading("To take home" if tier == "guidance" and not led else name)
            yield from _sections(said, places, 2)
        if tier == "framework" and led:
            through = {cited.passage_id for message in said for cited in message.citations}
            for column in session.columns:
                cited = [cite for item in column.items for cite in item.citations]
                if through.isdisjoint(cite.passage_id for cite in cited):
                    lead = Words(f"{column.top}, {column.kind}: ", strong=True)
                    text = "; ".join(clean(item.text) for item in column.items)
                    yield paragraph(lead, Words(f"{text}.", notes=places.numbers(cited)))


def _talks(session: Session, places: Places, *, led: bool) -> Iterator[Block]:
    if session.talks:
        yield heading("Discussion" if led else "Questions to discuss")
    for talk in session.talks:
        if led:
            yield heading(authored(talk.question), 2)
        yield from (_said(said, places) for said in (talk.points if led else [talk.question]))


def _exercise(session: Session, places: Places, *, led: bool) -> Iterator[Block]:
    """Return the exercise with room to write in; or, for who leads it, with times and debrief."""
    made = session.exercise
    if made is None:
        return
    yield heading(f"Exercise: {made.title}")
    yield paragraph(authored(made.task))._replace(kept=True)
    if led:
        yield from (labelled(f"{step.minutes} min", step.text) for step in made.steps)
    for letter, talk in zip(LETTERS, made.situations, strict=False):
        if led:
            yield heading(f"{letter}. {clean(talk.question.text)}", 2)
            yield from (_said(point, places) for point in talk.points)
        else:
            yield _said(talk.question, places, f"{letter}.")._replace(shape="text", kept=True)
            yield paragraph(f"Our reply, and why: {LINE}", shape="option")._replace(kept=True)
            yield paragraph(LINE, shape="option")
    if led:
        yield labelled("What good work shows", made.look_for.text)
    elif session.request.level == "advanced":
        yield paragraph(f"The strongest objection, and our answer: {LINE}", shape="option")


def _quiz_of(session: Session, places: Places | None) -> Iterator[Block]:
    """Return the quiz; where there are places to cite, with its key."""
    if session.quiz:
        yield heading("Quiz" if places is None else "Answer key", new_page=True)
        yield from () if places is None else (paragraph("Keep this page apart."),)
    for item in session.quiz:
        blocks = [heading(f"{item.id[1:]}. {clean(item.stem.text)}", 3)]
        if places is not None:
            blocks.append(labelled("Key", key_of(item)))
        for letter, option in zip(LETTERS, item.options, strict=False):
            words = Words(option.text)
            if places is not None:
                words = Words(judged(option), notes=places.numbers(option.evidence.citations))
            blocks.append(paragraph(Words(f"{letter}. ", strong=True), words, shape="option"))
        if item.good and places is not None:
            blocks.append(labelled("A good reply", item.good))
        # A question stands on one page.
        yield from (block._replace(kept=block is not blocks[-1]) for block in blocks)


def judged(option: Option) -> str:
    """Return an option with whether it is right, and why."""
    verdict = "Right" if option.right else "Wrong"
    return f"{option.text.removesuffix('.')}. {verdict}: {option.why}"


def key_of(item: QuizItem) -> str:
    """Return the letters of the key as one line."""
    pairs = zip(LETTERS, item.options, strict=False)
    return ", ".join(letter for letter, option in pairs if option.right)


def as_gift(session: Session) -> str:
    """Return the quiz in Moodle's GIFT format, one question a paragraph, under a category."""
    if not session.quiz:
        raise SessionError("This session has no quiz; make one with the part quiz.")
    name = re.sub(r"\s*/\s*", "-", clean(session.title))
    parts = [f"// {NOTICE_OF_SESSION}\n$CATEGORY: Signpost/{name}"]
    for item in session.quiz:
        rows = ""
        for option in item.options:
            # The published works behind it, by publisher and title; else its place.
            cited = option.evidence.citations
            place = ", ".join(filter(None, (option.evidence.section, cited[0].locator)))
            why = escaped(f"{option.why} ({works_of(cited) or place})")
            rows += f"\t{'~='[option.right]}{escaped(option.text)} #{why}\n"
        stem = f"::{escaped(item.id)}::[plain]{escaped(item.stem.text)}"
        parts.append(f"{stem} {{\n{rows}}}")
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    r"""Escape what GIFT would read as a mark.

    >>> escaped("a=b {c}: 50%~")
    'a\\=b \\{c\\}\\: 50%\\~'
    """
    return _SPECIAL.sub(r"\\\1", clean(text))


def _slides(session: Session) -> bytes:
    from ui.exports.session_pptx import as_pptx

    return as_pptx(session)


_HANDOUT, _GUIDE = (partial(session_document, led=led) for led in (False, True))

SESSION_FORMS: Mapping[str, Form] = {
    "markdown": Form("md", _HANDOUT, "Handout"),
    "guide-markdown": Form("md", _GUIDE, "Facilitator guide"),
    "gift": Form("gift", as_gift, "Quiz"),
    "handout": Form("docx", _HANDOUT, "Handout"),
    "guide": Form("docx", _GUIDE, "Facilitator guide"),
    "slides": Form("pptx", _slides, "Slides"),
    "record": Form("json", lambda session: session, "Session"),
}
"""What a session can be written as; `gift` is the quiz for Moodle, and raises `SessionError` where
there is none. The record comes last, so that a folder with a record has all of its files."""
