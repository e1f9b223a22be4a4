"""Who sends a request, and who only says so."""

import pytest
from starlette.requests import HTTPConnection

from assistant.errors import AccessError, SettingsError
from assistant.settings import Settings
from tests.ui.served import SECRET
from ui.access.identity import LOCAL_ADMIN, Open, Proxied, Refused, cookie_for, is_local
from ui.access.rights import Role, User


def sent(*headers, client="127.0.0.1", host="signpost.example.org"):
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    scope = {"type": "http", "scheme": "http", "path": "/", "query_string": b""}
    named = [(b"host", host.encode()), *raw]
    return HTTPConnection({**scope, "headers": named, "client": (client, 1)})


ANNA = ("X-Forwarded-User", "anna@example.org")

OFFICERS = ("X-Forwarded-Groups", "staff, officer")


def test_whoever_is_on_the_machine_is_the_one_admin():
    assert Open().of(sent()) == LOCAL_ADMIN
    assert LOCAL_ADMIN.role is Role.ADMIN


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via", "CF-Connecting-IP"],
)
def test_an_open_page_behind_a_proxy_answers_nobody(header):
    with pytest.raises(Refused, match="proxy"):
        Open().of(sent((header, "192.0.2.7")))


def test_an_open_page_answers_nobody_who_speaks_as_old_proxies_do():
    request = sent()
    request.scope["http_version"] = "1.0"
    with pytest.raises(Refused, match="proxy"):
        Open().of(request)


def test_the_proxy_names_the_user_and_the_groups_the_role():
    proxied = Proxied(Settings())
    assert proxied.of(sent(ANNA, OFFICERS)) == User("anna@example.org", Role.OFFICER)


def test_the_highest_of_several_roles_holds_whatever_the_order():
    proxied = Proxied(Settings(proxy_groups="officer=all,evaluator=quality,admin=chief"))
    for groups, role in (
        ("chief,all,quality", Role.ADMIN),
        ("quality , chief", Role.ADMIN),
        ("all,quality,x", Role.EVALUATOR),
        ("all", Role.OFFICER),
    ):
        assert proxied.of(sent(ANNA, ("X-Forwarded-Groups", groups))) == (ANNA[1], role)


def test_headers_of_other_names_can_be_chosen():
    settings = Settings(proxy_user_header="Remote-User", proxy_groups_header="Remote-Groups")
    proxied = Proxied(settings)
    assert proxied.of(sent(("remote-user", "b"), ("remote-groups", "admin"))) == ("b", Role.ADMIN)
    with pytest.raises(Refused):
        proxied.of(sent(ANNA, OFFICERS))


@pytest.mark.parametrize("client", ["127.0.0.1", "::1", "10.0.0.200", "::ffff:10.0.0.9"])
def test_the_proxy_is_known_by_its_address(client):
    proxied = Proxied(Settings(proxy_from="127.0.0.1, ::1,10.0.0.0/24"))
    assert proxied.of(sent(ANNA, OFFICERS, client=client)) is not None


@pytest.mark.parametrize("client", ["192.0.2.7", "testclient", "", "10.0.1.1", "::2"])
def test_headers_from_anywhere_else_are_not_believed(client):
    proxied = Proxied(Settings(proxy_from="127.0.0.1, ::1,10.0.0.0/24"))
    with pytest.raises(Refused, match="through its proxy only"):
        proxied.of(sent(ANNA, OFFICERS, client=client))


GROUPS = "X-Forwarded-Groups"


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ((), "nobody"),
        ((OFFICERS,), "nobody"),
        ((ANNA, ANNA, OFFICERS), "nobody"),
        ((("X-Forwarded-User", ""), OFFICERS), "nobody"),
        ((("X-Forwarded-User", "a" * 200), OFFICERS), "nobody"),
        ((("X-Forwarded-User", "a\tb"), OFFICERS), "nobody"),
        # Groups that are named twice are none.
        ((ANNA, OFFICERS, (GROUPS, "admin")), "no group"),
    ]
    + [
        ((ANNA, (GROUPS, one)), "no group")
        for one in ("", "staff", "officers", "Officer", "admin2")
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
    ("given", "said"),
    [
        ({"proxy_from": "here"}, "is no address or network"),
        ({"proxy_from": " , "}, "is empty"),
        ({"proxy_from": "0.0.0.0/0"}, "too wide to believe"),
        ({"proxy_from": "::1,::/0"}, "too wide to believe"),
        ({"proxy_groups": "boss=all"}, "write role=group"),
        ({"proxy_groups": "admin"}, "write role=group"),
    ],
)
def test_settings_of_the_proxy_that_cannot_be_used_are_refused(given, said):
    with pytest.raises(SettingsError, match=said):
        Proxied(Settings.model_validate(given))


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("127.8.8.8", True)]
    + [(host, False) for host in ("0.0.0.0", "::", "10.0.0.1", "host", "localhost.example", "")],
)
def test_what_reaches_nobody_else_is_local(host, local):
    assert is_local(host) is local


def test_the_cookie_of_a_public_name_needs_https():
    assert cookie_for(sent(host="127.0.0.1:7860")) == "signpost"
    assert cookie_for(sent(host="localhost")) == "signpost"
    assert cookie_for(sent(host="signpost.example.org")) == "__Host-signpost"
