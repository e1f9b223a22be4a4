"""An answer for the terminal: headings, numbered citations, sources underneath; and feedback."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import get_args

from assistant.records import Answer, Signposting
from assistant.safety.feedback import Feedback, Verdict
from corpus.passage import Corpus
from ui.words.catalogue import say
from ui.words.footnotes import Entry, Footnote, Listed, Work, list_sources
from ui.words.outline import Line, Outline, Run, Section, TierPart, is_reply
from ui.words.phrases import (
    KEPT,
    change_of,
    clean,
    marks,
    origin,
    publication,
    quoted,
    sentence_of,
    standing,
    tier_name,
)
from ui.words.wording_text import wording_note

_COUNTED = re.compile(
    r"\b(articles?|chapter|no\.|pages?|paragraphs?|sections?|standards?|table) (?=\d)",
    re.IGNORECASE,
)
"""A word that its number stays on one line with: `Article 23`."""

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""What users can say of an answer, in the order in which it is offered."""


def answer_as_text(answer: Answer, corpus: Corpus, width: int = 88) -> str:
    """Return an answer as text for a terminal, without a newline at the end.

    Args:
        answer: The answer.
        corpus: The edition that it cites.
        width: Longest line, in characters, web addresses aside; at least 40.
    """
    return "\n".join(_lines(Outline.of(answer, corpus), max(width, 40)))


def signposting_as_text(signposting: Signposting, width: int = 88) -> str:
    """Return a reviewed reply as text for a terminal, without a newline at the end."""
    return "\n".join(_signposting(signposting, max(width, 40))).rstrip()


def wrapped(text: str, width: int = 88) -> list[str]:
    """Return text as lines of at most `width` characters."""
    return _wrap(text, width)


def _lines(outline: Outline, width: int) -> Iterator[str]:
    opening = (line for run in outline.opening_runs for line in _opening(run, width))
    blocks = [
        _personal(outline.answer, width),
        list(_head(outline, width)),
        list(opening),
        *(block for part in outline.parts for block in _part(part, width)),
        list(_choices(outline.answer, width)),
        list(_nearest(outline, width)),
        _wrap(outline.completeness, width),
        _wrap(wording_note(outline.answer), width),
        _wrap(say("phrase.past_review_means") if outline.past_review else "", width),
        *_sources(outline, width),
        list(_follow_ups(outline.answer, width)),
        [] if is_reply(outline.answer) else _wrap(say("phrase.notice"), width),
    ]
    return _apart(blocks)


def _apart(blocks: Iterable[list[str]]) -> Iterator[str]:
    filled = [block for block in blocks if block]
    for number, block in enumerate(filled):
        if number:
            yield ""
        yield from block


def _head(outline: Outline, width: int) -> Iterator[str]:
    if outline.understood:
        yield from _wrap(f"Understood as: {outline.understood}", width)
    if outline.only:
        yield from _wrap(f"{outline.only}.", width)
    if outline.answer.signposting:
        yield from _signposting(outline.answer.signposting, width)
    yield from _wrap(outline.reason, width)


def _personal(answer: Answer, width: int) -> list[str]:
    # Whoever discloses something is not to be met with a remark on how it was put.
    return [] if answer.signposting else _wrap(answer.personal_note, width)


def _signposting(signposting: Signposting, width: int) -> Iterator[str]:
    for paragraph in clean(signposting.text, breaks=True).split("\n"):
        yield from _wrap(paragraph, width) or [""]
    for service in signposting.services:
        yield ""
        yield from _wrap(clean(service.name), width)
        where = "; ".join(filter(None, (service.region, service.hours)))
        about = (service.purpose, where, service.url)
        for part in about:
            yield from _wrap(clean(part), width, indent="  ")


def _part(part: TierPart, width: int) -> Iterator[list[str]]:
    if part.heading:
        yield [part.heading, "=" * len(part.heading)]
    for section in part.sections:
        yield list(_section(section, width))


def _section(section: Section, width: int) -> Iterator[str]:
    if section.heading:
        age = f" ({section.dating.replace(' ', KEPT)})" if section.dating else ""
        yield from _wrap(f"{section.heading}{age}", width)
    indent = "  " if section.heading else ""
    for run in section.runs:
        yield from _run(run, width, indent, dated=not section.dating)


def _opening(run: Run, width: int) -> Iterator[str]:
    """Draw notes as such; what answers before its tier begins is said to be of it."""
    if run.kind == "note":
        yield from _run(run, width)
        return
    for line in run.lines:
        yield from _wrap(f"{tier_name(run.kind)}: {_sentence(line, dated=True)}", width)


