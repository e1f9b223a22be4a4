"""Errors of the HTTP API as one sentence; what was sent is never repeated."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from ui.words.catalogue import say

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

logger = logging.getLogger(__name__)


def add_problems(server: FastAPI) -> None:
    """Let a server answer every error with `{"error": sentence, "detail": sentence}`."""

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        first = cast("RequestValidationError", error).errors()[0]
        if first["type"] == "extra_forbidden":
            return _told(422, say("problem.unknown_field"))
        place = ".".join(str(part) for part in first["loc"] if part != "body")
        what = place or say("problem.request")
        return _told(422, say("problem.refused", what=what, why=first["msg"]))

    async def refused(request: Request, error: Exception) -> JSONResponse:
        known = cast("HTTPException", error)
        return _told(known.status_code, str(known.detail), known.headers)

    async def broken(request: Request, error: Exception) -> JSONResponse:
        # The words of a fault may hold those of a question.
        logger.error("A fault in %s: %s.", request.url.path, type(error).__name__)
        return _told(500, say("problem.fault"))

    server.add_exception_handler(RequestValidationError, invalid)
    server.add_exception_handler(HTTPException, refused)
    server.add_exception_handler(Exception, broken)


def _told(status: int, sentence: str, headers: object = None) -> JSONResponse:
    extra = dict(headers) if isinstance(headers, dict) else None
    return JSONResponse({"error": sentence, "detail": sentence}, status, extra)
