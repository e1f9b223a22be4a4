"""What a trainer changes in a session, and the session that comes of it, checked.

Nothing that is shown is taken from whoever sends a plan, which anybody may have written: a session
is made again from its request each time, and the edits are done to that.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property, partial
from typing import Literal, TypeVar

from pydantic import Field, ValidationError

from assistant.citing import ground
from assistant.citing.verifier import Verifier
from assistant.errors import SessionError
from assistant.records import Statement
from assistant.safety.triage import visible
from assistant.sessions.session import Exercise, Part, QuizItem, Session, SessionRequest, Talk
from assistant.sessions.session_build import BLANK, ORDER, TURN, Building, is_new
from assistant.sessions.session_quiz import is_same
from assistant.sessions.session_scope import Near
from assistant.understanding.lexicon import content_stems
from corpus.passage import Record
from corpus.whole import Whole

MOST_EDITS, MOST_REWORDED = 300, 60
"""Changes to one session, and times that an item is reworded, at most: each is read by triage."""

LONGEST_WORDS, LONGEST_PLAN, LONGEST_TOPIC, MOST_NAMED = 600, 200_000, 200, 40
"""Characters of an item that a trainer writes, of a request with its edits, and of a topic, and
items that a request names of one kind, at most."""

MOST, TALKS = 60, 40
"""Key messages from guidance, and questions for discussion, that are thought of, at most."""

Do = Literal["reword", "another", "up", "down", "remove", "restore"]

STRANGE = "That is no session of this page; make it anew."
"""What is said of what no page of Signpost sends."""

FILLED = 80  # Characters that may fill a blank.

Author = Literal["", "reworded", "own"]
"""Who wrote the words: nobody but Signpost, a trainer whose words the sources still carry, or a
trainer alone."""

Where = Literal["objectives", "care", "messages", "discussion", "exercise", "quiz"]

TIERS = ("framework", "guidance", "note")

Value = Statement | Talk | Exercise | QuizItem

EXCHANGED = {
    "messages": "key message",
    "discussion": "question for discussion",
    "exercise": "exercise",
    "quiz": "question",
}
"""Parts whose items may be exchanged, with what an item is called."""

_WORDS = {Talk: "question", Exercise: "task", QuizItem: "stem"}
"""Which field of a value has the words that a reader takes for the item."""

T = TypeVar("T")


class Edit(Record):
    """One change."""

    do: Do
    item: str = Field(max_length=20)
    """With what: `messages-3`, or `part-quiz` for a part to be moved."""

    text: str = Field("", max_length=LONGEST_WORDS)


class Plan(Record):
    """A request and what was changed since, in the order in which that was done."""

    request: SessionRequest
    edits: tuple[Edit, ...] = Field((), max_length=MOST_EDITS)


def read_plan(text: str) -> Plan:
    """Return a plan from JSON that anybody may have written; `SessionError` if it is none."""
    if len(text) > LONGEST_PLAN:
        raise SessionError("That is more than a session holds; make it anew with fewer changes.")
    try:
        plan = Plan.model_validate_json(text)
    except ValidationError as error:
        kinds = {str(one["type"]) for one in error.errors(include_url=False, include_input=False)}
        told = STRANGE
        if kinds == {"string_too_long"}:
            told = f"An item has at most {LONGEST_WORDS} characters; shorten it."
        elif kinds == {"too_long"}:
            told = f"A session takes at most {MOST_EDITS} changes; undo some, or make it anew."
        raise SessionError(told) from None
    return plan.model_copy(update={"request": checked(plan.request)})


def checked(request: SessionRequest) -> SessionRequest:
    """Return a request with its topic in one line; `SessionError` if no person would write it."""
    topic = visible(request.topic)
    if len(topic) > LONGEST_TOPIC:
        raise SessionError(f"A topic has at most {LONGEST_TOPIC} characters; shorten it.")
    named = (*request.capabilities, *map(str, request.pillars))
    long = max(map(len, named), default=0) > LONGEST_TOPIC
    if long or max(len(request.capabilities), len(request.pillars)) > MOST_NAMED:
        raise SessionError(STRANGE)
    if not 0 <= request.seed < 1_000_000:
        raise SessionError("A seed is a whole number from 0 to 999999; choose another.")
    return request.model_copy(update={"topic": topic})


def words_of(value: Value) -> Statement:
    """Return the statement of an item that can be reworded, which a reader takes for the item."""
    if isinstance(value, Statement):
        return value
    words: Statement = getattr(value, _WORDS[type(value)])
    return words


def author_of(statement: Statement) -> Author:
    """Return who wrote a statement: unsupported in a session, it is a trainer's alone."""
    if statement.verdict == "unsupported":
        return "own"
    is_kept = statement.kind == "note" or ground.is_quoted(statement)
    return "" if is_kept else "reworded"


