"""The look: colours and type, templates whose every text is inert, and pages outside workspaces."""

from __future__ import annotations

import html
import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import Markup

from corpus.checks.signposting import Signposting, read_signposting, shipped_signposting
from ui.words import phrases
from ui.words.phrases import clean, direction, say, spoken, words

if TYPE_CHECKING:
    from gradio.themes import Base
    from jinja2 import Environment

NONE = "\N{EN DASH}"  # What stands where there is no number.


def render(template: str, **values: object) -> Markup:
    """Return a template, or a macro of one, as HTML: `states/error` is `error` of `states.html`.

    A name that is missing from what it is filled with is an error. Only `Markup` stays HTML.
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
    """Return a share in figures; a dash where there is none."""
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
    made.globals |= {"say": say, "language": spoken, "direction": direction}
    made.filters.update(
        clean=clean,
        change=phrases.change_of,
        day=phrases.day,
        kind=phrases.kind_of,
        lines=lambda text: Markup(escape(text, breaks=True)),
        link=lambda text, url: Markup(link(url, text)),
        marked=lambda text, *spans: Markup(marked(text, *spans)),
        moment=phrases.moment,
        percent=percent,
        ranges=phrases.ranges,
        sentence=phrases.sentence_of,
        share=share,
        signed=lambda value: NONE if value is None else f"{value:+.3f}",
        thousands=lambda number: f"{number:,}",
    )
    # What stands on pages of several workspaces.
    for name in ("fields", "parts"):
        made.globals[name] = made.get_template(f"{name}.html").module
    return made


def _piece(text: str) -> str:
    # What it is stripped of is put back as blanks and line breaks: others stand beside it.
    inside = text.strip()
    before, _, after = text.partition(inside) if inside else (text, "", "")
    before, after = (re.sub(r"[^\n]", " ", one) for one in (before, after))
    return before + escape(inside, breaks=True) + after


WIDE = "J"  # The case whose services are for anybody: the directories that work worldwide.


@cache
def shipped_texts() -> Signposting:
    """Return the signposting texts that ship, read once."""
    return read_signposting(shipped_signposting())


def notice() -> Markup:
    """Return the notice: automated answers, what they are not for, where to get help.

    The texts that ship say what to do in danger and name directories.
    """
    texts = shipped_texts()
    language = texts.languages[0]
    services = [(one.name, one.purpose[language]) for one in texts.services_for(WIDE)]
    return render("frame/notice", danger=texts.danger[language], services=services)


DOORS = {"sign_in": "door.sign_in", "account": "page.account", "told": "door.refused"}
"""Pages outside the workspaces, to sign in, change a password or say a sentence: their titles."""


def door_page(kind: str, said: str = "", name: str = "") -> str:
    """Return one of `DOORS`; what is `said` tells why it is seen, the name is of the account."""
    title = say(DOORS[kind])
    return render(
        "page",
        title=title,
        # What is marked as safe ships with the package.
        style=Markup(stylesheet("signpost", "plain")),
        script="",
        about=notice(),
        key="door",
        inside=render("door", kind=kind, title=title, said=said, name=name),
        accounts=False,
        **dict.fromkeys(("notice", "workspaces", "ways"), ""),
    )


OF_ASK = ("signpost", "panel", "card", "talk", "filters", "actions", "grow", "ask")
"""Names of the scripts of Gradio's pages, in the order in which they run."""

_ROLES = {
    "page": "body_background_fill background_fill_primary block_background_fill"
    " input_background_fill",
    "raised": "background_fill_secondary",
    "text": "body_text_color block_label_text_color block_title_text_color",
    "muted": "body_text_color_subdued",
    "line": "border_color_primary",
    "control": "input_border_color",
    "focus": "input_border_color_focus",
    "accent": "button_primary_background_fill link_text_color link_text_color_visited",
    "accent-strong": "button_primary_background_fill_hover link_text_color_hover"
    " link_text_color_active",
    "on-accent": "button_primary_text_color button_primary_text_color_hover",
}
"""Which of Gradio's colours each stands for."""


def build_theme() -> Base:
    """Return the theme that Gradio's own components wear."""
    from gradio.themes import Base

    # Fonts that the reader's machine has; none is loaded.
    fonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Arial", "sans-serif"]
    theme = Base(font=fonts, font_mono=["ui-monospace", "monospace"], text_size="lg")
    pairs = {name: f"var(--sp-{role})" for role, own in _ROLES.items() for name in own.split()}
    dark = {f"{name}_dark": value for name, value in pairs.items()}
    return theme.set(color_accent="var(--sp-accent)", **pairs, **dark)


def stylesheet(*names: str, by_machine: bool = True) -> str:
    """Return the style sheet of a page: colours, then the sheets of these names.

    It is dark where the reader's machine is; where not `by_machine`, where Gradio, which looks
    itself, gives it the class `dark`.
    """
    scheme = "light dark" if by_machine else "light"
    sheets = (asset(f"{name}.css") for name in ("colours", *names))
    return "\n".join((f":root {{ color-scheme: {scheme}; }}", *sheets))


def head() -> str:
    """Return what goes into the head of Gradio's pages: scripts, and the words that they say."""
    # No key or word may end the script.
    said = json.dumps(words("script")).replace("</", "<\\/")
    # Gradio's own page is written in English; what reads it aloud should know better.
    page = f"document.documentElement.lang = '{spoken()}';"
    page += f" document.documentElement.dir = '{direction()}';"
    return f"<script>{page}\nwindow.signpostWords = {said};\n{script(*OF_ASK)}</script>"


def script(*names: str) -> str:
    """Return scripts as one program: each in a block of its own, behind what all of them share."""
    blocks = (f"{{\n{asset(f'{name}.js')}}}" for name in names)
    return "\n".join(("(() => {", '"use strict";', asset("shared.js"), *blocks, "})();"))


def asset(name: str) -> str:
    """Return a style sheet or script that ships, by its name."""
    return (files("ui") / "assets" / name).read_text(encoding="utf-8")
