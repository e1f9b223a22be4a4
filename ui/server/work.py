"""Work that a program asks for: who asks, when its turn has come, refusals as responses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Depends, HTTPException, Request
from pydantic import ConfigDict

from assistant.errors import (
    CertificateError,
    ExportError,
    FeedbackError,
    QuestionError,
    SignpostError,
)
from corpus.passage import Record
from ui.access.guard import USER
from ui.access.limits import Full, Line
from ui.access.rights import User
from ui.words.catalogue import say

T = TypeVar("T")


class Body(Record):
    """What a program sends: nothing but what is named."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Problem(Record):
    """Why a request was not answered."""

    error: str
    """One sentence that says what to do."""

    detail: str = ""
    """The same, where the page's library looks for it."""


def caller(request: Request) -> User:
    """Return whoever sends a request, as the guard found."""
    user: User = request.scope[USER]
    return user


Caller = Annotated[User, Depends(caller)]


class Work:
    """Work of the assistant: in a thread, when its turn has come, with refusals as responses."""

    def __init__(self, line: Line) -> None:
        """Wait in `line`."""
        self._line = line

    async def do(self, work: Callable[[], T]) -> T:
        """Return what `work` returns.

        Raises:
            HTTPException: it was refused, or there is no room to wait.
        """
        from starlette.concurrency import run_in_threadpool

        try:
            async with self._line.turn():
                return await run_in_threadpool(work)
        except Full:
            raise HTTPException(503, say("refusal.busy"), {"retry-after": "5"}) from None
        except (QuestionError, FeedbackError, ExportError, CertificateError) as error:
            raise HTTPException(422, str(error)) from None
        except SignpostError as error:
            raise HTTPException(503, str(error)) from None