def _run(run: Run, width: int, indent: str = "", *, dated: bool = True) -> Iterator[str]:
    """Draw lines of one kind; `dated` says whether each shows its own age."""
    if run.flows:
        sentences = (_sentence(line, dated=dated) for line in run.lines)
        yield from _wrap(" ".join(sentences), width, indent=indent)
        return
    for line in run.lines:
        bullet = "- " if line.statement.section and run.kind != "note" else ""
        yield from _wrap(_sentence(line, dated=dated), width, indent=indent, bullet=bullet)
        for doubt in line.doubts:
            yield from _wrap(f"Doubt: {doubt}", width, indent=indent + " " * len(bullet))


def _sentence(line: Line, *, dated: bool) -> str:
    statement = line.statement
    label, said = "", quoted(statement.text)
    if statement.kind == "note":
        label, said = "Note: ", clean(statement.text)
    cited = f"{KEPT}{marks(line.numbers)}" if line.numbers else ""
    direct = say("phrase.direct") if statement.relation == "direct" else ""
    asides = (direct, line.dating if dated else "")
    beside = "; ".join(aside for aside in asides if aside).replace(" ", KEPT)
    return f"{label}{said}{cited}" + (f" ({beside})" if beside else "")


def _nearest(outline: Outline, width: int) -> Iterator[str]:
    if not outline.near:
        return
    yield "Closest, but not an answer"
    for near in outline.near:
        quote = f"{quoted(near.citation.quote)}{KEPT}[{near.number}]"
        yield from _wrap(quote, width, indent="  ", bullet="- ")
        yield from _wrap(f"{origin(near.source)}.", width, indent="    ")


def _sources(outline: Outline, width: int) -> Iterator[list[str]]:
    shown = [clean(statement.text) for statement in outline.answer.statements]
    shown += [clean(near.citation.quote) for near in outline.near]
    told: set[str] = set()
    for number, listed in enumerate(list_sources(outline.footnotes)):
        title = f"{publication(listed.source)}. {standing(listed.source)}"
        yield [
            *(["Sources"] if not number else []),
            *_wrap(title, width, indent="  "),
            *(line for entry in listed.entries for line in _entry(entry, shown, told, width)),
            *_grounds(listed, width),
        ]


def _entry(entry: Entry, shown: Sequence[str], told: set[str], width: int) -> Iterator[str]:
    bullet = f"{marks(entry.numbers)} "
    yield from _wrap(sentence_of(entry.place), width, indent="  ", bullet=bullet)
    under = "  " + " " * len(bullet)
    for footnote in entry.footnotes:
        quote = clean(footnote.citation.quote)
        if not any(quote in text for text in shown):
            yield from _wrap(f"“{quoted(quote)}”", width, indent=under)
        for change in _changes(footnote, told):
            yield from _wrap(f"Corrected: {change}.", width, indent=under)


def _changes(footnote: Footnote, told: set[str]) -> Iterator[str]:
    """Tell each correction once, however many footnotes share it."""
    for correction in footnote.passage.corrections:
        change = change_of(correction)
        if change not in told:
            told.add(change)
            yield change


def _grounds(listed: Listed, width: int) -> Iterator[str]:
    if listed.works or listed.others:
        yield "  Rests on"
    for work in listed.works:
        yield from _work(work, width)
    for other in listed.others:
        yield from _wrap(f"{other.marked}.", width, indent="  ", bullet="- ")


def _work(work: Work, width: int) -> Iterator[str]:
    named = ", ".join(part for part in (work.publisher, work.title) if part)
    told = _COUNTED.sub(rf"\1{KEPT}", f"{named}{work.after}{work.marked}.")
    yield from _wrap(told, width, indent="  ", bullet="- ")
    if work.url:
        # A broken address cannot be followed, so it stands on a line of its own, however long.
        yield f"    {clean(work.url)}"


def _choices(answer: Answer, width: int) -> Iterator[str]:
    for number, choice in enumerate(answer.choices, start=1):
        yield from _wrap(clean(choice.label), width, indent="  ", bullet=f"{number}. ")


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
    return [line.replace(KEPT, " ") for line in lines]


def verdict_name(verdict: Verdict) -> str:
    """Return what a verdict is called."""
    return say(f"feedback.{verdict}")


def feedback_as_text(found: Sequence[Feedback]) -> str:
    """Return what users said for a terminal, without a newline at the end."""
    if not found:
        return say("feedback.nothing")
    return "\n".join(line for one in found for line in _feedback(one))


def _feedback(one: Feedback) -> Iterable[str]:
    yield f"{one.time[:10]}  {verdict_name(one.verdict)}: {clean(one.question)}"
    if one.comment:
        yield f"  {clean(one.comment)}"
    if one.passages:
        yield f"  {', '.join(one.passages)}"
