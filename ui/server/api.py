"""The HTTP API: questions, searches and sources for programs, on the records that the page uses.

It also hands out files. Each answer is asked for again, and must be the very same. A session is
made from its request and edits, checked, and kept nowhere.
"""

import io
import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path as FilePath
from typing import Annotated, get_args

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Path, Query, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from fastapi.security import HTTPBearer
from pydantic import Field

from assistant.errors import ExportError, QuestionError, SessionError
from assistant.ingestion import LONGEST_NAME, libraries
from assistant.records import Answer, Found, Question, Signposting
from assistant.remarks import LONGEST_COMMENT, Feedback, Remarks, Verdict
from assistant.retrieval.store import status
from assistant.safety.audit import AuditCounts
from assistant.safety.personal import Finder
from assistant.sessions.session_edit import Plan, checked
from assistant.settings import Settings
from corpus.passage import Record, Source, Tier
from ui.access.rights import Role, User
from ui.access.service_state import State, Switch, Switched
from ui.exports.document import MEDIA_TYPES, File, file_name
from ui.exports.export import FORMS, ExportForm, check_exportable, export_file
from ui.exports.session_files import SESSION_FORMS, files_of
from ui.pages.app import open_to
from ui.pages.prepare import derived
from ui.pages.talk import newest, restored_as_html
from ui.server.tools import (
    AskBody,
    Caller,
    IdBody,
    PassageFound,
    Problem,
    SearchBody,
    Tools,
    attached,
)
from ui.service.desk import Serves
from ui.words.phrases import say

SWAGGER = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png")


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


class FeedbackBody(Record):
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


class Stop(Record):
    """Which answer to stop."""

    token: Annotated[str, Field(min_length=1, max_length=64)]
    """As the page was told it with the beginning of the answer."""


MOST_ANSWERS = 20  # Answers in one export.
_CHECKED = ("status", "reason", "statements", "completeness", "nearest", "parts", "choices")
"""What of an answer stands in an export, beside its question."""


class ExportBody(Record):
    """Answers to be written to a file."""

    form: ExportForm
    """What as; a certificate is of one answer."""

    answers: tuple[Answer, ...] = Field(min_length=1, max_length=MOST_ANSWERS)
    """As `/api/ask` gave them, in order."""

    title: Annotated[str, Field(max_length=200)] = ""
    """Of the document; empty for one made from the question."""

    library: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    """A library of documents that some were given with; empty for none."""

    turns: tuple[tuple[str, ...], ...] = Field((), max_length=MOST_ANSWERS)
    """Earlier questions that were sent with each, in order; read for those with a library."""


FILES = (*SESSION_FORMS, "all")
"""What a session can be written as; the last is a ZIP of all others."""

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
    _add_given(api, tools)
    _add_sources(api, tools)
    _add_sessions(api, tools)
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
            libraries=libraries(tools.settings, user.role),
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
        tools.desk.stop(body.token, user.name)
        return Response(status_code=204)

    @api.post("/ask/restored", include_in_schema=False)
    async def restored(request: Request, user: Caller) -> HTMLResponse:
        turns = await request.body()
        drawn = partial(restored_as_html, turns, tools.assistant.corpus)
        return HTMLResponse(await tools.work.do(drawn, request, user.name))

    @api.post("/search", tags=["Answers"], summary="Search for passages")
    async def search(body: SearchBody, user: Caller, request: Request) -> Found:
        """Return passages that fit, or the reviewed text for what is no policy question."""
        return await tools.search(body, user, request)


def _add_given(api: APIRouter, tools: Tools) -> None:
    """Add what is done with answers that were given: they are remarked on, and exported."""
    remarks = Remarks(tools.settings, tools.assistant.corpus, tools.assistant.hear)

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

    def made(body: ExportBody, user: User) -> File:
        tier = tools.beside(body.library, user)
        answers = checked_answers(body.answers, body.turns, tools.assistant, tier)
        title = checked_title(body.title, tools.assistant)
        return export_file(answers, body.form, tier.corpus, datetime.now(UTC).date(), title)

    @api.post(
        "/export",
        tags=["Answers"],
        summary="Answers as a file",
        response_class=Response,
        responses=_described(one.ending for one in FORMS.values()),
    )
    async def export(body: ExportBody, user: Caller) -> Response:
        """Write answers as text, Markdown, DOCX, a certificate, a brief of one page or references.

        Each is asked for again; one that Signpost does not give so now is refused.
        """
        return attached(await tools.work.do(lambda: made(body, user)))


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
                # An index holds the wordings of each tier beside its passages.
                passages=sum(manifest.counts.get(tier, 0) for tier in get_args(Tier)),
                sources=tools.assistant.corpus.sources if answers else (),
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
    async def set_switch(body: Switched) -> Switched:
        """Switch it on, to read-only, or off; at once and without a restart."""
        await tools.work.do(lambda: switch.set(body.state, body.message))
        return switch.now()


def _add_docs(api: APIRouter) -> None:
    import fastapi_offline

    folder = FilePath(fastapi_offline.__file__).with_name("static")

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
            raise HTTPException(404, say("refusal.nothing"))
        return FileResponse(folder / name)


