"""The slides of a session as PPTX: few words on each, and what the trainer says in the notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import NamedTuple

from assistant.records import Statement
from assistant.sessions.session import Session
from ui.exports.sessions.session_outline import (
    MESSAGES,
    NOTICE_OF_SESSION,
    authored,
    order_of,
    times,
)
from ui.words.phrases import clean

LINES = 6
"""Lines on a slide, at most."""

LETTERS = 480
"""Characters on a slide, at most, unless one line alone is longer."""

READY = "Have the handout and the contacts ready."
"""What the trainer reads at the first slide."""

STRETCHES = 12
"""Lines of the agenda on a slide, at most."""

LONGEST_FOOT = 180
"""Characters of the sources at the foot of a slide; longer ones stand in the notes alone."""


class Slide(NamedTuple):
    """One slide."""

    title: str
    """Its heading."""

    lines: tuple[str, ...]
    """What participants read."""

    notes: str
    """What the trainer reads."""

    sources: str = ""
    """What the words are from, as the foot of the slide says it."""


def as_pptx(session: Session) -> bytes:
    """Return the slides of a session, each with speaker notes."""
    from ui.exports.sessions.session_deck import add_page, new_deck

    deck = new_deck()
    about = deck.core_properties
    about.title, about.language = session.title, "en-GB"
    about.author = about.last_modified_by = "Signpost"
    about.created = about.modified = datetime.fromisoformat(session.today)
    for slide in slides_of(session):
        add_page(deck, slide.title, slide.lines, slide.sources, slide.notes)
    out = BytesIO()
    deck.save(out)
    return out.getvalue()


def slides_of(session: Session) -> list[Slide]:
    """Return the slides in the order of the agenda; the key is in no slide and in no note."""
    titles = {one.id: clean(one.title) for one in session.sources}
    request = session.request
    opening = f"{request.minutes} minutes, for {request.audience.replace('-', ' ')}"
    plan = [f"{times(one)}  {one.title}" for one in session.agenda]
    found = [Slide(session.title, (opening, NOTICE_OF_SESSION), READY)]
    found += _paged("Today", plan, "Say when the breaks are.", STRETCHES)
    rules = [one for one in session.care if one.kind == "note"]
    aloud = "Read these aloud before all else."
    found += _said("Ground rules and where to turn", rules, aloud, titles)
    found += _said("What you will be able to do", session.objectives, "Keep this short.", titles)
    drawn = {
        "messages": _messages,
        "discussion": _talks,
        "exercise": _exercise,
        "quiz": _quiz,
    }
    for part in order_of(session):
        found += drawn[part](session, titles)
    closing = ("One thing to take away.", "Where to turn: see the handout.")
    return [*found, Slide("Close", closing, _does(session, "close"))]


def _messages(session: Session, titles: Mapping[str, str]) -> Iterator[Slide]:
    for tier, heading in MESSAGES.items():
        said = [one for one in session.messages if one.kind == tier]
        block = "page" if tier == "framework" else "guidance"
        yield from _said(heading, said, _does(session, block), titles)


def _talks(session: Session, titles: Mapping[str, str]) -> Iterator[Slide]:
    for number, talk in enumerate(session.talks, 1):
        points = "\n".join(f"- {one.text}" for one in talk.points)
        notes = f"Points to bring in:\n{points}"
        sources = _sources([talk.question, *talk.points], titles)
        told = f"{notes}\n{sources}" if sources else notes
        yield Slide(f"Discussion {number}", (clean(authored(talk.question)),), told)


def _exercise(session: Session, titles: Mapping[str, str]) -> Iterator[Slide]:
    if session.exercise:
        made = session.exercise
        steps = [f"{one.minutes} min: {one.text}" for one in made.steps]
        notes = f"What good work shows: {made.look_for.text}"
        yield from _paged(f"Exercise: {made.title}", [authored(made.task), *steps], notes)


def _quiz(session: Session, titles: Mapping[str, str]) -> Iterator[Slide]:
    if session.quiz:
        yield Slide("Quiz", ("Answer alone, on the quiz page.",), _does(session, "quiz"))


def _does(session: Session, block: str) -> str:
    return next((one.does.text for one in session.agenda if one.block == block), "")


def _said(
    title: str, statements: Sequence[Statement], notes: str, titles: Mapping[str, str]
) -> Iterator[Slide]:
    """Return slides with statements, their sources at the foot and in the notes."""
    for part in _parts([authored(one) for one in statements]):
        here = [statements[at] for at in part]
        sources = _sources(here, titles)
        told = f"{notes}\n{sources}" if sources else notes
        foot = sources if len(sources) <= LONGEST_FOOT else "Sources: see the handout."
        yield Slide(title, tuple(clean(authored(one)) for one in here), told, foot)


def _sources(statements: Iterable[Statement], titles: Mapping[str, str]) -> str:
    """Return what statements cite, by source, as one line."""
    places: dict[str, dict[str, None]] = {}
    for cited in (one for said in statements for one in said.citations):
        places.setdefault(cited.source_id, {})[clean(cited.locator)] = None
    named = (f"{titles[one]}, {', '.join(found)}" for one, found in places.items())
    return f"Sources: {'; '.join(named)}." if places else ""


def _paged(title: str, lines: Sequence[str], notes: str, most: int = LINES) -> Iterator[Slide]:
    for part in _parts(lines, most):
        yield Slide(title, tuple(clean(lines[at]) for at in part), notes)


def _parts(lines: Iterable[str], most: int = LINES) -> Iterator[list[int]]:
    """Part lines among slides, so that none is left with much less than the one before it.

    Returns:
        The places of the lines of each slide.

    >>> list(_parts(["a" * 400, "b" * 100, "c"]))
    [[0], [1, 2]]
    >>> list(_parts(list("abcdefg")))
    [[0, 1, 2, 3], [4, 5, 6]]
    """
    sizes = [len(line) for line in lines]
    parts: list[list[int]] = []
    used = 0
    for at, size in enumerate(sizes):
        if not parts or len(parts[-1]) == most or used + size > LETTERS:
            parts.append([])
            used = 0
        parts[-1].append(at)
        used += size
    if len(parts) > 1:
        _even(parts[-2], parts[-1], sizes)
    yield from parts


def _even(before: list[int], last: list[int], sizes: Sequence[int]) -> None:
    """Move lines to the last slide while it has fewer than the one before it, and room."""
    while len(before) > len(last) + 1:
        if sum(sizes[at] for at in (before[-1], *last)) > LETTERS:
            return
        last.insert(0, before.pop())
