"""The route by which the Ask page stops an answer that is being worded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from ui.access.rights import PAGE
from ui.server.work import Body, Caller

if TYPE_CHECKING:
    from ui.service.growing import Underway


class Stop(Body):
    """Which answer to stop."""

    token: Annotated[str, Field(min_length=1, max_length=64)]
    """As the page was told it with the beginning of the answer."""


def build_ask(underway: Underway) -> APIRouter:
    """Return the route.

    Args:
        underway: the answers that are being worded.
    """
    routes = APIRouter(prefix="/api/ask", include_in_schema=False)

    @routes.post("/stop", status_code=204)
    def stop(body: Stop, user: Caller) -> Response:
        # Whether there was such an answer, and whose, is told to nobody.
        underway.stop(body.token, user.name or PAGE)
        return Response(status_code=204)

    return routes
