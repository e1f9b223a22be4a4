"""Accounts of this installation, none of their secrets in the clear, and who is signed in."""

import hmac
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from operator import attrgetter
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from filelock import FileLock, Timeout
from limits import RateLimitItemPerMinute
from limits.strategies import MovingWindowRateLimiter
from pydantic import ValidationError

from assistant.errors import AccessError
from assistant.home import read_text, write_whole, writing
from corpus.passage import Record, sha256_of
from ui.access.rights import Role
from ui.access.service_state import ServiceState, Session

FILE = "accounts.json"

LEAST_PASSWORD = 15
"""Characters of a password at least, as NIST SP 800-63B-4 (2025), 3.1.1.2, asks of a password that
is the only proof; it asks for no digits or signs."""

LEAST_SCORE = 3
"""Score of a password at least, from 0 to 4, by zxcvbn (Wheeler, USENIX Security 2016)."""

MOST_PASSWORD = 200  # Characters of a password at most.
LOCK_SECONDS = 10  # How long to wait for another process that changes them.
TRIES = 5  # Wrong passwords in a row after which a name is locked.
LOCKED_SECONDS = 15 * 60
"""How long a wrong password counts, and so how long a name is locked at most."""

LONGEST_SECONDS = 12 * 3600  # How long one stays signed in at most.
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")


class Account(Record):
    """Somebody who may sign in."""

    name: str
    """In small letters."""

    role: Role
    password: str = ""
    """Argon2id hash in its own notation; empty where none was set, and then nobody signs in."""

    token: str = ""
    """SHA-256 of the token for programs, hexadecimal; empty where there is none."""


class _File(Record):
    format: str = "signpost-accounts"
    version: int = 1
    accounts: tuple[Account, ...] = ()


