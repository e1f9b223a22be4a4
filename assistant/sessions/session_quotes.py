"""Quotes of the corpus for a session: items, sentences of notes, entries of the glossary.

The file `points.toml` beside this module names the sentences that a note gives to a session and
those that every session opens with; it has what trainers and participants are told to do.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from assistant.answering.guidance import said
from assistant.answering.sentences import Sentence
from assistant.citing.citations import Quoting, cite_from, note
from assistant.errors import SessionError
from assistant.records import Statement
from assistant.sessions.session import AUDIENCES, Audience
from corpus.passage import Record, Span
from corpus.readers.glossary import Term
from corpus.readers.notes import PREFIX, Note
from corpus.structure.graph import Item
from corpus.text import whole_words
from corpus.whole import Whole

FILE = Path(__file__).with_name("points.toml")

CARE = ("safe-training-sessions", "receiving-a-disclosure", "staff-wellbeing")
"""Notes that every session opens with; they are no topic of it."""


class Point(Record):
    """What a note gives to a session."""

    say: tuple[str, ...] = ()
    """Words of its sentences that are worth saying, the most useful first."""

    can: str = ""
    """What somebody can do with it, as a verb and its object, without a comma."""

    ask: str = ""
    """A question to discuss on it."""

    audiences: tuple[Audience, ...] = AUDIENCES
    """Whose work it bears on."""


class Care(Record):
    """What a session opens with."""

    section: str
    text: str = ""
    """In words of ours, or else empty."""

    rests_on: str = ""
    """A note and words of its sentence: `staff-wellbeing: To feel distressed`."""

    audiences: tuple[Audience, ...] = AUDIENCES


class Points(Record):
    """What the file names."""

    care: tuple[Care, ...]
    before: tuple[str, ...]
    tasks: tuple[str, ...]
    steps: tuple[str, ...]
    harder: str
    look_for: str
    does: dict[str, str]
    note: dict[str, Point]


@cache
def points() -> Points:
    """Return what the file names."""
    return Points.model_validate(tomllib.loads(FILE.read_text(encoding="utf-8")))


class Quotes(Quoting):
    """Statements that quote, from a whole corpus on a day."""

    def __init__(self, whole: Whole, today: date) -> None:
        """Keep the corpus and the day as of which it is quoted."""
        super().__init__(whole.framework)
        self.whole = whole
        self.today = today
        self._notes = {one.front.id: one for one in whole.notes}

    def label(self, item: Item) -> Statement:
        """Quote what an item is called: its title, or its words where it has none."""
        return self.joined([self.title(item) if item.title else self.words(item)])

    def sentences(self, note: Note) -> list[Statement]:
        """Quote a note's sentences one by one, each with the day for which its sources speak."""
        found = []
        for number, section in enumerate(note.sections, start=1):
            if section.sentences:
                passage = self.whole.corpus.passage(f"{PREFIX}{note.front.id}#{number}")
                for at, span in enumerate(passage.sentences):
                    one = said(Sentence(passage, span, at), self.whole.corpus, self.today)
                    days = [work.date for work in one.citations[0].references]
                    found.append(one.model_copy(update={"as_of": max(days, default="")}))
        return found

    def points(self, note: Note) -> list[Statement]:
        """Quote what is worth saying of a note, the most useful first; all if none is named."""
        all_said = [one for one in self.sentences(note) if not one.past_review]
        point = points().note.get(note.front.id, Point())
        named = {one.text: one for words in point.say for one in all_said if words in one.text}
        return [*named.values()] or [one for one in all_said[1:] if one.citations[0].references]

    def care(self, audience: Audience) -> tuple[Statement, ...]:
        """Return what a session for an audience opens with.

        Raises:
            SessionError: a note that it has to rest on is missing or past its review.
        """
        for name in CARE:
            held = self._notes.get(name)
            if held is None or held.front.review_by < self.today:
                raise SessionError(
                    f"No session can be made: the note {name!r} is missing or past its review;"
                    " see to it first."
                )
        pairs = (
            (self.sentence(one.rests_on) if one.rests_on else note(one.text), one.section)
            for one in points().care
            if audience in one.audiences
        )
        return tuple(one.model_copy(update={"section": section}) for one, section in pairs if one)

    def sentence(self, place: str) -> Statement | None:
        """Quote the sentence of a note that holds some words, if it stands on the day."""
        name, _, words = place.partition(": ")
        held = self._notes.get(name)
        said_ = self.sentences(held) if held else ()
        return next((one for one in said_ if words in one.text and not one.past_review), None)

    def term(self, term: Term) -> Statement:
        """Quote the first sentence of a glossary entry, under its term."""
        passage = self.whole.corpus.passage(term.id)
        span = Span(start=0, end=passage.sentences[0].end)
        cited = cite_from(self.whole.corpus, term.id, span)
        source = self.whole.corpus.source_by_id[passage.source_id]
        return Statement(
            text=cited.quote,
            kind="guidance",
            citations=(cited,),
            section=term.term,
            past_review="" < source.review_by < self.today.isoformat(),
        )

    @staticmethod
    def mentions(text: str, wording: str) -> bool:
        """Tell whether a text uses a wording as words of its own; capitals count if it has any.

        >>> Quotes.mentions("The ICSE database", "ICSE"), Quotes.mentions("Unite", "UN")
        (True, False)
        """
        # Most wordings are nowhere in it, and looking for letters alone is quick.
        if wording.lower() not in text.lower():
            return False
        flags = 0 if wording != wording.lower() else re.IGNORECASE
        forms = (wording, f"{wording}s") if wording[-1].isalpha() else (wording,)
        return whole_words(forms, flags=flags).search(text) is not None
