"""The cases of a run: filtered, a page at a time, those that are held out only when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from assistant.records import Operation
from evals.comparing.compare import Change, Comparison
from evals.metrics.scores import Score
from evals.running.shelf import Opened
from ui.look.markup import escape
from ui.pages.evaluate.evaluate_markup import box, choose, go, page_of, pager, told
from ui.pages.evaluate.evaluate_query import Query
from ui.words.catalogue import say

Changes = Mapping[str, Change]
"""Cases that changed between two runs, by id."""


def changes_of(comparison: Comparison | None) -> Changes:
    """Return the cases that changed, by id."""
    return {one.id: one for one in comparison.changes} if comparison else {}


def cases_as_html(
    opened: Opened, query: Query, others: Sequence[str], comparison: Comparison | None
) -> str:
    """Return the filters, and one page of what they leave.

    Args:
        opened: the run.
        query: the filters and the page.
        others: runs that it may be compared with.
        comparison: with the run that `query` names; none without.
    """
    changes = changes_of(comparison)
    readable = [one for one in opened.scores if is_readable(one, query)]
    found = [one for one in readable if fits(one, query, changes)]
    start, end = page_of(found, query)
    items = "".join(_item(one, query, changes) for one in found[start:end])
    count = say("evaluate.found", n=len(found), total=f"{len(readable):,}")
    listed = f'<ul class="sp-evaluate-cases">{items}</ul>' if found else _nothing(readable)
    return (
        f"{held_notice(opened.scores, query)}{_filters(opened, query, others)}"
        f'<p class="sp-evaluate-count"><strong>{escape(count)}</strong></p>'
        f"{listed}{pager(query, len(found))}"
    )


def held_notice(scores: Iterable[Score], query: Query) -> str:
    """Return what is said where cases are held out: why, and how they are shown all the same."""
    held = sum(one.split != "development" for one in scores)
    if not held:
        return ""
    if query.held:
        return told(say("evaluate.held_shown"), wrong=True)
    again = query.model_copy(update={"held": True, "page": 1})
    return (
        f'<div class="sp-evaluate-held"><p>{escape(say("evaluate.held", n=held))} '
        f"{escape(say('evaluate.why_held'))}</p>"
        f'<form data-go="{escape(again.address())}"><label><input type="checkbox" required> '
        f"{escape(say('evaluate.sure'))}</label> "
        f"<button>{say('evaluate.show_held')}</button></form></div>"
    )


def is_readable(one: Score, query: Query) -> bool:
    """Return whether a case may be shown: it may be tuned by, or was asked for deliberately."""
    return query.held or one.split == "development"


def fits(one: Score, query: Query, changes: Changes) -> bool:
    """Return whether the filters leave a case."""
    change = changes.get(one.id)
    verdicts = {
        "": True,
        "wrong": not one.right,
        "right": one.right,
        "broken": change is not None and change.was_right and not change.is_right,
        "fixed": change is not None and change.is_right and not change.was_right,
    }
    words = query.words.casefold().split()
    text = f"{one.id} {one.family} {one.question}".casefold()
    return (
        verdicts[query.verdict]
        and query.family in ("", one.family)
        and query.type in ("", one.type)
        and all(word in text for word in words)
    )


def _filters(opened: Opened, query: Query, others: Sequence[str]) -> str:
    families = sorted({one.family for one in opened.scores})
    types = [one for one in get_args(Operation) if any(s.type == one for s in opened.scores)]
    every = {"": say("evaluate.all")}
    verdicts = {
        "": say("evaluate.all"),
        "wrong": say("evaluate.not_right"),
        "right": say("evaluate.right"),
    }
    if query.against:
        verdicts |= {name: say(f"evaluate.{name}") for name in ("broken", "fixed")}
    against = {"": say("evaluate.no_other")} | {one: one for one in others}
    fields = (
        choose("verdict", say("evaluate.verdict"), verdicts, query.verdict),
        choose("family", say("evaluate.family"), every | _same(families), query.family),
        choose("type", say("evaluate.type"), every | _types(types), query.type),
        box("words", say("evaluate.words"), query.words),
        choose("against", say("evaluate.against"), against, query.against),
    )
    base = Query(run=query.run, show="cases", held=query.held)
    return (
        f'<form data-go="{escape(base.address())}" class="sp-evaluate-filter" role="search"'
        f' aria-label="{say("evaluate.filters")}"><div class="sp-evaluate-row">{"".join(fields)}'
        f"</div><button>{say('evaluate.filter')}</button></form>"
    )


def _same(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}


def _types(names: Iterable[str]) -> dict[str, str]:
    return {name: say(f"evaluate.type_{name}") for name in names}


def _item(one: Score, query: Query, changes: Changes) -> str:
    opened = query.model_copy(update={"show": "cases", "case": one.id})
    moved = changes.get(one.id)
    change = ""
    if moved and moved.was_right != moved.is_right:
        name = "fixed" if moved.is_right else "broken"
        change = f' <span class="sp-evaluate-mark">{say(f"evaluate.{name}")}</span>'
    return (
        f"<li>{verdict(right=one.right)}{change}<span>{go(opened, one.question)}"
        f'<span class="sp-evaluate-small">{escape(f"{one.id}, {one.family}, {one.status}")}'
        f"</span></span></li>"
    )


def verdict(*, right: bool) -> str:
    """Return whether a case is right, as a sign and as words."""
    sign = "\N{CHECK MARK}" if right else "\N{BALLOT X}"
    kind = "sp-evaluate-ok" if right else "sp-evaluate-no"
    name = say("evaluate.right") if right else say("evaluate.not_right")
    return f'<span class="{kind}"><span aria-hidden="true">{sign}</span> {escape(name)}</span>'


def _nothing(readable: Sequence[Score]) -> str:
    words = say("evaluate.none_fits") if readable else say("evaluate.none_readable")
    return f'<div class="sp-evaluate-empty">{told(words)}</div>'
