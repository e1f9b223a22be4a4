"""What a reader sees of an answer, in order: numbered references, sections, plain sentences.

The terminal form and the page are two drawings of this one outline.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Self

from assistant.answer import Answer, Citation, Completeness, Statement, Status
from corpus.errors import CorpusError
from corpus.passage import Corpus, Correction, Passage, Record, Source, Span, Tier

TIER_NAMES: dict[str, str] = {
    "framework": "Framework text",
    "guidance": "Guidance note",
    "document": "Your own document",
    "note": "Signpost's own note",
}
"""What each kind of statement is called; tiers always carry their name, never only a colour."""

NOTICE = "Signpost wrote this answer automatically. Check the source before you rely on it."
"""Stands under every answer."""

DIRECT = "closest; inferred link"
"""Stands with a statement that a link leads to which the source does not print."""

_REASONS = {
    "ambiguous": "The question can be read in more than one way. Say which you mean.",
    "below_threshold": "Nothing in the sources is close enough to the question to answer it.",
    "coverage_gap": "The sources say nothing about this.",
    "false_premise": "The question takes something as given that the sources do not say.",
}

_STATUSES: dict[Status, str] = {
    "answered": "",
    "partial": "The sources answer a part of the question, not all of it.",
    "not_covered": "The sources do not answer this question.",
    "clarify": "Say a little more about what you mean, and ask again.",
    "out_of_scope": "This is not a question about protecting children from abuse online.",
    "declined": "Signpost does not help with this.",
    "safeguarding": "",
}

_INVISIBLE = frozenset({0x034F, 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0})
"""Characters that draw nothing although Unicode counts them as letters, marks or symbols."""


class Reference(Record):
    """One cited place, under the number that the reader sees."""

    number: int
    """From 1, in order of first mention."""

    citation: Citation
    """The words."""

    passage: Passage
    """Where they stand."""

    source: Source
    """Whose they are."""


class Line(Record):
    """One statement with the numbers of what it rests on."""

    statement: Statement
    """The statement."""

    numbers: tuple[int, ...]
    """Numbers of its references, ascending."""

    doubts: tuple[str, ...]
    """Doubts about its words; a note carries none, since it does not repeat them."""


class Section(Record):
    """Statements under one heading."""

    heading: str
    """Empty for what opens an answer."""

    lines: tuple[Line, ...]
    """In reading order."""

    @property
    def tiers(self) -> tuple[tuple[str, tuple[Line, ...]], ...]:
        """Runs of lines of one kind, so that no drawing can blend two tiers."""
        runs: list[tuple[str, tuple[Line, ...]]] = []
        for line in self.lines:
            kind = line.statement.kind
            if runs and runs[-1][0] == kind:
                runs[-1] = (kind, (*runs[-1][1], line))
            else:
                runs.append((kind, (line,)))
        return tuple(runs)


class Outline(Record):
    """An answer as a reader meets it."""

    answer: Answer
    """The answer itself."""

    understood: str
    """The question as understood, where that differs from what was typed."""

    reason: str
    """Why there is no full answer, as one sentence; empty where there is one."""

    sections: tuple[Section, ...]
    """The opening first, if there is one."""

    completeness: str
    """What is listed of what there is, as one sentence; empty where nothing was counted."""

    references: tuple[Reference, ...]
    """Everything cited, by number."""

    nearest: tuple[int, ...]
    """Numbers of the closest passages, where there is no answer."""

    @classmethod
    def of(cls, answer: Answer, corpus: Corpus) -> Self:
        """Lay out an answer.

        Raises:
            CorpusError: a citation names a passage that this edition does not have, or its quote
                does not stand where it says.
        """
        references = _number(answer, corpus)
        numbers = {_place(reference.citation): reference.number for reference in references}
        typed, resolved = (
            " ".join(clean(text).split()) for text in (answer.question, answer.resolved_question)
        )
        return cls(
            answer=answer,
            understood="" if resolved.casefold() == typed.casefold() else resolved,
            reason=reason_of(answer),
            sections=_sections(answer.statements, numbers),
            completeness=_counted(answer.completeness, corpus),
            references=references,
            nearest=tuple(numbers[_place(citation)] for citation in answer.nearest),
        )


def clean(text: str, *, breaks: bool = False) -> str:
    """Return `text` without what no reader can see: controls, zero-width and tag characters.

    Line breaks and tabs become spaces, unless `breaks` keeps the line breaks.
    """
    return "".join(_visible(character, breaks=breaks) for character in text).strip()


def reason_of(answer: Answer) -> str:
    """Return why there is no full answer, as one plain sentence."""
    if answer.status in ("answered", "safeguarding"):
        return ""
    if answer.status == "partial":
        reason = _STATUSES["partial"]
    else:
        reason = _REASONS.get(answer.reason, _STATUSES[answer.status])
    missed = sum(part.status not in ("answered", "partial") for part in answer.parts)
    if answer.status != "partial" or not missed:
        return reason
    return f"There is no answer to {missed} of the {len(answer.parts)} things you asked. {reason}"


def ranges(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Join runs of three or more numbers; shorter ones stay apart.

    >>> ranges([1, 2, 3, 4, 7, 8])
    ((1, 4), (7, 7), (8, 8))
    """
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return tuple(part for run in runs for part in _apart(run))


