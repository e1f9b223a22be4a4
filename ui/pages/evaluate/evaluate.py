"""The Evaluate workspace: a place that its script fills with the view that the address names."""

from __future__ import annotations

from ui.service.workspaces import Service
from ui.words.catalogue import say

PLACE = """<div id="sp-evaluate" class="sp-evaluate" aria-busy="true">
<div class="sp-evaluate-state" hidden></div>
<div class="sp-evaluate-view"><p>{loading}</p></div>
</div>"""


def build_page(service: Service) -> None:
    """Lay out the workspace on the page that is open."""
    import gradio as gr

    gr.HTML(PLACE.format(loading=say("evaluate.loading")), apply_default_css=False, js_on_load=None)
