"""The slides of a session as PPTX: few words on each, and what the trainer says in the notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import NamedTuple

from pptx import Presentation
from pptx.util import Pt

from assistant.answer import Statement
from assistant.session import Session
from ui.phrases import clean
from ui.session_outline import times, told

LINES = 6
"""Lines on a slide, at most."""

LETTERS = 420
"""Characters on a slide, at most, unless one line alone is longer."""

BODY = Pt(20)
"""Size of the words on a slide."""


class Slide(NamedTuple):
    """One slide."""

    title: str
    """Its heading."""

    lines: tuple[str, ...]
    """What participants read."""

    notes: str
    """What the trainer reads."""


def as_pptx(session: Session) -> bytes:
    """Return the slides of a session, each with speaker notes."""
    deck = Presentation()
    deck.core_properties.title = session.title
    deck.core_properties.author = "Signpost"
    for slide in slides_of(session):
        page = deck.slides.add_slide(deck.slide_layouts[1])
        page.shapes.title.text = slide.title
        frame = page.placeholders[1].text_frame
        frame.word_wrap = True
        for number, line in enumerate(slide.lines):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.text = line
            paragraph.font.size = BODY
        page.notes_slide.notes_text_frame.text = slide.notes
    out = BytesIO()
    deck.save(out)
    return out.getvalue()


def slides_of(session: Session) -> list[Slide]:
    """Return the slides in the order of the agenda; the key is in no slide and in no note."""
    request = session.request
    opening = f"{request.minutes} minutes, for {request.audience.replace('-', ' ')}"
    plan = [f"{times(one)}  {one.title}" for one in session.agenda]
    found = [Slide(session.title, (opening,), "Have the handout and the contacts ready.")]
    found += _paged("Today", plan, "Say when the breaks are.")
    rules = [one for one in session.care if one.kind == "note"]
    found += _said("Ground rules and where to turn", rules, "Read these aloud before all else.")
    found += _said("What you will be able to do", session.objectives, "Keep this short.")
    framework = [one for one in session.messages if one.kind == "framework"]
    found += _said("What the framework says", framework, _does(session, "page"))
    guidance = [one for one in session.messages if one.kind == "guidance"]
    found += _said("What guidance adds", guidance, _does(session, "guidance"))
    own = [one for one in session.messages if one.kind == "note"]
    found += _said("In the trainer's own words", own, _does(session, "guidance"))
    for number, talk in enumerate(session.talks, 1):
        points = "\n".join(f"- {one.text}" for one in talk.points)
        notes = f"Points to bring in:\n{points}"
        found.append(Slide(f"Discussion {number}", (clean(told(talk.question)),), notes))
    if session.exercise:
        made = session.exercise
        steps = [f"{one.minutes} min: {one.text}" for one in made.steps]
        notes = f"What good work shows: {made.look_for.text}"
        found += _paged(f"Exercise: {made.title}", [told(made.task), *steps], notes)
    if session.quiz:
        found.append(Slide("Quiz", ("Answer alone, on the quiz page.",), _does(session, "quiz")))
    closing = ("One thing to take away.", "Where to turn: see the handout.")
    return [*found, Slide("Close", closing, _does(session, "close"))]


def _does(session: Session, block: str) -> str:
    return next((one.does.text for one in session.agenda if one.block == block), "")


def _said(title: str, statements: Sequence[Statement], notes: str) -> Iterator[Slide]:
    """Return slides with statements, the places that they cite in the notes."""
    for part in _parts([told(one) for one in statements]):
        here = [statements[at] for at in part]
        cited = [f"{quote.passage_id}, {quote.locator}" for one in here for quote in one.citations]
        sources = "\nSources: " + "; ".join(dict.fromkeys(cited)) if cited else ""
        yield Slide(title, tuple(clean(told(one)) for one in here), f"{notes}{sources}")


def _paged(title: str, lines: Sequence[str], notes: str) -> Iterator[Slide]:
    for part in _parts(lines):
        yield Slide(title, tuple(clean(lines[at]) for at in part), notes)


def _parts(lines: Iterable[str]) -> Iterator[list[int]]:
    """Part lines among slides; return their places.

    >>> list(_parts(["a" * 300, "b" * 200, "c"]))
    [[0], [1, 2]]
    """
    part: list[int] = []
    used = 0
    for at, line in enumerate(lines):
        if part and (len(part) == LINES or used + len(line) > LETTERS):
            yield part
            part, used = [], 0
        part.append(at)
        used += len(line)
    if part:
        yield part
