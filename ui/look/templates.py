"""The templates: HTML of pages and reports, with whatever fills it made inert."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from ui.look.markup import highlight
from ui.words.catalogue import say
from ui.words.phrases import clean, day, moment

if TYPE_CHECKING:
    from jinja2 import Environment

NONE = "\N{EN DASH}"
"""What stands where there is no number."""


def render(template: str, **values: object) -> Markup:
    """Return a template filled in; texts lose what no reader can see, and all markup is escaped.

    Args:
        template: name of a file in `ui/templates`, without `.html`.
        values: what it is filled with; a name that is missing is an error.
    """
    # Every value was escaped on its way in.
    return Markup(_environment().get_template(f"{template}.html").render(**values))


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

    environment = Environment(
        loader=PackageLoader("ui"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    environment.globals.update(say=say)
    environment.filters.update(
        lines=_lines,
        marked=lambda text, spans: Markup(highlight(text, spans)),
        share=share,
        percent=percent,
        day=day,
        moment=moment,
        thousands=lambda number: f"{number:,}",
        signed=lambda value: NONE if value is None else f"{value:+.3f}",
    )
    return environment


def _visible(value: object) -> object:
    """Take invisible characters out of a text; what is markup already stays as it is."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    # Blanks at its ends stay: they may stand between two attributes.
    return clean(f"|{value}|")[1:-1]


def _lines(text: str) -> Markup:
    """Return a text whose line breaks stay."""
    return escape(clean(text, breaks=True))
