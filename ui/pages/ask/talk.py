"""A conversation: what the page sends along, what its browser keeps, and how that is read again.

The server keeps nothing of it. What comes back from a browser is read as if anybody had written it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup
from pydantic import Field, ValidationError

from assistant.answering.narrowing import TIER_NAMES
from assistant.citing import ground
from assistant.errors import QuestionError
from assistant.ingestion import LONGEST_NAME
from assistant.records import Answer, Filters
from corpus.errors import CorpusError
from corpus.passage import Corpus, Record
from ui.exports.export import FORMS, ExportForm
from ui.look.templates import render
from ui.words.answer_text import VERDICTS, answer_as_text, verdict_name
from ui.words.catalogue import say
from ui.words.outline import Outline, is_reply
from ui.words.phrases import tier_heading, wording_note

if TYPE_CHECKING:
    from assistant.citing.fidelity import Faithful

UNBROKEN = 10_000
"""Characters of a line that is copied: whatever it is pasted into breaks it."""

OF_ANSWER: tuple[ExportForm, ...] = ("docx", "markdown", "brief", "certificate", "ris", "bibtex")
"""What an answer can be saved as; a conversation can be in the first two."""


def answer_as_html(answer: Answer, corpus: Corpus, actions: str = "") -> str:
    """Return an answer with its source panels, closed, as one block of HTML."""
    *_, whole = stages_as_html(answer, corpus, actions)
    return whole


def stages_as_html(
    answer: Answer, corpus: Corpus, actions: str = "", library: str = ""
) -> Iterator[str]:
    """Yield an answer as it grows, from its opening to the whole; only the whole is announced.

    `CorpusError` if a citation is not of this edition; so the two below.
    """
    outline = Outline.of(answer, corpus)
    for count in range(len(outline.parts) + 1):
        yield _article(outline, count)
    end = render(
        "answer/closing",
        outline=outline,
        worded=wording_note(answer),
        actions=Markup(actions),
        reply=is_reply(answer),
    )
    ready = say("ask.ready", statements=len(answer.statements), sources=len(outline.footnotes))
    announced = outline.reason or (say("ask.reply_ready") if is_reply(answer) else ready)
    yield _article(outline, announced=announced, end=end, panels=_panels(outline, library))


def begun_as_html(answer: Answer, whole: Answer, corpus: Corpus, state: str) -> str:
    """Return the beginning of an answer with its source panels, as it will stand in the whole.

    How complete it is, its sources and what to ask next are left out.
    """
    outline = Outline.of(answer, corpus, whole)
    return _article(outline, end=Markup(state), panels=_panels(outline))


def turn_as_html(answer: str, number: int) -> str:
    """Return one turn of a conversation: an answer as HTML, its citations told from the others'."""
    own = re.sub(r'( id="| href="#| aria-labelledby=")cite-', rf"\1cite-{number}-", str(answer))
    for name in ("answer", "source"):
        named = say(f"ask.{name}_of", number=number)
        own = own.replace(f'aria-label="{say(f"ask.{name}")}"', f'aria-label="{named}"')
    return render("answer/turn", number=number, own=Markup(own))


def _article(outline: Outline, count: int | None = None, **more: str) -> str:
    status = outline.answer.status
    known = status if status in ("partial", "not_covered", "clarify") else "other"
    given = {"parts": outline.parts[:count], "title": say(f"ask.title_{known}"), **more}
    return render("answer/answer", outline=outline, **given)


def _panels(outline: Outline, library: str = "") -> Markup:
    notes = outline.footnotes
    more = {"last": len(notes), "edition": outline.answer.provenance.corpus, "library": library}
    return Markup("").join(render("panel/panel", note=one, **more) for one in notes)


def actions_as_html(answer: Answer, corpus: Corpus, library: str = "") -> str:
    """Return what can be done with one answer; empty where nothing of the message is kept."""
    if is_reply(answer):
        return ""
    return render(
        "ask/actions",
        question=answer.resolved_question,
        plain=answer_as_text(answer, corpus, UNBROKEN),
        forms=_named(OF_ANSWER),
        verdicts=[] if library else [(one, verdict_name(one)) for one in VERDICTS],
    )


def conversation_as_html() -> str:
    """Return what can be done with this conversation and with earlier ones."""
    return render("ask/conversations", forms=_named(OF_ANSWER[:2]))


