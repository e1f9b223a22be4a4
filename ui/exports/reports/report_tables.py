"""Tables of a report: scores, families, safeguarding, latency, coverage, and a comparison."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from evals.comparing.compare import Change, Comparison, Said
from evals.comparing.paired import Difference
from evals.comparing.report import Covered
from evals.estimate import Estimate
from ui.look.markup import escape
from ui.look.plots import bar


def table(caption: str, head: Iterable[str], rows: Iterable[str], kind: str = "") -> str:
    """Return a table whose first column heads its rows; wide ones scroll inside their own box.

    Args:
        caption: what it shows.
        head: names of the columns, as text.
        rows: rows as HTML.
        kind: its class.
    """
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    anchor = "table-" + re.sub(r"\W+", "-", caption.lower())
    # No caption element: it would scroll away with a table that is wider than the page.
    return (
        f'<p class="rp-caption" id="{anchor}">{escape(caption)}</p>'
        f'<div class="rp-scroll" tabindex="0" role="region" aria-labelledby="{anchor}">'
        f'<table class="{kind}" aria-labelledby="{anchor}">'
        f"<thead><tr>{names}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def row(name: str, cells: Iterable[str]) -> str:
    """Return a row: its name as text, its cells as HTML with their own tags."""
    return f'<tr><th scope="row">{escape(name)}</th>{"".join(cells)}</tr>'


def cell(text: object, kind: str = "") -> str:
    """Return a cell that holds a text."""
    return (
        f'<td class="{kind}">{escape(str(text))}</td>' if kind else f"<td>{escape(str(text))}</td>"
    )


def estimates(caption: str, found: Mapping[str, Estimate]) -> str:
    """Return shares with their intervals, drawn and in figures; what is no share is left out."""
    rows = (
        row(
            name,
            (
                f'<td class="rp-drawn">{bar(one.value, one.low, one.high)}</td>',
                cell(f"{one.value:.3f}"),
                cell(interval(one)),
                cell(one.n),
                cell(one.unscored),
            ),
        )
        for name, one in found.items()
        if one.value is not None and is_share(name)
    )
    head = ("Metric", "0 to 1", "Value", "95 % interval", "n", "Unscored")
    return table(caption, head, rows, "rp-scores")


def is_share(name: str) -> bool:
    """Return whether a metric runs from 0 to 1; the others carry their unit in brackets."""
    return not name.endswith("(ms)")


def interval(one: Estimate) -> str:
    """Return an interval in figures; empty where there is none."""
    return "" if one.low is None else f"{one.low:.3f} to {one.high:.3f}"


def confusion(counts: Mapping[str, Mapping[str, int]], names: Mapping[str, str]) -> str:
    """Return safeguarding cases by gold and as given; what is right is framed, not only shaded."""
    letters = sorted({*counts, *(given for row_of in counts.values() for given in row_of)})
    rows = []
    for gold in letters:
        own = counts.get(gold, {})
        whole = sum(own.values())
        cells = [
            shaded(own.get(given, 0), whole, "rp-right" if given == gold else "")
            for given in letters
        ]
        rows.append(row(f"{gold} {names.get(gold, '')}", [*cells, cell(whole)]))
    return table(
        "Safeguarding: the case by gold (rows) and as replied to (columns)",
        ("By gold", *letters, "All"),
        rows,
        "rp-matrix",
    )


def shaded(count: int, whole: int, kind: str = "") -> str:
    """Return a cell with a count, the darker the greater its share of the whole."""
    share = round(100 * count / whole) if whole else 0
    depth = f' style="--share: {share}%"' if count else ""
    return f'<td class="rp-shade {kind}"{depth}>{count or ""}</td>'


def coverage(kind: str, covered: Sequence[Covered]) -> str:
    """Return how often each item of a kind is asked for and cited, as a heatmap."""
    tops = [max(column) for column in zip(*map(_counts, covered), strict=True)]
    rows = []
    group = ""
    for one in covered:
        if one.group and one.group != group:
            group = one.group
            rows.append(f'<tr><th scope="rowgroup" colspan="5">{escape(group)}</th></tr>')
        cells = (_heat(value, top) for value, top in zip(_counts(one), tops, strict=True))
        name = f"{one.id.rpartition(':')[2]} {one.title}" if one.group else one.title
        rows.append(row(name, cells))
    head = (kind.capitalize(), "Asked", "Right", "Answers citing", "Citations")
    return table(f"Cases and citations, by {kind}", head, rows, "rp-heat")


def _counts(one: Covered) -> tuple[int, int, int, int]:
    return one.asked, one.right, one.citing, one.citations


def _heat(value: int, top: int) -> str:
    if not value:
        return '<td class="rp-shade rp-none">0</td>'
    return f'<td class="rp-shade" style="--share: {round(100 * value / top)}%">{value}</td>'


def differences(caption: str, found: Mapping[str, Difference]) -> str:
    """Return differences between two runs with their intervals and tests."""
    rows = (
        row(
            name,
            (
                cell(one.n),
                cell(f"{one.before:.3f}"),
                cell(f"{one.after:.3f}"),
                cell(f"{one.change:+.3f}", "rp-fell" if (one.change or 0) < 0 else ""),
                cell(f"{one.low:+.3f} to {one.high:+.3f}"),
                cell(f"{one.p:.2g}"),
                cell("" if one.detectable is None else f"{one.detectable:.3f}"),
            ),
        )
        for name, one in found.items()
        if one.n
    )
    head = ("Measure", "n", "Before", "After", "Change", "95 % interval", "p", "Detectable")
    return table(caption, head, rows)


def changes(title: str, found: Sequence[Change]) -> str:
    """Return cases that changed, each with both answers side by side."""
    shown = [_change(one) for one in found if one.before and one.after]
    unseen = len(found) - len(shown)
    also = f"<p>{unseen} more are held out and not shown.</p>" if unseen else ""
    return f"<h3>{escape(title)}: {len(found)}</h3>{''.join(shown)}{also}"


def _change(one: Change) -> str:
    moved = "; ".join(
        f"{verb} {', '.join(names)}"
        for verb, names in (("lost", one.lost), ("gained", one.gained))
        if names
    )
    sides = "".join(
        _said(name, said) for name, said in (("Before", one.before), ("After", one.after)) if said
    )
    return (
        f'<details class="rp-change"><summary>{escape(one.id)} <span>{escape(one.family)}: '
        f'{escape(moved)}</span></summary><div class="rp-sides">{sides}</div></details>'
    )


def _said(name: str, said: Said) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in said.text.split("\n") if line.strip())
    return f"<div><h4>{name}: {escape(said.status)}</h4>{lines}</div>"


def compared(found: Comparison) -> str:
    """Return a comparison as a whole."""
    only = "".join(
        f"<p>{escape(title)}: {escape(', '.join(names))}</p>"
        for title, names in (
            ("Only in the other run", found.only_before),
            ("Only in this run", found.only_after),
            ("Edited between, not compared", found.edited),
        )
        if names
    )
    return (
        f"<p>{found.cases} cases in both: {len(found.broken)} broken, {len(found.fixed)} fixed, "
        f"{found.unchanged} unchanged. Before: {escape(found.before)}. After: "
        f"{escape(found.after)}.</p>{only}"
        f"{differences('This run beside the other, by measure', found.measures)}"
        f"{differences('Right, by family', found.families)}"
        "<p>Detectable is the smallest fall that so many cases show with a chance of 80 %.</p>"
        f"{changes('Broken', found.broken)}{changes('Fixed', found.fixed)}"
    )
