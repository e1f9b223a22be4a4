import html
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
from ui.pages.prepare.prepare import show
from ui.pages.prepare.prepare_form import form_as_html, topics_of
from ui.pages.prepare.prepare_plan import derive, shipped
from ui.words import catalogue

TODAY = date(2026, 11, 25)

DISCLOSED = "my own words"

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> ${alert(3)} {{value}}"


class Guarded(FakeAssistant):
    """Replies to one message as triage does."""

    def find(self, text, k):
        if text == DISCLOSED:
            return Found(
                hits=(), signposting=Signposting(case="A", text="A reviewed text.", services=())
            )
        return super().find(text, k)


def plan(*edits, **request):
    asked = {"pillars": [3], **request}
    made = [dict(zip(("do", "item", "text"), one, strict=False)) for one in edits]
    return json.dumps({"request": asked, "edits": made})


def shown(*edits, **request):
    got = show(Guarded(), plan(*edits, **request))
    assert got.told == ""
    assert got.session is not None
    return got.session


def kept(markup):
    """Return the plan that the page would keep."""
    return json.loads(html.unescape(re.search(r'data-plan="([^"]*)"', markup)[1]))


def item(markup, name):
    return re.search(
        rf'<li class="sp-prepare-item" data-item="{name}">.*?</li>\s*(?=<li|</ul>)', markup, re.S
    )[0]


# The form.


def test_the_form_offers_all_that_a_request_takes():
    form = form_as_html(shipped())
    for name, values in (("audience", AUDIENCES), ("level", LEVELS), ("parts", PARTS)):
        assert re.findall(rf'name="{name}" value="([^"]+)"', form) == list(values)
    assert re.findall(r'name="pillars" value="(\d)"', form) == list("123456")
    assert re.findall(r'name="capabilities" value="C(\d+)"', form) == [str(n) for n in range(1, 27)]
    assert 'min="30" max="240" step="15" value="60"' in form


def test_whatever_the_form_offers_stands_under_a_label_and_what_is_usual_is_chosen():
    form = form_as_html(shipped())
    for name in re.findall(r'<input id="([^"]+)"', form):
        assert f'for="{name}"' in form
    assert form.count(" checked") == len(PARTS) + 2
    assert "$" not in form


def test_every_topic_that_is_suggested_leads_to_a_session():
    for topic in topics_of(shipped()):
        assert scope_of(SessionRequest(topic=topic), shipped(), TODAY).notes


# The session.


def test_a_session_is_shown_with_an_agenda_that_adds_up_and_a_key_apart():
    markup = shown(minutes=90)
    minutes = [int(one) for one in re.findall(r'sp-prepare-number">(\d+)</td>', markup)]
    assert sum(minutes) == 90
    questions, key = markup.split("sp-prepare-key")
    right = catalogue.say("prepare.right")
    assert right not in questions.split('data-part="quiz"')[1]
    assert right in key


def test_every_number_opens_a_panel_and_every_panel_has_its_number():
    markup = shown(minutes=240)
    named = set(re.findall(r'class="sp-cite" href="#(cite-\d+)"', markup))
    panels = re.findall(r'<section class="sp-panel[^>]* id="(cite-\d+)"', markup)
    assert named == set(panels)
    assert len(panels) == len(set(panels)) > 30


def test_the_page_keeps_the_plan_as_the_server_took_it():
    markup = shown(("down", "quiz-1"), topic="  hash\n matching ")
    assert kept(markup)["request"]["topic"] == "hash matching"
    assert kept(markup)["edits"] == [{"do": "down", "item": "quiz-1", "text": ""}]


def test_a_trainers_words_are_marked_and_lose_their_numbers():
    markup = shown(("reword", "messages-6", "Our own rule."))
    own = item(markup, "messages-6")
    assert "Our own rule." in own
    assert catalogue.say("prepare.author_own") in own
    assert "sp-cite" not in own
    assert catalogue.say("prepare.tier_note") in markup


