"""The routes of the Evaluate workspace: its views, how a run goes, and what is done there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from corpus.passage import Record
from evals.folder import lines_of
from evals.running.jobs import Jobs
from ui.access.rights import PAGE
from ui.pages.evaluate.evaluate_query import Query
from ui.pages.evaluate.evaluate_runs import counted, figures_as_html, is_going
from ui.pages.evaluate.evaluate_views import Views
from ui.pages.evaluate.evaluate_writing import Done, Writing
from ui.server.work import Body, Caller, Work
from ui.words.catalogue import say

if TYPE_CHECKING:
    from assistant.settings import Settings
    from ui.service.desk import Desk
    from ui.service.seams import Serves

PREFIX = "/api/evaluate"

Field = str | list[str]
"""A field of a form: a text, or several where several are ticked."""


class Sent(Body):
    """A form of the page."""

    fields: dict[str, Field]
    """What was filled in, by name."""


class Words(Body):
    """What passages are looked for by."""

    words: str
    """An id, or words."""


class Progress(Record):
    """How the last run stands."""

    going: bool
    """Whether it goes on."""

    html: str
    """Its figures."""

    said: str
    """The same in a sentence."""


def build_evaluate(
    assistant: Serves, settings: Settings, desk: Desk, work: Work, jobs: Jobs
) -> APIRouter:
    """Return the routes.

    Args:
        assistant: answers cases that are tried, and finds passages.
        settings: of this process.
        desk: records what is asked.
        work: lets questions wait for their turn.
        jobs: starts and stops runs.
    """
    routes = APIRouter(prefix=PREFIX, include_in_schema=False)
    views = Views(assistant, settings, jobs)
    _add_views(routes, views, jobs, work)
    _add_writing(routes, Writing(views, jobs, assistant, settings, desk), work)
    return routes


def _add_views(routes: APIRouter, views: Views, jobs: Jobs, work: Work) -> None:
    @routes.get("/view")
    def view(request: Request) -> HTMLResponse:
        return HTMLResponse(views.draw(Query.read(request.query_params)))

    @routes.get("/progress")
    def progress() -> Progress:
        job = jobs.now()
        if job is None:
            return Progress(going=False, html="", said="")
        ended = say("evaluate.ended", run=job.order.name)
        said = counted(job) if is_going(job) else ended
        return Progress(going=is_going(job), html=figures_as_html(job), said=said)

    @routes.get("/own.jsonl")
    def own() -> Response:
        kept = lines_of(views.own.read())
        headers = {"content-disposition": 'attachment; filename="own.jsonl"'}
        return Response(kept, media_type="application/x-ndjson", headers=headers)

    @routes.post("/passages")
    async def passages(body: Words) -> HTMLResponse:
        return HTMLResponse(await work.do(lambda: views.passages(body.words[:500])))


def _add_writing(routes: APIRouter, writing: Writing, work: Work) -> None:
    @routes.post("/runs")
    async def start(body: Sent) -> JSONResponse:
        return _answer(await run_in_threadpool(writing.start, body.fields))

    @routes.post("/stop")
    async def stop() -> JSONResponse:
        return _answer(await run_in_threadpool(writing.stop))

    @routes.post("/cases")
    async def case(body: Sent, user: Caller) -> JSONResponse:
        return _answer(await work.do(lambda: writing.case(body.fields, user.name or PAGE)))


def _answer(done: Done) -> JSONResponse:
    content = {"go": done.go, "html": done.html, "said": done.said}
    return JSONResponse(content)
