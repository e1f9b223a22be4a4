"""Whole pages, with the header and the notice that every page has: Gradio's own, and plain ones.

Gradio's is the Ask workspace; the others need no script to be read or worked in.
"""

import os
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from assistant.settings import Settings
from ui.access.rights import Right, User
from ui.look.templates import notice, render, script, stylesheet
from ui.pages import talk
from ui.service.desk import Desk, Serves
from ui.words.phrases import say

if TYPE_CHECKING:
    from gradio import Blocks


class Workspace(NamedTuple):
    """One page of the tool, with the style sheets and scripts that it has beside those of all."""

    key: str
    path: str
    right: Right = Right.ASK
    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()


WORKSPACES = (
    Workspace("ask", "/"),
    Workspace("framework", "/framework", Right.ASK, ("framework",), ("narrow",)),
    Workspace("prepare", "/prepare", Right.ASK, ("prepare",), ("narrow", "panel", "prepare")),
    Workspace("gaps", "/gaps", Right.ASK, ("gaps",)),
    Workspace("evaluate", "/evaluate", Right.MEASURE),
    Workspace("library", "/library", Right.RUN),
)
"""In the order in which they are offered."""


def open_to(user: User) -> tuple[Workspace, ...]:
    """Return the workspaces that a user may enter."""
    return tuple(one for one in WORKSPACES if user.may(one.right))


def build_app(assistant: Serves, settings: Settings, desk: Desk, told: str = "") -> "Blocks":
    """Return the page as Gradio blocks; every reader is `told` something, unless it is empty."""
    # Gradio and its client read these when they are imported.
    for name in ("ANALYTICS_ENABLED", "RUN_HISTORY", "SHARE", "MCP_SERVER", "SSR_MODE"):
        os.environ[f"GRADIO_{name}"] = "False"
    os.environ |= {
        "GRADIO_FLAGGING_MODE": "never",
        "GRADIO_VIBE_MODE": "",
        "GRADIO_TEMP_DIR": str(settings.home / "page"),
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
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
        talk.build_page(assistant, settings, desk)
        footer = render("frame/gradio_footer", about=notice())
        gr.HTML(footer, apply_default_css=False, js_on_load=None)
    blocks.queue(max_size=settings.waiting, api_open=False, default_concurrency_limit=talk.AT_ONCE)
    # Gradio looks a thousand times a second whether somebody waits, which costs a core 4 %. These
    # are seconds, and what a question waits at most where nobody does.
    blocks._queue.sleep_when_free = 0.02
    return blocks


Ways = tuple[tuple[str, str, bool], ...]
"""Parts of a workspace: what each is called, where it is, and whether it is the one shown."""


class Frame(NamedTuple):
    """What stands around every view of the workspaces of one server; an empty notice is none."""

    accounts: bool
    notice: str

    def around(self, inside: Markup, key: str, user: User, ways: Ways = (), title: str = "") -> str:
        """Return the whole page of a view `inside` a workspace; the title is of the view alone."""
        here, name = next(one for one in WORKSPACES if one.key == key), say(f"workspace.{key}")
        return render(
            "page",
            title=f"{title} - {name}" if title else name,
            # What is marked as safe ships with the package.
            style=Markup(stylesheet("signpost", "plain", *here.styles)),
            script=Markup(script("plain", *here.scripts)),
            about=notice(),
            workspaces=open_to(user),
            key=key,
            ways=ways,
            inside=inside,
            **self._asdict(),
        )
