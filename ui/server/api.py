"""The HTTP API: questions, searches and sources for programs, on the records that the page uses."""

import os
from functools import partial
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Path, Query, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.security import HTTPBearer
from pydantic import Field

from assistant.records import Answer, Found, Signposting
from assistant.remarks import Remarks
from assistant.retrieval.store import status
from assistant.safety.audit import AuditCounts
from assistant.safety.feedback import LONGEST_COMMENT, Feedback, Verdict
from assistant.settings import Settings
from corpus.passage import Record, Source
from ui.access.rights import PAGE, Role
from ui.access.service_state import LONGEST, State, Switch, Switched
from ui.pages.app import open_to
from ui.server.export_api import add_export, add_sessions
from ui.server.tools import (
    AskBody,
    Body,
    Caller,
    IdBody,
    PassageFound,
    Problem,
    SearchBody,
    Tools,
)

TIERS = ("framework", "guidance", "document")
"""Tiers of passages; an index holds their wordings beside them."""

SWAGGER = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png")
"""Files of Swagger UI, which a package brings along."""


class Me(Record):
    """Whoever sends a request."""

    name: str
    """Their name."""

    role: Role
    """What they are here for."""

    workspaces: tuple[str, ...]
    """Which workspaces they may enter."""

    libraries: tuple[str, ...]
    """Which libraries of documents they may ask."""


class FeedbackBody(Body):
    """What a user says of an answer."""

    verdict: Verdict
    """Helpful, wrong citation, incomplete or unsafe."""

    comment: str = Field("", max_length=LONGEST_COMMENT)
    """What they add; personal data is masked before it is kept."""

    answer: Answer
    """The answer as it was handed out; it is checked again."""


class Edition(Record):
    """A corpus that answers, or that a rollback would go back to."""

    digest: str
    """Its digest."""

    answers: bool
    """Whether it is the one that answers."""

    built: str
    """When its index was built, ISO 8601 in UTC."""

    passages: int
    """How many passages it has."""

    sources: tuple[Source, ...]
    """Its sources; known of the one that answers only."""


class SwitchBody(Body):
    """How the service is to be switched."""

    state: State
    """On, read-only or off. Switched off, only the command line switches it on again."""

    message: str = Field("", max_length=LONGEST)
    """What users are told."""


class Stop(Body):
    """Which answer to stop."""

    token: Annotated[str, Field(min_length=1, max_length=64)]
    """As the page was told it with the beginning of the answer."""


_REFUSALS: dict[int | str, dict[str, object]] = {
    code: {"model": Problem, "description": words}
    for code, words in {
        400: "The request cannot be read, or names this server by an unknown name.",
        401: "Nobody is signed in.",
        403: "The role may not do this, or another site sent it.",
        408: "The request took too long to arrive.",
        413: "The request is too long.",
        422: "A field is not as it must be.",
        429: "The user has asked more than is allowed in a minute.",
        503: "Too much is waiting, the service is switched off, or it cannot be used.",
    }.items()
}


def build_api(tools: Tools, switch: Switch) -> APIRouter:
    """Return the routes under `/api`."""
    # For the schema only: the guard reads the token, and lets a session do in its place.
    bearer = Depends(HTTPBearer(auto_error=False, description="signpost accounts token NAME"))
    api = APIRouter(prefix="/api", responses=_REFUSALS, dependencies=[bearer])
    _add_asking(api, tools)
    _add_feedback(api, tools)
    add_export(api, tools)
    _add_sources(api, tools)
    add_sessions(api, tools)
    _add_running(api, tools, switch)
    _add_docs(api)
    return api


def _add_asking(api: APIRouter, tools: Tools) -> None:
    @api.get("/me", tags=["Answers"], summary="Who you are")
    async def me(user: Caller) -> Me:
        """Return whoever asks, and what they may enter."""
        return Me(
            name=user.name,
            role=user.role,
            workspaces=tuple(w.key for w in open_to(user)),
            libraries=tools.libraries(user),
        )

    @api.post("/ask", tags=["Answers"], summary="Answer a question")
    async def ask(body: AskBody, user: Caller, request: Request) -> Answer:
        """Answer a question with citations, or say why it is not answered.

        Personal data in the question is masked in what comes back.
        """
        return await tools.ask(body, user, request)

    @api.post("/ask/stop", status_code=204, include_in_schema=False)
    def stop(body: Stop, user: Caller) -> Response:
        # Whether there was such an answer, and whose, is told to nobody.
        tools.desk.underway.stop(body.token, user.name or PAGE)
        return Response(status_code=204)

    @api.post("/search", tags=["Answers"], summary="Search for passages")
    async def search(body: SearchBody, user: Caller, request: Request) -> Found:
        """Return passages that fit, or the reviewed text for what is no policy question."""
        return await tools.search(body, user, request)


