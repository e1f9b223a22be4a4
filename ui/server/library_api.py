"""The routes of the Library workspace: its page, and what is done there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from assistant.errors import DocumentError, LibraryError, SignpostError
from assistant.ingestion import visible_library
from ui.access.limits import LONG
from ui.access.rights import Role
from ui.access.switch import State
from ui.pages.library.library_keeper import Keeper, Refusal
from ui.pages.library.library_views import PATH, Library, view_of, ways
from ui.server.work import Caller, Work, files_of
from ui.words.catalogue import say

if TYPE_CHECKING:
    from ui.access.switch import Switch
    from ui.pages.plain import Frame

Sent = Mapping[str, str]
"""What a form sends: a text for each field."""


def build_library(keeper: Keeper, switch: Switch, frame: Frame, work: Work) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(include_in_schema=False)
    library = Library(keeper, switch)
    acts = _Acts(keeper, switch)

    @routes.get(PATH)
    def page(request: Request, user: Caller) -> HTMLResponse:
        asked = request.query_params
        inside, parts = library.draw(asked), ways(view_of(asked))
        return HTMLResponse(frame.around(inside, "library", user, parts))

    @routes.get("/api/documents/{library}/{source}/{page}")
    async def picture(
        library: str, source: str, page: Annotated[int, Path(ge=1)], request: Request, user: Caller
    ) -> Response:
        def drawn() -> bytes:
            try:
                return visible_library(keeper.settings, library, user.role).picture(source, page)
            except (LibraryError, DocumentError) as error:
                raise HTTPException(404, str(error)) from None

        # Never in the last place, which is for questions.
        made = await work.do(drawn, request, user.name, LONG + 1)
        return Response(made, media_type="image/jpeg")

    def add(name: str, view: str, act: Callable[..., str], *, files: bool = False) -> None:
        async def done(request: Request, user: Caller) -> Response:
            fields, sent = await files_of(request)
            try:
                more = await run_in_threadpool(act, fields, *([sent] if files else ()))
            except SignpostError as error:
                told = library.problem(str(error), view)
                return HTMLResponse(frame.around(told, "library", user, ways(view)), 409)
            return RedirectResponse(f"{PATH}?view={view}{more}", 303)

        routes.add_api_route(f"/api/library/{name}", done, methods=["POST"])

    add("check", "check", acts.check)
    add("build", "index", acts.build)
    add("rollback", "index", acts.roll_back)
    add("editions", "changes", acts.keep_edition)
    add("documents", "documents", acts.ingest, files=True)
    add("remove", "documents", acts.remove)
    add("roles", "documents", acts.grant)
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

    def ingest(self, sent: Sent, files: list[tuple[str, bytes]]) -> str:
        if not files:
            raise Refusal(say("library.no_files"))
        self._keeper.change_library(sent.get("library", ""), files, roles=_roles(sent))
        return f"&library={sent['library']}"

    def remove(self, sent: Sent) -> str:
        self._keeper.change_library(sent.get("library", ""), removed=sent.get("source", ""))
        return f"&library={sent['library']}"

    def grant(self, sent: Sent) -> str:
        visible_library(self._keeper.settings, sent.get("library", "")).grant(_roles(sent))
        return f"&library={sent['library']}"

    def switch(self, sent: Sent) -> str:
        if sent.get("state") not in set(State):
            raise Refusal(say("library.choose_state"))
        self._switch.set(State(sent["state"]), sent.get("message", ""))
        return ""


def _roles(sent: Sent) -> list[str]:
    """Return the roles that are ticked, as an access says it: none for all, `admin` for none."""
    others = [one.value for one in Role if one is not Role.ADMIN]
    ticked = [one for one in others if one in sent.get("roles", "").split()]
    return [] if ticked == others else ticked or [Role.ADMIN.value]
