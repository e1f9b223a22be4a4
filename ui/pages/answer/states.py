"""What stands in the place of an answer: on its way, being worded, a problem, no question yet."""

from __future__ import annotations

from collections.abc import Iterable

from ui.look.markup import escape
from ui.words.catalogue import say
from ui.words.phrases import clean

_WORDING = ("wording.begun", "wording.checked", "wording.rest")
_READING = ("wording.reading", "wording.unsure", "wording.as_it_was")


def loading_as_html(question: str = "", state: str = "") -> str:
    """Return what stands in the place of an answer that is on its way.

    Args:
        question: as typed.
        state: HTML that stands at its end.
    """
    asked = f'<h2 class="sp-question">{escape(question)}</h2>' if question.strip() else ""
    looking = escape(say("ask.looking"))
    return f'<div class="sp-state sp-loading">{asked}<p>{looking}</p>{state}</div>'


def wording_as_html(model: str, token: str, *, reads: bool = False) -> str:
    """Return what stands at the end of an answer that is being worded, with a way to stop that.

    Args:
        model: name of the language model.
        token: under which it can be stopped.
        reads: whether the model reads the question first.
    """
    begun, checked, after = _READING if reads else _WORDING
    told = escape(say(begun, model=clean(model)))
    what, stop, rest = (escape(say(one)) for one in (checked, "wording.stop", after))
    return (
        f'<div class="sp-wording" data-stop="{escape(token)}" data-announce="{told} {what}">'
        f'<p class="sp-wording-by"><strong>{told}</strong> <span class="sp-elapsed"></span></p>'
        f"<p>{what}</p>"
        f'<p class="sp-wording-stop"><button type="button" data-act="stop">{stop}</button>'
        f" <span>{rest}</span></p></div>"
    )


def error_as_html(sentence: str) -> str:
    """Return an error that the reader can put right, as its one sentence."""
    text, problem = escape(sentence), escape(say("ask.problem"))
    return (
        f'<div class="sp-state sp-error" data-announce="{text}">'
        f"<h2>{problem}</h2><p>{text}</p></div>"
    )


def stale_as_html(question: str) -> str:
    """Return what stands in the place of a kept answer that is not drawn again."""
    asked, title, stale = escape(question), escape(say("ask.stale_title")), escape(say("ask.stale"))
    again = escape(say("ask.ask_again"))
    return (
        f'<div class="sp-state sp-stale"><h2 class="sp-question" tabindex="-1">{asked}</h2>'
        f'<div class="sp-abstention"><h3>{title}</h3><p>{stale}</p></div><p>'
        f'<button type="button" class="sp-ask" data-question="{asked}">{again}</button></p></div>'
    )


def welcome_as_html(examples: Iterable[str]) -> str:
    """Return what stands in the place of an answer before the first question."""
    heading = escape(say("ask.examples"))
    listed = questions_as_html(examples)
    return f'<div class="sp-state sp-welcome"><h2>{heading}</h2>{listed}</div>'


def questions_as_html(questions: Iterable[str]) -> str:
    """Return questions that one press asks."""
    items = "".join(
        f'<li><button type="button" class="sp-ask">{escape(question)}</button></li>'
        for question in questions
    )
    return f'<ul class="sp-questions">{items}</ul>'
