"""Gradio's page, the Ask workspace, with the header and the notice that every page has."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from assistant.settings import Settings
from ui.access.rights import Right
from ui.look.templates import notice as shipped_notice
from ui.look.templates import render
from ui.pages.ask import ask
from ui.service.desk import Desk
from ui.service.workspaces import WORKSPACES, Service
from ui.words.catalogue import say

if TYPE_CHECKING:
    from gradio import Blocks

    from ui.service.seams import Serves

LOOK_SECONDS = 0.02
"""Time between two looks at who waits, and so what a question waits at most where nobody does."""


def build_app(assistant: Serves, settings: Settings, desk: Desk, notice: str = "") -> Blocks:
    """Return the page as Gradio blocks, ready to be mounted; `server.py` says how.

    The notice is what every reader of this installation should know; empty for nothing.
    """
    # Gradio and its client read these when they are imported.
    os.environ.update(
        GRADIO_ANALYTICS_ENABLED="False",
        GRADIO_RUN_HISTORY="False",
        GRADIO_SHARE="False",
        GRADIO_MCP_SERVER="False",
        GRADIO_FLAGGING_MODE="never",
        GRADIO_SSR_MODE="False",
        GRADIO_VIBE_MODE="",
        GRADIO_TEMP_DIR=str(settings.home / "page"),
        HF_HUB_OFFLINE="1",
        HF_HUB_DISABLE_TELEMETRY="1",
    )
    import gradio as gr

    title = f"{say('workspace.ask')} - {say('page.title')}"
    blocks = gr.Blocks(title=title, analytics_enabled=False, fill_width=True)
    with blocks:
        header = render(
            "frame/gradio_header",
            workspaces=WORKSPACES,
            accounts=settings.access == "accounts",
            notice=notice,
            # Those that not everybody may enter, until the page has learnt who reads it.
            hidden=[one for one in WORKSPACES if one.right is not Right.ASK],
        )
        gr.HTML(header, apply_default_css=False, js_on_load=None)
        ask.build_page(Service(assistant, settings, desk))
        footer = render("frame/gradio_footer", about=shipped_notice())
        gr.HTML(footer, apply_default_css=False, js_on_load=None)
    blocks.queue(max_size=settings.waiting, api_open=False, default_concurrency_limit=ask.AT_ONCE)
    # Gradio looks a thousand times a second whether somebody waits, which costs a core 4 %.
    blocks._queue.sleep_when_free = LOOK_SECONDS
    return blocks
