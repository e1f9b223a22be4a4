"""Who is signed in: sessions ended by time, by signing out and by a changed account."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from limits import RateLimitItemPerMinute
from limits.strategies import MovingWindowRateLimiter

from ui.access.accounts import Account, Accounts, is_name
from ui.access.service_state import Session, digest_of

if TYPE_CHECKING:
    from ui.access.service_state import ServiceState

TRIES = 5
"""Wrong passwords in a row after which a name is locked."""

LOCKED_SECONDS = 15 * 60
"""How long a wrong password counts, and so how long a name is locked at most."""

LONGEST_SECONDS = 12 * 3600
"""How long one stays signed in at most."""

MOST_SESSIONS = 20
"""Sessions of an account; the one that was used longest ago goes first."""


class Sessions:
    """Signs in and out, and says whose a session is."""

    def __init__(self, accounts: Accounts, idle_minutes: int, state: ServiceState) -> None:
        """Begin."""
        self._accounts = accounts
        self._idle = idle_minutes * 60
        self._state = state
        self._misses = MovingWindowRateLimiter(state.counts)
        self._most = RateLimitItemPerMinute(TRIES, LOCKED_SECONDS // 60, namespace="misses")

    def locked(self, name: str) -> bool:
        """Return whether a name is locked after wrong passwords.

        Raises:
            StoreError: what servers share does not answer.
        """
        with self._state.reached():
            return not self._misses.test(self._most, digest_of(name))

    def sign_in(self, name: str, password: str) -> str | None:
        """Return the secret of a new session; none for a wrong name or password, or a locked name.

        Raises:
            SignpostError: the accounts cannot be read, or what servers share does not answer.
        """
        account = self.known(name, password)
        return self._begin(account) if account else None

    def known(self, name: str, password: str) -> Account | None:
        """Return whose name and password these are; wrong ones count; a locked name is nobody's.

        Raises:
            SignpostError: the accounts cannot be read, or what servers share does not answer.
        """
        if self.locked(name):
            return None
        account = self._accounts.verify(name, password)
        if account is None and is_name(name):
            with self._state.reached():
                self._misses.hit(self._most, digest_of(name))
        # Tries that were sent at once are counted one by one all the same.
        return None if account is None or self.locked(name) else account

    def account_of(self, secret: str) -> Account | None:
        """Return whose session it is, and count this as a use of it; none if it is over.

        Raises:
            SignpostError: the accounts cannot be read, or what servers share does not answer.
        """
        # What is kept cannot be sent back as a cookie.
        key = digest_of(secret)
        session = self._state.session(key)
        if session is None:
            return None
        now, current = self._state.clock(), self._accounts.get(session.name)
        over = now - session.used > self._idle or now - session.began > LONGEST_SECONDS
        if over or current is None or digest_of(current.password) != session.proof:
            self._state.end(key)
            return None
        self._state.use(key, session.model_copy(update={"used": now}), self._idle)
        return current

    def sign_out(self, secret: str) -> None:
        """End a session, if there is one.

        Raises:
            StoreError: what servers share does not answer.
        """
        self._state.end(digest_of(secret))

    def _begin(self, account: Account) -> str:
        secret = secrets.token_urlsafe(32)
        now = self._state.clock()
        proof = digest_of(account.password)
        session = Session(name=account.name, proof=proof, began=now, used=now)
        self._state.begin(digest_of(secret), session, self._idle, MOST_SESSIONS)
        with self._state.reached():
            self._misses.clear(self._most, digest_of(account.name))
        return secret
