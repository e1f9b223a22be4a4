"""The Library workspace: sources, the check, the index, differences between editions, the service.

The page holds the ways between its views; each view is drawn by the server (`library_api.py`) and
fetched by the script, so that every one of them has an address and a reload loses nothing.
"""

from __future__ import annotations

from ui.service.workspaces import Service
from ui.words.catalogue import say

VIEWS = ("sources", "check", "index", "changes", "service")
"""In the order in which they are offered."""


def build_page(service: Service) -> None:
    """Lay out the workspace on the page that is open."""
    import gradio as gr

    gr.HTML(shell(), elem_id="sp-library", apply_default_css=False, js_on_load=None)


def shell() -> str:
    """Return what stands on the page before any view is there."""
    links = "".join(
        f'<li><a href="/library#view={name}" data-view="{name}">'
        f"{say(f'library.view_{name}')}</a></li>"
        for name in VIEWS
    )
    return (
        f'<nav class="sp-library-views" aria-label="{say("library.views")}"><ul>{links}</ul></nav>'
        f'<div id="sp-library-view"><p role="status">{say("library.loading")}</p></div>'
    )
