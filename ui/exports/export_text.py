"""Answers as plain text: as the terminal prints them, with question, status and edition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.records import Answer
from corpus.passage import Corpus
from ui.exports.answer_document import STATUSES, day_of, edition_of
from ui.words.answer_text import answer_as_text, wrapped
from ui.words.phrases import clean, day

RULE = "-" * 72
"""Stands between two answers."""


def answers_as_text(answers: Sequence[Answer], corpus: Corpus, title: str = "") -> str:
    """Return answers as plain text with numbered citations, each with its sources.

    Raises:
        CorpusError: an answer cites what this edition does not have.
    """
    head = f"{clean(title)}\n\n" if clean(title) else ""
    told = f"\n\n{RULE}\n\n".join("\n".join(_answer(one, corpus)) for one in answers)
    end = f"{edition_of(corpus)} Written on {day(day_of(answers))}."
    return f"{head}{told}\n\n{RULE}\n{end}\n"


def _answer(answer: Answer, corpus: Corpus) -> Iterator[str]:
    yield from wrapped(f"Question: {' '.join(clean(answer.question).split())}")
    yield f"Status: {STATUSES[answer.status]}"
    yield ""
    # What could be asked next is of use on the page only.
    yield answer_as_text(answer.model_copy(update={"follow_ups": ()}), corpus)
