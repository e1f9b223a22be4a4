"""Answers, and what stands in their place, as HTML; the terminal form comes along.

Nothing here knows Gradio. Links to citations are `#cite-3`; the page opens the panel of that id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from markupsafe import Markup

from assistant.records import Answer
from corpus.passage import Corpus
from ui.look.templates import render
from ui.words.catalogue import say
from ui.words.footnotes import Footnote
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
    reply, statements = is_reply(answer), len(answer.statements)
    ready = say("ask.ready", statements=statements, sources=len(outline.footnotes))
    end = render(
        "answer/closing",
        outline=outline,
        worded=wording_note(answer),
        actions=Markup(actions),
        reply=reply,
    )
    announced = outline.reason or (say("ask.reply_ready") if reply else ready)
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


def loading_as_html(question: str = "", state: str = "") -> str:
    """Return what stands in the place of an answer that is on its way."""
    return render("states/loading", question=question, state=Markup(state))


def error_as_html(sentence: str) -> str:
    """Return an error that the reader can put right, as its one sentence."""
    return render("states/error", sentence=sentence)


def stale_as_html(question: str) -> str:
    """Return what stands in the place of a kept answer that is not drawn again."""
    return render("states/stale", question=question)


def welcome_as_html(tasks: Mapping[str, Iterable[str]], known: str = "") -> str:
    """Return what stands in the place of an answer before the first question."""
    return render("states/welcome", tasks=tasks, known=known)


def panel(footnote: Footnote, last: int = 1, edition: str = "", library: str = "") -> str:
    """Return the panel of a footnote: the passage with the quote marked, and whose words it is.

    Args:
        footnote: what is cited; its id is `cite-` and its number.
        last: the highest number in its answer.
        edition: digest of the corpus that it was cited from; shown where the source has no edition
            of its own.
        library: whose pages are shown as pictures; empty for none.
    """
    return render("panel/panel", note=footnote, last=last, edition=edition, library=library)


def _drawn(outline: Outline, count: int | None = None, **more: str) -> str:
    status = outline.answer.status
    known = status if status in ("partial", "not_covered", "clarify") else "other"
    title = say(f"ask.title_{known}")
    parts = outline.parts[:count]
    return render("answer/answer", outline=outline, parts=parts, title=title, **more)


def _panels(outline: Outline, library: str = "") -> Markup:
    last, edition = len(outline.footnotes), outline.answer.provenance.corpus
    return Markup("".join(panel(one, last, edition, library) for one in outline.footnotes))
