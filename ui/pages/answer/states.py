"""What stands in the place of an answer: on its way, being worded, a problem, no question yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from ui.look.markup import fill
from ui.words.phrases import clean


def loading_as_html(question: str = "", state: str = "") -> str:
    """Return what stands in the place of an answer that is on its way.

    Args:
        question: as typed.
        state: HTML that stands at its end.
    """
    return fill("states", "loading", question=question, state=Markup(state))


def wording_as_html(model: str, token: str, *, reads: bool = False) -> str:
    """Return what stands at the end of an answer that is being worded, with a way to stop that.

    Args:
        model: name of the language model.
        token: under which it can be stopped.
        reads: whether the model reads the question first.
    """
    return fill("states", "wording", model=clean(model), token=token, reads=reads)


def error_as_html(sentence: str) -> str:
    """Return an error that the reader can put right, as its one sentence."""
    return fill("states", "error", sentence=sentence)


def stale_as_html(question: str) -> str:
    """Return what stands in the place of a kept answer that is not drawn again."""
    return fill("states", "stale", question=question)


def welcome_as_html(tasks: Mapping[str, Iterable[str]], known: str = "") -> str:
    """Return what stands in the place of an answer before the first question.

    Args:
        tasks: examples by the name of their task.
        known: what the sources are, as sentences.
    """
    return fill("states", "welcome", tasks=tasks, known=known)
