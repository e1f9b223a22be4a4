"""The Prepare workspace: what is asked for, what is changed, and what is refused."""

import json
import re
from datetime import date

import pytest

from assistant.errors import SessionError
from assistant.records import Found, Signposting
from assistant.sessions.session import AUDIENCES, LEVELS, PARTS, SessionRequest
from assistant.sessions.session_edit import edited_from
from assistant.sessions.session_scope import scope_of
from tests.ui.fake_answer import FakeAssistant
from ui.pages.prepare import MOST_PAST, Prepared, prepare, shipped, topics_of, view
from ui.words import phrases

TODAY = date(2026, 11, 25)

DISCLOSED = "my own words"

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> ${alert(3)} {{value}}"


class Guarded(FakeAssistant):
    """Replies to one message as triage does."""

    def find(self, text, k):
        reply = Signposting(case="A", text="A reviewed text.", services=())
        found = super().find(text, k)
        return Found(hits=(), signposting=reply) if text == DISCLOSED else found


def plan(*edits, **request):
    made = [dict(zip(("do", "item", "text"), one, strict=False)) for one in edits]
    return json.dumps({"request": {"pillars": [3], **request}, "edits": made})


def sent(do, held="", words="", **fields):
    """Do something on the page with the session of a plan on it; words are for `messages-6`."""
    typed = {"words messages-6": words} if words else {}
    return prepare(Guarded(), {"do": do, "plan": held, **typed, **fields}, TODAY)


def asked(held="", **fields):
    form = {"minutes": "60", "audience": "officers", "level": "introductory"}
    form |= {"do": "make", "plan": held, "parts": "\n".join(PARTS)}
    return prepare(Guarded(), {**form, **fields}, TODAY)


def kept(prepared):
    """Return the plan that the page would keep."""
    return json.loads(prepared.derived.plan.model_dump_json())


def items_of(prepared):
    """Return the items that its edits are of."""
    return [edit["item"] for edit in kept(prepared)["edits"]]


def item(html, name):
    end = r"(?=<li class|</ul>\s*(?:</div>|</section>|<details))"
    return re.search(rf'<li class="item" data-item="{name}">.*?{end}', html, re.S)[0]


# The form.


def test_the_form_offers_all_that_a_request_takes_each_under_a_label():
    form = str(view(Prepared()))
    for name, values in (("audience", AUDIENCES), ("level", LEVELS)):
        (options,) = re.findall(rf'<select id="f-{name}".*?</select>', form, re.S)
        assert re.findall(r'<option value="([^"]+)"', options) == list(values)
    assert re.findall(r'name="parts" value="([^"]+)"', form) == list(PARTS)
    assert re.findall(r'name="pillars" value="(\d)"', form) == list("123456")
    assert re.findall(r'name="capabilities" value="C(\d+)"', form) == [str(n) for n in range(1, 27)]
    (lengths,) = re.findall(r'<select id="f-minutes".*?</select>', form, re.S)
    assert re.findall(r'value="(\d+)"', lengths) == [str(n) for n in range(30, 241, 15)]
    assert re.findall(r'value="(\w+)" selected', form) == ["officers", "60", "introductory"]
    assert form.count(" checked") == len(PARTS)


def test_every_topic_that_is_suggested_leads_to_a_session():
    for topic in topics_of(shipped()):
        assert scope_of(SessionRequest(topic=topic), shipped(), TODAY).notes


def test_what_the_form_asks_for_is_made_and_what_was_there_can_be_gone_back_to():
    made = asked(pillars="3\n4", topic="  hash\n matching ", minutes="90")
    assert kept(made)["request"]["pillars"] == [3, 4]
    assert kept(made)["request"]["topic"] == "hash matching"
    assert made.focus == "session-title"
    assert "90 minutes" in made.said
    before = plan(("remove", "quiz-1"))
    again = asked(before, pillars="3")
    assert again.past == (before,)
    back = sent("undo", json.dumps(kept(again)), past=json.dumps(again.past))
    assert items_of(back) == ["quiz-1"]
    assert back.past == ()
    many = json.dumps([before] * 9)
    assert len(sent("version", before, past=many).past) == MOST_PAST


# The session.


def test_the_agenda_adds_up_the_key_stands_apart_and_every_number_has_its_panel():
    html = str(view(sent("show", plan(minutes=90))))
    minutes = [int(one) for one in re.findall(r'"minutes">(\d+)</td>', html)]
    assert sum(minutes) == 90
    questions, key = html.split('id="key"')
    right = phrases.say("prepare.right")
    assert right not in questions.split('data-part="quiz"')[1]
    assert right in key
    html = str(view(sent("show", plan(minutes=240))))
    chips = re.findall(r'href="#cite-(\d+)" aria-label="[^"]*?(\d+)"', html)
    named = {n for first, last in chips for n in range(int(first), int(last) + 1)}
    panels = re.findall(r'<section class="sp-panel[^>]* id="cite-(\d+)"', html)
    assert named == set(map(int, panels))
    assert len(panels) == len(set(panels)) > 30


