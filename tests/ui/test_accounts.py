"""Accounts, of which nothing is in the clear, and who is signed in: what ends it, what locks it."""

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from filelock import FileLock

from assistant.errors import AccessError, StoreError
from tests.ui.served import PASSWORD, QUICK, SECRET
from ui.access import accounts as module
from ui.access import service_state
from ui.access.accounts import FILE, LONGEST_SECONDS, TRIES, Accounts, Sessions, read_secret
from ui.access.rights import Role
from ui.access.service_state import Session

FRESH = "another three words"


@pytest.fixture
def accounts(tmp_path):
    accounts = Accounts(tmp_path, QUICK)
    accounts.add("a", Role.OFFICER, PASSWORD)
    return accounts


def test_an_account_is_found_by_name_and_password_which_is_in_no_file(accounts, tmp_path):
    found = Accounts(tmp_path, QUICK).verify("a", PASSWORD)
    assert (found.name, found.role) == ("a", Role.OFFICER)
    assert accounts.verify("a", f"{PASSWORD}s") is None
    assert accounts.verify("an.officer", PASSWORD) is None
    token = accounts.new_token("a")
    kept = (tmp_path / FILE).read_text()
    assert not [secret for secret in (PASSWORD, token) if secret in kept]
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    # What a password costs is what the library advises.
    Accounts(tmp_path).add("b", Role.OFFICER, PASSWORD)
    assert "$argon2id$v=19$m=65536,t=3,p=4$" in (tmp_path / FILE).read_text()


def test_a_token_is_known_until_the_next_one_or_another_password(accounts):
    first = accounts.new_token("a")
    assert accounts.of_token(first) == accounts.get("a")
    second = accounts.new_token("a")
    assert accounts.of_token(first) is None
    assert accounts.of_token(second) is not None
    assert accounts.of_token("") is None
    accounts.set_password("a", FRESH)
    assert accounts.of_token(second) is None
    assert accounts.verify("a", PASSWORD) is None
    assert accounts.verify("a", FRESH) is not None


def test_what_another_process_changes_is_seen_at_once(accounts, tmp_path, monkeypatch):
    ours = Accounts(tmp_path, QUICK)
    assert ours.get("a") is not None
    accounts.set_role("a", Role.ADMIN)
    assert ours.all()[0].role is Role.ADMIN
    accounts.remove("a")
    assert ours.all() == ()
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.1)
    with FileLock(tmp_path / f"{FILE}.lock"), pytest.raises(AccessError, match="process"):
        accounts.add("b", Role.ADMIN, PASSWORD)


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        *((name, PASSWORD, re.escape(repr(name))) for name in ("", "Anna", "a/b", "a" * 65, "a\n")),
        ("a", "fourteen chars", "too short"),
        ("a", "x" * 201, "too long"),
        ("long.name.here", "long.name.here12345", "easily guessed"),
        ("a", "signpostsignpost", "easily guessed"),
    ],
)
def test_what_is_no_name_and_a_weak_password_are_refused(tmp_path, name, password, said):
    with pytest.raises(AccessError, match=said):
        Accounts(tmp_path, QUICK).add(name, Role.OFFICER, password)
    assert not (tmp_path / FILE).exists()


def test_a_name_that_is_taken_or_unknown_and_an_unusable_file_are_refused(accounts, tmp_path):
    with pytest.raises(AccessError, match="already"):
        accounts.add("a", Role.ADMIN, PASSWORD)
    for change in (accounts.remove, accounts.new_token):
        with pytest.raises(AccessError, match="'b'"):
            change("b")
    assert accounts.all()[0].role is Role.OFFICER
    (tmp_path / FILE).write_text("{")
    for use in (accounts.all, lambda: accounts.add("b", Role.ADMIN, PASSWORD)):
        with pytest.raises(AccessError, match=FILE):
            use()
    assert (tmp_path / FILE).read_text() == "{"
    (tmp_path / "home").write_text("in the way")
    with pytest.raises(StoreError, match="home"):
        Accounts(tmp_path / "home").add("a", Role.ADMIN, PASSWORD)


