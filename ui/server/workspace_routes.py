"""The routes of the workspaces that are plain pages and have no more than a page: Framework."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from ui.look.templates import render
from ui.pages.framework.framework import PATH, is_served, shown
from ui.server.work import Caller

if TYPE_CHECKING:
    from ui.pages.plain import Frame
    from ui.service.seams import Serves


def build_workspaces(assistant: Serves, frame: Frame) -> APIRouter:
    """Return the routes.

    Args:
        assistant: answers from the texts that are shown.
        frame: what stands around a view.
    """
    routes = APIRouter(include_in_schema=False)
    served = is_served(assistant.corpus)

    @routes.get(PATH)
    def framework(user: Caller, item: str = "") -> HTMLResponse:
        if not served:
            return HTMLResponse(frame.around(render("states/absent"), "framework", user))
        view = shown(item, datetime.now(UTC).date())
        return HTMLResponse(frame.around(view.html, "framework", user, title=view.title))

    return routes
