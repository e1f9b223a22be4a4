"""Builds of the index as collections of a Chroma server; pointer and lock are collections too."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from pydantic import ValidationError

from assistant.errors import IndexBusy, StoreError
from assistant.retrieval.manifest import AGAIN, Pointer
from assistant.retrieval.store_volume import PAGE, Volume, chroma_settings, explained

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection as ChromaCollection

POINTER = "signpost-pointer"
LOCK = "signpost-lock"
LOCK_AGE = 300.0
"""Seconds after which a lock that nobody renewed is taken for that of a dead process."""


class ServerStore:
    """Builds as collections of a Chroma server; pointer and lock are collections too."""

    check_every = 2.0
    encoded: Path | None = None

    def __init__(self, url: str) -> None:
        self.place = url
        self._own: Client | None = None

    @property
    def _client(self) -> Client:
        if self._own is not None:
            return self._own
        import chromadb

        url = self.place
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise StoreError(f"SIGNPOST_CHROMA_URL={url!r} is no address; write http://host:port")
        ssl = parts.scheme == "https"
        port = parts.port or (443 if ssl else 8000)
        with explained(url):
            try:
                client = chromadb.HttpClient(
                    host=parts.hostname, port=port, ssl=ssl, settings=chroma_settings()
                )
            except ValueError as error:
                raise StoreError(
                    f"No Chroma server answers at {url}; start one, or unset SIGNPOST_CHROMA_URL."
                ) from error
        self._own = cast("Client", client)
        return self._own

    def mark(self) -> Hashable:
        """Return the pointer."""
        return self.pointer().current

    def pointer(self) -> Pointer:
        """Ask for the pointer."""
        held = self._collection(POINTER)
        try:
            return Pointer() if held is None else Pointer.model_validate(held.metadata or {})
        except ValidationError as error:
            raise StoreError(f"The pointer in {self.place} is damaged; {AGAIN}") from error

    def point(self, pointer: Pointer) -> None:
        """Replace the pointer in one call."""
        with explained(self.place):
            held = self._client.get_or_create_collection(POINTER, embedding_function=None)
            held.modify(metadata=pointer.model_dump())

    @contextmanager
    def lock(self) -> Iterator[Callable[[], None]]:
        """Hold a collection that only one can create, and renew it while we work."""
        owner = secrets.token_hex(8)

        def renew() -> None:
            with explained(self.place):
                lock = self._held(owner)
                if lock is None:
                    raise IndexBusy(
                        f"Another process took over the index in {self.place}; try again."
                    )
                lock.modify(metadata=_lease(owner))

        self._acquire(owner)
        try:
            yield renew
        finally:
            with explained(self.place):
                if self._held(owner) is not None:
                    self._client.delete_collection(LOCK)

    def volume(self, build: str) -> Volume:
        """Return a build in the server."""
        return Volume(self.place, lambda: self._client, f"signpost-{build}-")

    def sweep(self, keep: Collection[str], *, checked: bool = False) -> None:
        """Delete collections of other builds; what is not ours is left alone."""
        kept = tuple(f"signpost-{build}-" for build in keep)
        with explained(self.place):
            for name in [one.name for one in self._client.list_collections(limit=PAGE)]:
                ours = name.startswith("signpost-") and name not in (POINTER, LOCK)
                if not ours or name.startswith(kept):
                    continue
                if checked:
                    raise StoreError(f"The collection {name} in {self.place} cannot be removed.")
                self._client.delete_collection(name)

    def close(self) -> None:
        """Close the client and its connections, which Chroma's own `close` leaves open."""
        if self._own is None:
            return
        servers = (self._own._server, getattr(self._own._admin_client, "_server", None))
        self._own.close()
        self._own = None
        for server in servers:
            session = getattr(server, "_session", None)
            if session is not None:
                session.close()

    def _collection(self, name: str) -> ChromaCollection | None:
        """Return a collection; none where there is none of this name."""
        from chromadb.errors import NotFoundError

        with explained(self.place):
            try:
                return self._client.get_collection(name, embedding_function=None)
            except NotFoundError:
                return None

    def _acquire(self, owner: str) -> None:
        from chromadb.errors import ChromaError

        held = self._collection(LOCK)
        beat = None if held is None else (held.metadata or {}).get("beat", 0)
        if held is not None and time.time() - float(str(beat)) > LOCK_AGE:
            # The lock of a dead process is renamed by its id, not deleted by its name: of two who
            # find it at the same time, the slower one cannot hit the lock that the faster one has
            # made since.
            with suppress(ChromaError):
                held.modify(name=f"signpost-dead-lock-{secrets.token_hex(8)}")
        with explained(self.place):
            try:
                self._client.create_collection(
                    LOCK, metadata=_lease(owner), embedding_function=None
                )
            except ChromaError:
                if self._collection(LOCK) is None:
                    raise
                raise IndexBusy(
                    f"Another process is building the index in {self.place}; wait until it is done."
                ) from None

    def _held(self, owner: str) -> ChromaCollection | None:
        lock = self._collection(LOCK)
        return lock if lock is not None and (lock.metadata or {}).get("owner") == owner else None


def _lease(owner: str) -> dict[str, str | float]:
    return {"owner": owner, "beat": time.time()}
