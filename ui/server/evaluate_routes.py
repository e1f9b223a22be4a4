"""The routes of the Evaluate workspace: its page, and what is done there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from assistant.errors import SignpostError
from evals.folder import lines_of
from evals.running.job import Jobs
from ui.access.rights import PAGE, User
from ui.exports.files import File
from ui.look.templates import render
from ui.pages.evaluate.evaluate_query import PATH, Query
from ui.pages.evaluate.evaluate_views import Views
from ui.pages.evaluate.evaluate_writing import Done, Sent, Writing
from ui.server.work import Caller, Work, attached, files_of

if TYPE_CHECKING:
    from markupsafe import Markup

    from assistant.settings import Settings
    from ui.pages.plain import Frame
    from ui.service.desk import Desk
    from ui.service.seams import Serves

PREFIX = "/api/evaluate"


def build_evaluate(
    assistant: Serves, settings: Settings, desk: Desk, work: Work, jobs: Jobs, frame: Frame
) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(include_in_schema=False)
    views = Views(assistant, settings, jobs)
    writing = Writing(views, jobs, assistant, settings, desk)

    pages = _Pages(views, frame)

    @routes.get(PATH)
    def page(request: Request, user: Caller) -> HTMLResponse:
        query = Query.read(request.query_params)
        return pages.page(views.draw(query), query, user)

    @routes.get(f"{PREFIX}/own.jsonl")
    def own() -> Response:
        return attached(
            File("own.jsonl", "application/x-ndjson", lines_of(views.own.read()).encode())
        )

    def add(name: str, act: Callable[[Sent], Done]) -> None:
        async def done(request: Request, user: Caller) -> Response:
            sent, _ = await files_of(request)
            return await run_in_threadpool(pages.done, lambda: act(sent), user)

        routes.add_api_route(f"{PREFIX}/{name}", done, methods=["POST"])

    add("runs", writing.start)
    add("stop", lambda sent: writing.stop())
    add("learn", writing.learn)

    @routes.post(f"{PREFIX}/cases")
    async def case(request: Request, user: Caller) -> Response:
        sent, _ = await files_of(request)
        done = await work.do(lambda: writing.case(sent, user.name or PAGE))
        return await run_in_threadpool(pages.done, lambda: done, user)

    return routes


class _Pages:
    """Whole pages of views, and of what came of something."""

    def __init__(self, views: Views, frame: Frame) -> None:
        self._views = views
        self._frame = frame

    def page(self, inside: Markup, query: Query, user: User, status: int = 200) -> HTMLResponse:
        around = self._frame.around(inside, "evaluate", user, self._views.ways(query))
        return HTMLResponse(around, status)

    def done(self, act: Callable[[], Done], user: User) -> Response:
        """Do something, and show what came of it or why it cannot be done."""
        try:
            done = act()
        except SignpostError as error:
            told = render("evaluate_problem", error=str(error), back=PATH)
            return self.page(told, Query(), user, 409)
        if done.inside is None:
            return RedirectResponse(done.query.address(), 303)
        return self.page(done.inside, done.query, user, 422 if done.refused else 200)
