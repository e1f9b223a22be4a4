"""The Prepare workspace: a training session is asked for, shown, changed and taken along.

The server keeps nothing: the browser holds the request and the edits, and the session is made from
them anew each time.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from assistant.errors import SignpostError
from ui.look.templates import escape
from ui.pages.prepare.prepare_form import form_as_html
from ui.pages.prepare.prepare_plan import derive, shipped
from ui.pages.prepare.prepare_view import reply_as_html, session_as_html, told_as_html
from ui.words.catalogue import say

if TYPE_CHECKING:
    from ui.service.seams import Serves
    from ui.service.workspaces import Service

_LOST = '<p id="sp-prepare-lost" class="sp-prepare-said" role="alert" hidden></p>'
"""Stands where the page says that the server cannot be reached."""

AT_ONCE = 2
"""Sessions that are made at the same time; the others wait in the queue."""


class Shown(NamedTuple):
    """What stands on the page."""

    told: str
    """What stands under the form: nothing, why there is no session, or a reviewed reply."""

    session: str | None
    """The session; none to leave what is there."""


def show(assistant: Serves, plan: str) -> Shown:
    """Make the session of a plan, or say in a sentence what is wrong with it."""
    try:
        derived = derive(assistant, plan, datetime.now(UTC).date())
    except SignpostError as error:
        return Shown(told_as_html(str(error)), None)
    if derived.edited is None:
        return Shown(reply_as_html(derived), None)
    return Shown("", session_as_html(derived, derived.edited, shipped().corpus))


def build_page(service: Service) -> None:
    """Lay out the workspace on the page that is open."""
    import gradio as gr

    plan = gr.Textbox(visible=False)
    gr.HTML(form_as_html(shipped()), apply_default_css=False, js_on_load=None)
    busy = f'<p id="sp-prepare-busy" hidden>{escape(say("prepare.making"))}</p>' + _LOST
    gr.HTML(busy, apply_default_css=False, js_on_load=None)
    told = gr.HTML("", elem_id="sp-prepare-told", apply_default_css=False, js_on_load=None)
    shown = gr.HTML("", elem_id="sp-prepare-shown", apply_default_css=False, js_on_load=None)
    go = gr.Button(say("prepare.make"), visible="hidden", elem_id="sp-prepare-go")

    def prepare(text: str | None) -> tuple[object, object]:
        made = show(service.assistant, text or "")
        return made.told, gr.skip() if made.session is None else made.session

    sent = go.click(
        prepare,
        plan,
        [told, shown],
        js="() => [window.signpostPrepare.sent()]",
        show_progress="hidden",
        # The page sends one at a time, and again where the server could not be reached.
        trigger_mode="multiple",
        concurrency_limit=AT_ONCE,
        api_name="prepare",
        api_visibility="private",
    )
    # In the browser alone: where the server has no room, it has none for this either.
    fault = json.dumps(told_as_html(say("prepare.broken")))
    sent.failure(None, told, told, js=f"(html) => window.signpostPrepare.failed(html, {fault})")
