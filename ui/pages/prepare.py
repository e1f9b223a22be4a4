"""The Prepare workspace: a training session is asked for, shown, changed and taken along.

The server keeps nothing: the session is made anew each time from what the page holds.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import NamedTuple

from markupsafe import Markup
from pydantic import TypeAdapter, ValidationError

from assistant.errors import SessionError, SignpostError
from assistant.records import Citation, Signposting
from assistant.sessions import session_edit
from assistant.sessions.session import AUDIENCES, LEVELS, PARTS, Part, SessionRequest
from assistant.sessions.session_build import LONGEST, SHORTEST
from assistant.sessions.session_scope import CARE, Near, subjects_of
from corpus.whole import Whole
from ui.exports import session_files as outline
from ui.look.templates import render
from ui.pages.evaluate_query import Typed
from ui.pages.framework import shipped
from ui.service.desk import Serves
from ui.words.footnotes import Footnote
from ui.words.phrases import grouped, say


class Prepared(NamedTuple):
    """What stands on the page, what is told of what was done, and why there is no session."""

    request: SessionRequest = SessionRequest()
    plan: session_edit.Plan | None = None
    """What is left of it: an edit that cannot be made is not, nor what met a reviewed reply."""

    edited: session_edit.Edited | None = None
    why: str = ""
    item: str = ""
    """The session; why an edit was not made, and the item that it is of."""

    reply: Signposting | None = None
    """The reviewed reply to a topic, or to words for the item; nothing of either is kept."""

    past: tuple[str, ...] = ()
    """Plans before, as JSON, the latest last."""

    said: str = ""
    told: str = ""
    """What was done, and why the session that was asked for was not made."""

    focus: str = ""
    drafts: Mapping[str, str] = {}
    """Id of what has the focus then, and words that are being typed, by item."""


def derived(assistant: Serves, plan: session_edit.Plan, today: date) -> Prepared:
    """Make the session of a plan; `SignpostError` if it cannot be made."""

    def replied(text: str) -> Signposting | None:
        """Return the reviewed reply to a text that is no policy text; it is kept nowhere."""
        found = assistant.find(text, 1) if text.strip() else None
        return found.signposting if found and not found.hits else None

    if reply := replied(plan.request.topic):
        emptied = plan.request.model_copy(update={"topic": ""})
        return Prepared(emptied, session_edit.Plan(request=emptied), reply=reply)
    if sum(edit.do == "reword" for edit in plan.edits) > session_edit.MOST_REWORDED:
        raise SessionError(say("prepare.too_many_words", most=session_edit.MOST_REWORDED))
    kept: list[session_edit.Edit] = []
    item = ""
    for edit in plan.edits:
        if found := replied(edit.text if edit.do == "reword" else ""):
            reply, item = found, edit.item
        else:
            kept.append(edit)
    done = _done(plan.model_copy(update={"edits": tuple(kept)}), today, assistant.near)
    return done._replace(reply=reply, item=item) if reply else done


def _done(plan: session_edit.Plan, today: date, near: Near) -> Prepared:
    """Make the edits, or all but the last, or none, whichever can be made."""
    said, item = "", ""
    for failed, edits in enumerate((plan.edits, plan.edits[:-1], ())):
        try:
            edited = session_edit.Edited(plan.request, edits, shipped(), today, near)
        except SessionError as error:
            if not plan.edits:
                raise
            said, item = said or str(error), plan.edits[-1].item
            continue
        why = say("prepare.edits_lost") if failed == 2 else said
        left = plan.model_copy(update={"edits": edits})
        return Prepared(plan.request, left, edited, why, item)
    raise SessionError(said)


class Numbers(dict[tuple[str, int, int], Footnote]):
    """What a session cites, numbered in order of first mention."""

    def of(self, citations: Iterable[Citation]) -> Iterator[int]:
        """Yield the numbers of some citations; what is cited of one passage has one number."""
        corpus = shipped().corpus
        for name, cited in grouped(citations, lambda one: one.passage_id).items():
            # One citation stands for several of a passage: a title and the words under it.
            start, end = min(one.start for one in cited), max(one.end for one in cited)
            if (name, start, end) not in self:
                quote = corpus.passage(name).text[start:end]
                whole = cited[0].model_copy(update={"start": start, "end": end, "quote": quote})
                self[name, start, end] = Footnote.of(whole, corpus, number=len(self) + 1)
            yield self[name, start, end].number


def movable(edited: session_edit.Edited) -> dict[int, Part]:
    """Return the parts that can be moved, in their order, by where each begins in the agenda."""
    parts = [outline.PARTS_OF.get(one.block, one.block) for one in edited.session.agenda]
    held = [one for one in edited.order if one in parts]
    return {parts.index(part): part for part in held} if len(held) > 1 else {}


PATH = "/prepare"
MOST_PAST = 5  # Plans before the one that is shown to which a reader can go back.
FORMS = ("handout", "guide", "slides", "markdown", "gift", "all")
"""Files that the page offers, as `/api/session/{form}` names them."""

OPEN = ("Ground rules", "Where to turn", "What to do next")
"""Sections of care that stand open."""


def prepare(assistant: Serves, sent: Typed, today: date) -> Prepared:
    """Do what the page asks for, and return what stands there then.

    `do` says what: make a session, another version, undo, clear, or change an item.
    """
    do, _, item = sent.get("do", "show").partition(" ")
    try:
        past = TypeAdapter(tuple[str, ...]).validate_json(sent.get("past") or "[]")
    except ValidationError:
        past = ()
    if do == "clear":
        return Prepared(said=say("prepare.cleared"), focus="request")
    if do == "make":
        return _made(assistant, sent, past, today)
    plan, past = _changed(sent, do, item, past)
    if not plan:
        return Prepared()
    made = _after(derived(assistant, session_edit.read_plan(plan), today), do, item)
    typed = {name[6:]: text for name, text in sent.items() if name.startswith("words ")}
    # What was typed is not lost, unless it stands in the session, or nothing of it is kept.
    if do != "reword" or made.reply or not made.why:
        typed.pop(item, None)
    return made._replace(past=past, drafts=typed)


def _changed(sent: Typed, do: str, item: str, past: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the plan with what is asked for done to it, as JSON, and the plans before."""
    held = sent.get("plan", "")
    plan = session_edit.read_plan(held) if held else None
    if do == "undo" and not (plan and plan.edits):
        return (past[-1], past[:-1]) if past else (held, past)
    if plan is None:
        return "", past
    request, edits = plan.request, [edit.model_dump() for edit in plan.edits]
    if do == "undo":
        edits.pop()
    elif do == "version":
        request = request.model_copy(update={"seed": (request.seed + 1) % 1_000_000})
        edits, past = [], (*past, held)[-MOST_PAST:]
    elif item:
        text = sent.get(f"words {item}", "").strip() if do == "reword" else ""
        edits.append({"do": do, "item": item, "text": text})
    return json.dumps({"request": request.model_dump(), "edits": edits}), past


