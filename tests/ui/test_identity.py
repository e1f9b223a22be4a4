"""Who sends a request, and who only says so; signing in by the page, and out."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest
from starlette.requests import HTTPConnection

from assistant.errors import AccessError, SettingsError
from assistant.safety.audit import AuditLog
from assistant.settings import Settings
from tests.ui.fake_answer import EXAMPLE, FakeAssistant
from tests.ui.served import PASSWORD, SECRET, add_accounts, serving, signed_in
from ui.access import identity
from ui.access.accounts import TRIES, Sessions
from ui.access.identity import LOCAL_ADMIN, Open, Proxied, Refused, is_local
from ui.access.rights import Role, User
from ui.words.phrases import say


def sent(*headers, client="127.0.0.1", host="signpost.example.org", **more):
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    scope = {"type": "http", "scheme": "http", "path": "/", "query_string": b"", **more}
    named = [(b"host", host.encode()), *raw]
    return HTTPConnection({**scope, "headers": named, "client": (client, 1)})


ANNA = ("X-Forwarded-User", "anna@example.org")
GROUPS = "X-Forwarded-Groups"
OFFICERS = (GROUPS, "staff, officer")


def test_whoever_is_on_the_machine_is_the_one_admin_and_nobody_behind_a_proxy():
    assert Open().of(sent()) == LOCAL_ADMIN
    assert LOCAL_ADMIN.role is Role.ADMIN
    names = ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via")
    forwarded = [sent((name, "192.0.2.7")) for name in (*names, "CF-Connecting-IP")]
    for request in (*forwarded, sent(http_version="1.0")):
        with pytest.raises(Refused, match="proxy"):
            Open().of(request)


@pytest.mark.parametrize(
    ("groups", "role"),
    [("quality , chief", Role.ADMIN), ("all,quality,x", Role.EVALUATOR), ("a, all", Role.OFFICER)],
)
def test_the_proxy_names_the_user_and_the_highest_group_the_role(groups, role):
    proxied = Proxied(Settings(proxy_groups="officer=all,evaluator=quality,admin=chief"))
    assert proxied.of(sent(ANNA, (GROUPS, groups))) == User(ANNA[1], role)


def test_headers_of_other_names_can_be_chosen():
    settings = Settings(proxy_user_header="Remote-User", proxy_groups_header="Remote-Groups")
    proxied = Proxied(settings)
    assert proxied.of(sent(("remote-user", "b"), ("remote-groups", "admin"))) == ("b", Role.ADMIN)
    with pytest.raises(Refused):
        proxied.of(sent(ANNA, OFFICERS))


def test_the_proxy_is_known_by_its_address_and_headers_from_elsewhere_are_not_believed():
    proxied = Proxied(Settings(proxy_from="127.0.0.1, ::1,10.0.0.0/24"))
    for client in ("127.0.0.1", "::1", "10.0.0.200", "::ffff:10.0.0.9"):
        assert proxied.of(sent(ANNA, OFFICERS, client=client)) == User(ANNA[1], Role.OFFICER)
    for client in ("192.0.2.7", "testclient", "", "10.0.1.1", "::2"):
        with pytest.raises(Refused, match="through its proxy only"):
            proxied.of(sent(ANNA, OFFICERS, client=client))


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ((), "nobody"),
        ((OFFICERS,), "nobody"),
        ((ANNA, ANNA, OFFICERS), "nobody"),
        *(((("X-Forwarded-User", name), OFFICERS), "nobody") for name in ("", "a" * 200, "a\tb")),
        # Groups that are named twice are none.
        ((ANNA, OFFICERS, (GROUPS, "admin")), "no group"),
        *(((ANNA, (GROUPS, group)), "no group") for group in ("", "officers", "Officer")),
    ],
)
def test_nobody_several_and_somebody_without_a_group_of_ours_are_refused(headers, said):
    with pytest.raises(Refused, match=said):
        Proxied(Settings()).of(sent(*headers))


def test_with_a_secret_no_other_program_on_the_machine_is_believed(tmp_path):
    file = tmp_path / "secret"
    file.write_text(SECRET)
    file.chmod(0o600)
    proxied = Proxied(Settings(proxy_secret_file=str(file)))
    known = ("X-Signpost-Proxy", SECRET)
    assert proxied.of(sent(ANNA, OFFICERS, known)) is not None
    for wrong in ((), (("X-Signpost-Proxy", "x"),), (known, known)):
        with pytest.raises(Refused, match="through its proxy only"):
            proxied.of(sent(ANNA, OFFICERS, *wrong))
    with pytest.raises(AccessError):
        Proxied(Settings(proxy_secret_file=str(tmp_path / "none")))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("proxy_from", "here", "is no address or network"),
        ("proxy_from", " , ", "is empty"),
        ("proxy_from", "0.0.0.0/0", "too wide to believe"),
        ("proxy_from", "::1,::/0", "too wide to believe"),
        ("proxy_groups", "boss=all", "write role=group"),
    ],
)
def test_settings_of_the_proxy_that_cannot_be_used_are_refused(name, value, said):
    with pytest.raises(SettingsError, match=said):
        Proxied(Settings.model_validate({name: value}))


def test_what_reaches_nobody_else_is_local():
    local = {"127.0.0.1", "::1", "localhost", "127.8.8.8"}
    for host in (*local, "0.0.0.0", "::", "10.0.0.1", "host", "localhost.example", ""):
        assert is_local(host) is (host in local)


@pytest.fixture
def address(tmp_path):
    add_accounts(tmp_path)
    settings = Settings(home=tmp_path, access="accounts", allowed_hosts="signpost.example.org")
    with serving(FakeAssistant(), settings) as address:
        yield address


def enter(address, name, password, to="", **headers):
    data = {"name": name, "password": password}
    return httpx.post(f"{address}/sign-in?to={to}", data=data, headers=headers)


def test_whoever_is_not_signed_in_is_shown_where_to_and_scripts_and_sites_get_no_cookie(address):
    response = httpx.get(address, headers={"accept": "text/html"})
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in?to=/")
    assert "not a reporting service" in httpx.get(f"{address}/sign-in").text
    assert enter(address, "officer", PASSWORD, "/evaluate").headers["location"] == "/evaluate"
    assert enter(address, "officer", PASSWORD, "//a.example").headers["location"] == "/"
    local = enter(address, " Officer ", PASSWORD)
    assert (local.status_code, local.headers["location"]) == (303, "/")
    cookie = local.headers["set-cookie"].lower()
    assert cookie.startswith("signpost=")
    assert {"httponly", "samesite=lax"} <= set(cookie.split("; "))
    assert "secure" not in cookie
    cookie = enter(address, "officer", PASSWORD, host="signpost.example.org").headers["set-cookie"]
    assert cookie.startswith("__Host-signpost=")
    assert {"Secure", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_a_wrong_password_an_unknown_and_a_locked_name_look_alike(address):
    def refused(name, password):
        response = enter(address, name, password)
        assert response.status_code == 401
        assert say("door.wrong") in response.text
        assert "set-cookie" not in response.headers

    for name in ("nobody", "", *["officer"] * TRIES):
        refused(name, "wrong")
    refused("officer", PASSWORD)
    assert enter(address, "trainer", PASSWORD).status_code == 303
    # Nor does a form with too many fields or none sign anybody in.
    for body in (b"", b"a&b", b"name=trainer", b"\xff\xfe", b"&".join([b"a=1"] * 50)):
        assert httpx.post(f"{address}/sign-in", content=body).status_code == 401


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
        for current, wanted, status, said in (
            ("wrong", fresh, 401, say("door.wrong")),
            (PASSWORD, "short", 422, "too short"),
            (PASSWORD, fresh, 200, say("door.changed")),
        ):
            response = here.post("/account", data={"current": current, "fresh": wanted})
            assert (response.status_code, said in response.text) == (status, True)
        assert there.get("/").status_code == 401
    assert enter(address, "officer", PASSWORD).status_code == 401
    assert enter(address, "officer", fresh).status_code == 303


def test_when_too_many_sign_in_one_is_told(address, monkeypatch):
    leave = threading.Event()
    refused = []

    def tried(_):
        response = enter(address, "officer", PASSWORD)
        if response.status_code == 503:
            refused.append(response.text)
            leave.set()
        return response.status_code

    monkeypatch.setattr(Sessions, "sign_in", lambda *_: leave.wait(20) and None)
    most = identity.AT_ONCE + identity.WAITING
    with ThreadPoolExecutor(most + 1) as pool:
        assert sorted(pool.map(tried, range(most + 1))) == [401] * most + [503]
    assert say("door.full") in refused[0]


def test_damaged_accounts_are_told(address, tmp_path):
    (tmp_path / "accounts.json").write_text("{")
    for response in (
        enter(address, "officer", PASSWORD),
        httpx.get(f"{address}/api/editions", headers={"authorization": "Bearer x"}),
    ):
        assert response.status_code == 503
        assert say("refusal.unusable") in response.text
        assert str(tmp_path) not in response.text


def test_the_audit_log_tells_users_apart_and_names_none(address, tmp_path):
    for name in ("officer", "trainer", "officer"):
        with closing(signed_in(address, name)) as client:
            client.post("/api/ask", json={"question": EXAMPLE})
    users = [record.user for record in AuditLog(Settings(home=tmp_path)).entries()]
    assert users[0] == users[2] != users[1]
    assert not {"officer", "trainer"} & set(users)
