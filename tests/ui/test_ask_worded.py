"""What Ask shows while a language model words an answer; how answers are recorded and stopped."""

import gc
import html
import json
import re
import shutil
from threading import Event

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.errors import QuestionError
from assistant.records import Question
from assistant.safety.audit import AuditLog
from assistant.settings import Settings
from tests.harbour import HARBOUR
from tests.ui.fake_answer import CORPUS, EXAMPLE, FakeAssistant, example_answer
from tests.wording import made_answer, writing
from ui.access.rights import Role, User
from ui.access.service_state import Switch
from ui.pages.talk import Shown, Turn, replies, restored_as_html
from ui.server.api import build_api
from ui.server.tools import Tools, Work, caller
from ui.service.desk import Desk, Recorded
from ui.words.phrases import say

ASKED = "What are the deadlines of action 6?"
FIRST = "The deadlines of action 6 include the first drill within six months"
SECOND = "All the equipment is in place within one year"
GOOD = f"{FIRST} [1].\n{SECOND} [2].\n"
QUOTES = [one.text for one in made_answer().statements]
NOTE = QUOTES[0]
STOP = re.compile(r'data-stop="([\w-]{22})"')


class Page:
    """A page, what it is shown, and what is recorded of it; a scripted model words its answers."""

    corpus = HARBOUR.corpus

    def __init__(self, home, script, *, seconds=20.0, reading=None, audit_text=False, **fields):
        self._settings = Settings(home=home, audit_text=audit_text)
        self._script = script
        self._given = {"answer": made_answer(**fields), "reading": reading, "seconds": seconds}
        self.desk = Desk(self._settings, self.corpus)
        self.asked = []

    def write(self, question):
        if not question.text.strip():
            raise QuestionError("The question is empty; type one.")
        words, llm, self.cut = writing(*self._script, **self._given)
        self.asked = llm.asked
        return words

    def asks(self, text=ASKED):
        return replies(Recorded(self, self.desk, "page"), text, json.dumps({"number": 1}))

    def recorded(self):
        return AuditLog(self._settings).entries()


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.setattr("ui.service.desk.TICK", 0.05)
    return lambda *script, **given: Page(tmp_path, script, **given)


def text(shown):
    article = re.search("(?s)<article.*</article>", re.sub("(?s)<pre.*?</pre>", "", shown.html))
    bare = re.sub("<a class=.sp-cite.*?</a>", "", article[0] if article else "")
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", bare)).split())


def cites(html):
    return re.findall(r' id="cite-([\d-]+)"', html)


def until(stream, words):
    return next(shown for shown in stream if words in text(shown))


def tells(shown, *sentences):
    """Whether it tells these and of the other sentences none, in this order."""
    said = text(shown)
    known = [one for one in dict.fromkeys((*QUOTES, f"{FIRST}.", f"{SECOND}.")) if one in said]
    return sorted(known, key=said.index) == list(sentences)


def is_whole(shown):
    return "2 of 2 deadlines" in shown.html


def test_it_is_said_at_once_who_words_it_and_how_to_stop_it_or_what_is_wrong_with_a_question(page):
    one = page(GOOD)
    *_, shown = one.asks(" ")
    assert "The question is empty; type one." in shown.html
    assert one.recorded() == []
    stream = page([Event()]).asks()
    assert say("ask.looking") in next(stream).html
    begun = next(stream).html
    assert say("wording.begun", model="scripted") in begun
    assert STOP.search(begun)
    assert NOTE in begun
    assert cites(begun) == []
    stream.close()


