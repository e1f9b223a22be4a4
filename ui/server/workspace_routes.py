"""The routes of the workspaces that are one plain page each: Framework, Prepare, Gaps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from assistant.errors import CorpusError, GapError, SessionError
from assistant.sessions.session_plan import read_plan
from ui.access.limits import LONG
from ui.exports.gap_document import ENDINGS, gap_file
from ui.look.templates import render
from ui.pages.framework import framework
from ui.pages.gaps import gaps
from ui.pages.prepare import prepare
from ui.server.session_api import FILES, file_of
from ui.server.work import Caller, attached, files_of
from ui.words.catalogue import say

if TYPE_CHECKING:
    from assistant.settings import Settings
    from ui.access.rights import User
    from ui.pages.plain import Frame
    from ui.server.work import Work
    from ui.service.seams import Serves


def build_workspaces(assistant: Serves, settings: Settings, work: Work, frame: Frame) -> APIRouter:
    """Return the routes.

    Args:
        assistant: answers from the texts that are shown, and tells what is no policy text.
        settings: of this process.
        work: lets what takes time wait for its turn.
        frame: what stands around a view.
    """
    routes = APIRouter(include_in_schema=False)
    pages = _Pages(assistant, settings, frame)

    @routes.get(framework.PATH)
    def show_framework(user: Caller, item: str = "") -> HTMLResponse:
        return pages.show_framework(item, user)

    @routes.get(prepare.PATH)
    def show_prepare(user: Caller) -> HTMLResponse:
        view = prepare.view(prepare.Prepared(), user.name)
        return HTMLResponse(frame.around(view, "prepare", user))

    @routes.post(prepare.PATH)
    async def change_session(request: Request, user: Caller) -> Response:
        sent, _ = await files_of(request)
        return await work.do(lambda: pages.prepared(sent, user), request, user.name)

    @routes.get(gaps.PATH)
    def show_gaps(user: Caller) -> HTMLResponse:
        return pages.show_gaps(user)

    @routes.post(gaps.PATH)
    async def hold_plan(request: Request, user: Caller) -> Response:
        async with request.form(max_files=3) as form:
            sent = {name: one for name, one in form.items() if isinstance(one, str)}
            files = {
                name: gaps.Upload(one.filename, await one.read())
                for name, one in form.items()
                if not isinstance(one, str) and one.filename
            }
        return await work.do(
            lambda: pages.analysed(sent, files, user), user=user.name, size=LONG + 1
        )

    return routes


class _Pages:
    """Whole pages, and files in their place."""

    def __init__(self, assistant: Serves, settings: Settings, frame: Frame) -> None:
        self._assistant = assistant
        self._frame = frame
        self._analyses = gaps.Analyses(settings)
        self._absent = render("states/absent")

    @property
    def _is_served(self) -> bool:
        return framework.is_served(self._assistant.corpus)

    def show_framework(self, item: str, user: User) -> HTMLResponse:
        if not self._is_served:
            return HTMLResponse(self._frame.around(self._absent, "framework", user))
        view = framework.shown(item, _today())
        return HTMLResponse(self._frame.around(view.html, "framework", user, title=view.title))

    def prepared(self, sent: prepare.Sent, user: User) -> Response:
        """Do with a session what a form asks for; nothing of it is kept."""
        do, _, form = sent.get("do", "").partition(" ")
        try:
            if do == "file" and form in FILES:
                plan = read_plan(sent.get("plan", ""))
                return attached(file_of(self._assistant, plan, form))
            view = prepare.view(prepare.prepare(self._assistant, sent, _today()), user.name)
        except SessionError as error:
            raise HTTPException(422, str(error)) from None
        return HTMLResponse(self._frame.around(view, "prepare", user))

    def show_gaps(self, user: User) -> HTMLResponse:
        view = gaps.view() if self._is_served else self._absent
        return HTMLResponse(self._frame.around(view, "gaps", user))

    def analysed(
        self, sent: prepare.Sent, files: Mapping[str, gaps.Upload], user: User
    ) -> Response:
        """Hold a plan against the framework; nothing of it is kept on disk."""
        do, _, form = sent.get("do", "analyse").partition(" ")
        if "plan" not in files:
            raise HTTPException(422, say("gaps.no_plan"))
        try:
            rulings = gaps.judged(sent, files.get("rulings"))
            plans = [files[name] for name in ("plan", "earlier") if name in files]
            made = self._analyses.of(*plans).ruled_by(rulings)
        except (GapError, CorpusError) as error:
            raise HTTPException(422, str(error)) from None
        for known in ENDINGS.values():
            if (do, form) == ("file", known):
                return attached(gap_file(made, known))
        view = gaps.view(made, is_new=do == "analyse")
        return HTMLResponse(self._frame.around(view, "gaps", user))


def _today() -> date:
    return datetime.now(UTC).date()
