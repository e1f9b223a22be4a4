"""The slides of a session as PPTX: one idea on each, and what the trainer says in the notes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pptx
from pptx.slide import Slide as Page
from pptx.util import Inches, Pt

from assistant.records import Statement
from assistant.sessions.session import Column, Session
from assistant.sessions.session_build import DISCLOSURE, GROUND_RULES, IN_SHORT, TURN
from ui.exports.session_files import (
    CARE,
    LETTERS,
    MESSAGES,
    NOTICE_OF_SESSION,
    authored,
    dated,
    judged,
    times,
)
from ui.words.phrases import clean, day, grouped

REFERENCE = Path(__file__).with_name("reference.pptx")
"""All layouts and colours stand in it; an office program edits them."""

SIZES: Mapping[str, Mapping[int, tuple[tuple[int, int], ...]]] = {
    "Points": {1: ((430, 22), (620, 18))},
    "Quote": {1: ((130, 34), (240, 28), (380, 24))},
    "Question": {1: ((190, 24), (300, 20)), 14: ((330, 20), (480, 17))},
}
"""Letters in points by how many characters a placeholder holds, up to each; whatever is longer has
letters of 16."""


class Slide(NamedTuple):
    """One slide."""

    layout: str
    title: str
    lines: tuple[str, ...] = ()
    notes: str = ""
    sources: str = ""
    options: tuple[tuple[str, bool], ...] = ()
    """Of a question: what may be chosen, and whether it stands out as right."""

    columns: tuple[Column, ...] = ()


def as_pptx(session: Session) -> bytes:
    """Return the slides of a session, each with speaker notes."""
    deck = pptx.Presentation(str(REFERENCE))
    about = deck.core_properties
    about.title, about.language = session.title, "en-GB"
    about.author = about.last_modified_by = "Signpost"
    about.created = about.modified = datetime.fromisoformat(session.today)
    layouts = {one.name: one for one in deck.slide_layouts}
    for slide in Slides(session).all():
        _fill(deck.slides.add_slide(layouts[slide.layout]), slide)
    out = BytesIO()
    deck.save(out)
    return out.getvalue()


def _fill(page: Page, slide: Slide) -> None:
    # Longer ones stand in the notes alone.
    foot = slide.sources if len(slide.sources) <= 180 else "Sources: see the notes."
    options = "\n".join(text for text, _ in slide.options)
    texts = {0: slide.title, 1: "\n".join(slide.lines), 13: foot, 14: options}
    for holder in list(page.placeholders):
        number = holder.placeholder_format.idx
        text = texts[number]
        if not text:
            holder._element.getparent().remove(holder._element)
            continue
        frame = holder.text_frame
        frame.text = text
        holder._element._nvXxPr.cNvPr.set("descr", text)
        steps = SIZES.get(slide.layout, {}).get(number, ())
        for line in frame.paragraphs if steps else ():
            line.font.size = Pt(next((one for most, one in steps if len(text) <= most), 16))
        if number == 14:
            for line, (_, right) in zip(frame.paragraphs, slide.options, strict=True):
                line.font.bold = right
    if slide.columns:
        _draw(page, slide.columns)
    notes = page.notes_slide.notes_text_frame
    if notes is not None:
        notes.text = "\n\n".join(filter(None, (slide.notes, slide.sources)))


def _draw(page: Page, columns: Sequence[Column]) -> None:
    """Set out what the framework lists as a table, with a column for each kind."""
    # A column with twice the words is wider, but no column is narrow.
    shares = [120 + sum(len(one.text) for one in column.items) for column in columns]
    frame = page.shapes.add_table(2, len(columns), *map(Inches, (0.9, 1.7, 11.5, 4.85)))
    frame.table.horz_banding = False
    frame.table.rows[0].height, frame.table.rows[1].height = Inches(0.55), Inches(4.3)
    told = []
    for at, (column, share) in enumerate(zip(columns, shares, strict=True)):
        frame.table.columns[at].width = Inches(11.5 * share / sum(shares))
        lines = [clean(one.text) for one in column.items]
        name = f"{column.kind.capitalize()} ({len(lines)})"
        told.append(f"{name}: {'; '.join(lines)}")
        size = 16 if max(shares) < 420 else 14
        for row, (text, letters) in enumerate(((name, 16), ("\n".join(lines), size))):
            words = frame.table.cell(row, at).text_frame
            words.text = text
            for line in words.paragraphs:
                line.font.size, line.space_after = Pt(letters), Pt(5)
    frame._element._nvXxPr.cNvPr.set("descr", ". ".join(told))


class Slides:
    """The slides of a session in the order of its agenda."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._titles = {one.id: clean(one.title) for one in session.sources}

    def all(self) -> Iterator[Slide]:
        """Yield them; of the quiz a question, then its answer."""
        session = self._session
        request = session.request
        opening = f"{request.minutes} minutes, for {request.audience.replace('-', ' ')}"
        ready = "Have the handout and the contacts ready."
        yield Slide("Title", session.title, (opening, NOTICE_OF_SESSION), ready)
        plan = tuple(f"{times(one)}   {one.title}" for one in session.agenda)
        ends = f"Say when the {'breaks are' if self._does('break') else 'session ends'}."
        yield Slide("Points", "Today", plan, ends)
        care = grouped(session.care, lambda one: one.section)
        for name in (GROUND_RULES, TURN, IN_SHORT):
            yield from self._listed(name, care.pop(name, []), self._does("opening"))
        held = {one.section: one for one in session.objectives}
        # Of a block that has several lines, the first has what is learned in it.
        aims = {times(one): held.pop(one.block) for one in session.agenda if one.block in held}
        if aims:
            told = tuple(f"{time}   {authored(aim)}" for time, aim in aims.items())
            notes, sources = "Keep this short; each has its place in the agenda.", aims.values()
            title = "What you will be able to do"
            yield Slide("Points", title, told, notes, self._sources(sources))
        for name, said in care.items():
            title = f"{CARE}: {name[0].lower()}{name[1:]}" if name in DISCLOSURE else name
            yield from self._listed(title, said, self._does("care"))
        drawn: dict[str, Callable[[], Iterable[Slide]]] = {
            "page": partial(self._messages, "framework"),
            "guidance": partial(self._messages, "guidance", "note"),
            "discussion": self._talks,
            "exercise": self._exercise,
            "quiz": self._quiz,
        }
        for line in session.agenda:
            if line.block == "break":
                yield Slide("Points", line.title, (times(line),), line.does.text)
            # A block may have several lines.
            yield from drawn.pop(line.block, tuple)()
        step = next((one.text for one in session.objectives if one.section == "close"), "")
        closing = tuple(filter(None, (step, "Where to turn: see the handout.")))
        yield Slide("Points", "Close", closing, self._does("close"))

    def _messages(self, *tiers: str) -> Iterator[Slide]:
        session = self._session
        for tier in tiers:
            name = MESSAGES[tier]
            does = self._does("page" if tier == "framework" else "guidance")
            tops = dict.fromkeys(one.top for one in session.columns) if tier == "framework" else ()
            for top in tops:
                columns = tuple(one for one in session.columns if one.top == top)
                sources = self._sources(item for one in columns for item in one.items)
                yield Slide("Diagram", top, (), does, sources, columns=columns)
            for one in [one for one in session.messages if one.kind == tier]:
                title = f"{name}: {clean(one.section)}" if one.section else name
                said = f"As of {day(one.as_of)}." if one.as_of else ""
                notes = "\n".join(filter(None, (does, said)))
                yield Slide("Quote", title, (authored(one),), notes, self._sources([one]))

    def _talks(self) -> Iterator[Slide]:
        for number, talk in enumerate(self._session.talks, 1):
            points = ("Points to bring in:", *map(dated, talk.points))
            notes = "\n".join((self._does("discussion"), *points))
            sources = self._sources([talk.question, *talk.points])
            asked = (authored(talk.question),)
            yield Slide("Quote", f"Discussion {number}", asked, notes, sources)

    def _exercise(self) -> Iterator[Slide]:
        made = self._session.exercise
        if made is None:
            return
        steps = (f"{one.minutes} min   {one.text}" for one in made.steps)
        notes = f"{self._does('exercise')}\nWhat good work shows: {made.look_for.text}"
        title = f"Exercise: {made.title}"
        yield Slide("Points", title, (authored(made.task), *steps), notes)
        for letter, talk in zip(LETTERS, made.situations, strict=False):
            asked, name = (authored(talk.question),), f"Situation {letter}"
            yield Slide("Quote", name, asked, "The next slide has the debrief.")
            yield from self._listed(f"{name}: what decides it", talk.points, notes)

    def _quiz(self) -> Iterator[Slide]:
        for item in self._session.quiz:
            name, asked = f"Question {item.id[1:]}", (clean(item.stem.text),)
            lettered = [*zip(LETTERS, item.options, strict=False)]
            pairs = [(f"{letter}.  {clean(one.text)}", one.right) for letter, one in lettered]
            options = tuple((text, False) for text, _ in pairs)
            yield Slide("Question", name, asked, self._does("quiz"), "", options)
            # The right ones are marked, and why each of these is right stands below.
            marked = [(f"{text}{'  (right)' * right}", right) for text, right in pairs]
            reasons = dict.fromkeys(clean(one.why) for one in item.options if one.right)
            shown = (*marked, *((one, False) for one in reasons))
            why = "\n".join(f"{letter}. {judged(one)}" for letter, one in lettered)
            sources = self._sources(one.evidence for one in item.options)
            yield Slide("Question", f"{name}: the answer", asked, why, sources, shown)

    def _does(self, block: str) -> str:
        return next((o.does.text for o in self._session.agenda if o.block == block), "")

    def _listed(self, title: str, said: Sequence[Statement], notes: str) -> Iterator[Slide]:
        if said:
            yield Slide("Points", title, tuple(map(dated, said)), notes, self._sources(said))

    def _sources(self, statements: Iterable[Statement]) -> str:
        cited = (one for said in statements for one in said.citations)
        named = [
            ", ".join((self._titles[name], *dict.fromkeys(clean(one.locator) for one in own)))
            for name, own in grouped(cited, lambda one: one.source_id).items()
        ]
        return f"Sources: {'; '.join(named)}." if named else ""
