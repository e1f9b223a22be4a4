"""What the servers of one service share: sessions, limits and the switch; here, or in Redis."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, cast

from limits.storage import MemoryStorage
from pydantic import Field, ValidationError

from assistant.errors import ExtraMissing, SettingsError, StoreError
from assistant.home import write_whole, writing
from assistant.settings import Settings
from corpus.passage import Record, sha256_of
from ui.words.phrases import say

logger = logging.getLogger(__name__)

SWITCH_FILE = "switch.json"  # File of the home that holds the switch of a server that is alone.
PREFIX = "signpost:"

PATIENCE = 1.0  # Seconds that Redis may take to answer; a request waits no longer to be refused.
PAUSE = 1.0
"""Seconds after a failure for which Redis is not asked again, so that few requests wait for it."""

LONGEST = 500  # Characters of the message of a switch at most.
MOST_SESSIONS = 20  # Of an account.


class Session(Record):
    """Somebody who is signed in."""

    name: str
    proof: str
    """Digest of what the account's password is kept as; another password ends the session."""

    began: float
    """When, in seconds of the state's clock."""

    used: float
    """When it was used last, by the same clock."""


class OwnState:
    """What a server that is alone keeps: the switch in its home, the rest in its memory.

    `switched` and `switch` raise `StoreError` where the home cannot be read or written.
    """

    def __init__(self, home: Path) -> None:
        self.clock: Callable[[], float] = time.monotonic
        self.counts = MemoryStorage()
        self._path = home / SWITCH_FILE
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def reached(self) -> AbstractContextManager[None]:
        """Use `counts`, where the library `limits` counts, inside; memory always answers."""
        return nullcontext()

    def session(self, key: str) -> Session | None:
        """Return a session; none if it was ended."""
        return self._sessions.get(key)

    def keep(self, key: str, session: Session, seconds: int, *, fresh: bool = False) -> None:
        """Keep a fresh session, or what one has become unless it was ended meanwhile.

        Of its account `MOST_SESSIONS` are kept; those used longest ago go first.
        """
        with self._lock:
            if self._sessions.pop(key, None) or fresh:
                self._sessions[key] = session
                own = [held for held, kept in self._sessions.items() if kept.name == session.name]
                for old in own[:-MOST_SESSIONS]:
                    del self._sessions[old]

    def end(self, key: str) -> None:
        """End a session, if there is one."""
        with self._lock:
            self._sessions.pop(key, None)

    def switched(self) -> bytes | None:
        """Return what was kept of the switch; nothing where nobody has used it."""
        with writing(self._path):
            return self._path.read_bytes() if self._path.exists() else None

    def switch(self, kept: bytes) -> None:
        """Keep how the service is switched."""
        with writing(self._path):
            write_whole(self._path, kept)

    def close(self) -> None:
        """Nothing is held."""


