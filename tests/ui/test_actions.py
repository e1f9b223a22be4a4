"""What can be done with an answer and a conversation, as it stands on the page."""

import re
from typing import get_args

from assistant.safety.feedback import Verdict
from tests.ui.fake_answer import CORPUS, EXAMPLE, GSR, answer, example_answer
from ui.pages.ask.actions import actions_as_html, conversation_as_html


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
