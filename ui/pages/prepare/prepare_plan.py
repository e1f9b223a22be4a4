"""What came of a request with its edits: the session, a sentence that says why not, or a reply."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from assistant.errors import SessionError
from assistant.records import Signposting
from assistant.sessions.session_edit import Edited, edited_from
from assistant.sessions.session_plan import MOST_REWORDED, Edit, Plan, read_plan
from ui.pages.framework.framework import shipped
from ui.service.seams import Serves
from ui.words.catalogue import say


class Derived(NamedTuple):
    """What a plan leads to."""

    plan: Plan
    """What is left of it: an edit that cannot be made is not, nor what met a reviewed reply."""

    edited: Edited | None = None
    """The session; none where the topic met a reviewed reply."""

    said: str = ""
    """Why an edit was not made, as one sentence."""

    item: str = ""
    """Which item that was."""

    reply: Signposting | None = None
    """The reviewed reply to a topic, or to words of an edit."""


def derive(assistant: Serves, text: str, today: date) -> Derived:
    """Make the session of a plan in JSON, which anybody may have written.

    Raises:
        SignpostError: the plan is none, or the session cannot be made.
    """
    return derived(assistant, read_plan(text), today)


def derived(assistant: Serves, plan: Plan, today: date) -> Derived:
    """Make the session of a plan; see `derive`.

    Raises:
        SignpostError: the session cannot be made.
    """
    if reply := _reply(assistant, plan.request.topic):
        return Derived(Plan(request=plan.request.model_copy(update={"topic": ""})), reply=reply)
    if sum(edit.do == "reword" for edit in plan.edits) > MOST_REWORDED:
        raise SessionError(say("prepare.too_many_words", most=MOST_REWORDED))
    kept: list[Edit] = []
    item = ""
    for edit in plan.edits:
        if found := _reply(assistant, edit.text if edit.do == "reword" else ""):
            reply, item = found, edit.item
        else:
            kept.append(edit)
    done = _done(plan.model_copy(update={"edits": tuple(kept)}), today)
    return done._replace(reply=reply, item=item) if reply else done


def _reply(assistant: Serves, text: str) -> Signposting | None:
    """Return the reviewed reply to a text that is no policy text; it is kept nowhere."""
    if not text.strip():
        return None
    found = assistant.find(text, 1)
    return found.signposting if found.signposting and not found.hits else None


def _done(plan: Plan, today: date) -> Derived:
    """Make the edits, or all but the last, or none, whichever can be made."""
    whole, request = shipped(), plan.request
    try:
        return Derived(plan, edited_from(request, plan.edits, whole, today))
    except SessionError as error:
        if not plan.edits:
            raise
        said, item = str(error), plan.edits[-1].item
    for left, why in ((plan.edits[:-1], said), ((), say("prepare.edits_lost"))):
        try:
            made = edited_from(request, left, whole, today)
        except SessionError:
            continue
        return Derived(plan.model_copy(update={"edits": left}), made, why, item)
    raise SessionError(said)
