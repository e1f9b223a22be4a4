"""A gap analysis as HTML: picture, counts, each item with quotes and a way to judge anew."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.gaps.findings import JUDGEMENTS, LONGEST_REASON, Finding, Gaps, Judgement, Quote
from ui.look.templates import escape
from ui.words.catalogue import say

SIGNS: dict[Judgement, str] = {"addressed": "●", "touched_on": "◐", "not_found": "○"}
"""What tells a judgement where there is no room for words, and not by colour alone."""

FORMS = ("docx", "xlsx", "markdown", "json")
"""What the analysis can be taken along as."""


def gaps_as_html(gaps: Gaps) -> str:
    """Return an analysis as HTML."""
    counts = {one: gaps.count(one) for one in JUDGEMENTS}
    told = say("gaps.counted", plan=gaps.plan, framework=gaps.framework, **counts)
    earlier = f"<p>{escape(say('gaps.compared', plan=gaps.earlier))}</p>" if gaps.earlier else ""
    saves = "".join(
        f'<button type="button" data-form="{form}">{escape(say(f"gaps.as_{form}"))}</button>'
        for form in FORMS
    )
    groups = "".join(
        f"<section><h3>{escape(label)}</h3>"
        f"{''.join(_item(one, gaps) for one in gaps.findings if one.group == group)}</section>"
        for group, label in gaps.groups
    )
    return (
        f'<h2 tabindex="-1">{escape(gaps.plan)}</h2><p>{escape(told)}</p>{earlier}'
        f'<p class="sp-gaps-saves">{escape(say("gaps.save"))} {saves}</p>'
        f"{_picture(gaps)}{_counts(gaps)}{groups}{_partners(gaps)}{_unmatched(gaps)}"
        f'<p class="sp-gaps-hint">{escape(say("gaps.limits"))}</p>'
    )


def _picture(gaps: Gaps) -> str:
    """Return the heatmap: a row for each group, a square for each of its items."""
    key = "".join(f"<li>{_tag(one)}</li>" for one in JUDGEMENTS)
    rows = "".join(
        f'<tr><th scope="row">{escape(label)}</th><td>'
        f"{''.join(_square(one) for one in gaps.findings if one.group == group)}</td></tr>"
        for group, label in gaps.groups
    )
    return (
        f'<h3>{escape(say("gaps.picture"))}</h3><ul class="sp-gaps-key">{key}</ul>'
        f'<table class="sp-gaps-picture">{rows}</table>'
    )


def _square(finding: Finding) -> str:
    name = finding.item_id.rpartition(":")[2].rpartition("-")[2]
    told = f"{finding.label}: {say(f'gaps.{finding.final}')}"
    return (
        f'<a class="sp-gaps-square sp-gaps-{finding.final}" href="/gaps#{_place(finding)}"'
        f' title="{escape(told)}"><span aria-hidden="true">{SIGNS[finding.final]} {escape(name)}'
        f'</span><span class="sp-unseen">{escape(told)}</span></a>'
    )


def _counts(gaps: Gaps) -> str:
    heads = "".join(f'<th scope="col">{escape(say(f"gaps.{one}"))}</th>' for one in JUDGEMENTS)
    rows = ""
    for group, label in (*gaps.groups, ("", say("gaps.all"))):
        cells = "".join(f"<td>{gaps.count(one, group)}</td>" for one in JUDGEMENTS)
        rows += f'<tr><th scope="row">{escape(label)}</th>{cells}</tr>'
    return (
        f'<table class="sp-gaps-table"><caption>{escape(say("gaps.counts"))}</caption><thead><tr>'
        f'<th scope="col">{escape(say("gaps.group"))}</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _item(finding: Finding, gaps: Gaps) -> str:
    name = finding.item_id.partition(":")[2]
    officer = ""
    if finding.officer:
        own = say(f"gaps.{finding.judgement}")
        officer = f"<p>{escape(say('gaps.officer', own=own))} {escape(finding.officer.reason)}</p>"
    change = f"<p>{escape(say(f'gaps.{finding.change}'))}</p>" if finding.change else ""
    nearest = say("gaps.nearest") if finding.nearest else ""
    guides = "".join(
        f"<li><strong>{escape(one.title)}.</strong> {escape(one.says or one.summary)}</li>"
        for one in finding.guides
    )
    score = say("gaps.score", score=f"{finding.score:.2f}", touched=f"{finding.touched:.2f}")
    return (
        f'<details class="sp-gaps-item" id="{_place(finding)}"><summary>{_tag(finding.final)}'
        f" <span>{escape(name)} {escape(finding.label)}</span></summary>{officer}{change}"
        f"<p>{escape(finding.reason)} {escape(score)}</p>"
        f"{f'<p>{escape(nearest)}</p>' if nearest else ''}"
        f"{''.join(map(_quote, finding.quotes or finding.nearest))}"
        f"<p><strong>{escape(say('gaps.wants', framework=gaps.framework))}</strong>"
        f" {escape(finding.wants)}</p>{f'<ul>{guides}</ul>' if guides else ''}"
        f"{_ruling(finding)}</details>"
    )


def _ruling(finding: Finding) -> str:
    """Return what an officer judges with instead."""
    chosen = finding.final
    options = "".join(
        f'<option value="{one}"{" selected" if one == chosen else ""}>'
        f"{escape(say(f'gaps.{one}'))}</option>"
        for one in JUDGEMENTS
    )
    reason = escape(finding.officer.reason) if finding.officer else ""
    return (
        f'<form class="sp-gaps-ruling" data-item="{escape(finding.item_id)}">'
        f'<label>{escape(say("gaps.judge"))} <select name="judgement">{options}</select></label>'
        f'<label>{escape(say("gaps.why"))} <input name="reason" required minlength="3"'
        f' maxlength="{LONGEST_REASON}" value="{reason}" autocomplete="off"></label>'
        f"<button>{escape(say('gaps.keep'))}</button>"
        + (f'<button type="button" data-undo>{escape(say("gaps.undo"))}</button>' if reason else "")
        + "</form>"
    )


def _partners(gaps: Gaps) -> str:
    labels = dict(gaps.groups)
    rows = "".join(
        f'<tr><th scope="row">{escape(one.label)}</th>'
        f"<td>{escape('; '.join(labels.get(group, group) for group in one.groups))}</td>"
        f"<td>{_quote(one.quotes[0]) if one.quotes else escape(say('gaps.unnamed'))}</td></tr>"
        for one in gaps.partners
    )
    return rows and (
        f'<h3>{escape(say("gaps.partners"))}</h3><table class="sp-gaps-table"><thead><tr>'
        f"{_heads(('partner', 'under', 'in_plan'))}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _unmatched(gaps: Gaps) -> str:
    parts = "".join(
        f"<li><strong>{escape(one.where)}</strong> {_quote(one.opening)}</li>"
        for one in gaps.unmatched
    )
    found = f"<ul>{parts}</ul>" if parts else f"<p>{escape(say('gaps.all_matched'))}</p>"
    return f"<h3>{escape(say('gaps.unmatched'))}</h3>{found}"


def _heads(names: Iterable[str]) -> str:
    return "".join(f'<th scope="col">{escape(say(f"gaps.{name}"))}</th>' for name in names)


def _quote(quote: Quote) -> str:
    return f"<blockquote>{escape(quote.text)} <cite>{escape(quote.where)}</cite></blockquote>"


def _tag(judgement: Judgement) -> str:
    name = escape(say(f"gaps.{judgement}"))
    sign = f'<span aria-hidden="true">{SIGNS[judgement]}</span>'
    return f'<span class="sp-gaps-tag sp-gaps-{judgement}">{sign} {name}</span>'


def _place(finding: Finding) -> str:
    return f"item={escape(finding.item_id)}"