class Accounts:
    """The accounts of a home, read anew each time.

    Every method raises `AccessError` where the file is damaged, and where it would change an
    account that is not there; `StoreError` where the home cannot be read or written.
    """

    def __init__(self, home: Path, hasher: PasswordHasher | None = None) -> None:
        self._path = home / FILE
        self._hasher = hasher or PasswordHasher()

    @cached_property
    def _nobody(self) -> str:
        """A hash held against the password where a name is unknown, so that both take as long."""
        return self._hasher.hash(secrets.token_hex())

    def all(self) -> tuple[Account, ...]:
        """Return every account, by name."""
        return tuple(self._read().values())

    def get(self, name: str) -> Account | None:
        """Return the account of a name; none if there is none."""
        return self._read().get(name)

    def add(self, name: str, role: Role, password: str) -> Account:
        """Make an account; `AccessError` if the name is taken or none, or the password weak."""
        check_name(name)
        check_password(password, name)
        with self._changing() as accounts:
            if name in accounts:
                raise AccessError(f"{name!r} has an account already; choose another name.")
            made = Account(name=name, role=role, password=self._hasher.hash(password))
            accounts[name] = made
        return made

    def set_role(self, name: str, role: Role) -> None:
        """Give an account another role."""
        self._update(name, role=role)

    def set_password(self, name: str, password: str) -> None:
        """Give another password, which ends sessions and token; `AccessError` if it is weak."""
        check_password(password, name)
        self._update(name, password=self._hasher.hash(password), token="")

    def new_token(self, name: str) -> str:
        """Give an account a token in place of the one before, and return it; it is kept nowhere."""
        token = secrets.token_urlsafe(32)
        self._update(name, token=sha256_of(token))
        return token

    def remove(self, name: str) -> None:
        """Remove an account."""
        with self._changing(name) as accounts:
            del accounts[name]

    def check_known(self, name: str) -> None:
        """Refuse a name without an account."""
        if name not in self._read():
            said = f"Nobody has an account named {name!r}; `signpost accounts list` shows all."
            raise AccessError(said)

    def verify(self, name: str, password: str) -> Account | None:
        """Return the account whose name and password these are; takes long, by design."""
        account = self.get(name)
        kept = account.password if account else ""
        try:
            self._hasher.verify(kept or self._nobody, password[:MOST_PASSWORD])
        except (VerificationError, InvalidHashError):
            return None
        return account if kept else None

    def of_token(self, token: str) -> Account | None:
        """Return the account that a token belongs to."""
        given = sha256_of(token)
        held = (one for one in self._read().values() if one.token)
        return next((one for one in held if hmac.compare_digest(one.token, given)), None)

    def _update(self, name: str, **changes: object) -> None:
        with self._changing(name) as accounts:
            accounts[name] = accounts[name].model_copy(update=changes)

    @contextmanager
    def _changing(self, name: str | None = None) -> Iterator[dict[str, Account]]:
        """Yield the accounts to be changed; `AccessError` if one of a name is not there."""
        with writing(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with FileLock(f"{self._path}.lock", timeout=LOCK_SECONDS, mode=0o600):
                    accounts = self._read()
                    if name is not None:
                        self.check_known(name)
                    yield accounts
                    ordered = sorted(accounts.values(), key=attrgetter("name"))
                    text = _File(accounts=tuple(ordered)).model_dump_json(indent=2)
                    write_whole(self._path, f"{text}\n".encode())
            except Timeout:
                raise AccessError(
                    "Another process is changing the accounts; try again in a moment."
                ) from None

    def _read(self) -> dict[str, Account]:
        with writing(self._path):
            if not self._path.exists():
                return {}
            try:
                held = _File.model_validate_json(self._path.read_bytes())
            except ValidationError:
                raise AccessError(
                    f"{self._path} is damaged; put a copy of it back, or remove it and add the"
                    " accounts again."
                ) from None
        return {account.name: account for account in held.accounts}


def check_name(name: str) -> None:
    """Refuse what is no name of an account, with an `AccessError`."""
    if not _NAME.fullmatch(name):
        raise AccessError(
            f"{name!r} is no name for an account; use up to 64 small letters, digits, full stops,"
            " hyphens, underscores and @, beginning with a letter or digit."
        )


def check_password(password: str, name: str) -> None:
    """Refuse a password that is short, too long or soon guessed, with an `AccessError`."""
    if len(password) < LEAST_PASSWORD:
        raise AccessError(
            f"The password is too short; use {LEAST_PASSWORD} characters or more, such as a few"
            " words that do not belong together."
        )
    if len(password) > MOST_PASSWORD:
        raise AccessError(f"The password is too long; use {MOST_PASSWORD} characters at most.")
    from zxcvbn import zxcvbn

    # It looks no further than this itself.
    guessed = zxcvbn(password[:72], user_inputs=[name, "signpost"])
    if guessed["score"] < LEAST_SCORE:
        raise AccessError(
            "The password is easily guessed; use a few words that do not belong together."
        )


def read_secret(path: Path) -> str:
    """Return a file's secret; `AccessError` if unreadable, too short, or read by others too."""
    secret = read_text(path, AccessError, "The secret in", "name a file that holds one").strip()
    if os.name == "posix" and path.stat().st_mode & 0o007:
        raise AccessError(f"Everybody can read {path}; take that away with chmod o-rwx.")
    if len(secret) < 32:
        raise AccessError(f"The secret in {path} is too short; put 32 characters or more there.")
    return secret


class Sessions:
    """Signs in and out, and says whose a session is.

    Every method raises `SignpostError` where the accounts cannot be read, or what servers share
    does not answer.
    """

    def __init__(self, accounts: Accounts, idle_minutes: int, state: ServiceState) -> None:
        self._accounts = accounts
        self._idle = idle_minutes * 60
        self._state = state
        self._misses = MovingWindowRateLimiter(state.counts)
        self._most = RateLimitItemPerMinute(TRIES, LOCKED_SECONDS // 60, namespace="misses")

    def locked(self, name: str) -> bool:
        """Return whether a name is locked after wrong passwords."""
        with self._state.reached():
            return not self._misses.test(self._most, self._counted(name))

    def _counted(self, name: str) -> str:
        """Return what wrong passwords count by: those before another was set count no more."""
        account = self._accounts.get(name)
        return sha256_of(f"{name} {account.password if account else ''}")

    def sign_in(self, name: str, password: str) -> str | None:
        """Return the secret of a new session; none for a wrong password or a locked name."""
        account = self.known(name, password)
        if account is None:
            return None
        secret = secrets.token_urlsafe(32)
        now = self._state.clock()
        proof = sha256_of(account.password)
        session = Session(name=account.name, proof=proof, began=now, used=now)
        self._state.keep(sha256_of(secret), session, self._idle, fresh=True)
        with self._state.reached():
            self._misses.clear(self._most, self._counted(account.name))
        return secret

    def known(self, name: str, password: str) -> Account | None:
        """Return whose name and password these are; wrong ones count; a locked name is nobody's."""
        if self.locked(name):
            return None
        account = self._accounts.verify(name, password)
        if account is None and _NAME.fullmatch(name):
            with self._state.reached():
                self._misses.hit(self._most, self._counted(name))
        # Tries that were sent at once are counted one by one all the same.
        return None if account is None or self.locked(name) else account

    def account_of(self, secret: str) -> Account | None:
        """Return whose session it is, and count this as a use of it; none if it is over."""
        # What is kept cannot be sent back as a cookie.
        key = sha256_of(secret)
        session = self._state.session(key)
        if session is None:
            return None
        now, current = self._state.clock(), self._accounts.get(session.name)
        over = now - session.used > self._idle or now - session.began > LONGEST_SECONDS
        if over or current is None or sha256_of(current.password) != session.proof:
            self._state.end(key)
            return None
        self._state.keep(key, session.model_copy(update={"used": now}), self._idle)
        return current

    def sign_out(self, secret: str) -> None:
        """End a session, if there is one."""
        self._state.end(sha256_of(secret))
