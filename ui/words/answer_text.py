"""An answer for the terminal: headings, numbered citations, sources underneath; and feedback."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import get_args

from assistant.records import Answer, Signposting
from assistant.safety.feedback import Feedback, Verdict
from corpus.passage import Corpus
from ui.words.catalogue import say
from ui.words.footnotes import Entry, Listed, list_sources
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
    wording_note,
)

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


def _lines(outline: Outline, width: int) -> Iterator[str]:
    opening = (line for run in outline.opening_runs for line in _opening(run, width))
    blocks = [
        # Whoever discloses something is not to be met with a remark on how it was put.
        [] if outline.answer.signposting else wrapped(outline.answer.personal_note, width),
        list(_head(outline, width)),
        list(opening),
        *(block for part in outline.parts for block in _part(part, width)),
        list(_choices(outline.answer, width)),
        list(_nearest(outline, width)),
        wrapped(outline.completeness, width),
        wrapped(wording_note(outline.answer), width),
        wrapped(say("phrase.past_review_means") if outline.past_review else "", width),
        *_sources(outline, width),
        list(_follow_ups(outline.answer, width)),
        [] if is_reply(outline.answer) else wrapped(say("phrase.notice"), width),
    ]
    for number, block in enumerate(filter(None, blocks)):
        if number:
            yield ""
        yield from block


def _head(outline: Outline, width: int) -> Iterator[str]:
    if outline.understood:
        yield from wrapped(f"Understood as: {outline.understood}", width)
    if outline.only:
        yield from wrapped(f"{outline.only}.", width)
    if outline.answer.signposting:
        yield from _signposting(outline.answer.signposting, width)
    yield from wrapped(outline.reason, width)


def _signposting(signposting: Signposting, width: int) -> Iterator[str]:
    for paragraph in clean(signposting.text, breaks=True).split("\n"):
        yield from wrapped(paragraph, width) or [""]
    for service in signposting.services:
        yield ""
        yield from wrapped(clean(service.name), width)
        where = "; ".join(filter(None, (service.region, service.hours)))
        for part in (service.purpose, where, service.url):
            yield from wrapped(clean(part), width, indent="  ")


def _part(part: TierPart, width: int) -> Iterator[list[str]]:
    if part.heading:
        yield [part.heading, "=" * len(part.heading)]
    for section in part.sections:
        yield list(_section(section, width))


def _section(section: Section, width: int) -> Iterator[str]:
    if section.heading:
        age = f" ({section.dating.replace(' ', KEPT)})" if section.dating else ""
        yield from wrapped(f"{section.heading}{age}", width)
    indent = "  " if section.heading else ""
    for run in section.runs:
        yield from _run(run, width, indent, dated=not section.dating)


def _opening(run: Run, width: int) -> Iterator[str]:
    """Draw notes as such; what answers before its tier begins is said to be of it."""
    if run.kind == "note":
        yield from _run(run, width)
        return
    for line in run.lines:
        yield from wrapped(f"{tier_name(run.kind)}: {_sentence(line, dated=True)}", width)


def _run(run: Run, width: int, indent: str = "", *, dated: bool = True) -> Iterator[str]:
    """Draw lines of one kind; `dated` says whether each shows its own age."""
    if run.flows:
        sentences = (_sentence(line, dated=dated) for line in run.lines)
        yield from wrapped(" ".join(sentences), width, indent=indent)
        return
    for line in run.lines:
        bullet = "- " if line.statement.section and run.kind != "note" else ""
        yield from wrapped(_sentence(line, dated=dated), width, indent=indent, bullet=bullet)
        for doubt in line.doubts:
            yield from wrapped(f"Doubt: {doubt}", width, indent=indent + " " * len(bullet))


def _sentence(line: Line, *, dated: bool) -> str:
    statement = line.statement
    label, said = "", quoted(statement.text)
    if statement.kind == "note":
        label, said = "Note: ", clean(statement.text)
    cited = f"{KEPT}{marks(line.numbers)}" if line.numbers else ""
    direct = say("phrase.direct") if statement.relation == "direct" else ""
    beside = "; ".join(filter(None, (direct, line.dating if dated else ""))).replace(" ", KEPT)
    return f"{label}{said}{cited}" + (f" ({beside})" if beside else "")


def _nearest(outline: Outline, width: int) -> Iterator[str]:
    if not outline.near:
        return
    yield "Closest, but not an answer"
    for near in outline.near:
        quote = f"{quoted(near.citation.quote)}{KEPT}[{near.number}]"
        yield from wrapped(quote, width, indent="  ", bullet="- ")
        yield from wrapped(f"{origin(near.source)}.", width, indent="    ")


def _sources(outline: Outline, width: int) -> Iterator[list[str]]:
    shown = [clean(statement.text) for statement in outline.answer.statements]
    shown += [clean(near.citation.quote) for near in outline.near]
    told: set[str] = set()
    for number, listed in enumerate(list_sources(outline.footnotes)):
        title = f"{publication(listed.source)}. {standing(listed.source)}"
        yield [
            *(["Sources"] if not number else []),
            *wrapped(title, width, indent="  "),
            *(line for entry in listed.entries for line in _entry(entry, shown, told, width)),
            *_grounds(listed, width),
        ]


def _entry(entry: Entry, shown: Sequence[str], told: set[str], width: int) -> Iterator[str]:
    bullet = f"{marks(entry.numbers)} "
    yield from wrapped(sentence_of(entry.place), width, indent="  ", bullet=bullet)
    under = "  " + " " * len(bullet)
    for footnote in entry.footnotes:
        quote = clean(footnote.citation.quote)
        if not any(quote in text for text in shown):
            yield from wrapped(f"“{quoted(quote)}”", width, indent=under)
        # Each correction is told once, however many footnotes share it.
        for change in map(change_of, footnote.passage.corrections):
            if change not in told:
                told.add(change)
                yield from wrapped(f"Corrected: {change}.", width, indent=under)


def _grounds(listed: Listed, width: int) -> Iterator[str]:
    if listed.works or listed.others:
        yield "  Rests on"
    for work in listed.works:
        told = _COUNTED.sub(rf"\1{KEPT}", f"{work.named}{work.marked}.")
        yield from wrapped(told, width, indent="  ", bullet="- ")
        if work.url:
            # A broken address cannot be followed, so it stands on a line of its own, however long.
            yield f"    {clean(work.url)}"
    for other in listed.others:
        yield from wrapped(f"{other.marked}.", width, indent="  ", bullet="- ")


def _choices(answer: Answer, width: int) -> Iterator[str]:
    for number, choice in enumerate(answer.choices, start=1):
        yield from wrapped(clean(choice.label), width, indent="  ", bullet=f"{number}. ")


def _follow_ups(answer: Answer, width: int) -> Iterator[str]:
    if answer.follow_ups:
        yield "You could also ask"
    for question in answer.follow_ups:
        yield from wrapped(clean(question), width, indent="  ", bullet="- ")


def wrapped(text: str, width: int = 88, *, indent: str = "", bullet: str = "") -> list[str]:
    """Return text as lines of at most `width` characters."""
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
    lines = []
    for one in found:
        lines.append(f"{one.time[:10]}  {verdict_name(one.verdict)}: {clean(one.question)}")
        lines += [f"  {clean(one.comment)}"] if one.comment else []
        lines += [f"  {', '.join(one.passages)}"] if one.passages else []
    return "\n".join(lines)
