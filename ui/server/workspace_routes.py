"""The routes of the plain workspaces: Framework, Prepare, Gaps, Evaluate and Library.

In Gaps a plan is chosen, held against the framework, judged anew and taken along.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property, partial
from threading import Lock
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup
from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool

from assistant.errors import CorpusError, DocumentError, GapError, LibraryError, SignpostError
from assistant.gaps import findings
from assistant.gaps.findings import Gaps, Ruling
from assistant.ingestion import visible_library
from assistant.sessions.session_edit import read_plan
from corpus.readers.documents import SUFFIXES
from evals.folder import lines_of
from evals.running.job import Jobs
from ui.access.rights import LONG, Role, User
from ui.access.service_state import State, Switch
from ui.exports.document import File
from ui.exports.gap_document import GAP_FORMS
from ui.look.templates import render
from ui.pages import framework, prepare
from ui.pages.app import Frame
from ui.pages.evaluate import Done, Evaluate, problem
from ui.pages.evaluate_query import PATH as EVALUATE
from ui.pages.evaluate_query import Query
from ui.pages.evaluate_query import Typed as Sent
from ui.pages.framework import shipped
from ui.pages.library_keeper import Keeper, Refusal
from ui.pages.library_views import PATH as LIBRARY
from ui.pages.library_views import Library, view_of, ways
from ui.server.api import FILES, file_of
from ui.server.tools import Caller, Tools, Uploads, Work, attached, files_of
from ui.service.desk import Recorded
from ui.words.phrases import say

if TYPE_CHECKING:
    from assistant.gaps.analysis import Analyst
    from assistant.settings import Settings

GAPS = "/gaps"  # Where the Gaps workspace is.

SIGNS: dict[findings.Judgement, str] = {"addressed": "●", "touched_on": "◐", "not_found": "○"}
"""What tells a judgement where there is no room for words, and not by colour alone."""

_RULINGS = TypeAdapter(dict[str, Ruling])


def build_workspaces(tools: Tools, frame: Frame) -> APIRouter:
    """Return the routes of Framework, Prepare and Gaps; what takes time waits for its turn."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(framework.PATH)
    def show_framework(user: Caller, item: str = "") -> HTMLResponse:
        if not framework.is_served(tools.assistant.corpus):
            return HTMLResponse(frame.around(render("states/absent"), "framework", user))
        title, view = framework.shown(item, datetime.now(UTC).date())
        return HTMLResponse(frame.around(view, "framework", user, title=title))

    def prepared(sent: Sent, user: User) -> Response:
        """Do with a session what a form asks for; nothing of it is kept."""
        do, _, form = sent.get("do", "").partition(" ")
        if do == "file" and form in FILES:
            return attached(file_of(tools.assistant, read_plan(sent.get("plan", "")), form))
        made = prepare.prepare(tools.assistant, sent, datetime.now(UTC).date())
        return HTMLResponse(frame.around(prepare.view(made, user.name), "prepare", user))

    @routes.get(prepare.PATH)
    def show_prepare(user: Caller) -> Response:
        return prepared({}, user)

    @routes.post(prepare.PATH)
    async def change_session(request: Request, user: Caller) -> Response:
        sent, _ = await files_of(request)
        return await tools.work.do(lambda: prepared(sent, user), request, user.name)

    _add_gaps(routes, tools, frame)
    return routes


