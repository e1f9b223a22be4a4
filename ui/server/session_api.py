"""The files of a session over HTTP: made from its request and edits, checked, and kept nowhere."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from assistant.errors import ExtraMissing, SessionError
from assistant.sessions.session import Session
from assistant.sessions.session_plan import Plan, checked
from ui.exports.files import DOCX, JSON, MARKDOWN, PPTX, TEXT, File, file_name
from ui.exports.sessions.session_files import SESSION_FORMS, session_file
from ui.pages.prepare.prepare_plan import derived
from ui.server.export_api import described
from ui.server.work import Problem, Work, attached
from ui.words.catalogue import say

if TYPE_CHECKING:
    from ui.service.seams import Serves

FILES = (*SESSION_FORMS, "all")
"""What a session can be written as; the last is a ZIP of all others."""

_STAMP = (2020, 1, 1, 0, 0, 0)
"""When each file of a ZIP was written, as it says: nobody is told when a session was made."""


ZIP = "application/zip"


def add_sessions(api: APIRouter, assistant: Serves, work: Work) -> None:
    """Add the route of a session's files."""

    @api.post(
        "/session/{form}",
        tags=["Sessions"],
        summary="A file of a training session",
        response_class=Response,
        responses={
            **described((TEXT, MARKDOWN, DOCX, PPTX, JSON, ZIP)),
            404: {"model": Problem, "description": "There is no such file of a session."},
        },
    )
    async def session_as(form: str, plan: Plan) -> Response:
        """Return a session as a file: `handout`, `guide`, `slides`, `gift`, `all` and others.

        An edit that cannot be made, or that met a reviewed reply, is refused.
        """
        if form not in FILES:
            raise HTTPException(404, say("prepare.no_form"))
        return attached(await work.do(lambda: file_of(assistant, plan, form)))


def file_of(assistant: Serves, plan: Plan, form: str) -> File:
    """Return a file of the session of a plan, or all of them as one.

    Raises:
        HTTPException: the session cannot be made, or has no such file.
    """
    try:
        session = _session(assistant, plan)
        named = next((one for one in SESSION_FORMS if one == form), None)
        return session_file(session, named) if named else bundle(session)
    except SessionError as error:
        raise HTTPException(422, str(error)) from None


def _session(assistant: Serves, plan: Plan) -> Session:
    asked = plan.model_copy(update={"request": checked(plan.request)})
    made = derived(assistant, asked, datetime.now(UTC).date())
    if made.edited is None or made.reply or made.said:
        raise SessionError(made.said or say("prepare.not_kept"))
    return made.edited.session


def bundle(session: Session) -> File:
    """Return all files of a session as a ZIP; those that this machine cannot write are left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as held:
        for form in SESSION_FORMS:
            try:
                file = session_file(session, form)
            except (ExtraMissing, SessionError):
                continue
            held.writestr(zipfile.ZipInfo(file.name, _STAMP), file.content)
    return File(file_name(f"Session {session.title}", "zip"), ZIP, out.getvalue())
