"""Quotes of the corpus for a session: items, sentences of notes, entries of the glossary."""

from __future__ import annotations

import re
from datetime import date

from assistant.answering.guidance import said
from assistant.answering.sentences import Sentence
from assistant.citing.citations import Quoting, cite_from
from assistant.records import Citation, Statement
from assistant.sessions.session_truth import YEAR, body_in
from corpus.passage import Span
from corpus.readers.notes import OWN, PREFIX, Note
from corpus.structure.graph import Item
from corpus.structure.terms import Term
from corpus.text import whole_words
from corpus.whole import Whole

_ASIDE = ("In the framework", "Limits")
"""Headings under which a note speaks of itself or of the framework."""


class Quotes(Quoting):
    """Statements that quote, from a whole corpus on a day."""

    def __init__(self, whole: Whole, today: date) -> None:
        """Keep the corpus and the day as of which it is quoted."""
        super().__init__(whole.framework)
        self.whole = whole
        self.today = today

    def label(self, item: Item) -> Statement:
        """Quote what an item is called: its title, or its words where it has none."""
        return self.joined([self.title(item) if item.title else self.words(item)])

    def sentences(
        self, note: Note, heading: str | None = None, *, aside: bool = False
    ) -> list[Statement]:
        """Quote a note's sentences one by one, in reading order.

        Args:
            note: which note.
            heading: only what stands under it; else all but what is said of the note itself.
            aside: take what is said of the note itself too.
        """
        found = []
        for number, section in enumerate(note.sections, start=1):
            if not section.sentences:
                continue
            left_out = () if aside else _ASIDE
            if section.heading != heading if heading is not None else section.heading in left_out:
                continue
            passage = self.whole.corpus.passage(f"{PREFIX}{note.front.id}#{number}")
            found += [
                said(Sentence(passage, span, at), self.whole.corpus, self.today)
                for at, span in enumerate(passage.sentences)
            ]
        return found

    def published(self, note: Note) -> list[Statement]:
        """Quote the sentences that rest on a published work, and not on our judgement."""
        return [one for one in self.sentences(note) if OWN not in one.citations[0].grounds]

    def year(self, statement: Statement) -> str:
        """Return the one year that a sentence names; empty for none or several."""
        found = YEAR.findall(statement.text)
        return found[0] if len(found) == 1 and statement.kind == "guidance" else ""

    def body(self, statement: Statement) -> str:
        """Return the one body that a sentence names and rests on; empty for none or several."""
        return body_in(statement.citations[0], self.whole) if statement.kind == "guidance" else ""

    def place(self, statement: Statement) -> str:
        """Return the passage and the number of the sentence that a statement quotes: `id@2`."""
        cited = statement.citations[0]
        spans = self.whole.corpus.passage(cited.passage_id).sentences
        number = next(at for at, span in enumerate(spans) if span.start == cited.start)
        return f"{cited.passage_id}@{number}"

    def term(self, term: Term, most: int = 1) -> Statement:
        """Quote the first sentences of a glossary entry, under its term."""
        passage = self.whole.corpus.passage(term.id)
        last = passage.sentences[min(most, len(passage.sentences)) - 1]
        cited = self.cited(term.id, Span(start=0, end=last.end))
        source = self.whole.corpus.source_by_id[passage.source_id]
        return Statement(
            text=cited.quote,
            kind="guidance",
            citations=(cited,),
            section=term.term,
            past_review=bool(source.review_by)
            and date.fromisoformat(source.review_by) < self.today,
        )

    def cited(self, passage_id: str, span: Span | None = None) -> Citation:
        """Cite a passage, or a span of it."""
        return cite_from(self.whole.corpus, passage_id, span)

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
