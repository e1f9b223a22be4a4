"""What can be done with an answer and a conversation, and the drawer of filters."""

import re
from typing import get_args

from assistant.records import Filters
from assistant.safety.feedback import Verdict
from corpus.whole import Whole
from tests.ui.fake_answer import CORPUS, EXAMPLE, GSR, answer, example_answer
from ui.pages.ask.talk import (
    actions_as_html,
    conversation_as_html,
    drawer_as_html,
    groups_of,
)
from ui.words.outline import only_of


def test_an_answer_can_be_copied_with_its_sources_as_lines_that_are_not_broken():
    html = actions_as_html(example_answer(), CORPUS)
    plain = re.search(r'<pre class="sp-ask-plain" hidden>(.*)</pre>', html, re.DOTALL)[1]
    assert "Preserve the anonymity of victims [1]" in plain
    assert all(one in plain for one in (GSR.title, GSR.publisher))
    assert max(map(len, plain.split("\n"))) > 100


def test_the_link_is_to_the_question_as_it_was_understood():
    given = example_answer().model_copy(
        update={"question": "and its partners?", "resolved_question": EXAMPLE}
    )
    drawn = actions_as_html(given, CORPUS)
    assert re.findall(r'data-question="([^"]+)"', drawn) == [EXAMPLE]


def test_hostile_words_stay_words_in_what_is_copied_and_linked():
    evil = '</pre><script>alert(1)</script>"'
    html = actions_as_html(answer(question=evil, resolved_question=evil), CORPUS)
    assert "<script" not in html
    assert html.count("</pre>") == 1


def test_each_action_is_a_button_that_says_what_it_does():
    html = actions_as_html(example_answer(), CORPUS) + conversation_as_html()
    acts = re.findall(r'<button type="button"[^>]* data-act="[a-z]+"[^>]*>[^<]+</button>', html)
    assert len(acts) == html.count("<button")
    forms = re.findall(r'data-form="([a-z]+)"', html)
    saved = ["docx", "markdown", "brief", "certificate", "ris", "bibtex"]
    assert forms == [*saved, "docx", "markdown"]
    verdicts = re.findall(r'data-verdict="([a-z_]+)"', html)
    assert verdicts == list(get_args(Verdict))


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