def _add_feedback(api: APIRouter, tools: Tools) -> None:
    remarks = Remarks(tools.settings, tools.corpus, tools.assistant.hear)

    @api.post(
        "/feedback",
        tags=["Answers"],
        summary="Say something of an answer",
        status_code=204,
        responses={200: {"model": Signposting, "description": "A reviewed text is due."}},
    )
    async def say(body: FeedbackBody, user: Caller) -> Response:
        """Keep a verdict on an answer, for evaluators, and nothing where a reply is due."""
        take = partial(remarks.take, body.answer, body.verdict, body.comment, user.name)
        due = await tools.work.do(take)
        if due is None:
            return Response(status_code=204)
        return Response(due.model_dump_json(), media_type="application/json")

    @api.get("/feedback", tags=["Running"], summary="What users said of answers")
    async def said(
        verdict: Verdict | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 100
    ) -> tuple[Feedback, ...]:
        """Return what users said of answers, newest first."""
        return await tools.work.do(lambda: remarks.log.newest(verdict, limit))


def _add_sources(api: APIRouter, tools: Tools) -> None:
    @api.get(
        "/passages/{passage_id:path}",
        tags=["Sources"],
        summary="A passage with its source",
        responses={404: {"model": Problem, "description": "There is no such passage."}},
    )
    async def passage(
        passage_id: Annotated[str, Path(examples=["gsr:C12"])], user: Caller
    ) -> PassageFound:
        """Return a passage by its id; write the `#` of an id as `%23`."""
        return await tools.show_passage(IdBody(id=passage_id), user)

    @api.get("/editions", tags=["Sources"], summary="The corpus that answers")
    async def editions() -> tuple[Edition, ...]:
        """Return the edition that answers, and the one that a rollback would go back to."""
        state = await tools.work.do(lambda: status(tools.settings))
        pairs = [(state.current, True), (state.previous, False)]
        return tuple(
            Edition(
                digest=manifest.corpus,
                answers=answers,
                built=manifest.created,
                passages=sum(manifest.counts.get(tier, 0) for tier in TIERS),
                sources=tools.corpus.sources if answers else (),
            )
            for manifest, answers in pairs
            if manifest
        )


def _add_running(api: APIRouter, tools: Tools, switch: Switch) -> None:
    @api.get("/usage", tags=["Running"], summary="How the service is used")
    async def usage() -> AuditCounts:
        """Return counts by day, status and reason, none smaller than 5."""
        return await tools.work.do(lambda: AuditCounts.of(tools.settings))

    @api.get("/switch", tags=["Running"], summary="How the service is switched")
    async def switched() -> Switched:
        """Return whether the service is on."""
        return switch.now()

    @api.put("/switch", tags=["Running"], summary="Switch the service")
    async def set_switch(body: SwitchBody) -> Switched:
        """Switch it on, to read-only, or off; at once and without a restart."""
        await tools.work.do(lambda: switch.set(body.state, body.message))
        return switch.now()


def _add_docs(api: APIRouter) -> None:
    import fastapi_offline

    folder = files(fastapi_offline) / "static"
    types = {"js": "text/javascript", "css": "text/css", "png": "image/png"}

    @api.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/api/openapi.json",
            title="Signpost: HTTP API",
            swagger_js_url=f"/api/docs/{SWAGGER[0]}",
            swagger_css_url=f"/api/docs/{SWAGGER[1]}",
            swagger_favicon_url=f"/api/docs/{SWAGGER[2]}",
            # Its default has an address outside judge the schema.
            swagger_ui_parameters={"validatorUrl": "none"},
        )

    @api.get("/docs/{name}", include_in_schema=False)
    async def docs_file(name: str) -> Response:
        if name not in SWAGGER:
            raise HTTPException(404, "There is nothing at that address.")
        kind = types[name.rpartition(".")[2]]
        return Response((folder / name).read_bytes(), media_type=kind)


def add_health(server: FastAPI, settings: Settings, switch: Switch) -> None:
    """Add `/healthz` and `/readyz`, which anybody may call by any name."""

    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def readyz() -> JSONResponse:
        status = "ready"
        if server.state.stopping:
            status = "stopping"
        elif (switched := switch.now()).state is State.OFF:
            status = "switched off" if switched.readable else "switch cannot be read"
        elif not os.access(settings.home, os.R_OK | os.W_OK):
            status = "home folder cannot be written"
        return JSONResponse({"status": status}, 200 if status == "ready" else 503)

    for path, answer in (("/healthz", healthz), ("/readyz", readyz)):
        server.add_api_route(path, answer, methods=["GET", "HEAD"], include_in_schema=False)