def test_each_sentence_appears_once_it_is_verified_and_the_whole_is_announced_and_recorded(page):
    go_on = Event()
    one = page([f"{FIRST} [1].\nAll equipment", go_on, " is fake [2].\n"], "")
    stream = one.asks()
    grown = until(stream, FIRST)
    assert tells(grown, NOTE, f"{FIRST}.")
    assert "1-1" in cites(grown.html)
    assert not is_whole(grown)
    assert grown.record == ""
    # While nothing comes the same is given again and again.
    assert [next(stream), next(stream)] == [grown, grown]
    go_on.set()
    *rest, whole = stream
    assert not any("fake" in shown.html for shown in (*rest, whole))
    assert [is_whole(shown) for shown in (*rest, whole)] == [False] * len(rest) + [True]
    announced = re.compile(r'"sp-reply"[^>]*data-announce|article" data-announce')
    told = [len(announced.findall(shown.html)) for shown in (grown, *rest, whole)]
    assert told == [0] * (len(told) - 1) + [1]
    assert "data-stop" not in whole.html
    assert tells(whole, NOTE, f"{FIRST}.", *QUOTES[2:])
    assert say("wording.worded", n=1, model="scripted") in text(whole)
    (record,) = one.recorded()
    cited = [c.passage_id for s in made_answer().statements for c in s.citations]
    assert record.passages == tuple(dict.fromkeys(cited))


def test_who_stops_it_has_the_whole_at_once_and_is_told_so(page):
    one = page([f"{FIRST} [1].\n", Event()])
    stream = one.asks()
    token = STOP.search(until(stream, FIRST).html)[1]
    assert token in one.desk._growing
    one.desk.stop(token, "page")
    *_, whole = stream
    assert one.cut.is_set()
    assert is_whole(whole)
    assert tells(whole, NOTE, f"{FIRST}.", *QUOTES[2:])
    why = say("wording.cancelled")
    assert say("wording.in_part", n=1, model="scripted", why=why) in text(whole)
    assert Turn.model_validate_json(whole.record).answer.provenance.wording.cause == "cancelled"
    assert len(one.recorded()) == 1


def test_who_leaves_ends_the_call_and_the_answer_is_recorded_as_a_whole(page):
    one = page([f"{FIRST} [1].\n", Event()], audit_text=True)
    stream = one.asks()
    until(stream, FIRST)
    assert (one.recorded(), one.cut.is_set()) == ([], False)
    stream.close()
    one.desk.close()
    gc.collect()
    assert (one.cut.is_set(), len(one.desk._growing)) == (True, 0)
    (record,) = one.recorded()
    assert FIRST in record.answer
    assert QUOTES[-1] in record.answer


def test_where_no_model_is_asked_nothing_is_said_of_one(page):
    one = page(GOOD, status="not_covered", reason="coverage_gap", statements=())
    shown = list(one.asks())
    assert one.asked == []
    assert not any("data-stop" in one.html or "language model" in one.html for one in shown)
    assert "data-announce" in shown[-1].html
    assert len(one.recorded()) == 1


def test_personal_data_is_masked_in_all_that_is_drawn_and_kept(page):
    question = "I am Jane Doe, what about walkways?"
    note = "Your question seems to hold a name."
    given = {"question": question, "personal": ("name",), "personal_note": note}
    # What is on its way repeats what was typed a moment ago.
    _, *shown = page([GOOD], "", **given).asks(question)
    assert not any("Jane Doe" in one.html + one.record for one in shown)
    assert all("[name]" in one.html for one in shown)


@pytest.mark.parametrize(
    ("script", "stands"), [([GOOD], f"{SECOND}."), ([f"{FIRST} [1].\n", TimeoutError()], QUOTES[2])]
)
def test_a_worded_answer_is_drawn_again_and_a_changed_one_is_not(page, script, stands):
    *_, whole = page(script, "").asks()
    turns = f"[{whole.record}]"
    again = Shown(restored_as_html(turns, HARBOUR.corpus))
    assert tells(again, NOTE, f"{FIRST}.", stands, *QUOTES[3:])
    assert is_whole(again)
    changed = turns.replace("first drill within six months", "first drill within nine months", 1)
    assert changed != turns
    drawn = restored_as_html(changed, HARBOUR.corpus)
    assert "nine months" not in drawn
    assert say("ask.stale_title") in drawn


