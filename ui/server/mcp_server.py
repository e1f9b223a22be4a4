"""Signpost as a tool of other assistants, over the Model Context Protocol: stdio and HTTP.

Over HTTP it stands behind the guard like every other route. Nothing of it is kept between two
messages, so that any of several servers can answer the next one.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Awaitable, Callable, Mapping
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from fastapi import HTTPException
from pydantic import ValidationError
from starlette.routing import Route

from assistant.certificates.recheck import Verification
from assistant.errors import ExtraMissing
from assistant.records import Answer, Found
from corpus.passage import Record
from ui.access.limits import BODY_BYTES
from ui.access.rights import USER, Role, User
from ui.server.tools import (
    AskBody,
    Body,
    CertificateBody,
    IdBody,
    ItemFound,
    PassageFound,
    SearchBody,
    Tools,
    Work,
    add_docstrings,
)
from ui.service.desk import LOCAL, Desk
from ui.words.catalogue import say, speak

if TYPE_CHECKING:
    from fastapi import FastAPI
    from mcp.server import Server
    from mcp.server.context import ServerRequestContext
    from mcp_types import CallToolRequestParams, CallToolResult, ListToolsResult
    from mcp_types import PaginatedRequestParams as Page
    from mcp_types import Tool as Shown

    from assistant.settings import Settings
    from ui.access.limits import Rate
    from ui.service.seams import Serves

    Context = ServerRequestContext[dict[str, object]]

logger = logging.getLogger(__name__)

PATH = "/mcp"
"""Where messages are sent to over HTTP."""


class Tool(NamedTuple):
    """One tool, whose name is also that of its words in the catalogue."""

    name: str
    body: type[Body]
    result: type[Record]
    call: Callable[..., Awaitable[Record]]
    """Does it, for tools, a body and a user."""

    counted: bool = False
    """Whether each call counts towards the questions that a user may send in a minute."""


TOOLS = (
    Tool("ask", AskBody, Answer, Tools.ask, counted=True),
    Tool("search", SearchBody, Found, Tools.search, counted=True),
    Tool("show_passage", IdBody, PassageFound, Tools.show_passage),
    Tool("framework_item", IdBody, ItemFound, Tools.framework_item),
    Tool("verify_certificate", CertificateBody, Verification, Tools.verify_certificate, True),
)
"""Every tool; none of them changes what is kept."""


def check_extra() -> None:
    """See that what speaks the protocol is installed, or raise `ExtraMissing`."""
    if find_spec("mcp") is None:
        raise ExtraMissing(say("tools.needs_extra"))


def build_server(tools: Tools, rate: Rate | None = None) -> Server[dict[str, object]]:
    """Return what answers messages, whichever way they come; `ExtraMissing` without the SDK."""
    check_extra()
    import mcp_types as types
    from mcp.server import Server
    from mcp.shared.exceptions import MCPError

    shown = [_shown(tool) for tool in TOOLS]
    by_name = {tool.name: tool for tool in TOOLS}

    async def list_tools(context: Context, page: Page | None) -> ListToolsResult:
        return types.ListToolsResult(tools=shown)

    async def call_tool(context: Context, call: CallToolRequestParams) -> CallToolResult:
        tool = by_name.get(call.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, say("tools.no_tool", names=", ".join(by_name)))
        # As the guard found, or whoever started the process.
        user: User = context.request.scope[USER] if context.request else User(LOCAL, Role.ADMIN)
        try:
            record = await _called(tool, tools, call.arguments or {}, user, rate)
        except HTTPException as error:
            told = types.TextContent(type="text", text=str(error.detail))
            return types.CallToolResult(content=[told], is_error=True)
        told = types.TextContent(type="text", text=record.model_dump_json())
        return types.CallToolResult(
            content=[told], structured_content=record.model_dump(mode="json")
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
    tool: Tool, tools: Tools, given: Mapping[str, object], user: User, rate: Rate | None
) -> Record:
    """Return what a call gives; `HTTPException`, with a sentence, if refused or at fault."""
    try:
        body = tool.body.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or say("problem.request")
        raise HTTPException(422, say("problem.refused", what=place, why=first["msg"])) from None
    if tool.counted and rate and (seconds := rate.seconds_to_wait(user.name)):
        raise HTTPException(429, say("refusal.rate", n=seconds))
    try:
        return await tool.call(tools, body, user)
    except HTTPException:
        raise
    except Exception as error:  # noqa: BLE001
        # Whoever called would log its words, and the words of a fault may hold those of a question.
        logger.error("A fault in the tool %s: %s.", tool.name, type(error).__name__)  # noqa: TRY400
        raise HTTPException(500, say("problem.fault")) from None


def _shown(tool: Tool) -> Shown:
    import mcp_types as types

    taken = tool.body.model_json_schema()
    given = tool.result.model_json_schema(mode="serialization")
    for record, schema in ((tool.body, taken), (tool.result, given)):
        add_docstrings({record.__name__: schema, **schema.get("$defs", {})})
    return types.Tool(
        name=tool.name,
        title=say(f"tools.{tool.name}_title"),
        description=say(f"tools.{tool.name}"),
        input_schema=taken,
        output_schema=given,
        annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
    )


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
    server.router.routes.append(Route(PATH, StreamableHTTPASGIApp(manager), methods=["POST"]))


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