def _named(forms: Iterable[ExportForm]) -> list[tuple[ExportForm, str]]:
    return [(form, say(f"ask.{form}")) for form in forms if FORMS[form].installed]


def drawer_as_html(corpus: Corpus) -> str:
    """Return the drawer, closed, and the line that says what is set while it is."""
    groups = groups_of(corpus)
    held = (one for one in corpus.passages if one.facets.get("parent") in groups)
    facets = (one.heading_path[-1] for one in held if one.heading_path)
    tiers = dict.fromkeys(source.tier for source in corpus.sources)
    names = {"": "anyone", "officer": "officers", "trainer": "trainers", "evaluator": "evaluators"}
    audiences = {one: say(f"ask.{name}") for one, name in names.items()}
    fields = {
        "pillars": groups,
        "facets": {name: (name.capitalize(), name) for name in facets},
        "tiers": {tier: (tier_heading(tier), TIER_NAMES[tier]) for tier in tiers},
        "audience": {name: (label, label.lower()) for name, label in audiences.items()},
    }
    return render("ask/drawer", fields=fields)


def groups_of(corpus: Corpus) -> dict[str, tuple[str, str]]:
    """Return what stands at the top of the framework's structure, by id: name, and short name."""
    return {
        one.id: (f"{number}. {one.text}", f"{one.facets['kind']} {number}")
        for one in corpus.passages
        if one.facets.get("group") == one.id and (number := one.facets.get("number"))
    }


MOST_TURNS = 20
"""Turns that a conversation keeps; the oldest go first."""

MOST_TURN_CHARS = 8000
"""Characters of earlier questions that go along with one; the oldest are left out."""

MOST_NUMBER = 10**6


class Sent(Record):
    """What the page sends along with a question."""

    turns: tuple[str, ...] = ()
    """Earlier questions of the conversation, oldest first."""

    number: int = Field(1, ge=1, le=MOST_NUMBER)
    filters: Filters = Filters()
    policy: bool = False
    """Whether the asker says that a withheld message is a policy question."""

    library: str = Field("", max_length=LONGEST_NAME)
    """A library of documents that is asked too; empty for none."""

    @classmethod
    def read(cls, text: str | None) -> Sent:
        """Read what the page sent, nothing for a first question; `QuestionError` if not ours."""
        try:
            return cls.model_validate_json(text) if text else cls()
        except ValidationError:
            raise QuestionError(say("refusal.strange")) from None


class Turn(Record):
    """A question that was answered, as a browser keeps it."""

    number: int = Field(ge=1, le=MOST_NUMBER)
    """Its place in the conversation, whatever was dropped since."""

    question: str
    """As typed; personal data are masked in it and in the answer."""

    answer: Answer
    library: str = ""
    """That was asked too. Documents may be seen by few, so that its turn ends with its page."""

    turns: tuple[str, ...] = ()
    """Earlier questions that a library was told, so that it can be asked again."""


def newest(questions: Iterable[str]) -> tuple[str, ...]:
    """Return the last questions that are neither too many nor too long together, oldest first."""
    kept: list[str] = []
    room = MOST_TURN_CHARS
    for question in reversed(tuple(questions)[-MOST_TURNS:]):
        room -= len(question)
        if room < 0:
            break
        kept.append(question)
    return tuple(reversed(kept))


def restored_as_html(text: str | None, corpus: Corpus) -> str:
    """Return kept turns as they are shown again.

    A turn that this edition does not carry is told to be from an earlier one; what is no turn, and
    what should not have been kept, is left out.
    """
    found: object = None
    turns: list[Turn] = []
    with suppress(ValueError, RecursionError):
        found = json.loads(text or "[]")
    for one in found[:MOST_TURNS] if isinstance(found, list) else ():
        with suppress(ValueError, RecursionError):
            turns.append(Turn.model_validate(one))
    html = ""
    for turn in turns:
        answer, drawn = turn.answer, render("states/stale", question=turn.question)
        faithful = _faithful() if answer.provenance.checker == ground.WORDED else None
        with suppress(CorpusError):
            # Whether every statement is still carried by what it cites.
            if not ground.check(answer.statements, corpus.by_id, faithful)[1]:
                drawn = answer_as_html(answer, corpus, actions_as_html(answer, corpus))
        html += "" if answer.signposting else turn_as_html(drawn, turn.number)
    return html


@cache
def _faithful() -> Faithful:
    from assistant.citing.fidelity import Faithful

    return Faithful.open()
