"""Work that a program asks for: who asks, when its turn has come, refusals as responses."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Depends, HTTPException, Request, Response
from pydantic import ConfigDict
from starlette.concurrency import run_in_threadpool

from assistant.errors import (
    CertificateError,
    ExportError,
    FeedbackError,
    LibraryError,
    QuestionError,
    SignpostError,
)
from corpus.passage import Record
from corpus.readers.documents.sandbox import bare_name
from ui.access.guard import USER
from ui.access.limits import MOST_FILES, Full, Turns
from ui.access.rights import User
from ui.exports.files import File
from ui.words.catalogue import say

T = TypeVar("T")

MOST_FIELDS = 400
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


def attached(file: File) -> Response:
    """Return a file as a response that a browser keeps."""
    headers = {"content-disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, media_type=file.media_type, headers=headers)


async def files_of(request: Request) -> tuple[dict[str, str], list[tuple[str, bytes]]]:
    """Return the fields of a form, and its files: what each is called, and its bytes.

    A field is a text with a line for each of its values; those that are empty are left out.
    `HTTPException` if it has more files or fields than any form of ours.
    """
    fields: dict[str, str] = {}
    files = []
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS) as form:
        for name, value in form.multi_items():
            if isinstance(value, str):
                fields[name] = "\n".join(filter(None, (fields.get(name), value)))
            elif value.filename:
                files.append((bare_name(value.filename), await value.read()))
    return {name: value for name, value in fields.items() if value}, files


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
        try:
            with self._turns.join(user, size) as ticket:
                await ticket.come(request.is_disconnected if request else None)
                return await run_in_threadpool(work)
        except Full:
            raise HTTPException(503, say("refusal.busy"), {"retry-after": "5"}) from None
        except (QuestionError, FeedbackError, LibraryError, ExportError, CertificateError) as error:
            raise HTTPException(422, str(error)) from None
        except SignpostError as error:
            raise HTTPException(503, str(error)) from None
