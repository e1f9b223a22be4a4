"""The templates: HTML of pages and reports, with every text that fills them made inert."""

from __future__ import annotations

import html
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from ui.words.catalogue import direction, say, spoken
from ui.words.phrases import change_of, clean, day, kind_of, moment, ranges, sentence_of

if TYPE_CHECKING:
    from jinja2 import Environment

NONE = "\N{EN DASH}"
"""What stands where there is no number."""


def render(template: str, **values: object) -> Markup:
    """Return a template, or a macro of one, as HTML.

    Args:
        template: name of a file in `ui/templates`, without `.html`; `states/error` is the macro
            `error` of `states.html`.
        values: what it is filled with; a name that is missing is an error. Only `Markup` stays
            HTML.
    """
    name, _, macro = template.partition("/")
    found = _environment().get_template(f"{name}.html")
    return Markup(getattr(found.module, macro)(**values) if macro else found.render(**values))


def escape(text: str, *, breaks: bool = False) -> str:
    """Return `text` as inert HTML: invisible characters gone, markup and template marks escaped.

    Line breaks become spaces, unless `breaks` keeps them.
    """
    escaped = html.escape(clean(text, breaks=breaks), quote=True)
    # Gradio compiles what it is given as a template of its own.
    for mark in "{}`$":
        escaped = escaped.replace(mark, f"&#{ord(mark)};")
    return escaped


def link(url: str, text: str) -> str:
    """Return `text` linked to a page outside, or alone where `url` is no web address."""
    if not url.startswith(("https://", "http://")):
        return escape(text)
    outside = 'rel="noopener noreferrer" target="_blank"'
    return f'<a href="{escape(url)}" {outside}>{escape(text)}</a>'


def marked(text: str, *spans: tuple[int, int]) -> str:
    """Return `text` as inert HTML with the characters of some spans marked; line breaks stay.

    Spans may overlap; what several hold is marked once.
    """
    found, done = "", 0
    for start, end in sorted(spans):
        first = max(start, done)
        if end > first:
            found += f"{_piece(text[done:first])}<mark>{_piece(text[first:end])}</mark>"
            done = end
    return found + _piece(text[done:])


def share(value: float | None) -> str:
    """Return a share in figures; a dash where there is none.

    >>> share(0.5), share(None)
    ('0.500', '–')
    """
    return NONE if value is None else f"{value:.3f}"


def percent(value: float | None) -> str:
    """Return a share as whole per cent; never 100 or 0 where that is not quite so.

    >>> percent(0.9967), percent(1.0), percent(0.42), percent(None)
    ('99.7 %', '100 %', '42 %', '–')
    """
    if value is None:
        return NONE
    near = 0 < value < 0.01 or 0.99 < value < 1
    return f"{100 * value:.{1 if near else 0}f} %"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("ui"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if hasattr(value, "__html__") else Markup(_piece(str(value))),
    )
    made.globals.update(say=say, language=spoken, direction=direction)
    made.filters.update(
        clean=clean,
        change=change_of,
        day=day,
        kind=kind_of,
        lines=lambda text: Markup(escape(text, breaks=True)),
        link=lambda text, url: Markup(link(url, text)),
        marked=lambda text, *spans: Markup(marked(text, *spans)),
        moment=moment,
        percent=percent,
        ranges=ranges,
        sentence=sentence_of,
        share=share,
        signed=lambda value: NONE if value is None else f"{value:+.3f}",
        thousands=lambda number: f"{number:,}",
    )
    # What stands on pages of several workspaces.
    made.globals.update(
        {name: made.get_template(f"{name}.html").module for name in ("fields", "parts")}
    )
    return made


def _piece(text: str) -> str:
    """Escape a piece that others stand beside: it is stripped, so the spaces are put back."""
    if not text.strip():
        return _space(text)
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(text.rstrip()) :]
    return _space(before) + escape(text, breaks=True) + _space(after)


def _space(between: str) -> str:
    """Return white space as blanks and line breaks: some of it is control characters."""
    return "".join("\n" if sign == "\n" else " " for sign in between)
