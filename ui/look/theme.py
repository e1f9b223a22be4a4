"""The look: one accent, one type scale, system fonts, light and dark."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

from ui.words.catalogue import direction, spoken, words

if TYPE_CHECKING:
    from gradio.themes import Base

OF_WORKSPACES = ("ask", "framework", "prepare", "gaps")
"""Names of the style sheets and scripts of Gradio's workspaces, which come after those of all."""

OF_ASK = ("card", "talk", "filters", "actions", "grow")
"""Names of the scripts that the Ask workspace is made of beside its own."""

SCREEN = "@media screen"

FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Arial", "sans-serif"]
"""Fonts that the reader's machine has; none is loaded."""

_LIGHT = {
    "page": "#ffffff",
    "raised": "#f4f6f7",
    "text": "#14191c",
    "muted": "#4d585f",
    "line": "#c3cbd0",
    "control": "#707c84",
    "accent": "#0a5560",
    "accent-strong": "#063d46",
    "on-accent": "#ffffff",
    "focus": "#14191c",
    "mark": "#ffe88a",
    "on-mark": "#14191c",
    "error": "#a61b1b",
}

_DARK = {
    "page": "#12171a",
    "raised": "#1c2327",
    "text": "#eef2f4",
    "muted": "#b1bcc3",
    "line": "#414d54",
    "control": "#8c99a1",
    "accent": "#7fd0dc",
    "accent-strong": "#b0e5ec",
    "on-accent": "#0b1a1d",
    "focus": "#ffffff",
    "mark": "#6b5900",
    "on-mark": "#ffffff",
    "error": "#ff9b94",
}


def build_theme() -> Base:
    """Return the theme that Gradio's own components wear."""
    from gradio.themes import Base

    theme = Base(font=FONTS, font_mono=["ui-monospace", "monospace"], text_size="lg")
    return theme.set(**_pairs())


def stylesheet() -> str:
    """Return the style sheet of Gradio's page, colours first."""
    light, dark = colours()
    rules = "\n".join(asset(f"{name}.css") for name in ("signpost", *OF_WORKSPACES))
    schemes = f":root {{ color-scheme: light; {light}}}\n.dark {{ color-scheme: dark; {dark}}}"
    return f"{schemes}\n{rules}"


def plain_stylesheet(*names: str) -> str:
    """Return that of pages outside it: the same colours, dark where the reader's machine is.

    Args:
        names: of the style sheets that follow.
    """
    light, dark = colours()
    # What is printed is dark on white.
    by_machine = f"{SCREEN} and (prefers-color-scheme: dark) {{ :root {{ {dark}}} }}"
    plain = f":root {{ color-scheme: light dark; {light}}}"
    return "\n".join((plain, by_machine, *(asset(f"{name}.css") for name in names)))


def colours() -> tuple[str, str]:
    """Return the colours of light and of dark, as declarations of a style sheet."""
    light, dark = (
        "".join(f"--sp-{name}: {value}; " for name, value in scheme.items())
        for scheme in (_LIGHT, _DARK)
    )
    return light, dark


def shades(*, dark: bool) -> dict[str, str]:
    """Return the colours by name, as hexadecimal triples, for what draws its own pictures."""
    return dict(_DARK if dark else _LIGHT)


def head() -> str:
    """Return what goes into the head of every page: the scripts, and the words that they say."""
    # No key or word may end the script.
    said = json.dumps(words("script")).replace("</", "<\\/")
    scripts = "\n".join(asset(f"{name}.js") for name in ("signpost", *OF_ASK, *OF_WORKSPACES))
    # Gradio's own page is written in English; what reads it aloud should know better.
    page = f"document.documentElement.lang = '{spoken()}';"
    page += f" document.documentElement.dir = '{direction()}';"
    return f"<script>{page}\nwindow.signpostWords = {said};\n{scripts}</script>"


def asset(name: str) -> str:
    """Return a style sheet or script that ships, by its name."""
    return (files("ui") / "assets" / name).read_text(encoding="utf-8")


def _pairs() -> dict[str, str]:
    roles = {
        "body_background_fill": "page",
        "body_text_color": "text",
        "body_text_color_subdued": "muted",
        "background_fill_primary": "page",
        "background_fill_secondary": "raised",
        "border_color_primary": "line",
        "block_background_fill": "page",
        "block_label_text_color": "text",
        "block_title_text_color": "text",
        "input_background_fill": "page",
        "input_border_color": "control",
        "input_border_color_focus": "focus",
        "button_primary_background_fill": "accent",
        "button_primary_background_fill_hover": "accent-strong",
        "button_primary_text_color": "on-accent",
        "button_primary_text_color_hover": "on-accent",
        "link_text_color": "accent",
        "link_text_color_hover": "accent-strong",
        "link_text_color_visited": "accent",
        "link_text_color_active": "accent-strong",
        "color_accent": "accent",
    }
    names = {name: f"var(--sp-{role})" for name, role in roles.items()}
    both = {f"{name}_dark": value for name, value in names.items() if name != "color_accent"}
    return {**names, **both}
