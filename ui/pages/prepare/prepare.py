"""The Prepare workspace: a training session is asked for, shown, changed and taken along.

The server keeps nothing: the page holds the request and the edits, and the session is made from
them anew each time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from assistant.errors import SessionError, SignpostError
from assistant.sessions.session import AUDIENCES, LEVELS, PARTS, SessionRequest
from assistant.sessions.session_agenda import LONGEST, SHORTEST
from assistant.sessions.session_edit import author_of
from assistant.sessions.session_plan import LONGEST_TOPIC, LONGEST_WORDS, STRANGE
from assistant.sessions.session_quotes import CARE
from assistant.sessions.session_scope import kinds_below, top_kind
from corpus.whole import Whole
from ui.exports.sessions.session_files import can_make
from ui.exports.sessions.session_outline import LETTERS, NOTICE_OF_SESSION, TIERS, key_of, times
from ui.look.templates import render
from ui.pages.framework.framework import shipped
from ui.pages.prepare.prepare_items import Items, Numbers, sections_of
from ui.pages.prepare.prepare_plan import Derived, derive
from ui.words.catalogue import say

if TYPE_CHECKING:
    from assistant.records import Signposting
    from ui.service.seams import Serves

PATH = "/prepare"

STEP = 15
"""Minutes between two lengths that can be chosen."""

MOST_PAST = 5
"""Plans before the one that is shown to which a reader can go back."""

FORMS = ("handout", "guide", "slides", "markdown", "gift", "all")
"""Files that the page offers, as `/api/session/{form}` names them."""

OPEN = ("Ground rules", "Where to turn")
"""Sections of care that stand open; the items of the second can be changed."""

Sent = Mapping[str, str]
"""What the page sends: a text for each field, a line for each of several."""


class Prepared(NamedTuple):
    """What stands on the page."""

    request: SessionRequest = SessionRequest()
    """What the form holds."""

    past: tuple[str, ...] = ()
    """Plans before, as JSON, the latest last."""

    derived: Derived | None = None
    """The session that is there, and what became of an edit."""

    said: str = ""
    """What is told of what was done."""

    told: str = ""
    """Why there is no session."""

    reply: Signposting | None = None
    """The reviewed reply to a topic, of which nothing is kept."""

    focus: str = ""
    """Id of what has the focus then."""

    drafts: Mapping[str, str] = {}
    """Words that are being typed for items, by item."""


def prepare(assistant: Serves, sent: Sent, today: date) -> Prepared:
    """Do what the page asks for, and return what stands there then.

    Args:
        assistant: tells what is no policy text.
        sent: `do` says what: make a session, another version, undo, clear, or change an item; the
            plan that is shown comes along.
        today: day as of which sources are within their review.
    """
    do, _, item = sent.get("do", "show").partition(" ")
    try:
        found = json.loads(sent.get("past") or "[]")
    except (ValueError, RecursionError):
        found = None
    past = tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()
    if do == "clear":
        return Prepared(said=say("prepare.cleared"), focus="request")
    if do == "make":
        return _made(assistant, sent, past, today)
    plan, past = _changed(sent, do, item, past)
    if not plan:
        return Prepared()
    made = _after(derive(assistant, plan, today), do, item, sent)
    typed = {name[6:]: text for name, text in sent.items() if name.startswith("words ")}
    typed.pop(item, None)
    return made._replace(past=past, drafts={**typed, **made.drafts})


def _changed(sent: Sent, do: str, item: str, past: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the plan with what is asked for done to it, as JSON, and the plans before."""
    held = sent.get("plan", "")
    try:
        plan = json.loads(held or '{"edits": []}')
        if do == "undo" and (not held or not plan["edits"]):
            return (past[-1], past[:-1]) if past else (held, past)
        if do == "undo":
            plan["edits"].pop()
        elif do == "version" and held:
            seed = (int(plan["request"].get("seed", 0)) + 1) % 1_000_000
            plan = {"request": {**plan["request"], "seed": seed}, "edits": []}
            past = (*past, held)[-MOST_PAST:]
        elif item:
            text = sent.get(f"words {item}", "").strip() if do == "reword" else ""
            plan["edits"].append({"do": do, "item": item, "text": text})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise SessionError(STRANGE) from None
    return json.dumps(plan) if held else "", past


