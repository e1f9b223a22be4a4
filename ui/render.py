"""Answers and source panels as HTML, everything escaped; the terminal form comes along.

Nothing here knows Gradio. Links to citations are `#cite-3`; the page opens the panel of that id.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from assistant.answer import Answer, Service, Signposting
from corpus.passage import Corpus
from ui.footnotes import Entry, Footnote, Listed, list_sources
from ui.markup import escape, link
from ui.outline import Line, Outline, Run, Section, TierPart, is_reply
from ui.panel import panel, source_panel_as_html, work_as_html
from ui.phrases import (
    DIRECT,
    NOT_KEPT,
    NOTICE,
    PAST_REVIEW,
    PAST_REVIEW_MEANS,
    clean,
    origin,
    publication,
    ranges,
    sentence_of,
    standing,
    tier_name,
)
from ui.text import answer_as_text

__all__ = [
    "answer_as_html",
    "answer_as_text",
    "error_as_html",
    "loading_as_html",
    "signposting_as_html",
    "source_panel_as_html",
    "turn_as_html",
    "welcome_as_html",
]


def answer_as_html(answer: Answer, corpus: Corpus) -> str:
    """Return an answer with its source panels, closed, as one block of HTML."""
    outline = Outline.of(answer, corpus)
    body = (
        _question(outline),
        _personal(outline.answer),
        signposting_as_html(answer.signposting),
        _reason(outline),
        _choices(answer),
        _opening(outline),
        *(_part(part) for part in outline.parts),
        _nearest(outline),
        _completeness(outline),
        f'<p class="sp-warning">{escape(PAST_REVIEW_MEANS)}</p>' if outline.past_review else "",
        _sources(outline),
        _follow_ups(answer),
        "" if is_reply(answer) else f'<p class="sp-notice">{escape(NOTICE)}</p>',
    )
    announced = html.escape(_announcement(outline), quote=True)
    return (
        f'<div class="sp-reply" data-status="{answer.status}" data-announce="{announced}">'
        f'<article class="sp-answer" aria-label="Answer">{"".join(body)}</article>'
        f"{_panels(outline)}</div>"
    )


def turn_as_html(answer: str, number: int) -> str:
    """Return one turn of a conversation: an answer as HTML, its citations told from the others'.

    Args:
        answer: what `answer_as_html` gave, or a state in its place.
        number: of the turn, from 1.
    """
    own = re.sub(r'( id="| href="#| aria-labelledby=")cite-', rf"\1cite-{number}-", answer)
    own = own.replace('aria-label="Answer"', f'aria-label="Answer {number}"')
    own = own.replace('aria-label="Source"', f'aria-label="Source for answer {number}"')
    return f'<section class="sp-turn" aria-label="Question {number}">{own}</section>'


def loading_as_html(question: str = "") -> str:
    """Return what stands in the place of an answer that is on its way."""
    text = "Looking in the sources…"
    asked = f'<h2 class="sp-question">{escape(question)}</h2>' if question.strip() else ""
    return f'<div class="sp-state" data-announce="{text}">{asked}<p>{text}</p></div>'


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
    asked = escape(outline.answer.question or NOT_KEPT)
    return f'<h2 class="sp-question" tabindex="-1">{asked}</h2>{understood}'


def _personal(answer: Answer) -> str:
    # Whoever discloses something is not to be met with a remark on how it was put.
    if answer.signposting or not answer.personal_note:
        return ""
    return f'<p class="sp-personal">{escape(answer.personal_note)}</p>'


def _reason(outline: Outline) -> str:
    if not outline.reason:
        return ""
    titles = {
        "partial": "Answered in part",
        "not_covered": "No answer in the sources",
        "clarify": "A question back",
    }
    title = titles.get(outline.answer.status, "Not answered")
    return f'<div class="sp-abstention"><h3>{title}</h3><p>{escape(outline.reason)}</p></div>'


def signposting_as_html(signposting: Signposting | None) -> str:
    """Return a reviewed reply with its services; empty for none."""
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


def _opening(outline: Outline) -> str:
    if not outline.opening:
        return ""
    runs = "".join(_run(run, named=True, dated=True) for run in outline.opening_runs)
    return f'<section class="sp-section">{runs}</section>'


def _part(part: TierPart) -> str:
    level = 4 if part.heading else 3
    sections = "".join(_section(section, level) for section in part.sections)
    if not part.heading:
        return sections
    heading = f'<h3 class="sp-part-name">{part.heading}</h3>'
    return f'<section class="sp-part sp-part-{part.tier}">{heading}{sections}</section>'


def _section(section: Section, level: int) -> str:
    heading = f"<h{level}>{escape(section.heading)}</h{level}>" if section.heading else ""
    age = _age(section.dating) if section.dating else ""
    runs = "".join(
        # A heading of the tier names it once for all its lines.
        _run(run, named=level == 3 or run.kind == "note", dated=not section.dating)
        for run in section.runs
    )
    return f'<section class="sp-section">{heading}{age}{runs}</section>'


def _age(dating: str) -> str:
    marked = r'<strong class="sp-past">\g<0></strong>'
    shown = re.sub(PAST_REVIEW, marked, escape(sentence_of(dating)[:-1]), flags=re.IGNORECASE)
    return f'<p class="sp-aside sp-age">{shown}</p>'


def _run(run: Run, *, named: bool, dated: bool) -> str:
    name = f'<p class="sp-tier-name">{tier_name(run.kind)}</p>' if named else ""
    if run.flows and not (dated and any(line.dating for line in run.lines)):
        sentences = (_cited(line.statement.text, line.numbers) for line in run.lines)
        body = f'<p class="sp-flow">{" ".join(sentences)}</p>'
    else:
        items = "".join(f"<li>{_statement(line, dated=dated)}</li>" for line in run.lines)
        body = f"<ul>{items}</ul>"
    return f'<div class="sp-tier sp-tier-{run.kind}">{name}{body}</div>'


def _statement(line: Line, *, dated: bool) -> str:
    aside = ""
    if line.statement.relation == "direct":
        aside += f'<p class="sp-aside">{escape(sentence_of(DIRECT))}</p>'
    if dated and line.dating:
        aside += _age(line.dating)
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
    if not outline.near:
        return ""
    items = "".join(_near(footnote) for footnote in outline.near)
    heading = "<h3>Closest, but not an answer</h3>"
    return f'<section class="sp-section sp-nearest">{heading}<ul>{items}</ul></section>'


def _near(footnote: Footnote) -> str:
    quote = _cited(footnote.citation.quote, [footnote.number])
    place = escape(f"{origin(footnote.source)}, {footnote.where}")
    return f'<li><p>{quote}</p><p class="sp-aside">{place}</p></li>'


def _completeness(outline: Outline) -> str:
    if not outline.completeness:
        return ""
    return f'<p class="sp-completeness">{escape(outline.completeness)}</p>'


def _sources(outline: Outline) -> str:
    if not outline.footnotes:
        return ""
    groups = "".join(_listed(listed) for listed in list_sources(outline.footnotes))
    return f'<section class="sp-section sp-sources"><h3>Sources</h3>{groups}</section>'


def _listed(listed: Listed) -> str:
    name = f"{escape(publication(listed.source))}. {standing(listed.source)}"
    entries = "".join(_entry(entry) for entry in listed.entries)
    return f"<p>{name}</p><ul>{entries}</ul>{_grounds(listed)}"


def _entry(entry: Entry) -> str:
    chips = "".join(_chip(number, number) for number in entry.numbers)
    return f"<li><span>{chips}</span><span>{escape(entry.place)}</span></li>"


def _grounds(listed: Listed) -> str:
    works = (work_as_html(work, work.marked) for work in listed.works)
    items = [*works, *(escape(other.marked) for other in listed.others)]
    if not items:
        return ""
    rows = "".join(f"<li>{item}</li>" for item in items)
    return f'<div class="sp-works"><p>Rests on</p><ul>{rows}</ul></div>'


def _choices(answer: Answer) -> str:
    if not answer.choices:
        return ""
    items = "".join(
        f'<li><button type="button" class="sp-ask sp-choice"'
        f' data-question="{escape(choice.question)}">{escape(choice.label)}</button></li>'
        for choice in answer.choices
    )
    return f'<ol class="sp-questions sp-choices">{items}</ol>'


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
    if is_reply(outline.answer):
        return "A reply is ready. It says where to find help."
    statements = len(outline.answer.statements)
    return f"Answer ready: {statements} statements, {len(outline.footnotes)} sources."


def _panels(outline: Outline) -> str:
    if not outline.footnotes:
        return ""
    last = len(outline.footnotes)
    panels = "".join(panel(footnote, last) for footnote in outline.footnotes)
    hint = "Choose a number in the answer to read the passage it rests on."
    inside = f'{panels}<p class="sp-hint">{hint}</p>'
    return f'<aside class="sp-panels" aria-label="Source">{inside}</aside>'
