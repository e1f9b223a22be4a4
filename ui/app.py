"""The page: a header, one tab for each workspace, and a notice on every view."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from assistant.settings import Settings
from ui import ask
from ui.ask import Asks
from ui.desk import Desk, Recorded
from ui.markup import escape
from ui.notice import shipped_notice

if TYPE_CHECKING:
    from gradio import Blocks

_HEADER = """<header class="sp-header">
<h1>Signpost</h1>
<p>Cited answers about protecting children from sexual exploitation and abuse online.</p>
{door}{notice}</header>"""

_DOOR = """<form class="sp-door" method="post" action="/sign-out">
<a href="/account">Your password</a> <button>Sign out</button>
</form>
"""

_FOOTER = """<footer class="sp-footer" aria-label="About this service">
{notice}
<p id="sp-announcer" role="status" class="sp-unseen"></p>
</footer>"""


def build_app(assistant: Asks, settings: Settings, desk: Desk, notice: str = "") -> Blocks:
    """Return the page as Gradio blocks, ready to be mounted; `server.py` says how.

    Args:
        assistant: answers the questions.
        settings: where the page keeps what Gradio writes, and who may reach it.
        desk: records what is answered.
        notice: what every reader of this installation should know; empty for nothing.
    """
    keep_gradio_quiet(settings)
    import gradio as gr

    blocks = gr.Blocks(title="Signpost", analytics_enabled=False, fill_width=True)
    with blocks:
        _fixed(_header(settings, notice))
        with gr.Tabs(elem_id="sp-workspaces"), gr.Tab("Ask", id="ask"):
            ask.build_tab(lambda user: Recorded(assistant, desk, user))
        _fixed(_FOOTER.format(notice=shipped_notice()))
    blocks.queue(max_size=settings.waiting, api_open=False, default_concurrency_limit=ask.AT_ONCE)
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


def _header(settings: Settings, notice: str) -> str:
    told = f'<p class="sp-warned">{escape(notice)}</p>' if notice else ""
    return _HEADER.format(door=_DOOR if settings.access == "accounts" else "", notice=told)


def _fixed(markup: str) -> None:
    import gradio as gr

    gr.HTML(markup, apply_default_css=False, js_on_load=None)