def test_an_edit_is_made_the_focus_stays_with_it_and_so_does_what_is_typed_elsewhere():
    done = sent("down quiz-1", plan())
    assert kept(done)["edits"] == [{"do": "down", "item": "quiz-1", "text": ""}]
    assert done.focus == "down-quiz-1"
    assert kept(sent("undo", plan(("down", "quiz-1"))))["edits"] == []
    assert kept(sent("version", plan(("down", "quiz-1"))))["request"]["seed"] == 1
    assert sent("clear", plan()) == Prepared(said=phrases.say("prepare.cleared"), focus="request")
    done = sent("down quiz-1", plan(), words="Half a thought")
    assert done.drafts == {"messages-6": "Half a thought"}
    assert "Half a thought</textarea>" in str(view(done))
    assert items_of(done) == ["quiz-1"]


def test_a_trainers_words_are_marked_and_lose_their_numbers_unless_the_source_carries_them():
    html = str(view(sent("reword messages-6", plan(), words="Our own rule.")))
    own = item(html, "messages-6")
    assert "Our own rule." in own
    assert phrases.say("prepare.author_own") in own
    assert "sp-cite" not in own
    assert phrases.say("prepare.tier_note") in html
    said = edited_from(SessionRequest(pillars=(3,)), (), shipped(), TODAY).session.messages[5]
    done = sent("reword messages-6", plan(), words=said.text.rstrip("."))
    own = item(str(view(done)), "messages-6")
    assert phrases.say("prepare.author_reworded") in own
    assert "sp-cite" in own


def test_hostile_words_stay_words():
    done = sent("show", plan(("reword", "messages-6", HOSTILE), ("reword", "exercise-1", HOSTILE)))
    told = asked(topic=HOSTILE)
    for one in (done, told, done._replace(drafts={"messages-7": HOSTILE}, said=HOSTILE)):
        assert not re.search(r"<script|<img|\$\{|\{\{", str(view(one, HOSTILE)))
    assert kept(done)["edits"][0]["text"] == HOSTILE
    assert HOSTILE[:20] in told.told


def test_what_was_taken_out_can_be_put_back_and_the_ends_of_a_list_are_told():
    html = str(view(sent("remove quiz-2", plan())))
    assert "quiz-2" not in re.findall(r'class="item" data-item="([^"]+)"', html)
    assert re.findall(r'value="restore ([^"]+)"', html) == ["quiz-2"]
    html = str(view(sent("show", plan())))
    buttons = re.findall(r'<button([^>]*)value="((?:up|down) quiz-\d)"', html)
    off = [act for given, act in buttons if "aria-disabled" in given]
    assert off == [buttons[0][1], buttons[-1][1]]


# What goes wrong.


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "topic"),
        ({"pillars": "3", "minutes": "20"}, "30 to 240"),
        ({"pillars": "9"}, "pillar 9"),
        ({"pillars": "3", "parts": "quiz", "minutes": "120"}, "120"),
        ({"pillars": "x"}, "session"),
        ({"pillars": "3", "audience": "cats"}, "session"),
    ],
)
def test_what_cannot_be_made_is_told_and_the_page_keeps_what_it_shows(fields, words):
    got = asked(plan(), **fields)
    assert words in got.told
    assert kept(got)["request"]["pillars"] == [3]
    assert "--" not in got.told
    assert got.told in str(view(got)).replace("&#x27;", "'")


def test_what_is_no_plan_is_refused():
    strange = ("{}", "[]", "7", '{"request": 1, "edits": [{}]}', "x", "[" * 9000)
    for held in (*strange, plan(("up", "quiz-1"), pillars=[9])):
        for do in ("show", "undo", "version", "up quiz-1"):
            with pytest.raises(SessionError):
                sent(do, held)


def test_an_edit_that_cannot_be_made_leaves_the_others_and_is_told_at_its_item():
    done = sent("up messages-5", plan(("remove", "messages-1")))
    assert items_of(done) == ["messages-1"]
    html = str(view(done))
    told = [name for name in ("messages-2", "messages-5") if "told bad" in item(html, name)]
    assert told == ["messages-5"]
    assert sent("reword messages-6", plan(), words="  ").derived.said
    # Edits that no longer fit give way to the session.
    made = sent("show", plan(("up", "song-1"), ("up", "song-2"))).derived
    assert made.edited
    assert (made.plan.edits, made.said) == ((), phrases.say("prepare.edits_lost"))


def test_a_message_that_is_no_topic_and_no_edit_meets_the_reviewed_reply_and_is_not_kept():
    got = asked(plan(), topic=DISCLOSED)
    assert got.reply.text == "A reviewed text."
    assert "A reviewed text." in str(view(got))
    assert DISCLOSED not in repr(got)
    assert kept(got)["request"]["pillars"] == [3]
    done = sent("reword messages-6", plan(("down", "quiz-1")), words=DISCLOSED)
    html = str(view(done))
    assert "A reviewed text." in item(html, "messages-6")
    assert DISCLOSED not in html
    assert items_of(done) == ["quiz-1"]
