"""Signpost as a tool of other assistants, asked by the SDK's own client: over stdio and HTTP."""

import asyncio
import json
import sys
from datetime import date

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from assistant.certificates.recheck import certify
from assistant.errors import ExtraMissing
from assistant.records import Answer, Question
from assistant.safety.audit import AuditLog
from assistant.settings import Settings
from tests.documents import ROOT
from tests.ui.conftest import EXAMPLE
from tests.ui.fake_answer import FakeAssistant, in_a_loop
from ui.server import tools as mcp_server
from ui.server.server import create_server
from ui.server.tools import TOOLS
from ui.words.phrases import say

NAMES = ["ask", "search", "show_passage", "framework_item", "verify_certificate"]
SERVED = {"access": "accounts", "mcp": True, "rate": 8}


def over_http(address, token, use, mode="auto"):
    async def run():
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(headers=headers) as http:
            transport = streamable_http_client(f"{address}/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                return await use(client)

    return asyncio.run(run())


def call(name, **given):
    """Return a use of a client: what a tool gives, as a record, or the sentence of a refusal."""

    async def use(client):
        result = await client.call_tool(name, given)
        (told,) = result.content
        if result.is_error:
            return told.text
        assert json.loads(told.text) == result.structured_content
        return result.structured_content

    return use


async def names(client):
    listed = (await client.list_tools()).tools
    for tool in listed:
        assert all((tool.title, tool.description, tool.output_schema))
        assert all(part["description"] for part in tool.input_schema["properties"].values())
    return [tool.name for tool in listed]


def records_at(home):
    return AuditLog(Settings(home=home)).entries()


def test_the_command_answers_over_stdio_with_the_records_and_records_it(own_home, assistant):
    given = {"env": {"SIGNPOST_HOME": str(own_home)}, "cwd": ROOT}
    command = ["-m", "ui.cli.main", "mcp"]
    server = StdioServerParameters(command=sys.executable, args=command, **given)
    answered = assistant.ask(Question(text=EXAMPLE))
    certificate = certify(answered, assistant.corpus, date(2026, 1, 1)).model_dump_json()
    before = len(records_at(own_home))
    uses = [
        call("ask", question=EXAMPLE),
        call("ask", question="I am 14 and a man online has photos of me"),
        call("ask", question="Email jane.doe@example.org: what is grooming?"),
        call("verify_certificate", certificate=certificate),
        call("verify_certificate", certificate="{}"),
    ]

    async def run():
        async with Client(server) as client:
            assert await names(client) == NAMES == list(TOOLS)
            return [await use(client) for use in uses]

    answer, disclosed, mailed, verified, wrong = asyncio.run(run())
    assert Answer.model_validate(answer).statements == answered.statements
    assert (disclosed["status"], disclosed["question"]) == ("safeguarding", "")
    assert disclosed["signposting"]["services"]
    assert mailed["personal"] == ["email"]
    assert "jane.doe" not in str(mailed)
    assert (verified["result"], wrong["result"]) == ("valid", "broken")
    kept = records_at(own_home)[before:]
    assert [record.status for record in kept] == [answer["status"], mailed["status"]]


@pytest.mark.parametrize(("mode", "role"), [("auto", "officer"), ("legacy", "trainer")])
def test_over_http_a_reader_gets_what_the_api_gives(address, tokens, served_home, mode, role):
    shown = call("show_passage", id="gsr:C12"), call("framework_item", id="c12")

    async def use(client):
        return [await each(client) for each in (names, call("ask", question=EXAMPLE), *shown)]

    listed, answer, shown, item = over_http(address, tokens[role], use, mode)
    headers = {"Authorization": f"Bearer {tokens[role]}"}
    asked = httpx.post(f"{address}/api/ask", json={"question": EXAMPLE}, headers=headers).json()
    passage = httpx.get(f"{address}/api/passages/gsr:C12", headers=headers).json()
    assert (listed, answer, shown) == (NAMES, asked, passage)
    assert item["item"]["id"] == item["passage"]["id"] == "gsr:C12"
    assert [one["id"] for one in item["above"]] == ["gsr:P3"]
    counts = {one["facet"]: (one["owner"], len(one["items"])) for one in item["applying"]}
    assert counts["outcomes"] == ("gsr:P3", 5)
    # The tool and the route are one user's.
    by_tool, by_route = records_at(served_home)[-2:]
    assert by_tool.model_copy(update={"time": by_route.time, "ms": by_route.ms}) == by_route


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("ask", {"question": "a", "user": "admin"}, "user is refused"),
        ("ask", {"question": " "}, "The question is empty; type one."),
        ("search", {"question": "a", "k": 0}, "k is refused"),
        ("show_passage", {"id": "gsr:C99"}, "No passage has the id 'gsr:C99'."),
        ("framework_item", {"id": "X9"}, "The framework has no item 'X9'"),
        ("ask", {"question": "break"}, say("problem.fault")),
    ],
)
def test_what_is_refused_is_one_sentence(address, tokens, caplog, name, given, said):
    told = over_http(address, tokens["admin"], call(name, **given))
    assert told.startswith(said)
    assert "\n" not in told
    # A fault tells nothing of the question.
    faults = [line for line in caplog.messages if "fault" in line]
    assert faults == ["A fault in the tool ask: RuntimeError."] * (said == say("problem.fault"))
    assert "A bug" not in caplog.text


def test_calls_that_ask_count_and_others_do_not(address, tokens):
    async def use(client):
        shown = [await call("show_passage", id="gsr:C12")(client) for _ in range(9)]
        asked = [await call("search", question="identity")(client) for _ in range(9)]
        return [type(result) for result in (*shown, *asked)]

    assert over_http(address, tokens["evaluator"], use) == [dict] * 17 + [str]
    for token, use in ((tokens["officer"], call("nothing")), ("made-up", names)):
        with pytest.raises((MCPError, ExceptionGroup)):
            over_http(address, token, use)


def test_it_is_off_unless_it_is_set_and_one_line_says_what_to_install(
    refused, home, monkeypatch, tmp_path
):
    server = in_a_loop(lambda: create_server(FakeAssistant(), Settings(home=tmp_path)))
    assert "/mcp" not in [getattr(route, "path", "") for route in server.routes]
    monkeypatch.setattr(mcp_server, "find_spec", lambda name: None)
    assert "pip install 'signpost[mcp]'" in refused("mcp")
    assert not home.exists()
    with pytest.raises(ExtraMissing, match="signpost"):
        in_a_loop(lambda: create_server(FakeAssistant(), Settings(home=tmp_path, mcp=True)))
