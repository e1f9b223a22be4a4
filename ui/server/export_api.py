"""The route that hands answers out as files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from assistant.ingestion import LONGEST_NAME
from assistant.records import Answer
from assistant.settings import Settings
from ui.exports.export import FORMS, ExportForm, export_file
from ui.exports.files import File
from ui.server.export_check import Checking
from ui.server.work import Body, Caller, Work
from ui.service.seams import Serves, beside

MOST_ANSWERS = 20
"""Answers in one export."""

LONGEST_TITLE = 200
"""Characters of a title."""


class ExportBody(Body):
    """Answers to be written to a file."""

    form: ExportForm
    """What as; a certificate is of one answer."""

    answers: tuple[Answer, ...] = Field(min_length=1, max_length=MOST_ANSWERS)
    """As `/api/ask` gave them, in order."""

    title: Annotated[str, Field(max_length=LONGEST_TITLE)] = ""
    """Of the document; empty for one made from the question."""

    library: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    """A library of documents that some were given with; empty for none."""

    turns: tuple[tuple[str, ...], ...] = Field((), max_length=MOST_ANSWERS)
    """Earlier questions that were sent with each, in order; read for those with a library."""


def add_export(api: APIRouter, assistant: Serves, settings: Settings, work: Work) -> None:
    """Add the route to those under `/api`."""
    checking = Checking(assistant)

    def made(body: ExportBody, role: str) -> File:
        tier = beside(assistant, settings, body.library, role)
        answers = checking.checked(body.answers, tier, body.turns)
        title = checking.titled(body.title)
        return export_file(answers, body.form, tier.corpus, datetime.now(UTC).date(), title)

    @api.post(
        "/export",
        tags=["Answers"],
        summary="Answers as a file",
        response_class=Response,
        responses={
            200: {
                "description": "The file.",
                "content": {
                    one.media_type.partition(";")[0]: {
                        "schema": {"type": "string", "format": "binary"}
                    }
                    for one in FORMS.values()
                },
            }
        },
    )
    async def export(body: ExportBody, user: Caller) -> Response:
        """Write answers as text, Markdown, DOCX, a certificate, a brief of one page or references.

        Each is asked for again; one that Signpost does not give so now is refused.
        """
        file = await work.do(lambda: made(body, user.role))
        headers = {"content-disposition": f'attachment; filename="{file.name}"'}
        return Response(file.content, media_type=file.media_type, headers=headers)
