"""The Gaps workspace: a plan is chosen, held against the framework, judged anew and taken along.

The server keeps no plan: the browser holds the file and the officer's judgements, and sends both
each time. What was analysed last is kept in memory, so that a judgement costs no second reading.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from ui.look.templates import escape
from ui.pages.framework.framework import is_served, shipped
from ui.words.catalogue import say

if TYPE_CHECKING:
    from assistant.gaps.analysis import Analyst
    from assistant.gaps.findings import Gaps
    from assistant.settings import Settings
    from ui.service.workspaces import Service

KEPT = 8
"""Analyses that are kept in memory, the latest ones."""

KINDS = ".pdf,.docx,.html,.htm,.md,.txt"
"""Endings of files that may be chosen."""


class Upload(NamedTuple):
    """A file as it was sent."""

    name: str
    """What the sender calls it."""

    data: bytes
    """What stands in it."""


class Analyses:
    """Analyses of the plans that were sent last."""

    def __init__(self, settings: Settings) -> None:
        """Keep the settings; the models are loaded with the first plan."""
        self._settings = settings
        self._lock = Lock()
        self._made: OrderedDict[tuple[str, ...], Gaps] = OrderedDict()

    @cached_property
    def _analyst(self) -> Analyst:
        from assistant.gaps.analysis import Analyst
        from corpus.readers.plan_sentences import read_plan_sentences, shipped_plan_sentences

        whole = shipped()[0]
        rows = read_plan_sentences(shipped_plan_sentences(), whole.framework.item_by_id)
        return Analyst.open(self._settings, whole, rows)

    def of(self, plan: Upload, earlier: Upload | None = None) -> Gaps:
        """Return the analysis of a plan, made now unless it was among the last.

        Raises:
            SignpostError: a file cannot be read, or the models cannot be used.
        """
        files = [one for one in (plan, earlier) if one]
        key = tuple(f"{one.name} {hashlib.sha256(one.data).hexdigest()}" for one in files)
        # One at a time: each takes all cores.
        with self._lock:
            if key not in self._made:
                self._made[key] = self._analyse(files)
            self._made.move_to_end(key)
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
            return self._made[key]

    def _analyse(self, files: list[Upload]) -> Gaps:
        from corpus.readers.documents import read_content
        from corpus.readers.documents.sandbox import bare_name

        plans = [read_content(one.data, bare_name(one.name)) for one in files]
        return self._analyst.analyse(*plans)


def build_page(service: Service) -> None:
    """Lay out the workspace on the page that is open."""
    import gradio as gr

    there = is_served(service.assistant.corpus)
    html = form_as_html() if there else f'<p class="sp-state">{escape(say("framework.absent"))}</p>'
    gr.HTML(html, apply_default_css=False, js_on_load=None)


def form_as_html() -> str:
    """Return what a plan is chosen with, and the place of its analysis."""
    fields = "".join(
        f'<label class="sp-gaps-field">{escape(say(f"gaps.{name}"))}'
        f'<span class="sp-gaps-hint">{escape(say(f"gaps.{name}_hint"))}</span>'
        f'<input type="file" name="{name}" accept="{kinds}"{" required" if name == "plan" else ""}>'
        "</label>"
        for name, kinds in (("plan", KINDS), ("earlier", KINDS), ("rulings", ".json"))
    )
    return (
        f'<div id="sp-gaps"><h2>{escape(say("gaps.title"))}</h2>'
        f'<p class="sp-gaps-lead">{escape(say("gaps.lead"))}</p>'
        f'<form id="sp-gaps-form">{fields}'
        f'<button type="submit" class="sp-gaps-primary">{escape(say("gaps.analyse"))}</button>'
        '</form><p id="sp-gaps-said" role="status"></p><div id="sp-gaps-shown"></div></div>'
    )