def _add_gaps(routes: APIRouter, tools: Tools, frame: Frame) -> None:
    analyses = Analyses(tools.settings)

    @routes.get(GAPS)
    def show_gaps(user: Caller) -> HTMLResponse:
        is_served = framework.is_served(tools.assistant.corpus)
        view = gaps_view() if is_served else render("states/absent")
        return HTMLResponse(frame.around(view, "gaps", user))

    def analysed(sent: Sent, files: Uploads, user: User, left: Callable[[], bool]) -> Response:
        """Hold a plan against the framework; nothing of it is kept on disk."""
        do, _, form = sent.get("do", "analyse").partition(" ")
        if "plan" not in files:
            raise GapError(say("gaps.no_plan"))
        try:
            rulings = judged(sent, files.get("rulings", ()))
            plans = [files[name][0] for name in ("plan", "earlier") if name in files]
            made = analyses.of(*plans, left=left).ruled_by(rulings)
        except CorpusError as error:
            raise HTTPException(422, str(error)) from None
        if do == "file" and form in GAP_FORMS:
            return attached(GAP_FORMS[form].file(made.plan, made))
        view = gaps_view(made, is_new=do == "analyse")
        return HTMLResponse(frame.around(view, "gaps", user))

    @routes.post(GAPS)
    async def hold_plan(request: Request, user: Caller) -> Response:
        sent, files = await files_of(request)
        left = partial(getattr, request.state, "left", False)
        analysing = partial(analysed, sent, files, user, left)
        return await tools.work.do(analysing, request, user.name, LONG + 1)


def build_evaluate(tools: Tools, jobs: Jobs, frame: Frame) -> APIRouter:
    """Return the routes of Evaluate: its page, and what is done there."""
    routes = APIRouter(include_in_schema=False)
    evaluate = Evaluate(tools.assistant, tools.settings, jobs)

    def shown(came: Done, user: User) -> Response:
        if not came.inside:
            return RedirectResponse(came.query.address(), 303)
        around = frame.around(came.inside, "evaluate", user, evaluate.ways(came.query))
        return HTMLResponse(around, came.status)

    @routes.get(EVALUATE)
    def page(request: Request, user: Caller) -> Response:
        query = Query.read(request.query_params)
        return shown(Done(query, evaluate.draw(query)), user)

    @routes.get("/api/evaluate/own.jsonl")
    def own() -> Response:
        return attached(File("own.jsonl", lines_of(evaluate.own_cases.read()).encode()))

    def add(name: str, act: Callable[[Sent, User], Done], *, asks: bool = False) -> None:
        """Add what is done with a form; what `asks` the assistant waits for its turn."""

        async def acted(request: Request, user: Caller) -> Response:
            sent, _ = await files_of(request)
            acting = partial(act, sent, user)
            try:
                came = await (tools.work.do(acting) if asks else run_in_threadpool(acting))
            except SignpostError as error:
                came = Done(Query(), problem(error), 409)
            return await run_in_threadpool(shown, came, user)

        routes.add_api_route(f"/api/evaluate/{name}", acted, methods=["POST"])

    recorded = partial(Recorded, tools.assistant, tools.desk)
    add("runs", lambda sent, user: evaluate.start(sent))
    add("stop", lambda sent, user: evaluate.stop())
    add("learn", lambda sent, user: evaluate.learn(sent))
    add("cases", lambda sent, user: evaluate.case(sent, recorded(user.name)), asks=True)
    return routes


def build_library(keeper: Keeper, switch: Switch, frame: Frame, work: Work) -> APIRouter:
    """Return the routes of Library: its page, and what is done there."""
    routes = APIRouter(include_in_schema=False)
    library = Library(keeper, switch)

    @routes.get(LIBRARY)
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

    def add(name: str, view: str, act: Callable[[Sent, Uploads], object], shown: str = "") -> None:
        async def done(request: Request, user: Caller) -> Response:
            fields, sent = await files_of(request)
            try:
                await run_in_threadpool(act, fields, sent)
            except SignpostError as error:
                told = library.problem(str(error), view)
                return HTMLResponse(frame.around(told, "library", user, ways(view)), 409)
            more = f"&{shown}={fields[shown]}" if shown else ""
            return RedirectResponse(f"{LIBRARY}?view={view}{more}", 303)

        routes.add_api_route(f"/api/library/{name}", done, methods=["POST"])

    add("check", "check", lambda sent, files: keeper.checking.start())
    add("build", "index", lambda sent, files: keeper.start_building(sent.get("build", "")))
    add("rollback", "index", lambda sent, files: keeper.roll_back(sent.get("build", "")), "build")
    add("editions", "changes", lambda sent, files: keeper.keep_edition())
    add("documents", "documents", partial(_ingest, keeper), "library")
    add("remove", "documents", partial(_remove, keeper), "library")
    add("roles", "documents", partial(_grant, keeper), "library")
    add("switch", "service", partial(_set_switch, switch))
    return routes


