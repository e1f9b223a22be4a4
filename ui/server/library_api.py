"""The routes of the Library workspace: its page, and what is done there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from assistant.errors import SignpostError
from ui.access.switch import State
from ui.pages.library.library_keeper import Keeper, Refusal
from ui.pages.library.library_views import PATH, Library, view_of, ways
from ui.server.work import Caller, form_of
from ui.words.catalogue import say

if TYPE_CHECKING:
    from ui.access.switch import Switch
    from ui.pages.plain import Frame

Sent = Mapping[str, str]
"""What a form sends: a text for each field."""


def build_library(keeper: Keeper, switch: Switch, frame: Frame) -> APIRouter:
    """Return the routes.

    Args:
        keeper: keeps the library.
        switch: how the service is switched.
        frame: what stands around a view.
    """
    routes = APIRouter(include_in_schema=False)
    library = Library(keeper, switch)
    acts = _Acts(keeper, switch)

    @routes.get(PATH)
    def page(request: Request, user: Caller) -> HTMLResponse:
        asked = request.query_params
        inside, parts = library.draw(asked), ways(view_of(asked))
        return HTMLResponse(frame.around(inside, "library", user, parts))

    def add(name: str, view: str, act: Callable[[Sent], str]) -> None:
        async def done(request: Request, user: Caller) -> Response:
            sent = await form_of(request)
            try:
                more = await run_in_threadpool(act, sent)
            except SignpostError as error:
                told = library.problem(str(error), view)
                return HTMLResponse(frame.around(told, "library", user, ways(view)), 409)
            return RedirectResponse(f"{PATH}?view={view}{more}", 303)

        routes.add_api_route(f"/api/library/{name}", done, methods=["POST"])

    add("check", "check", acts.check)
    add("build", "index", acts.build)
    add("rollback", "index", acts.roll_back)
    add("editions", "changes", acts.keep_edition)
    add("switch", "service", acts.switch)
    return routes


class _Acts:
    """What can be done; each returns what the address of its view ends with."""

    def __init__(self, keeper: Keeper, switch: Switch) -> None:
        self._keeper = keeper
        self._switch = switch

    def check(self, sent: Sent) -> str:
        self._keeper.checking.start()
        return ""

    def build(self, sent: Sent) -> str:
        self._keeper.start_building(sent.get("build", ""))
        return ""

    def roll_back(self, sent: Sent) -> str:
        return f"&back={self._keeper.roll_back(sent.get('build', '')).build}"

    def keep_edition(self, sent: Sent) -> str:
        self._keeper.keep_edition()
        return ""

    def switch(self, sent: Sent) -> str:
        if sent.get("state") not in set(State):
            raise Refusal(say("library.choose_state"))
        self._switch.set(State(sent["state"]), sent.get("message", ""))
        return ""
