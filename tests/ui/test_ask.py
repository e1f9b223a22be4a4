"""The Ask workspace as plain functions: how an answer grows, what goes along, what is kept."""

import json
import re
from itertools import pairwise

import pytest

from assistant.records import Filters, Question, Signposting
from assistant.safety.personal import Finder
from tests.ui import fake_answer as fake
from tests.ui.fake_answer import CORPUS, EXAMPLE, GUIDED, FakeAssistant
from ui.pages import talk
from ui.pages.talk import Turn, answer_as_html, begun, replies
from ui.words.answer_text import answer_as_text
from ui.words.outline import Outline, only_of
from ui.words.phrases import say

OUTCOMES = "Outcomes of pillar 3"

STALE = say("ask.stale_title")

REPLY = Signposting(case="A", text="A reviewed text.", services=())

PERSONAL = "What rights does Jane Doe, jane.doe@example.org, have?"

EVIL = '</pre><script>alert(1)</script><img src=x onerror=alert(1)>"'


def last(assistant, text, sent=None):
    *_, shown = replies(assistant, text, sent)
    return shown


def article(html):
    return re.sub(r">\s+", ">", re.search("<article.*(?=</article>)", html, re.DOTALL)[0])


def test_an_answer_grows_to_the_whole_which_alone_is_announced_and_recorded():
    first, *growing, whole = replies(FakeAssistant(), GUIDED, json.dumps({"number": 3}))
    assert say("ask.looking") in first.html
    assert GUIDED in first.html
    beginnings = [article(one.html) for one in (*growing, whole)]
    assert all(after.startswith(before) for before, after in pairwise(beginnings))
    assert ["Guidance notes" in one.html for one in growing] == [False, False, True]
    assert [one.html.count("data-announce") for one in (first, *growing, whole)] == [0, 0, 0, 0, 1]
    assert {one.record for one in growing} == {""}
    turn = Turn.model_validate_json(whole.record)
    assert (turn.number, turn.question, turn.answer.question) == (3, GUIDED, GUIDED)
    # What was drawn last while a model words it begins the whole too.
    answer = fake.guided_answer()
    drawn = talk.begun_as_html(answer, answer, CORPUS, "<p>on its way</p>")
    begun, end = (article(one) for one in (drawn, answer_as_html(answer, CORPUS)))
    assert end.startswith(begun.replace("<p>on its way</p>", ""))
    assert "Complete:" not in begun


def test_a_question_is_answered_with_its_sources_and_earlier_ones_and_filters_go_along():
    assistant = FakeAssistant()
    filters = {"pillars": ["gsr:P3"], "tiers": ["guidance"]}
    sent = {"turns": [EXAMPLE], "number": 2, "filters": filters}
    last(assistant, "and its partners?", json.dumps(sent))
    only = Filters(pillars=("gsr:P3",), tiers=("guidance",))
    assert assistant.asked == [Question(text="and its partners?", turns=(EXAMPLE,), filters=only)]
    shown = last(assistant, EXAMPLE, json.dumps({"number": 2}))
    panels = re.findall(r' id="(cite-2-\d+)"', shown.html)
    assert len(panels) == 7
    assert set(re.findall(r'href="#(cite-[^"]+)"', shown.html)) == set(panels)


def test_what_is_wrong_with_a_question_is_a_sentence_and_no_turn():
    assistant = FakeAssistant()
    for sent in (
        *("{", "[]", '{"other": 1}', '{"number": 0}', f'{{"number": {talk.MOST_NUMBER + 1}}}'),
        *('{"turns": [1]}', '{"filters": {"tiers": ["gossip"]}}'),
    ):
        assert say("refusal.strange") in last(assistant, EXAMPLE, sent).html
    assert assistant.asked == []
    shown = last(assistant, " ")
    assert "sp-error" in shown.html
    assert "sp-turn" not in shown.html
    assert shown.record == ""


def test_nothing_of_a_message_that_met_a_reviewed_reply_is_given_to_the_browser():
    reply = fake.answer(question="", resolved_question="", status="safeguarding", signposting=REPLY)
    shown = last(FakeAssistant(answers={"my own words": reply}), "my own words")
    assert "A reviewed text." in shown.html
    assert say("phrase.not_kept") in shown.html
    assert "my own words" not in repr(shown)
    assert shown.record == ""
    assert "data-act" not in shown.html


LATE = fake.answer(
    fake.note("The page lists this.", "gsr:P3"),
    fake.say("gsr:P3-O4", OUTCOMES),
    fake.say("gsr:P3-O1", OUTCOMES),
    fake.note("The order is our reading."),
)


def lines(outline):
    parts = [line for part in outline.parts for one in part.sections for line in one.lines]
    return [(line.statement.text, line.numbers) for line in (*outline.opening, *parts)]


@pytest.mark.parametrize("whole", [fake.example_answer(), fake.guided_answer(), LATE])
def test_lines_and_their_numbers_stay_as_more_come(whole):
    before = []
    for count in range(len(whole.statements) + 1):
        now = lines(Outline.of(begun(whole, whole.statements[:count]), CORPUS, whole))
        assert now[: len(before)] == before
        before = now
    assert before == lines(Outline.of(whole, CORPUS))
    # A note that cites waits for its turn, lest the number of a source change.
    assert begun(LATE, ()).statements == ()


