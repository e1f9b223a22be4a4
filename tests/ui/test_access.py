"""Every route and every function, asked for by everybody, against the one table."""

import json
import os
import re
from itertools import pairwise
from pathlib import Path

import gradio
import httpx
import pytest
from starlette.routing import Mount

from assistant.settings import Settings
from corpus.checks.signposting import read_signposting, shipped_signposting
from tests.ui.conftest import GOLDEN
from tests.ui.fake_answer import EXAMPLE, FakeAssistant, in_a_loop
from tests.ui.served import PASSWORD, SECRET, events, join, signed_in, status_of
from ui.access.rights import FUNCTIONS, RIGHTS, ROUTES, Right, Role, routes_at
from ui.look.templates import WIDE, notice
from ui.pages.talk import AT_ONCE
from ui.server.server import create_server
from ui.words.phrases import say

# Routes that Gradio brings along and nobody may reach, so that a new one is noticed.
CLOSED = (GOLDEN / "closed_routes.txt").read_text(encoding="utf-8").split()

FRONTEND = Path(gradio.__file__).parent / "templates" / "frontend"

NAMES = {
    "passage_id": "gsr:C12",
    "name": "swagger-ui.css",
    "page": "1",
    "session_hash": "heartbeat",
}

BODIES = {
    "/api/ask": {"json": {"question": EXAMPLE}},
    "/api/ask/stop": {"json": {"token": "of nobody"}},
    "/api/search": {"json": {"question": EXAMPLE}},
    "/api/feedback": {"json": {"verdict": "helpful", "answer": {}}},
    "/api/switch": {"json": {"state": "on"}},
    # Names of builds that are not there, so that nothing is built or gone back to.
    "/api/library/build": {"data": {"build": "none"}},
    "/api/library/rollback": {"data": {"build": "none"}},
    "/mcp": {
        "json": {"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
        "headers": {"Accept": "application/json"},
    },
    "/sign-in": {"data": {"name": "nobody", "password": "nothing"}},
    "/account": {"data": {"current": "wrong", "fresh": "wrong"}},
}

SERVED = {"access": "accounts", "rate": 10_000, "mcp": True}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("routes"), access="accounts", mcp=True)
    return in_a_loop(lambda: create_server(FakeAssistant(), settings))


@pytest.fixture(scope="module")
def callers(address):
    forged = {
        "X-Forwarded-User": "admin",
        "X-Forwarded-Groups": "admin",
        "X-Forwarded-For": "127.0.0.1",
        "Authorization": f"Bearer {SECRET}",
        "Cookie": f"signpost={SECRET}; __Host-signpost={SECRET}",
    }
    clients = {
        "nobody": httpx.Client(base_url=address),
        "forged": httpx.Client(base_url=address, headers=forged),
        **{str(role): signed_in(address, role) for role in Role},
    }
    yield clients
    for client in clients.values():
        client.close()


def paths_of(routes, before=""):
    """Yield method and path of every route, those that Gradio brings along included."""
    for route in routes:
        if isinstance(route, Mount):
            yield from paths_of(route.app.routes, before + route.path)
        elif inner := getattr(route, "original_router", None):
            yield from paths_of(inner.routes, before + route.include_context.prefix)
        else:
            for method in getattr(route, "methods", None) or ():
                yield method, before + route.path


def filled(path):
    if path in ("/assets/{path:path}", "/static/{path:path}"):
        folder = FRONTEND / path.split("/")[1]
        file = next(one for one in sorted(folder.rglob("*")) if one.is_file())
        return f"/{file.relative_to(FRONTEND).as_posix()}"
    for name, example in NAMES.items():
        path = path.replace(f"{{{name}:path}}", example).replace(f"{{{name}}}", example)
    return path.replace("{", "").replace("}", "").replace(":path", "")


def test_every_route_is_in_the_table_or_closed_and_roles_may_what_lower_ones_may(server):
    found = {
        (method, path if path == "/" else path.removesuffix("/"))
        for method, path in paths_of(server.routes)
        if method != "HEAD"
    }
    assert len(found) > 60
    named = {(route.method, route.path) for route in ROUTES}
    assert {path for _, path in found - named} == set(CLOSED)
    assert named - found == set()
    order = [RIGHTS[role] for role in Role]
    assert all(lower <= higher for lower, higher in pairwise(order))
    assert RIGHTS[Role.ADMIN] == frozenset(Right)


def test_nobody_reaches_what_the_tables_do_not_name(callers):
    admin = callers["admin"]
    others = [*"/nothing /api /api/ /API/usage /config/x /sign-in/".split(), f"/assets/{'x' * 256}"]
    for path in (*map(filled, CLOSED), *others):
        assert routes_at(path) == ()
        assert path in others or routes_at(f"{path}/") == ()
        assert status_of(admin, "GET", path) == 404
        assert status_of(admin, "POST", path, content=b"{}") == 404
    assert status_of(admin, "DELETE", "/api/switch") == 405


