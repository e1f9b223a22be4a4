"""The switch: on, read-only or off, kept where each server reads it anew, without a restart."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, ValidationError

from assistant.errors import StoreError
from corpus.passage import Record
from ui.access.service_state import OwnState
from ui.words.catalogue import say

if TYPE_CHECKING:
    from ui.access.service_state import ServiceState

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

    readable: bool = Field(default=True, exclude=True)
    """Whether that could be read; where it could not, the service is off, since it may say so."""

    def told(self) -> str:
        """Return what users are told; empty while it is on."""
        if not self.readable:
            return say("switch.unreadable")
        if self.message or self.state is State.ON:
            return self.message
        return say(f"switch.{self.state.name.lower()}")


class Switch:
    """The switch of a service; on where nobody has used it."""

    def __init__(self, place: Path | ServiceState) -> None:
        """Keep the place; nothing is made yet.

        Args:
            place: the home of a server that is alone, or what servers share.
        """
        self._shared = OwnState(place) if isinstance(place, Path) else place

    def now(self) -> Switched:
        """Return how it stands; off where that cannot be read, since it may say so."""
        try:
            kept = self._shared.switched()
            return Switched(state=State.ON) if kept is None else Switched.model_validate_json(kept)
        except (StoreError, ValidationError):
            return Switched(state=State.OFF, readable=False)

    def set(self, state: State, message: str = "") -> None:
        """Switch.

        Raises:
            StoreError: the message is too long, or the place cannot be written.
        """
        said = " ".join(message.split())
        if len(said) > LONGEST:
            raise StoreError(f"The message is too long; use {LONGEST} characters at most.")
        kept = Switched(state=state, message=said)
        bare = state is State.ON
        self._shared.switch(None if bare else f"{kept.model_dump_json()}\n".encode())
