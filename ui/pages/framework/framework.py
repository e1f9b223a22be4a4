"""The Framework workspace: the whole page as one picture, each item with what is known of it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache

from corpus.passage import Corpus
from corpus.readers.page import shipped_framework, source_lines
from corpus.whole import Whole
from ui.look.templates import escape
from ui.pages.framework.framework_coverage import Coverage, coverage_as_html, table_as_html
from ui.pages.framework.framework_detail import details_as_html, panel_as_html
from ui.pages.framework.framework_notes import Page
from ui.pages.framework.framework_picture import head_as_html, picture_as_html
from ui.pages.framework.framework_plot import heatmap
from ui.pages.framework.framework_search import sought_terms, terms_as_html
from ui.service.workspaces import Service
from ui.words.catalogue import say


@cache
def shipped() -> tuple[Whole, tuple[str, ...]]:
    """Return the corpus that ships, and the lines of the framework's source."""
    return Whole.read(), source_lines(shipped_framework())


def workspace_as_html(whole: Whole, lines: tuple[str, ...], today: date) -> str:
    """Return the picture, the box to search it, and all details, which stay undrawn until asked.

    Args:
        whole: framework, notes and glossary.
        lines: the framework's source text.
        today: the day as of which a note may be past its review.
    """
    framework = whole.framework
    page = Page(framework=framework, lines=lines, notes=whole.notes, today=today)
    return (
        '<div id="sp-framework" class="sp-framework">'
        f"{head_as_html(framework)}"
        f'<p id="sp-framework-term" class="sp-framework-told" hidden></p>'
        f"{_nothing()}"
        f'<div class="sp-framework-stage">{picture_as_html(framework)}{panel_as_html(framework)}'
        f"</div>{details_as_html(page)}"
        f"{terms_as_html(sought_terms(framework, whole.glossary))}</div>"
    )


def absent_as_html() -> str:
    """Return what stands on the page of an installation that answers from other texts."""
    return f'<div class="sp-state"><p>{escape(say("framework.absent"))}</p></div>'


def drawing_as_html() -> str:
    """Return what stands there until the heatmap does."""
    return f'<p class="sp-framework-told" role="status">{escape(say("framework.drawing"))}</p>'


def undrawn_as_html() -> str:
    """Return what stands in the place of a heatmap that could not be drawn."""
    return f'<p class="sp-framework-told" role="alert">{escape(say("framework.undrawn"))}</p>'


def is_served(whole: Whole, corpus: Corpus) -> bool:
    """Tell whether an assistant answers from the framework that would be drawn."""
    return whole.framework.source.id in corpus.source_by_id


def build_page(service: Service) -> None:
    """Lay out the workspace on the page that is open."""
    import gradio as gr
    from gradio.components.plot import PlotData

    whole, lines = shipped()
    if not is_served(whole, service.assistant.corpus):
        gr.HTML(absent_as_html(), apply_default_css=False, js_on_load=None)
        return
    gr.HTML(workspace_as_html(whole, lines, _today()), apply_default_css=False, js_on_load=None)
    # What the browser tells of itself, so that the heatmap is drawn in its colours and its width.
    dark = gr.Checkbox(visible=False)
    width = gr.Number(visible=False)
    heading = say("framework.coverage")
    with gr.Accordion(heading, open=False, elem_id="sp-framework-coverage") as part:
        told = gr.HTML(_told(whole), apply_default_css=False, js_on_load=None)
        plot = gr.Plot(show_label=False, container=False, buttons=[], elem_id="sp-framework-plot")
        state = gr.HTML(drawing_as_html(), apply_default_css=False, js_on_load=None)
        table = gr.HTML(_table(whole), apply_default_css=False, js_on_load=None)

    def draw(dark: bool, width: float) -> tuple[str, PlotData, str, str]:
        figure = heatmap(_coverage(whole), dark=dark, width=width)
        return _told(whole), PlotData(type="plotly", plot=figure), "", _table(whole)

    drawn = part.expand(
        draw,
        [dark, width],
        [told, plot, state, table],
        js="() => [document.body.classList.contains('dark'), innerWidth]",
        show_progress="hidden",
        api_name="framework_coverage",
        api_visibility="private",
    )
    # In the browser alone: where the server draws nothing, it has nothing to say either.
    drawn.failure(None, None, state, js=f"() => {json.dumps(undrawn_as_html())}")


def _coverage(whole: Whole) -> Coverage:
    return Coverage.of(whole.framework, whole.notes, _today())


def _told(whole: Whole) -> str:
    return coverage_as_html(_coverage(whole), whole.framework)


def _table(whole: Whole) -> str:
    return table_as_html(_coverage(whole))


def _nothing() -> str:
    ask = f'<a href="/">{escape(say("framework.ask_instead"))}</a>'
    said = escape(say("framework.nothing"))
    return (
        '<p id="sp-framework-nothing" class="sp-framework-told" hidden>'
        f"{said} <strong></strong>. {escape(say('framework.nothing_hint'))} {ask}</p>"
    )


def _today() -> date:
    return datetime.now(UTC).date()
