"""The coverage of a framework as a heatmap, by Plotly, in the colours of the page."""

from __future__ import annotations

import json

from ui.look.templates import escape
from ui.look.theme import FONTS, shades
from ui.pages.framework.framework_coverage import Coverage, label_of
from ui.words.catalogue import say

WIDE = 700
"""Width of a window in px from which rows carry their titles."""

ROW_PX = 24
"""Height of a row."""

STRONGEST = 0.45
"""How far the darkest cell goes from the page's colour to the accent; words stay readable on it."""


def heatmap(coverage: Coverage, *, dark: bool, width: float) -> str:
    """Return the figure as JSON for Plotly's script.

    Args:
        coverage: what is shown.
        dark: whether the page is.
        width: of the window, in px.
    """
    from plotly.graph_objects import Figure, Heatmap

    colour = shades(dark=dark)
    wide = width >= WIDE
    strongest = _between(colour["page"], colour["accent"], STRONGEST)
    # Lists, not arrays: a figure says them as they are, and not as packed bytes.
    counts = [list(row.counts) for row in coverage.rows]
    figure = Figure(
        Heatmap(
            z=counts,
            x=list(coverage.columns),
            y=[escape(label_of(row, wide=wide)) for row in coverage.rows],
            # An empty cell is told by its sign as well, and not by its colour alone.
            text=[[str(one) if one else "\N{EN DASH}" for one in row] for row in counts],
            texttemplate="%{text}",
            textfont={"size": 14, "color": colour["text"]},
            customdata=[[escape(row.name)] * len(row.counts) for row in coverage.rows],
            hovertemplate=say("framework.hover"),
            colorscale=[[0, colour["page"]], [1, strongest]],
            zmin=0,
            # Columns as a whole have many more notes than what stands in them, and would pale it.
            zmax=max((row.counts[0] for row in coverage.rows if row.item.parent), default=None),
            xgap=2,
            ygap=2,
            showscale=False,
        )
    )
    axis = {"fixedrange": True, "showgrid": False, "zeroline": False, "ticks": "", "title": None}
    figure.update_layout(
        height=ROW_PX * len(coverage.rows) + 150,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        font={"family": ", ".join(FONTS), "size": 14, "color": colour["text"]},
        paper_bgcolor=colour["page"],
        plot_bgcolor=colour["line"],
        dragmode=False,
        hoverlabel={"bgcolor": colour["raised"], "font": {"color": colour["text"], "size": 14}},
        xaxis={**axis, "side": "top", "automargin": True, "tickangle": -35 if wide else -90},
        yaxis={**axis, "autorange": "reversed", "automargin": True},
        template="none",
    )
    # Gradio hands this on to Plotly; without it a bar with a link to Plotly's site would appear.
    config = {"displayModeBar": False, "displaylogo": False, "showLink": False, "showTips": False}
    return json.dumps({**json.loads(figure.to_json()), "config": config})


def _between(start: str, end: str, share: float) -> str:
    """Return the colour at a share of the way between two.

    >>> _between("#000000", "#ffffff", 0.5)
    '#808080'
    """
    pairs = zip(_channels(start), _channels(end), strict=True)
    return "#" + "".join(f"{round(one + (other - one) * share):02x}" for one, other in pairs)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))
