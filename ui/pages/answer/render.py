"""Answers, and what stands in their place, as HTML; the terminal form comes along.

Nothing here knows Gradio. Links to citations are `#cite-3`; the page opens the panel of that id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup

from assistant.records import Answer
from corpus.passage import Corpus
from ui.look.templates import render
from ui.words.catalogue import say
from ui.words.outline import Outline, is_reply
from ui.words.phrases import wording_note


def answer_as_html(answer: Answer, corpus: Corpus, actions: str = "") -> str:
    """Return an answer with its source panels, closed, as one block of HTML."""
    *_, whole = stages_as_html(answer, corpus, actions)
    return whole


def stages_as_html(
    answer: Answer, corpus: Corpus, actions: str = "", library: str = ""
) -> Iterator[str]:
    """Yield an answer as it grows, from its opening to the whole; only the whole is announced.

    Raises:
        CorpusError: a citation is not of this edition.
    """
    outline = Outline.of(answer, corpus)
    for count in range(len(outline.parts) + 1):
        yield _drawn(outline, count)
    reply, said = is_reply(answer), {"outline": outline, "worded": wording_note(answer)}
    end = render("answer/closing", actions=Markup(actions), reply=reply, **said)
    counts = {"statements": len(answer.statements), "sources": len(outline.footnotes)}
    ready = say("ask.reply_ready") if reply else say("ask.ready", **counts)
    announced = outline.reason or ready
    yield _drawn(outline, announced=announced, end=end, panels=_panels(outline, library))


def begun_as_html(answer: Answer, whole: Answer, corpus: Corpus, state: str) -> str:
    """Return the beginning of an answer with its source panels, as it will stand in the whole.

    How complete it is, its sources and what to ask next are left out.

    Raises:
        CorpusError: a citation is not of this edition.
    """
    outline = Outline.of(answer, corpus, whole)
    return _drawn(outline, end=Markup(state), panels=_panels(outline))


def turn_as_html(answer: str, number: int) -> str:
    """Return one turn of a conversation: an answer as HTML, its citations told from the others'."""
    own = re.sub(r'( id="| href="#| aria-labelledby=")cite-', rf"\1cite-{number}-", str(answer))
    for name in ("answer", "source"):
        named = say(f"ask.{name}_of", number=number)
        own = own.replace(f'aria-label="{say(f"ask.{name}")}"', f'aria-label="{named}"')
    return render("answer/turn", number=number, own=Markup(own))


def _drawn(outline: Outline, count: int | None = None, **more: str) -> str:
    status = outline.answer.status
    known = status if status in ("partial", "not_covered", "clarify") else "other"
    title = say(f"ask.title_{known}")
    parts = outline.parts[:count]
    return render("answer/answer", outline=outline, parts=parts, title=title, **more)


def _panels(outline: Outline, library: str = "") -> Markup:
    notes = outline.footnotes
    more = {"last": len(notes), "edition": outline.answer.provenance.corpus, "library": library}
    return Markup("").join(render("panel/panel", note=one, **more) for one in notes)
