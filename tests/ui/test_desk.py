"""The desk: an answer is recorded when it is handed out, grows once for its reader, and is stopped
by nobody else."""

from threading import Event

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.errors import QuestionError
from assistant.records import Answer, Question
from assistant.safety.audit import AuditLog
from assistant.settings import Settings
from tests.ui.fake_answer import CORPUS, EXAMPLE, FakeAssistant, example_answer
from tests.wording import made_answer, writing
from ui.access.rights import Role, User
from ui.access.service_state import Switch
from ui.server.api import build_api
from ui.server.tools import Tools, Work, caller
from ui.service.desk import Desk, Recorded, Underway


def recorded(settings):
    return Recorded(FakeAssistant(), Desk(settings, CORPUS), "page")


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path)


def test_an_answer_is_recorded_and_given_as_it_was_and_nothing_of_what_was_withheld(settings):
    one = recorded(settings)
    assert one.corpus is CORPUS
    assert one.ask(Question(text=EXAMPLE)) == example_answer()
    (record,) = AuditLog(settings).records()
    assert (record.status, record.question) == ("answered", "")
    assert one.ask(Question(text=EXAMPLE, policy=True)) == example_answer()
    assert one.write(Question(text=EXAMPLE, policy=True)) is None
    with pytest.raises(QuestionError):
        one.ask(Question(text=" "))
    assert AuditLog(settings).records() == (record,)


def test_words_are_recorded_masked_where_the_settings_say_so(tmp_path):
    settings = Settings(home=tmp_path, audit_text=True)
    recorded(settings).ask(Question(text="What rights does jane.doe@example.org have?"))
    assert AuditLog(settings).records()[0].question == "What rights does [email] have?"


def test_a_log_that_cannot_be_written_loses_no_answer_and_is_told_once(tmp_path, capsys):
    (tmp_path / "audit").write_text("in the way")
    one = recorded(Settings(home=tmp_path))
    for _ in range(3):
        assert one.ask(Question(text=EXAMPLE)) == example_answer()
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert err.startswith("signpost: ")
    assert "audit" in err


# Answers on their way: each becomes whole once, whoever reads, stops it or leaves.

FIRST = "The deadlines of action 6 include the first drill within six months"


def held():
    """A wording that stops after its first sentence, and whether its call was ended."""
    words, _, cut = writing([f"{FIRST} [1].\n", Event()])
    return words, cut


def test_what_stands_is_given_as_it_comes_and_the_whole_is_told_once_before_the_end():
    go_on, told = Event(), list[Answer]()
    words, _, _ = writing([f"{FIRST} [1].\n", go_on, "All the equipment is in place [2].\n"], "")
    growing = Underway().begin(words, "page", told.append)
    seen = []
    for statements in growing:
        seen.append([one.text for one in statements])
        if len(statements) == 2:
            assert told == []
            go_on.set()
    assert seen[-1][1] == f"{FIRST}."
    assert [one.text for one in growing.answer.statements][:2] == seen[-1][:2]
    assert len(growing.answer.statements) == len(made_answer().statements)
    assert told == [growing.answer]


def test_what_is_over_is_forgotten_and_cannot_be_stopped():
    underway = Underway()
    for _ in range(5):
        words, _ = held()
        growing = underway.begin(words, "mary", lambda answer: None)
        assert len(underway) == 1
        growing.stop()
        assert growing.answer
        assert len(underway) == 0
        assert not underway.stop(growing.token, "mary")


def test_closing_stops_all_and_lets_each_be_recorded():
    told = list[Answer]()
    underway = Underway()
    cuts = []
    for _ in range(3):
        words, cut = held()
        cuts.append(cut)
        underway.begin(words, "mary", told.append)
    underway.close()
    assert len(told) == 3
    assert len(underway) == 0
    assert all(cut.is_set() for cut in cuts)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_ends_it_and_is_no_whole_answer():
    def broken(answer):
        raise ZeroDivisionError

    class Broken:
        base = made_answer()
        asked, model = True, "broken"

        def __iter__(self):
            yield self.base.statements[0]
            raise ZeroDivisionError

    underway = Underway()
    growing = underway.begin(Broken(), "mary", broken)
    assert len(list(growing)) <= 1
    with pytest.raises(RuntimeError, match="did not become whole"):
        _ = growing.answer
    assert len(underway) == 0


@pytest.fixture
def stopped(settings):
    """Ask, under a name, for an answer of a desk to be stopped; return what is told."""
    desk = Desk(settings, CORPUS)

    def stop(name, body):
        app = FastAPI()
        tools = Tools(FakeAssistant(), settings, desk, Work(desk.turns))
        app.include_router(build_api(tools, Switch(settings.home)))
        app.dependency_overrides[caller] = lambda: User(name, Role.OFFICER)
        told = TestClient(app).post("/api/ask/stop", json=body)
        return told.status_code, told.content

    stop.underway = desk.underway
    return stop


def test_whoever_asked_stops_it_and_nobody_else_can_or_learns_of_it(stopped):
    words, _, cut = writing([Event()])
    growing = stopped.underway.begin(words, "mary", lambda answer: None)
    for name, token in (("martha", growing.token), ("mary", "no token of anybody")):
        assert stopped(name, {"token": token}) == (204, b"")
        assert not cut.is_set()
    assert stopped("mary", {"token": growing.token}) == (204, b"")
    assert growing.answer.provenance.wording.cause == "cancelled"
    assert cut.is_set()


@pytest.mark.parametrize("body", [{}, {"token": ""}, {"token": "x" * 65}, {"token": 1}, {"t": "x"}])
def test_what_is_no_token_is_refused(stopped, body):
    assert stopped("mary", body)[0] == 422
