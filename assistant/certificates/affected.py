"""Saved answers beside a new edition: which of them cite something that changed."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import JsonValue, TypeAdapter, ValidationError

from assistant.errors import BatchError
from assistant.home import read_text
from assistant.records import Answer, Completeness
from corpus.editions.difference import Difference
from corpus.passage import Corpus, Record, fault_of

Fate = Literal["stands", "moved", "gone"]


class SavedAnswer(Record):
    """An answer that somebody kept, under its id in the file, or `line 3`."""

    id: str
    answer: Answer


class Quote(Record):
    """A quote from a passage that changed."""

    passage_id: str
    quote: str
    fate: Fate
    now: str
    """The passage of the same source that has it verbatim, or empty."""


class Recount(Record):
    """A count that an answer gives and that no longer holds."""

    facet: str
    group: str
    """What was counted (`outcomes`), and whose: the id of an item, or of the source."""

    total: int
    now: int


class Affected(Record):
    """An answer that needs to be looked at, and why."""

    id: str
    question: str
    changed: dict[str, tuple[str, ...]]
    """Passages that it cites, or that its citations rest on, with what happened to each."""

    quotes: tuple[Quote, ...]
    counts: tuple[Recount, ...]


class Matching(Record):
    """Saved answers beside a new edition: how many, and those to be looked at, in their order."""

    total: int
    affected: tuple[Affected, ...]
    foreign: tuple[str, ...]
    """Answers made with another edition than the old one, which were matched all the same."""


def read_answers(path: Path) -> tuple[SavedAnswer, ...]:
    """Read saved answers: one answer as JSON, or rows of a batch or bare answers, one a line.

    `BatchError` where there are none; of a line that is none, the error names the line.
    """
    wanted = "name what 'signpost ask --json' or '--batch' gave"
    text = read_text(path, BatchError, "The answers", wanted)
    if not text.strip():
        raise BatchError(f"The answers {path} are empty; save them with 'signpost ask --json'.")
    try:
        # `ask --json` prints one answer over many lines.
        lines = [json.dumps(json.loads(text))]
    except (ValueError, RecursionError):
        lines = text.split("\n")
    answers = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = TypeAdapter(dict[str, JsonValue]).validate_json(line)
            answer = Answer.model_validate(row.get("answer", row))
        except ValidationError as error:
            said = f"{path}, line {number} is no saved answer: {fault_of(error)}"
            told = f"{said}; write what 'signpost ask --json' or '--batch' gave."
            raise BatchError(told) from None
        # A bare answer has no id.
        answers.append(SavedAnswer(id=str(row.get("id", f"line {number}")), answer=answer))
    return tuple(answers)


def match_answers(
    answers: Sequence[SavedAnswer], difference: Difference, old: Corpus, new: Corpus, digest: str
) -> Matching:
    """Find the answers, made with an old edition, that something which changed concerns."""
    found = (_affected(saved, difference, old, new) for saved in answers)
    return Matching(
        total=len(answers),
        affected=tuple(one for one in found if one.changed or one.counts),
        foreign=tuple(one.id for one in answers if one.answer.provenance.corpus != digest),
    )


def _affected(saved: SavedAnswer, difference: Difference, old: Corpus, new: Corpus) -> Affected:
    answer = saved.answer
    said = (cited for statement in answer.statements for cited in statement.citations)
    citations = tuple(dict.fromkeys((*said, *answer.nearest)))
    named = [one for cited in citations for one in (cited.passage_id, *cited.grounds)]
    # An answer of another edition may quote what neither of the two says.
    unsaid = {
        one.passage_id: ("reworded",)
        for one in citations
        if not ((held := new.by_id.get(one.passage_id)) and one.quote in held.text)
    }
    reasons = unsaid | difference.reasons
    return Affected(
        id=saved.id,
        question=answer.question,
        changed={one: reasons[one] for one in dict.fromkeys(named) if one in reasons},
        quotes=tuple(
            find_quote(one.quote, id_, one.source_id, new, difference.moved.get(id_, ""))
            for one in citations
            if (id_ := one.passage_id) in reasons
        ),
        counts=tuple(
            dict.fromkeys(
                Recount(facet=one.facet, group=one.group, total=one.total, now=now)
                for one in answer.completeness
                # Where our count of the old edition is not the answer's, we count something else.
                if len(counted(old, one)) == one.total != (now := len(counted(new, one)))
            )
        ),
    )


def find_quote(
    quote: str, passage_id: str, source_id: str, corpus: Corpus, moved: str = ""
) -> Quote:
    """Find where quoted words stand now; `moved` is what their passage became, if that is known."""
    others = (passage for passage in corpus.passages if passage.source_id == source_id)
    places = [corpus.by_id.get(passage_id), corpus.by_id.get(moved), *others]
    now = next((place.id for place in places if place and quote in place.text), "")
    fate: Fate = "stands" if now == passage_id else "moved" if now else "gone"
    return Quote(passage_id=passage_id, quote=quote, fate=fate, now=now)


def counted(corpus: Corpus, asked: Completeness) -> frozenset[str]:
    """Return the passages under an item, at any depth, whose last heading names the facet."""
    found = []
    for passage in corpus.passages:
        if passage.heading_path[-1:] == (asked.facet,):
            above, at = {passage.source_id}, corpus.by_id.get(passage.id)
            while at and (parent := at.facets.get("parent", "")):
                above.add(parent)
                at = corpus.by_id.get(parent)
            if asked.group in above:
                found.append(passage.id)
    return frozenset(found)
