"""The drawer of filters, made from a corpus."""

import re

from assistant.records import Filters
from corpus.whole import Whole
from tests.ui.fake_answer import CORPUS
from ui.pages.ask.drawer import drawer_as_html, groups_of
from ui.words.outline import only_of


def values_of(html, name):
    return re.findall(rf'data-filter="{name}" value="([^"]*)"', html)


def test_the_drawer_holds_what_the_corpus_has_and_is_closed():
    html = drawer_as_html(Whole.read().corpus)
    assert values_of(html, "pillars") == [f"gsr:P{n}" for n in range(1, 7)]
    assert values_of(html, "facets") == ["capabilities", "outcomes", "partners"]
    assert values_of(html, "tiers") == ["framework", "guidance"]
    assert values_of(html, "audience") == ["", "officer", "trainer", "evaluator"]
    assert html.count("<details") == html.count("</details>") > 0


def test_what_is_set_is_said_in_the_words_of_the_answer():
    corpus = Whole.read().corpus
    html = drawer_as_html(corpus)
    for value in values_of(html, "pillars"):
        short = re.search(rf'value="{value}" data-short="([^"]+)"', html)[1]
        assert only_of(Filters(pillars=(value,)), corpus) == f"Only: {short}"
    assert groups_of(corpus)["gsr:P3"] == ("3. Victim support services and empowerment", "pillar 3")


def test_a_corpus_without_structure_has_no_pillars_to_choose():
    assert values_of(drawer_as_html(CORPUS), "pillars") == []