def _described(endings: Iterable[str]) -> dict[int | str, dict[str, object]]:
    """Return what the schema of the API says of a response that is a file."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    kinds = {MEDIA_TYPES[one].partition(";")[0]: schema for one in endings}
    return {200: {"description": "The file.", "content": kinds}}


def checked_answers(
    answers: Sequence[Answer], turns: Sequence[Sequence[str]], assistant: Serves, tier: Serves
) -> list[Answer]:
    """Return answers as the assistant gives them now, under the words that were typed.

    Whoever sends an answer can have changed any word of it, a note of Signpost's own or a mark on
    what is past review included, so that nothing of what was sent is handed on but the question as
    it was understood. It is masked as in all that is kept. `tier` gives those that were given with
    a library, `turns` are the earlier questions that each was sent with; `ExportError` if one may
    not be exported, is of another edition, or is another now.
    """
    editions = {one.corpus.digest: one for one in (tier, assistant)}
    finder = Finder(assistant.corpus)
    earlier = zip_longest(answers, turns, fillvalue=())
    return [finder.masked(_again(one, newest(told), editions)) for one, told in earlier if one]


def checked_title(title: str, assistant: Serves) -> str:
    """Return a title, personal data masked; `ExportError` if a reviewed reply is due to it."""
    if title.strip() and assistant.hear(title).reply:
        raise ExportError(say("export.reply"))
    return Finder(assistant.corpus).mask(title)


def _again(answer: Answer, turns: tuple[str, ...], editions: Mapping[str, Serves]) -> Answer:
    check_exportable(answer)
    told = answer.provenance.rewriting
    # What a language model read is asked as it was read, and needs nothing before it.
    turns = () if told and not told.cause else turns
    asked = answer.question if turns else answer.resolved_question or answer.question
    question = Question(text=asked, turns=turns, filters=answer.filters)
    if not (asker := editions.get(answer.provenance.corpus)):
        raise ExportError(say("export.other_edition"))
    try:
        # What a model worded is exported in the sources' own words, which do not vary.
        again = asker.quoted(question)
    except QuestionError:
        raise ExportError(say("export.not_ours")) from None
    if again.signposting:
        raise ExportError(say("export.reply"))
    # A model's sentences are not handed on at all.
    held = set(_CHECKED) - ({"statements"} if answer.provenance.wording else set())
    if any(getattr(answer, name) != getattr(again, name) for name in held):
        raise ExportError(say("export.not_ours"))
    # Words that were typed and then understood otherwise cannot be held against anything.
    asked = again.resolved_question or again.question
    return again.model_copy(update={"question": asked, "resolved_question": asked})


def _add_sessions(api: APIRouter, tools: Tools) -> None:
    @api.post(
        "/session/{form}",
        tags=["Sessions"],
        summary="A file of a training session",
        response_class=Response,
        responses={
            **_described(("txt", "md", "docx", "pptx", "json", "zip")),
            404: {"model": Problem, "description": "There is no such file of a session."},
        },
    )
    async def session_as(form: str, plan: Plan) -> Response:
        """Return a session as a file: `handout`, `guide`, `slides`, `gift`, `all` and others.

        An edit that cannot be made, or that met a reviewed reply, is refused.
        """
        if form not in FILES:
            raise HTTPException(404, say("prepare.no_form"))
        return attached(await tools.work.do(lambda: file_of(tools.assistant, plan, form)))


def file_of(assistant: Serves, plan: Plan, form: str) -> File:
    """Return a file of a plan's session, or all as one; `SessionError` if it cannot be made."""
    asked = plan.model_copy(update={"request": checked(plan.request)})
    made = derived(assistant, asked, datetime.now(UTC).date())
    if made.edited is None or made.reply or made.why:
        raise SessionError(made.why or say("prepare.not_kept"))
    session = made.edited.session
    if form != "all":
        return SESSION_FORMS[form].file(session.title, session)
    out = io.BytesIO()
    # Those that this machine cannot write are left out.
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as held:
        for _, file in files_of(session):
            # Nobody is told when a session was made.
            held.writestr(zipfile.ZipInfo(file.name, (2020, 1, 1, 0, 0, 0)), file.content)
    return File(file_name(f"Session {session.title}", "zip"), out.getvalue())


def add_health(server: FastAPI, settings: Settings, switch: Switch) -> None:
    """Add `/healthz` and `/readyz`, which anybody may call by any name."""
    both = partial(server.api_route, methods=["GET", "HEAD"], include_in_schema=False)

    @both("/healthz")
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @both("/readyz")
    async def readyz() -> JSONResponse:
        status = "ready"
        if server.state.stopping:
            status = "stopping"
        elif (switched := switch.now()).state is State.OFF:
            status = "switched off" if switched.readable else "switch cannot be read"
        elif not os.access(settings.home, os.R_OK | os.W_OK):
            status = "home folder cannot be written"
        return JSONResponse({"status": status}, 200 if status == "ready" else 503)
