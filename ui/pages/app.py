"""The pages: one for each workspace, each with the header and a notice."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from assistant.settings import Settings
from ui.access.rights import Right
from ui.look import frame
from ui.look.templates import render
from ui.pages.ask import ask
from ui.pages.gaps import gaps
from ui.pages.prepare import prepare
from ui.service.desk import Desk
from ui.service.workspaces import WORKSPACES, Service, Workspace
from ui.words.catalogue import say

if TYPE_CHECKING:
    from gradio import Blocks

    from ui.service.seams import Serves

LOOK_SECONDS = 0.02
"""Time between two looks at who waits, and so what a question waits at most where nobody does."""

_BUILDERS: Mapping[str, Callable[[Service], None]] = {
    "ask": ask.build_page,
    "prepare": prepare.build_page,
    "gaps": gaps.build_page,
}
"""What lays out each workspace of Gradio's; the others are plain pages of the server."""


def build_app(assistant: Serves, settings: Settings, desk: Desk, notice: str = "") -> Blocks:
    """Return the pages as Gradio blocks, ready to be mounted; `server.py` says how.

    Args:
        assistant: answers the questions.
        settings: where the page keeps what Gradio writes, and who may reach it.
        desk: records what is answered.
        notice: what every reader of this installation should know; empty for nothing.
    """
    keep_gradio_quiet(settings)
    import gradio as gr

    blocks = gr.Blocks(title=say("page.title"), analytics_enabled=False, fill_width=True)
    service = Service(assistant, settings, desk)
    first, *others = (one for one in WORKSPACES if one.key in _BUILDERS)
    with blocks:
        _lay_out(first, service, notice)
    for workspace in others:
        with blocks.route(workspace.title, workspace.path, show_in_navbar=False):
            _lay_out(workspace, service, notice)
    blocks.queue(max_size=settings.waiting, api_open=False, default_concurrency_limit=ask.AT_ONCE)
    # Gradio looks a thousand times a second whether somebody waits, which costs a core 4 %.
    blocks._queue.sleep_when_free = LOOK_SECONDS
    return blocks


def keep_gradio_quiet(settings: Settings) -> None:
    """Set what Gradio and its client read from the environment; call before they are imported."""
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


def _lay_out(workspace: Workspace, service: Service, notice: str) -> None:
    import gradio as gr

    def fixed(macro: str, **values: object) -> None:
        gr.HTML(render(f"frame/{macro}", **values), apply_default_css=False, js_on_load=None)

    fixed(
        "gradio_header",
        workspaces=WORKSPACES,
        key=workspace.key,
        accounts=service.settings.access == "accounts",
        notice=notice,
        # Those that not everybody may enter, until the page has learnt who reads it.
        hidden=[one for one in WORKSPACES if one.right is not Right.ASK],
        path=workspace.path,
    )
    _BUILDERS[workspace.key](service)
    fixed("gradio_footer", about=frame.notice())
