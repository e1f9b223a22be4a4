"""Signpost as a tool of other assistants, asked by the SDK's own client: over stdio and HTTP."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from assistant.certificates.recheck import certify
from assistant.errors import ExtraMissing
from assistant.pipeline import Assistant
from assistant.records import Answer, Question
from assistant.safety.audit import AuditLog
from assistant.settings import Settings
from tests.documents import ROOT
from tests.ui.conftest import EXAMPLE
from tests.ui.fake_answer import FakeAssistant, in_a_loop, uncovered_answer
from tests.ui.served import add_accounts, serving
from ui.access.service_state import State, Switch
from ui.server import mcp_server
from ui.server.mcp_server import TOOLS
from ui.server.server import create_server
from ui.words.catalogue import say

NAMES = ["ask", "search", "show_passage", "framework_item", "verify_certificate"]

MAILED = "What rights does jane.doe@example.org have?"

T = TypeVar("T")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mcp")


@pytest.fixture(scope="module")
def tokens(home: Path) -> dict[str, str]:
    return add_accounts(home)


@pytest.fixture(scope="module")
def address(home: Path, tokens: dict[str, str]) -> Iterator[str]:
    noticed = uncovered_answer(MAILED).model_copy(update={"personal": ("email",)})
    fake = FakeAssistant()
    fake.answers[MAILED] = noticed
    with serving(fake, Settings(home=home, access="accounts", mcp=True, rate=8)) as address:
        yield address


def over_http(
    address: str, token: str, use: Callable[[Client], Awaitable[T]], mode: str = "auto"
) -> T:
    """Return what comes of using a client that sends a token."""

    async def run() -> T:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(headers=headers) as http:
            transport = streamable_http_client(f"{address}/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                return await use(client)

    return asyncio.run(run())


def call(name: str, **given: object) -> Callable[[Client], Awaitable[Any]]:
    """Return a use of a client: what a tool gives, as a record, or the sentence of a refusal."""

    async def use(client: Client) -> Any:
        result = await client.call_tool(name, given)
        (told,) = result.content
        if result.is_error:
            return told.text
        assert json.loads(told.text) == result.structured_content
        return result.structured_content

    return use


async def names(client: Client) -> list[str]:
    listed = (await client.list_tools()).tools
    assert all(tool.title and tool.description and tool.output_schema for tool in listed)
    assert all(
        part["description"] for tool in listed for part in tool.input_schema["properties"].values()
    )
    return [tool.name for tool in listed]


def test_the_command_answers_over_stdio_with_the_records_and_records_it(
    own_home: Path, assistant: Assistant, tmp_path: Path
) -> None:
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "ui.cli.main", "mcp"],
        env={"SIGNPOST_HOME": str(own_home)},
        cwd=ROOT,
    )
    given = assistant.ask(Question(text=EXAMPLE))
    certificate = certify(given, assistant.corpus, date(2026, 1, 1)).model_dump_json()
    before = len(AuditLog(Settings(home=own_home)).records())

    async def run() -> tuple[Any, ...]:
        async with Client(server) as client:
            assert await names(client) == NAMES == [tool.name for tool in TOOLS]
            return (
                await call("ask", question=EXAMPLE)(client),
                await call("ask", question="I am 14 and a man online has photos of me")(client),
                await call("ask", question="Email jane.doe@example.org: what is grooming?")(client),
                await call("search", question="identity", k=2)(client),
                await call("verify_certificate", certificate=certificate)(client),
                await call("ask", question=" ")(client),
            )

    answer, disclosed, mailed, found, verified, refused = asyncio.run(run())
    assert Answer.model_validate(answer).statements == given.statements
    assert (disclosed["status"], disclosed["question"]) == ("safeguarding", "")
    assert disclosed["signposting"]["services"]
    assert mailed["personal"] == ["email"]
    assert "jane.doe" not in str(mailed)
    assert len(found["hits"]) == 2
    assert verified["result"] == "valid"
    assert refused.startswith("The question is empty")
    kept = AuditLog(Settings(home=own_home)).records()[before:]
    assert [record.status for record in kept] == [answer["status"], mailed["status"]]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_over_http_a_reader_gets_what_the_api_gives(address, tokens, home, mode):
    async def use(client: Client) -> Any:
        return (
            await names(client),
            await call("ask", question=EXAMPLE)(client),
            await call("show_passage", id="gsr:C12")(client),
            await call("framework_item", id="c12")(client),
        )

    token = tokens["officer" if mode == "auto" else "trainer"]
    listed, answer, shown, item = over_http(address, token, use, mode)
    headers = {"Authorization": f"Bearer {token}"}
    before = len(AuditLog(Settings(home=home)).records())
    asked = httpx.post(f"{address}/api/ask", json={"question": EXAMPLE}, headers=headers).json()
    passage = httpx.get(f"{address}/api/passages/gsr:C12", headers=headers).json()
    assert (listed, answer, shown) == (NAMES, asked, passage)
    assert item["item"]["id"] == item["passage"]["id"] == "gsr:C12"
    assert [one["id"] for one in item["above"]] == ["gsr:P3"]
    counts = {one["facet"]: (one["owner"], len(one["items"])) for one in item["applying"]}
    assert counts["outcomes"] == ("gsr:P3", 5)
    records = AuditLog(Settings(home=home)).records()
    assert len(records) == before + 1
    # The tool and the route are one user's.
    assert records[-1].user == records[-2].user
    assert records[-1].model_copy(update={"time": "", "ms": 0}) == records[-2].model_copy(
        update={"time": "", "ms": 0}
    )


def test_nobody_is_answered_over_http(address: str) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    for headers in ({}, {"Authorization": "Bearer made-up"}):
        refused = httpx.post(f"{address}/mcp", json=message, headers=headers)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    with pytest.raises((MCPError, ExceptionGroup)):
        over_http(address, "made-up", names)


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("ask", {}, "question is refused: Field required."),
        ("ask", {"question": "a", "user": "admin"}, "user is refused"),
        ("ask", {"question": " "}, "The question is empty; type one."),
        ("search", {"question": "a", "k": 0}, "k is refused"),
        ("show_passage", {"id": "gsr:C99"}, "No passage has the id 'gsr:C99'."),
        ("framework_item", {"id": "X9"}, "The framework has no item 'X9'"),
        ("ask", {"question": "break"}, say("problem.fault")),
    ],
)
def test_what_is_refused_is_one_sentence(address, tokens, name, given, said):
    told = over_http(address, tokens["admin"], call(name, **given))
    assert told.startswith(said)
    assert "\n" not in told


def test_a_fault_tells_nothing_of_the_question(address, tokens, caplog):
    over_http(address, tokens["admin"], call("ask", question="break"))
    assert [one for one in caplog.messages if "fault" in one] == [
        "A fault in the tool ask: RuntimeError."
    ]
    assert "A bug" not in caplog.text


def test_personal_data_does_not_come_back_and_a_broken_certificate_is_told(address, tokens):
    answer = over_http(address, tokens["admin"], call("ask", question=MAILED))
    assert answer["question"] == "What rights does [email] have?"
    told = over_http(address, tokens["admin"], call("verify_certificate", certificate="{}"))
    assert told["result"] == "broken"


def test_calls_that_ask_count_and_others_do_not(address: str, tokens: dict[str, str]) -> None:
    async def use(client: Client) -> list[Any]:
        shown = [await call("show_passage", id="gsr:C12")(client) for _ in range(9)]
        asked = [await call("search", question="identity")(client) for _ in range(9)]
        return [type(one) for one in (*shown, *asked)]

    assert over_http(address, tokens["evaluator"], use) == [dict] * 17 + [str]


def test_no_such_tool_is_told_and_a_switched_off_service_answers_nothing(address, tokens, home):
    with pytest.raises((MCPError, ExceptionGroup)):
        over_http(address, tokens["officer"], call("nothing"))
    Switch(home).set(State.OFF, "Closed.")
    refused = httpx.post(f"{address}/mcp", json={}, headers={"Authorization": "Bearer x"})
    Switch(home).set(State.ON, "")
    assert (refused.status_code, refused.json()["error"]) == (503, "Closed.")


def test_it_is_off_unless_it_is_set_and_streams_are_not_offered(tmp_path: Path) -> None:
    with serving(FakeAssistant(), Settings(home=tmp_path)) as address:
        assert httpx.post(f"{address}/mcp", json={}).status_code in (404, 405)
        assert httpx.get(f"{address}/mcp").status_code == 405


def test_without_the_extra_one_line_says_what_to_install(refused, home, monkeypatch, tmp_path):
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path))
    monkeypatch.setattr(mcp_server, "find_spec", lambda name: None)
    assert "pip install 'signpost[mcp]'" in refused("mcp")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ExtraMissing, match="signpost"):
        in_a_loop(lambda: create_server(FakeAssistant(), Settings(home=tmp_path, mcp=True)))