def _made(assistant: Serves, sent: Sent, past: tuple[str, ...], today: date) -> Prepared:
    """Make a session as the form asks for it; the one that is there stays where it fails."""
    held = sent.get("plan", "")
    asked: dict[str, object] = {
        name: sent.get(name, "") for name in ("topic", "minutes", "audience", "level")
    }
    asked |= {name: sent.get(name, "").split() for name in ("pillars", "capabilities", "parts")}
    reply, told, before = None, "", None
    try:
        derived = derive(assistant, json.dumps({"request": asked, "edits": []}), today)
        if derived.edited:
            made = _after(derived, "make", "", sent)
            return made._replace(past=(*past, held)[-MOST_PAST:] if held else past)
        request, reply = derived.plan.request, derived.reply
    except SignpostError as error:
        told = str(error)
        request = SessionRequest.model_construct(**(SessionRequest().model_dump() | asked))
    with suppress(SignpostError):
        before = derive(assistant, held, today) if held else None
    return Prepared(request, past, before, "", told, reply, "make")


def _after(derived: Derived, do: str, item: str, sent: Sent) -> Prepared:
    """Return the session with what is told of it, and where the focus goes."""
    failed = bool(derived.said or derived.reply)
    said, focus = derived.said, f"{do}-{item}" if item else do
    if derived.edited and do in ("make", "version") and not failed:
        session, focus = derived.edited.session, "session-title"
        counts = {"messages": len(session.messages), "questions": len(session.quiz)}
        said = say("prepare.ready", minutes=session.request.minutes, **counts)
    elif do == "undo":
        said = say("prepare.undone")
    elif do == "remove" and not failed:
        focus = f"out-{item.partition('-')[0]}"
    elif do == "restore" and not failed:
        focus = f"remove-{item}"
    found = Prepared(derived.plan.request, derived=derived, said=said, focus=focus)
    # What was typed is not lost, unless it is of what nothing is kept.
    keeps = do == "reword" and derived.said and not derived.reply
    return found._replace(drafts={item: sent.get(f"words {item}", "")} if keeps else {})


def view(prepared: Prepared, owner: str = "") -> Markup:
    """Return the workspace.

    Args:
        prepared: what stands there.
        owner: whose session it is; another reader of a browser does not see what it keeps.
    """
    whole, derived = shipped(), prepared.derived
    framework = whole.framework
    tops = framework.of_kind(top_kind(framework).id)
    kinds = [kind for kind in kinds_below(framework) if kind.titled]
    edited = derived.edited if derived else None
    session = edited.session if edited else None
    told = session.messages if session else ()
    return render(
        "prepare",
        **prepared._asdict(),
        owner=owner,
        plan=derived.plan.model_dump_json() if derived and edited else "",
        pasts=json.dumps(prepared.past),
        pillars={str(one.number): f"{one.number}. {one.title}" for one in tops},
        capabilities={
            one.id.partition(":")[2]: f"{one.number}. {one.title}"
            for top in tops
            for kind in kinds
            for one in framework.below(top.id, kind.id)
        },
        topics=topics_of(whole),
        lengths={n: say("prepare.length_of", n=n) for n in range(SHORTEST, LONGEST + 1, STEP)},
        audiences=_named("audience", AUDIENCES),
        levels=_named("level", LEVELS),
        parts=_named("part", PARTS),
        longest_topic=LONGEST_TOPIC,
        longest_words=LONGEST_WORDS,
        edited=edited,
        session=session,
        dates={one.as_of for one in told if one.kind == "guidance"},
        items=Items(edited, prepared.drafts) if edited else None,
        numbers=Numbers(whole.corpus),
        forms=[
            one for one in FORMS if (one != "gift" or (session and session.quiz)) and can_make(one)
        ],
        opened=OPEN,
        letters=LETTERS,
        notice=NOTICE_OF_SESSION,
        tiers=TIERS,
        author_of=author_of,
        key_of=key_of,
        times=times,
        sections_of=sections_of,
    )


def topics_of(whole: Whole) -> list[str]:
    """Return topics that a session can be made on: the titles of notes, and what they are about."""
    notes = [one for one in whole.notes if one.front.id not in CARE]
    tags = {tag.replace("-", " ") for note in notes for tag in note.front.topics}
    return [*sorted({one.front.title for one in notes}), *sorted(tags)]


def _named(kind: str, values: tuple[str, ...]) -> dict[str, str]:
    return {one: say(f"prepare.{kind}_{one.replace('-', '_')}") for one in values}