def test_each_role_gets_what_its_rights_say_and_the_table_shows_it(callers, as_golden):
    rows = [f"{'route':<44}" + "".join(f"{name:>11}" for name in callers)]
    for route in ROUTES:
        statuses = [_asked(client, route) for client in callers.values()]
        for name, status in zip(callers, statuses, strict=True):
            if route.right is Right.NOTHING:
                assert status not in (403, 404)
            elif name in ("nobody", "forged"):
                assert status in (401, 303), (route, name)
            elif route.right in RIGHTS[Role(name)]:
                # Forms of pages lead to their view.
                leads = status == 303 and route.method == "POST" and route.path != "/sign-in"
                assert leads or status not in (303, 403), (route, name)
                assert status != 401 or route.path == "/account", (route, name)
            else:
                assert status == 403, (route, name)
        shown = "".join(f"{status:>11}" for status in statuses)
        rows.append(f"{route.method + ' ' + route.path:<44}{shown}")
    as_golden("routes.txt", "\n".join(rows) + "\n")


def _asked(client, route):
    if route.path.startswith("/gradio_api/queue/"):
        session = f"table{str(id(client))[-8:]}"
        joined = join(client, 0, session, EXAMPLE, None).status_code
        if route.method == "POST":
            return joined
        return status_of(client, "GET", route.path, params={"session_hash": session})
    path = filled(route.path)
    if "heartbeat" in path:
        path += str(id(client))[-8:]
    given = BODIES.get(route.path, {}) if route.method in ("POST", "PUT") else {}
    if route.path == "/sign-out":
        # Without its cookie, so that the session stays.
        return httpx.post(f"{client.base_url}{path}").status_code
    return status_of(client, route.method, path, **given)


@pytest.fixture(scope="module")
def blocks(server):
    (mounted,) = (route for route in server.routes if isinstance(route, Mount))
    return mounted.app.get_blocks()


def test_every_function_of_the_page_is_in_the_table_and_asked_for_by_everybody(callers, blocks):
    functions = blocks.fns
    ours = [one for one in functions.values() if one.fn is not None]
    assert sorted(one.api_name for one in ours) == sorted(FUNCTIONS)
    assert all(one.api_visibility == "private" for one in ours)
    for number, one in functions.items():
        for name, client in callers.items():
            data = [None for _ in one.inputs]
            status = join(client, number, f"{name}-fn{number}", *data).status_code
            if name in ("nobody", "forged"):
                assert status == 401
            elif one.fn is None:
                assert status == 404
            else:
                assert status == 200
    admin = callers["admin"]
    for number in (-1, 99, True, None, "0", 0.0):
        assert join(admin, number, "strange-number", EXAMPLE, None).status_code == 404
    call = {"data": ["\ud800", None], "fn_index": 0, "trigger_id": "7"}
    for more, status in (({}, 400), ({"session_hash": "strange-text"}, 200)):
        sent = {"content": json.dumps(call | more), "headers": {"content-type": "application/json"}}
        assert admin.post("/gradio_api/queue/join", **sent).status_code == status


def test_a_session_of_a_page_is_its_owners_alone_whatever_it_is_called(callers):
    officer, trainer = callers["officer"], callers["trainer"]
    other = "What is asked of industry?"
    # The server keeps nothing of a conversation, not even for its owner.
    for client, question in ((officer, EXAMPLE), (trainer, other), (officer, None)):
        assert join(client, 0, "the-same-name", question, None).status_code == 200
        told = str(events(client, "the-same-name"))
        assert (question or "is empty") in told
        assert ("Preserve the anonymity of victims" in told) == (question == EXAMPLE)
    for session in ("", "short", "x" * 65, None, 7, ["abcdefgh"], "a/b/c/d/e/f", "abcdefgh\n"):
        assert join(callers["admin"], 0, session, EXAMPLE, None).status_code == 400


def test_a_token_stands_for_its_account_and_no_other(address, tokens):
    for role in Role:
        headers = {"Authorization": f"Bearer {tokens[role]}"}
        expected = 200 if Right.RUN in RIGHTS[role] else 403
        assert httpx.get(f"{address}/api/switch", headers=headers).status_code == expected
    for given in ({"headers": {"Authorization": "Bearer x"}}, {"auth": ("admin", PASSWORD)}):
        wrong = httpx.get(f"{address}/api/switch", **given)
        assert (wrong.status_code, wrong.json()["error"]) == (401, say("refusal.signed_out"))
        assert wrong.headers["www-authenticate"] == "Bearer"


def test_nothing_is_sent_kept_or_offered_that_nobody_asked_for_and_the_queue_is_bounded(blocks):
    assert blocks.analytics_enabled is False
    assert blocks.api_open is False
    assert not blocks.vibe_mode
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert {event.api_visibility for event in blocks.fns.values()} == {"private"}
    assert blocks.get_api_info()["named_endpoints"] == {}
    asked = next(event for event in blocks.fns.values() if event.api_name == "ask")
    assert {type(one).__name__ for one in (*asked.inputs, *asked.outputs)} == {"Textbox"}
    assert asked.concurrency_limit == AT_ONCE > 1
    assert blocks._queue.max_size == Settings().waiting


def test_the_page_has_the_notice_which_says_what_it_is_not_for_and_where_help_is(blocks):
    said = notice()
    fixed = [str(part["props"].get("value")) for part in blocks.get_config_file()["components"]]
    assert any(said in one for one in fixed)
    assert re.search("not a reporting service .*not a crisis service", said)
    texts = read_signposting(shipped_signposting())
    assert texts.danger["en"] in said
    listed = re.findall(r"<li>(.*?)</li>", said)
    directories = {f"{one.name}. {one.purpose['en']}" for one in texts.services_for(WIDE)}
    assert set() < directories <= set(listed)
    assert not re.search(r"href|https?:|\bwww\.", said)
