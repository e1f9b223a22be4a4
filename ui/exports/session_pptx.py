"""The slides of a session as PPTX: one idea on each, and what the trainer says in the notes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import pptx
from pptx.slide import Slide as Page
from pptx.util import Inches, Pt

from assistant.records import Statement
from assistant.sessions.session import Column, Session
from assistant.sessions.session_build import DISCLOSURE, GROUND_RULES, IN_SHORT, TOLD, TURN
from ui.exports.session_files import (
    ABLE,
    CARE,
    LETTERS,
    MESSAGES,
    NOTICE_OF_SESSION,
    authored,
    dated,
    judged,
    times,
    works_of,
)
from ui.words.phrases import clean, grouped

REFERENCE = Path(__file__).with_name("reference.pptx")
"""All layouts and colours stand in it; an office program edits them."""

SIZES: Mapping[str, Mapping[int, tuple[tuple[int, int], ...]]] = {
    "Points": {1: ((600, 22), (700, 18))},
    "Quote": {1: ((130, 34), (240, 28), (380, 24))},
    "Question": {1: ((190, 24), (300, 20)), 14: ((600, 20),)},
}
"""Letters in points by how many characters a placeholder holds, up to each; whatever is longer has
letters of 16."""

ROOM = 560  # Characters of a list from which it is divided among slides.


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
        drawn: dict[str, Callable[[], Iterable[Slide]]] = {
            "opening": self._opening,
            "care": self._care,
            "page": partial(self._messages, "framework"),
            "guidance": partial(self._messages, "guidance", "note"),
            "discussion": self._talks,
            "exercise": self._exercise,
            "quiz": self._quiz,
            "close": self._close,
        }
        for line in session.agenda:
            if line.block == "break":
                slides, minutes = [Slide("Points", line.title, (times(line),))], line.minutes
            else:
                # A block may have several lines; the first has all slides.
                slides = [*drawn.pop(line.block, tuple)()]
                minutes = sum(o.minutes for o in session.agenda if o.block == line.block)
            for at, slide in enumerate(slides):
                # All of them together last as long as the block.
                own = minutes * (at + 1) // len(slides) - minutes * at // len(slides)
                about = f"About {own} min." if own else "Less than a minute."
                notes = (about, "" if at else line.does.text, slide.notes)
                yield slide._replace(notes="\n".join(filter(None, notes)))

    def _opening(self) -> Iterator[Slide]:
        session, request = self._session, self._session.request
        opening = f"{request.minutes} minutes, for {request.audience.replace('-', ' ')}"
        ready = "Have the handout and the contacts ready."
        yield Slide("Title", session.title, (opening, NOTICE_OF_SESSION), ready)
        plan = tuple(f"{times(one)}   {one.title}" for one in session.agenda)
        yield Slide("Points", "Today", plan)
        for name in (GROUND_RULES, TURN, IN_SHORT):
            yield from self._listed(name, [one for one in session.care if one.section == name])
        yield from self._listed(ABLE, session.objectives)

    def _care(self) -> Iterator[Slide]:
        told = [one for one in self._session.care if one.section in TOLD]
        is_long = sum(len(one.text) for one in told if one.section in DISCLOSURE) > ROOM

        def title(said: Statement) -> str:
            name = said.section
            long = f"{CARE}: {name[0].lower()}{name[1:]}" if is_long else CARE
            return long if name in DISCLOSURE else name

        for name, said in grouped(told, title).items():
            yield from self._listed(name, said)

    def _close(self) -> Iterator[Slide]:
        steps = [one.text for one in self._session.objectives if one.section == "close"]
        yield Slide("Points", "Close", (*steps, "Where to turn: see the handout."))

    def _messages(self, *tiers: str) -> Iterator[Slide]:
        session = self._session
        for tier in tiers:
            name = MESSAGES[tier]
            tops = dict.fromkeys(one.top for one in session.columns) if tier == "framework" else ()
            for top in tops:
                columns = tuple(one for one in session.columns if one.top == top)
                sources = self._sources(item for one in columns for item in one.items)
                yield Slide("Diagram", top, (), "", sources, columns=columns)
            for one in [one for one in session.messages if one.kind == tier]:
                title = f"{name}: {clean(one.section)}" if one.section else name
                yield Slide("Quote", title, (dated(one),), "", self._sources([one]))

    def _talks(self) -> Iterator[Slide]:
        for number, talk in enumerate(self._session.talks, 1):
            said = [dated(one) for one in talk.points]
            notes = "\n".join(("Points to bring in:", *said) if said else ())
            sources = self._sources([talk.question, *talk.points])
            yield Slide("Quote", f"Discussion {number}", (authored(talk.question),), notes, sources)

    def _exercise(self) -> Iterator[Slide]:
        made = self._session.exercise
        if made is None:
            return
        steps = (f"{one.minutes} min   {one.text}" for one in made.steps)
        notes = f"What good work shows: {made.look_for.text}"
        yield Slide("Points", f"Exercise: {made.title}", (authored(made.task), *steps), notes)
        shown = {said.text for said in self._session.messages}
        lettered = [*zip(LETTERS, made.situations, strict=False)]
        for letter, talk in lettered:
            asked = (authored(talk.question),)
            yield Slide("Quote", f"Situation {letter}", asked, "The debriefs come after the last.")
        for letter, talk in lettered:
            # What decides it comes first; of the others, what a slide had before is only named.
            again = [dated(one) for one in talk.points[1:] if one.text in shown]
            notes = "\n".join(("From the key messages:", *again) if again else ())
            new = [*talk.points[:1], *(one for one in talk.points[1:] if one.text not in shown)]
            yield from self._listed(f"Situation {letter}: what decides it", new, notes)

    def _quiz(self) -> Iterator[Slide]:
        for item in self._session.quiz:
            name, asked = f"Question {item.id[1:]}", (clean(item.stem.text),)
            lettered = [*zip(LETTERS, item.options, strict=False)]
            pairs = [(f"{letter}.  {clean(one.text)}", one.right) for letter, one in lettered]
            options = tuple((text, False) for text, _ in pairs)
            yield Slide("Question", name, asked, "", "", options)
            # Why the right ones are right stands above; they are marked.
            marked = tuple((f"{text}{'  (right)' * right}", right) for text, right in pairs)
            reasons = tuple(dict.fromkeys(clean(o.why) for o in item.options if o.right))
            why = [f"{letter}. {judged(one)}" for letter, one in lettered]
            why += [f"A good reply: {item.good}"] if item.good else []
            sources = self._sources(one.evidence for one in item.options)
            yield Slide("Question", f"{name}: the answer", reasons, "\n".join(why), sources, marked)

    def _listed(self, title: str, said: Sequence[Statement], notes: str = "") -> Iterator[Slide]:
        """Yield a list on as many slides as it needs, about as much on each."""
        ends = [*accumulate(len(dated(one)) for one in said)]
        count = -(-ends[-1] // ROOM) if ends else 1
        # By the place of its last character.
        pages = grouped(zip(said, ends, strict=True), lambda o: (o[1] - 1) * count // ends[-1])
        for at, page in enumerate(pages.values(), 1):
            name = f"{title} ({at} of {len(pages)})" if len(pages) > 1 else title
            own = [one for one, _ in page]
            yield Slide("Points", name, tuple(map(dated, own)), notes, self._sources(own))

    def _sources(self, statements: Iterable[Statement]) -> str:
        """Name the works that statements rest on; else the sources themselves."""
        cited = [one for said in statements for one in said.citations]
        named = [works_of([one]) or self._titles[one.source_id] for one in cited]
        return f"Sources: {'; '.join(dict.fromkeys(named))}." if named else ""
