"""Who is signed in: sessions in memory, ended by time, by signing out and by a changed account."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from ui.access.accounts import Account, Accounts, is_name

TRIES = 5
"""Wrong passwords in a row after which a name is locked."""

LOCKED_SECONDS = 15 * 60
"""How long it is, and how long a wrong password counts."""

LONGEST_SECONDS = 12 * 3600
"""How long one stays signed in at most."""

MOST_NAMES = 10_000
"""Names whose wrong passwords are remembered; names that nobody has count too."""

MOST_SESSIONS = 20
"""Sessions of an account; the one that was used longest ago goes first."""


@dataclass
class _Session:
    account: Account
    began: float
    used: float


@dataclass
class _Misses:
    tries: int
    last: float


class Sessions:
    """Signs in and out, and says whose a session is."""

    def __init__(
        self,
        accounts: Accounts,
        idle_minutes: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with nobody signed in.

        Args:
            accounts: who may.
            idle_minutes: after how long without a request a session ends.
            clock: seconds that only ever rise.
        """
        self._accounts = accounts
        self._idle = idle_minutes * 60
        self._clock = clock
        self._sessions: OrderedDict[str, _Session] = OrderedDict()
        self._misses: OrderedDict[str, _Misses] = OrderedDict()
        self._lock = threading.Lock()

    def locked(self, name: str) -> bool:
        """Return whether a name is locked after wrong passwords."""
        with self._lock:
            misses = self._misses.get(name)
            if misses and self._clock() - misses.last >= LOCKED_SECONDS:
                del self._misses[name]
                return False
            return bool(misses and misses.tries >= TRIES)

    def sign_in(self, name: str, password: str) -> str | None:
        """Return the secret of a new session; none for a wrong name or password, or a locked name.

        Raises:
            SignpostError: the accounts cannot be read.
        """
        account = self.known(name, password)
        return self._begin(account) if account else None

    def known(self, name: str, password: str) -> Account | None:
        """Return whose name and password these are; wrong ones count; a locked name is nobody's.

        Raises:
            SignpostError: the accounts cannot be read.
        """
        if self.locked(name):
            return None
        account = self._accounts.verify(name, password)
        if account is None and is_name(name):
            self._miss(name)
        # Tries that were sent at once are counted one by one all the same.
        return None if account is None or self.locked(name) else account

    def account_of(self, secret: str) -> Account | None:
        """Return whose session it is, and count this as a use of it; none if it is over.

        Raises:
            SignpostError: the accounts cannot be read.
        """
        key, now = _key(secret), self._clock()
        with self._lock:
            session = self._sessions.get(key)
            if session is None:
                return None
            current = self._accounts.get(session.account.name)
            over = now - session.used > self._idle or now - session.began > LONGEST_SECONDS
            if over or current is None or current.password != session.account.password:
                del self._sessions[key]
                return None
            session.used = now
            self._sessions.move_to_end(key)
            return current

    def sign_out(self, secret: str) -> None:
        """End a session, if there is one."""
        with self._lock:
            self._sessions.pop(_key(secret), None)

    def _begin(self, account: Account) -> str:
        secret = secrets.token_urlsafe(32)
        now = self._clock()
        with self._lock:
            self._misses.pop(account.name, None)
            self._sessions[_key(secret)] = _Session(account, now, now)
            own = [key for key, one in self._sessions.items() if one.account.name == account.name]
            for key in own[:-MOST_SESSIONS]:
                del self._sessions[key]
        return secret

    def _miss(self, name: str) -> None:
        with self._lock:
            misses = self._misses.pop(name, None) or _Misses(0, 0.0)
            self._misses[name] = _Misses(misses.tries + 1, self._clock())
            while len(self._misses) > MOST_NAMES:
                self._misses.popitem(last=False)


def _key(secret: str) -> str:
    # What is held in memory cannot be sent back as a cookie.
    return sha256(secret.encode()).hexdigest()
