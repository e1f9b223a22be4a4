"""Whole pages, with the header and the notice that every page has: Gradio's own, and plain ones.

Gradio's is the Ask workspace. The others are made whole by the server, with addresses, links and
forms: they need no script to be read or worked in, and load nothing of Gradio.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from assistant.settings import Settings
from ui.access.rights import Right, User
from ui.look.templates import notice, render
from ui.look.theme import script, stylesheet
from ui.pages.ask import ask
from ui.service.desk import Desk
from ui.service.workspaces import WORKSPACES, Service, open_to
from ui.words.catalogue import say

if TYPE_CHECKING:
    from gradio import Blocks

    from ui.service.seams import Serves

LOOK_SECONDS = 0.02
"""Time between two looks at who waits, and so what a question waits at most where nobody does."""


def build_app(assistant: Serves, settings: Settings, desk: Desk, told: str = "") -> Blocks:
    """Return the page as Gradio blocks, ready to be mounted; `server.py` says how.

    What is `told` is what every reader of this installation should know; empty for nothing.
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
            notice=told,
            # Those that not everybody may enter, until the page has learnt who reads it.
            hidden=[one for one in WORKSPACES if one.right is not Right.ASK],
        )
        gr.HTML(header, apply_default_css=False, js_on_load=None)
        ask.build_page(Service(assistant, settings, desk))
        footer = render("frame/gradio_footer", about=notice())
        gr.HTML(footer, apply_default_css=False, js_on_load=None)
    blocks.queue(max_size=settings.waiting, api_open=False, default_concurrency_limit=ask.AT_ONCE)
    # Gradio looks a thousand times a second whether somebody waits, which costs a core 4 %.
    blocks._queue.sleep_when_free = LOOK_SECONDS
    return blocks


STYLES = {"framework": ("framework",), "prepare": ("prepare",), "gaps": ("gaps",)}
"""Names of the style sheets that a workspace has beside those of all."""

SCRIPTS = {"framework": ("narrow",), "prepare": ("narrow", "panel", "prepare")}
"""The same of scripts."""


Ways = tuple[tuple[str, str, bool], ...]
"""Parts of a workspace: what each is called, where it is, and whether it is the one shown."""


class Frame(NamedTuple):
    """What stands around every view of the workspaces of one server."""

    accounts: bool
    """Whether readers have signed in, and can sign out."""

    notice: str
    """What every reader of this installation should know; empty for nothing."""

    def around(self, inside: Markup, key: str, user: User, ways: Ways = (), title: str = "") -> str:
        """Return the whole page of a view `inside` a workspace, by its key, for who reads it.

        The title is of what is shown of the workspace; empty for the workspace itself.
        """
        name = say(f"workspace.{key}")
        return render(
            "page",
            title=f"{title} - {name}" if title else name,
            # What is marked as safe ships with the package.
            style=Markup(stylesheet("signpost", "plain", *STYLES.get(key, ()))),
            script=Markup(script("plain", "door", *SCRIPTS.get(key, ()))),
            about=notice(),
            accounts=self.accounts,
            notice=self.notice,
            workspaces=open_to(user),
            key=key,
            ways=ways,
            inside=inside,
        )