def test_words_that_the_source_carries_keep_their_numbers():
    said = edited_from(SessionRequest(pillars=(3,)), (), shipped(), TODAY).session.messages[5]
    own = item(shown(("reword", "messages-6", said.text.rstrip("."))), "messages-6")
    assert catalogue.say("prepare.author_reworded") in own
    assert "sp-cite" in own


def test_hostile_words_stay_words():
    markup = shown(("reword", "messages-6", HOSTILE), ("reword", "exercise-1", HOSTILE))
    assert "<script" not in markup
    assert "<img" not in markup
    assert "${" not in markup
    assert "{{" not in markup
    assert kept(markup)["edits"][0]["text"] == HOSTILE


def test_a_hostile_topic_stays_words():
    told = show(Guarded(), plan(pillars=[], topic=HOSTILE)).told
    assert "alert(1)" in told
    assert "<script" not in told


def test_what_was_taken_out_can_be_put_back():
    markup = shown(("remove", "quiz-2"))
    assert "quiz-2" not in re.findall(r'sp-prepare-item" data-item="([^"]+)"', markup)
    assert re.findall(r'data-do="restore" data-id="([^"]+)"', markup) == ["quiz-2"]


def test_the_ends_of_a_list_say_that_there_is_no_further():
    markup = shown()
    buttons = re.findall(r'data-do="(up|down)" data-id="(quiz-\d)"[^>]*>', markup)
    off = re.findall(r'data-do="(up|down)" data-id="(quiz-\d)"[^>]*aria-disabled', markup)
    assert off == [buttons[0], buttons[-1]]


# What goes wrong.


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (plan(pillars=[]), "topic"),
        (plan(minutes=20), "30 to 240"),
        (plan(pillars=[9]), "pillar 9"),
        (plan(parts=["quiz"], minutes=120), "120"),
        ("{}", "session"),
        ("", "session"),
    ],
)
def test_what_cannot_be_made_is_told_and_the_page_keeps_what_it_shows(text, words):
    got = show(Guarded(), text)
    assert words in got.told
    assert got.session is None
    assert "--" not in got.told


def test_an_edit_that_cannot_be_made_leaves_the_others_and_is_told_at_its_item():
    edits = (("remove", "messages-1"), ("up", "messages-5"))
    markup = shown(*edits)
    assert [one["item"] for one in kept(markup)["edits"]] == ["messages-1"]
    assert re.findall(r'data-failed="([^"]+)"', markup) == ["said"]
    told = [
        name for name in ("messages-2", "messages-5") if "sp-prepare-said" in item(markup, name)
    ]
    assert told == ["messages-5"]


def test_edits_that_no_longer_fit_give_way_to_the_session():
    derived = derive(Guarded(), plan(("up", "song-1"), ("up", "song-2")), TODAY)
    assert derived.edited
    assert derived.plan.edits == ()
    assert derived.said == catalogue.say("prepare.edits_lost")


def test_a_message_that_is_no_topic_meets_the_reviewed_reply_and_is_not_kept():
    got = show(Guarded(), plan(topic=DISCLOSED))
    assert "A reviewed text." in got.told
    assert re.findall(r'data-forget="([^"]+)"', got.told) == ["topic"]
    assert DISCLOSED not in repr(got)
    assert got.session is None


def test_a_message_that_is_no_edit_meets_the_reviewed_reply_and_is_not_kept():
    markup = shown(("reword", "messages-6", DISCLOSED), ("down", "quiz-1"))
    assert "A reviewed text." in item(markup, "messages-6")
    assert DISCLOSED not in markup
    assert [one["item"] for one in kept(markup)["edits"]] == ["quiz-1"]
    assert re.findall(r'data-failed="([^"]+)"', markup) == ["reply"]


def test_a_plan_that_nobody_can_make_is_no_session():
    with pytest.raises(SessionError):
        derive(Guarded(), plan(("up", "quiz-1"), pillars=[9]), TODAY)
