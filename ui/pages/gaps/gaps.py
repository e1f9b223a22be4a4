"""The Gaps workspace: a plan is chosen, held against the framework, judged anew and taken along.

The server keeps no plan: the page holds the file and the officer's judgements, and sends both each
time. What was analysed last is kept in memory, so that a judgement costs no second reading.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup
from pydantic import TypeAdapter, ValidationError

from assistant.errors import GapError
from assistant.gaps import findings
from assistant.gaps.findings import Gaps, Ruling
from ui.exports.gap_document import ENDINGS
from ui.look.templates import render
from ui.pages.framework.framework import shipped
from ui.words.phrases import say

if TYPE_CHECKING:
    from assistant.gaps.analysis import Analyst
    from assistant.settings import Settings

PATH, KINDS = "/gaps", ".pdf,.docx,.html,.htm,.md,.txt"
"""Where it is, and endings of files that may be chosen."""

KEPT = 8
"""Analyses that are kept in memory, the latest ones."""

SIGNS: dict[findings.Judgement, str] = {"addressed": "●", "touched_on": "◐", "not_found": "○"}
"""What tells a judgement where there is no room for words, and not by colour alone."""

_RULINGS = TypeAdapter(dict[str, Ruling])


class Upload(NamedTuple):
    """A file as it was sent, under the name that its sender gives it."""

    name: str
    data: bytes


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
        from corpus.readers.page import read_plan_sentences, shipped_framework

        whole = shipped()
        rows = read_plan_sentences(shipped_framework(), whole.framework.item_by_id)
        return Analyst.open(self._settings, whole, rows)

    def of(self, *files: Upload) -> Gaps:
        """Return the analysis of a plan, and an edition before it, or raise `SignpostError`."""
        from corpus.readers.documents import read_content
        from corpus.readers.documents.sandbox import bare_name

        key = tuple(f"{one.name} {hashlib.sha256(one.data).hexdigest()}" for one in files)
        # One at a time: each takes all cores.
        with self._lock:
            if key not in self._made:
                plans = [read_content(one.data, bare_name(one.name)) for one in files]
                self._made[key] = self._analyst.analyse(*plans)
            self._made.move_to_end(key)
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
            return self._made[key]


def judged(sent: Mapping[str, str], earlier: Upload | None) -> dict[str, Ruling]:
    """Return what the officer judges, by item, from before on; `GapError` without a reason."""
    do, _, item = sent.get("do", "analyse").partition(" ")
    if do == "analyse":
        return findings.rulings_from(earlier.data, earlier.name) if earlier else {}
    try:
        rulings = _RULINGS.validate_json(sent.get("ruled") or "{}")
        if do == "undo":
            rulings.pop(item, None)
        elif do == "keep":
            judgement, reason = (sent.get(f"{name} {item}", "") for name in Ruling.model_fields)
            given = {"judgement": judgement, "reason": reason.strip()}
            rulings[item] = Ruling.model_validate(given)
    except ValidationError:
        raise GapError(say("gaps.no_reason", most=findings.LONGEST_REASON)) from None
    return rulings


def view(gaps: Gaps | None = None, *, is_new: bool = False) -> Markup:
    """Return the workspace: the form, and an analysis, which if new is read from its beginning."""
    ruled = {one.item_id: one.officer for one in gaps.findings if one.officer} if gaps else {}
    return render(
        "gaps",
        gaps=gaps,
        is_new=is_new,
        kinds=KINDS,
        judgements=findings.JUDGEMENTS,
        signs=SIGNS,
        forms=ENDINGS.values(),
        longest=findings.LONGEST_REASON,
        ruled=_RULINGS.dump_json(ruled).decode(),
    )
