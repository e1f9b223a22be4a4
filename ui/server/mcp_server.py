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
from typing import TYPE_CHECKING, get_type_hints

from fastapi import FastAPI, HTTPException
from pydantic import ValidationError
from starlette.routing import Route

from assistant.errors import ExtraMissing
from assistant.settings import Settings
from corpus.passage import Record
from ui.access.limits import BODY_BYTES, Rate
from ui.access.rights import USER, Role, User
from ui.server.tools import Tools, Work, add_docstrings
from ui.service.desk import LOCAL, Desk, Serves
from ui.words.phrases import say, speak

if TYPE_CHECKING:
    from mcp.server import Server
    from mcp.server.context import ServerRequestContext
    from mcp_types import CallToolRequestParams, CallToolResult, ListToolsResult
    from mcp_types import PaginatedRequestParams as Page
    from mcp_types import Tool as Shown

    Context = ServerRequestContext[dict[str, object]]

logger = logging.getLogger(__name__)

PATH = "/mcp"

TOOLS: Mapping[str, Callable[..., Awaitable[Record]]] = {
    "ask": Tools.ask,
    "search": Tools.search,
    "show_passage": Tools.show_passage,
    "framework_item": Tools.framework_item,
    "verify_certificate": Tools.verify_certificate,
}
"""Every tool, by its name in the catalogue too; none changes what is kept. Each takes a body and a
user."""

COUNTED = ("ask", "search", "verify_certificate")
"""Those of which each call counts towards the questions that a user may send in a minute."""


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

    shown = [_shown(name) for name in TOOLS]

    async def list_tools(context: Context, page: Page | None) -> ListToolsResult:
        return types.ListToolsResult(tools=shown)

    async def call_tool(context: Context, call: CallToolRequestParams) -> CallToolResult:
        if call.name not in TOOLS:
            raise MCPError(types.INVALID_PARAMS, say("tools.no_tool", names=", ".join(TOOLS)))
        # As the guard found, or whoever started the process.
        user: User = context.request.scope[USER] if context.request else User(LOCAL, Role.ADMIN)
        try:
            record = await _called(call.name, tools, call.arguments or {}, user, rate)
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


def _shown(name: str) -> Shown:
    import mcp_types as types

    hints = get_type_hints(TOOLS[name])
    taken = hints["body"].model_json_schema()
    given = hints["return"].model_json_schema(mode="serialization")
    for record, schema in ((hints["body"], taken), (hints["return"], given)):
        add_docstrings({record.__name__: schema, **schema.get("$defs", {})})
    return types.Tool(
        name=name,
        title=say(f"tools.{name}_title"),
        description=say(f"tools.{name}"),
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
