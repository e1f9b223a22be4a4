"""The picture of a framework, of the one that ships and of another."""

from __future__ import annotations

import re

import pytest

from corpus.structure.graph import Framework
from tests.harbour import HARBOUR
from ui.pages.framework.framework import shipped
from ui.pages.framework.framework_items import counted, joined, name_of, short, tops
from ui.pages.framework.framework_picture import head_as_html, picture_as_html

WHOLE, LINES = shipped()

HOSTILE = "<script>alert(1)</script><img src=http://outside.invalid/x> ${alert(2)} {{value}} \u202e"


def ids_of(html):
    return re.findall(r' data-id="([^"]+)"', html)


@pytest.mark.parametrize("framework", [WHOLE.framework, HARBOUR.framework])
def test_every_item_stands_in_the_picture_once(framework):
    drawn = ids_of(picture_as_html(framework))
    assert sorted(drawn) == sorted(item.id for item in framework.items)
    links = re.findall(r'href="/framework\?item=([^"]+)"', picture_as_html(framework))
    assert sorted(links) == sorted(drawn)


def test_each_column_holds_what_stands_under_it_and_the_strip_comes_last():
    framework = WHOLE.framework
    sections = picture_as_html(framework).split("<section ")[1:]
    assert [ids_of(one)[0] for one in sections] == [top.id for top in tops(framework)]
    for section in sections:
        top, *under = ids_of(section)
        assert {framework.top(one).id for one in under} == {top}
    assert "sp-framework-strip" in sections[-1]
    assert "sp-framework-strip" not in sections[0]


def test_rows_of_one_kind_stand_side_by_side_even_where_one_is_empty():
    framework = WHOLE.framework
    rows = [item for item in framework.items if item.id not in ("gsr:P3-W1",)]
    kept = {item.id for item in rows}
    less = framework.model_copy(
        update={
            "items": tuple(rows),
            "passages": tuple(one for one in framework.passages if one.id in kept),
        }
    )
    for section in picture_as_html(Framework.model_validate(less.model_dump())).split("<section ")[
        1:7
    ]:
        assert len(re.findall(r"sp-framework-group\b", section)) == 3


def test_the_corrected_reading_is_drawn_and_marked():
    html = picture_as_html(WHOLE.framework)
    cell = html.split('data-id="gsr:C26"')[1].split("</li>")[0]
    assert "Ethical AI and innovation" in cell
    assert "Corrected" in cell
    assert "Ethical Al" not in html
    signs = {
        name: "sp-framework-sign" in cell
        for name, cell in re.findall(r'data-id="([^"]+)"(.*?)</li>', html, re.S)
    }
    assert (signs["gsr:P6-O2"], signs["gsr:C12"]) == (True, False)


def test_what_stands_deeper_is_named_with_what_it_stands_under():
    cell = picture_as_html(HARBOUR.framework).split('data-id="harbour:A1-W1"')[1].split("</li>")[0]
    assert "Safe walkways" in cell


def test_the_head_counts_what_the_framework_has():
    said = head_as_html(WHOLE.framework)
    counts = [int(one) for one in re.findall(r"\d+(?= [a-z])", said)]
    assert counts[:6] == [6, 26, 41, 20, 1, 4]
    assert re.findall(r'data-total="(\d+)"', said) == [str(sum(counts[:6]))]
    assert "Port of Nowhere" in head_as_html(HARBOUR.framework)


def test_hostile_words_stay_words():
    framework = WHOLE.framework
    items = tuple(
        item.model_copy(update={"title": HOSTILE} if item.title else {"description": HOSTILE})
        for item in framework.items
    )
    evil = framework.model_copy(update={"items": items, "name": HOSTILE})
    html = head_as_html(evil) + picture_as_html(evil)
    assert "<script" not in html
    assert "<img" not in html
    assert "${" not in html
    assert "{{" not in html
    assert "\u202e" not in html


def test_items_are_called_as_a_reader_calls_them():
    framework = WHOLE.framework
    assert name_of(framework, framework.item("gsr:C12")) == "Capability 12"
    assert name_of(framework, framework.item("gsr:P3-O4")) == "Outcome P3-O4"
    assert short(framework.item("gsr:X-1")) == "X-1"
    partner = framework.kind_by_id["partner"]
    assert (counted(partner, 1), counted(partner, 2)) == ("1 partner", "2 partners")
    assert joined([]) == ""
    assert joined(["a", "b", "c"]) == "a, b and c"