def where(reference: Reference) -> str:
    """Say where in its source a reference stands: `lines 145-147`."""
    lines = reference.citation.lines or reference.passage.lines
    if lines is None:
        return clean(reference.citation.locator)
    return f"line {lines}" if lines.first == lines.last else f"lines {lines}"


def publication(source: Source) -> str:
    """Name a source as a reader would cite it: title, publisher, edition, year."""
    parts = (source.title, source.publisher, source.version, source.published)
    return ", ".join(clean(part) for part in parts if part)


def sentence_of(text: str) -> str:
    """Return `text` with a capital letter in front and a full stop behind."""
    text = clean(text)
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".?!…" else ".")


def reference_to(citation: Citation, corpus: Corpus, *, number: int) -> Reference:
    """Find the passage and the source of a citation.

    Raises:
        CorpusError: this edition has no such passage, or other words stand at that place.
    """
    passage = corpus.passage(citation.passage_id)
    if Span(start=citation.start, end=citation.end).of(passage.text) != citation.quote:
        raise CorpusError(f"A quote is not at its place in {passage.id}; ask the question again.")
    source = corpus.source_by_id[passage.source_id]
    return Reference(number=number, citation=citation, passage=passage, source=source)


def tier_name(tier: Tier | str) -> str:
    """Return what a tier, or the kind of a statement, is called."""
    return TIER_NAMES[tier]


def change_of(correction: Correction) -> str:
    """Say in a few words what a correction changed."""
    printed, reads = clean(correction.printed), clean(correction.reads)
    if not printed:
        return f"“{reads}” is supplied; it is not printed"
    if not reads:
        return f"“{printed}” is printed, and left out"
    return f"“{printed}” is printed, “{reads}” is read"


def _visible(character: str, *, breaks: bool) -> str:
    if character == "\n" and breaks:
        return "\n"
    if character in "\t\n\r\v\f\u0085\u2028\u2029":
        return " "
    point = ord(character)
    selects_a_variant = 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")
    return "" if hidden or selects_a_variant or point in _INVISIBLE else character


def _apart(run: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    first, last = run
    if last - first >= 2:
        return (run,)
    return tuple((number, number) for number in range(first, last + 1))


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.passage_id, citation.start, citation.end


def _number(answer: Answer, corpus: Corpus) -> tuple[Reference, ...]:
    cited = [citation for statement in answer.statements for citation in statement.citations]
    found: dict[tuple[str, int, int], Reference] = {}
    for citation in (*cited, *answer.nearest):
        if _place(citation) not in found:
            found[_place(citation)] = reference_to(citation, corpus, number=len(found) + 1)
    return tuple(found.values())


def _sections(
    statements: tuple[Statement, ...], numbers: dict[tuple[str, int, int], int]
) -> tuple[Section, ...]:
    headings: dict[str, list[Line]] = {"": []}
    for statement in statements:
        places = {numbers[_place(citation)] for citation in statement.citations}
        line = Line(
            statement=statement, numbers=tuple(sorted(places)), doubts=_doubts_of(statement)
        )
        headings.setdefault(clean(statement.section), []).append(line)
    filled = ((heading, lines) for heading, lines in headings.items() if lines)
    return tuple(Section(heading=heading, lines=tuple(lines)) for heading, lines in filled)


def _doubts_of(statement: Statement) -> tuple[str, ...]:
    if statement.kind == "note":
        return ()
    doubts = (doubt for citation in statement.citations for doubt in citation.doubts)
    return tuple(dict.fromkeys(sentence_of(doubt) for doubt in doubts))


def _counted(counts: tuple[Completeness, ...], corpus: Corpus) -> str:
    groups = dict.fromkeys(count.group for count in counts)
    clauses = []
    for group in groups:
        clause = ", ".join(_count(count) for count in counts if count.group == group)
        clauses.append(clause if len(groups) == 1 else f"{_name(group, corpus)}: {clause}")
    if not clauses:
        return ""
    whole = all(count.listed == count.total for count in counts)
    return f"{'Complete' if whole else 'Not complete'}: {'; '.join(clauses)}."


def _count(count: Completeness) -> str:
    return f"{count.listed} of {count.total} {clean(count.label or count.facet)}"


def _name(group: str, corpus: Corpus) -> str:
    if group in corpus.source_by_id:
        return clean(corpus.source_by_id[group].title)
    passage = corpus.by_id.get(group)
    return clean(passage.text) if passage else group