def test_the_secret_of_a_proxy_is_read_from_a_file_that_only_few_can_read(tmp_path):
    file = tmp_path / "secret"
    with pytest.raises(AccessError, match="cannot be read"):
        read_secret(file)
    for text, mode, said in ((SECRET, 0o644, "Everybody can read"), ("short", 0o600, "too short")):
        file.write_text(text)
        file.chmod(mode)
        with pytest.raises(AccessError, match=said):
            read_secret(file)
    file.write_text(f"{SECRET}\n")
    file.chmod(0o640)
    assert read_secret(file) == SECRET


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr("time.time", lambda: clock.now)
    return clock


@pytest.fixture
def server(accounts, clock, open_state):
    def run():
        state = open_state()
        state.clock = lambda: clock.now
        return Sessions(accounts, 60, state)

    return run


@pytest.fixture
def sessions(server):
    return server()


def begun(sessions, name="a", password=PASSWORD):
    secret = sessions.sign_in(name, password)
    assert sessions.account_of(secret).name == name
    return secret


def test_a_session_is_its_accounts_on_every_server_until_it_is_ended(server):
    here, there = server(), server()
    secret = begun(here)
    assert there.account_of(secret).name == "a"
    assert here.account_of(f"{secret}x") is None
    assert here.account_of("") is None
    there.sign_out(secret)
    assert here.account_of(secret) is None


@pytest.mark.parametrize(("step", "most"), [(59 * 60, 3 * 59 * 60), (1800, LONGEST_SECONDS)])
def test_a_session_ends_after_an_hour_without_a_request_or_half_a_day(sessions, clock, step, most):
    secret = begun(sessions)
    for _ in range(most // step):
        clock.now += step
        assert sessions.account_of(secret)
    clock.now += 1800 if most == LONGEST_SECONDS else 61 * 60
    assert sessions.account_of(secret) is None


def test_a_changed_password_and_a_removed_account_end_sessions(sessions, accounts):
    first = begun(sessions)
    accounts.set_role("a", Role.ADMIN)
    assert sessions.account_of(first).role is Role.ADMIN
    accounts.set_password("a", FRESH)
    assert sessions.account_of(first) is None
    second = begun(sessions, password=FRESH)
    accounts.remove("a")
    assert sessions.account_of(second) is None


@pytest.mark.parametrize("name", ["a", "nobody"])
def test_a_name_is_locked_on_every_server_after_wrong_passwords(server, clock, name):
    here, there = server(), server()
    for turn in range(TRIES):
        assert not there.locked(name)
        assert (here, there)[turn % 2].sign_in(name, "wrong") is None
    assert there.locked(name)
    assert here.sign_in(name, PASSWORD) is None
    clock.now += module.LOCKED_SECONDS + 1
    assert not there.locked(name)
    assert bool(here.sign_in(name, PASSWORD)) == (name == "a")


def test_the_right_password_forgets_wrong_ones_and_those_at_once_count_singly(sessions, accounts):
    for _ in range(TRIES - 1):
        sessions.sign_in("a", "wrong")
    begun(sessions)
    assert sessions.sign_in("a", "wrong") is None
    assert not sessions.locked("a")
    with ThreadPoolExecutor(8) as pool:
        tried = list(pool.map(lambda _: sessions.sign_in("a", "wrong"), range(20)))
    assert tried == [None] * 20
    assert sessions.locked("a")
    assert sessions.sign_in("a", PASSWORD) is None
    accounts.set_password("a", FRESH)
    assert begun(sessions, password=FRESH)


def test_only_so_many_sessions_of_an_account_are_held(sessions, accounts, clock, monkeypatch):
    monkeypatch.setattr(service_state, "MOST_SESSIONS", 2)
    accounts.add("b", Role.ADMIN, PASSWORD)
    other = begun(sessions, "b")
    secrets = []
    for _ in range(3):
        clock.now += 1
        secrets.append(begun(sessions))
    assert [bool(sessions.account_of(secret)) for secret in secrets] == [False, True, True]
    assert sessions.account_of(other)


def test_a_session_that_was_ended_is_not_kept_by_a_late_use(open_state):
    state = open_state()
    session = Session(name="a", proof="", began=0.0, used=0.0)
    state.keep("key", session, 60, fresh=True)
    state.end("key")
    state.keep("key", session, 60)
    assert state.session("key") is None
