"""Two runs beside one another: what broke, what was fixed, and whether it is more than chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from evals.comparing.compare import Change, Comparison
from evals.comparing.paired import Difference
from evals.metrics.measures import LESS_IS_BETTER
from ui.look.markup import escape
from ui.pages.evaluate.evaluate_markup import (
    cell,
    choose,
    go,
    heading,
    page_of,
    pager,
    row,
    table,
    told,
)
from ui.pages.evaluate.evaluate_query import Query, Verdict
from ui.words.catalogue import say

FEW = 0.05
"""Chance from which on a difference is not called more than chance."""


def chooser_as_html(names: Sequence[str], query: Query) -> str:
    """Return the form by which two runs are chosen; `names` are those that were scored."""
    options = {"": say("evaluate.choose_run")} | {name: name for name in names}
    fields = (
        choose("against", say("evaluate.before_run"), options, query.against, more=" required"),
        choose("run", say("evaluate.after_run"), options, query.run, more=" required"),
    )
    few = told(say("evaluate.needs_two")) if len(names) < 2 else ""
    return (
        f'{few}<form data-go="{Query(show="compare").address()}" class="sp-evaluate-filter">'
        f'<div class="sp-evaluate-row">{"".join(fields)}</div>'
        f"<button>{say('evaluate.compare')}</button></form>"
    )


def alone_as_html(names: Sequence[str], query: Query) -> str:
    """Return the view where no two runs are chosen yet."""
    return heading(
        say("evaluate.compare_two"), aside=escape(say("evaluate.compare_about"))
    ) + chooser_as_html(names, query)


def comparison_as_html(
    found: Comparison, names: Sequence[str], query: Query, questions: Mapping[str, str]
) -> str:
    """Return the comparison of two runs: counts, measures, families, and what changed.

    Args:
        found: the comparison.
        names: runs to choose from.
        query: the two runs, which changes are listed, and the page.
        questions: of the cases, by id.
    """
    return (
        f"{chooser_as_html(names, query)}{_counts(found, query)}{_left_out(found)}"
        f"{_changes(found, query, questions)}"
        f"{_differences(say('evaluate.by_measure'), found.measures, opened=True)}"
        f"{_differences(say('evaluate.by_family'), found.families, opened=False)}"
        f'<p class="sp-evaluate-aside">{escape(say("evaluate.detectable_about"))}</p>'
    )


def _counts(found: Comparison, query: Query) -> str:
    counts = {
        "broken": len(found.broken),
        "fixed": len(found.fixed),
        "unchanged": found.cases - len(found.broken) - len(found.fixed),
    }
    items = "".join(
        f"<li><span>{say(f'evaluate.{name}')}</span><strong>{count:,}</strong></li>"
        for name, count in counts.items()
    )
    one = found.measures["right"]
    sentence = ""
    if one.change is not None and one.p is not None and one.low is not None:
        key = "evaluate.more_than_chance" if one.p < FEW else "evaluate.not_more_than_chance"
        sentence = say(
            key,
            before=f"{one.before:.3f}",
            after=f"{one.after:.3f}",
            low=f"{one.low:+.3f}",
            high=f"{one.high:+.3f}",
            p=f"{one.p:.2g}",
        )
    whole = say("evaluate.both_have", n=found.cases, before=query.against, after=query.run)
    return (
        f'<p>{escape(whole)}</p><ul class="sp-evaluate-first">{items}</ul><p>{escape(sentence)}</p>'
    )


def _left_out(found: Comparison) -> str:
    parts = (
        ("only_before", found.only_before),
        ("only_after", found.only_after),
        ("edited", found.edited),
    )
    return "".join(
        f'<p class="sp-evaluate-small">{escape(say(f"evaluate.{name}", n=len(ids)))}</p>'
        for name, ids in parts
        if ids
    )


def _changes(found: Comparison, query: Query, questions: Mapping[str, str]) -> str:
    wanted: Verdict = "fixed" if query.verdict == "fixed" else "broken"
    every = found.fixed if wanted == "fixed" else found.broken
    shown = [one for one in every if query.held or not one.held_out]
    held = len(every) - len(shown)
    start, end = page_of(shown, query)
    items = "".join(_change(one, query, questions.get(one.id, one.id)) for one in shown[start:end])
    listed = f'<ul class="sp-evaluate-cases">{items}</ul>' if items else ""
    none = "" if every else told(say(f"evaluate.none_{wanted}"))
    also = told(say("evaluate.changes_held", n=held)) if held else ""
    names: tuple[Verdict, ...] = ("broken", "fixed")
    ways = "".join(f"<li>{_way(query, name, current=name == wanted)}</li>" for name in names)
    title = say("evaluate.changed")
    return (
        f"<h3>{title}</h3>"
        f'<nav class="sp-evaluate-tabs" aria-label="{title}"><ul>{ways}</ul></nav>'
        f"{none}{also}{_held(found, query)}{listed}{pager(query, len(shown))}"
    )


def _way(query: Query, name: Verdict, *, current: bool) -> str:
    listed = query.model_copy(update={"verdict": name, "page": 1})
    return go(listed, say(f"evaluate.{name}"), current=current)


def _held(found: Comparison, query: Query) -> str:
    if query.held or not any(one.held_out for one in found.changes):
        return ""
    again = query.model_copy(update={"held": True})
    return (
        f'<form class="sp-evaluate-held" data-go="{escape(again.address())}"><label>'
        f'<input type="checkbox" required> {escape(say("evaluate.sure"))}</label> '
        f"<button>{say('evaluate.show_held')}</button></form>"
    )


def _change(one: Change, query: Query, question: str) -> str:
    opened = query.model_copy(update={"show": "compare", "case": one.id})
    moved = "; ".join(_moved(one))
    return (
        f'<li><span class="sp-evaluate-mark">'
        f"{say('evaluate.fixed' if one.is_right else 'evaluate.broken')}</span>"
        f"<span>{go(opened, question)}"
        f'<span class="sp-evaluate-small">{escape(f"{one.id}, {one.family}: {moved}")}</span>'
        "</span></li>"
    )


def _moved(one: Change) -> Iterator[str]:
    if one.lost:
        yield say("evaluate.lost", measures=", ".join(one.lost))
    if one.gained:
        yield say("evaluate.gained", measures=", ".join(one.gained))


def _differences(title: str, found: Mapping[str, Difference], *, opened: bool) -> str:
    head = tuple(
        say(f"evaluate.{name}")
        for name in (
            "measure",
            "n",
            "before",
            "after",
            "change",
            "interval",
            "p",
            "test",
            "detectable",
        )
    )
    rows = (row(escape(name), _cells(name, one)) for name, one in found.items() if one.n)
    is_open = " open" if opened else ""
    return (
        f'<details class="sp-evaluate-group"{is_open}><summary>{escape(title)}</summary>'
        f"{table(title, head, rows, 'sp-evaluate-differences')}</details>"
    )


def _cells(name: str, one: Difference) -> Iterator[str]:
    change = one.change or 0.0
    worse = change > 0 if name in LESS_IS_BETTER else change < 0
    sure = one.p is not None and one.p < FEW
    kind = ("sp-evaluate-fell" if worse else "sp-evaluate-rose") if sure and change else ""
    yield cell(one.n)
    yield cell(f"{one.before:.3f}")
    yield cell(f"{one.after:.3f}")
    yield cell(f"{change:+.3f}", kind)
    yield cell(
        ""
        if one.low is None
        else say("evaluate.from_to", low=f"{one.low:+.3f}", high=f"{one.high:+.3f}")
    )
    yield cell("" if one.p is None else f"{one.p:.2g}")
    yield cell(say(f"evaluate.test_{one.test}"))
    yield cell("" if one.detectable is None else f"{one.detectable:.3f}")
