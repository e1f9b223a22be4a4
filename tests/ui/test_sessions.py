"""Signing in: sessions end by time, by signing out and by a changed account; wrong tries lock."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.ui.conftest import OpenState
from tests.ui.served import PASSWORD, QUICK
from ui.access import accounts as module
from ui.access.accounts import LOCKED_SECONDS, LONGEST_SECONDS, TRIES, Accounts, Sessions
from ui.access.rights import Role
from ui.access.service_state import ServiceState, Session


class Clock:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("time.time", clock)
    return clock


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    accounts = Accounts(tmp_path, QUICK)
    accounts.add("a", Role.OFFICER, PASSWORD)
    return accounts


@pytest.fixture
def sessions(accounts: Accounts, clock: Clock, open_state: OpenState) -> Sessions:
    return Sessions(accounts, 60, timed(open_state(), clock))


def timed(state: ServiceState, clock: Clock) -> ServiceState:
    state.clock = clock
    return state


def begun(sessions: Sessions) -> str:
    secret = sessions.sign_in("a", PASSWORD)
    assert secret is not None
    return secret


def test_a_session_is_its_accounts_until_it_is_ended(sessions: Sessions) -> None:
    secret = begun(sessions)
    found = sessions.account_of(secret)
    assert found is not None
    assert found.name == "a"
    assert sessions.account_of(f"{secret}x") is None
    assert sessions.account_of("") is None
    sessions.sign_out(secret)
    assert sessions.account_of(secret) is None


def test_a_session_ends_after_an_hour_without_a_request(sessions: Sessions, clock: Clock) -> None:
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
    sessions: Sessions, accounts: Accounts
) -> None:
    first = begun(sessions)
    accounts.set_role("a", Role.ADMIN)
    found = sessions.account_of(first)
    assert found is not None
    assert found.role is Role.ADMIN
    accounts.set_password("a", "another three words")
    assert sessions.account_of(first) is None
    second = sessions.sign_in("a", "another three words")
    assert second is not None
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


def test_the_right_password_forgets_the_wrong_ones(sessions: Sessions) -> None:
    for _ in range(3):
        for _ in range(TRIES - 1):
            sessions.sign_in("a", "wrong")
        begun(sessions)


def test_only_so_many_sessions_of_an_account_are_held_and_none_of_another_is_lost(
    sessions: Sessions, accounts: Accounts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_SESSIONS", 2)
    accounts.add("b", Role.ADMIN, PASSWORD)
    other = sessions.sign_in("b", PASSWORD)
    assert other is not None
    secrets = []
    for _ in range(3):
        clock.now += 1
        secrets.append(begun(sessions))
    assert [bool(sessions.account_of(one)) for one in secrets] == [False, True, True]
    assert sessions.account_of(other)


def test_tries_that_are_sent_at_once_are_counted_one_by_one(sessions: Sessions) -> None:
    with ThreadPoolExecutor(8) as pool:
        tried = list(pool.map(lambda _: sessions.sign_in("a", "wrong"), range(20)))
    assert tried == [None] * 20
    assert sessions.locked("a")
    assert sessions.sign_in("a", PASSWORD) is None


def test_to_know_a_password_begins_no_session(sessions: Sessions) -> None:
    assert sessions.known("a", PASSWORD) is not None
    assert sessions.known("a", "wrong") is None


def test_servers_that_share_a_state_know_each_others_sessions_and_wrong_tries(
    accounts: Accounts, clock: Clock, open_state: OpenState
) -> None:
    here, there = (Sessions(accounts, 60, timed(open_state(), clock)) for _ in range(2))
    secret = begun(here)
    assert there.account_of(secret)
    there.sign_out(secret)
    assert here.account_of(secret) is None
    for server in (here, there, here, there, here):
        assert server.sign_in("a", "wrong") is None
    assert there.locked("a")


def test_a_session_that_was_ended_is_not_kept_by_a_late_use(open_state: OpenState) -> None:
    state = open_state()
    session = Session(name="a", proof="", began=0.0, used=0.0)
    state.begin("key", session, 60, 20)
    state.end("key")
    state.use("key", session, 60)
    assert state.session("key") is None
