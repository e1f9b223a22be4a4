"""The workspaces: where each is, who may enter it, and what it works with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ui.access.rights import Right
from ui.words.catalogue import say

if TYPE_CHECKING:
    from assistant.settings import Settings
    from ui.access.rights import User
    from ui.service.desk import Desk
    from ui.service.seams import Serves


class Workspace(NamedTuple):
    """One page of the tool."""

    key: str
    """Its name in the catalogue of words."""

    path: str
    """Its address on the server."""

    right: Right
    """What it asks of whoever enters it."""

    @property
    def title(self) -> str:
        """What it is called."""
        return say(f"workspace.{self.key}")


WORKSPACES = (
    Workspace("ask", "/", Right.ASK),
    Workspace("framework", "/framework", Right.ASK),
    Workspace("prepare", "/prepare", Right.ASK),
    Workspace("gaps", "/gaps", Right.ASK),
    Workspace("evaluate", "/evaluate", Right.MEASURE),
    Workspace("library", "/library", Right.RUN),
)
"""In the order in which they are offered."""


class Service(NamedTuple):
    """What a workspace works with."""

    assistant: Serves
    """Answers and searches."""

    settings: Settings
    """Of this process."""

    desk: Desk
    """Records what is answered."""


def open_to(user: User) -> tuple[Workspace, ...]:
    """Return the workspaces that a user may enter."""
    return tuple(one for one in WORKSPACES if user.may(one.right))
