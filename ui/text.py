"""An answer for the terminal: headings, numbered citations, sources underneath."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from assistant.answer import Answer, Signposting
from corpus.passage import Corpus
from ui.outline import (
    DIRECT,
    NOTICE,
    Line,
    Outline,
    Reference,
    Section,
    change_of,
    clean,
    publication,
    ranges,
    sentence_of,
    tier_name,
    where,
)

_KEPT = "\N{NO-BREAK SPACE}"


def answer_as_text(answer: Answer, corpus: Corpus, width: int = 88) -> str:
    """Return an answer as text for a terminal, without a newline at the end.

    Args:
        answer: The answer.
        corpus: The edition that it cites.
        width: Longest line, in characters; at least 40.
    """
    return "\n".join(_lines(Outline.of(answer, corpus), max(width, 40)))


def _lines(outline: Outline, width: int) -> Iterator[str]:
    blocks = [
        list(_head(outline, width)),
        *(list(_section(section, width)) for section in outline.sections),
        list(_nearest(outline, width)),
        _wrap(outline.completeness, width),
        list(_sources(outline, width)),
        list(_follow_ups(outline.answer, width)),
        [] if outline.answer.signposting else _wrap(NOTICE, width),
    ]
    filled = [block for block in blocks if block]
    for number, block in enumerate(filled):
        if number:
            yield ""
        yield from block


def _head(outline: Outline, width: int) -> Iterator[str]:
    if outline.understood:
        yield from _wrap(f"Understood as: {outline.understood}", width)
    if outline.answer.signposting:
        yield from _signposting(outline.answer.signposting, width)
    yield from _wrap(outline.reason, width)


def _signposting(signposting: Signposting, width: int) -> Iterator[str]:
    for paragraph in clean(signposting.text, breaks=True).split("\n"):
        yield from _wrap(paragraph, width) or [""]
    for service in signposting.services:
        yield ""
        yield from _wrap(clean(service.name), width)
        about = (service.purpose, service.region, service.url)
        for part in about:
            yield from _wrap(clean(part), width, indent="  ")


def _section(section: Section, width: int) -> Iterator[str]:
    if section.heading:
        yield from _wrap(section.heading, width)
    indent = "  " if section.heading else ""
    for line in section.lines:
        yield from _statement(line, width, indent)


def _statement(line: Line, width: int, indent: str) -> Iterator[str]:
    kind = line.statement.kind
    label = {"framework": "", "note": "Note: "}.get(kind, f"{tier_name(kind)}: ")
    text = f"{label}{clean(line.statement.text)}"
    cited = "".join(f"[{_range(run)}]" for run in ranges(line.numbers))
    bullet = "- " if line.statement.section and kind != "note" else ""
    # A space that does not break keeps the numbers on the line of the last word.
    text += f"{_KEPT}{cited}" if cited else ""
    text += f" ({DIRECT.replace(' ', _KEPT)})" if line.statement.relation == "direct" else ""
    yield from _wrap(text, width, indent=indent, bullet=bullet)
    under = indent + " " * len(bullet)
    for doubt in line.doubts:
        yield from _wrap(f"Doubt: {doubt}", width, indent=under)


def _range(run: tuple[int, int]) -> str:
    first, last = run
    return f"{first}" if first == last else f"{first}\N{EN DASH}{last}"


def _nearest(outline: Outline, width: int) -> Iterator[str]:
    if not outline.nearest:
        return
    yield "Closest, but not an answer"
    by_number = {reference.number: reference for reference in outline.references}
    for number in outline.nearest:
        quote = clean(by_number[number].citation.quote)
        yield from _wrap(f"{quote}{_KEPT}[{number}]", width, indent="  ", bullet="- ")


def _sources(outline: Outline, width: int) -> Iterator[str]:
    if not outline.references:
        return
    yield "Sources"
    told: set[str] = set()
    for source in dict.fromkeys(reference.source for reference in outline.references):
        title = f"{publication(source)}. {tier_name(source.tier)}."
        yield from _wrap(title, width, indent="  ")
        for reference in outline.references:
            if reference.source == source:
                yield from _reference(reference, outline, width)
                yield from _corrections(reference, told, width)


def _reference(reference: Reference, outline: Outline, width: int) -> Iterator[str]:
    path = " > ".join(clean(part) for part in reference.passage.heading_path)
    place = sentence_of("; ".join(part for part in (where(reference), path) if part))
    bullet = f"[{reference.number}] "
    yield from _wrap(place, width, indent="  ", bullet=bullet)
    under = "  " + " " * len(bullet)
    shown = {clean(statement.text) for statement in outline.answer.statements}
    quote = clean(reference.citation.quote)
    if not any(quote in text for text in shown) and reference.number not in outline.nearest:
        yield from _wrap(f"“{quote}”", width, indent=under)


def _corrections(reference: Reference, told: set[str], width: int) -> Iterator[str]:
    """Tell each correction once, however many references share it."""
    under = " " * len(f"  [{reference.number}] ")
    for correction in reference.passage.corrections:
        change = change_of(correction)
        if change not in told:
            told.add(change)
            yield from _wrap(f"Corrected: {change}.", width, indent=under)


def _follow_ups(answer: Answer, width: int) -> Iterator[str]:
    if answer.follow_ups:
        yield "You could also ask"
    for question in answer.follow_ups:
        yield from _wrap(clean(question), width, indent="  ", bullet="- ")


def _wrap(text: str, width: int, *, indent: str = "", bullet: str = "") -> list[str]:
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=indent + bullet,
        subsequent_indent=indent + " " * len(bullet),
        break_on_hyphens=False,
    )
    return [line.replace(_KEPT, " ") for line in lines]
