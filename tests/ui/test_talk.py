"""What can be done with an answer and a conversation, filters, and what a browser keeps."""

import json
import re
from typing import get_args

import pytest

from assistant.records import Filters, Signposting
from assistant.safety.feedback import Verdict
from corpus.whole import Whole
from tests.ui.fake_answer import CORPUS, EXAMPLE, GSR, answer, example_answer, guided_answer
from ui.pages.ask import talk
from ui.pages.ask.talk import MOST_TURN_CHARS, MOST_TURNS, Turn, newest, restored_as_html
from ui.words.catalogue import say
from ui.words.outline import only_of

STALE = say("ask.stale_title")


def kept(number=1, answer=None, **more):
    answer = answer or example_answer()
    turn = Turn(number=number, question=answer.question, answer=answer)
    return {**turn.model_dump(mode="json"), **more}


def numbers(html):
    return [int(one) for one in re.findall(r'data-number="(\d+)"', html)]


def restored(*turns):
    return restored_as_html(json.dumps(turns), CORPUS)


def test_kept_turns_are_drawn_again_as_they_were_under_their_numbers():
    html = restored(kept(4), kept(7, guided_answer()))
    assert numbers(html) == [4, 7]
    assert "cite-7-5" in re.findall(r' id="([^"]+)"', html)
    assert "5 of 5 outcomes" in html
    assert STALE not in html


def test_an_answer_that_this_edition_does_not_carry_is_told_to_be_from_an_earlier_one():
    for change in ({"passage_id": "gsr:P9"}, {"quote": "Other words"}, {"start": 1}):
        turn = kept()
        turn["answer"]["statements"][1]["citations"][0] |= change
        html = restored(turn)
        assert STALE in html
        assert EXAMPLE in re.findall(r'data-question="([^"]+)"', html)
        assert "Preserve the anonymity" not in html


def test_words_that_were_put_into_an_answer_are_not_shown_as_ours():
    turn = kept()
    turn["answer"]["statements"][1]["text"] = "A levy pays for every hotline."
    assert STALE in restored(turn)
    assert "levy" not in restored(turn)


def test_what_is_no_turn_is_left_out_and_the_others_are_shown():
    deep = json.loads("[" * 200 + "]" * 200)
    for strange in (None, 1, "x", [], {}, deep, {**kept(), "number": 0}, kept(extra=1)):
        assert numbers(restored(strange, kept(2))) == [2]


@pytest.mark.parametrize("text", [None, "", "{", "{}", "1", "null", "[" * 100_000])
def test_what_is_no_list_brings_nothing(text):
    assert restored_as_html(text, CORPUS) == ""


def test_a_reply_that_should_not_have_been_kept_is_not_shown():
    case = Signposting(case="A", text="A reviewed text.", services=())
    for status in ("safeguarding", "answered"):
        answer = example_answer().model_copy(update={"signposting": case, "status": status})
        assert restored(kept(1, answer)) == ""


def test_hostile_words_of_a_kept_turn_stay_words():
    evil = "<img src=x onerror=alert(1)>"
    stale = kept(question=evil)
    stale["answer"]["statements"][1]["citations"][0]["passage_id"] = evil
    answer = example_answer().model_copy(update={"question": evil, "resolved_question": evil})
    html = restored(stale, kept(2, answer))
    assert "<img" not in html
    assert "&lt;img" in html


def test_only_so_many_turns_are_drawn_again():
    assert restored(*(kept(n + 1) for n in range(MOST_TURNS + 3))).count("<article") == MOST_TURNS


def test_only_so_many_earlier_words_go_along():
    long = "x" * (MOST_TURN_CHARS // 2)
    assert newest(["first", long, "second", long[:-2]]) == ("second", long[:-2])
    assert newest(["a", "b"]) == ("a", "b")
    assert newest([f"{long}{long}y"]) == ()
    assert newest([str(n) for n in range(MOST_TURNS + 2)])[0] == "2"


# What can be done with it, and what narrows it.


def test_an_answer_can_be_copied_with_its_sources_as_lines_that_are_not_broken():
    html = talk.actions_as_html(example_answer(), CORPUS)
    plain = re.search(r'<pre class="sp-ask-plain" hidden>(.*)</pre>', html, re.DOTALL)[1]
    assert "Preserve the anonymity of victims [1]" in plain
    assert all(one in plain for one in (GSR.title, GSR.publisher))
    assert max(map(len, plain.split("\n"))) > 100


def test_the_link_is_to_the_question_as_it_was_understood():
    given = example_answer().model_copy(
        update={"question": "and its partners?", "resolved_question": EXAMPLE}
    )
    drawn = talk.actions_as_html(given, CORPUS)
    assert re.findall(r'data-question="([^"]+)"', drawn) == [EXAMPLE]


def test_hostile_words_stay_words_in_what_is_copied_and_linked():
    evil = '</pre><script>alert(1)</script>"'
    html = talk.actions_as_html(answer(question=evil, resolved_question=evil), CORPUS)
    assert "<script" not in html
    assert html.count("</pre>") == 1


def test_each_action_is_a_button_that_says_what_it_does():
    html = talk.actions_as_html(example_answer(), CORPUS) + talk.conversation_as_html()
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
    html = talk.drawer_as_html(Whole.read().corpus)
    assert values_of(html, "pillars") == [f"gsr:P{n}" for n in range(1, 7)]
    assert values_of(html, "facets") == ["capabilities", "outcomes", "partners"]
    assert values_of(html, "tiers") == ["framework", "guidance"]
    assert values_of(html, "audience") == ["", "officer", "trainer", "evaluator"]
    assert html.count("<details") == html.count("</details>") > 0


def test_what_is_set_is_said_in_the_words_of_the_answer():
    corpus = Whole.read().corpus
    html = talk.drawer_as_html(corpus)
    for value in values_of(html, "pillars"):
        short = re.search(rf'value="{value}" data-short="([^"]+)"', html)[1]
        assert only_of(Filters(pillars=(value,)), corpus) == f"Only: {short}"
    assert talk.groups_of(corpus)["gsr:P3"] == (
        "3. Victim support services and empowerment",
        "pillar 3",
    )


def test_a_corpus_without_structure_has_no_pillars_to_choose():
    assert values_of(talk.drawer_as_html(CORPUS), "pillars") == []
