"""The route of the Gaps workspace: a plan in, its analysis out, drawn or as a file."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from assistant.errors import CorpusError, GapError
from assistant.gaps.findings import Ruling
from ui.access.limits import LONG
from ui.exports.gap_document import GapForm, gap_file
from ui.pages.gaps.gap_view import gaps_as_html
from ui.pages.gaps.gaps import Analyses, Upload
from ui.server.work import Body, Caller, Work
from ui.words.catalogue import say

if TYPE_CHECKING:
    from assistant.settings import Settings

MOST_RULINGS = 500
"""Judgements that an officer may send along."""


class SentFile(Body):
    """A file of the sender's."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    """What it is called."""

    data: str
    """Its bytes in base 64."""

    def upload(self) -> Upload:
        """Return the file.

        Raises:
            HTTPException: it is not base 64.
        """
        try:
            return Upload(self.name, b64decode(self.data, validate=True))
        except (binascii.Error, ValueError):
            raise HTTPException(422, say("gaps.unreadable")) from None


class GapBody(Body):
    """A plan to be held against the framework."""

    plan: SentFile
    """The plan."""

    earlier: SentFile | None = None
    """An edition before it."""

    rulings: Annotated[dict[str, Ruling], Field(max_length=MOST_RULINGS)] = {}
    """What the officer judges instead, by item."""

    form: Literal["page"] | GapForm = "page"
    """What it is wanted as."""


def build_gaps(settings: Settings, work: Work) -> APIRouter:
    """Return the route.

    Args:
        settings: of this process.
        work: does it in a thread, when its turn has come.
    """
    routes = APIRouter(include_in_schema=False)
    analyses = Analyses(settings)

    def made(body: GapBody) -> Response:
        earlier = body.earlier.upload() if body.earlier else None
        try:
            gaps = analyses.of(body.plan.upload(), earlier).ruled_by(body.rulings)
        except (GapError, CorpusError) as error:
            raise HTTPException(422, str(error)) from None
        if body.form == "page":
            return JSONResponse({"html": gaps_as_html(gaps)})
        file = gap_file(gaps, body.form)
        headers = {"content-disposition": f'attachment; filename="{file.name}"'}
        return Response(file.content, media_type=file.media_type, headers=headers)

    @routes.post("/api/gaps")
    async def gaps(body: GapBody, user: Caller) -> Response:
        """Return the analysis of a plan; nothing of it is kept on disk."""
        return await work.do(lambda: made(body), user=user.name, size=LONG + 1)

    return routes