def is_filled(form: str, text: str) -> bool:
    """Tell whether a text is a form with a few words in its blanks, and all its other words."""
    room = len(form) + FILLED * form.count(BLANK)
    filled = fnmatchcase(text, form.rstrip(".").replace(BLANK, "*"))
    return BLANK in form and filled and len(text) <= room


class Slot(Record):
    """One place of a session."""

    id: str
    part: Where
    """Its id is the part and the place that it had at first: `messages-3`."""

    value: Value
    source: Value
    """What stands in it, and the same in the words that were made for it."""

    shown: tuple[str, ...]
    """The words that stood in it one after the other; none of them comes back as another."""

    removed: bool = False

    @property
    def words(self) -> Statement:
        """The statement that a reader takes for the item."""
        return words_of(self.value)

    @property
    def tier(self) -> str:
        """What it stays with when it is moved: a section of care, or one tier of messages."""
        return {"care": self.words.section, "messages": self.words.kind}.get(self.part, "")


class Edited:
    """A session that was changed; of what is thought of beside it, the best comes first."""

    session: Session

    def __init__(
        self,
        request: SessionRequest,
        edits: Sequence[Edit],
        whole: Whole,
        today: date,
        near: Near,
    ) -> None:
        """Make a session, and the edits to it in order; refuse what cannot be made."""
        self._make = partial(Building, request, whole, today, near)
        self._building = self._make()
        self.order: tuple[Part, ...] = ORDER
        self._first = first = self._building.choose()
        # What a trainer fits to the place.
        self._open = tuple(o for o in first.care if o.section == TURN or BLANK in o.text)
        parts: dict[Where, tuple[Value, ...]] = {
            "objectives": first.objectives,
            "care": self._open,
            "messages": first.messages,
            "discussion": first.talks,
            "exercise": (first.exercise,) if first.exercise else (),
            "quiz": first.quiz,
        }
        self.slots = [
            Slot(id=f"{part}-{at}", part=part, value=one, source=one, shown=(words_of(one).text,))
            for part, values in parts.items()
            for at, one in enumerate(values, 1)
        ]
        for edit in edits:
            self._do(edit)
        self.session = self._building.session(self._chosen(), self._parts, self.order)

    @cached_property
    def _spare(self) -> Building:
        """Another building: nobody asked for what is thought of here, so no loss is told."""
        return self._make()

    @cached_property
    def _messages(self) -> tuple[Statement, ...]:
        return self._spare.messages(MOST)

    @cached_property
    def _quiz(self) -> list[QuizItem]:
        return self._spare.situations.standing(self._messages, wide=True)

    @property
    def _parts(self) -> list[Part]:
        """Parts that were asked for and that not all items were taken out of."""
        lost = {slot.part for slot in self.slots} - {slot.part for slot in self._left()}
        return [part for part in self._building.request.parts if part not in lost]

    def _left(self, part: Where | None = None) -> Iterator[Slot]:
        return (one for one in self.slots if not one.removed and part in (None, one.part))

    def _chosen(self) -> Session:
        """Return the session with what stands in the places that are left."""
        care = (one.words for one in self._left("care"))
        messages = (one.words for one in self._left("messages"))
        left: dict[str, object] = {
            "objectives": tuple(one.words for one in self._left("objectives")),
            "care": tuple(next(care) if one in self._open else one for one in self._first.care),
            # What a trainer wrote alone belongs to no tier and stands after both.
            "messages": tuple(sorted(messages, key=lambda said: TIERS.index(said.kind))),
            "talks": tuple(one.value for one in self._left("discussion")),
            "exercise": next((one.value for one in self._left("exercise")), None),
            "quiz": tuple(one.value for one in self._left("quiz")),
        }
        return self._first.model_copy(update=left)

    def _do(self, edit: Edit) -> None:
        if edit.item.startswith("part-"):
            self._move_part(edit)
            return
        slot = next((one for one in self.slots if one.id == edit.item), None)
        if slot is None:
            raise SessionError("The session has no such item; load the page anew.")
        if slot.removed != (edit.do == "restore"):
            raise SessionError("That item is not there any more; undo, or load the page anew.")
        if edit.do == "reword":
            self._reword(slot, visible(edit.text))
        elif edit.do == "another":
            self._another(slot)
        elif edit.do in ("remove", "restore"):
            if slot.part == "care" and not slot.removed:
                raise SessionError("Whom to tell stays in every session.")
            self._put(slot, removed=not slot.removed)
            # What would leave too little for the time is refused.
            self._building.agenda_for(self._parts, self.order)
        else:
            key = (slot.part, slot.tier, False)
            fellows = [one for one in self.slots if (one.part, one.tier, one.removed) == key]
            other = _beside(fellows, fellows.index(slot), edit.do)
            here, there = self.slots.index(slot), self.slots.index(other)
            self.slots[here], self.slots[there] = other, slot

    def _put(self, slot: Slot, **changes: object) -> None:
        at = next(at for at, one in enumerate(self.slots) if one.id == slot.id)
        self.slots[at] = slot.model_copy(update=changes)

    def _reword(self, slot: Slot, text: str) -> None:
        if slot.part == "quiz":
            kept = "A question of the quiz keeps its words, for which its key is proven"
            raise SessionError(f"{kept}; take another question instead.")
        if not text:
            raise SessionError("Write some words, or take the item out.")
        said = words_of(slot.source)
        if text == said.text:
            self._put(slot, value=slot.source)
            return
        # Half of the quoted words, and no others: the checker judges what words say otherwise, and
        # too few words say nothing that it could judge.
        quoted = {stem for cited in said.citations for stem in content_stems(cited.quote)}
        own = set(content_stems(text))
        is_near = own <= quoted and len(own) * 2 >= len(quoted)
        # Without citations, and as what nothing supports: that is how exports know it too.
        alone = {"kind": "note", "citations": (), "as_of": "", "support": None}
        # A form that was filled in claims nothing.
        verdict = said.verdict if is_filled(said.text, text) else "unsupported"
        wanted = said.model_copy(update={"text": text, **alone, "verdict": verdict})
        if said.kind != "note" and is_near:
            corpus, wording = self._building.whole.corpus, said.model_copy(update={"text": text})
            held, _ = ground.check((wording,), corpus.by_id, Verifier().judge)
            if held and held[0].verdict == "supported":
                wanted = held[0]
        field = _WORDS.get(type(slot.source))
        value = slot.source.model_copy(update={field: wanted}) if field else wanted
        self._put(slot, value=value)

    def _another(self, slot: Slot) -> None:
        name = EXCHANGED.get(slot.part)
        if name is None:
            raise SessionError("There is no other for that item.")
        here = [other for other in self.slots if other.part == slot.part and other.id != slot.id]
        # What was taken out may come back, and is not to be given away until then.
        taken = {*slot.shown, *(text for other in here for text in other.shown)}
        others = self._others(slot, [other.value for other in here])
        new = next((value for value in others if words_of(value).text not in taken), None)
        if new is None:
            said = f"There is no other {name} for this session"
            raise SessionError(f"{said}; undo, or widen the request.")
        shown = (*slot.shown, words_of(new).text)
        self._put(slot, value=new, source=new, shown=shown)

    def _others(self, slot: Slot, beside: Sequence[Value]) -> Iterable[Value]:
        spare = self._spare
        match slot.part:
            case "messages":
                said = [words_of(value) for value in beside]
                alike = (m for m in self._messages if m.kind == words_of(slot.source).kind)
                yield from (message for message in alike if is_new(message, said))
            case "discussion":
                named = [message for message in self._messages if message.kind == "framework"]
                yield from spare.talks(named, TALKS)
            case "exercise":
                yield from spare.exercises()
            case _:
                items = [value for value in beside if isinstance(value, QuizItem)]
                for item in self._quiz:
                    if not any(is_same(item, other) for other in items):
                        yield item

    def _move_part(self, edit: Edit) -> None:
        part = edit.item.removeprefix("part-")
        held = [one for one in self.order if one in self._building.request.parts]
        at = next((at for at, one in enumerate(held) if one == part), None)
        if at is None:
            raise SessionError("The session has no such part; load the page anew.")
        other = _beside(held, at, edit.do)
        places = {held[at]: other, other: held[at]}
        self.order = tuple(places.get(one, one) for one in self.order)
        self._building.agenda_for(self._parts, self.order)


def _beside(things: Sequence[T], at: int, do: Do) -> T:
    step = {"up": -1, "down": 1}.get(do)
    if step is None:
        raise SessionError(STRANGE)
    if not 0 <= at + step < len(things):
        raise SessionError("It is at the end already.")
    return things[at + step]
