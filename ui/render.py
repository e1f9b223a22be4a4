"""Answers and source panels as HTML, everything escaped; the terminal form comes along.

Nothing here knows Gradio. Links to citations are `#cite-3`; the page opens the panel of that id.
"""

from __future__ import annotations

import html
from collections.abc import Iterable

from assistant.answer import Answer, Service, Signposting
from corpus.passage import Corpus
from ui.markup import escape, link
from ui.outline import (
    DIRECT,
    NOTICE,
    Line,
    Outline,
    Reference,
    Section,
    clean,
    publication,
    ranges,
    sentence_of,
    tier_name,
    where,
)
from ui.panel import panel, source_panel_as_html
from ui.text import answer_as_text

__all__ = [
    "answer_as_html",
    "answer_as_text",
    "error_as_html",
    "loading_as_html",
    "source_panel_as_html",
    "welcome_as_html",
]


def answer_as_html(answer: Answer, corpus: Corpus) -> str:
    """Return an answer with its source panels, closed, as one block of HTML."""
    outline = Outline.of(answer, corpus)
    body = (
        _question(outline),
        _signposting(answer.signposting),
        _reason(outline),
        *(_section(section) for section in outline.sections),
        _nearest(outline),
        _completeness(outline),
        _sources(outline),
        _follow_ups(answer),
        "" if answer.signposting else f'<p class="sp-notice">{escape(NOTICE)}</p>',
    )
    announced = html.escape(_announcement(outline), quote=True)
    return (
        f'<div class="sp-reply" data-status="{answer.status}" data-announce="{announced}">'
        f'<article class="sp-answer" aria-label="Answer">{"".join(body)}</article>'
        f"{_panels(outline)}</div>"
    )


def loading_as_html() -> str:
    """Return what stands in the place of an answer that is on its way."""
    text = "Looking in the sources…"
    return f'<div class="sp-state" data-announce="{text}"><p>{text}</p></div>'


def error_as_html(sentence: str) -> str:
    """Return an error that the reader can put right, as its one sentence."""
    text = escape(sentence)
    return (
        f'<div class="sp-state sp-error" data-announce="{text}">'
        f"<h2>There is a problem</h2><p>{text}</p></div>"
    )


def welcome_as_html(examples: Iterable[str]) -> str:
    """Return what stands in the place of an answer before the first question."""
    return f'<div class="sp-state sp-welcome"><h2>Try one of these</h2>{_questions(examples)}</div>'


def _question(outline: Outline) -> str:
    understood = ""
    if outline.understood:
        understood = f'<p class="sp-understood">Understood as: {escape(outline.understood)}</p>'
    return f'<h2 class="sp-question">{escape(outline.answer.question)}</h2>{understood}'


def _reason(outline: Outline) -> str:
    if not outline.reason:
        return ""
    titles = {
        "partial": "Answered in part",
        "not_covered": "No answer in the sources",
        "clarify": "Which do you mean?",
    }
    title = titles.get(outline.answer.status, "Not answered")
    return f'<div class="sp-abstention"><h3>{title}</h3><p>{escape(outline.reason)}</p></div>'


def _signposting(signposting: Signposting | None) -> str:
    if signposting is None:
        return ""
    paragraphs = clean(signposting.text, breaks=True).split("\n")
    text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs if paragraph.strip())
    services = "".join(_service(service) for service in signposting.services)
    return f'<div class="sp-signposting">{text}<ul class="sp-services">{services}</ul></div>'


def _service(service: Service) -> str:
    return (
        f"<li><strong>{link(service.url, service.name)}</strong>"
        f"<span>{escape(service.purpose)}</span><span>{escape(service.region)}</span></li>"
    )


def _section(section: Section) -> str:
    heading = f"<h3>{escape(section.heading)}</h3>" if section.heading else ""
    tiers = "".join(_tier(kind, lines) for kind, lines in section.tiers)
    return f'<section class="sp-section">{heading}{tiers}</section>'


