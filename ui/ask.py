"""The Ask workspace: a question, its answer, and the passages it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from assistant.answer import Answer, Question
from assistant.errors import SignpostError
from corpus.passage import Corpus
from ui.render import answer_as_html, error_as_html, loading_as_html, welcome_as_html

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


def reply(assistant: Asks, text: str) -> str:
    """Return the answer to `text` as HTML, or the sentence of what is wrong with it."""
    try:
        answer = assistant.ask(Question(text=text))
        return answer_as_html(answer, assistant.corpus)
    except SignpostError as error:
        return error_as_html(str(error))


def replies(assistant: Asks, text: str) -> Iterator[str]:
    """Yield what stands in the place of the answer: first that it is on its way, then itself."""
    yield loading_as_html()
    yield reply(assistant, text)


def build_tab(assistant: Asks) -> None:
    """Lay out the workspace inside the tab that is open."""
    import gradio as gr

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
    answer = gr.HTML(
        welcome_as_html(EXAMPLES), elem_id="sp-reply", apply_default_css=False, js_on_load=None
    )

    def show(text: str) -> Iterator[str]:
        yield from replies(assistant, text)

    asked = gr.on(
        [question.submit, button.click],
        show,
        question,
        answer,
        show_progress="hidden",
        concurrency_limit=AT_ONCE,
        api_visibility="private",
    )
    asked.failure(lambda: error_as_html(BROKEN), None, answer, api_visibility="private")
