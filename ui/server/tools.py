"""What programs can ask for, over HTTP or as tools of an assistant, and how it is done in turn.

Of what other assistants ask over the Model Context Protocol nothing is kept between two messages,
so that any of several servers can answer the next one; over HTTP it stands behind the guard.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, TypeVar, get_type_hints

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from pydantic import Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from assistant import errors
from assistant.certificates.edition import Edition
from assistant.certificates.recheck import Verification, verify_file
from assistant.ingestion import LONGEST_NAME
from assistant.records import NO_FILTERS, Answer, Filters, Found, Question
from assistant.safety.personal import kept
from assistant.settings import Settings
from corpus.passage import Passage, Record, Source
from corpus.readers.documents.sandbox import bare_name
from corpus.structure.graph import Item, Link
from ui.access.rights import BODY_BYTES, MOST_FILES, TICK, USER, Full, Rate, Role, Turns, User
from ui.exports.document import File
from ui.pages.framework import found, is_served, shipped
from ui.pages.talk import MOST_TURN_CHARS, MOST_TURNS
from ui.service.desk import LOCAL, Desk, Recorded, Serves, beside
from ui.words.phrases import say, speak

if TYPE_CHECKING:
    from mcp.server import Server
    from mcp.server.context import ServerRequestContext
    from mcp_types import CallToolRequestParams, CallToolResult, ListToolsResult
    from mcp_types import PaginatedRequestParams as Page

    Context = ServerRequestContext[dict[str, object]]

logger = logging.getLogger(__name__)

T = TypeVar("T")

REFUSALS = (
    *(errors.CertificateError, errors.ExportError, errors.FeedbackError, errors.GapError),
    *(errors.LibraryError, errors.QuestionError, errors.SessionError),
)
"""Errors of whoever sent a request; others are faults of what serves it."""


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


Uploads = Mapping[str, list[tuple[str, bytes]]]
"""Files of a form by the field that they stand in: what each is called, and its bytes."""


async def files_of(request: Request) -> tuple[dict[str, str], Uploads]:
    """Return the fields of a form, and its files.

    A field is a text with a line for each of its values; those that are empty are left out.
    `HTTPException` if it has more files or fields than any form of ours.
    """
    fields: dict[str, str] = {}
    files: dict[str, list[tuple[str, bytes]]] = {}
    # Each choice of several is a field.
    async with request.form(max_files=MOST_FILES, max_fields=400) as form:
        for name, value in form.multi_items():
            if isinstance(value, str):
                fields[name] = "\n".join(filter(None, (fields.get(name), value)))
            elif value.filename:
                told = bare_name(value.filename), await value.read()
                files.setdefault(name, []).append(told)
    return {name: value for name, value in fields.items() if value}, files


@dataclass(frozen=True)
class Work:
    """Work of the assistant: in a thread, when its turn has come, with refusals as responses."""

    turns: Turns

    async def do(
        self, work: Callable[[], T], request: Request | None = None, user: str = "", size: int = 0
    ) -> T:
        """Return what `work` returns in a thread; `HTTPException` if refused, or too many wait.

        Nothing is done for whoever left a `request`, whose state says `left` where they do so while
        it is done; `size` is that of the question in characters.
        """
        try:
            with self.turns.join(user, size) as ticket:
                await ticket.come(request.is_disconnected if request else None)
                doing = asyncio.ensure_future(run_in_threadpool(work))
                while request and not (await asyncio.wait((doing,), timeout=TICK))[0]:
                    request.state.left = await request.is_disconnected()
                return await doing
        except Full:
            raise HTTPException(503, say("refusal.busy"), {"retry-after": "5"}) from None
        except REFUSALS as error:
            raise HTTPException(422, str(error)) from None
        except errors.SignpostError as error:
            raise HTTPException(503, str(error)) from None


class Asked(Record):
    """A question or a search."""

    question: str = Field(min_length=1, max_length=20_000)
    """What is asked or looked for, as a user would type it."""

    filters: Filters = NO_FILTERS
    """What the answer is narrowed to, or which passages may be found."""

    library: str = Field("", max_length=LONGEST_NAME)
    """A library of documents, which is asked too and answers apart, or whose passages come after
    the others; empty for none."""


class SearchBody(Asked):
    """A search."""

    k: int = Field(10, ge=1, le=100)
    """How many passages."""


class AskBody(Asked):
    """A question."""

    turns: tuple[Annotated[str, Field(max_length=20_000)], ...] = Field((), max_length=MOST_TURNS)
    """Earlier questions of the same conversation, oldest first; 8,000 characters in all. Where a
    language model read one, send what it was understood as (`resolved_question`)."""

    @field_validator("turns")
    @classmethod
    def _not_too_long(cls, turns: tuple[str, ...]) -> tuple[str, ...]:
        if sum(map(len, turns)) > MOST_TURN_CHARS:
            raise PydanticCustomError("turns", "Earlier turns are too long; leave out the oldest")
        return turns


class IdBody(Record):
    """Which one is to be shown."""

    id: str
    """Its id: gsr:C12."""


class CertificateBody(Record):
    """A certificate to be checked again."""

    certificate: str
    """The text of its file, as it was written."""


class PassageFound(Record):
    """A passage with its source."""

    passage: Passage
    """The passage."""

    source: Source
    """What it is a piece of."""


class Applying(Record):
    """The items of a kind that apply to an item."""

    facet: str
    """Name of the facet that they make: `outcomes`."""

    owner: str
    """Id of the item that they stand under: the one asked for, or one above it."""

    items: tuple[Item, ...]
    """All of them, in reading order."""


class ItemFound(Record):
    """An item of the framework, and how it stands to others."""

    item: Item
    """The item."""

    passage: Passage
    """Its words, and where they are printed."""

    source: Source
    """What it is a piece of."""

    above: tuple[Item, ...]
    """What it stands under, the nearest first."""

    applying: tuple[Applying, ...]
    """What the structure ties to it, kind by kind, each kind whole."""

    links: tuple[Link, ...]
    """Ties that the source does not print, strongest first."""


@dataclass
class Tools:
    """Answers, searches, passages, items and certificates, each for a user when its turn is.

    Each raises `HTTPException` where it is refused, where there is no such thing, or where there is
    no room to wait. Nothing is done for whoever sent a `request` and left.
    """

    assistant: Serves
    settings: Settings
    desk: Desk
    work: Work

    def beside(self, library: str, user: User) -> Serves:
        """Return what answers with a library beside it, if one is named that the user may see."""
        return beside(self.assistant, self.settings, library, user.role)

    async def ask(self, body: AskBody, user: User, request: Request | None = None) -> Answer:
        """Return an answer, once it is recorded, with personal data masked."""
        question = Question(text=body.question, turns=body.turns, filters=body.filters)

        def given() -> Answer:
            asked = self.beside(body.library, user)
            return kept(Recorded(asked, self.desk, user.name).ask(question), asked.corpus)

        return await self.work.do(given, request, user.name, len(body.question))

    async def search(self, body: SearchBody, user: User, request: Request | None = None) -> Found:
        """Return passages that fit, or the reviewed text for what is no policy question."""
        return await self.work.do(
            lambda: self.beside(body.library, user).find(body.question, body.k, (), body.filters),
            request,
            user.name,
            len(body.question),
        )

    async def show_passage(self, body: IdBody, user: User) -> PassageFound:
        """Return a passage with its source."""
        corpus = self.assistant.corpus
        found = corpus.by_id.get(body.id)
        if found is None:
            raise HTTPException(404, say("tools.no_passage", id=repr(body.id[:80])))
        return PassageFound(passage=found, source=corpus.source_by_id[found.source_id])

    async def framework_item(self, body: IdBody, user: User) -> ItemFound:
        """Return an item of the framework, by its id with or without the source before it."""
        return await self.work.do(lambda: self._item(body.id), None, user.name)

    async def verify_certificate(self, body: CertificateBody, user: User) -> Verification:
        """Return what comes of checking a certificate against the edition that answers."""
        edition, today = Edition.of(self.assistant.corpus), datetime.now(UTC).date()
        again = partial(verify_file, body.certificate, edition, self.settings.digest(), today)
        return await self.work.do(again, None, user.name)

    def _item(self, id_: str) -> ItemFound:
        framework = shipped().framework
        if not is_served(self.assistant.corpus):
            raise HTTPException(404, say("tools.no_framework"))
        item = found(framework, id_.strip())
        if item is None:
            raise HTTPException(404, say("tools.no_item", id=repr(id_[:80])))
        kinds = ((kind, framework.facet(item.id, kind.id)) for kind in framework.kinds)
        return ItemFound(
            item=item,
            passage=framework.passage_by_id[item.id],
            source=framework.source,
            above=framework.lineage(item.id)[1:],
            applying=tuple(
                Applying(facet=kind.facet, owner=tied[0].id, items=tied[1])
                for kind, tied in kinds
                if tied
            ),
            links=framework.links_of(item.id),
        )


TOOLS: Mapping[str, Callable[..., Awaitable[Record]]] = {
    name: getattr(Tools, name)
    for name in ("ask", "search", "show_passage", "framework_item", "verify_certificate")
}
"""Every tool, by its name in the catalogue too; none changes what is kept. Each takes a body and a
user."""

COUNTED = ("ask", "search", "verify_certificate")
"""Those of which each call counts towards the questions that a user may send in a minute."""


def check_extra() -> None:
    """See that what speaks the protocol is installed, or raise `ExtraMissing`."""
    if find_spec("mcp") is None:
        raise errors.ExtraMissing(say("tools.needs_extra"))


def build_server(tools: Tools, rate: Rate | None = None) -> Server[dict[str, object]]:
    """Return what answers messages, whichever way they come; `ExtraMissing` without the SDK."""
    check_extra()
    import mcp_types as types
    from mcp.server import Server
    from mcp.shared.exceptions import MCPError

    hints = {name: get_type_hints(tool) for name, tool in TOOLS.items()}
    shown = [
        types.Tool(
            name=name,
            title=say(f"tools.{name}_title"),
            description=say(f"tools.{name}"),
            input_schema=own["body"].model_json_schema(),
            output_schema=own["return"].model_json_schema(mode="serialization"),
            annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
        )
        for name, own in hints.items()
    ]

    async def list_tools(context: Context, page: Page | None) -> ListToolsResult:
        return types.ListToolsResult(tools=shown)

    async def call_tool(context: Context, call: CallToolRequestParams) -> CallToolResult:
        if call.name not in TOOLS:
            raise MCPError(types.INVALID_PARAMS, say("tools.no_tool", names=", ".join(TOOLS)))
        # As the guard found, or whoever started the process.
        user: User = context.request.scope[USER] if context.request else User(LOCAL, Role.ADMIN)
        try:
            record = await _called(call.name, tools, call.arguments or {}, user, rate)
            told, table = record.model_dump_json(), record.model_dump(mode="json")
        except HTTPException as error:
            told, table = str(error.detail), None
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=told)],
            structured_content=table,
            is_error=table is None,
        )

    return Server(
        "signpost",
        title="Signpost",
        version=version("signpost"),
        instructions=say("tools.instructions"),
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


async def _called(
    name: str, tools: Tools, given: Mapping[str, object], user: User, rate: Rate | None
) -> Record:
    """Return what a call gives; `HTTPException`, with a sentence, if refused or at fault."""
    try:
        body = get_type_hints(TOOLS[name])["body"].model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or say("problem.request")
        raise HTTPException(422, say("problem.refused", what=place, why=first["msg"])) from None
    if name in COUNTED and rate and (seconds := rate.seconds_to_wait(user.name)):
        raise HTTPException(429, say("refusal.rate", n=seconds))
    try:
        return await TOOLS[name](tools, body, user)
    except HTTPException:
        raise
    except Exception as error:  # noqa: BLE001
        # Whoever called would log its words, and the words of a fault may hold those of a question.
        logger.error("A fault in the tool %s: %s.", name, type(error).__name__)  # noqa: TRY400
        raise HTTPException(500, say("problem.fault")) from None


def add_mcp(server: FastAPI, tools: Tools, rate: Rate) -> None:
    """Let a server answer messages at `/mcp`, while it runs; `ExtraMissing` without the SDK."""
    answering = build_server(tools, rate)
    from mcp.server.streamable_http_manager import (
        StreamableHTTPASGIApp,
        StreamableHTTPSessionManager,
    )

    # The guard has checked host and origin, who sends it, and how long it is.
    manager = StreamableHTTPSessionManager(
        answering, json_response=True, stateless=True, max_request_body_size=BODY_BYTES
    )
    server.state.mcp = manager
    server.router.routes.append(Route("/mcp", StreamableHTTPASGIApp(manager), methods=["POST"]))


def serve_stdio(assistant: Serves, settings: Settings) -> None:
    """Answer messages on stdin until it is closed; nothing but answers goes to stdout."""
    speak(settings.language)
    desk = Desk(settings, assistant.corpus)
    server = build_server(Tools(assistant, settings, desk, Work(desk.turns)))
    import anyio
    from mcp.server.stdio import stdio_server

    async def run() -> None:
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())

    # What waits for a line would go on waiting after Ctrl-C, until stdin is closed.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    anyio.run(run)