def _made(assistant: Serves, sent: Typed, past: tuple[str, ...], today: date) -> Prepared:
    """Make a session as the form asks for it; the one that is there stays where it fails."""
    held = sent.get("plan", "")
    asked: dict[str, object] = {
        name: sent.get(name, "") for name in ("topic", "minutes", "audience", "level")
    }
    asked |= {name: sent.get(name, "").split() for name in ("pillars", "capabilities", "parts")}
    reply, told, before = None, "", Prepared()
    try:
        plan = session_edit.read_plan(json.dumps({"request": asked, "edits": []}))
        made = derived(assistant, plan, today)
        if made.edited:
            shown = _after(made, "make", "")
            return shown._replace(past=(*past, held)[-MOST_PAST:] if held else past)
        request, reply = made.request, made.reply
    except SignpostError as error:
        told = str(error)
        request = SessionRequest.model_construct(**(SessionRequest().model_dump() | asked))
    with suppress(SignpostError):
        before = derived(assistant, session_edit.read_plan(held), today) if held else before
    before = before._replace(request=request, past=past, told=told, focus="make")
    return before._replace(reply=reply, item="") if reply else before


def _after(made: Prepared, do: str, item: str) -> Prepared:
    """Return the session with what is told of it, and where the focus goes."""
    failed = bool(made.why or made.reply)
    said, focus = made.why, f"{do}-{item}" if item else do
    if made.edited and do in ("make", "version") and not failed:
        session, focus = made.edited.session, "session-title"
        counts = {"messages": len(session.messages), "questions": len(session.quiz)}
        said = say("prepare.ready", minutes=session.request.minutes, **counts)
    elif do == "undo":
        said = say("prepare.undone")
    elif do == "remove" and not failed:
        focus = f"out-{item.partition('-')[0]}"
    elif do == "restore" and not failed:
        focus = f"remove-{item}"
    return made._replace(said=said, focus=focus)


def view(prepared: Prepared, owner: str = "") -> Markup:
    """Return the workspace; another reader of a browser does not see what it keeps of its owner."""
    whole, edited = shipped(), prepared.edited
    tops, below = subjects_of(whole.framework)
    session, slots = (edited.session, edited.slots) if edited else (None, ())
    told = session.messages if session else ()
    absent = {name for name, form in outline.SESSION_FORMS.items() if not form.installed}
    absent |= set() if session and session.quiz else {"gift"}

    def named(kind: str, values: tuple[str, ...]) -> dict[str, str]:
        return {one: say(f"prepare.{kind}_{one.replace('-', '_')}") for one in values}

    return render(
        "prepare",
        **prepared._asdict(),
        owner=owner,
        pasts=json.dumps(prepared.past),
        pillars={str(one.number): f"{one.number}. {one.title}" for one in tops},
        capabilities={one.id.partition(":")[2]: f"{one.number}. {one.title}" for one in below},
        topics=topics_of(whole),
        lengths={n: say("prepare.length_of", n=n) for n in range(SHORTEST, LONGEST + 1, 15)},
        audiences=named("audience", AUDIENCES),
        levels=named("level", LEVELS),
        parts=named("part", PARTS),
        session=session,
        dates={one.as_of for one in told if one.kind == "guidance"},
        items=lambda part, removed=False: [
            one for one in slots if one.part == part and one.removed == removed
        ],
        movable=movable(edited) if edited else {},
        session_edit=session_edit,
        numbers=Numbers(),
        forms=[one for one in FORMS if one not in absent],
        opened=OPEN,
        outline=outline,
        sections_of=lambda statements: grouped(statements, lambda one: one.section),
    )


def topics_of(whole: Whole) -> list[str]:
    """Return topics that a session can be made on: the titles of notes, and what they are about."""
    notes = [one for one in whole.notes if one.front.id not in CARE]
    tags = {tag.replace("-", " ") for note in notes for tag in note.front.topics}
    return [*sorted({one.front.title for one in notes}), *sorted(tags)]
