"""The form of the Prepare workspace: what a session is about, for whom, and how long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.sessions.session import AUDIENCES, LEVELS, PARTS
from assistant.sessions.session_agenda import LONGEST, SHORTEST
from assistant.sessions.session_plan import LONGEST_TOPIC
from assistant.sessions.session_scope import CARE, kinds_below, top_kind
from corpus.structure.graph import Framework, Item
from corpus.whole import Whole
from ui.look.templates import escape
from ui.words.catalogue import say

STEP = 15
"""Minutes between two lengths that can be chosen."""

USUAL = 60
"""Minutes that are chosen at first."""


def form_as_html(whole: Whole) -> str:
    """Return the form, filled with what is usual; the browser fills in what was asked before."""
    framework = whole.framework
    body = (
        f'<p class="sp-prepare-lead">{escape(say("prepare.lead"))}</p>',
        _about(framework, whole),
        _for_whom(),
        _more(),
        f'<p class="sp-prepare-go"><button type="submit" class="sp-prepare-primary">'
        f"{escape(say('prepare.make'))}</button></p>",
    )
    return (
        f'<details class="sp-prepare-form" open><summary>{escape(say("prepare.request"))}</summary>'
        f'<form id="sp-prepare-request" novalidate>{"".join(body)}</form></details>'
    )


def topics_of(whole: Whole) -> list[str]:
    """Return topics that a session can be made on: the titles of notes, and what they are about."""
    notes = [one for one in whole.notes if one.front.id not in CARE]
    tags = {tag.replace("-", " ") for note in notes for tag in note.front.topics}
    return [*sorted({one.front.title for one in notes}), *sorted(tags)]


def _about(framework: Framework, whole: Whole) -> str:
    tops = framework.of_kind(top_kind(framework).id)
    pillars = "".join(
        _box("pillars", str(one.number), f"{one.number}. {one.title}") for one in tops
    )
    options = "".join(f'<option value="{escape(one)}"></option>' for one in topics_of(whole))
    topic = (
        f'<div class="sp-prepare-field"><label for="sp-prepare-topic">'
        f"{escape(say('prepare.topic'))}</label>"
        f'<p class="sp-prepare-hint" id="sp-prepare-topic-hint">'
        f"{escape(say('prepare.topic_hint'))}</p>"
        f'<input id="sp-prepare-topic" name="topic" list="sp-prepare-topics" autocomplete="off"'
        f' maxlength="{LONGEST_TOPIC}" aria-describedby="sp-prepare-topic-hint">'
        f'<datalist id="sp-prepare-topics">{options}</datalist></div>'
    )
    return (
        _fieldset(say("prepare.pillars"), pillars, wide=True)
        + _capabilities(framework, tops)
        + topic
    )


def _capabilities(framework: Framework, tops: Sequence[Item]) -> str:
    kinds = [kind for kind in kinds_below(framework) if kind.titled]
    items = "".join(
        _box("capabilities", one.id.partition(":")[2], f"{one.number}. {one.title}")
        for top in tops
        for kind in kinds
        for one in framework.below(top.id, kind.id)
    )
    search = (
        f'<label for="sp-prepare-filter">{escape(say("prepare.filter"))}</label>'
        '<input id="sp-prepare-filter" type="search" autocomplete="off">'
        f'<p class="sp-prepare-none" hidden>{escape(say("prepare.filter_none"))}</p>'
    )
    return (
        f'<details class="sp-prepare-choose"><summary>{escape(say("prepare.capabilities"))}'
        '<span class="sp-prepare-count"></span></summary>'
        f"{search}<fieldset><legend class='sp-unseen'>{escape(say('prepare.capabilities'))}"
        "</legend>"
        f'<div class="sp-prepare-list">{items}</div></fieldset></details>'
    )


def _for_whom() -> str:
    audiences = _radios("audience", AUDIENCES, "officers")
    levels = _radios("level", LEVELS, "introductory")
    length = (
        f'<div class="sp-prepare-field"><label for="sp-prepare-minutes">'
        f"{escape(say('prepare.length'))}</label>"
        f'<div class="sp-prepare-range"><input id="sp-prepare-minutes" name="minutes" type="range"'
        f' min="{SHORTEST}" max="{LONGEST}" step="{STEP}" value="{USUAL}"'
        f' aria-describedby="sp-prepare-minutes-shown">'
        f'<output id="sp-prepare-minutes-shown" for="sp-prepare-minutes">{USUAL}</output>'
        f" {escape(say('prepare.minutes'))}</div></div>"
    )
    return (
        _fieldset(say("prepare.audience"), audiences, wide=True)
        + length
        + _fieldset(say("prepare.level"), levels)
    )


def _more() -> str:
    parts = "".join(_box("parts", one, say(f"prepare.part_{one}"), checked=True) for one in PARTS)
    # The page counts it up for another version of a session; nobody needs to see it.
    seed = '<input type="hidden" name="seed" value="0">'
    return _fieldset(say("prepare.parts"), parts, wide=True) + seed


def _fieldset(legend: str, body: str, *, wide: bool = False) -> str:
    side = " sp-prepare-wide" if wide else ""
    return (
        f'<fieldset class="sp-prepare-field{side}"><legend>{escape(legend)}</legend>'
        f'<div class="sp-prepare-options">{body}</div></fieldset>'
    )


def _radios(name: str, values: Iterable[str], chosen: str) -> str:
    return "".join(
        _choice("radio", name, one, say(f"prepare.{name}_{one.replace('-', '_')}"), one == chosen)
        for one in values
    )


def _box(name: str, value: str, label: str, *, checked: bool = False) -> str:
    return _choice("checkbox", name, value, label, checked)


def _choice(kind: str, name: str, value: str, label: str, checked: bool) -> str:
    on = " checked" if checked else ""
    return (
        f'<label class="sp-prepare-option"><input type="{kind}" name="{name}"'
        f' value="{escape(value)}"{on}><span>{escape(label)}</span></label>'
    )
