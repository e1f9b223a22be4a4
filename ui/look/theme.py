"""The look: one accent, one type scale, system fonts, light and dark."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

from ui.words.catalogue import direction, spoken, words

if TYPE_CHECKING:
    from gradio.themes import Base

OF_ASK = ("signpost", "panel", "card", "talk", "filters", "actions", "grow", "ask")
"""Names of the scripts of Gradio's pages, in the order in which they run."""

_COLOURS = {
    "page": ("#ffffff", "#12171a"),
    "raised": ("#f4f6f7", "#1c2327"),
    "text": ("#14191c", "#eef2f4"),
    "muted": ("#4d585f", "#b1bcc3"),
    "line": ("#c3cbd0", "#414d54"),
    "control": ("#707c84", "#8c99a1"),
    "accent": ("#0a5560", "#7fd0dc"),
    "accent-strong": ("#063d46", "#b0e5ec"),
    "on-accent": ("#ffffff", "#0b1a1d"),
    "focus": ("#14191c", "#ffffff"),
    "mark": ("#ffe88a", "#6b5900"),
    "on-mark": ("#14191c", "#ffffff"),
    "error": ("#a61b1b", "#ff9b94"),
}
"""Each in light and in dark."""

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
    colours = "".join(f"--sp-{name}: light-dark({a}, {b}); " for name, (a, b) in _COLOURS.items())
    scheme = "light dark" if by_machine else "light"
    # What is printed is dark on white.
    rules = (
        f":root {{ color-scheme: {scheme}; {colours}}}",
        ".dark { color-scheme: dark; }",
        "@media print { :root, .dark { color-scheme: light; } }",
        *(asset(f"{name}.css") for name in names),
    )
    return "\n".join(rules)


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
