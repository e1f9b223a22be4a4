"""Plots of a report as inline SVG; each stands beside a table with the same numbers.

They are drawn here, since no plotting library is among what Signpost is installed from: three small
forms do not pay for one. Colours come from the style sheet, so that they follow light and dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from ui.look.markup import escape

_WIDTH, _HEIGHT = 480, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 12, 48
_DASHES = ("", "7 4", "2 4", "10 3 2 3", "4 2", "1 3")
_POINTS = 160


def bar(value: float, low: float | None, high: float | None) -> str:
    """Return a share from 0 to 1 as a dot on a line, with its interval; hidden from screen readers.

    The numbers stand beside it.
    """
    reach = ""
    if low is not None and high is not None:
        reach = (
            f'<line class="rp-reach" x1="{100 * low:.1f}%" x2="{100 * high:.1f}%" y1="10" y2="10"/>'
        )
    return (
        '<svg class="rp-bar" aria-hidden="true" width="100%" height="20">'
        '<line class="rp-axis" x1="0%" x2="100%" y1="10" y2="10"/>'
        f'{reach}<circle class="rp-dot" cx="{100 * value:.1f}%" cy="10" r="5"/></svg>'
    )


def curves(
    lines: dict[str, Sequence[tuple[float, float]]],
    *,
    label: str,
    across: str = "Coverage: share of questions answered",
    up: str = "Risk",
) -> str:
    """Return lines over coverage, each told apart by its dashes and its name.

    Args:
        lines: points of coverage and risk by name, ascending in coverage, both from 0 to 1.
        label: what a screen reader says of the plot.
        across: name of the axis across.
        up: name of the axis up.
    """
    highest = max((risk for points in lines.values() for _, risk in points), default=0.0)
    # Four steps of whole hundredths.
    top = min(max(ceil(highest / 0.04) * 0.04, 0.04), 1.0)
    drawn = "".join(
        f'<path class="rp-line rp-line-{at % 3}" stroke-dasharray="{_DASHES[at % len(_DASHES)]}"'
        f' d="{_path(points, top)}"/>'
        for at, points in enumerate(lines.values())
    )
    marks = "".join(
        f"{_tick_across(share, f'{share:.0%}')}{_tick_up(share * top, top, f'{share * top:.2f}')}"
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    return _framed(marks + drawn, label, across=across, up=up)


def key(names: Sequence[str]) -> str:
    """Return what tells the lines of a plot apart: a piece of each, and its name."""
    items = "".join(
        f'<li><svg aria-hidden="true" width="40" height="10"><line class="rp-line rp-line-{at % 3}"'
        f' stroke-dasharray="{_DASHES[at % len(_DASHES)]}" x1="0" x2="40" y1="5" y2="5"/></svg>'
        f" {escape(name)}</li>"
        for at, name in enumerate(names)
    )
    return f'<ul class="rp-key">{items}</ul>'


def columns(
    counts: Sequence[int],
    names: Sequence[str],
    *,
    label: str,
    across: str,
    up: str = "Questions",
) -> str:
    """Return counts as columns, from left to right.

    Args:
        counts: one for each column.
        names: what stands under each.
        label: what a screen reader says of the plot.
        across: name of the axis across.
        up: name of the axis up.
    """
    top = max(counts, default=1) or 1
    wide = (_WIDTH - _LEFT - _RIGHT) / max(len(counts), 1)
    parts = []
    for at, (count, name) in enumerate(zip(counts, names, strict=True)):
        x, y = _LEFT + at * wide, _y(count, top)
        parts.append(
            f'<rect class="rp-column" x="{x + 2:.1f}" y="{y:.1f}" width="{wide - 4:.1f}"'
            f' height="{_HEIGHT - _BOTTOM - y:.1f}"/>'
            f'<text x="{x + wide / 2:.1f}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="middle">'
            f"{escape(name)}</text>"
        )
    marks = "".join(_tick_up(one, top, f"{one:.0f}") for one in (0, top / 2, top))
    return _framed(marks + "".join(parts), label, across=across, up=up)


def _framed(inside: str, label: str, *, across: str, up: str) -> str:
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    return (
        f'<svg class="rp-plot" role="img" aria-label="{escape(label)}"'
        f' viewBox="0 0 {_WIDTH} {_HEIGHT}">{inside}'
        f'<text x="{middle}" y="{_HEIGHT - 8}" text-anchor="middle">{escape(across)}</text>'
        f'<text x="14" y="{_HEIGHT / 2 - 20}" text-anchor="middle"'
        f' transform="rotate(-90 14 {_HEIGHT / 2 - 20})">{escape(up)}</text></svg>'
    )


def _path(points: Sequence[tuple[float, float]], top: float) -> str:
    step = max(len(points) // _POINTS, 1)
    kept = [*points[::step], *points[-1:]]
    return "M" + " L".join(f"{_x(one):.1f} {_y(risk, top):.1f}" for one, risk in kept)


def _tick_across(share: float, name: str) -> str:
    x = _x(share)
    return (
        f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="middle">{name}</text>'
        f'<line class="rp-grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}"/>'
    )


def _tick_up(value: float, top: float, name: str) -> str:
    y = _y(value, top)
    return (
        f'<line class="rp-grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{name}</text>'
    )


def _x(share: float) -> float:
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _BOTTOM - _TOP)