class RedisState:
    """The same for servers which share a Redis.

    Every method raises `StoreError` while it does not answer, and asks anew.
    """

    clock = staticmethod(time.time)

    def __init__(self, url: str) -> None:
        """Reach a Redis at redis://host:port, with TLS rediss://, and write to it once.

        The address may hold a password. `ExtraMissing` without the package that speaks to Redis,
        `SettingsError` if the address is none, `StoreError` if Redis does not answer, or refuses.
        """
        try:
            from redis import Redis, RedisError
            from redis.backoff import NoBackoff
            from redis.retry import Retry
        except ImportError:
            raise ExtraMissing(
                "SIGNPOST_STATE_URL needs the package redis; install the extra: replicas."
            ) from None
        from limits.storage import RedisStorage

        self._error = RedisError
        self._problem, self._again, self._begun = "", 0.0, False
        self._known: bytes | None = None
        try:
            # Tried a second time at once: a Redis that was restarted has closed what is kept open.
            self._redis = Redis.from_url(
                url,
                socket_timeout=PATIENCE,
                socket_connect_timeout=PATIENCE,
                retry=Retry(NoBackoff(), 1),
            )
            pool = self._redis.connection_pool
            held = {"host": "localhost", "port": 6379, **pool.connection_kwargs}
            self._place = held.get("path") or f"{held['host']}:{held['port']}"
            with self.reached():
                self._redis.set(f"{PREFIX}probe", b"", ex=1)
        except (ValueError, TypeError):
            # Their own words would repeat the address, and with it a password.
            raise SettingsError(
                "SIGNPOST_STATE_URL is no address of a Redis; write redis://host:port, or with TLS"
                " rediss://host:port."
            ) from None
        self.counts = RedisStorage("redis://", connection_pool=pool, key_prefix=f"{PREFIX}limits")
        self._begun = True

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Ask Redis inside; refused at once where it did not answer a moment ago."""
        if time.monotonic() < self._again:
            raise StoreError(self._problem)
        try:
            yield
        except self._error as error:
            self._again = time.monotonic() + PAUSE
            first = str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
            said = (
                f"Redis at {self._place} cannot be used: {first}; start it, or correct"
                " SIGNPOST_STATE_URL."
            )
            if self._begun and not self._problem:
                logger.warning("Nobody is answered until Redis is back. %s", said)
            self._problem = said
            raise StoreError(said) from None
        if self._problem:
            logger.warning("Redis at %s answers again.", self._place)
            self._problem = ""

    def session(self, key: str) -> Session | None:
        """Ask for a session."""
        with self.reached():
            return _read(self._redis.get(f"{PREFIX}session:{key}"))

    def keep(self, key: str, session: Session, seconds: int, *, fresh: bool = False) -> None:
        """Keep a session for so many seconds, as the other state does."""
        own = f"{PREFIX}sessions:{sha256_of(session.name)}"
        with self.reached(), self._redis.pipeline() as together:
            kept = session.model_dump_json()
            together.set(f"{PREFIX}session:{key}", kept, ex=seconds, xx=not fresh)
            together.zadd(own, {key: session.used}, xx=not fresh)
            together.expire(own, seconds)
            together.zrange(own, 0, -MOST_SESSIONS - 1)
            if beyond := together.execute()[-1]:
                self._redis.delete(*(f"{PREFIX}session:{old.decode()}" for old in beyond))
                self._redis.zrem(own, *beyond)

    def end(self, key: str) -> None:
        """End a session, if there is one."""
        with self.reached():
            if session := _read(self._redis.getdel(f"{PREFIX}session:{key}")):
                self._redis.zrem(f"{PREFIX}sessions:{sha256_of(session.name)}", key)

    def switched(self) -> bytes | None:
        """Ask how the service is switched; what a Redis has forgotten, this server remembers."""
        with self.reached():
            held = cast("bytes | None", self._redis.get(f"{PREFIX}switch"))
        self._known = held if held is not None else self._known
        return self._known

    def switch(self, kept: bytes) -> None:
        """Keep how the service is switched, on too: that nothing is kept says nothing."""
        with self.reached():
            self._redis.set(f"{PREFIX}switch", kept)

    def close(self) -> None:
        """Close the connections."""
        self._redis.connection_pool.disconnect()


ServiceState = OwnState | RedisState


def open_state(settings: Settings) -> ServiceState:
    """Return the state that the settings name; `SignpostError` if its Redis cannot be used."""
    url = settings.state_url.get_secret_value()
    return RedisState(url) if url else OwnState(settings.home)


def _read(held: object) -> Session | None:
    """Return a session as Redis holds it; what another release wrote is none."""
    try:
        return Session.model_validate_json(held) if isinstance(held, bytes) else None
    except ValidationError:
        return None


class State(StrEnum):
    """How the service is switched."""

    ON = "on"
    READ_ONLY = "read-only"
    """It answers; nothing that users keep can be changed."""

    OFF = "off"
    """It answers nothing."""


class Switched(Record):
    """How the service is switched."""

    state: State
    """On, read-only or off. Switched off, only the command line switches it on again."""

    message: str = Field("", max_length=LONGEST)
    """What users are told."""

    readable: ClassVar = True
    """Whether that could be read."""

    def told(self) -> str:
        """Return what users are told; empty while it is on."""
        if self.message or self.state is State.ON:
            return self.message
        return say(f"switch.{self.state.name.lower()}" if self.readable else "switch.unreadable")


class Unreadable(Switched):
    """A switch that cannot be read; the service is off, since it may say so."""

    state: State = State.OFF
    readable: ClassVar = False


class Switch:
    """The switch of a service, read anew each time; on where nobody has used it."""

    def __init__(self, place: Path | ServiceState) -> None:
        """Keep the home of a server that is alone, or what servers share."""
        self._shared = OwnState(place) if isinstance(place, Path) else place

    def now(self) -> Switched:
        """Return how it stands; off where that cannot be read, since it may say so."""
        try:
            kept = self._shared.switched()
            return Switched(state=State.ON) if kept is None else Switched.model_validate_json(kept)
        except (StoreError, ValidationError):
            return Unreadable()

    def set(self, state: State, message: str = "") -> None:
        """Switch; `StoreError` if the message is too long, or the place cannot be written."""
        said = " ".join(message.split())
        if len(said) > LONGEST:
            raise StoreError(f"The message is too long; use {LONGEST} characters at most.")
        switched = Switched(state=state, message="" if state is State.ON else said)
        self._shared.switch(f"{switched.model_dump_json()}\n".encode())
