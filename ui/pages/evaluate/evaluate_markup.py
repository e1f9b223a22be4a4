"""Pieces that the views of the Evaluate workspace are made of: links, tables, fields, pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evals.estimate import Estimate
from ui.look.markup import escape
from ui.look.plots import bar
from ui.pages.evaluate.evaluate_query import Query
from ui.words.catalogue import say

PAGE_OF = 25
"""Entries of a list that stand on one page."""


def go(query: Query, text: str, *, kind: str = "", current: bool = False, more: str = "") -> str:
    """Return a link to a view, which the page follows without being loaded anew.

    Args:
        query: the view.
        text: what is linked, as text.
        kind: its class.
        current: whether it is the view that is open.
        more: what a screen reader says after the text.
    """
    marked = ' aria-current="page"' if current else ""
    named = f' class="{kind}"' if kind else ""
    unseen = f' <span class="sp-unseen">{escape(more)}</span>' if more else ""
    return f'<a data-go href="{escape(query.address())}"{named}{marked}>{escape(text)}{unseen}</a>'


def heading(text: str, *, aside: str = "") -> str:
    """Return the heading of a view, which takes the focus when the view is opened."""
    small = f'<p class="sp-evaluate-aside">{aside}</p>' if aside else ""
    return f'<h2 class="sp-evaluate-title" tabindex="-1">{escape(text)}</h2>{small}'


def table(name: str, head: Sequence[str], rows: Iterable[str], kind: str = "") -> str:
    """Return a table whose first column heads its rows; a wide one scrolls in its own box.

    Args:
        name: what it shows, for a screen reader.
        head: names of the columns.
        rows: rows as HTML.
        kind: its class.
    """
    columns = "".join(f'<th scope="col">{escape(one)}</th>' for one in head)
    return (
        f'<div class="sp-evaluate-scroll" tabindex="0" role="region" aria-label="{escape(name)}">'
        f'<table class="{kind}"><thead><tr>{columns}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def row(name: str, cells: Iterable[str]) -> str:
    """Return a row: what heads it and its cells, both as HTML."""
    return f'<tr><th scope="row">{name}</th>{"".join(cells)}</tr>'


def cell(text: object, kind: str = "", *, name: str = "") -> str:
    """Return a cell that holds a text; `name` is told where there is no room for the columns'."""
    named = f' class="{kind}"' if kind else ""
    if name:
        named += f' data-name="{escape(name)}"'
    return f"<td{named}>{escape(str(text))}</td>"


def drawn(one: Estimate) -> str:
    """Return a cell with a share drawn as a dot on its interval."""
    inside = "" if one.value is None else bar(one.value, one.low, one.high)
    return f'<td class="sp-evaluate-drawn">{inside}</td>'


def share(value: float | None) -> str:
    """Return a share in figures; a dash where there is none.

    >>> share(0.5), share(None)
    ('0.500', '–')
    """
    return "\N{EN DASH}" if value is None else f"{value:.3f}"


def interval(one: Estimate) -> str:
    """Return the 95 % interval of a number in figures; empty where there is none."""
    if one.low is None or one.high is None:
        return ""
    return say("evaluate.from_to", low=f"{one.low:.3f}", high=f"{one.high:.3f}")


def pager(query: Query, total: int) -> str:
    """Return where one is in a list of so many entries, with the ways to the pages beside."""
    pages = max(1, -(-total // PAGE_OF))
    page = min(query.page, pages)
    first, last = (page - 1) * PAGE_OF + 1, min(page * PAGE_OF, total)
    told = say("evaluate.of_all", first=first, last=last, total=f"{total:,}")
    if pages == 1:
        return ""
    before = go(query.model_copy(update={"page": page - 1}), say("evaluate.previous"))
    after = go(query.model_copy(update={"page": page + 1}), say("evaluate.next"))
    parts = (before if page > 1 else "", f"<span>{told}</span>", after if page < pages else "")
    named = say("evaluate.pages")
    return f'<nav class="sp-evaluate-pager" aria-label="{named}">{"".join(parts)}</nav>'


def page_of(found: Sequence[object], query: Query) -> tuple[int, int]:
    """Return the first place of a page, and one past its last."""
    pages = max(1, -(-len(found) // PAGE_OF))
    start = (min(query.page, pages) - 1) * PAGE_OF
    return start, start + PAGE_OF


def choose(
    name: str, label: str, options: Mapping[str, str], chosen: str = "", *, more: str = ""
) -> str:
    """Return a list to choose one from; `options` are labels by value, `more` other attributes."""
    items = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>'
        f"{escape(text)}</option>"
        for value, text in options.items()
    )
    anchor = f"sp-ev-{name.replace('.', '-')}"
    return (
        f'<div class="sp-evaluate-field"><label for="{anchor}">{escape(label)}</label>'
        f'<select id="{anchor}" name="{name}"{more}>{items}</select></div>'
    )


def box(
    name: str,
    label: str,
    value: str = "",
    *,
    hint: str = "",
    problem: str = "",
    lines: int = 1,
    more: str = "",
) -> str:
    """Return a box to type in, with a hint and what is wrong with it.

    Args:
        name: of the field.
        label: what it is called.
        value: what stands in it.
        hint: what helps to fill it.
        problem: what is wrong; empty for nothing.
        lines: its height; 1 for a box of a single line.
        more: other attributes.
    """
    anchor = f"sp-ev-{name.replace('.', '-')}"
    told = "".join(
        f'<p class="{kind}" id="{anchor}-{at}">{escape(text)}</p>'
        for at, kind, text in (
            ("hint", "sp-evaluate-hint", hint),
            ("problem", "sp-evaluate-problem", problem),
        )
        if text
    )
    by = " ".join(f"{anchor}-{at}" for at, text in (("hint", hint), ("problem", problem)) if text)
    described = f' aria-describedby="{by}"' if by else ""
    wrong = ' aria-invalid="true"' if problem else ""
    common = f'id="{anchor}" name="{name}"{described}{wrong}{more} autocomplete="off"'
    inside = f'<input {common} value="{escape(value)}">'
    if lines > 1:
        inside = f'<textarea {common} rows="{lines}">{escape(value, breaks=True)}</textarea>'
    state = " sp-evaluate-wrong" if problem else ""
    return (
        f'<div class="sp-evaluate-field{state}"><label for="{anchor}">{escape(label)}</label>'
        f"{told}{inside}</div>"
    )


def told(sentence: str, *, wrong: bool = False) -> str:
    """Return a sentence that says how something stands, or what went wrong."""
    kind = "sp-evaluate-told sp-evaluate-bad" if wrong else "sp-evaluate-told"
    return f'<p class="{kind}">{escape(sentence)}</p>'


def facts(rows: Mapping[str, str]) -> str:
    """Return names with what belongs to each, as text; what is empty is left out."""
    inside = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in rows.items()
        if value
    )
    return f'<dl class="sp-evaluate-facts">{inside}</dl>'
