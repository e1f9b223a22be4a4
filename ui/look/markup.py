"""Text as inert HTML, by itself and in the templates of the page."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING

from ui.words.catalogue import say
from ui.words.phrases import change_of, clean, day, kind_of, ranges, sentence_of

if TYPE_CHECKING:
    from jinja2 import Environment

_OUTSIDE = 'rel="noopener noreferrer" target="_blank"'


def escape(text: str, *, breaks: bool = False) -> str:
    """Return `text` as inert HTML: invisible characters gone, markup and template marks escaped.

    Line breaks become spaces, unless `breaks` keeps them.
    """
    escaped = html.escape(clean(text, breaks=breaks), quote=True)
    for mark in "{}`$":
        escaped = escaped.replace(mark, f"&#{ord(mark)};")
    return escaped


def link(url: str, text: str) -> str:
    """Return `text` linked to a page outside, or alone where `url` is no web address."""
    if not url.startswith(("https://", "http://")):
        return escape(text)
    return f'<a href="{escape(url)}" {_OUTSIDE}>{escape(text)}</a>'


def highlight(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return `text` as inert HTML with the characters of some spans marked; line breaks stay.

    Spans may overlap; what several hold is marked once.
    """
    pieces, done = [], 0
    for start, end in sorted(spans):
        first = max(start, done)
        if end > first:
            pieces += [_piece(text[done:first]), f"<mark>{_piece(text[first:end])}</mark>"]
            done = end
    return "".join([*pieces, _piece(text[done:])])


def fill(template: str, macro: str, **values: object) -> str:
    """Return a macro of a template as HTML; every text is made inert on its way in.

    Args:
        template: name of a file in `ui/templates`, without `.html`.
        macro: its name there.
        values: its arguments; HTML among them is `Markup`.
    """
    return str(getattr(_templates().get_template(f"{template}.html").module, macro)(**values))


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    class Unbroken(PackageLoader):
        """Leaves out the line breaks of a template: they would stand between its words."""

        def get_source(
            self, environment: Environment, template: str
        ) -> tuple[str, str, Callable[[], bool] | None]:
            source, name, fresh = super().get_source(environment, template)
            return re.sub(r"\n\s*", "", source), name, fresh

    def inert(value: object) -> object:
        return value if hasattr(value, "__html__") else Markup(_piece(str(value)))

    loader = Unbroken("ui")
    made = Environment(autoescape=True, loader=loader, undefined=StrictUndefined, finalize=inert)
    made.globals.update(say=say)
    made.filters.update(clean=clean, day=day, ranges=ranges, sentence=sentence_of)
    made.filters.update(change=change_of, kind=kind_of)
    made.filters.update(
        lines=lambda text: Markup(escape(text, breaks=True)),
        link=lambda text, url: Markup(link(url, text)),
        marked=lambda text, *spans: Markup(highlight(text, spans)),
    )
    return made


def _piece(text: str) -> str:
    """Escape a piece that others stand beside: it is stripped, so the spaces are put back."""
    if not text.strip():
        return _space(text)
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(text.rstrip()) :]
    return f"{_space(before)}{escape(text, breaks=True)}{_space(after)}"


def _space(between: str) -> str:
    """Return white space as blanks and line breaks: some of it is control characters."""
    return "".join("\n" if sign == "\n" else " " for sign in between)
