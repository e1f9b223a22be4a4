"""A session on the page: what it is, its agenda, its parts, its sources, and what can be done."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

from assistant.records import Statement
from assistant.sessions.session import AgendaLine, Session, SourceLine
from assistant.sessions.session_edit import Edited
from corpus.passage import Corpus
from ui.exports.sessions.session_files import can_make
from ui.exports.sessions.session_outline import NOTICE_OF_SESSION, PARTS_OF, TIERS, times
from ui.look.templates import escape
from ui.pages.answer.render import signposting_as_html
from ui.pages.prepare.prepare_items import DISABLED, Chips, Items, said
from ui.pages.prepare.prepare_plan import Derived
from ui.words.catalogue import say
from ui.words.phrases import day

FORMS = ("handout", "guide", "slides", "markdown", "gift", "all")
"""Files that the page offers, as `/api/session/{form}` names them."""

OPEN = ("Ground rules", "Where to turn")
"""Sections of care that stand open."""


def told_as_html(sentence: str) -> str:
    """Return why no session was made; each time anew, so that a page notices it a second time."""
    heading = f"<h2>{escape(say('prepare.not_made'))}</h2>"
    return (
        f'<div class="sp-state sp-error" role="alert" data-nonce="{_nonce()}">{heading}'
        f"<p>{escape(sentence)}</p></div>"
    )


def reply_as_html(derived: Derived) -> str:
    """Return the reviewed reply to a topic; the page forgets what was typed."""
    note = escape(say("prepare.not_kept"))
    reply = signposting_as_html(derived.reply)
    return (
        f'<div class="sp-prepare-reply" data-forget="topic" role="alert"'
        f' data-nonce="{_nonce()}">{reply}<p>{note}</p></div>'
    )


def session_as_html(derived: Derived, edited: Edited, corpus: Corpus) -> str:
    """Return a session; the page keeps the plan that stands at its root.

    Args:
        derived: what it came of.
        edited: the session.
        corpus: the edition that it cites.
    """
    chips = Chips(corpus)
    items = Items(chips, edited.slots, (derived.item, _under(derived)))
    body = "".join(_body(edited, items, chips))
    plan = escape(derived.plan.model_dump_json())
    announced = escape(derived.said or _announced(edited.session))
    failed = "reply" if derived.reply else "said" if derived.said else ""
    return (
        f'<div class="sp-reply sp-prepare" data-plan="{plan}" data-said="{announced}"'
        f' data-at="{escape(derived.item)}" data-failed="{failed}" data-nonce="{_nonce()}">'
        f'<article class="sp-answer sp-prepare-session" aria-labelledby="sp-prepare-title">{body}'
        f'</article><aside class="sp-panels" aria-label="{escape(say("prepare.panels"))}">'
        f"{chips.panels()}</aside></div>"
    )


def _nonce() -> str:
    """Return what is never the same, since Gradio tells a page nothing of an unchanged value."""
    return secrets.token_hex(8)


def _under(derived: Derived) -> str:
    """Return what stands under the item that was not changed."""
    if derived.reply:
        note = escape(say("prepare.not_kept"))
        reply = signposting_as_html(derived.reply)
        return f'<div class="sp-prepare-reply" role="alert">{reply}<p>{note}</p></div>'
    return (
        f'<p class="sp-prepare-said" role="alert">{escape(derived.said)}</p>'
        if derived.said
        else ""
    )


def _announced(session: Session) -> str:
    return say(
        "prepare.ready",
        minutes=session.request.minutes,
        messages=len(session.messages),
        questions=len(session.quiz),
    )


def _body(edited: Edited, items: Items, chips: Chips) -> Iterable[str]:
    session = edited.session
    dates = {one.as_of for one in session.messages if one.as_of}
    yield _head(session, dates)
    yield _tools(session)
    if slots := items.of("objectives"):
        yield _part("objectives", items.listed(slots) + items.removed("objectives"))
    yield _agenda(session.agenda, edited.order)
    yield _care(session.care, items, chips)
    drawn = {
        "messages": lambda: _messages(items, dated=len(dates) > 1),
        "discussion": lambda: items.listed(items.of("discussion")),
        "exercise": lambda: items.listed(items.of("exercise")),
        "quiz": lambda: (
            f"<p>{escape(say('prepare.quiz_note'))}</p>"
            + items.listed(items.of("quiz"))
            + items.key()
        ),
    }
    for part in edited.order:
        if any(one.part == part for one in edited.slots):
            yield _part(part, drawn[part]() + items.removed(part))
    yield from _rest(session, chips)


def _head(session: Session, dates: set[str]) -> str:
    request = session.request
    facts = say(
        "prepare.facts",
        minutes=request.minutes,
        audience=say(f"prepare.audience_{request.audience.replace('-', '_')}"),
        level=say(f"prepare.level_{request.level}"),
    )
    if len(dates) == 1:
        facts += " " + say("prepare.all_as_of", day=day(min(dates)))
    return (
        '<h2 class="sp-prepare-title" id="sp-prepare-title" tabindex="-1">'
        f"{escape(session.title)}</h2>"
        f'<p class="sp-prepare-facts">{escape(facts)}</p>'
    )


def _tools(session: Session) -> str:
    tools = "".join(
        f'<button type="button" class="sp-prepare-tool" data-tool="{one}">'
        f"{escape(say(f'prepare.tool_{one}'))}</button>"
        for one in ("undo", "version", "clear")
    )
    files = "".join(
        f'<button type="button" class="sp-prepare-tool" data-form="{one}">'
        f"{escape(say(f'prepare.form_{one}'))}</button>"
        for one in FORMS
        if (one != "gift" or session.quiz) and can_make(one)
    )
    return (
        f'<div class="sp-prepare-tools" role="group" aria-label="{escape(say("prepare.tools"))}">'
        f'{tools}</div><div class="sp-prepare-tools sp-prepare-files" role="group"'
        f' aria-label="{escape(say("prepare.files"))}"><span>{escape(say("prepare.files"))}</span>'
        f'{files}</div><p class="sp-prepare-said sp-prepare-file-said" role="alert" hidden></p>'
    )


def _part(part: str, body: str) -> str:
    return (
        f'<section class="sp-prepare-part" data-part="{part}">'
        f'<h3 tabindex="-1">{escape(say(f"prepare.part_{part}"))}</h3>{body}</section>'
    )


def _agenda(lines: Sequence[AgendaLine], order: Sequence[str]) -> str:
    held = [one for one in order if any(_part_of(line) == one for line in lines)]
    firsts: dict[str, AgendaLine] = {}
    for line in lines:
        firsts.setdefault(_part_of(line), line)
    rows = "".join(
        f'<tr><td>{times(line)}</td><td class="sp-prepare-number">{line.minutes}</td>'
        f"<th scope='row'>{escape(line.title)}<p>{escape(line.does.text)}</p></th>"
        f"<td>{_moves(_part_of(line), held) if firsts[_part_of(line)] is line else ''}</td></tr>"
        for line in lines
    )
    heads = "".join(
        f"<th scope='col'>{escape(say(f'prepare.agenda_{one}'))}</th>"
        for one in ("clock", "minutes", "what", "move")
    )
    total = sum(one.minutes for one in lines)
    foot = (
        f"<tr><td></td><td class='sp-prepare-number'><strong>{total}</strong></td>"
        f"<th scope='row'>{escape(say('prepare.agenda_total'))}</th><td></td></tr>"
    )
    return (
        f'<section class="sp-prepare-part" data-part="agenda">'
        f'<h3 tabindex="-1">{escape(say("prepare.part_agenda"))}</h3>'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody><tfoot>{foot}</tfoot></table>"
        "</section>"
    )


def _part_of(line: AgendaLine) -> str:
    return PARTS_OF.get(line.block, line.block)


def _moves(part: str, held: Sequence[str]) -> str:
    if part not in held or len(held) < 2:
        return ""
    at = held.index(part)
    return "".join(
        f'<button type="button" class="sp-prepare-do" data-do="{do}" data-id="part-{part}"'
        f' aria-label="{escape(say(f"prepare.name_{do}", item=say(f"prepare.part_{part}")))}"'
        f"{DISABLED if off else ''}>{escape(say(f'prepare.do_{do}'))}</button>"
        for do, off in (("up", at == 0), ("down", at == len(held) - 1))
    )


def _care(care: Sequence[Statement], items: Items, chips: Chips) -> str:
    own = iter(items.of("care"))
    sections: dict[str, list[str]] = {}
    lines = items.listed(list(own), dated=False)
    for one in care:
        text = f"<li>{said(one, chips, dated=False)}</li>"
        sections.setdefault(one.section, []).append(text)
    folds = ""
    for name, rows in sections.items():
        inside = lines if name == OPEN[1] else f"<ul>{''.join(rows)}</ul>"
        folds += (
            f"<details{' open' if name in OPEN else ''} class='sp-prepare-fold'"
            f" data-fold='{escape(name)}'>"
            f"<summary>{escape(name)}</summary>{inside}</details>"
        )
    return _part("care", folds)


def _messages(items: Items, *, dated: bool) -> str:
    found = ""
    for tier in ("framework", "guidance", "note"):
        slots = items.of("messages", tier)
        if slots:
            heading = f"<h4>{escape(say(f'prepare.tier_{tier}'))}</h4>"
            rows = items.listed(slots, dated=dated)
            found += f'<div class="sp-tier sp-tier-{tier}">{heading}{rows}</div>'
    return found


def _rest(session: Session, chips: Chips) -> Iterable[str]:
    yield _folds("facilitator", _by_section(session.facilitator, chips), session.facilitator)
    terms = "".join(
        f"<dt>{escape(one.section)}</dt><dd>{said(one, chips, dated=False)}</dd>"
        for one in session.glossary
    )
    yield _folds("glossary", f"<dl>{terms}</dl>", session.glossary)
    yield _folds("sources", f"<ul>{''.join(map(_source, session.sources))}</ul>", session.sources)
    left = "".join(
        f"<li>{escape(one.text)} <span class='sp-prepare-aside'>{escape(one.reason)}</span></li>"
        for one in session.dropped
    )
    yield _folds("left_out", f"<ul>{left}</ul>", session.dropped)
    yield f'<p class="sp-notice">{escape(NOTICE_OF_SESSION)}</p>'


def _folds(part: str, body: str, held: Sequence[object]) -> str:
    if not held:
        return ""
    name = escape(say(f"prepare.part_{part}"))
    return (
        f'<details class="sp-prepare-part sp-prepare-last" data-part="{part}" data-fold="{part}">'
        f"<summary>{name}</summary>{body}</details>"
    )


def _by_section(statements: Iterable[Statement], chips: Chips) -> str:
    sections: dict[str, list[str]] = {}
    for one in statements:
        row = f"<li>{said(one, chips, dated=False)}</li>"
        sections.setdefault(one.section, []).append(row)
    return "".join(
        f"<h4>{escape(name)}</h4><ul>{''.join(rows)}</ul>" for name, rows in sections.items()
    )


def _source(source: SourceLine) -> str:
    rests = "; ".join(dict.fromkeys(one.publisher for one in source.works if one.publisher))
    told = f"{source.title}, {source.publisher}. {TIERS.get(source.tier, source.tier)}."
    if source.as_of:
        told += f" {say('prepare.as_of', day=day(source.as_of))}"
    return (
        f"<li>{escape(told)} {escape(say('prepare.rests_on', works=rests) if rests else '')}</li>"
    )
