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
from ui.access.accounts import (
    FILE,
    LOCKED_SECONDS,
    LONGEST_SECONDS,
    TRIES,
    Accounts,
    Sessions,
    read_secret,
)
from ui.access.rights import Role
from ui.access.service_state import Session

FRESH = "another three words"


@pytest.fixture
def accounts(tmp_path):
    accounts = Accounts(tmp_path, QUICK)
    accounts.add("a", Role.OFFICER, PASSWORD)
    return accounts


def test_an_account_is_found_by_its_name_and_password(accounts, tmp_path):
    found = Accounts(tmp_path, QUICK).verify("a", PASSWORD)
    assert (found.name, found.role) == ("a", Role.OFFICER)
    assert accounts.verify("a", f"{PASSWORD}s") is None
    assert accounts.verify("an.officer", PASSWORD) is None


def test_passwords_cost_what_the_library_advises(tmp_path):
    Accounts(tmp_path).add("a", Role.OFFICER, PASSWORD)
    assert "$argon2id$v=19$m=65536,t=3,p=4$" in (tmp_path / FILE).read_text()


def test_neither_password_nor_token_is_in_the_file_and_nobody_else_can_read_it(accounts, tmp_path):
    token = accounts.new_token("a")
    kept = (tmp_path / FILE).read_text()
    assert "$argon2id$" in kept
    assert PASSWORD not in kept
    assert token not in kept
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


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


def test_what_another_process_changes_is_seen_at_once(accounts, tmp_path):
    ours = Accounts(tmp_path, QUICK)
    assert ours.get("a") is not None
    accounts.set_role("a", Role.ADMIN)
    assert ours.all()[0].role is Role.ADMIN
    accounts.remove("a")
    assert ours.all() == ()


@pytest.mark.parametrize("name", ["", "Anna", "a b", "-a", "a/b", "ä", "a" * 65, "a\n"])
def test_what_is_no_name_is_refused(tmp_path, name):
    with pytest.raises(AccessError, match=re.escape(repr(name))):
        Accounts(tmp_path, QUICK).add(name, Role.OFFICER, PASSWORD)
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("fourteen chars", "too short"),
        ("x" * 201, "too long"),
        ("a" * 20, "easily guessed"),
        ("long.name.here12345", "easily guessed"),
        ("1212121212121212", "easily guessed"),
        ("password1234567", "easily guessed"),
        ("signpostsignpost", "easily guessed"),
        ("qwertyuiopasdfg", "easily guessed"),
    ],
)
def test_a_weak_password_is_refused(tmp_path, password, said):
    with pytest.raises(AccessError, match=said):
        Accounts(tmp_path, QUICK).add("long.name.here", Role.OFFICER, password)


def test_a_name_that_is_taken_or_unknown_is_refused(accounts):
    with pytest.raises(AccessError, match="already"):
        accounts.add("a", Role.ADMIN, PASSWORD)
    for change in (accounts.remove, accounts.new_token):
        with pytest.raises(AccessError, match="'b'"):
            change("b")
    assert accounts.all()[0].role is Role.OFFICER


def test_a_damaged_file_is_refused_and_kept(accounts, tmp_path):
    (tmp_path / FILE).write_text("{")
    with pytest.raises(AccessError, match=FILE):
        accounts.all()
    with pytest.raises(AccessError, match=FILE):
        accounts.add("b", Role.ADMIN, PASSWORD)
    assert (tmp_path / FILE).read_text() == "{"


def test_a_home_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "home").write_text("in the way")
    with pytest.raises(StoreError, match="home"):
        Accounts(tmp_path / "home").add("a", Role.ADMIN, PASSWORD)


def test_two_processes_that_change_accounts_take_turns(accounts, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.1)
    with FileLock(tmp_path / f"{FILE}.lock"), pytest.raises(AccessError, match="process"):
        accounts.add("b", Role.ADMIN, PASSWORD)


def test_the_secret_of_a_proxy_is_read_from_a_file_that_only_few_can_read(tmp_path):
    file = tmp_path / "secret"
    with pytest.raises(AccessError, match="cannot be read"):
        read_secret(file)
    file.write_text(f"{SECRET}\n")
    file.chmod(0o640)
    assert read_secret(file) == SECRET
    file.chmod(0o644)
    with pytest.raises(AccessError, match="Everybody can read"):
        read_secret(file)
    file.write_text("short")
    file.chmod(0o600)
    with pytest.raises(AccessError, match="too short"):
        read_secret(file)


