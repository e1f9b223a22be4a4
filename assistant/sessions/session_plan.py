"""A request with its edits, as a browser holds them: read as if anybody had written them."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, ValidationError

from assistant.errors import SessionError
from assistant.sessions.session import SessionRequest
from corpus.passage import Record

MOST_EDITS = 300
"""Changes to one session, at most."""

MOST_REWORDED = 60
"""Of these, times that an item is reworded: each is read by triage."""

LONGEST_WORDS = 600
"""Characters of an item that a trainer writes, at most."""

LONGEST_PLAN = 200_000
"""Characters of a request with its edits, at most."""

LONGEST_TOPIC = 200
"""Characters of a topic, at most."""

MOST_NAMED = 40
"""Items that a request names of one kind, at most."""

Do = Literal["reword", "another", "up", "down", "remove", "restore"]
"""What can be done with an item."""

STRANGE = "That is no session of this page; make it anew."
"""What is said of what no page of Signpost sends."""


class Edit(Record):
    """One change."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: Do
    """What is done."""

    item: str = Field(max_length=20)
    """With what: `messages-3`, or `part-quiz` for a part to be moved."""

    text: str = Field("", max_length=LONGEST_WORDS)
    """The new words, where it is reworded."""


class Plan(Record):
    """A request and what was changed since."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    request: SessionRequest
    """What was asked for."""

    edits: tuple[Edit, ...] = Field((), max_length=MOST_EDITS)
    """In the order in which they were made."""


def read_plan(text: str) -> Plan:
    """Return a plan from JSON that anybody may have written.

    Raises:
        SessionError: it is none, or more than a session can hold.
    """
    if len(text) > LONGEST_PLAN:
        raise SessionError("That is more than a session holds; make it anew with fewer changes.")
    try:
        plan = Plan.model_validate_json(text)
    except ValidationError as error:
        raise SessionError(_told(error)) from None
    return plan.model_copy(update={"request": checked(plan.request)})


def _told(error: ValidationError) -> str:
    """Return what is wrong in a sentence for whoever typed it."""
    kinds = {str(one["type"]) for one in error.errors(include_url=False, include_input=False)}
    if kinds == {"string_too_long"}:
        return f"An item has at most {LONGEST_WORDS} characters; shorten it."
    if kinds == {"too_long"}:
        return f"A session takes at most {MOST_EDITS} changes; undo some, or make it anew."
    return STRANGE


def checked(request: SessionRequest) -> SessionRequest:
    """Return a request with its topic in one line of plain words.

    Raises:
        SessionError: it is longer than a person would write it.
    """
    topic = plain(request.topic)
    if len(topic) > LONGEST_TOPIC:
        raise SessionError(f"A topic has at most {LONGEST_TOPIC} characters; shorten it.")
    named = (*request.capabilities, *map(str, request.pillars))
    long = max(map(len, named), default=0) > LONGEST_TOPIC
    if long or max(len(request.capabilities), len(request.pillars)) > MOST_NAMED:
        raise SessionError(STRANGE)
    if not 0 <= request.seed < 1_000_000:
        raise SessionError("A seed is a whole number from 0 to 999999; choose another.")
    return request.model_copy(update={"topic": topic})


def plain(text: str) -> str:
    r"""Return a text in one line, without signs that cannot be seen.

    >>> plain("  one\ttwo\u202e ")
    'one two'
    """
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
