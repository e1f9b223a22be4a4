"""Workspaces that are plain pages: made whole by the server, with addresses, links and forms.

They need no script to be read or worked in, and load nothing of Gradio.
"""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from ui.access.rights import User
from ui.look.templates import notice, render
from ui.look.theme import script, stylesheet
from ui.service.workspaces import open_to
from ui.words.catalogue import say

STYLES = {"framework": ("framework",), "prepare": ("prepare",), "gaps": ("gaps",)}
"""Names of the style sheets that a workspace has beside those of all."""

SCRIPTS = {"framework": ("narrow",), "prepare": ("narrow", "panel", "prepare")}
"""The same of scripts."""


Way = tuple[str, str, bool]
"""A part of a workspace: what it is called, where it is, and whether it is the one shown."""


class Frame(NamedTuple):
    """What stands around every view of the workspaces of one server."""

    accounts: bool
    """Whether readers have signed in, and can sign out."""

    notice: str
    """What every reader of this installation should know; empty for nothing."""

    def around(
        self, inside: Markup, key: str, user: User, ways: tuple[Way, ...] = (), title: str = ""
    ) -> str:
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