def test_personal_data_is_told_first_and_kept_nowhere_and_no_remark_meets_a_disclosure():
    told = Finder.shipped().told(fake.uncovered_answer(PERSONAL))
    assert told.personal == ("name", "email")
    assert all(one in told.personal_note for one in told.personal)
    assert " ".join(answer_as_text(told, CORPUS).split()).startswith(told.personal_note)
    html = answer_as_html(told, CORPUS)
    assert html.index("sp-question") < html.index(told.personal_note)
    shown = last(FakeAssistant(answers={PERSONAL: told}), PERSONAL)
    assert "Jane" not in shown.html + shown.record
    kept = Turn.model_validate_json(shown.record)
    assert kept.question == "What rights does [name], [email], have?"
    assert told.personal_note in shown.html
    update = {"status": "safeguarding", "signposting": REPLY, "nearest": ()}
    aside = told.model_copy(update=update)
    drawn = answer_as_text(aside, CORPUS) + answer_as_html(aside, CORPUS)
    assert told.personal_note not in " ".join(drawn.split())


def kept(number=1, answer=None, **more):
    answer = answer or fake.example_answer()
    turn = Turn(number=number, question=answer.question, answer=answer)
    return {**turn.model_dump(mode="json"), **more}


def numbers(html):
    return [int(one) for one in re.findall(r'data-number="(\d+)"', html)]


def restored(*turns):
    return talk.restored_as_html(json.dumps(turns), CORPUS)


def test_kept_turns_are_drawn_again_as_they_were_under_their_numbers():
    html = restored(kept(4), kept(7, fake.guided_answer()))
    assert numbers(html) == [4, 7]
    assert "5 of 5 outcomes" in html
    assert STALE not in html
    many = [kept(n + 1) for n in range(talk.MOST_TURNS + 3)]
    assert restored(*many).count("<article") == talk.MOST_TURNS


def test_what_this_edition_does_not_carry_and_what_somebody_wrote_is_told_to_be_old():
    for change in ({"passage_id": "gsr:P9"}, {"quote": "Other words"}, {"start": 1}):
        turn = kept()
        turn["answer"]["statements"][1]["citations"][0] |= change
        html = restored(turn)
        assert STALE in html
        assert EXAMPLE in re.findall(r'data-question="([^"]+)"', html)
        assert "Preserve the anonymity" not in html
    turn = kept()
    turn["answer"]["statements"][1]["text"] = "A levy pays for every hotline."
    assert STALE in restored(turn)
    assert "levy" not in restored(turn)


def test_what_is_no_turn_or_should_not_have_been_kept_is_left_out():
    deep = json.loads("[" * 200 + "]" * 200)
    for strange in (None, 1, "x", [], {}, deep, {**kept(), "number": 0}, kept(extra=1)):
        assert numbers(restored(strange, kept(2))) == [2]
    for text in ("", b"\xff", "{", "{}", "1", "null", "[" * 100_000):
        assert talk.restored_as_html(text, CORPUS) == ""
    for status in ("safeguarding", "answered"):
        answer = fake.example_answer().model_copy(update={"signposting": REPLY, "status": status})
        assert restored(kept(1, answer)) == ""


def test_hostile_words_of_a_kept_turn_stay_words():
    stale = kept(question=EVIL)
    stale["answer"]["statements"][1]["citations"][0]["passage_id"] = EVIL
    asked = {"question": EVIL, "resolved_question": EVIL}
    html = restored(stale, kept(2, fake.example_answer().model_copy(update=asked)))
    assert "&lt;img" in html
    assert not re.search("<img|<script", html)
    assert html.count("</pre>") == html.count("<pre")


def test_only_so_many_earlier_words_go_along():
    long = "x" * (talk.MOST_TURN_CHARS // 2)
    assert talk.newest(["first", long, "second", long[:-2]]) == ("second", long[:-2])
    assert talk.newest([f"{long}{long}y"]) == ()
    assert talk.newest([str(n) for n in range(talk.MOST_TURNS + 2)])[0] == "2"


def test_the_drawer_holds_what_the_corpus_has_in_the_words_of_the_answer(whole):
    html = talk.drawer_as_html(whole.corpus)
    offered = re.findall(r'data-filter="(\w+)" value="([^"]+)"', html)
    assert [name for name, _ in offered].count("pillars") == 6
    assert {("facets", "partners"), ("tiers", "guidance"), ("audience", "trainer")} <= set(offered)
    for value in (value for name, value in offered if name == "pillars"):
        short = re.search(rf'value="{value}" data-short="([^"]+)"', html)[1]
        assert only_of(Filters(pillars=(value,)), whole.corpus) == f"Only: {short}"
    only = Filters(pillars=("gone",), facets=("outcomes",), audience="trainer")
    assert only_of(only, whole.corpus) == "Only: gone, outcomes, notes for trainers"
