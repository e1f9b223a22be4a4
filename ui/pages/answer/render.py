"""Answers and source panels as HTML, everything escaped; the terminal form comes along.

Nothing here knows Gradio. Links to citations are `#cite-3`; the page opens the panel of that id.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from assistant.records import Answer, Service, Signposting
from corpus.passage import Corpus
from ui.look.markup import escape, link
from ui.pages.answer.panel import panel, source_panel_as_html
from ui.pages.answer.source_list import cited, sources_as_html
from ui.pages.answer.states import (
    error_as_html,
    loading_as_html,
    questions_as_html,
    welcome_as_html,
)
from ui.words.answer_text import answer_as_text
from ui.words.catalogue import say
from ui.words.footnotes import Footnote
from ui.words.outline import Line, Outline, Run, Section, TierPart, is_reply
from ui.words.phrases import clean, origin, sentence_of, tier_name
from ui.words.wording_text import wording_note

__all__ = [
    "answer_as_html",
    "answer_as_text",
    "begun_as_html",
    "error_as_html",
    "loading_as_html",
    "signposting_as_html",
    "source_panel_as_html",
    "stages_as_html",
    "turn_as_html",
    "welcome_as_html",
]


def answer_as_html(answer: Answer, corpus: Corpus) -> str:
    """Return an answer with its source panels, closed, as one block of HTML."""
    *_, whole = stages_as_html(answer, corpus)
    return whole


def stages_as_html(answer: Answer, corpus: Corpus) -> Iterator[str]:
    """Yield an answer as it grows, from its opening to the whole; only the whole is announced.

    Raises:
        CorpusError: a citation is not of this edition.
    """
    outline = Outline.of(answer, corpus)
    grown = ""
    for stage in _stages(outline):
        grown += stage
        yield _reply(outline, grown)
    announced = html.escape(_announcement(outline), quote=True)
    grown += _closing(outline)
    yield _reply(outline, grown, f' data-announce="{announced}"', _panels(outline))


def begun_as_html(answer: Answer, whole: Answer, corpus: Corpus, state: str) -> str:
    """Return the beginning of an answer with its source panels, as it will stand in the whole.

    How complete it is, its sources and what to ask next are left out.

    Args:
        answer: with the statements that are there.
        whole: the same with others in the place of those to come.
        corpus: the edition that both cite.
        state: HTML that stands at its end.

    Raises:
        CorpusError: a citation is not of this edition.
    """
    outline = Outline.of(answer, corpus, whole)
    return _reply(outline, "".join(_stages(outline)) + state, panels=_panels(outline))


def _stages(outline: Outline) -> Iterator[str]:
    """Yield what comes before the sources, in pieces that a reader can begin with."""
    answer = outline.answer
    head = (
        _question(outline),
        _personal(answer),
        signposting_as_html(answer.signposting),
        _draft(answer),
        _reason(outline),
        _choices(answer),
        _opening(outline),
    )
    yield "".join(head)
    yield from (_part(part) for part in outline.parts)


def _closing(outline: Outline) -> str:
    """Return what ends an answer: how complete it is, its sources, and what to ask next."""
    past = (
        f'<p class="sp-warning">{escape(say("phrase.past_review_means"))}</p>'
        if outline.past_review
        else ""
    )
    notice = (
        ""
        if is_reply(outline.answer)
        else f'<p class="sp-notice">{escape(say("phrase.notice"))}</p>'
    )
    pieces = (
        _nearest(outline),
        _completeness(outline),
        _wording(outline.answer),
        past,
        sources_as_html(outline.footnotes),
        _follow_ups(outline.answer),
        notice,
    )
    return "".join(pieces)


def _reply(outline: Outline, body: str, announced: str = "", panels: str = "") -> str:
    name = say("ask.answer")
    return (
        f'<div class="sp-reply" data-status="{outline.answer.status}"{announced}>'
        f'<article class="sp-answer" aria-label="{name}">{body}</article>{panels}</div>'
    )


def turn_as_html(answer: str, number: int, after: str = "") -> str:
    """Return one turn of a conversation: an answer as HTML, its citations told from the others'.

    Args:
        answer: what `answer_as_html` gave, or a state in its place.
        number: of the turn, from 1.
        after: HTML that stands under the answer.
    """
    own = re.sub(r'( id="| href="#| aria-labelledby=")cite-', rf"\1cite-{number}-", answer)
    own = _named(own, say("ask.answer"), say("ask.answer_of", number=number))
    own = _named(own, say("ask.source"), say("ask.source_of", number=number))
    label = say("ask.question_of", number=number)
    return (
        f'<section class="sp-turn" data-number="{number}" aria-label="{label}">{own}{after}'
        "</section>"
    )


def _named(markup: str, name: str, own: str) -> str:
    return markup.replace(f'aria-label="{name}"', f'aria-label="{own}"')


def _question(outline: Outline) -> str:
    understood = ""
    if outline.understood:
        told = say("ask.understood", question=outline.understood)
        understood = f'<p class="sp-understood">{escape(told)}</p>'
    only = f'<p class="sp-only">{escape(outline.only)}.</p>' if outline.only else ""
    asked = escape(outline.answer.question or say("phrase.not_kept"))
    return f'<h2 class="sp-question" tabindex="-1">{asked}</h2>{understood}{only}'


def _personal(answer: Answer) -> str:
    # Whoever discloses something is not to be met with a remark on how it was put.
    if answer.signposting or not answer.personal_note:
        return ""
    return f'<p class="sp-personal">{escape(answer.personal_note)}</p>'


def _reason(outline: Outline) -> str:
    if not outline.reason:
        return ""
    titles = {
        "partial": say("ask.title_partial"),
        "not_covered": say("ask.title_not_covered"),
        "clarify": say("ask.title_clarify"),
    }
    title = escape(titles.get(outline.answer.status, say("ask.title_other")))
    return f'<div class="sp-abstention"><h3>{title}</h3><p>{escape(outline.reason)}</p></div>'


def signposting_as_html(signposting: Signposting | None) -> str:
    """Return a reviewed reply with its services; empty for none."""
    if signposting is None:
        return ""
    paragraphs = clean(signposting.text, breaks=True).split("\n")
    text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs if paragraph.strip())
    services = "".join(_service(service) for service in signposting.services)
    return f'<div class="sp-signposting">{text}<ul class="sp-services">{services}</ul></div>'


def _draft(answer: Answer) -> str:
    """Offer to answer a message that was withheld; a harmful request is offered nothing."""
    if answer.status != "safeguarding":
        return ""
    return (
        f'<p class="sp-draft">{escape(say("ask.draft"))} '
        f'<button type="button" class="sp-policy">{escape(say("ask.policy"))}</button></p>'
    )


def _service(service: Service) -> str:
    where = "; ".join(filter(None, (service.region, service.hours)))
    return (
        f"<li><strong>{link(service.url, service.name)}</strong>"
        f"<span>{escape(service.purpose)}</span><span>{escape(where)}</span></li>"
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
    shown = re.sub(
        say("phrase.past_review"), marked, escape(sentence_of(dating)[:-1]), flags=re.IGNORECASE
    )
    return f'<p class="sp-aside sp-age">{shown}</p>'


def _run(run: Run, *, named: bool, dated: bool) -> str:
    name = f'<p class="sp-tier-name">{tier_name(run.kind)}</p>' if named else ""
    if run.flows and not (dated and any(line.dating for line in run.lines)):
        sentences = (cited(line.statement.text, line.numbers) for line in run.lines)
        body = f'<p class="sp-flow">{" ".join(sentences)}</p>'
    else:
        items = "".join(f"<li>{_statement(line, dated=dated)}</li>" for line in run.lines)
        body = f"<ul>{items}</ul>"
    return f'<div class="sp-tier sp-tier-{run.kind}">{name}{body}</div>'


def _statement(line: Line, *, dated: bool) -> str:
    aside = ""
    if line.statement.relation == "direct":
        aside += f'<p class="sp-aside">{escape(sentence_of(say("phrase.direct")))}</p>'
    if dated and line.dating:
        aside += _age(line.dating)
    for doubt in line.doubts:
        named = escape(say("ask.doubt"))
        aside += f'<p class="sp-aside sp-doubt"><strong>{named}</strong> {escape(doubt)}</p>'
    return f"<p>{cited(line.statement.text, line.numbers)}</p>{aside}"


def _nearest(outline: Outline) -> str:
    if not outline.near:
        return ""
    items = "".join(_near(footnote) for footnote in outline.near)
    heading = escape(say("ask.nearest"))
    return f'<section class="sp-section sp-nearest"><h3>{heading}</h3><ul>{items}</ul></section>'


def _near(footnote: Footnote) -> str:
    quote = cited(footnote.citation.quote, [footnote.number])
    place = escape(f"{origin(footnote.source)}, {footnote.where}")
    return f'<li><p>{quote}</p><p class="sp-aside">{place}</p></li>'


def _wording(answer: Answer) -> str:
    said = wording_note(answer)
    return f'<p class="sp-aside sp-worded">{escape(said)}</p>' if said else ""


def _completeness(outline: Outline) -> str:
    if not outline.completeness:
        return ""
    return f'<p class="sp-completeness">{escape(outline.completeness)}</p>'


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
    heading = escape(say("ask.follow_ups"))
    questions = questions_as_html(answer.follow_ups)
    return f'<section class="sp-section"><h3>{heading}</h3>{questions}</section>'


def _announcement(outline: Outline) -> str:
    if outline.reason:
        return outline.reason
    if is_reply(outline.answer):
        return say("ask.reply_ready")
    statements = len(outline.answer.statements)
    return say("ask.ready", statements=statements, sources=len(outline.footnotes))


def _panels(outline: Outline) -> str:
    if not outline.footnotes:
        return ""
    last = len(outline.footnotes)
    edition = outline.answer.provenance.corpus
    panels = "".join(panel(footnote, last, edition) for footnote in outline.footnotes)
    inside = f'{panels}<p class="sp-hint">{escape(say("ask.hint"))}</p>'
    return f'<aside class="sp-panels" aria-label="{say("ask.source")}">{inside}</aside>'
