"""The Ask workspace: a conversation of questions and answers, and the passages they rest on.

A conversation lives in the session of its page, and is nowhere written down.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

from assistant.answer import Answer, Question
from assistant.errors import SignpostError
from assistant.personal import kept
from corpus.passage import Corpus
from ui.desk import PAGE, Recorded
from ui.render import (
    answer_as_html,
    error_as_html,
    loading_as_html,
    turn_as_html,
    welcome_as_html,
)

if TYPE_CHECKING:
    from ui.workspaces import Service

EXAMPLES = (
    "What outcomes and partners relate to victim identity protection?",
    "Which pillars have law enforcement as a partner?",
    "Compare the partners of Societal and Research and insight.",
    "What does Article 31 of the Lanzarote Convention require for victims?",
    "Are the EU interim rules on detection in force?",
    "What does ICSE stand for?",
)

AT_ONCE = 4
"""Questions that are worked on at the same time; the others wait in the queue."""

MOST_TURNS = 20
"""Turns that a conversation keeps; the oldest go first."""

MOST_TURN_CHARS = 8000
"""Characters of earlier questions that go along with one; the oldest are left out."""

KEPT_SECONDS = 3600
"""How long the conversation of a page that was left is kept in memory."""

NOT_FOR_REPORTS = (
    "Signpost is not a reporting service: nobody reads what is typed here. If a child is in danger"
    " now, call your local emergency number."
)

BROKEN = (
    "The question could not be answered because of a fault in Signpost. Ask it again; if that"
    " fails too, tell whoever runs this service."
)


class Asks(Protocol):
    """What the page needs of an assistant."""

    @property
    def corpus(self) -> Corpus:
        """The edition that answers cite."""

    def ask(self, question: Question) -> Answer:
        """Answer a question."""


class Turn(NamedTuple):
    """A question that was answered in a conversation."""

    question: str
    """As typed, but for personal data, which is masked; empty for a message of which nothing is
    kept."""

    html: str
    """The answer, drawn."""

    number: int
    """Its place in the conversation, from 1, whatever was dropped since."""


Talk = tuple[Turn, ...]
"""A conversation, oldest turn first."""


class Shown(NamedTuple):
    """What stands on the page."""

    html: str
    """The conversation."""

    typed: str
    """What stands in the box."""

    talk: Talk
    """The conversation to go on from."""


def reply(assistant: Asks, text: str, talk: Talk = ()) -> Shown:
    """Answer `text` after the turns of a conversation, or say in a sentence what is wrong with it.

    What is wrong becomes no turn, and stays in the box to be put right.
    """
    try:
        turns = newest(turn.question for turn in talk if turn.question)
        # What is kept of it, even in memory, is kept without personal data.
        answer = kept(assistant.ask(Question(text=text, turns=turns)), assistant.corpus)
        html = answer_as_html(answer, assistant.corpus)
    except SignpostError as error:
        return Shown(_drawn(talk) + error_as_html(str(error)), text, talk)
    number = talk[-1].number + 1 if talk else 1
    # Of a message that met a reviewed reply nothing is kept: its answer has no question either.
    talk = (*talk, Turn(answer.question, turn_as_html(html, number), number))[-MOST_TURNS:]
    return Shown(_drawn(talk), "", talk)


def newest(questions: Iterable[str]) -> tuple[str, ...]:
    """Return the last questions that are not too long together, oldest first."""
    kept: list[str] = []
    room = MOST_TURN_CHARS
    for question in reversed(tuple(questions)):
        room -= len(question)
        if room < 0:
            break
        kept.append(question)
    return tuple(reversed(kept))


def replies(assistant: Asks, text: str, talk: Talk = ()) -> Iterator[Shown]:
    """Yield what stands on the page: first that the answer is on its way, then with the answer."""
    yield Shown(_drawn(talk) + loading_as_html(text), text, talk)
    yield reply(assistant, text, talk)


def _drawn(talk: Talk) -> str:
    return "".join(turn.html for turn in talk)


def build_page(service: Service) -> None:
    """Lay out the workspace on the page that is open."""
    import gradio as gr

    talk = gr.State((), time_to_live=KEPT_SECONDS)
    shown = gr.HTML("", elem_id="sp-reply", apply_default_css=False, js_on_load=None)
    with gr.Row(elem_id="sp-form", equal_height=False):
        question = gr.Textbox(
            label="Your question",
            info=NOT_FOR_REPORTS,
            lines=1,
            max_lines=8,
            scale=1,
            elem_id="sp-question",
            html_attributes=gr.InputHTMLAttributes(spellcheck=True, autocomplete="off"),
        )
        button = gr.Button("Ask", variant="primary", scale=0, elem_id="sp-ask")
    again = gr.Button("New conversation", variant="secondary", elem_id="sp-new")
    gr.HTML(welcome_as_html(EXAMPLES), elem_id="sp-start", apply_default_css=False, js_on_load=None)

    def show(text: str, before: Talk, request: gr.Request) -> Iterator[Shown]:
        user = request.username or PAGE
        yield from replies(Recorded(service.assistant, service.desk, user), text, before)

    # Gradio looks the class up among what the module imports, and here it is imported late.
    show.__annotations__["request"] = gr.Request
    asked = gr.on(
        [question.submit, button.click],
        show,
        [question, talk],
        [shown, question, talk],
        show_progress="hidden",
        concurrency_limit=AT_ONCE,
        api_name="ask",
        api_visibility="private",
    )
    # In the browser alone: where the server has no room, it has none for this either.
    fault = json.dumps(error_as_html(BROKEN))
    asked.failure(None, shown, shown, js=f"(html) => window.signpostFailed(html, {fault})")
    again.click(
        lambda: Shown("", "", ()),
        None,
        [shown, question, talk],
        show_progress="hidden",
        api_name="ask_anew",
        api_visibility="private",
    )