# Sessions


@pytest.fixture
def clock(monkeypatch):
    """Seconds, `now`, that a test lets pass."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr("time.time", lambda: clock.now)
    return clock


@pytest.fixture
def sessions(accounts, clock, open_state):
    return Sessions(accounts, 60, timed(open_state(), clock))


def timed(state, clock):
    state.clock = lambda: clock.now
    return state


def begun(sessions):
    secret = sessions.sign_in("a", PASSWORD)
    assert secret is not None
    return secret


def test_a_session_is_its_accounts_until_it_is_ended(sessions):
    secret = begun(sessions)
    assert sessions.account_of(secret).name == "a"
    assert sessions.account_of(f"{secret}x") is None
    assert sessions.account_of("") is None
    sessions.sign_out(secret)
    assert sessions.account_of(secret) is None


def test_a_session_ends_after_an_hour_without_a_request(sessions, clock):
    secret = begun(sessions)
    for _ in range(3):
        clock.now += 59 * 60
        assert sessions.account_of(secret)
    clock.now += 61 * 60
    assert sessions.account_of(secret) is None


def test_a_session_ends_after_half_a_day_however_it_is_used(sessions, clock):
    secret = begun(sessions)
    began = clock.now
    while clock.now - began + 1800 <= LONGEST_SECONDS:
        clock.now += 1800
        assert sessions.account_of(secret)
    clock.now += 1800
    assert sessions.account_of(secret) is None


def test_a_changed_password_and_a_removed_account_end_sessions_and_a_new_role_holds(
    sessions, accounts
):
    first = begun(sessions)
    accounts.set_role("a", Role.ADMIN)
    assert sessions.account_of(first).role is Role.ADMIN
    accounts.set_password("a", FRESH)
    assert sessions.account_of(first) is None
    second = sessions.sign_in("a", FRESH)
    assert sessions.account_of(second) is not None
    accounts.remove("a")
    assert sessions.account_of(second) is None


@pytest.mark.parametrize("name", ["a", "nobody"])
def test_a_name_is_locked_after_wrong_passwords_and_opens_by_itself(sessions, clock, name):
    for _ in range(TRIES):
        assert not sessions.locked(name)
        assert sessions.sign_in(name, "wrong") is None
    assert sessions.locked(name)
    assert sessions.sign_in(name, PASSWORD) is None
    clock.now += LOCKED_SECONDS + 1
    assert not sessions.locked(name)
    assert bool(sessions.sign_in(name, PASSWORD)) == (name == "a")


def test_the_right_password_forgets_the_wrong_ones(sessions):
    for _ in range(3):
        for _ in range(TRIES - 1):
            sessions.sign_in("a", "wrong")
        begun(sessions)


def test_only_so_many_sessions_of_an_account_are_held_and_none_of_another_is_lost(
    sessions, accounts, clock, monkeypatch
):
    monkeypatch.setattr(module, "MOST_SESSIONS", 2)
    accounts.add("b", Role.ADMIN, PASSWORD)
    other = sessions.sign_in("b", PASSWORD)
    secrets = []
    for _ in range(3):
        clock.now += 1
        secrets.append(begun(sessions))
    assert [bool(sessions.account_of(one)) for one in secrets] == [False, True, True]
    assert sessions.account_of(other)


def test_tries_that_are_sent_at_once_are_counted_one_by_one(sessions):
    with ThreadPoolExecutor(8) as pool:
        tried = list(pool.map(lambda _: sessions.sign_in("a", "wrong"), range(20)))
    assert tried == [None] * 20
    assert sessions.locked("a")
    assert sessions.sign_in("a", PASSWORD) is None


def test_servers_that_share_a_state_know_each_others_sessions_and_wrong_tries(
    accounts, clock, open_state
):
    here, there = (Sessions(accounts, 60, timed(open_state(), clock)) for _ in range(2))
    secret = begun(here)
    assert there.account_of(secret)
    there.sign_out(secret)
    assert here.account_of(secret) is None
    for server in (here, there, here, there, here):
        assert server.sign_in("a", "wrong") is None
    assert there.locked("a")


def test_a_session_that_was_ended_is_not_kept_by_a_late_use(open_state):
    state = open_state()
    session = Session(name="a", proof="", began=0.0, used=0.0)
    state.begin("key", session, 60, 20)
    state.end("key")
    state.use("key", session, 60)
    assert state.session("key") is None
