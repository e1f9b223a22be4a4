"""Signpost from Python: open it, ask it; what it replies prints itself, in a notebook too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from assistant.errors import IndexMissing
from assistant.records import NO_FILTERS, Answer, Citation, Filters, Found, Question
from assistant.settings import Settings
from corpus.passage import Corpus

if TYPE_CHECKING:
    from assistant.foreign import Foreign
    from assistant.pipeline import Assistant


class Reply(NamedTuple):
    """An answer that prints itself, with numbered citations and their sources."""

    answer: Answer
    """The record: status, statements, citations, completeness; see `assistant.records`."""

    corpus: Corpus
    """The edition that it cites."""

    @property
    def works(self) -> tuple[str, ...]:
        """The places that are cited, in the order of their numbers: `title, locator`."""
        return tuple(self._read()[1])

    def _said(self) -> Iterator[tuple[str, str, tuple[Citation, ...]]]:
        """Give what is said: its kind, which is a tag of HTML, its text, and what it cites."""
        answer = self.answer
        if answer.signposting:
            yield from (("p", line, ()) for line in answer.signposting.text.splitlines())
            for one in answer.signposting.services:
                yield "li", f"{one.name}: {one.purpose} {one.url}", ()
        section = ""
        for statement in answer.statements:
            if statement.section and statement.section != section:
                section = statement.section
                yield "h4", section, ()
            yield "p" if statement.kind == "note" else "li", statement.text, statement.citations
        if answer.nearest:
            yield "h4", "Closest, but not an answer", ()
        yield from (("li", one.quote, (one,)) for one in answer.nearest)
        for told in answer.completeness:
            yield "p", f"{told.listed} of {told.total} {told.label or told.facet}.", ()

    def _read(self) -> tuple[list[tuple[str, str]], dict[str, str]]:
        """Return the tag and text of each line, and each place cited with its first quote."""
        lines: list[tuple[str, str]] = []
        places: dict[str, str] = {}
        for tag, text, citations in self._said():
            cited = dict[str, None]()
            for one in citations:
                place = f"{self.corpus.source_by_id[one.source_id].title}, {one.locator}"
                places.setdefault(place, one.quote)
                cited[f" [{[*places].index(place) + 1}]"] = None
            lines.append((tag, text + "".join(cited)))
        return lines, places

    def __str__(self) -> str:
        lines, places = self._read()
        forms = {"h4": "\n{}", "p": "{}", "li": "- {}"}
        told = [forms[tag].format(text) for tag, text in lines]
        sources = [f"[{number}] {place}" for number, place in enumerate(places, start=1)]
        return "\n".join([f"({self.answer.status})", *told, *(["", *sources] if sources else [])])

    def _repr_html_(self) -> str:
        """Return the answer as inert HTML, for a notebook."""
        lines, places = self._read()
        html = f"<p><b>{escape(self.answer.status)}</b></p>"
        for tag, same in groupby(lines, key=itemgetter(0)):
            told = "".join(f"<{tag}>{escape(text)}</{tag}>" for _, text in same)
            html += f"<ul>{told}</ul>" if tag == "li" else told
        sources = "".join(
            f"<li>{escape(place)}: <q>{escape(quote)}</q></li>" for place, quote in places.items()
        )
        return f"<div>{html}{f'<ol>{sources}</ol>' if sources else ''}</div>"


class Signpost:
    """An open index, and what answers from it."""

    def __init__(self, assistant: Assistant | Foreign) -> None:
        self.assistant = assistant

    @classmethod
    def open(cls, home: Path | str | None = None) -> Self:
        """Open the index of a home, or of `SIGNPOST_HOME`.

        Where none was ever built, it is built first, in half a minute. A `SignpostError` says in a
        sentence what to do.
        """
        from assistant.opening import build_shipped, open_assistant

        settings = Settings.from_environment()
        if home is not None:
            settings = settings.model_copy(update={"home": Path(home)})
        try:
            return cls(open_assistant(settings))
        except IndexMissing:
            build_shipped(settings)
        return cls(open_assistant(settings))

    def ask(
        self, question: str, *, turns: Sequence[str] = (), filters: Filters = NO_FILTERS
    ) -> Reply:
        """Answer a question with citations, or say why it is not answered.

        Turns are earlier questions of the same conversation, oldest first. `QuestionError` where it
        is empty, too long or not text, or a filter names what is not there.
        """
        asked = Question(text=question, turns=tuple(turns), filters=filters)
        return Reply(self.assistant.ask(asked), self.assistant.corpus)

    def search(self, text: str, k: int = 10, *, filters: Filters = NO_FILTERS) -> Found:
        """Return the `k` passages that fit best, or the reply that is due; raises as `ask` does."""
        return self.assistant.find(text, k, (), filters)
