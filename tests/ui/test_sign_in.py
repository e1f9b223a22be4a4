"""Signing in by the page: cookies, wrong passwords, a new password, and signing out."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest

from assistant.safety.audit import AuditLog
from assistant.settings import Settings
from tests.ui.fake_answer import EXAMPLE, FakeAssistant
from tests.ui.served import PASSWORD, add_accounts, serving, signed_in
from ui.access.accounts import TRIES, Sessions
from ui.access.identity import AT_ONCE, WAITING
from ui.words.catalogue import say

HTML = {"accept": "text/html"}


@pytest.fixture
def address(tmp_path):
    add_accounts(tmp_path)
    settings = Settings(home=tmp_path, access="accounts", allowed_hosts="signpost.example.org")
    with serving(FakeAssistant(), settings) as address:
        yield address


def enter(address, name, password, **headers):
    data = {"name": name, "password": password}
    return httpx.post(f"{address}/sign-in", data=data, headers=headers)


def test_whoever_is_not_signed_in_is_shown_where_to(address):
    response = httpx.get(address, headers=HTML)
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
    page = httpx.get(f"{address}/sign-in").text
    assert 'autocomplete="current-password"' in page
    assert "not a reporting service" in page


def test_the_cookie_is_kept_from_scripts_and_other_sites(address):
    local = enter(address, " Officer ", PASSWORD)
    assert (local.status_code, local.headers["location"]) == (303, "/")
    cookie = local.headers["set-cookie"].lower()
    assert cookie.startswith("signpost=")
    assert {"httponly", "samesite=lax"} <= set(cookie.split("; "))
    assert "secure" not in cookie
    public = enter(address, "officer", PASSWORD, host="signpost.example.org")
    cookie = public.headers["set-cookie"]
    assert cookie.startswith("__Host-signpost=")
    assert {"Secure", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


@pytest.mark.parametrize("name", ["officer", "nobody", ""])
def test_a_wrong_password_and_an_unknown_name_look_alike(address, name):
    response = enter(address, name, "wrong")
    assert response.status_code == 401
    assert say("door.wrong") in response.text
    assert "set-cookie" not in response.headers


def test_a_locked_name_looks_like_a_wrong_password(address):
    for _ in range(TRIES):
        enter(address, "officer", "wrong")
    response = enter(address, "officer", PASSWORD)
    assert response.status_code == 401
    assert say("door.wrong") in response.text
    assert enter(address, "trainer", PASSWORD).status_code == 303


def test_signed_out_the_old_cookie_is_nobodys(address):
    with closing(signed_in(address, "officer")) as client:
        cookies = dict(client.cookies)
        response = client.post("/sign-out")
        assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
        assert 'signpost=""' in response.headers["set-cookie"]
        assert client.get("/").status_code == 401
    with closing(httpx.Client(base_url=address, cookies=cookies)) as again:
        assert again.get("/").status_code == 401


def test_a_user_changes_the_password_and_is_signed_out_everywhere(address):
    fresh = "another three words"
    with (
        closing(signed_in(address, "officer")) as here,
        closing(signed_in(address, "officer")) as there,
    ):
        assert "signed in as officer" in here.get("/account").text
        wrong = here.post("/account", data={"current": "wrong", "fresh": fresh})
        assert (wrong.status_code, say("door.wrong") in wrong.text) == (401, True)
        short = here.post("/account", data={"current": PASSWORD, "fresh": "short"})
        assert (short.status_code, "too short" in short.text) == (422, True)
        done = here.post("/account", data={"current": PASSWORD, "fresh": fresh})
        assert (done.status_code, say("door.changed") in done.text) == (200, True)
        assert there.get("/").status_code == 401
    assert enter(address, "officer", PASSWORD).status_code == 401
    assert enter(address, "officer", fresh).status_code == 303


def test_when_too_many_sign_in_one_is_told(address, monkeypatch):
    leave = threading.Event()
    refused = []

    def one(_):
        response = enter(address, "officer", PASSWORD)
        if response.status_code == 503:
            refused.append(response)
            leave.set()
        return response.status_code

    monkeypatch.setattr(Sessions, "sign_in", lambda *_: leave.wait(20) and None)
    with ThreadPoolExecutor(AT_ONCE + WAITING + 1) as pool:
        statuses = sorted(pool.map(one, range(AT_ONCE + WAITING + 1)))
    assert statuses == [401] * (AT_ONCE + WAITING) + [503]
    assert say("door.full") in refused[0].text


def test_damaged_accounts_are_told_without_their_place(address, tmp_path):
    (tmp_path / "accounts.json").write_text("{")
    for response in (
        enter(address, "officer", PASSWORD),
        httpx.get(f"{address}/api/editions", headers={"authorization": "Bearer x"}),
    ):
        assert response.status_code == 503
        assert say("refusal.unusable") in response.text
        assert str(tmp_path) not in response.text


def test_a_form_that_breaks_off_changes_nothing(address):
    with closing(signed_in(address, "officer")) as client:
        body = f"current={PASSWORD}&fresh=another three words that go on".replace(" ", "+")
        host, port = address.removeprefix("http://").split(":")
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        head = (
            f"POST /account HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie}\r\n"
            f"Content-Length: {len(body) + 20}\r\n\r\n"
        )
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(f"{head}{body}".encode())
        assert client.get("/account").status_code == 200
    assert enter(address, "officer", PASSWORD).status_code == 303


def test_a_form_with_too_many_fields_or_none_signs_nobody_in(address):
    for body in (b"", b"a&b", b"name=officer", b"\xff\xfe"):
        assert httpx.post(f"{address}/sign-in", content=body).status_code == 401
    many = b"&".join(b"a=1" for _ in range(50))
    assert httpx.post(f"{address}/sign-in", content=many).status_code == 401


def test_the_audit_log_tells_users_apart_and_names_none(address, tmp_path):
    for name in ("officer", "trainer", "officer"):
        with closing(signed_in(address, name)) as client:
            client.post("/api/ask", json={"question": EXAMPLE})
    users = [record.user for record in AuditLog(Settings(home=tmp_path)).records()]
    assert users[0] == users[2] != users[1]
    assert not {"officer", "trainer"} & set(users)
