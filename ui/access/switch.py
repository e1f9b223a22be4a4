"""The switch: on, read-only or off, in a file of the home, so that it works without a restart."""

from __future__ import annotations

import threading
from enum import StrEnum
from pathlib import Path

from pydantic import ValidationError

from assistant.errors import StoreError
from assistant.home import stamp_of, write_whole, writing
from corpus.passage import Record
from ui.words.catalogue import say

FILE = "switch.json"
"""File of the home that holds it."""

LONGEST = 500
"""Characters of the message at most."""


class State(StrEnum):
    """How the service is switched."""

    ON = "on"
    """It does all that it does."""

    READ_ONLY = "read-only"
    """It answers; nothing that users keep can be changed."""

    OFF = "off"
    """It answers nothing."""


class Switched(Record):
    """A state, and what users are told."""

    state: State
    """How the service is switched."""

    message: str = ""
    """What the operator says of it."""

    def told(self) -> str:
        """Return what users are told; empty while it is on."""
        if self.message or self.state is State.ON:
            return self.message
        return say(f"switch.{self.state.name.lower()}")


class Switch:
    """The switch of a home; on where nobody has used it."""

    def __init__(self, home: Path) -> None:
        """Keep the place; nothing is made yet."""
        self._path = home / FILE
        self._stamp: tuple[int, ...] = ()
        self._read = Switched(state=State.ON)
        self._lock = threading.Lock()

    def now(self) -> Switched:
        """Return how it stands; off where the file cannot be read, since it may say so."""
        with self._lock:
            try:
                if not self._path.exists():
                    return Switched(state=State.ON)
                if (stamp := stamp_of(self._path)) != self._stamp:
                    self._read = Switched.model_validate_json(self._path.read_bytes())
                    self._stamp = stamp
            except (OSError, ValidationError):
                return Switched(state=State.OFF)
            return self._read

    def set(self, state: State, message: str = "") -> None:
        """Switch.

        Raises:
            StoreError: the message is too long, or the home cannot be written.
        """
        said = " ".join(message.split())
        if len(said) > LONGEST:
            raise StoreError(f"The message is too long; use {LONGEST} characters at most.")
        with writing(self._path):
            if state is State.ON:
                self._path.unlink(missing_ok=True)
            else:
                kept = Switched(state=state, message=said)
                write_whole(self._path, f"{kept.model_dump_json()}\n".encode())