def _ingest(keeper: Keeper, sent: Sent, files: Uploads) -> None:
    if not (came := files.get("files")):
        raise Refusal(say("library.no_files"))
    keeper.change_library(sent.get("library", ""), came, roles=_roles(sent))


def _remove(keeper: Keeper, sent: Sent, files: Uploads) -> None:
    keeper.change_library(sent.get("library", ""), removed=sent.get("source", ""))


def _grant(keeper: Keeper, sent: Sent, files: Uploads) -> None:
    visible_library(keeper.settings, sent.get("library", "")).grant(_roles(sent))


def _set_switch(switch: Switch, sent: Sent, files: Uploads) -> None:
    if sent.get("state") not in set(State):
        raise Refusal(say("library.choose_state"))
    switch.set(State(sent["state"]), sent.get("message", ""))


def _roles(sent: Sent) -> list[str]:
    """Return the roles that are ticked, as an access says it: none for all, `admin` for none."""
    others = [role.value for role in Role if role is not Role.ADMIN]
    ticked = [role for role in others if role in sent.get("roles", "").split()]
    return [] if ticked == others else ticked or [Role.ADMIN.value]


class Analyses:
    """The last eight analyses of plans, so that a judgement costs no second reading.

    The server keeps no plan: the page holds the file and the officer's judgements, and sends both.
    """

    def __init__(self, settings: Settings) -> None:
        """Keep the settings; the models are loaded with the first plan."""
        self._settings = settings
        self._lock = Lock()
        self._made: dict[tuple[str, ...], Gaps] = {}

    @cached_property
    def _analyst(self) -> Analyst:
        from assistant.gaps.analysis import Analyst
        from corpus.readers.page import read_plan_sentences, shipped_framework

        whole = shipped()
        rows = read_plan_sentences(shipped_framework(), whole.framework.item_by_id)
        return Analyst.open(self._settings, whole, rows)

    def of(self, *files: tuple[str, bytes], left: Callable[[], bool]) -> Gaps:
        """Return the analysis of a plan, and an edition before it, or raise `SignpostError`."""
        from corpus.readers.documents import read_content

        key = tuple(f"{name} {hashlib.sha256(data).hexdigest()}" for name, data in files)
        # One at a time: each takes all cores.
        with self._lock:
            made = self._made.pop(key, None) or self._analyst.analyse(
                *(read_content(data, name) for name, data in files), left=left
            )
            # The latest stands last.
            self._made = dict([*self._made.items(), (key, made)][-8:])
            return made


def judged(sent: Sent, earlier: Sequence[tuple[str, bytes]]) -> dict[str, Ruling]:
    """Return what the officer judges, by item, from before on; `GapError` without a reason."""
    do, _, item = sent.get("do", "analyse").partition(" ")
    if do == "analyse":
        return findings.rulings_from(earlier[0][1], earlier[0][0]) if earlier else {}
    try:
        rulings = _RULINGS.validate_json(sent.get("ruled") or "{}")
        if do == "undo":
            rulings.pop(item, None)
        elif do == "keep":
            judgement, reason = (sent.get(f"{name} {item}", "") for name in Ruling.model_fields)
            given = {"judgement": judgement, "reason": reason.strip()}
            rulings[item] = Ruling.model_validate(given)
    except ValidationError:
        raise GapError(say("gaps.no_reason", most=findings.LONGEST_REASON)) from None
    return rulings


def gaps_view(gaps: Gaps | None = None, *, is_new: bool = False) -> Markup:
    """Return the Gaps workspace: form and analysis, which if new is read from its beginning."""
    ruled = {one.item_id: one.officer for one in gaps.findings if one.officer} if gaps else {}
    return render(
        "gaps",
        gaps=gaps,
        is_new=is_new,
        kinds=",".join(SUFFIXES),
        judgements=findings.JUDGEMENTS,
        signs=SIGNS,
        forms=GAP_FORMS,
        longest=findings.LONGEST_REASON,
        ruled=_RULINGS.dump_json(ruled).decode(),
    )
