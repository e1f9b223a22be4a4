"""Work that a program asks for: who asks, when its turn has come, refusals as responses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar
from urllib.parse import parse_qs

from fastapi import Depends, HTTPException, Request
from pydantic import ConfigDict

from assistant.errors import (
    CertificateError,
    ExportError,
    FeedbackError,
    LibraryError,
    QuestionError,
    SignpostError,
)
from corpus.passage import Record
from ui.access.guard import USER
from ui.access.limits import Full, Turns
from ui.access.rights import User
from ui.words.catalogue import say

T = TypeVar("T")

MOST_FIELDS = 100
"""Fields of a form that are read, each choice of several counted."""


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


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form: a text for each name, a line for each of several.

    Raises:
        HTTPException: it has more fields than any form of ours.
    """
    text = (await request.body()).decode("utf-8", errors="replace")
    try:
        found = parse_qs(text, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(422, say("refusal.strange")) from None
    return {name: "\n".join(values) for name, values in found.items()}


class Work:
    """Work of the assistant: in a thread, when its turn has come, with refusals as responses."""

    def __init__(self, turns: Turns) -> None:
        """Wait in a line."""
        self._turns = turns

    async def do(
        self, work: Callable[[], T], request: Request | None = None, user: str = "", size: int = 0
    ) -> T:
        """Return what `work` returns.

        Args:
            work: is done in a thread.
            request: of whoever waits; it is not done for one who left.
            user: who waits.
            size: characters of the question.

        Raises:
            HTTPException: it was refused, or there is no room to wait.
        """
        from starlette.concurrency import run_in_threadpool

        try:
            with self._turns.join(user, size) as ticket:
                await ticket.come(request.is_disconnected if request else None)
                return await run_in_threadpool(work)
        except Full:
            raise HTTPException(503, say("refusal.busy"), {"retry-after": "5"}) from None
        except (
            QuestionError,
            FeedbackError,
            LibraryError,
            ExportError,
            CertificateError,
        ) as error:
            raise HTTPException(422, str(error)) from None
        except SignpostError as error:
            raise HTTPException(503, str(error)) from None