def _tier(kind: str, lines: tuple[Line, ...]) -> str:
    items = "".join(f"<li>{_statement(line)}</li>" for line in lines)
    return (
        f'<div class="sp-tier sp-tier-{kind}"><p class="sp-tier-name">{tier_name(kind)}</p>'
        f"<ul>{items}</ul></div>"
    )


def _statement(line: Line) -> str:
    aside = ""
    if line.statement.relation == "direct":
        aside += f'<p class="sp-aside">{escape(sentence_of(DIRECT))}</p>'
    for doubt in line.doubts:
        aside += f'<p class="sp-aside sp-doubt"><strong>Doubt.</strong> {escape(doubt)}</p>'
    return f"<p>{_cited(line.statement.text, line.numbers)}</p>{aside}"


def _cited(text: str, numbers: Iterable[int]) -> str:
    chips = [_chip(first, last) for first, last in ranges(numbers)]
    if not chips:
        return escape(text)
    # The first number stays on the line of the last word.
    before, space, word = clean(text).rpartition(" ")
    kept = f'<span class="sp-kept">{escape(word)} {chips[0]}</span>'
    return f"{escape(before)}{space}{kept}{''.join(chips[1:])}"


def _chip(first: int, last: int) -> str:
    name, shown = f"Source {first}", f"{first}"
    if last > first:
        name = f"Sources {first} to {last}"
        shown = f"{first}\N{EN DASH}{last}"
    return f'<a class="sp-cite" href="#cite-{first}" aria-label="{name}">{shown}</a>'


def _nearest(outline: Outline) -> str:
    if not outline.nearest:
        return ""
    by_number = {reference.number: reference for reference in outline.references}
    items = "".join(_near(by_number[number]) for number in outline.nearest)
    heading = "<h3>Closest, but not an answer</h3>"
    return f'<section class="sp-section sp-nearest">{heading}<ul>{items}</ul></section>'


def _near(reference: Reference) -> str:
    quote = _cited(reference.citation.quote, [reference.number])
    tier = tier_name(reference.source.tier)
    place = escape(f"{tier}, {where(reference)}")
    return f'<li><p>{quote}</p><p class="sp-aside">{place}</p></li>'


def _completeness(outline: Outline) -> str:
    if not outline.completeness:
        return ""
    return f'<p class="sp-completeness">{escape(outline.completeness)}</p>'


def _sources(outline: Outline) -> str:
    if not outline.references:
        return ""
    groups = []
    for source in dict.fromkeys(reference.source for reference in outline.references):
        items = "".join(_entry(ref) for ref in outline.references if ref.source == source)
        name = f"{escape(publication(source))}. {tier_name(source.tier)}."
        groups.append(f"<p>{name}</p><ul>{items}</ul>")
    return f'<section class="sp-section sp-sources"><h3>Sources</h3>{"".join(groups)}</section>'


def _entry(reference: Reference) -> str:
    parts = (where(reference), " > ".join(reference.passage.heading_path))
    place = escape("; ".join(part for part in parts if part))
    number = reference.number
    link = f'<a class="sp-cite" href="#cite-{number}" aria-label="Source {number}">{number}</a>'
    return f"<li>{link}<span>{place}</span></li>"


def _follow_ups(answer: Answer) -> str:
    if not answer.follow_ups:
        return ""
    questions = _questions(answer.follow_ups)
    return f'<section class="sp-section"><h3>You could also ask</h3>{questions}</section>'


def _questions(questions: Iterable[str]) -> str:
    items = "".join(
        f'<li><button type="button" class="sp-ask">{escape(question)}</button></li>'
        for question in questions
    )
    return f'<ul class="sp-questions">{items}</ul>'


def _announcement(outline: Outline) -> str:
    if outline.reason:
        return outline.reason
    statements = len(outline.answer.statements)
    return f"Answer ready: {statements} statements, {len(outline.references)} sources."


def _panels(outline: Outline) -> str:
    if not outline.references:
        return ""
    last = len(outline.references)
    panels = "".join(panel(reference, last) for reference in outline.references)
    hint = "Choose a number in the answer to read the passage it rests on."
    inside = f'{panels}<p class="sp-hint">{hint}</p>'
    return f'<aside class="sp-panels" aria-label="Source">{inside}</aside>'