def test_a_question_that_the_model_reads_is_said_to_be_read_and_then_grows(page):
    go_on = Event()
    back = {"statements": (), "completeness": (), "status": "clarify"}

    def reading(calls):
        go_on.wait(20)
        return made_answer(resolved_question="What of action 6?")

    stream = page([GOOD], "", **back, reading=reading).asks()
    assert say("ask.looking") in next(stream).html
    read = next(stream).html
    assert say("wording.reading", model="scripted") in read
    assert STOP.search(read)
    assert "sp-turn" not in read
    go_on.set()
    *_, whole = stream
    assert is_whole(whole)
    assert f"{FIRST}." in text(whole)


@pytest.fixture
def one(tmp_path):
    return Recorded(FakeAssistant(), Desk(Settings(home=tmp_path), CORPUS), "page")


def test_an_answer_is_recorded_and_given_as_it_was_and_nothing_of_what_was_withheld(one, tmp_path):
    settings = Settings(home=tmp_path)
    assert one.ask(Question(text=EXAMPLE)) == example_answer()
    (record,) = AuditLog(settings).entries()
    assert (record.status, record.question) == ("answered", "")
    assert one.ask(Question(text=EXAMPLE, policy=True)) == example_answer()
    assert one.write(Question(text=EXAMPLE, policy=True)) is None
    with pytest.raises(QuestionError):
        one.ask(Question(text=" "))
    assert AuditLog(settings).entries() == [record]
    # Words are recorded masked, where the settings say so.
    settings = Settings(home=tmp_path / "words", audit_text=True)
    worded = Recorded(FakeAssistant(), Desk(settings, CORPUS), "page")
    worded.ask(Question(text="What rights does jane.doe@example.org have?"))
    assert AuditLog(settings).entries()[0].question == "What rights does [email] have?"


def test_a_log_that_cannot_be_written_loses_no_answer_and_is_told_once(one, tmp_path, capsys):
    shutil.rmtree(tmp_path / "audit", ignore_errors=True)
    (tmp_path / "audit").write_text("in the way")
    for _ in range(3):
        assert one.ask(Question(text=EXAMPLE)) == example_answer()
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert err.startswith("signpost: ")
    assert "audit" in err


def test_a_fault_ends_it_and_is_no_whole_answer(one, monkeypatch):
    monkeypatch.setattr("threading.excepthook", lambda fault: None)

    class Broken:
        base = made_answer()
        asked, model = True, "broken"

        def __iter__(self):
            yield self.base.statements[0]
            raise ZeroDivisionError

    growing = one.desk.grow(Broken(), "mary", 0.0)
    assert len(list(growing)) <= 1
    with pytest.raises(RuntimeError, match="did not become whole"):
        _ = growing.answer
    del growing
    gc.collect()
    assert len(one.desk._growing) == 0


def test_whoever_asked_stops_it_and_nobody_else_can_or_learns_of_it(tmp_path):
    settings, app = Settings(home=tmp_path), FastAPI()
    desk = Desk(settings, CORPUS)
    app.include_router(
        build_api(Tools(FakeAssistant(), settings, desk, Work(desk.turns)), Switch(tmp_path))
    )

    def stopped(name, body):
        app.dependency_overrides[caller] = lambda: User(name, Role.OFFICER)
        told = TestClient(app).post("/api/ask/stop", json=body)
        return told.status_code, told.content

    words, _, cut = writing([Event()])
    growing = desk.grow(words, "mary", 0.0)
    for name, token in (("martha", growing.token), ("mary", "no token of anybody")):
        assert stopped(name, {"token": token}) == (204, b"")
        assert not cut.is_set()
    assert stopped("mary", {"token": growing.token, "user": "martha"})[0] == 422
    assert stopped("mary", {"token": growing.token}) == (204, b"")
    assert growing.answer.provenance.wording.cause == "cancelled"
    assert cut.is_set()
