"""Notes by item: counts, sentences, table and heatmap."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest

from tests.harbour import HARBOUR, harbour_whole, walkways
from ui.look.theme import shades
from ui.pages.framework.framework import absent_as_html, shipped, undrawn_as_html
from ui.pages.framework.framework_coverage import (
    SOON_DAYS,
    Coverage,
    coverage_as_html,
    label_of,
    table_as_html,
)
from ui.pages.framework.framework_plot import WIDE, heatmap

WHOLE, _ = shipped()
TODAY = date(2026, 11, 25)
ALL = Coverage.of(WHOLE.framework, WHOLE.notes, TODAY)
QUAY = Coverage.of(HARBOUR.framework, HARBOUR.notes, TODAY)


def counts(coverage, item_id):
    row = next(one for one in coverage.rows if one.item.id == item_id)
    return dict(zip(coverage.columns, row.counts, strict=True))


def test_every_capability_has_its_row_and_its_notes_are_counted():
    ids = {row.item.id for row in ALL.rows}
    assert {one.id for one in WHOLE.framework.of_kind("capability")} <= ids
    assert not ids & {one.id for one in WHOLE.framework.of_kind("outcome")}
    for row in ALL.rows:
        named = [
            one
            for one in WHOLE.notes
            if row.item.id in (*one.front.capabilities, *one.front.pillars)
        ]
        assert row.counts[0] == len(named)
        assert counts(ALL, row.item.id)["For officers"] == sum(
            "officer" in one.front.audiences for one in named
        )


@pytest.mark.parametrize(
    ("review_by", "soon", "past"),
    [
        (TODAY - timedelta(days=1), 0, 1),
        (TODAY, 1, 0),
        (TODAY + timedelta(days=SOON_DAYS), 1, 0),
        (TODAY + timedelta(days=SOON_DAYS + 1), 0, 0),
    ],
)
def test_a_note_is_due_for_half_a_year_and_then_past(review_by, soon, past):
    whole = harbour_whole(walkways(review_by=review_by))
    row = counts(Coverage.of(whole.framework, whole.notes, TODAY), "harbour:A1")
    assert (row["Review in 6 months"], row["Past review"]) == (soon, past)


def test_what_has_no_note_is_named():
    assert {row.item.id for row in QUAY.bare} >= {"harbour:A2", "harbour:A3"}
    said = coverage_as_html(QUAY, HARBOUR.framework)
    assert "Action 2: " in said
    assert 'item=harbour:A1"' not in said


def test_where_everything_has_a_note_the_fewest_are_named():
    said = coverage_as_html(ALL, WHOLE.framework)
    assert "6 pillars, 26 capabilities and 1 strip" in said
    assert "Capability 17: " in said


def test_the_table_has_the_numbers_of_the_heatmap():
    figure = json.loads(heatmap(ALL, dark=False, width=1440))
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", table_as_html(ALL))
    table = [[int(one) for one in re.findall(r"<td>(\d+)</td>", row)] for row in rows]
    assert figure["data"][0]["z"] == table
    assert figure["data"][0]["x"] == list(ALL.columns)
    assert table_as_html(ALL).count('scope="col"') == len(ALL.columns) + 1


def test_the_heatmap_shows_its_counts_and_leads_nowhere():
    figure = json.loads(heatmap(ALL, dark=False, width=1440))
    assert figure["config"]["displayModeBar"] is False
    assert figure["config"]["displaylogo"] is False
    (trace,) = figure["data"]
    assert trace["text"][0][0] == str(trace["z"][0][0])
    assert {one for row in trace["text"] for one in row} >= {"\u2013"}
    assert "http" not in json.dumps(figure)


@pytest.mark.parametrize("dark", [True, False])
def test_the_heatmap_wears_the_colours_of_the_page(dark):
    figure = json.loads(heatmap(ALL, dark=dark, width=1440))
    colour = shades(dark=dark)
    assert figure["layout"]["paper_bgcolor"] == colour["page"]
    assert figure["layout"]["font"]["color"] == colour["text"]
    lowest, highest = figure["data"][0]["colorscale"]
    assert lowest[1] == colour["page"]
    assert contrast(highest[1], colour["text"]) >= 4.5


def test_a_narrow_window_has_short_labels_and_none_is_hostile():
    row = ALL.rows[1]
    assert label_of(row, wide=False) == "C1"
    assert label_of(row, wide=True) == "C1  Political will"
    evil = row.model_copy(
        update={"item": row.item.model_copy(update={"title": "<b>x</b>"}), "name": "<i>y</i>"}
    )
    figure = heatmap(ALL.model_copy(update={"rows": (evil,)}), dark=False, width=WIDE)
    assert not re.search("<[bi]>", figure)


def test_a_framework_without_notes_draws():
    empty = Coverage.of(HARBOUR.framework, (), TODAY)
    assert len(empty.bare) == len(empty.rows) > 0
    assert json.loads(heatmap(empty, dark=False, width=320))["data"]


def test_what_cannot_be_shown_is_a_sentence_that_says_what_to_do():
    assert "To try again" in undrawn_as_html()
    assert "Go to Ask" in absent_as_html()


def contrast(one, other):
    """Return the contrast of two colours; WCAG 2.2, definition of contrast ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return sum(share * one for share, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
