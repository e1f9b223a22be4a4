"""The Prepare workspace: a training session is asked for, shown, changed and taken along.

The server keeps nothing: the page holds the request and the edits, and the session is made from
them anew each time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from assistant.errors import SessionError, SignpostError
from assistant.records import Citation, Signposting, Statement
from assistant.sessions.session import AUDIENCES, LEVELS, PARTS, AgendaLine, Part, SessionRequest
from assistant.sessions.session_agenda import LONGEST, SHORTEST
from assistant.sessions.session_edit import (
    EXCHANGED,
    LONGEST_TOPIC,
    LONGEST_WORDS,
    MOST_REWORDED,
    REWORDED,
    STRANGE,
    Edit,
    Edited,
    Plan,
    Slot,
    author_of,
    edited_from,
    read_plan,
)
from assistant.sessions.session_scope import CARE, kinds_below, top_kind
from corpus.passage import Corpus
from corpus.whole import Whole
from ui.exports.session_files import (
    LETTERS,
    NOTICE_OF_SESSION,
    PARTS_OF,
    TIERS,
    can_make,
    key_of,
    times,
)
from ui.look.templates import render
from ui.pages.framework.framework import shipped
from ui.service.seams import Serves
from ui.words.catalogue import say
from ui.words.footnotes import Footnote
from ui.words.phrases import clean

if TYPE_CHECKING:
    from assistant.records import Signposting
    from ui.service.seams import Serves


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


LONGEST_NAME = 80
"""Characters of an item in the name of what is done with it."""


class Numbers:
    """Numbers what a session cites, in order of first mention."""

    def __init__(self, corpus: Corpus) -> None:
        """Start with none."""
        self._corpus = corpus
        self._found: dict[tuple[str, int, int], Footnote] = {}

    def of(self, citations: Iterable[Citation]) -> list[int]:
        """Return the numbers of some citations; what is cited of one passage has one number."""
        by: dict[str, list[Citation]] = {}
        for one in citations:
            by.setdefault(one.passage_id, []).append(one)
        return [self._number(one) for one in by.values()]

    def _number(self, cited: Sequence[Citation]) -> int:
        # One citation stands for several of a passage: a title and the words under it.
        start, end = min(one.start for one in cited), max(one.end for one in cited)
        key = (cited[0].passage_id, start, end)
        if key not in self._found:
            quote = self._corpus.passage(key[0]).text[start:end]
            whole = cited[0].model_copy(update={"start": start, "end": end, "quote": quote})
            number = len(self._found) + 1
            self._found[key] = Footnote.of(whole, self._corpus, number=number)
        return self._found[key].number

    def footnotes(self) -> list[Footnote]:
        """Return what was cited so far."""
        return [*self._found.values()]


class Act(NamedTuple):
    """Something that can be done with an item or a part."""

    do: str
    """What."""

    key: str
    """With what: `messages-3`, `part-quiz`."""

    name: str
    """What is said of it to whoever does not see what it stands beside."""

    is_off: bool = False
    """Whether it cannot be done just now; it can still be reached."""


class Items:
    """The items of a session, part by part, each with what can be done with it."""

    def __init__(self, edited: Edited, drafts: Mapping[str, str]) -> None:
        """Keep them.

        Args:
            edited: the session.
            drafts: words that are being typed for items, by item.
        """
        self._slots, self._order, self._drafts = edited.slots, edited.order, drafts

    def of(self, part: str, tier: str = "") -> list[Slot]:
        """Return the items of a part that are there, of one tier if it is named."""
        left = [one for one in self._slots if one.part == part and not one.removed]
        return [one for one in left if not tier or one.tier == tier]

    def removed(self, part: str) -> list[Slot]:
        """Return the items that were taken out of a part, to be put back."""
        return [one for one in self._slots if one.part == part and one.removed]

    def draft(self, slot: Slot) -> str:
        """Return what is being typed for an item; empty for nothing but its own words."""
        typed = self._drafts.get(slot.id, "")
        return "" if typed.split() == clean(slot.words.text).split() else typed

    def acts(self, slot: Slot, at: int, count: int) -> list[Act]:
        """Return what can be done with an item, beside rewording it.

        Args:
            slot: the item.
            at: its place among those that it is moved among, from 0.
            count: how many they are.
        """
        if slot.part == "care":
            return []
        found = [("another", False)] if slot.part in EXCHANGED else []
        found += [("up", at == 0), ("down", at == count - 1)] if count > 1 else []
        return [self.act(do, slot, is_off=off) for do, off in [*found, ("remove", False)]]

    def act(self, do: str, slot: Slot, *, is_off: bool = False) -> Act:
        """Return something that can be done with an item."""
        words = clean(slot.words.text)
        cut = words if len(words) < LONGEST_NAME else f"{words[: LONGEST_NAME - 1]}\u2026"
        return Act(do, slot.id, say(f"prepare.name_{do}", item=cut), is_off)

    def is_reworded(self, slot: Slot) -> bool:
        """Tell whether an item of its part can be put in other words."""
        return slot.part in REWORDED

    def moves(self, agenda: Sequence[AgendaLine], line: AgendaLine) -> list[Act]:
        """Return the ways to move the part that begins with a stretch of an agenda."""
        parts = [PARTS_OF.get(one.block, one.block) for one in agenda]
        held: list[Part] = [one for one in self._order if one in parts]
        part = PARTS_OF.get(line.block, line.block)
        first = agenda[parts.index(part)]
        if part not in held or len(held) < 2 or first is not line:
            return []
        key, name = f"part-{part}", say(f"prepare.part_{part}")
        ends = (("up", part == held[0]), ("down", part == held[-1]))
        return [Act(do, key, say(f"prepare.name_{do}", item=name), off) for do, off in ends]


def sections_of(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    """Return statements by the heading that they stand under, in order of first mention."""
    found: dict[str, list[Statement]] = {}
    for one in statements:
        found.setdefault(one.section, []).append(one)
    return found


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
